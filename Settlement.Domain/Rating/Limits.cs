using System.Numerics;

namespace Settlement.Domain.Rating;

/// <summary>
/// min_price and max_price (OCPI 2.2.1 §11.3.1): each bound holds by itself before and after tax, on the session
/// total. The adjustment is a line of its own; posting spreads it.
/// </summary>
internal static class Limits
{
    internal readonly record struct Result(
        ExactAmount? Before, ExactAmount? After, RatedLine? Adjustment, bool PendsTax);

    public static Result Apply(Totals totals, Tariff tariff, bool mayRaise, RatingPolicy policy, Findings findings)
    {
        var (min, max) = (mayRaise ? tariff.MinPrice : null, tariff.MaxPrice);
        if (tariff.TaxIncluded == TaxIncluded.YES)
        {
            var included = Clamp(totals.Amount, min?.AfterTaxes, max?.AfterTaxes);
            return new(null, included, Line(tariff, totals.Amount, included), min is not null || max is not null);
        }

        var before = Clamp(totals.Amount, min?.BeforeTaxes, max?.BeforeTaxes);
        var tax = TaxOf(totals, before, policy, findings);
        ExactAmount? after = tax is { } known
            ? Clamp(before + known, min?.AfterTaxes, max?.AfterTaxes)
            : null;
        if (after is null && min is { AfterTaxes: { } least } && totals.Amount.IsZero && !before.IsZero)
        {
            after = Clamp(ExactAmount.Of(least), null, max?.AfterTaxes); // nothing was charged: the bound alone tells the price and its tax
        }

        var pends = after is null && (min?.AfterTaxes ?? max?.AfterTaxes) is not null;
        return new(before, after, Line(tariff, totals.Amount, before), pends);
    }

    private static ExactAmount Clamp(ExactAmount amount, decimal? least, decimal? most)
    {
        // Where the bounds cross, the maximum holds: nobody pays more than was announced.
        if (least is { } min && amount < ExactAmount.Of(min))
        {
            amount = ExactAmount.Of(min);
        }

        return most is { } max && amount > ExactAmount.Of(max) ? ExactAmount.Of(max) : amount;
    }

    private static ExactAmount? TaxOf(Totals totals, ExactAmount before, RatingPolicy policy, Findings findings)
    {
        if (totals.Tax is not { } tax || before == totals.Amount || policy.LimitTax == LimitTax.None)
        {
            return totals.Tax;
        }

        if (totals.OnlyRate is { } rate)
        {
            return before.Percent(rate);
        }

        if (tax.IsZero && !totals.Amount.IsZero)
        {
            return ExactAmount.Zero;
        }

        var scaled = totals.Amount.IsZero ? null : Scale(tax, before, totals.Amount);
        if (scaled is null)
        {
            findings.Add("price-limit.tax-not-told", "", "The tax of a price limit over several rates cannot be told.");
        }

        return scaled;
    }

    /// <summary>tax × before / amount, exactly; null where the fraction is too long to keep.</summary>
    private static ExactAmount? Scale(ExactAmount tax, ExactAmount before, ExactAmount amount)
    {
        var (t, tScale) = Exact.Parts(tax.Numerator);
        var (b, bScale) = Exact.Parts(before.Numerator);
        var (a, aScale) = Exact.Parts(amount.Numerator);
        var top = t * b * amount.Denominator * BigInteger.Pow(10, aScale);
        var bottom = a * tax.Denominator * before.Denominator * BigInteger.Pow(10, tScale + bScale);
        var common = BigInteger.GreatestCommonDivisor(top, bottom);
        (top, bottom) = (top / common, bottom / common);
        if (bottom.Sign < 0)
        {
            (top, bottom) = (-top, -bottom);
        }

        return bottom <= long.MaxValue && BigInteger.Abs(top) >> 96 == 0
            ? new ExactAmount(Exact.FromParts(top, 0), (long)bottom)
            : null;
    }

    private static RatedLine? Line(Tariff tariff, ExactAmount unadjusted, ExactAmount adjusted)
    {
        if (adjusted == unadjusted)
        {
            return null;
        }

        var name = adjusted > unadjusted ? "min_price" : "max_price";
        return new RatedLine(
            Dimension.FLAT, "CHARGING", -1, tariff.Id, -1, -1, 1m, 1m, "session", adjusted.LineScale(),
            adjusted - unadjusted, null,
            $"{name} of the tariff: the session total {unadjusted} becomes {adjusted}");
    }
}
