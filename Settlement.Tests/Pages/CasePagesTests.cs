using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Settlement.Api.Intake;
using Settlement.Api.Pages;
using Settlement.Domain.Agreements;
using Settlement.Projections.Statements;
using Settlement.Tests.People;

namespace Settlement.Tests.Pages;

/// <summary>Decisions on held CDRs, corrections and agreements, as people take them on pages and programs by the API.</summary>
public sealed partial class CasePagesTests(PagesFixture site) : IClassFixture<PagesFixture>
{
    private const string Pair = "CA-FLO~US-CPI";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_held_CDR_is_released_by_its_form_and_only_by_whoever_may()
    {
        var cdr = await Held("claim.differs");
        var page = Links.Cdr(cdr.Tenant, cdr.Cpo, cdr.CdrId);
        var form = Links.Decide("release", cdr.Tenant, new(cdr.Cpo, cdr.CdrId));
        using var ana = await SignedIn("ana");
        using var bruno = await SignedIn("bruno");
        var shown = WebUtility.HtmlDecode(await ana.Text(page));
        shown.ShouldContain("Release: at most");
        shown.ShouldContain("Reject: nothing will be owed");
        (await bruno.Text(page)).ShouldNotContain(form);

        (await bruno.Post(form, ("amount", "0.01"), ("reason", "x"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var above = await ana.Post(form, ("amount", "9999"), ("reason", "x"));
        above.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await above.Content.ReadAsStringAsync(Stop)).ShouldContain("release.above-rerated");
        (await ana.Post(form, ("amount", "0.01"), ("reason", "by <b>letter</b>"), ("version", "7")))
            .StatusCode.ShouldBe(HttpStatusCode.Conflict, "it was looked at in another version");
        (await ana.Post(form, ("amount", "0.01"), ("reason", "by <b>letter</b>"), ("version", Field(shown, "version"))))
            .StatusCode.ShouldBe(HttpStatusCode.Redirect);

        var after = await ana.Text(page);
        after.ShouldContain("by &lt;b&gt;letter&lt;/b&gt;");
        after.ShouldNotContain("<b>letter</b>");
    }

    [Fact]
    public async Task Only_what_the_reason_allows_is_offered()
    {
        using var ana = await SignedIn("ana");
        var place = await Held("place.unknown");
        var page = WebUtility.HtmlDecode(await ana.Text(Links.Cdr(place.Tenant, place.Cpo, place.CdrId)));
        page.ShouldNotContain("/held/release/");
        page.ShouldContain("/held/reject/");
        page.ShouldContain("Record the missing fact; the CDR is then re-evaluated automatically");
        var conflict = (await new HeldQueries(site.Engine.Database).Page(new HeldFilter(State: "conflict"), null, 1, Stop)).Single();
        page = WebUtility.HtmlDecode(await ana.Text(Links.Cdr(conflict.Tenant, conflict.Cpo, conflict.CdrId)));
        page.ShouldContain("Choose the content that counts");
    }

    [Fact]
    public async Task Bulk_shows_the_money_and_then_every_answer()
    {
        var filter = new HeldFilter(Reason: "tariff.missing");
        await Held("tariff.missing");
        using var ana = await SignedIn("ana");
        (await ana.Text(Links.HeldBulk(filter))).ShouldContain("No amount answers that");
        var preview = WebUtility.HtmlDecode(await ana.Text(Links.HeldBulk(filter, BulkAction.Reject)));

        var stale = await ana.Post("/held/bulk", ("action", "reject"), ("reason", "tariff.missing"), ("because", "x"), ("digest", "old"));
        stale.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var done = await ana.Post(
            "/held/bulk", ("action", "reject"), ("reason", "tariff.missing"), ("because", "never sent"),
            ("digest", Field(preview, "digest")));

        done.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await done.Content.ReadAsStringAsync(Stop)).ShouldContain("rejected");
        (await new HeldQueries(site.Engine.Database).Page(filter, null, 1, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_agreement_is_amended_by_its_form_and_a_fault_is_told_beside_it()
    {
        using var chloe = await SignedIn("chloe");
        (await chloe.Text("/agreements")).ShouldContain(Pair);
        var other = Relationship.Between(PartyId.Parse("CA-FLO")!.Value, PartyId.Parse("US-X00")!.Value).ToString();
        var page = WebUtility.HtmlDecode(await chloe.Text(Links.Agreement(other)));
        page.ShouldContain("Any amendment makes it final");
        var version = Field(page, "version");

        var wrong = await chloe.Post(
            Links.Agreement(other), ("version", version), ("valid_from", "2026-01-01"), ("zone", "Toronto"), ("reason", "contract"));
        wrong.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var told = WebUtility.HtmlDecode(await wrong.Content.ReadAsStringAsync(Stop));
        told.ShouldContain("'Toronto' is no IANA time zone");
        told.ShouldContain("value=\"Toronto\"");
        (await chloe.Post(
            Links.Agreement(other), ("version", version), ("valid_from", "2026-01-01"), ("zone", "America/Halifax"),
            ("CA-FLO.supply", "Agency"), ("reason", "contract 12")))
            .StatusCode.ShouldBe(HttpStatusCode.Redirect);

        var after = WebUtility.HtmlDecode(await chloe.Text(Links.Agreement(other)));
        after.ShouldContain("America/Halifax");
        after.ShouldContain("contract 12");
        after.ShouldNotContain("Any amendment makes it final");
        (await chloe.Get("/agreements/open?one=us-cpi&other=ca-flo")).Headers.Location!.ToString().ShouldBe($"/agreements/{Pair}");
    }

    [Fact]
    public async Task A_correction_is_previewed_and_needs_its_people()
    {
        using var ana = await SignedIn("ana");
        var preview = WebUtility.HtmlDecode(await ana.Text($"/corrections/preview?relationship={Pair}&month=2026-10&place=CA-QC"));
        preview.ShouldContain("0 would change");
        (await ana.Text("/corrections")).ShouldContain("What would change");
        var nothing = await ana.Post("/corrections", ("relationship", Pair), ("month", "2026-10"), ("cause", "x"));
        (await nothing.Content.ReadAsStringAsync(Stop)).ShouldContain("correction.");
        (await ana.Get($"/corrections/{Pair}/0123456789")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var bruno = await SignedIn("bruno");
        (await bruno.Post("/corrections", ("relationship", Pair), ("month", "2026-10"), ("cause", "x")))
            .StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_program_decides_by_the_API_with_the_same_refusals()
    {
        var cdr = await Held("surcharge");
        using var ana = await SignedIn("ana");
        using var release = JsonContent.Create(new
        {
            relationship = cdr.Tenant, owner = cdr.Cpo.ToString(), id = cdr.CdrId, reason = "by letter", amount = 9999m,
        });
        var refused = await ana.Send(HttpMethod.Post, "/api/v1/held/release", release);
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        JsonNode.Parse(await refused.Content.ReadAsStringAsync(Stop))!["title"]!.ToString().ShouldBe("release.above-rerated");

        using var reject = JsonContent.Create(new { relationship = cdr.Tenant, owner = cdr.Cpo.ToString(), id = cdr.CdrId, reason = "no" });
        (await ana.Send(HttpMethod.Post, "/api/v1/held/reject", reject)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var bulk = JsonNode.Parse(await ana.Text("/api/v1/held/bulk?action=release-lower&month=2026-10"))!;
        bulk["digest"]!.ToString().Length.ShouldBe(64);

        using var chloe = await SignedIn("chloe");
        using var amend = JsonContent.Create(new { reason = "letter", changes = new { valid_from = "2026-12-01", netting = false } });
        var amended = JsonNode.Parse(await (await chloe.Send(
            HttpMethod.Post, $"/api/v1/relationships/{Pair}/agreements", amend)).Content.ReadAsStringAsync(Stop))!;
        amended["version"]!.GetValue<int>().ShouldBe(2);
        var versions = JsonNode.Parse(await chloe.Text($"/api/v1/relationships/{Pair}/agreements"))!.AsArray();
        versions[^1]!["terms"]!["netting"]!.ToString().ShouldBe("no");
    }

    private async Task<HeldCdr> Held(string reason)
    {
        var held = await new HeldQueries(site.Engine.Database).Page(new HeldFilter(Reason: reason), null, 1, Stop);
        return held.ShouldHaveSingleItem($"the demo month holds one for {reason}");
    }

    private Task<Browser> SignedIn(string name) => Browser.SignedIn(site.Http.BaseAddress!, name);

    private static string Field(string page, string name) =>
        Hidden().Matches(page).First(match => match.Groups["name"].Value == name).Groups["value"].Value;

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hidden();
}
