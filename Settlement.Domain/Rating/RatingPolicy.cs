namespace Settlement.Domain.Rating;

/// <summary>
/// Every reading of OCPI that parties may differ on, by name; an agreement chooses, the defaults are the
/// specification's current text. The policy in force is part of every rating. docs/rating.md tells both sides of each.
/// </summary>
public sealed record RatingPolicy
{
    public static readonly RatingPolicy Default = new();

    /// <summary><c>time-step</c>: which of charging and parking time is rounded up to step_size.</summary>
    public TimeStep TimeStep { get; init; }

    /// <summary><c>step-scope</c>: one rounding on the session total, or one for each component's share.</summary>
    public StepScope StepScope { get; init; }

    /// <summary><c>step-multiple</c>: what an exact multiple of step_size does.</summary>
    public StepMultiple StepMultiple { get; init; }

    /// <summary><c>step-size</c>: applied, or ignored as in OCPI 3.0.</summary>
    public StepSize StepSize { get; init; }

    /// <summary><c>reservation-step</c>: reservation time rounds by itself, or only where no other time is priced.</summary>
    public ReservationStep ReservationStep { get; init; }

    /// <summary><c>negative-energy-step</c>: what step_size does to a net export.</summary>
    public NegativeEnergyStep NegativeEnergyStep { get; init; }

    /// <summary><c>flat</c>: once per phase, or once for each FLAT element that becomes active.</summary>
    public FlatFees Flat { get; init; }

    /// <summary><c>duplicate-component</c>: two components of one dimension in one element.</summary>
    public DuplicateComponent DuplicateComponent { get; init; }

    /// <summary><c>straddle</c>: a period that spans a change of price.</summary>
    public Straddle Straddle { get; init; }

    /// <summary><c>missing-signal</c>: an element restricts current or power and the period does not tell it.</summary>
    public MissingSignal MissingSignal { get; init; }

    /// <summary><c>signal-reading</c>: which reading a current or power bound is compared with.</summary>
    public SignalReading SignalReading { get; init; }

    /// <summary><c>missing-zone</c>: an element restricts local time and the charger's zone is not known.</summary>
    public MissingZone MissingZone { get; init; }

    /// <summary><c>unknown-restriction</c>: an element has a restriction that OCPI does not know.</summary>
    public UnknownRestriction UnknownRestriction { get; init; }

    /// <summary><c>duration-start</c>: when the clock of min_duration and max_duration starts.</summary>
    public DurationStart DurationStart { get; init; }

    /// <summary><c>parking-duration</c>: duration bounds on parking count the whole session, or the parking.</summary>
    public ParkingDuration ParkingDuration { get; init; }

    /// <summary><c>idle-duration</c>: what bounds on the time without requesting power count.</summary>
    public IdleDuration IdleDuration { get; init; }

    /// <summary><c>equal-times</c>: start_time equals end_time.</summary>
    public EqualTimes EqualTimes { get; init; }

    /// <summary><c>end-midnight</c>: end_time 00:00.</summary>
    public EndMidnight EndMidnight { get; init; }

    /// <summary><c>wrap-weekday</c>: the weekday of a window that passes midnight.</summary>
    public WrapWeekday WrapWeekday { get; init; }

    /// <summary><c>date-window</c>: dates and times together.</summary>
    public DateWindow DateWindow { get; init; }

    /// <summary><c>tariff-choice</c>: the tariff each period names, or one tariff for the whole session.</summary>
    public TariffChoice TariffChoice { get; init; }

    /// <summary><c>unknown-tariff</c>: a period names a tariff that nobody has.</summary>
    public UnknownTariff UnknownTariff { get; init; }

    /// <summary><c>tariff-validity</c>: the tariff was not valid when the session started.</summary>
    public TariffValidity TariffValidity { get; init; }

    /// <summary><c>time-meaning</c>: TIME prices charging only, or the whole connected time.</summary>
    public TimeMeaning TimeMeaning { get; init; }

    /// <summary><c>time-source</c>: seconds from timestamps where they agree with the volume, or from volumes.</summary>
    public TimeSource TimeSource { get; init; }

    /// <summary><c>absent-vat</c>: a component without vat: tax unknown, or no tax.</summary>
    public AbsentVat AbsentVat { get; init; }

    /// <summary><c>limit-scope</c>: whether min_price and max_price include the reservation.</summary>
    public LimitScope LimitScope { get; init; }

    /// <summary><c>limit-tax</c>: the tax of a min/max adjustment whose bound is stated before tax only.</summary>
    public LimitTax LimitTax { get; init; }

    /// <summary><c>min-price-unused</c>: min_price where no energy was delivered.</summary>
    public MinPriceUnused MinPriceUnused { get; init; }

    /// <summary><c>parking-total</c>: total_parking_time differs from the periods.</summary>
    public ParkingTotal ParkingTotal { get; init; }

    /// <summary><c>total-time</c>: whether total_time includes the reservation.</summary>
    public TotalTime TotalTime { get; init; }

    /// <summary><c>tolerance</c>: minor units the claim may differ from the rating (rules of the agreement).</summary>
    public int ToleranceMinorUnits { get; init; }
}
