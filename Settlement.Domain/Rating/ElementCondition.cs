using NodaTime;

namespace Settlement.Domain.Rating;

internal enum Match
{
    No,
    Yes,

    /// <summary>It depends on something that nobody told: a reading, the zone, the meaning of a key.</summary>
    Unknown,
}

/// <summary>What was not told where a match is unknown.</summary>
[Flags]
internal enum Untold
{
    Nothing = 0,
    Signal = 1,
    Zone = 2,
    Key = 4,
    RequestingPower = 8,
    StateOfCharge = 16,
}

/// <summary>The state of a session at the moment a period starts (OCPI 2.2.1 §11.4.6).</summary>
internal readonly struct Moment
{
    public required bool HasZone { get; init; }

    /// <summary>Days since 1970-01-01, local.</summary>
    public required int Day { get; init; }

    /// <summary>Seconds since local midnight by the clock on the wall.</summary>
    public required int Second { get; init; }

    public required long ElapsedSeconds { get; init; }

    public required long ParkedSeconds { get; init; }

    public required decimal Kwh { get; init; }

    public required Intake.ChargingPeriod Period { get; init; }

    /// <summary>Asked only of tariffs that look at the vehicle (EVRF-001).</summary>
    public VehicleMoment Vehicle { get; init; }
}

/// <summary>The restrictions of one element, made ready to be asked: lower bounds inclusive, upper exclusive.</summary>
internal sealed class ElementCondition
{
    public static readonly ElementCondition Always = new(null, RatingPolicy.Default);

    private readonly TariffRestrictions restrictions;
    private readonly bool weekdayOfWindowStart;
    private readonly bool continuous;
    private readonly int weekdays = 0b1111111;

    public ElementCondition(TariffRestrictions? given, RatingPolicy policy)
    {
        restrictions = given ?? new TariffRestrictions();
        weekdayOfWindowStart = policy.WrapWeekday == WrapWeekday.WindowStart;
        HasDates = restrictions.StartDate is not null || restrictions.EndDate is not null;
        FirstDay = Days(restrictions.StartDate, int.MinValue);
        EndDay = Days(restrictions.EndDate, int.MaxValue);
        var hasTimes = restrictions.StartTime is not null || restrictions.EndTime is not null;
        continuous = policy.DateWindow == DateWindow.Continuous && HasDates && hasTimes;
        if (hasTimes)
        {
            SetWindow(policy);
        }

        if (restrictions.DaysOfWeek.Count > 0)
        {
            weekdays = restrictions.DaysOfWeek.Aggregate(0, (mask, day) => mask | (1 << ((int)day - 1)));
        }
    }

    public TariffRestrictions Restrictions => restrictions;

    /// <summary>Seconds since midnight; the window is [From, Until), passing midnight where Until is less.</summary>
    public int From { get; private set; }

    public int Until { get; private set; } = 86400;

    /// <summary>Times that contain no moment at all, by the policies equal-times and end-midnight.</summary>
    public bool NeverByTime { get; private set; }

    public bool HasDates { get; }

    public int FirstDay { get; }

    public int EndDay { get; }

    public bool HasWindow => From != 0 || Until != 86400 || NeverByTime;

    public bool HasWeekdays => weekdays != 0b1111111;

    /// <summary>Seconds of the day at which the answer may change.</summary>
    public IEnumerable<int> Edges => [0, SecondsOf(restrictions.StartTime), SecondsOf(restrictions.EndTime)];

    /// <summary>Needs the clock on the wall at the charger.</summary>
    public bool IsLocal => HasWindow || HasWeekdays || HasDates;

    /// <summary>Depends on the time of day and the weekday alone, so that a table can answer.</summary>
    public bool IsDaily => !continuous;

    public bool HasSignals => restrictions.MinCurrentA is not null || restrictions.MaxCurrentA is not null
        || restrictions.MinPowerKw is not null || restrictions.MaxPowerKw is not null;

    /// <summary>How long the vehicle has not requested power, or its state of charge.</summary>
    public bool HasVehicle => VehicleMatch.HasIdle(restrictions) || VehicleMatch.HasStateOfCharge(restrictions);

    /// <summary>Something beyond the time of day and the weekday.</summary>
    public bool HasMore => HasDates || continuous || HasSignals || HasVehicle || HasQuantities
        || restrictions.UnknownKeys.Count > 0;

    public bool HasQuantities => restrictions.MinKwh is not null || restrictions.MaxKwh is not null
        || restrictions.MinDurationSeconds is not null || restrictions.MaxDurationSeconds is not null;

