namespace Settlement.Domain.Rating;

/// <summary>The component active for a dimension at a moment: one, none (free), or not to be told.</summary>
internal readonly record struct Choice(ActiveComponent? Component, Untold Untold)
{
    public bool IsOpen => Untold != Untold.Nothing;
}

/// <summary>
/// Per dimension, the first element in list order that has the component and whose restrictions all match
/// (OCPI 2.2.1 §11.4.4). Where a match cannot be told, all possible answers must price alike.
/// </summary>
internal static class Selection
{
    public static Choice Charging(CompiledTariff tariff, Dimension dimension, in Moment at, RatingPolicy policy)
    {
        var candidates = tariff.Charging(dimension, at, out var dailyDone);
        ActiveComponent? possible = null;
        var untold = Untold.Nothing;
        var agree = true;
        foreach (ref readonly var candidate in candidates.AsSpan())
        {
            var component = candidate.Component;
            var match = candidate.Asks
                ? component.Condition.Evaluate(at, dimension, policy, dailyDone, ref untold)
                : Match.Yes;
            if (match == Match.No)
            {
                continue;
            }

            agree &= possible is null || SameStepAndPrice(possible, component);
            possible ??= component;
            if (match == Match.Yes)
            {
                return agree ? new(possible, Untold.Nothing) : new(component, untold);
            }
        }

        // Only open matches, or none: free is one of the answers.
        return possible is null ? default : new(possible, untold);
    }

    /// <summary>
    /// Reservation elements only: an expired reservation looks at RESERVATION_EXPIRES first, and falls through to
    /// RESERVATION for a dimension that has none (OCPI 2.2.1 §11.4.6, examples of expiry fees).
    /// </summary>
    public static Choice Reserving(
        CompiledTariff tariff, Dimension dimension, in Moment at, RatingPolicy policy, bool expired)
    {
        var choice = expired ? Reserving(tariff, dimension, at, policy, "RESERVATION_EXPIRES") : default;
        return choice.Component is null ? Reserving(tariff, dimension, at, policy, "RESERVATION") : choice;
    }

    private static Choice Reserving(
        CompiledTariff tariff, Dimension dimension, in Moment at, RatingPolicy policy, string kind)
    {
        var untold = Untold.Nothing;
        ActiveComponent? possible = null;
        var agree = true;
        foreach (var component in tariff.Reserving(dimension, kind))
        {
            var match = component.Condition.Evaluate(at, dimension, policy, dailyDone: false, ref untold);
            if (match == Match.No)
            {
                continue;
            }

            agree &= possible is null || SameStepAndPrice(possible, component);
            possible ??= component;
            if (match == Match.Yes)
            {
                return agree ? new(possible, Untold.Nothing) : new(component, untold);
            }
        }

        return possible is null ? default : new(possible, untold);
    }

    private static bool SameStepAndPrice(ActiveComponent one, ActiveComponent other) =>
        one.PricesLike(other) && one.StepSize == other.StepSize;
}
