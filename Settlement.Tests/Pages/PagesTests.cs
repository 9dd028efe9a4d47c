using System.Net;
using System.Text.RegularExpressions;
using Settlement.Api;
using Settlement.Api.Intake;
using Settlement.Api.Pages;
using Settlement.Api.Statements;
using Settlement.Domain.Statements;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Projections.Statements;

namespace Settlement.Tests.Pages;

public sealed partial class PagesTests(PagesFixture pages) : IClassFixture<PagesFixture>
{
    private const string Tenant = "CA-FLO~US-CPI";
    private const int MostPages = 500;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_link_from_the_front_page_leads_to_a_page_without_drivers_or_scripts()
    {
        pages.Drivers.Count.ShouldBeGreaterThan(50);
        var seen = new HashSet<string>(StringComparer.Ordinal) { "/" };
        var open = new Queue<string>(seen);
        for (var fetched = 0; fetched < MostPages && open.TryDequeue(out var path); fetched++)
        {
            var answer = await pages.Http.GetAsync(path, Stop);
            var text = await answer.Content.ReadAsStringAsync(Stop);
            if (answer.StatusCode == HttpStatusCode.Redirect)
            {
                Follow(answer.Headers.Location!.OriginalString);
                continue;
            }

            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            pages.Drivers.Where(driver => text.Contains(driver, StringComparison.OrdinalIgnoreCase))
                .ShouldBeEmpty(path);
            if (answer.Content.Headers.ContentType!.MediaType == "text/html")
            {
                text.ShouldNotContain("<script", Case.Insensitive, path);
                text.ShouldNotContain(" style=", Case.Insensitive, path);
                foreach (Match link in Hrefs().Matches(text))
                {
                    Follow(WebUtility.HtmlDecode(link.Groups["path"].Value));
                }
            }
        }

        string[] kinds =
        [
            "/reports/2026-10", "/reports/2026-10.csv", "/reports/2026-10.json", "/lines?", "/held?",
            "/held/documents", "/cdrs/", "/statements/2026-10", "/statements/CA-FLO/US-CPI/2026-10",
            "/statements/US-CPI/CA-FLO/2026-10.csv", "/settlement-", "/tax", "/tax/rules?place=",
            "/tax/report/CA-FLO/2026-10", "/tax/report/US-CPI/2026-10.csv", "/status",
        ];
        kinds.Where(kind => !seen.Any(path => path.StartsWith(kind, StringComparison.Ordinal)))
            .ShouldBeEmpty();

        void Follow(string path)
        {
            if (path.StartsWith('/') && seen.Add(path))
            {
                open.Enqueue(path);
            }
        }
    }

    [Fact]
    public async Task The_report_shows_the_numbers_of_the_report_and_each_total_links_to_its_lines()
    {
        var report = await Report();
        var page = await Page("/reports/2026-10");
        report.Directions.Count.ShouldBeGreaterThan(2);
        foreach (var (direction, sums) in report.Directions)
        {
            page.ShouldContain(Link(
                Links.Lines(PagesFixture.Month, direction), Figures.Amount(sums.Due, direction.Currency)));
        }

        foreach (var (direction, place, sums) in report.Places)
        {
            page.ShouldContain(Link(
                Links.Lines(PagesFixture.Month, direction, place),
                Figures.Amount(sums.Due, direction.Currency)));
        }

        foreach (var tax in report.Taxes)
        {
            page.ShouldContain(Link(
                Links.Lines(PagesFixture.Month, tax.Direction, tax.Place),
                Figures.Amount(tax.Amount, tax.Direction.Currency)));
        }

        foreach (var held in report.Held)
        {
            page.ShouldContain(Link(Links.Held(PagesFixture.Month, held), Figures.Whole(held.Count)));
        }

        page.ShouldContain($"{report.TieOuts.Count} of {report.TieOuts.Count} pass");
        page.ShouldContain(report.PositionsDigest);
    }

    [Fact]
    public async Task Turning_all_pages_of_a_total_shows_each_of_its_lines_once()
    {
        var report = await Report();
        var (direction, sums) = report.Directions.MaxBy(total => total.Sums.Entries)!;
        var filter = Links.Filter(PagesFixture.Month, direction);
        var lines = await pages.Engine.Reports.Lines(filter, stop: Stop).ToListAsync(Stop);
        lines.Sum(line => line.Due).ShouldBe(sums.Due);
        var shown = new List<string>();
        var turned = 0;
        for (var next = Links.Lines(filter); next is not null; turned++)
        {
            var page = await Page(next);
            page.ShouldContain($"of {Figures.Whole(sums.Entries)}");
            page.ShouldContain(Figures.Amount(sums.Due, direction.Currency));
            shown.AddRange(CdrLinks().Matches(page).Select(link => link.Groups["path"].Value));
            next = NextPage().Match(page) is { Success: true } link ? link.Groups["path"].Value : null;
        }

        shown.ShouldBe(lines.Select(line => Links.Cdr(Tenant, line.Direction.Creditor, line.CdrId)));
        turned.ShouldBe((lines.Count + 49) / 50);
    }