    /// <summary>The time of day and the weekday; in DST changes it is what the clock shows that counts.</summary>
    public bool MatchesDaily(int second, int weekday)
    {
        var passesMidnight = Until < From;
        var inside = passesMidnight ? second >= From || second < Until : second >= From && second < Until;
        if (!inside || NeverByTime)
        {
            return false;
        }

        var counted = weekdayOfWindowStart && passesMidnight && second < Until ? (weekday + 6) % 7 : weekday;
        return (weekdays >> counted & 1) != 0;
    }

    /// <param name="dailyDone">The table has already answered for the time of day and the weekday.</param>
    public Match Evaluate(in Moment at, Dimension dimension, RatingPolicy policy, bool dailyDone, ref Untold untold)
    {
        if (!QuantitiesMatch(at, dimension, policy))
        {
            return Match.No;
        }

        var missing = Untold.Nothing;
        if (IsLocal && !at.HasZone)
        {
            missing |= Untold.Zone;
        }
        else if (IsLocal && !LocalMatches(at, dailyDone))
        {
            return Match.No;
        }

        if (HasSignals)
        {
            var signal = SignalMatch.Of(restrictions, at.Period, policy);
            if (signal == Match.No)
            {
                return Match.No;
            }

            missing |= signal == Match.Unknown ? Untold.Signal : Untold.Nothing;
        }

        if (HasVehicle && VehicleMatch.Of(restrictions, at, policy, ref missing) == Match.No)
        {
            return Match.No;
        }

        if (restrictions.UnknownKeys.Count > 0)
        {
            if (policy.UnknownRestriction == UnknownRestriction.NoMatch)
            {
                return Match.No;
            }

            missing |= policy.UnknownRestriction == UnknownRestriction.Agree ? Untold.Key : Untold.Nothing;
        }

        untold |= missing;
        return missing == Untold.Nothing ? Match.Yes : Match.Unknown;
    }

    private static int Days(LocalDate? date, int otherwise) =>
        date is { } day ? Period.DaysBetween(new LocalDate(1970, 1, 1), day) : otherwise;

    private bool LocalMatches(in Moment at, bool dailyDone)
    {
        if (continuous)
        {
            var now = at.Day * 86400L + at.Second;
            return (restrictions.StartDate is null || now >= FirstDay * 86400L + SecondsOf(restrictions.StartTime))
                && (restrictions.EndDate is null || now < EndDay * 86400L + SecondsOf(restrictions.EndTime))
                && (weekdays >> Weekday(at.Day) & 1) != 0;
        }

        return at.Day >= FirstDay && at.Day < EndDay
            && (dailyDone || MatchesDaily(at.Second, Weekday(at.Day)));
    }

    /// <summary>Monday is 0; 1970-01-01 was a Thursday.</summary>
    internal static int Weekday(int day) => (int)((uint)(day + 3 + WholeWeeks) % 7);

    /// <summary>A multiple of seven beyond any day before 1970, so that one division is enough.</summary>
    private const int WholeWeeks = 3_999_996;

    private bool QuantitiesMatch(in Moment at, Dimension dimension, RatingPolicy policy)
    {
        if (!HasQuantities)
        {
            return true;
        }

        var elapsed = dimension == Dimension.PARKING_TIME && policy.ParkingDuration == ParkingDuration.Parking
            ? at.ParkedSeconds
            : at.ElapsedSeconds;
        return !(restrictions.MinDurationSeconds > elapsed) && !(restrictions.MaxDurationSeconds <= elapsed)
            && !(restrictions.MinKwh > at.Kwh) && !(restrictions.MaxKwh <= at.Kwh);
    }

    private void SetWindow(RatingPolicy policy)
    {
        From = SecondsOf(restrictions.StartTime);
        Until = restrictions.EndTime is { } end ? SecondsOf(end) : 86400;
        if (restrictions.EndTime is not null && Until == 0 && policy.EndMidnight == EndMidnight.EndOfDay)
        {
            Until = 86400;
        }
        else if (From == Until && restrictions.EndTime is not null)
        {
            var never = restrictions.StartTime is null || policy.EqualTimes == EqualTimes.Never;
            (From, Until, NeverByTime) = (0, 86400, never);
        }
    }

    private static int SecondsOf(LocalTime? time) =>
        time is { } value ? (int)(value.NanosecondOfDay / NodaConstants.NanosecondsPerSecond) : 0;
}
