namespace Settlement.Api.Demo;

/// <summary>
/// What the CPO asks for, in whole cents: its own arithmetic on quantities it knows, apart from our rating,
/// so that the one can be checked against the other.
/// </summary>
public sealed record DemoCost(decimal Total, decimal Fixed, decimal Energy, decimal Time, decimal Parking)
{
    /// <summary>Exact over 3600, and rounded once at the end, half away from zero.</summary>
    public static DemoCost Of(IReadOnlyList<DemoPeriod> periods, DemoTariff tariff)
    {
        var flat = tariff.Elements.FirstOrDefault(element => element.Flat is not null)?.Flat ?? 0m;
        var energy = periods.Sum(period => period.EnergyWh * (period.Energy?.Energy ?? 0m)) * 3600m / 1000m;
        var idle = periods.Where(period => period.Parking is not null).ToList();
        var charged = periods.Where(period => period.Time is not null).ToList();
        var time = charged.Sum(period => period.Seconds * period.Time!.Time!.Value);
        var parking = idle.Sum(period => period.Seconds * period.Parking!.Parking!.Value);

        // The step lengthens the whole idle time, or without any the whole charging time, at the last price.
        if (idle is [.., var lastIdle])
        {
            parking += Missing(idle, lastIdle.Parking!.Step) * lastIdle.Parking.Parking!.Value;
        }
        else if (charged is [.., var lastCharged])
        {
            time += Missing(charged, lastCharged.Time!.Step) * lastCharged.Time.Time!.Value;
        }

        var total = (flat * 3600m + energy + time + parking) / 3600m;
        total = Math.Max(total, tariff.MinPrice ?? total);
        total = Math.Min(total, tariff.MaxPrice ?? total);
        return new DemoCost(
            Cents(total), Cents(flat), Cents(energy / 3600m), Cents(time / 3600m), Cents(parking / 3600m));
    }

    private static int Missing(List<DemoPeriod> periods, int step)
    {
        var seconds = periods.Sum(period => period.Seconds);
        return (seconds + step - 1) / step * step - seconds;
    }

    internal static decimal Cents(decimal amount) => decimal.Round(amount, 2, MidpointRounding.AwayFromZero);
}
