using System.Net;
using System.Text;
using System.Text.Json;
using Settlement.Domain.Agreements;
using Settlement.Domain.Payments;
using Settlement.Tests.Payments;
using Settlement.Tests.People;

namespace Settlement.Tests.Pages;

/// <summary>Disputes and payments as people and machines see them.</summary>
public sealed class MoneyPagesTests(PagesFixture site) : IClassFixture<PagesFixture>
{
    private const string Tenant = "CA-FLO~US-CPI";
    private static readonly Relationship Pair = Relationship.Parse(Tenant)!.Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<OpenItem> Invoice()
    {
        if ((await site.Engine.Closing.Book(Pair, Stop)).Month(MoneyTown.October).Issued.IsEmpty)
        {
            await MoneyTown.Close(site.Engine, MoneyTown.October, MoneyTown.Third);
        }

        return (await site.Engine.Payments.Open(Pair, null, Stop)).All
            .Where(item => item.Name.StartsWith("INV", StringComparison.Ordinal)).MaxBy(item => item.Open)!;
    }

    private async Task<string> Posted(int skip)
    {
        await using var command = site.Engine.Database.CreateCommand(
            $"select cpo || '/' || cdr_id from cdrs where tenant_id = '{Tenant}' and state = 'posted' and due > 500 order by stream offset {skip} limit 1");
        return (string)(await command.ExecuteScalarAsync(Stop))!;
    }

