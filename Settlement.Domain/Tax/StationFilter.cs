using System.Text.Json.Serialization;
using NodaTime;

namespace Settlement.Domain.Tax;

/// <summary>The stations a rule covers; every condition that is set must hold.</summary>
public sealed record StationFilter
{
    /// <summary>At least so many kW.</summary>
    public decimal? KwMin { get; init; }

    /// <summary>More than so many kW.</summary>
    public decimal? KwAbove { get; init; }

    /// <summary>Less than so many kW.</summary>
    public decimal? KwBelow { get; init; }

    /// <summary>Charging levels 1, 2, 3; empty = all.</summary>
    public IReadOnlyList<int> Levels { get; init; } = [];

    /// <summary>Installed on this day or later.</summary>
    [JsonConverter(typeof(IsoDateConverter))]
    public LocalDate? InstalledFrom { get; init; }

    /// <summary>Installed before this day.</summary>
    [JsonConverter(typeof(IsoDateConverter))]
    public LocalDate? InstalledBefore { get; init; }

    public bool? Public { get; init; }

    public bool? StateProperty { get; init; }

    public bool? Residence { get; init; }

    /// <summary>The session is charged for.</summary>
    public bool? Paid { get; init; }

    [JsonIgnore]
    internal bool NeedsPower => KwMin is not null || KwAbove is not null || KwBelow is not null;

    [JsonIgnore]
    internal bool NeedsInstalled => InstalledFrom is not null || InstalledBefore is not null;

    /// <summary>Whether a station is covered; every fact that a condition needs must be known.</summary>
    internal bool Covers(StationFacts station, bool paid) =>
        (KwMin is null || station.PowerKw >= KwMin)
        && (KwAbove is null || station.PowerKw > KwAbove)
        && (KwBelow is null || station.PowerKw < KwBelow)
        && (Levels.Count == 0 || Levels.Contains(station.LevelOrDerived ?? 0))
        && (InstalledFrom is null || station.InstalledOn >= InstalledFrom)
        && (InstalledBefore is null || station.InstalledOn < InstalledBefore)
        && (Public is null || station.IsPublic == Public)
        && (StateProperty is null || station.OnStateProperty == StateProperty)
        && (Residence is null || station.IsResidence == Residence)
        && (Paid is null || paid == Paid);

    /// <summary>False where what is known about a station already excludes it.</summary>
    internal bool MayCover(StationFacts station, bool paid) =>
        (KwMin is null || station.PowerKw is null || station.PowerKw >= KwMin)
        && (KwAbove is null || station.PowerKw is null || station.PowerKw > KwAbove)
        && (KwBelow is null || station.PowerKw is null || station.PowerKw < KwBelow)
        && (Levels.Count == 0 || station.LevelOrDerived is not { } level || Levels.Contains(level))
        && (InstalledFrom is null || station.InstalledOn is null || station.InstalledOn >= InstalledFrom)
        && (InstalledBefore is null || station.InstalledOn is null || station.InstalledOn < InstalledBefore)
        && (Public is null || station.IsPublic == Public)
        && (StateProperty is null || station.OnStateProperty == StateProperty)
        && (Residence is null || station.IsResidence == Residence)
        && (Paid is null || paid == Paid);

    /// <summary>No station can be covered by both.</summary>
    public bool ExcludesAll(StationFilter other) =>
        Opposite(Public, other.Public) || Opposite(StateProperty, other.StateProperty)
        || Opposite(Residence, other.Residence) || Opposite(Paid, other.Paid)
        || (Levels.Count > 0 && other.Levels.Count > 0 && !Levels.Intersect(other.Levels).Any())
        || KwBelow <= Floor(other) || other.KwBelow <= Floor(this)
        || (InstalledBefore is { } before && other.InstalledFrom is { } from && from >= before)
        || (other.InstalledBefore is { } otherBefore && InstalledFrom is { } otherFrom
            && otherFrom >= otherBefore);

    /// <summary>No power below it is covered.</summary>
    private static decimal? Floor(StationFilter filter) => filter.KwMin ?? filter.KwAbove;

    private static bool Opposite(bool? one, bool? other) =>
        one is not null && other is not null && one != other;
}
