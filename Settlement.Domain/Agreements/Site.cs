using NodaTime;
using Settlement.Domain.Intake;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Agreements;

/// <summary>The charger's jurisdiction, zone and facts, with how each was found. Nothing is guessed.</summary>
public sealed record Site(Place? Place, DateTimeZone? Zone, string? ZoneFoundBy, StationFacts Station)
{
    /// <summary>Less is no charger of cars (6 A at 120 V): kilowatts written where watts are due, or nothing.</summary>
    public const long LeastPowerW = 700;

    /// <summary>Where the CPO's own published location stands; null where there is none, or it does not say.</summary>
    public Place? Published { get; init; }

    /// <summary>Why the zone that the CDR or its CPO's location states was not used, and what to correct.</summary>
    public string? ZoneFault { get; init; }

    /// <summary>The most that the connector can deliver as published; of the whole location where it is not told apart.</summary>
    public decimal? DeliverableKw { get; init; }

    /// <summary>From the CDR itself first, then from the location its CPO published.</summary>
    public static Site Of(Cdr cdr, ReferenceBook book)
    {
        var at = cdr.Location;
        var published = book.Location(cdr.Key.Owner, at.Id);
        var registered = published is null
            ? null
            : Places.Find(published.Country, published.State, published.PostalCode, published.City);
        var place = Places.Find(at.Country, at.State, at.PostalCode, at.City) ?? registered;
        var (zone, by, fault) = FindZone(cdr, published?.TimeZone, place);
        var connector = ConnectorOf(at, published);
        return new Site(place, zone, by, FactsOf(at, published, connector))
        {
            Published = registered,
            ZoneFault = fault,
            DeliverableKw = Deliverable(published, connector),
        };
    }

    private static decimal? Deliverable(Location? published, Connector? connector)
    {
        if (connector is not null)
        {
            return connector.PowerW is >= LeastPowerW and var own ? own / 1000m : null;
        }

        var all = published?.Evses.SelectMany(evse => evse.Connectors).Select(each => each.PowerW).ToList();
        return all is { Count: > 0 } && all.TrueForAll(power => power >= LeastPowerW) ? all.Max() / 1000m : null;
    }

    /// <summary>The stated zone, unless the place is known to keep another time: then neither is sure.</summary>
    private static (DateTimeZone? Zone, string? By, string? Fault) FindZone(Cdr cdr, string? published, Place? place)
    {
        var only = place is null ? null : Places.ZoneOf(place);
        string? fault = null;
        var contradicts = false;
        foreach (var (name, by) in new[] { (cdr.Location.TimeZone, "CDR"), (published, "location") })
        {
            if (string.IsNullOrWhiteSpace(name))
            {
                continue;
            }

            var (zone, wrong) = ZoneNames.Read(name, place?.Code[..2]);
            if (zone is not null && (only is null || Agree(zone, only, cdr)))
            {
                return (zone, by, null);
            }

            contradicts |= zone is not null;
            fault ??= wrong ?? $"The time zone '{name}' of the {by} is not that of {place!.Code}, {only!.Id}.";
        }

        return only is null || contradicts ? (null, null, fault) : (only, $"only zone of {place!.Code}", fault);
    }

    private static bool Agree(DateTimeZone one, DateTimeZone other, Cdr cdr) =>
        one.GetUtcOffset(cdr.Start) == other.GetUtcOffset(cdr.Start)
        && one.GetUtcOffset(cdr.End) == other.GetUtcOffset(cdr.End);

    /// <summary>
    /// The connectors that the CDR can mean, as published at session start, with their names: the one it tells, else
    /// every one that what it tells leaves open.
    /// </summary>
    public static IReadOnlyList<(string Name, Connector Connector)> Connectors(Cdr cdr, ReferenceBook book)
    {
        var at = cdr.Location;
        if (book.LocationAt(cdr.Key.Owner, at.Id, cdr.Start) is not { } published)
        {
            return [];
        }

        var found = new List<(string, Connector)>(1);
        foreach (var evse in Fitting(published.Evses, e => Same(e.Uid, at.EvseUid) || Same(e.EvseId, at.EvseId)))
        {
            foreach (var connector in Fitting(evse.Connectors, c => Same(c.Id, at.ConnectorId)))
            {
                found.Add(($"{published.Id}/{evse.Uid}/{connector.Id}", connector));
            }
        }

        return found;
    }

    private static IReadOnlyList<T> Fitting<T>(IReadOnlyList<T> all, Func<T, bool> fits) =>
        all.Any(fits) ? [.. all.Where(fits)] : all;

    private static Connector? ConnectorOf(CdrLocation at, Location? published)
    {
        var evse = published?.Evses.FirstOrDefault(e => Same(e.Uid, at.EvseUid) || Same(e.EvseId, at.EvseId));
        return evse?.Connectors.FirstOrDefault(c => Same(c.Id, at.ConnectorId))
            ?? (evse is { Connectors: [var only] } ? only : null);
    }

    private static StationFacts FactsOf(CdrLocation at, Location? published, Connector? connector)
    {
        return new StationFacts
        {
            PowerKw = connector?.PowerW / 1000m,
            Level = at.PowerType switch
            {
                "DC" => 3,
                // a North American AC outlet of 120 V is level 1, of 208 to 240 V level 2; roaming outlets are
                // level 2 where nobody tells the voltage, and no rule treats level 1 otherwise
                not null => connector?.Voltage < 200 ? 1 : 2,
                _ => null,
            },
            IsPublic = published?.Publish ?? true,
        };
    }

    private static bool Same(string? one, string? other) =>
        one is not null && string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
