using System.Net;
using System.Text.RegularExpressions;
using Settlement.Api;
using Settlement.Api.Agreements;
using Settlement.Api.Demo;
using Settlement.Api.Pages;
using Settlement.Api.Serve;
using Settlement.Api.Statements;
using Settlement.Api.Tax;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;
using Settlement.Tests.Postgres;

namespace Settlement.Tests.Pages;

/// <summary>Taxes asked, reported and ruled, and the workers, as pages.</summary>
public sealed partial class TaxPagesTests(PagesFixture pages) : IClassFixture<PagesFixture>
{
    private static readonly PartyId Flo = PartyId.Parse("CA-FLO")!.Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hundred_dollars_in_Quebec_bear_5_00_and_9_98()
    {
        var page = await Page("/tax?place=CA-QC&amount=100.00&currency=&on=2026-10-01&kwh=&kw=&level=");
        page.ShouldContain("100.00 × 5%");
        page.ShouldContain("= 5.00<");
        page.ShouldContain("→ 5.00<");
        page.ShouldContain("100.00 × 9.975%");
        page.ShouldContain("= 9.975<");
        page.ShouldContain("→ 9.98<");
        page.ShouldContain(">114.98<");
        page.ShouldContain("CA-QC:QST:2013-01-01");
        page.ShouldContain(RuleWording.Caution);
    }

    [Theory]
    [InlineData("place=US-WA&amount=10&on=2026-10-01", "tax.undetermined")]
    [InlineData("place=US-IA&amount=10&on=2026-10-01&buyer=reseller", "tax.kwh-missing")]
    [InlineData("place=US-WI&amount=10&on=2026-10-01&kwh=30", "station.fact-missing")]
    public async Task What_nobody_knows_yet_is_asked_in_plain_words(string facts, string code)
    {
        var page = await Page($"/tax?{facts}");
        var question = NoticeQuestion().Match(page);
        question.Success.ShouldBeTrue();
        question.Groups["text"].Value.Length.ShouldBeGreaterThan(20);
        page.ShouldContain($"<code>{code}</code>");
        page.ShouldNotContain(">Total<");
    }

    [Fact]
    public async Task Every_fact_of_the_form_reaches_the_question_and_stands_in_the_form_again()
    {
        var page = await Page(
            "/tax?place=US-IA&amount=10&on=2026-10-01&buyer=reseller&kwh=30&kw=50&level=3&installed=2024-01-02"
            + "&state-property=yes&as-known=2026-11-01");
        page.ShouldContain("30 kWh × 0.026");
        page.ShouldContain("→ 0.78<");
        foreach (var value in new[] { "10", "30", "50", "2024-01-02", "2026-11-01" })
        {
            page.ShouldContain($"value=\"{value}\"");
        }

        page.ShouldContain("<option value=\"reseller\" selected");
        page.ShouldContain("name=\"state-property\" value=\"yes\" checked");
    }

