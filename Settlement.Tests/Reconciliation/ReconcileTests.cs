using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodaTime;
using Settlement.Api.Demo;
using Settlement.Api.Reconciliation;
using Settlement.Domain.Agreements;
using Settlement.Domain.Reconciliation;
using Settlement.Tests.Intake;

namespace Settlement.Tests.Reconciliation;

/// <summary>Partners' files against a real month.</summary>
public sealed class ReconcileTests : IAsyncLifetime
{
    private const string Pair = "CA-FLO~US-CPI";

    private static readonly Relationship Both = Relationship.Parse(Pair)!.Value;

    private static readonly YearMonth October = new(2026, 10);

    private readonly string folder = Directory.CreateTempSubdirectory("settlement-lists-").FullName;
    private Town town = null!;
    private IReadOnlyList<DemoDocument> documents = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        town = await Town.Begin();
        documents = Town.Month(400);
        await town.Import(documents);
    }

    public async ValueTask DisposeAsync()
    {
        await town.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<string> File(string name, string text)
    {
        var path = Path.Combine(folder, name);
        await using Stream file = System.IO.File.Create(path);
        await using var to = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        await to.WriteAsync(Encoding.UTF8.GetBytes(text), Stop);
        return path;
    }

    private static string Lines(IEnumerable<DemoDocument> some) =>
        string.Join('\n', some.Select(document => Encoding.UTF8.GetString(document.Json.Span)));

    private Task<ReconciliationResult> Compare(string path, PartyId? cpo = null) => ReconcileVerb.Reconcile(
        town.Engine, Both, October, path, cpo, ListOptions.None, ReconciliationTerms.Default, Stop);

    [Fact]
    public async Task Their_cdrs_as_ocpi_agree_except_for_what_we_hold_settled_elsewhere_or_got_twice()
    {
        using var result = await Compare(await File("cdrs.jsonl.gz", Lines(documents)));

        var rows = result.Rows().ToList();
        var counts = rows.CountBy(row => row.Category).ToDictionary();
        rows.Count(row => row.Theirs is not null).ShouldBe(400);
        counts.Keys.ShouldBe(
        [
            ReconciliationCategory.MATCHED, ReconciliationCategory.DUPLICATE_THEIRS, ReconciliationCategory.TIMING,
            ReconciliationCategory.HELD_OURS,
        ], ignoreOrder: true);
        counts[ReconciliationCategory.MATCHED].ShouldBeGreaterThan(330);
        // the same twice, other content under one id
        counts[ReconciliationCategory.DUPLICATE_THEIRS].ShouldBe(
            documents.Count(document => document.Story is DemoStory.Duplicate or DemoStory.Conflict) / 2);
        rows.Where(row => row.Category == ReconciliationCategory.HELD_OURS).Select(row => row.Reason)
            .ShouldContain("cdr.conflict");
        rows.Where(row => row.Category == ReconciliationCategory.TIMING).ShouldAllBe(row => row.Reason == "2026-09" || row.Reason == "2026-11");
    }

    [Fact]
    public async Task A_month_with_credits_corrections_and_conflicts_comes_back_from_our_own_file_without_a_difference()
    {
        var engine = town.Engine;
        (await engine.Amendments.Amend(
            Both, new JsonObject { ["valid_from"] = "2026-09-01", ["supply"] = "Agency" }, "letter", null, "chloe",
            Instant.FromUtc(2026, 11, 1, 0, 0), Stop)).Refusals.ShouldBeEmpty();
        var (correction, refusal) = await engine.Corrections.Propose(
            Both, new Domain.Corrections.CorrectionSelection(Place: "CA-QC"), "agency", null, "ana", Stop);
        refusal.ShouldBeNull();
        await engine.Corrections.Approve(Both, correction!.Proposed.Id, "bruno", Stop);
        await engine.Corrections.Approve(Both, correction.Proposed.Id, "chloe", Stop);
        await engine.Corrections.Apply(Both, correction.Proposed.Id, "ana", Stop);
        foreach (var kind in new[] { "credit", "conflict", "correction" })
        {
            (await town.Count($"select count(*) from ledger_entries where period = '2026-10' and kind = '{kind}'")).ShouldBeGreaterThan(0, kind);
        }

        foreach (var party in new[] { Pair, "CA-FLO", "US-CPI" })
        {
            var csv = Path.Combine(folder, $"{party}.csv");
            (await town.Program("statement", party, "2026-10", "--format", "csv", "--out", csv)).Exit.ShouldBe(0);
            using var result = await Compare(csv);
            result.Rows().ShouldAllBe(row => row.Category == ReconciliationCategory.MATCHED);
            var rows = result.Rows().ToList();
            rows.Count.ShouldBeGreaterThan(300);
            rows.Sum(row => row.Theirs!.Total).ShouldBe(rows.Sum(row => row.Ours!.Total));
            rows.Sum(row => row.Ours!.Total * 100m).ShouldBe(await town.Database.Value<decimal>(
                "select sum(t.due)::numeric from ledger_entries t join tenant_heads l using (tenant_id, generation) where t.period = '2026-10'"));
        }

        // the same entry twice is still a duplicate
        var lines = await System.IO.File.ReadAllLinesAsync(Path.Combine(folder, "CA-FLO.csv"), Stop);
        using var twice = await Compare(await File("twice.csv", string.Join("\r\n", [.. lines, lines[^1]]) + "\r\n"));
        twice.Rows().Where(row => row.Category != ReconciliationCategory.MATCHED).ShouldHaveSingleItem()
            .Category.ShouldBe(ReconciliationCategory.DUPLICATE_THEIRS);
    }

    [Fact]
    public async Task Our_own_detail_file_comes_back_matched_and_the_verb_says_so_by_its_exit_code()
    {
        var csv = Path.Combine(folder, "ours.csv");
        (await town.Program("statement", Pair, "2026-10", "--format", "csv", "--out", csv)).Exit.ShouldBe(0);
        var text = await System.IO.File.ReadAllLinesAsync(csv, Stop);
        var head = text[0].TrimStart('\uFEFF').Split(',').ToList();
        var clean = text.ToList();
        var path = await File("clean.csv", string.Join("\r\n", clean) + "\r\n");

        var same = await town.Program("reconcile", Pair, "2026-10", path);
        same.Exit.ShouldBe(0, same.Output + same.Errors);
        same.Output.ShouldContain("MATCHED");

        // one with another amount, one of nobody's instead of ours
        string With(string line, params (string Column, string Text)[] changes)
        {
            var cells = line.Split(',');
            foreach (var (column, cell) in changes)
            {
                cells[head.IndexOf(column)] = cell;
            }

            return string.Join(',', cells);
        }

        clean[5] = With(clean[5], ("net_total", "99.99"));
        clean[7] = With(
            clean[7], ("cdr_id", "nobody"), ("session_id", "none"), ("authorization_reference", ""), ("evse_id", "NO*EVSE"));
        var changed = clean;
        var different = await File("changed.csv", string.Join("\r\n", changed) + "\r\n");
        var disputes = Path.Combine(folder, "disputes.csv");
        var answer = await town.Program(
            "reconcile", Pair, "2026-10", different, "--disputes", disputes, "--format", "jsonl");
        answer.Exit.ShouldBe(1, answer.Errors);
        var categories = answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .CountBy(line => JsonNode.Parse(line)!["category"]!.GetValue<string>()).ToDictionary();
        categories["AMOUNT_DIFFERS"].ShouldBe(1);
        categories["MISSING_OURS"].ShouldBe(1);
        categories["MISSING_THEIRS"].ShouldBe(1);
        // they list 99.99 of one: more than is posted, so only what they do not have is in question
        var proposals = await System.IO.File.ReadAllLinesAsync(disputes, Stop);
        proposals.Length.ShouldBe(2);
        proposals[1].ShouldContain(",MISSING_THEIRS,");
        proposals[1].ShouldContain(",0,The partner's list does not have it.");
        answer.Output.ShouldContain("\"net\":\"99.99\"");
    }

    [Fact]
    public async Task Columns_of_another_name_are_named_and_one_direction_is_enough()
    {
        var flo = documents.Where(document => document.Cpo.ToString() == "CA-FLO").ToList();
        var rows = flo.Select(document => JsonDocument.Parse(document.Json).RootElement).Select(cdr => string.Join(';',
            cdr.GetProperty("id").GetString(), cdr.GetProperty("currency").GetString(),
            cdr.GetProperty("total_energy").GetRawText(),
            cdr.GetProperty("total_cost").TryGetProperty("excl_vat", out var net) ? net.GetRawText() : cdr.GetProperty("total_cost").GetProperty("before_taxes").GetRawText(),
            cdr.TryGetProperty("credit", out var credit) && credit.GetBoolean() ? "yes" : "no"));
        var path = await File("columns.csv", "Our id;CCY;Energie;Montant;credit\n" + string.Join('\n', rows) + "\n");

        var (options, _) = ReconcileVerb.Options(
            "CA-FLO", null, null, "America/Toronto", ["id=Our id", "currency=CCY", "energy_kwh=Energie", "net=Montant"]);
        using var result = await ReconcileVerb.Reconcile(
            town.Engine, Both, October, path, PartyId.Parse("CA-FLO"), options!, ReconciliationTerms.Default, Stop);

        var counts = result.Rows().CountBy(row => row.Category).ToDictionary();
        counts.Keys.ShouldNotContain(ReconciliationCategory.MISSING_OURS);
        counts.Keys.ShouldNotContain(ReconciliationCategory.MISSING_THEIRS);
        counts[ReconciliationCategory.MATCHED].ShouldBeGreaterThan(flo.Count * 8 / 10);
    }

    [Fact]
    public async Task The_emsps_reference_finds_a_cdr_under_another_id()
    {
        var cdr = documents.Where(document => document.Story == DemoStory.Ordinary)
            .Select(document => JsonNode.Parse(document.Json.Span)!.AsObject())
            .First(each => each["authorization_reference"] is not null);
        cdr["id"] = "renamed";
        cdr.Remove("session_id");

        using var result = await Compare(await File("renamed.json", cdr.ToJsonString()));

        result.Rows().Single(row => row.Theirs is not null).Tier.ShouldBe(3);
    }

    [Theory]
    [InlineData("cdr_id,currency,net,creditor\nC1,CAD,oops,CA-FLO\n", "line 2, column 3 (net): 'oops' is not a number")]
    [InlineData("cdr_id,currency,net,creditor\nC1,CAD,1.00,CA-FLO\nC2,CAD,1.00\n", "line 3: 3 cells, the header has 4")]
    [InlineData("cdr_id,currency,net,creditor\nC1,CAD,1.00,nobody\n", "line 2, column 4 (creditor): 'nobody' is not a party")]
    [InlineData("cdr_id,currency,net,creditor,start\nC1,CAD,1.00,CA-FLO,yesterday\n", "line 2, column 5 (start)")]
    [InlineData("cdr_id,net\nC1,1.00\n", "add --from CPO")]
    [InlineData("{\"id\":\"x\"}\n", "line 1")]
    [InlineData("[{\"id\":", "line 1")]
    [InlineData("", "The file is empty")]
    public async Task A_file_that_cannot_be_read_is_refused_with_its_place(string text, string says)
    {
        var answer = await town.Program("reconcile", Pair, "2026-10", await File("bad", text));
        answer.Exit.ShouldBe(2);
        answer.Errors.ShouldContain(says);
        answer.Errors.Trim().Split('\n').Length.ShouldBe(1);
    }

    [Fact]
    public async Task Nothing_of_a_driver_is_in_the_answer()
    {
        using var result = await Compare(await File("cdrs.jsonl", Lines(documents)));
        using var csv = new MemoryStream();
        using var jsonl = new MemoryStream();
        using var disputes = new MemoryStream();
        ReconciliationFiles.Write(csv, "csv", result);
        ReconciliationFiles.Write(jsonl, "jsonl", result);
        ReconciliationFiles.Write(disputes, "disputes", result);
        var all = Encoding.UTF8.GetString([.. csv.ToArray(), .. jsonl.ToArray(), .. disputes.ToArray()]);
        foreach (var token in documents.Select(document => JsonDocument.Parse(document.Json).RootElement.GetProperty("cdr_token")))
        {
            all.ShouldNotContain(token.GetProperty("uid").GetString()!);
            all.ShouldNotContain(token.GetProperty("contract_id").GetString()!);
        }
    }
}
