using System.Net;
using System.Text;
using Settlement.Api.Demo;
using Settlement.Tests.People;

namespace Settlement.Tests.Pages;

/// <summary>A partner's list, uploaded and looked through.</summary>
public sealed class ReconcilePagesTests(PagesFixture site) : IClassFixture<PagesFixture>
{
    private const string Pair = "CA-FLO~US-CPI";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<(HttpResponseMessage Answer, Browser Browser)> Upload(string name, byte[] list)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(Pair), "relationship" },
            { new StringContent("2026-10"), "month" },
            { new ByteArrayContent(list), "file", "list.jsonl" },
        };
        var browser = await Browser.SignedIn(site.Http.BaseAddress!, name);
        return (await browser.Send(HttpMethod.Post, "/reconcile", form), browser);
    }

    [Fact]
    public async Task A_list_is_compared_drilled_into_and_downloaded()
    {
        var documents = DemoMonth.Generate(PagesFixture.Month, 300, 7).Documents;
        var list = string.Join('\n', documents.Select(document => Encoding.UTF8.GetString(document.Json.Span)));
        var (answer, browser) = await Upload("ana", Encoding.UTF8.GetBytes(list));
        using (browser)
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync(Stop));
            var address = answer.Headers.Location!.ToString();

            var page = WebUtility.HtmlDecode(await browser.Text(address));
            page.ShouldContain("Matched");
            page.ShouldContain("Held here");
            page.ShouldContain("Both lists, CAD");
            var rows = WebUtility.HtmlDecode(await browser.Text(address + "?category=MATCHED"));
            rows.ShouldContain("page=2");
            rows.ShouldContain($"/cdrs/{Pair}/");
            (await browser.Text(address + ".csv")).ShouldContain("category,reason,tier,cpo,cdr_id");
            (await browser.Text(address + ".jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length
                .ShouldBeGreaterThanOrEqualTo(300);
            (await browser.Get(address + ".disputes")).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await browser.Get(address + ".exe")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            WebUtility.HtmlDecode(await browser.Text("/reconcile")).ShouldContain(address);
            foreach (var driver in site.Drivers)
            {
                page.ShouldNotContain(driver);
                rows.ShouldNotContain(driver);
            }
        }
    }

    [Fact]
    public async Task A_list_larger_than_a_cdr_may_be_is_taken_and_what_cannot_be_read_is_told_with_its_place()
    {
        var line = $"C1,CAD,1.00,CA-FLO,{new string('x', 1024 * 1024)}\n";
        var list = "cdr_id,currency,net,creditor,note\n" + string.Concat(Enumerable.Repeat(line, 12)) + "C2,CAD,one,CA-FLO,\n";
        var (answer, browser) = await Upload("ana", Encoding.UTF8.GetBytes(list));
        using (browser)
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Stop))
                .ShouldContain("line 14, column 3 (net): 'one' is not a number");
        }
    }

    [Fact]
    public async Task Who_may_not_dispute_may_not_compare()
    {
        var (answer, browser) = await Upload("bruno", [1]);
        using (browser)
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        (await site.Http.GetAsync("/reconcile/0000", Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
