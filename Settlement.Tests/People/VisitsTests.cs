using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Settlement.Api.People;
using Settlement.Domain.People;

namespace Settlement.Tests.People;

/// <summary>What people and machines read and are refused is on record, and an auditor sees it.</summary>
public sealed partial class VisitsTests(OfficeFixture office) : IClassFixture<OfficeFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_report_a_statement_an_explanation_and_a_file_are_recorded_with_who_read_them()
    {
        using var browser = await Browser.SignedIn(office.Site, "analyst");
        var before = await Last();
        string[] read =
        [
            "/reports/2026-10", "/reports/2026-10.csv", "/statements/CA-FLO/US-CPI/2026-10", "/statements/CA-FLO/US-CPI/2026-10.pdf",
            "/tax/report/CA-FLO/2026-10", "/api/v1/reports/2026-10", "/api/v1/exports/2026-10/hledger",
        ];
        foreach (var path in read)
        {
            (await browser.Get(path)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }

        (await browser.Get("/lines?tenant=CA-FLO~US-CPI&month=2026-10&place=secret-words")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await browser.Get("/held"); // a list of work, no document
        await browser.Get("/cdrs/CA-FLO~US-CPI/US-CPI/what-somebody-typed");

        (await Since(before)).OfType<VisitFact.DocumentRead>().Select(fact => (fact.Name, fact.What)).ShouldBe(
        [
            .. read.Select(path => ("analyst", $"GET {path}")),
            ("analyst", "GET /lines?tenant=CA-FLO~US-CPI&month=2026-10"),
        ]);
    }

    [Fact]
    public async Task What_is_refused_is_recorded_with_its_code_and_never_with_what_was_typed()
    {
        using var analyst = await Browser.SignedIn(office.Site, "analyst");
        using var admin = await Browser.SignedIn(office.Site, "admin");
        var machine = await office.Machine("robot", Role.Auditor);
        await office.Known();
        var before = await Last();

        await analyst.Post("/close/2026-10/CA-FLO~US-CPI/approve"); // takes the approver
        await analyst.Post("/held/release/CA-FLO~US-CPI/US-CPI/some-id", ("amount", "1.00"), ("reason", "a secret"));
        await admin.Get("/reports/2026-10"); // accounts, not finance
        await admin.Post("/people", ("Name", "eve"), ("FullName", "Eve"), ("Roles", "analyst"), ("Roles", "approver"));
        using var http = new HttpClient { BaseAddress = office.Site };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", machine);
        using var body = new StringContent("""{"reason":"a secret"}""", Encoding.UTF8, "application/json");
        await http.PostAsync("/api/v1/held/reject", body, Stop);

        var facts = (await Since(before)).OfType<VisitFact.AttemptRefused>().ToList();
        facts.Select(fact => (fact.Name, fact.What, fact.Code)).ShouldBe(
        [
            ("analyst", "POST /close/2026-10/CA-FLO~US-CPI/approve", "user.not-allowed"),
            ("analyst", "POST /held/release/CA-FLO~US-CPI/US-CPI/{**id}", "cdr.unknown"),
            ("admin", "GET /reports/2026-10", "user.not-allowed"),
            ("admin", "POST /people", "roles.forbidden-pair"),
            ("robot", "POST /api/v1/held/reject", "user.not-allowed"),
        ]);
        facts.ShouldAllBe(fact => fact.Address == "127.0.0.1" && !fact.What.Contains("some-id"));
    }

    [Fact]
    public async Task The_auditor_reads_it_page_by_page_and_as_a_file_and_nobody_in_finance_does()
    {
        using var auditor = await Browser.SignedIn(office.Site, "auditor");
        for (var i = 0; i < 120; i++)
        {
            await office.Engine.Visits.Record(
                new VisitFact.DocumentRead("tax", $"GET /reports/{i}", null, office.Engine.Now), Stop);
        }

        var page = await (await auditor.Get("/access")).Content.ReadAsStringAsync(Stop);
        page.ShouldContain("GET /reports/119");
        page.ShouldNotContain("GET /reports/1<");
        var next = page[page.IndexOf("/access?before=", StringComparison.Ordinal)..].Split('"')[0];
        var older = await (await auditor.Get(next)).Content.ReadAsStringAsync(Stop);
        older.ShouldContain("GET /reports/1<");
        older.ShouldNotContain("GET /reports/119");
        (await (await auditor.Get("/access.csv")).Content.ReadAsStringAsync(Stop)).ShouldContain("GET /reports/119,read");
        using var analyst = await Browser.SignedIn(office.Site, "analyst");
        (await analyst.Get("/access")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_refused_verb_is_recorded_too()
    {
        var before = await Last();
        (await office.Town.Program("token", "US-CPI", "--actor", "auditor")).Exit.ShouldBe(2);
        (await office.Town.Program("users", "deactivate", "tax", "--actor", "auditor")).Exit.ShouldBe(2);
        (await Since(before)).OfType<VisitFact.AttemptRefused>().Select(fact => fact.What)
            .ShouldBe(["command line: ManagePartners", "command line: ManagePeople"]);
    }

    /// <summary>From the table of routes, so that a new file is not forgotten.</summary>
    [Fact]
    public void Every_route_that_gives_a_file_a_report_a_statement_or_a_CDR_is_recorded()
    {
        var routes = office.Routes.Where(route => route.Metadata.GetMetadata<Access>() is { Right: not null }
                && route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true).ToList();
        routes.Where(route => !Visits.IsRecorded(route)).Select(route => route.RoutePattern.RawText!)
            .Where(pattern => Telling().IsMatch(pattern)).ShouldBe(
            [
                "/api/v1/reports", "/statements/{month}", "/held/documents", "/api/v1/held/documents",
                "/openapi/{documentName}.json",
            ], ignoreOrder: true);
        routes.Count(Visits.IsRecorded).ShouldBeGreaterThan(18);
    }

    // lists of months, and of what could not be read, are none
    [GeneratedRegex(@"\.|(^|/)(reports|statements|draft|cdrs|documents|exports|lines|rows)(/|$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Telling();

    private async Task<long> Last() => (await office.Engine.Store.Heads(Stop)).GetValueOrDefault(Visits.Tenant);

    private async Task<List<VisitFact>> Since(long number)
    {
        var facts = new List<VisitFact>();
        await foreach (var recorded in office.Engine.Visits.All(number, null, Stop))
        {
            facts.Add((VisitFact)recorded.Fact);
        }

        return facts;
    }
}
