using System.Globalization;

namespace Settlement.Domain.Rating;

/// <summary>The names of the policies, as <c>--policy name=value</c> and stored agreements write them.</summary>
public static class RatingPolicies
{
    /// <summary>One policy: its name, its values (the default first) and the question it answers.</summary>
    public sealed record Entry(
        string Name,
        IReadOnlyList<string> Values,
        string Question,
        Func<RatingPolicy, int> Get,
        Func<RatingPolicy, int, RatingPolicy> Set);

    public static readonly IReadOnlyList<Entry> All =
    [
        new("time-step", ["parking", "last", "together", "each"], "Which time does step_size round?",
            p => (int)p.TimeStep, (p, v) => p with { TimeStep = (TimeStep)v }),
        new("step-scope", ["total", "band"], "Is step_size applied to the total or to each component's share?",
            p => (int)p.StepScope, (p, v) => p with { StepScope = (StepScope)v }),
        new("step-multiple", ["stays", "exceeds"], "Does an exact multiple of step_size stay?",
            p => (int)p.StepMultiple, (p, v) => p with { StepMultiple = (StepMultiple)v }),
        new("step-size", ["applied", "ignored"], "Is step_size applied at all?",
            p => (int)p.StepSize, (p, v) => p with { StepSize = (StepSize)v }),
        new("reservation-step", ["separate", "shared"], "Does reservation time round by itself?",
            p => (int)p.ReservationStep, (p, v) => p with { ReservationStep = (ReservationStep)v }),
        new("negative-energy-step", ["exact", "rounded"], "Is a net export rounded to step_size?",
            p => (int)p.NegativeEnergyStep, (p, v) => p with { NegativeEnergyStep = (NegativeEnergyStep)v }),
        new("flat", ["first", "each"], "Is FLAT billed once per phase, or once per element?",
            p => (int)p.Flat, (p, v) => p with { Flat = (FlatFees)v }),
        new("duplicate-component", ["first", "refuse"], "Two components of one dimension in one element?",
            p => (int)p.DuplicateComponent, (p, v) => p with { DuplicateComponent = (DuplicateComponent)v }),
        new("straddle", ["flag", "refuse"], "A period spans a change of price?",
            p => (int)p.Straddle, (p, v) => p with { Straddle = (Straddle)v }),
        new("missing-signal", ["agree", "match", "no-match"], "Current or power is restricted but not told?",
            p => (int)p.MissingSignal, (p, v) => p with { MissingSignal = (MissingSignal)v }),
        new("signal-reading", ["own", "other"], "Which reading is compared with a current or power bound?",
            p => (int)p.SignalReading, (p, v) => p with { SignalReading = (SignalReading)v }),
        new("missing-zone", ["agree", "utc"], "Local time is restricted but the zone is not known?",
            p => (int)p.MissingZone, (p, v) => p with { MissingZone = (MissingZone)v }),
        new("unknown-restriction", ["agree", "ignore", "no-match"], "A restriction that OCPI does not know?",
            p => (int)p.UnknownRestriction, (p, v) => p with { UnknownRestriction = (UnknownRestriction)v }),
        new("duration-start", ["charging", "reservation"], "When does the clock of duration bounds start?",
            p => (int)p.DurationStart, (p, v) => p with { DurationStart = (DurationStart)v }),
        new("parking-duration", ["session", "parking"], "What do duration bounds on parking count?",
            p => (int)p.ParkingDuration, (p, v) => p with { ParkingDuration = (ParkingDuration)v }),
        new("idle-duration", ["continuous", "total"], "Does each stop of requesting power count alone, or all together?",
            p => (int)p.IdleDuration, (p, v) => p with { IdleDuration = (IdleDuration)v }),
        new("equal-times", ["whole-day", "never"], "start_time equals end_time?",
            p => (int)p.EqualTimes, (p, v) => p with { EqualTimes = (EqualTimes)v }),
        new("end-midnight", ["end-of-day", "literal"], "end_time 00:00?",
            p => (int)p.EndMidnight, (p, v) => p with { EndMidnight = (EndMidnight)v }),
        new("wrap-weekday", ["instant", "window-start"], "Which weekday has a window that passes midnight?",
            p => (int)p.WrapWeekday, (p, v) => p with { WrapWeekday = (WrapWeekday)v }),
        new("date-window", ["daily", "continuous"], "Dates and times together?",
            p => (int)p.DateWindow, (p, v) => p with { DateWindow = (DateWindow)v }),
        new("tariff-choice", ["period", "start"], "The tariff of each period, or one for the session?",
            p => (int)p.TariffChoice, (p, v) => p with { TariffChoice = (TariffChoice)v }),
        new("unknown-tariff", ["refuse", "start"], "A period names a tariff that nobody has?",
            p => (int)p.UnknownTariff, (p, v) => p with { UnknownTariff = (UnknownTariff)v }),
        new("tariff-validity", ["flag", "refuse"], "The tariff was not valid at session start?",
            p => (int)p.TariffValidity, (p, v) => p with { TariffValidity = (TariffValidity)v }),
        new("time-meaning", ["charging", "connected"], "Does TIME price charging only?",
            p => (int)p.TimeMeaning, (p, v) => p with { TimeMeaning = (TimeMeaning)v }),
        new("time-source", ["timestamps", "volumes"], "Seconds from timestamps or from hours?",
            p => (int)p.TimeSource, (p, v) => p with { TimeSource = (TimeSource)v }),
        new("absent-vat", ["unknown", "none"], "A component without vat?",
            p => (int)p.AbsentVat, (p, v) => p with { AbsentVat = (AbsentVat)v }),
        new("limit-scope", ["session", "charging"], "Do min_price and max_price include the reservation?",
            p => (int)p.LimitScope, (p, v) => p with { LimitScope = (LimitScope)v }),
        new("limit-tax", ["proportional", "none"], "The tax of a min/max adjustment?",
            p => (int)p.LimitTax, (p, v) => p with { LimitTax = (LimitTax)v }),
        new("min-price-unused", ["applied", "skipped"], "min_price where no energy was delivered?",
            p => (int)p.MinPriceUnused, (p, v) => p with { MinPriceUnused = (MinPriceUnused)v }),
        new("parking-total", ["flag", "refuse"], "total_parking_time differs from the periods?",
            p => (int)p.ParkingTotal, (p, v) => p with { ParkingTotal = (ParkingTotal)v }),
        new("total-time", ["without-reservation", "with-reservation"], "Does total_time include the reservation?",
            p => (int)p.TotalTime, (p, v) => p with { TotalTime = (TotalTime)v }),
    ];

