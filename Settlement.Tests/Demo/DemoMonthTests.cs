using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NodaTime;
using Settlement.Api.Demo;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Rating;

namespace Settlement.Tests.Demo;

/// <summary>The demo month as a whole: repeatable, readable, and like real use.</summary>
public sealed class DemoMonthTests
{
    private static readonly YearMonth October = new(2026, 10);

    private static readonly IReadOnlyList<DemoDocument> Sample =
        [.. DemoMonth.Generate(October, 3_000, 7).Documents];

    [Fact]
    public void A_seed_gives_these_bytes_on_any_machine() =>
        Digest(DemoMonth.Generate(October, 400, 7)).ShouldBe(
            "09623e25d37b989d7479f046c45d1b5b2bea1fcf9d6e543e27eab513c5bea469");

    [Fact]
    public void Another_seed_or_month_gives_other_bytes()
    {
        var digests = new[]
        {
            Digest(DemoMonth.Generate(October, 50, 7)),
            Digest(DemoMonth.Generate(October, 50, 8)),
            Digest(DemoMonth.Generate(new YearMonth(2026, 11), 50, 7)),
        };
        digests.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void The_culture_of_the_machine_does_not_show()
    {
        var before = CultureInfo.CurrentCulture;
        var expected = Digest(DemoMonth.Generate(October, 200, 7));
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "~";
        comma.DateTimeFormat.TimeSeparator = ".";
        try
        {
            CultureInfo.CurrentCulture = comma;
            Digest(DemoMonth.Generate(October, 200, 7)).ShouldBe(expected);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(199)]
    [InlineData(200)]
    [InlineData(1_234)]
    public void As_many_documents_come_as_were_asked_for(int cdrs) =>
        DemoMonth.Generate(October, cdrs, 7).Documents.Count().ShouldBe(cdrs);

    [Fact]
    public void From_200_CDRs_on_every_story_is_told() =>
        DemoMonth.Generate(October, 200, 7).Documents.Select(document => document.Story).Distinct().Count()
            .ShouldBe(Enum.GetValues<DemoStory>().Length);

    [Fact]
    public void About_one_in_a_hundred_of_20000_is_odd_and_no_story_is_rare()
    {
        var stories = DemoStories.For(20_000).CountBy(story => story).ToDictionary();
        stories.Values.ShouldAllBe(times => times >= 5);
        var odd = 20_000 - stories[DemoStory.Ordinary] - stories[DemoStory.Late];
        odd.ShouldBeInRange(100, 300);
    }

    [Fact]
    public void Documents_come_in_the_order_of_arrival_after_their_session()
    {
        Sample.Select(document => document.ReceivedAt).ShouldBeInOrder();
        Sample.ShouldAllBe(document => document.ReceivedAt > Read(document).End);
    }

    [Fact]
    public void Periods_add_up_to_the_totals()
    {
        foreach (var cdr in Sample.Select(Read))
        {
            cdr.Periods.Sum(period => period.EnergyKwh ?? 0m).ShouldBe(cdr.TotalEnergyKwh);
            cdr.Periods.Sum(period => period.ParkingHours ?? 0m).ShouldBe(cdr.TotalParkingHours ?? 0m);
            cdr.Periods.Sum(period => (period.TimeHours ?? 0m) + (period.ParkingHours ?? 0m))
                .ShouldBe(cdr.TotalTimeHours);
            cdr.Periods[0].Start.ShouldBe(cdr.Start);
            cdr.Periods.Select(period => period.Start).ShouldBeInOrder();
            (cdr.Periods[^1].Start < cdr.End).ShouldBeTrue();
        }
    }

    [Fact]
    public void What_the_CPO_computed_is_what_our_rating_gives()
    {
        var plain = Sample.Where(document => document.Story is DemoStory.Ordinary or DemoStory.Late);
        foreach (var document in plain)
        {
            Claim(Read(document)).ShouldBe(Rated(document), Text(document));
        }
    }

    [Fact]
    public void Use_is_like_the_real_thing()
    {
        var cdrs = Sample.Select(Read).ToList();
        cdrs.Select(cdr => cdr.Location.State).Distinct().ShouldBe(
            ["ON", "QC", "BC", "NS", "AB", "NY", "CA", "TX", "KY", "IA", "WA", null], ignoreOrder: true);
        cdrs.Select(cdr => cdr.Version).Distinct()
            .ShouldBe([OcpiVersion.V221, OcpiVersion.V230], ignoreOrder: true);
        Share(cdr => cdr.Version == OcpiVersion.V230).ShouldBeInRange(0.05, 0.12);
        Share(cdr => cdr.Key.Owner == DemoParties.Flo.Id).ShouldBeInRange(0.4, 0.6);
        Share(cdr => cdr.Location.PowerType == "DC").ShouldBeInRange(0.2, 0.5);
        Share(cdr => cdr.TotalParkingHours > 0m).ShouldBeInRange(0.2, 0.8);
        Share(cdr => Claim(cdr) == 0m).ShouldBeInRange(0.02, 0.08);
        Share(cdr => cdr.Periods.Count > 2).ShouldBeInRange(0.03, 0.2);
        Share(cdr => cdr.Tariffs is [{ MaxPrice: { } most }, ..] && Claim(cdr) == most.BeforeTaxes)
            .ShouldBeInRange(0.01, 0.1);
        Share(cdr => cdr.Tariffs is [{ MinPrice: { } least }, ..] && Claim(cdr) == least.BeforeTaxes)
            .ShouldBeInRange(0.001, 0.02);

        double Share(Func<Cdr, bool> test) => (double)cdrs.Count(test) / cdrs.Count;
    }

    [Fact]
    public void Tariffs_and_locations_are_OCPI_and_belong_to_the_CDRs()
    {
        var data = DemoMonth.Generate(October, 0, 7);
        using var tariffs = JsonDocument.Parse(data.Tariffs);
        var ids = tariffs.RootElement.EnumerateArray().Select(tariff => TariffReader.Read(
                JsonSerializer.SerializeToUtf8Bytes(tariff), OcpiVersion.V221))
            .Select(reading => reading.ShouldBeOfType<TariffReading.Read>().Tariff.Id).ToHashSet();
        using var locations = JsonDocument.Parse(data.Locations);
        foreach (var location in locations.RootElement.EnumerateArray())
        {
            location.GetProperty("time_zone").GetString().ShouldNotBeNull();
            var connector = location.GetProperty("evses")[0].GetProperty("connectors")[0];
            connector.GetProperty("max_electric_power").GetInt32().ShouldBeGreaterThan(3_000);
            ids.ShouldContain(connector.GetProperty("tariff_ids")[0].GetString()!);
        }
    }

    internal static Cdr Read(DemoDocument document)
    {
        var reading = CdrReader.Read(document.Json, new CdrReadOptions());
        return reading.ShouldBeOfType<CdrReading.Read>(Text(document)).Cdr;
    }

    internal static decimal Claim(Cdr cdr) => cdr.TotalCost.BeforeTaxes!.Value;

    /// <summary>Our own price, in cents, from the tariff in the CDR or from another.</summary>
    internal static decimal Rated(DemoDocument document, Tariff? tariff = null)
    {
        var cdr = Read(document);
        var zone = DemoSite.All.FirstOrDefault(site => site.Id == cdr.Location.Id)?.Zone;
        var rated = Rater.Rate(new RatingRequest(
            cdr, tariff is null ? cdr.Tariffs : [tariff], RatingPolicy.Default, zone));
        return rated.BeforeTaxes.ShouldNotBeNull(Text(document)).RoundTo(2);
    }

    internal static string Text(DemoDocument document) => Encoding.UTF8.GetString(document.Json.Span);

    private static string Digest(DemoData data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(data.Tariffs.Span);
        hash.AppendData(data.Locations.Span);
        foreach (var document in data.Documents)
        {
            hash.AppendData(document.Json.Span);
            hash.AppendData(BitConverter.GetBytes(document.ReceivedAt.ToUnixTimeSeconds()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
