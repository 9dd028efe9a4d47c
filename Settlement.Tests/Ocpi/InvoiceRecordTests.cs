using System.Net;
using System.Text.Json;
using NodaTime;
using Settlement.Api.Disputes;
using Settlement.Domain.Ocpi;
using Settlement.Tests.Intake;
using static Settlement.Tests.Ocpi.OcpiSite;
using static Settlement.Tests.Payments.MoneyTown;

namespace Settlement.Tests.Ocpi;

/// <summary>Invoice records in both directions (OCPI 2.3.0): what partners send against our documents, and ours for them.</summary>
public class InvoiceRecordTests
{
    private const string Records = "/ocpi/2.3.0/invoicereconciliation";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly RecordedCdrs Nothing = new(
        new HashSet<string>(), new Dictionary<string, string>(), new Dictionary<string, string>(), []);

    private static InvoiceRecord Record(params string[] cdrs) => new(Cpi, "R", "INV", cdrs, Instant.FromUtc(2026, 11, 3, 0, 0));

    [Fact]
    public void A_record_that_lists_what_our_document_has_agrees() => InvoiceRecordCheck.Compare(
        Record("A", "b"), Nothing with
        {
            Here = new HashSet<string> { "a", "b" }, Documents = [new RecordedDocument("INV-1", "CAD", 2, 500, 2, 500)],
        }).ShouldBeEmpty();

    [Fact]
    public void What_differs_is_named_with_an_example_and_both_totals() => InvoiceRecordCheck.Compare(
        Record("A", "a", "here", "other", "lost", "lost-too", "billed"), Nothing with
        {
            Here = new HashSet<string> { "a", "here", "billed" },
            Elsewhere = new Dictionary<string, string> { ["other"] = "MX-EVX~US-CPI" },
            Again = new Dictionary<string, string> { ["billed"] = "INV-0" },
            Documents = [new RecordedDocument("INV-1", "CAD", 9, 5000, 3, 1234)],
        }).Select(finding => finding.ToString()).ShouldBe(
    [
        "1 of the CDRs: billed is on invoice INV-0 too. (record.cdr-invoiced-twice)",
        "1 of the CDRs: a is listed twice. (record.cdr-listed-twice)",
        "1 of the CDRs: other is a CDR of MX-EVX~US-CPI. (record.cdr-other-relationship)",
        "2 of the CDRs: lost was never received. (record.cdr-unknown)",
        "our INV-1 has 9 CDRs with 50.00 CAD; of them the record lists 3 with 12.34 CAD. (record.totals-differ)",
    ]);

    [Fact]
    public async Task A_received_record_is_kept_compared_and_answered_and_our_own_credit_notes_are_in_our_list()
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        await site.Town.Import(Town.Month(120));
        await Close(site.Town.Engine, October, Third);
        var ours = (await site.Get(token, Records)).Data!.AsArray();
        var invoice = ours.First(record => (string?)record!["party_id"] == "CPI" && record["cdrs"]!.AsArray().Count > 3)!;
        var cdrs = invoice["cdrs"]!.AsArray().Select(id => (string)id!).ToList();

        (await Send("R1", "THEIRS-1", cdrs)).ShouldBe((HttpStatusCode.Created, 1000, null));
        (await Send("R1", "THEIRS-1", cdrs)).ShouldBe((HttpStatusCode.OK, 1000, null)); // again: the same answer
        var (http, status, message) = await Send("R2", "THEIRS-2", [.. cdrs[..2], "never-sent"]);
        (http, status).ShouldBe((HttpStatusCode.Created, 1901));
        message!.ShouldContain($"2 of the CDRs: {cdrs[0].ToLowerInvariant()} is on invoice THEIRS-1 too. (record.cdr-invoiced-twice)");
        message!.ShouldContain("1 of the CDRs: never-sent was never received. (record.cdr-unknown)");
        message!.ShouldContain($"our {(string?)invoice["invoice_id"]} has {cdrs.Count} CDRs");
        message!.ShouldContain("(record.totals-differ)");
        (await site.Get(token, $"{Records}/US/CPI/R2")).Data!["cdrs"]!.AsArray().Count.ShouldBe(3);

        var said = await site.Town.Program("invoice-records", "CA-FLO~US-CPI");
        said.Exit.ShouldBe(1);
        said.Output.ShouldContain("US-CPI invoice THEIRS-2, record R2: 3 CDRs");
        said.Output.ShouldContain("(record.totals-differ)");

        var key = new Domain.Intake.CdrKey(Cpi, cdrs[0]);
        var desk = site.Town.Engine.Disputes;
        var day = new LocalDate(2026, 11, 10);
        (await desk.Open(Pair, new DisputeAsked(key, "AMOUNT_DIFFERS", 10, null, "the display said less"), day, "ana", Stop)).ShouldBeNull();
        (await DisputeSteps.Take(site.Town.Engine, Pair, key, new DisputeStep("uphold", null, "as agreed", ""), "ana", Stop)).ShouldBeNull();
        (await desk.Credit(Pair, key, day, "bruno", Stop)).ShouldBeNull();
        var now = await site.Get(token, Records);
        now.Header("X-Total-Count").ShouldBe($"{ours.Count + 1}");
        var note = now.Data!.AsArray().Single(record => ((string)record!["invoice_id"]!).StartsWith("DCN-", StringComparison.Ordinal))!;
        note["cdrs"]!.AsArray().Select(id => (string)id!).ShouldBe([cdrs[0]]);
        ((string)note["party_id"]!).ShouldBe("CPI");
        now.Data.AsArray().ShouldAllBe(record => OcpiObjects.Faults("InvoiceReconciliationRecord", "2.3.0", record).Count == 0);

        async Task<(HttpStatusCode, int, string?)> Send(string id, string number, IReadOnlyList<string> listed)
        {
            var answer = await site.Post(token, Records, JsonSerializer.Serialize(new
            {
                country_code = "US", party_id = "CPI", id, invoice_id = number, cdrs = listed, last_updated = "2026-11-05T00:00:00Z",
            }));
            return (answer.Http, answer.Status, answer.Message);
        }
    }
}
