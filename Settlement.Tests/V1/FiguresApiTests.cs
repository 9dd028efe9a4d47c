using System.Net;
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
}
