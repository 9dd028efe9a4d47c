using System.Globalization;
using System.Text.Json.Nodes;
using Settlement.Domain.Rating;
using static Settlement.Tests.Ocpi.OcpiSite;

namespace Settlement.Tests.Ocpi;

/// <summary>
/// An older object never replaces a newer one, and a session object that disagrees with its CDR holds it beyond what the
/// agreement tolerates.
/// </summary>
public sealed class OlderAndDifferentTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_older_session_never_replaces_a_newer_one()
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        const string Url = "/ocpi/2.2.1/sessions/US/CPI/S-1";
        var ended = With(PartnerStoryTests.Session("2.2.1", "S-1", "COMPLETED"), node => Set(node, 20m, "2026-10-05T12:00:00Z"));
        (await site.Put(token, Url, ended)).Status.ShouldBe(1000);

        (await site.Put(token, Url, With(ended, node => Set(node, 3m, "2026-10-05T11:00:00Z")))).Status.ShouldBe(1000);
        (await site.Patch(token, Url, """{"kwh": 4, "last_updated": "2026-10-05T11:30:00Z"}""")).Status.ShouldBe(1000);

        ((decimal?)(await site.Get(token, Url)).Data!["kwh"]).ShouldBe(20m);
        (await site.Patch(token, Url, """{"kwh": 21, "last_updated": "2026-10-05T12:30:00Z"}""")).Status.ShouldBe(1000);
        ((decimal?)(await site.Get(token, Url)).Data!["kwh"]).ShouldBe(21m);
    }

    [Fact]
    public async Task An_older_tariff_never_replaces_a_newer_one()
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        const string Url = "/ocpi/2.2.1/tariffs/US/CPI/NEW-1";
        (await site.Put(token, Url, Tariff("0.40", "2026-10-05T12:00:00Z"))).Status.ShouldBe(1000);

        (await site.Put(token, Url, Tariff("0.10", "2026-10-05T11:00:00Z"))).Status.ShouldBe(1000);

        Price((await site.Get(token, Url)).Data!).ShouldBe(0.40m);
        (await site.Put(token, Url, Tariff("0.50", "2026-10-05T13:00:00Z"))).Status.ShouldBe(1000);
        Price((await site.Get(token, Url)).Data!).ShouldBe(0.50m);
    }

    [Fact]
    public async Task An_older_location_EVSE_or_connector_never_replaces_a_newer_one()
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        const string Url = "/ocpi/2.2.1/locations/US/CPI/L-1";
        (await site.Put(token, Url, Location("Kingston", "2026-10-05T12:00:00Z"))).Status.ShouldBe(1000);

        (await site.Put(token, Url, Location("Ottawa", "2026-10-05T11:00:00Z"))).Status.ShouldBe(1000);
        (await site.Patch(token, Url, """{"city": "Ottawa", "last_updated": "2026-10-05T11:00:00Z"}""")).Status.ShouldBe(1000);
        (await site.Patch(token, Url + "/E1", """{"evse_id": "US*CPI*E9", "last_updated": "2026-10-05T11:00:00Z"}""")).Status.ShouldBe(1000);
        (await site.Patch(token, Url + "/E1/1", """{"max_voltage": 1, "last_updated": "2026-10-05T11:00:00Z"}""")).Status.ShouldBe(1000);

        var read = (await site.Get(token, Url)).Data!;
        ((string?)read["city"]).ShouldBe("Kingston");
        ((string?)read["evses"]![0]!["evse_id"]).ShouldBe("US*CPI*E1");
        ((int?)read["evses"]![0]!["connectors"]![0]!["max_voltage"]).ShouldBe(240);
        (await site.Patch(token, Url + "/E1", """{"evse_id": "US*CPI*E9", "last_updated": "2026-10-05T12:30:00Z"}""")).Status.ShouldBe(1000);
        ((string?)(await site.Get(token, Url)).Data!["evses"]![0]!["evse_id"]).ShouldBe("US*CPI*E9");
    }

    [Theory]
    [InlineData("COMPLETED", "-10", "-5", "session.differs")]
    [InlineData("COMPLETED", "0.4", "0.50", null)]
    [InlineData("ACTIVE", "-10", "-5", null)]
    [InlineData("INVALID", "0", "0", "session.invalid")]
    public async Task A_session_object_that_disagrees_holds_its_CDR_beyond_the_tolerance_and_is_shown(
        string status, string kwh, string cost, string? reason)
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        var cdr = Ordinary("US-CPI", 1)[0];
        var read = JsonNode.Parse(cdr)!;
        var session = With(PartnerStoryTests.Session("2.2.1", (string)read["session_id"]!, status), node =>
        {
            Set(node, (decimal)read["total_energy"]! + decimal.Parse(kwh, CultureInfo.InvariantCulture), "2026-11-01T00:00:00Z");
            node["currency"] = (string)read["currency"]!;
            node["total_cost"] = new JsonObject
            {
                ["excl_vat"] = (decimal)read["total_cost"]!["excl_vat"]! + decimal.Parse(cost, CultureInfo.InvariantCulture),
            };
        });
        (await site.Put(token, $"/ocpi/2.2.1/sessions/US/CPI/{(string)read["session_id"]!}", session)).Status.ShouldBe(1000);

        (await site.Post(token, "/ocpi/2.2.1/cdrs", cdr)).Status.ShouldBe(1000);

        (await site.Town.Database.Value<string>("select coalesce(reason, '') from cdrs")).ShouldBe(reason ?? "");
        var explained = (await site.Town.Program("explain", (string)read["id"]!)).Output;
        explained.Contains("Differs:", StringComparison.Ordinal).ShouldBe(status != "ACTIVE");
    }

    private static void Set(JsonNode session, decimal kwh, string updated) =>
        (session["kwh"], session["last_updated"]) = (kwh, updated);

    private static decimal? Price(JsonNode tariff) => (decimal?)tariff["elements"]![0]!["price_components"]![0]!["price"];

    private static string Tariff(string price, string updated) =>
        $$"""
        {"country_code":"US","party_id":"CPI","id":"NEW-1","currency":"CAD",
         "elements":[{"price_components":[{"type":"{{Dimension.ENERGY}}","price":{{price}},"step_size":1}]}],"last_updated":"{{updated}}"}
        """;

    private static string Location(string city, string updated) =>
        $$"""
        {"country_code":"US","party_id":"CPI","id":"L-1","publish":true,"address":"1 Main St","city":"{{city}}","country":"CAN",
         "state":"ON","postal_code":"K7M 0A8","coordinates":{"latitude":"44.26","longitude":"-76.56"},"time_zone":"America/Toronto",
         "evses":[{"uid":"E1","evse_id":"US*CPI*E1","status":"AVAILABLE","last_updated":"{{updated}}",
           "connectors":[{"id":"1","standard":"IEC_62196_T1","format":"CABLE","power_type":"AC_1_PHASE","max_voltage":240,
             "max_amperage":30,"last_updated":"{{updated}}"}]}],
         "last_updated":"{{updated}}"}
        """;
}
