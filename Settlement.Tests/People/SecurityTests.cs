using System.Net;
using System.Text;
using Settlement.Domain.People;

namespace Settlement.Tests.People;

/// <summary>What every answer carries and none does (OWASP API 3, 8).</summary>
public sealed class SecurityTests(OfficeFixture office) : IClassFixture<OfficeFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/")]
    [InlineData("/sign-in")]
    [InlineData("/nothing-here")]
    [InlineData("/held?after=nonsense")]
    [InlineData("/people")]
    [InlineData("/reports/2026-10.csv")]
    [InlineData("/api/v1/reports/2026-10")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/api/index.html")]
    [InlineData("/ocpi/versions")]
    [InlineData("/health")]
    public async Task Every_answer_is_kept_from_other_sites_and_from_guessing_its_type(string path)
    {
        using var browser = await Browser.SignedIn(office.Site, "auditor");
        var answer = await browser.Get(path);
        Header("X-Content-Type-Options").ShouldBe("nosniff");
        Header("X-Frame-Options").ShouldBe("DENY");
        Header("Referrer-Policy").ShouldBe("no-referrer");
        Header("Content-Security-Policy").ShouldContain("default-src 'none'");
        Header("Content-Security-Policy").ShouldContain("frame-ancestors 'none'");
        Header("Content-Security-Policy").ShouldNotContain("'unsafe-eval'");
        answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        answer.Headers.Contains("Server").ShouldBeFalse();
        answer.Headers.Contains("X-Powered-By").ShouldBeFalse();

        string Header(string name) => answer.Headers.GetValues(name).Single();
    }

    [Theory]
    [InlineData("POST", "/people", "{\"Name\":", "application/json")]
    [InlineData("POST", "/people", "Name=%FF%FE&Roles=admin", "application/x-www-form-urlencoded")]
    [InlineData("POST", "/people/%00/roles", "Roles=admin", "application/x-www-form-urlencoded")]
    [InlineData("POST", "/sign-in", "--x\r\nbroken", "multipart/form-data; boundary=x")]
    [InlineData("POST", "/people", "", "multipart/form-data")]
    [InlineData("DELETE", "/people", "", "text/plain")]
    [InlineData("POST", "/api/v1/tax/proposals", "{\"rules\":[{]}", "application/json")]
    [InlineData("POST", "/api/v1/tax/proposals", "<rules/>", "application/xml")]
    [InlineData("PUT", "/api/v1/reports/2026-10", "{}", "application/json")]
    public async Task A_hostile_body_is_refused_in_words(string method, string path, string body, string type)
    {
        using var browser = await Browser.SignedIn(
            office.Site, path.StartsWith("/api", StringComparison.Ordinal) ? "tax" : "admin");
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        var answer = await browser.Send(new HttpMethod(method), path, content);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        ((int)answer.StatusCode).ShouldBeInRange(400, 415, text);
        text.ShouldNotContain("   at ");
        text.ShouldNotContain("Exception");
    }

    [Fact]
    public async Task A_form_sets_what_it_shows_and_nothing_else()
    {
        using var admin = await Browser.SignedIn(office.Site, "admin");
        await admin.Post(
            "/people", ("Name", "mallory"), ("FullName", "M"), ("Roles", "auditor"), ("Kind", "Demo"), ("IsActive", "false"),
            ("PasswordHash", "x"), ("MustChangePassword", "false"), ("Roles[9]", "admin"), ("Actor", "auditor"));
        var made = (await office.Engine.People.Current(Stop)).Find("mallory")!;
        (made.Kind, made.IsActive, made.MustChangePassword).ShouldBe((UserKind.Person, true, true));
        made.Roles.ShouldBe([Role.Auditor]);
        made.PasswordHash.ShouldNotBe("x");
    }

    [Fact]
    public async Task A_rule_that_says_who_approved_it_is_approved_by_nobody()
    {
        using var tax = await Browser.SignedIn(office.Site, "tax");
        using var content = new StringContent(
            """
            {"rules": [{"id": "US-WA:SALES:SLY", "jurisdiction": "US-WA", "tax": "EV_EXCISE", "treatment": "Exempt", "rate": 0,
             "from": "2031-01-01", "reason": "decided", "name_en": "Excise", "name_fr": "Taxe", "source": "a letter",
             "confidence": "partial", "approved_by": "controller", "proposed_by": "auditor"}]}
            """, Encoding.UTF8, "application/json");
        var answer = await tax.Send(HttpMethod.Post, "/api/v1/tax/proposals", content);
        var book = await office.Engine.Books.Current(Stop);
        book.Taxes.Named("US-WA:SALES:SLY").ShouldBeNull();
        if (answer.StatusCode == HttpStatusCode.Created)
        {
            var proposed = (Domain.Agreements.BookFact.TaxRuleProposed)book.Proposals["US-WA:SALES:SLY"];
            (proposed.Rule.ProposedBy, proposed.Rule.ApprovedBy).ShouldBe(("tax", null));
        }

        var own = await tax.Send(HttpMethod.Post, "/api/v1/tax/proposals/US-WA:SALES:SLY/approve", null);
        ((int)own.StatusCode).ShouldBeInRange(400, 404);
        (await office.Engine.Books.Current(Stop)).Taxes.Named("US-WA:SALES:SLY").ShouldBeNull();
    }
}
