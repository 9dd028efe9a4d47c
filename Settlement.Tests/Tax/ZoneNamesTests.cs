using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Tax;
using Settlement.Tests.Ocpi;

namespace Settlement.Tests.Tax;

/// <summary>Time zones as platforms write them: read, or left out with what to correct; never a wrong hour.</summary>
public sealed class ZoneNamesTests
{
    private static readonly string[] Written =
    [
        "America/Toronto", "america/toronto", "America/New York", "US/Pacific", "EST", "EST5EDT", "Etc/GMT+5", "-05:00",
        "UTC", "Eastern Standard Time", "Pacific Standard Time", "Montreal", "", "\t", "America/Halifax",
    ];

    [Theory]
    [InlineData("america/toronto", "CA", "America/Toronto")]
    [InlineData("AMERICA/NEW_YORK", "US", "America/New_York")]
    [InlineData("America/New York", "US", "America/New_York")]
    [InlineData("US/Pacific", "US", "US/Pacific")]
    [InlineData("America/Montreal", "CA", "America/Montreal")]
    [InlineData("Eastern Standard Time", "CA", "America/Toronto")]
    [InlineData("Eastern Standard Time", "US", "America/New_York")]
    [InlineData("eastern standard time", null, "America/New_York")]
    [InlineData("US Mountain Standard Time", "US", "America/Phoenix")]
    [InlineData("Newfoundland Standard Time", "CA", "America/St_Johns")]
    [InlineData("EST5EDT", "US", "EST5EDT")]
    public void A_name_is_read_in_any_case_and_as_Windows_has_it(string name, string? country, string zone) =>
        ZoneNames.Read(name, country).Zone.ShouldBe(DateTimeZoneProviders.Tzdb[zone]);

    [Theory]
    [InlineData("EST", "is an offset without the days of daylight time")]
    [InlineData("Etc/GMT+5", "is an offset without the days of daylight time")]
    [InlineData("-05:00", "is an offset without the days of daylight time")]
    [InlineData("UTC-5", "is an offset without the days of daylight time")]
    [InlineData("Montreal", "is not an IANA name such as America/Toronto")]
    [InlineData("Eastern", "is not an IANA name such as America/Toronto")]
    public void What_is_no_zone_of_a_place_says_what_to_write_instead(string name, string why)
    {
        var (zone, fault) = ZoneNames.Read(name, "CA");
        zone.ShouldBeNull();
        fault.ShouldNotBeNull().ShouldContain(why);
    }

    [Theory]
    [InlineData("EST", "H2X 1Y4", "America/Toronto", null)] // the postal code has one zone
    [InlineData("EST", "G0C 1A0", null, "'EST' is an offset")] // the coast: two
    [InlineData("US/Pacific", "H2X 1Y4", null, "'US/Pacific' of the CDR is not that of CA-QC, America/Toronto")]
    [InlineData("US/Eastern", "H2X 1Y4", "US/Eastern", null)] // the same time by another name
    [InlineData(null, "H2X 1Y4", "America/Toronto", null)]
    public void A_stated_zone_is_used_unless_the_place_keeps_another_time(
        string? stated, string postal, string? used, string? fault)
    {
        var site = SiteOf(stated, postal);
        (site.Zone?.Id).ShouldBe(used);
        if (fault is not null)
        {
            site.ZoneFault.ShouldNotBeNull().ShouldContain(fault);
        }
    }

    /// <summary>Whatever is stated: where the place has one zone, no other time than its own is ever used.</summary>
    [Fact]
    public void No_stated_zone_moves_a_place_to_another_time() => Prop.ForAll(
        Arb.From(
            from stated in Gen.Elements(Written)
            from postal in Gen.Elements("H2X 1Y4", "J8X 1A1", "G1R 1A1", "G0C 1A0")
            select (stated, postal)),
        each =>
        {
            var site = SiteOf(each.stated, each.postal);
            return Places.ZoneOf(site.Place!) is not { } only || site.Zone is null
                || site.Zone.GetUtcOffset(At) == only.GetUtcOffset(At);
        }).Check(Laws.Config(300));

    private static readonly Instant At = Instant.FromUtc(2026, 10, 6, 3, 30);

    private static Site SiteOf(string? zone, string postal)
    {
        var json = File.ReadAllText(Checkout.Vectors("Reports", "cdrs", "20-zone-case.json"))
            .Replace("\"america/toronto\"", zone is null ? "null" : System.Text.Json.JsonSerializer.Serialize(zone), StringComparison.Ordinal)
            .Replace("H2X 1Y4", postal, StringComparison.Ordinal);
        return Site.Of(Vectors.Good(Vectors.Read(json)).Cdr, ReferenceBook.Empty);
    }
}
