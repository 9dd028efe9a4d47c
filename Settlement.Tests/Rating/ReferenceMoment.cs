using NodaTime;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Tests.Rating;

/// <summary>Asks one set of restrictions at one moment, straight from the text; null: it cannot be told.</summary>
internal sealed record ReferenceMoment(
    RatingPolicy Policy, DateTimeZone? GivenZone, long UnixSeconds, long Elapsed, long Parked, Ratio Kwh,
    ChargingPeriod Period, Dimension Dimension)
{
    /// <summary>Seconds without requesting power; null where no period of the CDR states it.</summary>
    public long? Idle { get; init; }

    public bool? Matches(TariffRestrictions r)
    {
        bool?[] answers =
        [
            Local(r), Quantities(r), Signal(r.MinCurrentA, r.MaxCurrentA, Period.MinCurrentA, Period.MaxCurrentA),
            Signal(r.MinPowerKw, r.MaxPowerKw, Period.MinPowerKw, Period.MaxPowerKw), Keys(r),
            Grace(r), Charge(r),
        ];
        return Array.Exists(answers, answer => answer is false) ? false
            : Array.Exists(answers, answer => answer is null) ? null
            : true;
    }

    private bool? Keys(TariffRestrictions r) => r.UnknownKeys.Count == 0 ? true
        : Policy.UnknownRestriction switch
        {
            UnknownRestriction.Ignore => true,
            UnknownRestriction.NoMatch => false,
            _ => null,
        };

    private bool? Quantities(TariffRestrictions r)
    {
        var clock = Dimension == Dimension.PARKING_TIME && Policy.ParkingDuration == ParkingDuration.Parking
            ? Parked
            : Elapsed;
        return (r.MinDurationSeconds is not { } least || clock >= least)
            && (r.MaxDurationSeconds is not { } most || clock < most)
            && (r.MinKwh is not { } min || !(Kwh < Ratio.Of(min)))
            && (r.MaxKwh is not { } max || Kwh < Ratio.Of(max));
    }

    private bool? Untold => Policy.MissingSignal switch
    {
        MissingSignal.Match => true,
        MissingSignal.NoMatch => false,
        _ => null,
    };

    private bool? Charge(TariffRestrictions r) =>
        r.MinStateOfCharge is null && r.MaxStateOfCharge is null ? true
        : Period.StateOfCharge is not { } now ? Untold
        : now >= (r.MinStateOfCharge ?? 0) && now < (r.MaxStateOfCharge ?? 101);

    private bool? Grace(TariffRestrictions r)
    {
        var (least, most) = (r.MinNotRequestingPowerSeconds, r.MaxNotRequestingPowerSeconds);
        if (Idle is { } seconds)
        {
            return (least is null || (Period.VehicleRequestingPower == false && seconds >= least))
                && (most is null || seconds < most);
        }

        // whatever it was, it was between nothing and the time since the session began
        return least is null && most is null ? true
            : least > Elapsed ? false
            : least is null && most > Elapsed ? true
            : Untold;
    }

    private bool? Signal(decimal? min, decimal? max, decimal? lowest, decimal? highest)
    {
        if (Policy.SignalReading == SignalReading.Other)
        {
            (lowest, highest) = (lowest ?? highest, highest ?? lowest);
        }

        var untold = Untold;
        // the highest reading is never below the lowest
        var lower = min is null ? true : lowest is not null ? lowest >= min : highest < min ? false : untold;
        var upper = max is null ? true : highest is not null ? highest < max : lowest >= max ? false : untold;
        return lower is false || upper is false ? false : lower is null || upper is null ? null : true;
    }

    private bool? Local(TariffRestrictions r)
    {
        // every minute of every day: in whatever zone
        if (IsAnyTime(r) && r.DaysOfWeek.Distinct().Count() is 0 or 7 && r.StartDate is null && r.EndDate is null)
        {
            return true;
        }

        var zone = GivenZone ?? (Policy.MissingZone == MissingZone.Utc ? DateTimeZone.Utc : null);
        return zone is null ? null : At(r, Instant.FromUnixTimeSeconds(UnixSeconds).InZone(zone).LocalDateTime);
    }

    private bool IsAnyTime(TariffRestrictions r) => Window(r) is { Never: false, From: 0, Until: 1440 };

    private bool At(TariffRestrictions r, LocalDateTime now)
    {
        var hasDates = r.StartDate is not null || r.EndDate is not null;
        var hasTimes = r.StartTime is not null || r.EndTime is not null;
        bool OnDay(IsoDayOfWeek day) => r.DaysOfWeek.Count == 0 || r.DaysOfWeek.Contains(day);
        if (Policy.DateWindow == DateWindow.Continuous && hasDates && hasTimes)
        {
            return (r.StartDate is not { } first || now >= first + (r.StartTime ?? LocalTime.Midnight))
                && (r.EndDate is not { } last || now < last + (r.EndTime ?? LocalTime.Midnight))
                && OnDay(now.DayOfWeek);
        }

        var window = Window(r);
        var minute = now.Hour * 60 + now.Minute;
        var wraps = window.Until < window.From;
        var inside = wraps
            ? minute >= window.From || minute < window.Until
            : minute >= window.From && minute < window.Until;
        var counted = wraps && minute < window.Until && Policy.WrapWeekday == WrapWeekday.WindowStart
            ? now.Date.PlusDays(-1).DayOfWeek
            : now.DayOfWeek;
        return inside && !window.Never && OnDay(counted)
            && !(r.StartDate > now.Date) && !(r.EndDate <= now.Date);
    }

    private (int From, int Until, bool Never) Window(TariffRestrictions r)
    {
        static int Minute(LocalTime time) => time.Hour * 60 + time.Minute;
        var from = r.StartTime is { } start ? Minute(start) : 0;
        var until = r.EndTime is { } end ? Minute(end) : 1440;
        if (until == 0 && Policy.EndMidnight == EndMidnight.EndOfDay)
        {
            return (from, 1440, false);
        }

        return from == until
            ? (0, 1440, r.StartTime is null || Policy.EqualTimes == EqualTimes.Never)
            : (from, until, false);
    }
}
