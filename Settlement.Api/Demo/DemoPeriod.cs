using NodaTime;

namespace Settlement.Api.Demo;

/// <summary>A stretch of a session in which no price changes.</summary>
/// <param name="EnergyWh">0 while idle.</param>
/// <param name="Energy">Element whose energy price holds; null = free or idle.</param>
/// <param name="Time">The same for charging time.</param>
/// <param name="Parking">The same for idle time.</param>
public sealed record DemoPeriod(
    Instant Start,
    int Seconds,
    bool IsIdle,
    int EnergyWh,
    DemoElement? Energy,
    DemoElement? Time,
    DemoElement? Parking)
{
    /// <summary>Cuts a session wherever a price begins or ends to hold, as OCPI asks of a CPO.</summary>
    public static IReadOnlyList<DemoPeriod> Of(DemoSession session, DemoTariff tariff)
    {
        var periods = new List<DemoPeriod>();
        var cuts = Cuts(session, tariff);
        for (var i = 0; i + 1 < cuts.Count; i++)
        {
            var next = Between(session, tariff, cuts[i], cuts[i + 1]);
            if (periods is [.., var last] && last.IsIdle == next.IsIdle
                && ReferenceEquals(last.Energy, next.Energy) && ReferenceEquals(last.Time, next.Time)
                && ReferenceEquals(last.Parking, next.Parking))
            {
                periods[^1] = last with
                {
                    Seconds = last.Seconds + next.Seconds,
                    EnergyWh = last.EnergyWh + next.EnergyWh,
                };
            }
            else
            {
                periods.Add(next);
            }
        }

        return periods;
    }

    /// <summary>Seconds into the session, in order, with both ends.</summary>
    private static List<int> Cuts(DemoSession session, DemoTariff tariff)
    {
        var whole = session.ChargingSeconds + session.IdleSeconds;
        var cuts = new SortedSet<int> { 0, session.ChargingSeconds, whole };
        foreach (var element in tariff.Elements.Where(element => element.IsRestricted))
        {
            cuts.UnionWith(Edges(session, element).Where(second => second > 0 && second < whole));
        }

        return [.. cuts];
    }

    private static IEnumerable<int> Edges(DemoSession session, DemoElement element)
    {
        if (element.AfterSeconds is { } after)
        {
            yield return after;
        }

        var zone = session.Site.Zone;
        var last = session.End.InZone(zone).Date;
        for (var day = session.Start.InZone(zone).Date; day <= last; day = day.PlusDays(1))
        {
            var midnight = LocalTime.Midnight;
            foreach (var time in (LocalTime[])[midnight, element.From ?? midnight, element.To ?? midnight])
            {
                yield return (int)(zone.AtLeniently(day + time).ToInstant() - session.Start).TotalSeconds;
            }
        }
    }

    private static DemoPeriod Between(DemoSession session, DemoTariff tariff, int from, int to)
    {
        var start = session.Start + Duration.FromSeconds(from);
        var local = start.InZone(session.Site.Zone).LocalDateTime;
        var holding = tariff.Elements.Where(element => element.Holds(local, from)).ToList();
        var isIdle = from >= session.ChargingSeconds;
        return new DemoPeriod(
            start,
            to - from,
            isIdle,
            isIdle ? 0 : Delivered(session, to) - Delivered(session, from),
            isIdle ? null : holding.Find(element => element.Energy is not null),
            isIdle ? null : holding.Find(element => element.Time is not null),
            isIdle ? holding.Find(element => element.Parking is not null) : null);
    }

    /// <summary>Power is even: so much has flowed by then. The rounding never loses a watt-hour.</summary>
    private static int Delivered(DemoSession session, int second) =>
        (int)((long)session.EnergyWh * second / session.ChargingSeconds);
}
