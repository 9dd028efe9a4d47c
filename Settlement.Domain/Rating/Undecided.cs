namespace Settlement.Domain.Rating;

/// <summary>Says what would have to be told before a component can be chosen.</summary>
internal static class Undecided
{
    // Texts without numbers: a straddling period is frequent, and its finding must not cost more than its price.
    private static readonly string[] Straddling = [.. Enum.GetNames<Dimension>().Select(name =>
        $"The price of {name} changes within this period; it is rated in full at the price of its start.")];

    public static void ReportStraddle(Dimension dimension, int period, RatingPolicy policy, Findings findings)
    {
        if (policy.Straddle == Straddle.Refuse)
        {
            findings.StopPeriod("period.straddles", period, Straddling[(int)dimension]);
        }
        else
        {
            findings.AddPeriod("period.straddles", period, Straddling[(int)dimension]);
        }
    }

    public static void Report(Untold untold, Dimension dimension, int period, Findings findings)
    {
        if (untold.HasFlag(Untold.Zone))
        {
            findings.StopPeriod(
                "zone.missing", period,
                $"The price of {dimension} depends on local time, and the charger's time zone is not known.");
        }

        if (untold.HasFlag(Untold.Signal))
        {
            findings.StopPeriod(
                "signal.missing", period,
                $"The price of {dimension} depends on current or power, which the period does not tell.");
        }

        if (untold.HasFlag(Untold.RequestingPower))
        {
            findings.StopPeriod(
                "signal.missing", period,
                $"The price of {dimension} depends on how long the vehicle has not requested power; the CDR states"
                + " vehicle_requesting_power for no period.");
        }

        if (untold.HasFlag(Untold.StateOfCharge))
        {
            findings.StopPeriod(
                "signal.missing", period,
                $"The price of {dimension} depends on the state of charge, which the period does not state.");
        }

        if (untold.HasFlag(Untold.Key))
        {
            findings.StopPeriod(
                "restriction.unknown-decides", period,
                $"The price of {dimension} depends on a restriction that OCPI does not know.");
        }
    }
}
