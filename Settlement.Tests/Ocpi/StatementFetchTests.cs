using System.Net;
using System.Text.Json.Nodes;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Tests.Intake;
using static Settlement.Tests.Ocpi.OcpiSite;

namespace Settlement.Tests.Ocpi;

/// <summary>A partner is told of its statement, fetches it with its detail, and gets a record for each invoice.</summary>
public sealed class StatementFetchTests
{
    private static readonly YearMonth October = new(2026, 10);
    private static readonly Relationship Pair = Relationship.Parse("CA-FLO~US-CPI")!.Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_statement_is_told_fetched_and_reconciled()
    {
        await using var site = await Begin();
        await using var partner = await ScriptedPartner.Start("2.3.0", "US", "CPI");
        (await partner.Register($"{site.Address}/ocpi/versions", await site.TokenA(Cpi))).Status.ShouldBe(1000);
        var settlement = $"{site.Address}/ocpi/settlement";
        (await partner.Call(HttpMethod.Put, $"{settlement}/webhook", $$"""{"url":"{{partner.Address}}/hook"}""")).Status.ShouldBe(1000);
        await site.Town.Import(Town.Month(200));
        (await partner.Call(HttpMethod.Get, $"{settlement}/statements")).Data!.AsArray().ShouldBeEmpty();
        (await Fetch(partner.Token, "CA/FLO")).Status.ShouldBe(HttpStatusCode.NotFound); // not issued: nothing to see

        await Issue(site);

        while (await site.Services.Webhooks.DeliverDue(Stop) > 0)
        {
        }

        var notice = JsonNode.Parse(partner.Told.ShouldHaveSingleItem().Body)!;
        ((string?)notice["type"]).ShouldBe("statement.issued");
        var listed = (await partner.Call(HttpMethod.Get, $"{settlement}/statements")).Data!.AsArray().ShouldHaveSingleItem()!;
        ((string?)listed["digest"]).ShouldBe((string?)notice["data"]!["digest"]);
        ((string?)listed["merkle_root"]).ShouldBe((string?)notice["data"]!["merkle_root"]);

        var (status, detail) = await Fetch(partner.Token, "CA/FLO");
        status.ShouldBe(HttpStatusCode.OK);
        detail.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe((int)listed["lines"]! + 1);
        foreach (var (token, path) in new[]
        {
            (await site.HubToken("NL-HUB", Cpi), "CA/FLO"), // rules-money 28: never statements
            (await site.Town.Engine.Tokens.Issue([PartyId.Parse("MX-EVX")!.Value], site.Town.Engine.Now, "test", Stop), "CA/FLO"),
            (partner.Token, "US/CPI"),
        })
        {
            (await Fetch(token, path)).Status.ShouldBe(HttpStatusCode.NotFound, path);
        }

        // every posted CDR of the month is on exactly one record (rules-money 19; 2.3.0 invoicereconciliation)
        var records = (await partner.Call(HttpMethod.Get, partner.Endpoint("invoicereconciliation", "SENDER"))).Data!.AsArray();
        records.Select(r => (string)r!["invoice_id"]!).Order(StringComparer.Ordinal)
            .ShouldBe(listed["documents"]!.AsArray().Select(d => (string)d!["number"]!).Order(StringComparer.Ordinal));
        var cdrs = records.SelectMany(r => r!["cdrs"]!.AsArray().Select(id => $"{r["country_code"]}-{r["party_id"]}/{id}")).ToList();
        cdrs.ShouldBeUnique();
        ((long)cdrs.Count).ShouldBe(await site.Town.Count(
            "select count(distinct cpo || '/' || cdr_id) from ledger_entries where period = '2026-10'"));

        async Task<(HttpStatusCode Status, string Text)> Fetch(string token, string other)
        {
            using var client = new HttpClient();
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Token {token}");
            using var response = await client.GetAsync($"{settlement}/statements/{other}/2026-10/csv", Stop);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(Stop));
        }
    }

    private static async Task Issue(OcpiSite site)
    {
        var closing = site.Town.Engine.Closing;
        var now = Instant.FromUtc(2026, 11, 3, 15, 0);
        (await closing.SoftClose(Pair, October, now, "ana", Stop)).ShouldBeNull();
        (await closing.Prepare(Pair, October, new LocalDate(2026, 11, 3), "ana", Stop)).Refusal.ShouldBeNull();
        (await closing.Approve(Pair, October, "bruno", Stop)).ShouldBeNull();
        (await closing.Issue(Pair, October, "chloe", Stop)).ShouldBeNull();
        await site.Town.Engine.CatchUp(Stop);
    }
}
