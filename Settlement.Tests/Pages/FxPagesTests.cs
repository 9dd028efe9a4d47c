using System.Net;
using System.Text;
using Settlement.Tests.People;

namespace Settlement.Tests.Pages;

/// <summary>The page of exchange rates.</summary>
public sealed class FxPagesTests(PagesFixture site) : IClassFixture<PagesFixture>
{
    private const string File =
        """{"observations":[{"d":"2026-10-30","FXUSDCAD":{"v":"1.4049"},"FXEURCAD":{"v":"1.6012"}}]}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<HttpResponseMessage> Send(string name, bool fromOurPage = true)
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(Encoding.UTF8.GetBytes(File)), "file", "rates.json" },
        };
        using var browser = await Browser.SignedIn(site.Http.BaseAddress!, name);
        return await browser.Send(HttpMethod.Post, "/fx", form, fromOurPage);
    }

    [Fact]
    public async Task A_file_is_imported_and_a_question_answered_with_its_path()
    {
        var sent = await Send("ana");
        sent.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await sent.Content.ReadAsStringAsync(Stop)).ShouldContain("1.4049");

        var page = WebUtility.HtmlDecode(await site.Http.GetStringAsync("/fx?from=usd&to=EUR&on=2026-11-01", Stop));
        page.ShouldContain("0.877404446665"); // 1.4049 ÷ 1.6012
        page.ShouldContain("FXUSDCAD 1.4049 of 2026-10-30 (Bank of Canada Valet), 1 ÷ FXEURCAD 1.6012 of 2026-10-30");

        WebUtility.HtmlDecode(await site.Http.GetStringAsync("/fx?from=GBP&to=CAD&on=2026-11-01", Stop))
            .ShouldContain("fx.unavailable");
        (await site.Http.GetStringAsync("/fx?series=FXEURCAD", Stop)).ShouldContain("Published for FXEURCAD");
    }

    [Fact]
    public async Task A_form_of_another_site_or_of_somebody_without_the_right_is_refused()
    {
        (await Send("ana", fromOurPage: false)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await Send("bruno")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }
}
