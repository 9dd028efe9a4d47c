using NodaTime;

namespace Settlement.Domain.Rating;

/// <summary>Restrictions that do not mean what their writer may think.</summary>
internal static class LintRestrictions
{
    public static void Check(Tariff tariff, RatingPolicy policy, List<Lint> found)
    {
        for (var i = 0; i < tariff.Elements.Count; i++)
        {
            if (tariff.Elements[i].Restrictions is { } restrictions)
            {
                var pointer = $"/elements/{i}/restrictions";
                CheckKeys(restrictions, pointer, found);
                CheckTimes(restrictions, pointer, policy, found);
                CheckRanges(restrictions, pointer, found);
                CheckSignals(tariff, restrictions, pointer, found);
                CheckVehicle(restrictions, pointer, found);
            }
        }
    }

    private static void CheckKeys(TariffRestrictions r, string pointer, List<Lint> found)
    {
        foreach (var key in r.UnknownKeys)
        {
            found.Add(new(
                LintSeverity.Error, "lint.restriction-unknown", $"{pointer}/{key}",
                $"'{key}' is no restriction of OCPI; whoever ignores it applies the element always."));
        }

        if (r.Reservation is not (null or "RESERVATION" or "RESERVATION_EXPIRES"))
        {
            found.Add(new(
                LintSeverity.Error, "lint.reservation-unknown", $"{pointer}/reservation", $"'{r.Reservation}' is not rated."));
        }
    }

    private static void CheckTimes(TariffRestrictions r, string pointer, RatingPolicy policy, List<Lint> found)
    {
        if (r.StartTime is { } start && start == r.EndTime)
        {
            var reading = policy.EqualTimes == EqualTimes.WholeDay ? "the whole day" : "never";
            found.Add(new(
                LintSeverity.Warning, "lint.times-equal", $"{pointer}/end_time",
                $"It starts and ends at {start:HH:mm}; OCPI does not say what that means, and it is read as {reading}."));
        }

        if (r.EndTime is { Hour: 23, Minute: 59 })
        {
            found.Add(new(
                LintSeverity.Warning, "lint.last-minute", $"{pointer}/end_time",
                "The end is exclusive: the last minute of the day is left out; write 00:00."));
        }

        if (r.DaysOfWeek.Distinct().Count() == 7)
        {
            found.Add(new(LintSeverity.Note, "lint.weekday-all", $"{pointer}/day_of_week", "All seven days restrict nothing."));
        }

        if (r.StartTime is { } from && r.EndTime is { } until && until < from && until != LocalTime.Midnight
            && r.DaysOfWeek.Count is > 0 and < 7)
        {
            found.Add(new(
                LintSeverity.Warning, "lint.wrap-weekday", $"{pointer}/day_of_week",
                "The window passes midnight; the hours after it belong to the next weekday, which may not be listed."));
        }
    }

    private static void CheckRanges(TariffRestrictions r, string pointer, List<Lint> found)
    {
        Range(r.MinKwh >= r.MaxKwh, "max_kwh");
        Range(r.MinDurationSeconds >= r.MaxDurationSeconds, "max_duration");
        Range(r.MinCurrentA >= r.MaxCurrentA, "max_current");
        Range(r.MinPowerKw >= r.MaxPowerKw, "max_power");
        Range(r.MinNotRequestingPowerSeconds >= r.MaxNotRequestingPowerSeconds, "max_duration_not_requesting_power");
        Range(r.MaxNotRequestingPowerSeconds <= 0, "max_duration_not_requesting_power");
        Range(r.MinStateOfCharge >= r.MaxStateOfCharge || r.MaxStateOfCharge <= 0, "max_soc");
        Range(r.StartDate >= r.EndDate, "end_date");
        Range(r.MaxKwh <= 0m, "max_kwh");
        Range(r.MaxDurationSeconds <= 0, "max_duration");

        void Range(bool isEmpty, string field)
        {
            if (isEmpty && !found.Exists(lint => lint.Pointer == $"{pointer}/{field}"))
            {
                found.Add(new(
                    LintSeverity.Error, "lint.range-empty", $"{pointer}/{field}",
                    "The upper bound is exclusive and not above the lower one: nothing lies between."));
            }
        }
    }

    private static void CheckSignals(Tariff tariff, TariffRestrictions r, string pointer, List<Lint> found)
    {
        var power = r.MinPowerKw is not null || r.MaxPowerKw is not null;
        if (power && tariff.Version == Intake.OcpiVersion.V211)
        {
            found.Add(new(
                LintSeverity.Warning, "lint.power-unverifiable", pointer,
                "CDRs of 2.1.1 have no power: this restriction cannot be checked."));
        }
        else if (power || r.MinCurrentA is not null || r.MaxCurrentA is not null)
        {
            found.Add(new(
                LintSeverity.Note, "lint.signal-needed", pointer,
                "Every charging period must state its current or power, or the price cannot be determined."));
        }
    }

    /// <summary>The restrictions of extension EVRF-001.</summary>
    private static void CheckVehicle(TariffRestrictions r, string pointer, List<Lint> found)
    {
        if (VehicleMatch.HasIdle(r) || VehicleMatch.HasStateOfCharge(r))
        {
            found.Add(new(
                LintSeverity.Note, "lint.vehicle-needed", pointer,
                "An extension of OCPI (EVRF-001): CDRs must state vehicle_requesting_power or STATE_OF_CHARGE, else no price"
                + " can be determined; partners without it read a fee without its grace period."));
        }

        if (r.MaxStateOfCharge == 100)
        {
            found.Add(new(
                LintSeverity.Warning, "lint.soc-full", $"{pointer}/max_soc",
                "The upper bound is exclusive: a full vehicle is left out; leave max_soc out."));
        }

        if (r.MinStateOfCharge > 100 || r.MaxStateOfCharge > 100)
        {
            found.Add(new(
                LintSeverity.Error, "lint.soc-range", pointer, "A state of charge is a percentage from 0 to 100."));
        }
    }
}
