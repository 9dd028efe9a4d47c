namespace Settlement.Domain.Rating;

/// <summary>What is known of the vehicle at a moment.</summary>
internal readonly record struct VehicleMoment
{
    /// <summary>The CDR states for some period whether the vehicle requests power.</summary>
    public bool IsStated { get; init; }

    /// <summary>It does not request power.</summary>
    public bool IsIdle { get; init; }

    /// <summary>How long it has not requested power, by the policy idle-duration.</summary>
    public long IdleSeconds { get; init; }

    /// <summary>Percent; null where the period does not state it.</summary>
    public decimal? StateOfCharge { get; init; }
}

/// <summary>
/// The restrictions of OCPI extension EVRF-001 (loitering fees with grace periods) against what a CDR states of the
/// vehicle. Lower bounds are inclusive, upper ones exclusive.
/// </summary>
internal static class VehicleMatch
{
    public static bool HasIdle(TariffRestrictions bounds) =>
        bounds.MinNotRequestingPowerSeconds is not null || bounds.MaxNotRequestingPowerSeconds is not null;

    public static bool HasStateOfCharge(TariffRestrictions bounds) =>
        bounds.MinStateOfCharge is not null || bounds.MaxStateOfCharge is not null;

    /// <summary>No, Yes, or Unknown with what would have to be stated.</summary>
    public static Match Of(TariffRestrictions bounds, in Moment at, RatingPolicy policy, ref Untold untold)
    {
        var idle = HasIdle(bounds) ? Idle(bounds, at, policy) : Match.Yes;
        var charge = HasStateOfCharge(bounds) ? StateOfCharge(bounds, at.Vehicle.StateOfCharge, policy) : Match.Yes;
        if (idle == Match.No || charge == Match.No)
        {
            return Match.No;
        }

        untold |= idle == Match.Unknown ? Untold.RequestingPower : Untold.Nothing;
        untold |= charge == Match.Unknown ? Untold.StateOfCharge : Untold.Nothing;
        return idle == Match.Unknown || charge == Match.Unknown ? Match.Unknown : Match.Yes;
    }

    private static Match Idle(TariffRestrictions bounds, in Moment at, RatingPolicy policy)
    {
        var (least, most) = (bounds.MinNotRequestingPowerSeconds, bounds.MaxNotRequestingPowerSeconds);
        if (at.Vehicle.IsStated)
        {
            // A vehicle that requests power has not stopped: no lower bound is reached, not even 0 s.
            return YesOrNo((least is null || (at.Vehicle.IsIdle && at.Vehicle.IdleSeconds >= least))
                && !(most <= at.Vehicle.IdleSeconds));
        }

        // Nothing is stated; but it cannot have been idle for longer than the session lasts.
        return least > at.ElapsedSeconds ? Match.No
            : least is null && most > at.ElapsedSeconds ? Match.Yes
            : SignalMatch.Missing(policy);
    }

    private static Match StateOfCharge(TariffRestrictions bounds, decimal? percent, RatingPolicy policy) =>
        percent is not { } now
            ? SignalMatch.Missing(policy)
            : YesOrNo(!(bounds.MinStateOfCharge > now) && !(bounds.MaxStateOfCharge <= now));

    private static Match YesOrNo(bool matches) => matches ? Match.Yes : Match.No;
}
