using Settlement.Domain.Intake;

namespace Settlement.Domain.Rating;

/// <summary>Current and power bounds against what a period tells (facts: MIN_* for min, MAX_* for max).</summary>
/// <remarks>
/// A missing reading may still decide: the highest value is not below the lowest, so a lowest at or above
/// max_current excludes, and a highest below min_current excludes.
/// </remarks>
internal static class SignalMatch
{
    public static Match Of(TariffRestrictions bounds, ChargingPeriod period, RatingPolicy policy)
    {
        var current = Bounds(bounds.MinCurrentA, bounds.MaxCurrentA, period.MinCurrentA, period.MaxCurrentA, policy);
        return current == Match.No
            ? Match.No
            : And(current, Bounds(bounds.MinPowerKw, bounds.MaxPowerKw, period.MinPowerKw, period.MaxPowerKw, policy));
    }

    private static Match Bounds(decimal? min, decimal? max, decimal? lowest, decimal? highest, RatingPolicy policy)
    {
        if (policy.SignalReading == SignalReading.Other)
        {
            (lowest, highest) = (lowest ?? highest, highest ?? lowest);
        }

        var lower = min is not { } least ? Match.Yes
            : lowest is { } low ? YesOrNo(low >= least)
            : highest < least ? Match.No
            : Missing(policy);
        var upper = max is not { } most ? Match.Yes
            : highest is { } high ? YesOrNo(high < most)
            : lowest >= most ? Match.No
            : Missing(policy);
        return And(lower, upper);
    }

    private static Match YesOrNo(bool matches) => matches ? Match.Yes : Match.No;

    public static Match Missing(RatingPolicy policy) => policy.MissingSignal switch
    {
        MissingSignal.Match => Match.Yes,
        MissingSignal.NoMatch => Match.No,
        _ => Match.Unknown,
    };

    private static Match And(Match a, Match b) =>
        a == Match.No || b == Match.No ? Match.No
        : a == Match.Unknown || b == Match.Unknown ? Match.Unknown
        : Match.Yes;
}
