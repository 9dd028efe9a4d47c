using Settlement.Domain.Intake;

namespace Settlement.Api.Intake;

/// <summary>
/// The conditions of <see cref="CdrValidator"/> and what is said where they fail, with both numbers.
/// </summary>
internal static class CdrFaults
{
    /// <summary>kWh: one Wh for each figure that may have been rounded to whole Wh.</summary>
    private const decimal EnergyStep = 0.001m;

    /// <summary>Hours: OCPI numbers have four decimals (§ types, number).</summary>
    private const decimal TimeStep = 0.0001m;

    /// <summary>Seconds: total_time is often written with three decimals of an hour.</summary>
    private const decimal TimeTolerance = 2m;

    /// <summary>Seconds by which the first period may begin before its session.</summary>
    private const long EarlySeconds = 2;

    /// <summary>
    /// 1970-01-01 stands for no time: then nothing can be compared, and the reader has said so.
    /// </summary>
    private static bool HasTimes(Cdr cdr) =>
        cdr.Start.ToUnixTimeSeconds() >= 86_400 && cdr.End.ToUnixTimeSeconds() >= 86_400;

    public static string EndBeforeStart(Cdr cdr) =>
        $"the session ends {cdr.End}, before it starts {cdr.Start}";

    public static bool InOrder(Cdr cdr)
    {
        for (var i = 1; i < cdr.Periods.Count; i++)
        {
            if (cdr.Periods[i].Start < cdr.Periods[i - 1].Start)
            {
                return false;
            }
        }

        return true;
    }

    public static string OutOfOrder(Cdr cdr)
    {
        var i = Enumerable.Range(1, cdr.Periods.Count - 1)
            .First(i => cdr.Periods[i].Start < cdr.Periods[i - 1].Start);
        return $"period {i} starts {cdr.Periods[i].Start}, "
            + $"before period {i - 1} at {cdr.Periods[i - 1].Start}";
    }

    public static bool AllInside(Cdr cdr)
    {
        if (!HasTimes(cdr) || cdr.End < cdr.Start)
        {
            return true;
        }

        foreach (var period in cdr.Periods)
        {
            if (IsOutside(period, cdr))
            {
                return false;
            }
        }

        return true;
    }

    public static string Outside(Cdr cdr)
    {
        var period = cdr.Periods.First(period => IsOutside(period, cdr));
        return $"a period starts {period.Start}, outside the session {cdr.Start} to {cdr.End}";
    }

    /// <summary>By whole seconds: some write fractions in one place only. A meter may start a moment before its session.</summary>
    private static bool IsOutside(ChargingPeriod period, Cdr cdr) =>
        period.Start.ToUnixTimeSeconds() < cdr.Start.ToUnixTimeSeconds() - EarlySeconds
        || period.Start.ToUnixTimeSeconds() > cdr.End.ToUnixTimeSeconds();

    public static bool HasNothing(ChargingPeriod period) =>
        period.EnergyKwh is null && period.TimeHours is null && period.ParkingHours is null
        && period.ReservationHours is null && period.Flat is null;

    public static bool HasExport(ChargingPeriod period) => period.EnergyKwh < 0m;

    public static string Export(Cdr cdr) =>
        $"a period has {CdrValidator.Text(cdr.Periods.First(HasExport).EnergyKwh)} kWh; below 0 only export may be";

    public static bool HasNegativeTime(ChargingPeriod period) =>
        period.TimeHours < 0m || period.ParkingHours < 0m || period.ReservationHours < 0m || period.Flat < 0m;

    public static string NegativeTime(Cdr cdr)
    {
        var period = cdr.Periods.First(HasNegativeTime);
        return $"the period that starts {period.Start} has a time or fee below 0; ask the CPO to send it again";
    }

    public static bool EnergyAgrees(Cdr cdr) =>
        SumEnergy(cdr) is not { } sum
        || Math.Abs(sum - cdr.TotalEnergyKwh) <= EnergyStep * (cdr.Periods.Count + 1);

    public static string Energy(Cdr cdr) =>
        $"the periods sum to {CdrValidator.Text(SumEnergy(cdr))} kWh, total_energy is "
        + $"{CdrValidator.Text(cdr.TotalEnergyKwh)} kWh; ask the CPO to send it again";

    /// <summary>Null where no period tells it: the specification's own example has time only.</summary>
    private static decimal? SumEnergy(Cdr cdr)
    {
        decimal? sum = null;
        foreach (var period in cdr.Periods)
        {
            sum = period.EnergyKwh is { } energy ? (sum ?? 0m) + energy : sum;
        }

        return sum;
    }

    public static bool TimeAgrees(Cdr cdr) =>
        !HasTimes(cdr) || Math.Abs(cdr.TotalTimeHours * 3600m - SessionSeconds(cdr)) <= TimeTolerance;

    public static string Time(Cdr cdr) =>
        $"total_time {CdrValidator.Text(cdr.TotalTimeHours)} h "
        + $"is {CdrValidator.Text(cdr.TotalTimeHours * 3600m)} s, "
        + $"the session took {CdrValidator.Text(SessionSeconds(cdr))} s";

    /// <summary>Without the reservation: total_time is charging and parking.</summary>
    private static decimal SessionSeconds(Cdr cdr)
    {
        var seconds = (decimal)(cdr.End.ToUnixTimeSeconds() - cdr.Start.ToUnixTimeSeconds());
        foreach (var period in cdr.Periods)
        {
            seconds -= decimal.Round((period.ReservationHours ?? 0m) * 3600m);
        }

        return seconds;
    }

    public static bool ParkingAgrees(Cdr cdr) =>
        cdr.TotalParkingHours is not { } total || SumParking(cdr) is not { } sum
        || Math.Abs(sum - total) <= TimeStep * (cdr.Periods.Count + 1);

    public static string Parking(Cdr cdr) =>
        $"the periods sum to {CdrValidator.Text(SumParking(cdr))} h of parking, total_parking_time is "
        + $"{CdrValidator.Text(cdr.TotalParkingHours)} h";

    private static decimal? SumParking(Cdr cdr)
    {
        decimal? sum = null;
        foreach (var period in cdr.Periods)
        {
            sum = period.ParkingHours is { } hours ? (sum ?? 0m) + hours : sum;
        }

        return sum;
    }

    /// <summary>What is claimed, before taxes where that is told; for its sign.</summary>
    public static decimal? Total(Cdr cdr) => cdr.TotalCost.Stated?.Amount;

    /// <summary>
    /// The stated parts do not exceed the total. They may be less: each is optional, and a price limit
    /// works on the total only. On a credit CDR only the total is negative.
    /// </summary>
    public static bool PartsAgree(Cdr cdr) =>
        cdr.TotalCost.BeforeTaxes is not { } total
        || SumParts(cdr) - Math.Abs(total) <= 0.05m
        || cdr.Tariffs.Any(tariff => tariff.MaxPrice is not null);

    public static string Parts(Cdr cdr) =>
        $"the stated parts sum to {CdrValidator.Text(SumParts(cdr))}, "
        + $"total_cost is {CdrValidator.Text(cdr.TotalCost.BeforeTaxes)}";

    private static decimal SumParts(Cdr cdr) =>
        Before(cdr.TotalFixedCost) + Before(cdr.TotalEnergyCost) + Before(cdr.TotalTimeCost)
        + Before(cdr.TotalParkingCost) + Before(cdr.TotalReservationCost);

    private static decimal Before(Price? price) => price?.BeforeTaxes ?? 0m;
}