    /// <summary>Sets one policy from <c>name=value</c>; a refusal names what would have been right.</summary>
    public static (RatingPolicy Policy, Refusal? Refusal) With(this RatingPolicy policy, string setting)
    {
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? setting : setting[..equals];
        var value = equals < 0 ? "" : setting[(equals + 1)..];
        if (name == "tolerance")
        {
            return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var units)
                ? (policy with { ToleranceMinorUnits = units }, null)
                : (policy, Unknown($"tolerance is a whole number of minor units, not '{value}'"));
        }

        if (All.FirstOrDefault(entry => entry.Name == name) is not { } entry)
        {
            var names = string.Join(", ", All.Select(known => known.Name));
            return (policy, Unknown($"There is no rating policy '{name}'; there are {names} and tolerance"));
        }

        for (var index = 0; index < entry.Values.Count; index++)
        {
            if (entry.Values[index] == value)
            {
                return (entry.Set(policy, index), null);
            }
        }

        return (policy, Unknown($"{name} is one of {string.Join(", ", entry.Values)}, not '{value}'"));
    }

    /// <summary>Every policy with its value in force, in the order of <see cref="All"/>, then the tolerance.</summary>
    public static IEnumerable<(string Name, string Value)> Values(this RatingPolicy policy) =>
        All.Select(entry => (entry.Name, entry.Values[entry.Get(policy)]))
            .Append(("tolerance", policy.ToleranceMinorUnits.ToString(CultureInfo.InvariantCulture)));

    /// <summary>What differs from the defaults, as <c>name=value</c>; empty for the defaults.</summary>
    public static IEnumerable<string> Departures(this RatingPolicy policy) =>
        policy.Values().Zip(RatingPolicy.Default.Values())
            .Where(pair => pair.First != pair.Second)
            .Select(pair => $"{pair.First.Name}={pair.First.Value}");

    private static Refusal Unknown(string message) => new("policy.unknown", message);
}
