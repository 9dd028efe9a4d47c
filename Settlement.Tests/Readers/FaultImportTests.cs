using System.Text;
using System.Text.Json.Nodes;
using NodaTime;
using Settlement.Api.Agreements;
using Settlement.Api.Intake;
using Settlement.Api.Statements;
using Settlement.Domain.Ocpi;
using Settlement.Tests.Intake;
using Settlement.Tests.Ocpi;

namespace Settlement.Tests.Readers;

/// <summary>What broke an import, a report or a review once stays a matter of its own CDR.</summary>
public sealed class FaultImportTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Claims_of_any_length_leave_the_months_report_and_statement()
    {
        await using var town = await Town.Begin();
        string[] documents =
        [
            .. (await File.ReadAllLinesAsync(FaultVectors.Path("Faults", "report-killer.jsonl"), Stop)),
            .. Directory.EnumerateFiles(FaultVectors.Path("Faults"), "mini-*.json").Order(StringComparer.Ordinal).Select(File.ReadAllText),
            Claiming("LARGE", "999999999999"), Claiming("SMALL", "0.000000123456789012345678"), Claiming("NOISE", "9999999999.000001"),
        ];
        var answers = await Receive(town, documents);

        answers.ShouldAllBe(answer => answer.Outcome != IntakeOutcome.Conflict);
        answers.Count(answer => answer.Outcome == IntakeOutcome.Held).ShouldBeGreaterThan(5);
        var report = await town.Engine.Report(new YearMonth(2026, 10), null, null, Stop);
        report.Held.Sum(total => total.Count).ShouldBeGreaterThan(5);
        var (exit, _, errors) = await town.Program("report", "2026-10");
        exit.ShouldBeLessThan(2, errors);
        (exit, _, errors) = await town.Program("statement", "CA-FLO", "2026-10");
        exit.ShouldBeLessThan(2, errors);
    }

    [Fact]
    public async Task A_CDR_whose_amount_overflows_leaves_the_review_of_those_held_beside_it()
    {
        await using var town = await Town.Begin();
        var sound = OcpiSite.Ordinary("US-CPI", 30)
            .First(json => json.Contains("CPI-L2-TIME-CAD", StringComparison.Ordinal));
        string[] documents =
        [
            Untold(Encoding.UTF8.GetString(FaultVectors.Fault("overflow-time.json"))), Untold(sound),
        ];
        var answers = await Receive(town, documents);
        answers.ShouldAllBe(answer => answer.Outcome == IntakeOutcome.Held);
        answers[1].Reason!.Code.ShouldBe("tariff.missing");

        var tariff = JsonNode.Parse(Encoding.UTF8.GetString(FaultVectors.Fault("overflow-time.json")))!["tariffs"]![0]!;
        tariff["id"] = "UNTOLD";
        var (fact, _) = ReferenceFiles.Tariff(Encoding.UTF8.GetBytes(tariff.ToJsonString()), null, true, town.Engine.Now);
        await town.Engine.Books.Record([(ReferenceFiles.Stream(fact!), fact!)], "test", Stop);
        await town.Engine.ReviewHeld(Stop);

        (await town.Count("select count(*) from cdrs where state = 'held' and reason = 'tariff.missing'")).ShouldBe(0);
        (await town.Count("select count(*) from cdrs where state = 'held' and reason = 'amount.overflow'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_file_with_half_a_surrogate_pair_in_one_CDR_is_imported_but_for_that_one()
    {
        await using var town = await Town.Begin();
        var (exit, output, errors) = await town.Program("import", FaultVectors.Path("Faults", "surrogate-import.jsonl"));

        exit.ShouldBe(1, errors);
        output.ShouldContain("10 CDRs:");
        output.ShouldContain("1 unreadable (kept), 0 no JSON object");
        errors.ShouldContain("line 5: /total_energy: a text contains half a surrogate pair");
        (await town.Count("select count(*) from cdrs")).ShouldBe(9);
    }

    /// <summary>Without its tariffs, and naming one that nobody has published; nothing else is wrong with it.</summary>
    private static string Untold(string json) => OcpiSite.With(json, cdr =>
    {
        cdr["tariffs"] = new JsonArray();
        foreach (var period in cdr["charging_periods"]!.AsArray())
        {
            period!["tariff_id"] = "UNTOLD";
        }
    });

    private static string Claiming(string id, string amount) =>
        Encoding.UTF8.GetString(FaultVectors.Fault("mini-claimfloat.json")) is var json
            ? OcpiSite.With(json, cdr =>
            {
                cdr["id"] = id;
                cdr["session_id"] = id;
                cdr["total_cost"] = JsonNode.Parse($"{{\"excl_vat\":{amount}}}");
            })
            : "";

    private static Task<IReadOnlyList<IntakeAnswer>> Receive(Town town, IEnumerable<string> documents) => town.Engine.Intake.Receive(
        [.. documents.Select((json, i) => new IncomingCdr(Encoding.UTF8.GetBytes(json), $"file line {i + 1}", Noon))],
        new CdrReadOptions(), Stop);

    private static readonly Instant Noon = Instant.FromUtc(2026, 10, 20, 12, 0);
}
