using System.Globalization;
using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Intake;

/// <summary>
/// Whether a session can have happened as its CDR states it: it is over, it billed no more time than passed, and its
/// connector can have delivered the energy. What the two networks tolerate is in their agreement (rules-money 12).
/// </summary>
public static class Plausibility
{
    public const string EndsAfterReceipt = "time.after-receipt";
    public const string TimeExceedsPeriod = "period.time-exceeds-span";
    public const string SentTwice = "period.sent-twice";
    public const string EnergyExceedsPower = "energy.exceeds-power";

    /// <summary>Beyond any session: keeps sums of absurd numbers within what a decimal holds.</summary>
    private const decimal Largest = 1_000_000_000m;

    /// <summary>Where nobody states the power: more than any connector settled today; to raise it, publish the connector's.</summary>
    private const decimal MostKw = 1000m;

    /// <summary>A session that is not over cannot be owed: it would land in a month that nobody closes.</summary>
    public static void CheckReceipt(CdrFact.CdrReceived received, Agreement agreement, List<Finding> holds)
    {
        var cdr = received.Cdr;
        if (cdr.End > received.ReceivedAt + Duration.FromMinutes(agreement.ClockDifferenceMinutes))
        {
            holds.Add(new(EndsAfterReceipt, "/end_date_time",
                $"The session ends {cdr.End} and was received {received.ReceivedAt}: more than the "
                + $"{agreement.ClockDifferenceMinutes} minutes by which the agreement lets clocks differ. Ask the CPO to send it again after the session's end."));
        }
    }

    /// <summary>What the CDR says of itself, whenever it came.</summary>
    public static void CheckSession(Cdr cdr, Site site, Agreement agreement, List<Finding> holds)
    {
        if (cdr.End < cdr.Start || cdr.Periods.Count == 0)
        {
            return; // held for that already; nothing can be measured
        }

        var periods = InOrder(cdr.Periods);
        CheckRepeats(periods, holds);
        CheckTime(cdr, periods, agreement.TimeToleranceSeconds, holds);
        CheckEnergy(cdr, site, agreement, holds);
    }

    private static void CheckRepeats(IReadOnlyList<ChargingPeriod> periods, List<Finding> holds)
    {
        HashSet<ChargingPeriod>? seen = null; // their start is part of them; few CDRs have two with one start
        for (var i = 0; i < periods.Count; i++)
        {
            var shares = (i > 0 && Second(periods[i - 1]) == Second(periods[i]))
                || (i + 1 < periods.Count && Second(periods[i + 1]) == Second(periods[i]));
            if (shares && !periods[i].IsEmpty && !(seen ??= []).Add(periods[i]))
            {
                holds.Add(new(SentTwice, "/charging_periods",
                    $"The period that starts {periods[i].Start} is repeated with the same volumes; "
                    + "ask the CPO to resend without the repeat."));
                return;
            }
        }
    }

    /// <summary>Charging, parking and reservation together fill no more than the time between the timestamps.</summary>
    private static void CheckTime(Cdr cdr, IReadOnlyList<ChargingPeriod> periods, int tolerance, List<Finding> holds)
    {
        var all = 0m;
        foreach (var (from, count, span) in Stretches(cdr, periods))
        {
            var hours = 0m;
            for (var i = from; i < from + count; i++)
            {
                hours += Hours(periods[i]);
            }

            all += hours;
            if (hours * 3600m > span + tolerance)
            {
                holds.Add(TooLong(
                    hours, span, tolerance, $"the period that starts {periods[from].Start}", "until the next"));
                return;
            }
        }

        var session = Second(cdr.End) - Second(cdr.Start);
        if (all * 3600m > session + tolerance)
        {
            holds.Add(TooLong(all, session, tolerance, "all periods together", "from start to end of the session"));
        }
    }

    private static Finding TooLong(decimal hours, long span, int tolerance, string what, string where) => new(
        TimeExceedsPeriod, "/charging_periods",
        $"The CDR bills {Text(hours)} h ({Text(hours * 3600m)} s) of time in {what}; its timestamps allow {span} s {where}, "
        + $"and the agreement tolerates {tolerance} s more.");

    /// <summary>
    /// Over the whole session only: real meters tell some energy in the period after the one it flowed in.
    /// </summary>
    private static void CheckEnergy(Cdr cdr, Site site, Agreement agreement, List<Finding> holds)
    {
        var (kw, source) = PowerOf(cdr, site);
        var seconds = Second(cdr.End) - Second(cdr.Start);
        var kwh = Math.Max(Math.Abs(cdr.Periods.Sum(period => Kwh(period.EnergyKwh ?? 0m))), Math.Abs(Kwh(cdr.TotalEnergyKwh)));
        var most = kw * (100 + agreement.PowerTolerancePercent) / 100m;
        if (kwh * 3600m > most * (seconds + agreement.TimeToleranceSeconds))
        {
            holds.Add(new(EnergyExceedsPower, "/total_energy",
                $"The CDR bills {Text(kwh)} kWh in {seconds} s; {source} delivers more than {Text(kw)} kW, and the agreement "
                + $"tolerates {agreement.PowerTolerancePercent} % more. Ask the CPO for the meter readings."));
        }
    }

    /// <summary>Of the connector as its CPO published it, else as the CDR states it, else the most there is.</summary>
    private static (decimal Kw, string Source) PowerOf(Cdr cdr, Site site) =>
        site.DeliverableKw is { } published ? (published, "its connector, as published, never")
        : cdr.Location.RatedPowerW() is { } stated and >= Site.LeastPowerW ? (stated / 1000m, "its connector, as the CDR states it, never")
        : (MostKw, "no connector");

    /// <summary>Periods with one start are one stretch: they end together, when the next one starts.</summary>
    private static IEnumerable<(int From, int Count, long Span)> Stretches(Cdr cdr, IReadOnlyList<ChargingPeriod> periods)
    {
        for (int from = 0, next; from < periods.Count; from = next)
        {
            var start = Second(periods[from]);
            for (next = from + 1; next < periods.Count && Second(periods[next]) == start;)
            {
                next++;
            }

            var end = next < periods.Count ? Second(periods[next]) : Second(cdr.End);
            yield return (from, next - from, Math.Max(0, end - start));
        }
    }

    private static IReadOnlyList<ChargingPeriod> InOrder(IReadOnlyList<ChargingPeriod> periods)
    {
        for (var i = 1; i < periods.Count; i++)
        {
            if (periods[i].Start < periods[i - 1].Start)
            {
                return [.. periods.OrderBy(period => period.Start)];
            }
        }

        return periods;
    }

    private static decimal Hours(ChargingPeriod period) =>
        Hours(period.TimeHours) + Hours(period.ParkingHours) + Hours(period.ReservationHours);

    private static decimal Hours(decimal? hours) => Math.Clamp(hours ?? 0m, 0m, Largest);

    private static decimal Kwh(decimal kwh) => Math.Clamp(kwh, -Largest, Largest);

    private static long Second(ChargingPeriod period) => Second(period.Start);

    private static long Second(Instant instant) => instant.ToUnixTimeSeconds();

    private static string Text(decimal value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
