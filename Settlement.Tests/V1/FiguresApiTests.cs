using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Settlement.Api.Fx;
using Settlement.Domain.Fx;
using Settlement.Tests.People;

namespace Settlement.Tests.V1;

/// <summary>Rates and exports over HTTP.</summary>
public sealed class FiguresApiTests(OfficeFixture office) : IClassFixture<OfficeFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Task<Browser> Ana() => Browser.SignedIn(office.Site, "analyst");

    [Fact]
    public async Task A_rate_comes_with_its_steps_and_a_missing_one_is_a_problem()
    {
        await FxImport.Record(
            office.Engine, Encoding.UTF8.GetBytes("date,FXUSDCAD\n2026-10-30,1.4049\n"), ValetFile.Source, "ann", Stop);
        using var ana = await Ana();

        using var rate = JsonDocument.Parse(await ana.Text("/api/v1/fx/rates/CAD/USD/2026-11-01"));
        rate.RootElement.GetProperty("shown").GetString().ShouldBe("0.711794433768");
        rate.RootElement.GetProperty("steps")[0].GetProperty("inverted").GetBoolean().ShouldBeTrue();
        (await ana.Text("/api/v1/fx/series")).ShouldContain("FXUSDCAD");

        var missing = await ana.Get("/api/v1/fx/rates/EUR/CAD/2026-11-01");
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await missing.Content.ReadAsStringAsync(Stop)).ShouldContain("fx.unavailable");
        (await ana.Get("/api/v1/fx/rates/XXX/CAD/2026-11-01")).IsSuccessStatusCode.ShouldBeFalse();
    }

    [Fact]
    public async Task A_month_is_exported_and_what_cannot_be_is_a_problem()
    {
        using var ana = await Ana();
        (await ana.Text("/api/v1/exports/2026-10/hledger?books=CA-FLO")).ShouldContain("(CLOSING) balances");
        (await ana.Text("/api/v1/exports/2026-10/beancount")).ShouldContain("plugin \"beancount.plugins.noduplicates\"");
        (await ana.Text("/api/v1/exports/2026-10/gl?books=US-CPI&shape=netsuite")).ShouldContain("External ID");
        foreach (var (path, code) in new[]
        {
            ("2026-10/gl", "export.books-missing"), ("2026-13/hledger", "month.malformed"), ("2026-10/sap", "export.unknown"),
            ("2026-10/hledger?books=DE-XXX", "relationship.unknown"),
        })
        {
            var answer = await ana.Get($"/api/v1/exports/{path}");
            answer.IsSuccessStatusCode.ShouldBeFalse(path);
            (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain(code);
        }
    }

    [Fact]
    public async Task A_general_ledgers_file_is_posted_once_and_its_address_gives_that_file_or_none()
    {
        using var ana = await Ana();
        const string Address = "/api/v1/exports/2026-10/gl";
        var copy = await ana.Text(Address + "?books=CA-FLO&shape=netsuite");
        using var posted = JsonDocument.Parse(await Posted("""{"books": "CA-FLO", "shape": "netsuite"}""", HttpStatusCode.OK));
        var file = posted.RootElement.GetProperty("file").GetString()!;
        var sha256 = posted.RootElement.GetProperty("sha256").GetString()!;

        (await ana.Text(file)).ShouldBe(copy);
        sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(await (await ana.Get(file)).Content.ReadAsByteArrayAsync(Stop))));
        (await Posted("""{"books": "CA-FLO", "shape": "netsuite"}""", HttpStatusCode.Conflict)).ShouldContain("export.already");
        (await Posted("""{"books": "CA-FLO", "shape": "netsuite", "again": true}""", HttpStatusCode.OK)).ShouldContain(sha256);
        (await Posted("""{"shape": "netsuite"}""", HttpStatusCode.BadRequest)).ShouldContain("export.books-missing");
        (await Posted("""{"books": "CA-FLO", "shape": "sap"}""", HttpStatusCode.BadRequest)).ShouldContain("export.shape");

        var other = await ana.Get(file.Replace("netsuite", "quickbooks", StringComparison.Ordinal));
        other.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await other.Content.ReadAsStringAsync(Stop)).ShouldContain("export.changed");

        async Task<string> Posted(string body, HttpStatusCode expected)
        {
            var answer = await ana.Send(HttpMethod.Post, Address, new StringContent(body, Encoding.UTF8, "application/json"));
            var text = await answer.Content.ReadAsStringAsync(Stop);
            answer.StatusCode.ShouldBe(expected, text);
            return text;
        }
    }

    [Fact]
    public async Task A_partners_list_is_compared_and_its_disputes_are_opened_once()
    {
        using var ana = await Ana();
        var own = await ana.Text("/api/v1/statements/CA-FLO/US-CPI/2026-10/lines?limit=1");
        using var line = JsonDocument.Parse(own);
        var cdr = line.RootElement.GetProperty("items")[0];
        var list = $"cdr_country_code,cdr_party_id,cdr_id,currency,kwh,net_total\n"
            + $"{cdr.GetProperty("creditor").GetString()![..2]},{cdr.GetProperty("creditor").GetString()![3..]},"
            + $"{cdr.GetProperty("cdr_id").GetString()},{cdr.GetProperty("currency").GetString()},{cdr.GetProperty("energy_kwh").GetRawText()},0.01\n";
        var answer = await ana.Send(
            HttpMethod.Post, "/api/v1/reconciliations/CA-FLO~US-CPI/2026-10", new StringContent(list, Encoding.UTF8, "text/csv"));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Stop));
        using var done = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop));
        var categories = done.RootElement.GetProperty("categories").EnumerateArray()
            .ToLookup(each => each.GetProperty("category").GetString(), each => each.GetProperty("theirs").GetInt64());
        categories["AMOUNT_DIFFERS"].Sum().ShouldBe(1);
        done.RootElement.GetProperty("all_matched").GetBoolean().ShouldBeFalse();
        var id = done.RootElement.GetProperty("id").GetString();
        (await ana.Text($"/api/v1/reconciliations/{id}/rows")).ShouldContain("AMOUNT_DIFFERS");
        var disputes = (await ana.Text($"/api/v1/reconciliations/{id}/rows?format=disputes")).Split('\n');
        var one = string.Join('\n', disputes.Where((row, i) => i == 0 || row.Contains("AMOUNT_DIFFERS", StringComparison.Ordinal)));

        for (var sent = 0; sent < 2; sent++)
        {
            var bulk = await ana.Send(
                HttpMethod.Post, "/api/v1/disputes/CA-FLO~US-CPI/bulk", new StringContent(one, Encoding.UTF8, "text/csv"));
            (await bulk.Content.ReadAsStringAsync(Stop)).ShouldContain("\"opened\":true");
        }

        (await office.Town.Count("select count(*) from log.mt_events where type = 'dispute_opened'")).ShouldBe(1);

        var key = $"{cdr.GetProperty("creditor").GetString()}/{cdr.GetProperty("cdr_id").GetString()}";
        (await ana.Text($"/api/v1/disputes/CA-FLO~US-CPI/{key}")).ShouldContain("AMOUNT_DIFFERS");
        (await (await ana.Send(
            HttpMethod.Post, "/api/v1/disputes/CA-FLO~US-CPI/bulk?reconciliation=none", new StringContent("", Encoding.UTF8, "text/csv")))
            .Content.ReadAsStringAsync(Stop)).ShouldContain("reconciliation.unknown");
    }
}
