using Settlement.Domain.Ledger;

namespace Settlement.Domain.Tax;

/// <summary>A price without the taxes that were in it.</summary>
/// <param name="Net">Per component; with the taxes it is the price again, to the cent.</param>
internal sealed record BackedOut(
    IReadOnlyList<ComponentAmount> Net, IReadOnlyDictionary<Charge, (Money Base, Money Amount)> Taxes);

/// <summary>
/// Takes the taxes of a driver out of a price: all rates at once, the residual cent on the net.
/// </summary>
/// <remarks>
/// Per component net = (price − excise) ÷ (1 + Σ rates); each tax is half away from zero on its exact value,
/// once. Taxes per kWh are taken from ENERGY first. A compound rate counts as r × (1 + the rates in its
/// base).
/// </remarks>
internal static class BackOut
{
    /// <summary>Null where taxes per kWh are more than the price.</summary>
    public static BackedOut? From(IReadOnlyList<ComponentAmount> prices, IReadOnlyList<Charge> charges)
    {
        var currency = prices[0].Amount.Currency;
        var borne = charges.Where(each =>
            each.Line.Disposition is Disposition.Charged or Disposition.RemittedByDebtor).ToList();
        var perKwh = borne.Where(each => each.Rule.IsPerKwh).Sum(each => each.Line.Amount.Minor);
        var rated = borne.Where(each => !each.Rule.IsPerKwh).ToList();
        if (TakeExcise(prices, perKwh) is not { } left)
        {
            return null;
        }

        var exact = prices.Select((price, i) => Fraction.Of(left[i]) / (Fraction.Of(1m) + Fraction.Of(
            rated.Where(each => each.Rule.Covers(price.Component))
                .Sum(each => Effective(each, price.Component, rated)))))
            .ToList();
        var amounts = rated.ToDictionary(each => each, each => prices
            .Select((price, i) => each.Rule.Covers(price.Component)
                ? exact[i] * Fraction.Of(Effective(each, price.Component, rated))
                : Fraction.Zero)
            .Aggregate(Fraction.Zero, (sum, part) => sum + part).RoundHalfAway());

        var net = LargestRemainder.Spread(left.Sum() - amounts.Values.Sum(), exact);
        var parts = prices.Select((price, i) =>
            new ComponentAmount(price.Component, new Money(net[i], currency))).ToList();
        return new BackedOut(parts, rated.ToDictionary(each => each, each =>
            (new Money(BaseOf(each, parts, amounts), currency), new Money(amounts[each], currency))));
    }

    private static long[]? TakeExcise(IReadOnlyList<ComponentAmount> prices, long excise)
    {
        var left = prices.Select(price => price.Amount.Minor).ToArray();
        foreach (var i in Enumerable.Range(0, left.Length)
            .OrderBy(i => prices[i].Component == ChargeComponent.ENERGY ? 0 : 1).ThenBy(i => i))
        {
            var taken = Math.Min(Math.Max(left[i], 0), excise);
            left[i] -= taken;
            excise -= taken;
        }

        return excise == 0 ? left : null;
    }

    private static decimal Effective(Charge charge, ChargeComponent component, List<Charge> rated) =>
        charge.Line.Rate!.Value * (1m + rated
            .Where(each => charge.Rule.BasePlus.Contains(each.Line.Tax) && each.Rule.Covers(component))
            .Sum(each => each.Line.Rate!.Value));

    private static long BaseOf(Charge charge, List<ComponentAmount> net, Dictionary<Charge, long> amounts) =>
        net.Where(each => charge.Rule.Covers(each.Component)).Sum(each => each.Amount.Minor)
        + amounts.Where(each => charge.Rule.BasePlus.Contains(each.Key.Line.Tax)).Sum(each => each.Value);
}
