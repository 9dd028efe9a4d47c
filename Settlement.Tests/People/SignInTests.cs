using System.Net;
using Settlement.Domain.People;

namespace Settlement.Tests.People;

/// <summary>Outside the demo: in with the right password only, and out when something changes.</summary>
public sealed class SignInTests(OfficeFixture office) : IClassFixture<OfficeFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_sees_a_page_without_signing_in_and_afterwards_is_where_one_wanted_to_go()
    {
        using var browser = new Browser(office.Site);
        var asked = await browser.Get("/held?month=2026-10");
        asked.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        asked.Headers.Location!.OriginalString.ShouldBe("/sign-in?return=%2Fheld%3Fmonth%3D2026-10");

        var entered = await browser.SignIn("auditor", Browser.Password, "/held?month=2026-10");
        entered.Headers.Location!.OriginalString.ShouldBe("/held?month=2026-10");
        var page = await browser.Text("/held?month=2026-10");
        page.ShouldContain("The auditor");
        page.ShouldContain("Sign out");

        (await browser.Post("/sign-out")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await browser.Get("/held")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example")]
    [InlineData("/\\elsewhere.example")]
    [InlineData("elsewhere")]
    [InlineData("/sign-out")]
    public async Task The_way_back_leads_nowhere_else(string back)
    {
        using var browser = new Browser(office.Site);
        var entered = await browser.SignIn("auditor", Browser.Password, back);
        entered.Headers.Location!.OriginalString.ShouldBe("/");
    }

    [Fact]
    public async Task The_cookie_is_out_of_reach_of_scripts_and_of_other_sites()
    {
        using var browser = new Browser(office.Site);
        var entered = await browser.SignIn("auditor", Browser.Password);
        var cookie = entered.Headers.GetValues("Set-Cookie").Single(text => text.StartsWith("settlement=", StringComparison.Ordinal));
        cookie.ShouldContain("httponly", Case.Insensitive);
        cookie.ShouldContain("samesite=strict", Case.Insensitive);
        cookie.ShouldNotContain("expires", Case.Insensitive);
        cookie.ShouldNotContain("secure", Case.Insensitive); // plain http on the loopback address

        using var form = new FormUrlEncodedContent([new("Name", "auditor"), new("Password", Browser.Password), new("__RequestVerificationToken", await browser.Token())]);
        using var secure = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = form };
        secure.Headers.Add("X-Forwarded-Proto", "https");
        using var proxied = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = browser.Cookies }) { BaseAddress = office.Site };
        var behind = await proxied.SendAsync(secure, Stop);
        behind.Headers.GetValues("Set-Cookie").Single(text => text.StartsWith("settlement=", StringComparison.Ordinal))
            .ShouldContain("secure", Case.Insensitive);
        behind.Headers.GetValues("Strict-Transport-Security").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_name_get_the_same_answer_and_then_have_to_wait()
    {
        await office.Add("wanda", Role.Auditor);
        var answers = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var name in new[] { "wanda", "nobody-here" })
        {
            using var browser = new Browser(office.Site);
            answers[name] = [];
            for (var i = 0; i < User.FreeTries + 1; i++)
            {
                var answer = await browser.SignIn(name, "not the password");
                var text = await answer.Content.ReadAsStringAsync(Stop);
                answers[name].Add($"{(int)answer.StatusCode} {(answer.Headers.RetryAfter is null ? "" : "wait ")}{text.Contains("is wrong", StringComparison.Ordinal)}");
            }
        }

        answers["wanda"].ShouldBe(answers["nobody-here"]);
        answers["wanda"].ShouldBe([.. Enumerable.Repeat("401 True", User.FreeTries), "429 wait False"]);
        using var right = new Browser(office.Site);
        (await right.SignIn("wanda", Browser.Password)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        var log = await office.Facts<UserFact.SignInFailed>();
        log.ShouldNotContain(fact => fact.Name == "nobody-here"); // what stands for an unknown name may be a password
        log.Count(fact => fact.Name == "wanda").ShouldBe(User.FreeTries);
    }

    [Fact]
    public async Task A_one_time_password_opens_nothing_but_its_own_change()
    {
        await office.Add("olga", Role.Auditor, oneTime: true);
        using var browser = new Browser(office.Site);
        (await browser.SignIn("olga", Browser.Password)).Headers.Location!.OriginalString.ShouldBe("/account/password");
        (await browser.Get("/held")).Headers.Location!.OriginalString.ShouldBe("/account/password");
        using var elsewhere = await Browser.SignedIn(office.Site, "olga");

        foreach (var (wanted, again, code) in new[]
        {
            ("short", "short", "at least"), (Browser.Password, Browser.Password, "is the old one"),
            ("another pass phrase", "another pass phrasf", "differ"), ("aaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaa", "Too easy"),
            ("my name is olga, hi", "my name is olga, hi", "Too easy"),
        })
        {
            var refused = await browser.Post("/account/password", ("Old", Browser.Password), ("Wanted", wanted), ("Again", again));
            refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await refused.Content.ReadAsStringAsync(Stop)).ShouldContain(code);
        }

        var changed = await browser.Post(
            "/account/password", ("Old", Browser.Password), ("Wanted", "quite another phrase"), ("Again", "quite another phrase"));
        changed.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await browser.Get("/held")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await office.Known();
        (await elsewhere.Get("/held")).Headers.Location!.OriginalString.ShouldStartWith("/sign-in");
        using var old = new Browser(office.Site);
        (await old.SignIn("olga", Browser.Password)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Other_roles_or_a_closed_account_end_an_open_session()
    {
        await office.Add("rita", Role.Auditor);
        using var browser = await Browser.SignedIn(office.Site, "rita");
        (await browser.Get("/people")).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var admin = await Browser.SignedIn(office.Site, "admin");
        (await admin.Post("/people/rita/roles", ("Roles", "analyst"))).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        await office.Known();
        (await browser.Get("/people")).StatusCode.ShouldBe(HttpStatusCode.Redirect);

        using var again = await Browser.SignedIn(office.Site, "rita");
        (await again.Get("/people")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await admin.Post("/people/rita/deactivate")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        await office.Known();
        (await again.Get("/held")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        using var closed = new Browser(office.Site);
        (await closed.SignIn("rita", Browser.Password)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_form_without_its_token_or_with_another_persons_changes_nothing()
    {
        using var admin = await Browser.SignedIn(office.Site, "admin");
        using var auditor = await Browser.SignedIn(office.Site, "auditor");
        var foreign = await auditor.Token();
        foreach (var token in new[] { null, "", "CfDJ8 no token", foreign })
        {
            using var form = new FormUrlEncodedContent(
                [new("Name", "eve"), new("FullName", "Eve"), new("Roles", "admin"),
                    .. token is null ? [] : new KeyValuePair<string, string>[] { new("__RequestVerificationToken", token) }]);
            var answer = await admin.Send(HttpMethod.Post, "/people", form, withToken: false);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain("form.stale");
        }

        (await office.Engine.People.Current(Stop)).Find("eve").ShouldBeNull();
    }

    [Fact]
    public async Task An_admin_makes_an_account_on_the_page_and_its_password_is_shown_once()
    {
        using var admin = await Browser.SignedIn(office.Site, "admin");
        var made = await admin.Post("/people", ("Name", "Nina"), ("FullName", "Nina <Q>"), ("Roles", "tax"), ("Roles", "analyst"));
        var page = await made.Content.ReadAsStringAsync(Stop);
        made.StatusCode.ShouldBe(HttpStatusCode.OK, page);
        var password = page.Split("<b class=\"code\">")[1].Split('<')[0];
        (await admin.Text("/people")).ShouldNotContain(password);
        (await admin.Text("/people")).ShouldContain("Nina &lt;Q&gt;");

        using var nina = new Browser(office.Site);
        (await nina.SignIn("nina", password)).Headers.Location!.OriginalString.ShouldBe("/account/password");
        var created = (await office.Facts<UserFact.UserCreated>()).Single(fact => fact.Name == "nina");
        created.Roles.ShouldBe([Role.Analyst, Role.Tax]);
        (await office.Database.Value<long>("select count(*) from log.mt_events where type = 'user_created' and data->>'Name' = 'nina' and headers->>'actor' = 'admin'"))
            .ShouldBe(1);
        (await office.Database.Value<long>($"select count(*) from log.mt_events where data::text like '%{password}%'")).ShouldBe(0);
    }

    [Fact]
    public async Task Names_of_demo_people_open_nothing_here()
    {
        using var browser = new Browser(office.Site);
        (await browser.Text("/sign-in")).ShouldNotContain("This is the demo");
        (await browser.Post("/sign-in", ("Name", "ana"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
