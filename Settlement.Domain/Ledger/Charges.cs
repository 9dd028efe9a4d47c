using Settlement.Domain.Rating;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Ledger;

/// <summary>Splits the settled total over the components of its price.</summary>
public static class Charges
{
    /// <summary>
    /// Rule <c>largest-remainder</c> over the exact component prices; a min or max price adjustment has no line of
    /// its own and so spreads in proportion, to FLAT where all prices are zero (rules-money 2).
    /// </summary>
    public static IReadOnlyList<ComponentAmount> Of(RatedSession session, Money settled, Currency currency)
    {
        var components = session.Lines.Where(line => line.Element >= 0)
            .GroupBy(ComponentOf)
            .Select(group => (Component: group.Key, Exact: Sum(group)))
            .OrderBy(part => part.Component)
            .ToList();
        if (settled.Minor != 0 && components.All(part => part.Exact.Numerator == 0m))
        {
            return [new ComponentAmount(ChargeComponent.FLAT, settled)];
        }

        if (components.Count == 0)
        {
            return [];
        }

        var common = components.Aggregate(1L, (scale, part) => LeastCommon(scale, part.Exact.Denominator));
        var weights = components.Select(part => part.Exact.Numerator * (common / part.Exact.Denominator)).ToList();
        var shares = Allocation.LargestRemainder(settled.Minor, weights);
        return [.. components.Select((part, i) => new ComponentAmount(part.Component, new Money(shares[i], currency)))];
    }

    private static ExactAmount Sum(IEnumerable<RatedLine> lines) =>
        lines.Aggregate(ExactAmount.Zero, (sum, line) => sum + line.Amount);

    private static ChargeComponent ComponentOf(RatedLine line) => line.Phase == "RESERVATION"
        ? ChargeComponent.RESERVATION
        : line.Dimension switch
        {
            Dimension.ENERGY => ChargeComponent.ENERGY,
            Dimension.TIME => ChargeComponent.TIME,
            Dimension.PARKING_TIME => ChargeComponent.PARKING_TIME,
            Dimension.FLAT => ChargeComponent.FLAT,
            _ => throw new InvalidOperationException($"{line.Dimension} is no charge component."),
        };

    private static long LeastCommon(long a, long b)
    {
        var (x, y) = (a, b);
        while (y != 0)
        {
            (x, y) = (y, x % y);
        }

        return a / x * b;
    }
}