    [Theory]
    [InlineData("amount=ten", "amount.malformed")]
    [InlineData("amount=", "amount.missing")]
    [InlineData("amount=10.001", "amount.not-minor-units")]
    [InlineData("amount=99999999999999999999999999999", "amount.malformed")]
    [InlineData("kwh=-1", "kwh.malformed")]
    [InlineData("on=9999-12-31", "day.malformed")]
    [InlineData("component=FUN", "component.unknown")]
    [InlineData("currency=%3Cscript%3E", "currency.unknown")]
    [InlineData("place=US-ZZ", "place.unknown")]
    [InlineData("level=9", "level.malformed")]
    public async Task A_field_that_cannot_be_understood_says_so_at_the_field(string field, string code)
    {
        var answer = await pages.Http.GetAsync($"/tax?{field}", Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var html = await answer.Content.ReadAsStringAsync(Stop);
        html.ShouldNotContain("<script", Case.Insensitive);
        html.ShouldContain($"<p class=\"fault\" id=\"{field.Split('=')[0]}-fault\">");
        html.ShouldContain($"<code>{code}</code>");
        html.ShouldNotContain("→");
    }

    [Fact]
    public async Task All_rules_of_a_place_are_shown_with_their_source_and_open_questions_are_marked()
    {
        foreach (var place in new[] { "CA-QC", "CA-BC", "US-WA", "US-KY" })
        {
            var page = await Page(Links.TaxRules(place));
            var rules = TaxBook.Shipped.Of(place, null);
            rules.ShouldNotBeEmpty();
            foreach (var rule in rules)
            {
                page.ShouldContain($"<span class=\"id\">{rule.Name}</span>");
                page.ShouldContain(rule.Source);
                page.ShouldContain(rule.Question ?? "");
            }

            OpenTags().Count(page).ShouldBe(rules.Count(rule => rule.Treatment == Treatment.Open));
            page.ShouldContain("an adviser must confirm each rule");
        }
    }

    [Fact]
    public async Task A_proposal_waits_on_the_page_with_the_command_that_approves_it()
    {
        var rule = TaxBook.Shipped.Of("CA-AB", null)[0] with { Id = "CA-AB:GST:2090-01-01", From = new(2090, 1, 1) };
        var proposed = (Decision<BookFact>.Accepted)TaxDecisions.Propose([rule], "alice", pages.Engine.Now);
        await pages.Engine.Books.Record(
            [.. proposed.Facts.Select(fact => (ReferenceFiles.Stream(fact), fact))], "alice", Stop);
        foreach (var path in new[] { Links.Tax(), Links.TaxRules(), Links.TaxRules("CA-QC") })
        {
            var page = await Page(path);
            page.ShouldContain($"ops/settle rules --approve '{rule.Id}' --actor YOU");
            page.ShouldContain(">alice<");
        }
    }

    [Fact]
    public async Task The_tax_report_shows_the_totals_of_the_verb_and_its_verdict()
    {
        var report = await TaxReportVerb.Of(pages.Engine, Flo, PagesFixture.Month, Stop);
        var page = await Page(Links.TaxReport(Flo, PagesFixture.Month));
        report.Rows.Count.ShouldBeGreaterThan(3);
        foreach (var group in report.Rows.GroupBy(row => (row.Side, row.Currency)))
        {
            foreach (var total in new[]
            {
                group.Sum(row => row.OutputTax), group.Sum(row => row.InputRecoverable),
                group.Sum(row => row.InputNotRecoverable),
            }.Where(total => total != 0))
            {
                page.ShouldContain($">{Figures.Amount(total, group.Key.Currency)}<");
            }
        }

        foreach (var tie in report.TieOuts)
        {
            page.ShouldContain($">{Figures.Amount((long)tie.Ledger, Currency.Of(tie.Currency))}<");
        }

        report.TiesOut.ShouldBeTrue();
        page.ShouldContain($"{report.TieOuts.Count} of {report.TieOuts.Count} pass");
        page.ShouldContain("Services FLO inc.");
    }

    [Fact]
    public async Task Its_downloads_are_what_the_command_line_writes_and_the_month_links_to_it()
    {
        var report = await TaxReportVerb.Of(pages.Engine, Flo, PagesFixture.Month, Stop);
        using var csv = new MemoryStream();
        ReportCsv.Write(csv, report);
        using var json = new MemoryStream();
        TaxReportVerb.WriteJson(json, report);
        var files = Links.TaxReport(Flo, PagesFixture.Month);
        (await pages.Http.GetByteArrayAsync($"{files}.csv", Stop)).ShouldBe(csv.ToArray());
        (await pages.Http.GetByteArrayAsync($"{files}.json", Stop)).ShouldBe(json.ToArray());
        var month = await Page(Links.Report(PagesFixture.Month));
        month.ShouldContain($"<a href=\"{files}\">Services FLO inc.</a>");
        month.ShouldContain($"<a href=\"{Links.TaxReport(PartyId.Parse("US-CPI")!.Value, PagesFixture.Month)}\">");
    }

    [Theory]
    [InlineData("/tax/report/CA-ZZZ/2026-10")]
    [InlineData("/tax/report/nobody/2026-10")]
    [InlineData("/tax/report/CA-FLO/October")]
    [InlineData("/tax/report/CA-FLO/2026-10.pdf")]
    [InlineData("/tax/rules?place=US-ZZ")]
    public async Task What_is_not_there_gets_a_friendly_page(string path)
    {
        var answer = await pages.Http.GetAsync(path, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain("Go to the settlement report");
    }

    [Fact]
    public async Task The_status_page_shows_where_each_relationship_stands_and_the_old_address_leads_to_it()
    {
        var tenants = await pages.Engine.Store.Status(Stop);
        tenants.Count.ShouldBeGreaterThan(PagesFixture.Networks);
        var page = await Page(Links.Status());
        page.ShouldContain("Nothing is behind.");
        var shown = tenants.Single(tenant => tenant.Tenant == "CA-FLO~US-CPI");
        page.ShouldContain($"""<td class="n strong">{Figures.Whole(shown.Events)}</td>""");
        page.ShouldContain($"version {pages.Engine.Store.Ledger.Version}");
        (await pages.Http.GetAsync("/workers", Stop)).Headers.Location.ShouldBe(new Uri(Links.Status(), UriKind.Relative));
    }

    [Fact]
    public async Task Rows_of_another_ledger_version_are_told()
    {
        await using var database = await (await TestCluster.Shared()).NewDatabase(migrated: true);
        await using var engine = await PagesFixture.Open(database, Stop);
        await DemoPeople.Make(engine, Stop);
        await database.Execute("update tenant_heads set ledger_version = 999 where tenant_id = '@admin'");
        await using var app = Server.Build(engine, 0, isDemo: true);
        await app.StartAsync(Stop);
        using var http = new HttpClient { BaseAddress = new Uri(Server.Address(app)) };
        (await http.GetStringAsync(Links.Status(), Stop)).ShouldContain(
            $"version 999, this program has {engine.Store.Ledger.Version}");
        await app.StopAsync(Stop);
    }

    private async Task<string> Page(string path) =>
        WebUtility.HtmlDecode(await pages.Http.GetStringAsync(path, Stop));

    [GeneratedRegex("""<p class="question"><strong>Undetermined.</strong> (?<text>[^<]+)</p>""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex NoticeQuestion();

    [GeneratedRegex("class=\"tag open\"", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex OpenTags();
}