    [Fact]
    public async Task A_CDR_shows_its_price_its_taxes_and_its_postings()
    {
        var filter = new LineFilter(Tenant, PagesFixture.Month, Place: "CA-QC");
        var line = await pages.Engine.Reports.Lines(filter, stop: Stop)
            .FirstAsync(item => item.Due > 0, Stop);
        var key = new CdrKey(line.Direction.Creditor, line.CdrId);
        var state = (await Api.Ledger.Explanation.Read(pages.Engine, Tenant, key, Stop))!.State;
        var page = await Page(Links.Cdr(Tenant, key.Owner, key.Id));
        foreach (var posting in state.Posted!.Entry().Postings)
        {
            page.ShouldContain($">{posting.Account}<");
            var amount = Math.Max(posting.Debit, posting.Credit);
            page.ShouldContain($">{Figures.Amount(amount, line.Direction.Currency)}<");
        }

        foreach (var priced in state.Posted.Lines)
        {
            page.ShouldContain($"= {Figures.Exact(priced.Amount)}<");
            page.ShouldContain(priced.Because);
        }

        foreach (var tax in state.Posted.Taxes)
        {
            page.ShouldContain($"→ {Figures.Amount(tax.Amount, line.Direction.Currency)}<");
            page.ShouldContain(tax.Rule);
        }
    }

    [Fact]
    public async Task A_held_CDR_says_why_and_what_to_do()
    {
        var held = await new HeldQueries(pages.Engine.Database)
            .Page(new HeldFilter(State: "held"), null, 1000, Stop);
        held.Count.ShouldBeGreaterThan(3);
        foreach (var cdr in held.DistinctBy(cdr => cdr.Reasons[0].Code))
        {
            var page = await Page(Links.Cdr(cdr.Tenant, cdr.Cpo, cdr.CdrId));
            page.ShouldContain(cdr.Reasons[0].Detail);
            page.ShouldContain(HeldReason.Of(cdr.Reasons[0].Code).Do);
        }
    }

    [Fact]
    public async Task Held_items_page_by_page_are_those_of_the_report()
    {
        var queries = new HeldQueries(pages.Engine.Database);
        var report = await Report();
        var filter = new HeldFilter(PagesFixture.Month);
        var all = new List<HeldCdr>();
        for (HeldKey? after = null; ;)
        {
            var page = await queries.Page(filter, after, 3, Stop);
            if (page.Count == 0)
            {
                break;
            }

            all.AddRange(page);
            after = page[^1].Key;
        }

        all.Select(cdr => cdr.Stream).ShouldBeUnique();
        all.Count.ShouldBe((int)report.Held.Sum(item => item.Count));
        foreach (var item in report.Held)
        {
            all.Count(cdr => (cdr.State, cdr.Reasons[0].Code, cdr.Currency, cdr.Cpo, cdr.Emsp)
                == (item.State, item.Reason, item.Currency, item.Creditor, item.Debtor))
                .ShouldBe((int)item.Count);
            (await Page(Links.Held(PagesFixture.Month, item)))
                .ShouldContain($">{Figures.Whole(item.Count)} CDRs<");
        }
    }

    [Fact]
    public async Task A_statement_names_both_parties_and_nets_their_debts()
    {
        var (to, other) = (PartyId.Parse("CA-FLO")!.Value, PartyId.Parse("US-CPI")!.Value);
        var terms = (await pages.Engine.Books.Agreements(Tenant, Stop)).Versions[^1];
        var statement = await pages.Engine.Reports.Statement(to, other, PagesFixture.Month, terms, Stop);
        var page = await Page(Links.Statement(to, other, PagesFixture.Month));
        page.ShouldContain("Services FLO inc.");
        page.ShouldContain("254 East Hacienda Avenue");
        page.ShouldContain("800654321 RT0001");
        statement.Balance.Count.ShouldBe(2);
        foreach (var (code, receivable, payable, net) in statement.Balance)
        {
            page.ShouldContain($">{Figures.Amount(receivable, code)}<");
            page.ShouldContain($">{Figures.Amount(payable, code)}<");
            page.ShouldContain($">{Figures.Amount(Math.Abs(net), code)}<");
        }
    }

