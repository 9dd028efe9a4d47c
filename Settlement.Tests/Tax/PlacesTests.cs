using Settlement.Domain.Tax;

namespace Settlement.Tests.Tax;

public class PlacesTests
{
    [Theory]
    [InlineData("CAN", "QC", null, "CA-QC")]
    [InlineData("CAN", "Québec", null, "CA-QC")]
    [InlineData("CAN", "QUEBEC", null, "CA-QC")]
    [InlineData("CAN", "CA-QC", null, "CA-QC")]
    [InlineData("CAN", "Colombie-Britannique", null, "CA-BC")]
    [InlineData("CAN", "Île-du-Prince-Édouard", null, "CA-PE")]
    [InlineData("CAN", "P.E.I.", null, "CA-PE")]
    [InlineData("can", "ontario", null, "CA-ON")]
    [InlineData("USA", "New York", null, "US-NY")]
    [InlineData("USA", "ny", null, "US-NY")]
    [InlineData("USA", "D.C.", null, "US-DC")]
    [InlineData("USA", "CA", null, "US-CA")]
    [InlineData("Canada", "Que.", null, "CA-QC")]
    [InlineData("CAN", "P.Q.", null, "CA-QC")]
    [InlineData("CAN", "Prince Edward Is.", null, "CA-PE")]
    [InlineData("CAN", "Î.-P.-É.", null, "CA-PE")]
    [InlineData("CAN", "N.-É.", null, "CA-NS")]
    [InlineData("CAN", "T.-N.-L.", null, "CA-NL")]
    [InlineData("CAN", "Ont.", null, "CA-ON")]
    [InlineData("United States", "Calif.", null, "US-CA")]
    [InlineData("USA", "N.Y.", null, "US-NY")]
    [InlineData("USA", "Wash.", null, "US-WA")]
    [InlineData("CAN", null, "H2X 1Y4", "CA-QC")]
    [InlineData("CAN", null, "x0a0h0", "CA-NU")]
    [InlineData("CAN", null, "X1A 2N2", "CA-NT")]
    [InlineData("CAN", null, "Y1A 1A1", "CA-YT")]
    [InlineData("CAN", "SK", "S9V 0A1", "CA-SK")]
    [InlineData("USA", null, "10001", "US-NY")]
    [InlineData("USA", null, "06390", "US-NY")]
    [InlineData("USA", null, "06103-1234", "US-CT")]
    [InlineData("USA", null, "20001", "US-DC")]
    [InlineData("USA", null, "20101", "US-VA")]
    [InlineData("USA", null, "73301", "US-TX")]
    [InlineData("USA", null, "88510", "US-TX")]
    [InlineData("USA", null, "83414", "US-WY")]
    [InlineData("USA", null, "20598", "US-VA")]
    [InlineData("USA", "TN", "42223", "US-TN")]
    public void A_place_is_found_from_state_or_postal_code(
        string country, string? state, string? postal, string expected) =>
        (Places.Find(country, state, postal, null)?.Code).ShouldBe(expected);

    [Theory]
    [InlineData("CAN", null, "K1A 0B1", "place.unknown")] // Ottawa or Gatineau
    [InlineData("CAN", null, "X9Z 1A1", "place.unknown")] // a territory we cannot tell
    [InlineData("CAN", null, null, "place.unknown")]
    [InlineData("CAN", "NY", null, "place.unknown")]
    [InlineData("DEU", null, "10115", "place.unknown")]
    [InlineData("USA", null, "00901", "place.unknown")] // Puerto Rico: no rules
    [InlineData("USA", null, "96799", "place.unknown")] // American Samoa, among the codes of Hawaii
    [InlineData("USA", null, "42223", "place.unknown")] // Kentucky or Tennessee
    [InlineData("USA", "NJ", "10001", "place.conflict")]
    [InlineData("CAN", "ON", "H2X 1Y4", "place.conflict")]
    public void A_place_that_cannot_be_told_is_refused_with_the_reason(
        string country, string? state, string? postal, string code)
    {
        Places.Locate(country, state, postal, null).Refusal!.Code.ShouldBe(code);
        Places.Find(country, state, postal, null).ShouldBeNull();
    }

    [Fact]
    public void How_it_was_found_is_kept() =>
        Places.Find("CAN", null, "h2x 1y4", "Montréal")
            .ShouldBe(new Place("CA-QC", null, "postal code H2X1Y4")
        {
            PostalCode = "H2X1Y4",
            City = "Montréal",
        });

    [Theory]
    [InlineData("US-NY", null, "America/New_York")]
    [InlineData("US-IA", null, "America/Chicago")]
    [InlineData("CA-AB", null, "America/Edmonton")]
    [InlineData("CA-QC", null, null)] // the Magdalen Islands and Blanc-Sablon keep Atlantic time
    [InlineData("CA-QC", "H2X1Y4", "America/Toronto")]
    [InlineData("CA-QC", "G4T1A1", null)]
    [InlineData("CA-QC", "G0G1C0", null)]
    [InlineData("CA-QC", "G1R4P5", "America/Toronto")]
    [InlineData("CA-ON", null, null)]
    [InlineData("CA-ON", "M5V2T6", "America/Toronto")]
    [InlineData("CA-ON", "P9N1A1", null)]
    [InlineData("CA-BC", "V6B1A1", "America/Vancouver")]
    [InlineData("CA-BC", "V1G1A1", null)]
    [InlineData("CA-SK", null, null)]
    [InlineData("US-TX", null, null)]
    [InlineData("US-AZ", null, null)]
    [InlineData("US-KY", "40202", null)]
    public void A_zone_is_told_only_where_it_is_certain(string code, string? postal, string? zone) =>
        (Places.ZoneOf(new Place(code, null, "state") { PostalCode = postal })?.Id).ShouldBe(zone);

    [Fact]
    public void Every_zone_named_is_known()
    {
        var zones = TaxBook.Shipped.All.Select(each => each.Rule.Jurisdiction).Distinct()
            .Select(code => Places.ZoneOf(new Place(code, null, "state"))).Where(zone => zone is not null);
        zones.Count().ShouldBeGreaterThan(35);
    }
}