    private static async Task<string> Text(HttpResponseMessage answer) =>
        WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Stop));

    [Fact]
    public async Task The_page_of_an_issued_month_says_whose_signature_its_tie_outs_bear()
    {
        await Invoice();

        var page = WebUtility.HtmlDecode(await site.Http.GetStringAsync($"/close/2026-10/{Tenant}", Stop));

        page.ShouldContain("As they were when bruno approved the statement");
        page.ShouldContain("T9 lines computed again");
    }

    [Fact]
    public async Task A_month_is_marked_as_exported_on_its_page_once_and_its_file_is_a_link()
    {
        await Invoice();
        const string Form = $"/close/2026-10/{Tenant}/export";
        using var ana = await Browser.SignedIn(site.Http.BaseAddress!, "ana");

        (await ana.Post(Form, ("books", "CA-FLO"), ("shape", "netsuite"))).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var twice = await ana.Post(Form, ("books", "CA-FLO"), ("shape", "netsuite"));
        var strange = await ana.Post(Form, ("books", "US-EVG"), ("shape", "netsuite"));
        var page = WebUtility.HtmlDecode(await ana.Text($"/close/2026-10/{Tenant}"));

        twice.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await Text(twice)).ShouldContain("export.already");
        (await Text(strange)).ShouldContain("relationship.unknown");
        page.ShouldContain("once more, although it was exported");
        var link = page.Split("href=\"").Select(rest => rest.Split('"')[0]).Single(href => href.Contains("sha256=", StringComparison.Ordinal));
        (await ana.Text(link)).ShouldContain("External ID");
        using var bruno = await Browser.SignedIn(site.Http.BaseAddress!, "bruno");
        (await bruno.Post(Form, ("books", "US-CPI"), ("shape", "netsuite"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_payment_is_recorded_on_the_page_and_shown_with_what_it_paid()
    {
        var invoice = await Invoice();
        using var ana = await Browser.SignedIn(site.Http.BaseAddress!, "ana");
        (string, string)[] fields =
        [
            ("tenant", Tenant), ("id", "WIRE-77"), ("payer", invoice.Debtor.ToString()), ("amount", "12.34"),
            ("currency", invoice.Currency), ("date", "2026-11-20"), ("documents", $"{invoice.Name}=12.34"),
        ];

        var sent = await Text(await ana.Post("/payments", fields));
        sent.ShouldContain("Payment WIRE-77 is recorded.");
        sent.ShouldContain("Ties out to the accounts");

        var again = await ana.Post("/payments", [.. fields.Where(field => field.Item1 != "amount"), ("amount", "12.35")]);
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await Text(again)).ShouldContain("payment.differs");
        var page = WebUtility.HtmlDecode(await site.Http.GetStringAsync($"/payments?tenant={Tenant}&as-of=2026-12-31", Stop));
        page.ShouldContain("WIRE-77");
        page.ShouldContain("Ageing as of 2026-12-31");
        site.Drivers.ShouldAllBe(driver => !page.Contains(driver, StringComparison.Ordinal));

        using var bruno = await Browser.SignedIn(site.Http.BaseAddress!, "bruno");
        (await bruno.Post("/payments", fields)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var form = new FormUrlEncodedContent([.. fields.Select(field => KeyValuePair.Create(field.Item1, field.Item2))]);
        (await ana.Send(HttpMethod.Post, "/payments", form, withToken: false)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_dispute_is_opened_upheld_in_part_and_credited_by_two_people()
    {
        await Invoice();
        var cdr = await Posted(0);
        using var ana = await Browser.SignedIn(site.Http.BaseAddress!, "ana");
        (string, string)[] fields = [("tenant", Tenant), ("cdr", cdr), ("reason", "AMOUNT_DIFFERS"), ("evidence", "<b>the display said less</b>")];

        var over = await ana.Post("/disputes", [.. fields, ("amount", "99999.00")]);
        over.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await Text(over)).ShouldContain("dispute.over-due");
        var opened = await ana.Post("/disputes", [.. fields, ("amount", "3.00")]);
        opened.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var address = opened.Headers.Location!.ToString();
        var page = await site.Http.GetStringAsync(address, Stop);
        page.ShouldContain("3.00");
        page.ShouldContain("&lt;b&gt;the display");

        (string, string)[] own = [("tenant", Tenant), ("cdr", cdr)];
        (await ana.Post("/disputes/answer", [.. own, ("step", "uphold"), ("amount", "2.00"), ("because", "meter")])).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await ana.Post("/disputes/answer", [.. own, ("step", "credit")])).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ana.Post("/disputes/credit", [.. own, ("step", "credit")])).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var bruno = await Browser.SignedIn(site.Http.BaseAddress!, "bruno");
        (await bruno.Post("/disputes/credit", [.. own, ("step", "credit")])).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        WebUtility.HtmlDecode(await site.Http.GetStringAsync(address, Stop)).ShouldContain("DCN-");
        WebUtility.HtmlDecode(await site.Http.GetStringAsync("/disputes?state=Credited", Stop)).ShouldContain(cdr);
    }

    [Fact]
    public async Task The_API_opens_a_dispute_and_records_a_payment_once_for_each_key()
    {
        var invoice = await Invoice();
        using var ana = await Browser.SignedIn(site.Http.BaseAddress!, "ana");
        var cdr = await Posted(1);
        var dispute = await Send(ana, $"/api/v1/disputes/{Tenant}", new
        {
            cdr, reason = "TAX_DIFFERS", amount = "1.00", evidence = "exempt with our certificate",
        });
        dispute.GetProperty("withheld").GetString().ShouldBe("1.00");
        (await Send(ana, $"/api/v1/disputes/{Tenant}/deny", new { cdr, because = "no certificate" }))
            .GetProperty("state").GetString().ShouldBe("Denied");

        var payment = new
        {
            id = "API-1", payer = invoice.Debtor.ToString(), amount = "1.00", currency = invoice.Currency,
            value_date = "2026-11-20", documents = new[] { invoice.Name },
        };
        (await Send(ana, $"/api/v1/payments/{Tenant}", payment)).GetProperty("state").GetString().ShouldBe("Part");
        var refused = await Answer(ana, $"/api/v1/payments/{Tenant}/API-1/apply", new { documents = new[] { $"{invoice.Name}=1.00" } });
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadAsStringAsync(Stop)).ShouldContain("payment.nothing-unapplied");
        foreach (var path in new[] { "disputes", "payments", $"open-items/{Tenant}", $"ageing/{Tenant}?as_of=2027-03-01", $"disputes/{Tenant}/accepted" })
        {
            (await ana.Text($"/api/v1/{path}")).ShouldNotBeEmpty();
        }

        using var ties = JsonDocument.Parse(await ana.Text($"/api/v1/open-items/{Tenant}/tie-outs"));
        ties.RootElement.EnumerateArray().ShouldAllBe(tie => tie.GetProperty("holds").GetBoolean());
    }

    private static async Task<HttpResponseMessage> Answer(Browser browser, string path, object body)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        return await browser.Send(HttpMethod.Post, path, content);
    }

    private static async Task<JsonElement> Send(Browser browser, string path, object body)
    {
        var answer = await Answer(browser, path, body);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        using var json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }
}