    [Fact]
    public async Task What_a_partner_wrote_is_shown_as_text()
    {
        var path = Links.Cdr(Tenant, await MarkedOwner(), PagesFixture.MarkedId);
        var answer = await pages.Http.GetAsync(path, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var html = await answer.Content.ReadAsStringAsync(Stop);
        html.ShouldNotContain("<script");
        html.ShouldNotContain("<i>");
        WebUtility.HtmlDecode(html).ShouldContain(PagesFixture.Markup);
    }

    [Fact]
    public async Task A_document_that_could_not_be_read_is_listed_without_its_content()
    {
        var page = await pages.Http.GetStringAsync("/held/documents", Stop);
        page.ShouldContain("json.malformed");
        page.ShouldContain("broken &lt;b&gt;file&lt;/b&gt;");
        page.ShouldNotContain("&quot;id&quot;");
    }

    [Theory]
    [InlineData("/nothing-here", 404)]
    [InlineData("/reports/2026-13", 404)]
    [InlineData("/reports/2026-10.docx", 404)]
    [InlineData("/reports/2026-10?relationship=CA-XXX~US-YYY", 404)]
    [InlineData("/reports/2026-10?books=nobody", 400)]
    [InlineData("/reports/2026-10.csv?books=nobody", 400)]
    [InlineData("/reports/2026-10?books=DE-XXX", 404)]
    [InlineData("/reports/2026-10.csv?books=DE-XXX&relationship=CA-FLO~US-CPI", 404)]
    [InlineData("/lines?tenant=CA-XXX~US-YYY&month=2026-10", 404)]
    [InlineData("/lines?tenant=CA-FLO~US-CPI&month=October", 400)]
    [InlineData("/lines?tenant=CA-FLO~US-CPI&month=2026-10&after=x", 400)]
    [InlineData("/lines?tenant=CA-FLO~US-CPI&month=2026-10&cpo=nobody", 400)]
    [InlineData("/held?after=somewhere", 400)]
    [InlineData("/cdrs/CA-FLO~US-CPI/US-CPI/unknown", 404)]
    [InlineData("/cdrs/US-CPI~CA-FLO/US-CPI/unknown", 404)]
    [InlineData("/cdrs/@intake/US-CPI/unknown", 404)]
    [InlineData("/statements/CA-FLO/US-XXX/2026-10", 404)]
    [InlineData("/statements/2026", 404)]
    public async Task What_does_not_exist_gets_a_friendly_page(string path, int status)
    {
        var answer = await pages.Http.GetAsync(path, Stop);
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        var page = await answer.Content.ReadAsStringAsync(Stop);
        page.ShouldContain("Go to the settlement report");
        page.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_download_is_what_the_command_line_writes()
    {
        var report = await Report();
        using var csv = new MemoryStream();
        ReportCsv.Write(csv, report);
        using var json = new MemoryStream();
        ReportJson.Write(json, report);
        (await pages.Http.GetByteArrayAsync("/reports/2026-10.csv", Stop)).ShouldBe(csv.ToArray());
        (await pages.Http.GetByteArrayAsync("/reports/2026-10.json", Stop)).ShouldBe(json.ToArray());
    }

    [Fact]
    public async Task A_month_with_many_relationships_lists_them_and_opens_each()
    {
        var list = await Page(Links.Report(PagesFixture.Busy)); // a page waits for the workers, the query does not
        var moved = await pages.Engine.Reports.TenantsWithMovement(PagesFixture.Busy, Stop);
        moved.Count.ShouldBeGreaterThanOrEqualTo(PagesFixture.Networks);
        list.ShouldNotContain("By jurisdiction");
        foreach (var tenant in moved)
        {
            list.ShouldContain(Link(Links.Report(PagesFixture.Busy, tenant), tenant));
            (await Page(Links.Report(PagesFixture.Busy, tenant))).ShouldContain("By jurisdiction");
        }
    }

    [Fact]
    public async Task Programs_keep_their_own_answers()
    {
        var answer = await pages.Http.GetAsync("/ocpi/nothing", Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldNotContain("<html");
    }

    private async Task<PartyId> MarkedOwner()
    {
        foreach (var owner in new[] { PartyId.Parse("CA-FLO")!.Value, PartyId.Parse("US-CPI")!.Value })
        {
            var key = new CdrKey(owner, PagesFixture.MarkedId);
            if (await Api.Ledger.Explanation.Read(pages.Engine, Tenant, key, Stop) is not null)
            {
                return owner;
            }
        }

        throw new InvalidOperationException("The marked CDR did not arrive.");
    }

    /// <summary>A page with its entities read: for comparing with plain text.</summary>
    private async Task<string> Page(string path) =>
        WebUtility.HtmlDecode(await pages.Http.GetStringAsync(path, Stop));

    private static string Link(string path, string text) => $"<a href=\"{path}\">{text}</a>";

    [GeneratedRegex("""(?:href|src)="(?<path>[^"]+)"[ >]""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Hrefs();

    [GeneratedRegex("""<a href="(?<path>/cdrs/[^"]+)">""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex CdrLinks();

    [GeneratedRegex("""<a href="(?<path>[^"]+)" rel="next">""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex NextPage();

    /// <summary>The month with all that the log holds now, as a page waits for it too.</summary>
    private async Task<MonthlyReport> Report()
    {
        return await pages.Engine.Report(PagesFixture.Month, null, null, Stop);
    }
}
