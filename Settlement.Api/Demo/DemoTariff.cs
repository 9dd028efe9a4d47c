using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Api.Demo;

/// <summary>A tariff as its CPO thinks of it; <see cref="DemoTariffJson"/> writes it as OCPI.</summary>
/// <param name="MinPrice">Before taxes, in the tariff's currency.</param>
/// <param name="MaxPrice">Before taxes, in the tariff's currency.</param>
public sealed record DemoTariff(
    PartyId Owner,
    string Id,
    string Currency,
    IReadOnlyList<DemoElement> Elements,
    decimal? MinPrice = null,
    decimal? MaxPrice = null)
{
    public bool IsFree => Elements.All(element =>
        element is { Energy: null, Time: null, Parking: null, Flat: 0m });

    /// <summary>The same tariff with every price raised: what a surcharge looks like in a CDR.</summary>
    public DemoTariff Dearer(int percent) => this with
    {
        Elements = [.. Elements.Select(element => element with
        {
            Energy = Raise(element.Energy, percent),
            Time = Raise(element.Time, percent),
            Parking = Raise(element.Parking, percent),
            Flat = Raise(element.Flat, percent),
        })],
        MaxPrice = Raise(MaxPrice, percent),
    };

    private static decimal? Raise(decimal? price, int percent) =>
        price is { } p ? decimal.Round(p * (100 + percent) / 100, 4, MidpointRounding.AwayFromZero) : null;
}

/// <summary>Prices, and when they hold. Per kWh, per hour, per hour, per session.</summary>
/// <param name="Step">Seconds that times are billed in.</param>
/// <param name="From">Start of the daily window, local; <paramref name="To"/> is no longer in it.</param>
/// <param name="AfterSeconds">OCPI min_duration: since the session began.</param>
public sealed record DemoElement(
    decimal? Energy = null,
    decimal? Time = null,
    decimal? Parking = null,
    decimal? Flat = null,
    int Step = 1,
    LocalTime? From = null,
    LocalTime? To = null,
    bool WeekdaysOnly = false,
    int? AfterSeconds = null)
{
    public bool IsRestricted => From is not null || WeekdaysOnly || AfterSeconds is not null;

    /// <summary>Whether it holds at a local moment, so many seconds into the session.</summary>
    public bool Holds(LocalDateTime at, int elapsedSeconds) =>
        (From is not { } from || (at.TimeOfDay >= from && at.TimeOfDay < To))
        && (!WeekdaysOnly || at.DayOfWeek is not (IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday))
        && (AfterSeconds is not { } after || elapsedSeconds >= after);
}
