using System.Net;
using System.Text;
using Settlement.Domain.Agreements;
using Settlement.Tests.People;

namespace Settlement.Tests.Pages;

/// <summary>Sessions without CDR and CDRs without session, as finance sees them.</summary>
public sealed class CompletenessPagesTests(OfficeFixture office) : IClassFixture<OfficeFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reported_session_without_CDR_stands_on_the_report_and_on_a_page_of_its_own()
    {
        using var browser = await Browser.SignedIn(office.Site, "analyst");
        (await browser.Text("/reports/2026-10")).ShouldNotContain("reported session");
        var token = await office.Engine.Tokens.Issue([PartyId.Parse("US-CPI")!.Value], office.Engine.Now, "test", Stop);
        using var http = new HttpClient { BaseAddress = office.Site };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Token {token}");
        using var body = new StringContent(
            """
            {"country_code":"US","party_id":"CPI","id":"no-cdr-yet","start_date_time":"2026-10-02T10:00:00Z","kwh":12.5,
             "cdr_token":{"country_code":"CA","party_id":"FLO","uid":"u","type":"RFID","contract_id":"c"},"auth_method":"WHITELIST",
             "location_id":"L","evse_uid":"E","connector_id":"1","currency":"USD","status":"COMPLETED","last_updated":"2026-10-02T11:00:00Z"}
            """, Encoding.UTF8, "application/json");
        (await http.PutAsync("/ocpi/2.2.1/sessions/US/CPI/no-cdr-yet", body, Stop)).StatusCode.ShouldBe(HttpStatusCode.Created);

        foreach (var path in new[] { "/reports/2026-10", "/reports/2026-10?relationship=CA-FLO~US-CPI" })
        {
            (await browser.Text(path)).ShouldContain("1 of 1 reported sessions have no CDR", Case.Sensitive, path);
        }

        // the page of partners says it of the month that pages open with
        (await browser.Text("/partners")).ShouldContain("/partners/completeness/2026-10");

        var page = await browser.Text("/partners/completeness/2026-10");
        page.ShouldContain("no-cdr-yet");
        page.ShouldContain("href=\"/cdrs/CA-FLO~US-CPI/US-CPI/"); // CDRs after it that no session announced
        (await browser.Text("/partners/completeness/2026-09")).ShouldContain("Every completed session has its CDR.");
        (await browser.Get("/partners/completeness/x")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var admin = await Browser.SignedIn(office.Site, "admin");
        (await admin.Text("/partners")).ShouldNotContain("reported session"); // accounts, not finance
        (await admin.Get("/partners/completeness/2026-10")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }
}
