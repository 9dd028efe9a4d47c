using System.Text;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ocpi;

namespace Settlement.Tests.Ocpi;

public sealed class LocationReadTests
{
    private const string Station =
        """
        {"country_code":"CA","party_id":"FLO","id":"L1","publish":true,"name":"Rue X",
        "address":"1 Rue X","city":"Laval",
        "postal_code":"H7A 1A1","state":"QC","country":"CAN","coordinates":{"latitude":"45.6",
        "longitude":"-73.7"},
        "evses":[{"uid":"E1","evse_id":"CA*FLO*E1","status":"AVAILABLE","connectors":[
        {"id":"1","standard":"IEC_62196_T1","format":"CABLE","power_type":"AC_1_PHASE","max_voltage":240,
        "max_amperage":30,
        "tariff_ids":["T1","T2"],"last_updated":"2026-01-01T00:00:00Z"},
        {"id":"2","power_type":"DC","max_voltage":1000,"max_amperage":500,"max_electric_power":350000},
        {"id":"3","power_type":"AC_3_PHASE","voltage":230,"amperage":32,"tariff_id":"T3"},
        {"id":"4","power_type":"AC_2_PHASE_SPLIT","voltage":240,"amperage":32}]}],
        "time_zone":"America/Toronto","last_updated":"2026-01-01T00:00:00Z"}
        """;

    [Fact]
    public void A_location_gives_its_place_zone_and_the_power_of_each_connector()
    {
        var reading = LocationReader.Read(
            Encoding.UTF8.GetBytes(Station)).ShouldBeOfType<LocationReading.Read>();
        reading.Findings.ShouldBeEmpty();
        reading.UnknownFields.ShouldBe(0);
        var place = reading.Location;
        (place.Owner, place.Id, place.Country, place.State, place.PostalCode, place.City, place.TimeZone,
            place.Publish)
            .ShouldBe(
                (PartyId.Parse("CA-FLO"), "L1", "CAN", "QC", "H7A 1A1", "Laval", "America/Toronto", true));
        place.Evses.ShouldHaveSingleItem().Connectors.Select(connector => connector.PowerW)
            .ShouldBe([7200, 350_000, 22_080, null]);
        place.Evses[0].Connectors[0].TariffIds.ShouldBe(["T1", "T2"]);
    }

    [Fact]
    public void A_station_that_is_not_published_may_be_a_home_and_keeps_its_area_alone()
    {
        var place = LocationReader.Read(Encoding.UTF8.GetBytes(Station.Replace("\"publish\":true", "\"publish\":false", StringComparison.Ordinal)))
            .ShouldBeOfType<LocationReading.Read>().Location;
        (place.Name, place.Address, place.Latitude, place.Longitude, place.PostalCode, place.City)
            .ShouldBe((null, null, null, null, "H7A", "Laval"));
    }

    [Theory]
    [InlineData("{\"id\":\"L1\"}", "location.field-missing")]
    [InlineData("[]", "json.malformed")]
    [InlineData("{\"id\":\"L1\",\"country\":\"CAN\",\"id\":\"L2\"}", "json.duplicate-member")]
    public void What_has_no_id_or_place_is_no_location(string json, string code) =>
        LocationReader.Read(Encoding.UTF8.GetBytes(json)).ShouldBeOfType<LocationReading.Unreadable>()
            .Refusal.Code.ShouldBe(code);
}
