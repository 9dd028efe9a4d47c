using System.Net;
using Settlement.Api.Demo;
using Settlement.Domain.People;
using Settlement.Tests.Pages;

namespace Settlement.Tests.People;

/// <summary>In the demo a visitor reads at once, and acts as one of its three people after a click.</summary>
public sealed class DemoDoorTests(PagesFixture demo) : IClassFixture<PagesFixture>
{
    private Uri Site => demo.Http.BaseAddress!;

    [Fact]
    public async Task A_visitor_reads_as_an_auditor_and_changes_nothing()
    {
        using var visitor = new Browser(Site);
        (await visitor.Text("/reports/2026-10")).ShouldContain("Demo, reading only");
        (await visitor.Get("/people")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await visitor.Post("/fx")).Headers.Location!.OriginalString.ShouldBe("/sign-in");
        (await visitor.Post("/people", ("Name", "eve"), ("Roles", "admin"))).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await demo.Engine.People.Current(TestContext.Current.CancellationToken)).Users.Count().ShouldBe(3);
    }

    [Fact]
    public async Task Each_of_the_three_is_one_click_away()
    {
        foreach (var (name, fullName, role) in DemoPeople.All)
        {
            using var browser = new Browser(Site);
            var page = await browser.Text("/sign-in?return=/held");
            page.ShouldContain($"""name="Name" value="{name}" """.TrimEnd());
            var entered = await browser.Post("/sign-in", ("Name", name), ("Return", "/held"));
            entered.Headers.Location!.OriginalString.ShouldBe("/held");
            var held = WebUtility.HtmlDecode(await browser.Text("/held"));
            held.ShouldContain(fullName);
            held.ShouldContain(Roles.Name(role));
        }
    }

    [Fact]
    public async Task A_form_is_shown_to_whoever_may_use_it()
    {
        using var analyst = new Browser(Site);
        await analyst.Post("/sign-in", ("Name", "ana"));
        (await analyst.Text("/fx")).ShouldContain("method=\"post\" action=\"/fx\"");
        using var approver = new Browser(Site);
        await approver.Post("/sign-in", ("Name", "bruno"));
        var page = await approver.Text("/fx");
        page.ShouldNotContain("action=\"/fx\" enctype");
        page.ShouldContain("this takes analyst, tax or partner-operations");
    }

    [Fact]
    public async Task A_demo_person_has_no_password_to_change()
    {
        using var browser = new Browser(Site);
        await browser.Post("/sign-in", ("Name", "chloe"));
        var changed = await browser.Post(
            "/account/password", ("Old", ""), ("Wanted", "a phrase of her own"), ("Again", "a phrase of her own"));
        changed.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}
