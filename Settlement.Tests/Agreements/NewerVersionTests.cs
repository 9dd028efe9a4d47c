using NodaTime;
using Settlement.Api.Agreements;
using Settlement.Domain.Agreements;
using Settlement.Tests.Intake;
using Settlement.Tests.Rating;

namespace Settlement.Tests.Agreements;

/// <summary>An older version of a tariff never replaces a newer one, however the two come (last_updated decides).</summary>
public sealed class NewerVersionTests
{
    private static readonly PartyId Cpo = PartyId.Parse("US-CPI")!.Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(10, 9)]
    [InlineData(9, 10)]
    public async Task The_newest_of_a_page_stands(int first, int second)
    {
        await using var town = await Town.Begin();
        await town.Engine.Books.RecordNewer([Version("T-PAGE", first), Version("T-PAGE", second)], "test", Stop);
        (await Latest(town, "T-PAGE")).ShouldBe(10);
    }

    [Fact]
    public async Task The_newest_of_two_that_come_at_once_stands()
    {
        await using var town = await Town.Begin();
        using var other = new Api.Agreements.Books(town.Engine.Store);
        await other.Current(Stop);
        for (var i = 0; i < 20; i++)
        {
            var id = $"T-{i}";
            await Task.WhenAll(
                other.RecordNewer([Version(id, 9)], "test", Stop), town.Engine.Books.RecordNewer([Version(id, 10)], "test", Stop));
            (await Latest(town, id)).ShouldBe(10, id);
        }
    }

    private static async Task<int> Latest(Town town, string id) =>
        (await town.Engine.Books.Current(Stop)).LatestTariff(Cpo, id)!.Tariff.LastUpdated!.Value.InUtc().Hour;

    private static (string, BookFact) Version(string id, int hour)
    {
        var at = Instant.FromUtc(2026, 10, 1, hour, 0);
        var tariff = Sessions.Tariff(Sessions.Element(Sessions.Energy(hour))) with
        {
            Id = id, Owner = Cpo, LastUpdated = at, ContentHash = $"{id} {hour}",
        };
        BookFact fact = new BookFact.TariffPublished(Cpo, tariff, false, at);
        return (ReferenceFiles.Stream(fact), fact);
    }
}
