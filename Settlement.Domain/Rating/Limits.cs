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
        var (least, most) = (mayRaise ? tariff.MinPrice : null, tariff.MaxPrice);
        var (min, max) = (Bound.Of(least, totals.OnlyRate), Bound.Of(most, totals.OnlyRate));
        if (tariff.TaxIncluded == TaxIncluded.YES)
        {
            var included = Clamp(totals.Amount, min.After, max.After);
            return new(
                null, included, Line(tariff, totals.Amount, included), (least?.BeforeTaxes ?? most?.BeforeTaxes) is not null);
        }

        var before = Clamp(totals.Amount, min.Before, max.Before);
        var tax = TaxOf(totals, before, policy, findings);
        ExactAmount? whole = tax is { } known ? before + known : null;
        ExactAmount? after = whole is { } sum ? Clamp(sum, min.After, max.After) : null;
        if (after is null && min.After is { } lowest && totals.Amount.IsZero && !before.IsZero)
        {
            after = Clamp(lowest, null, max.After); // nothing was charged: the bound alone tells the price and its tax
        }

        // a bound that is stated after tax only and changes the total, where the tax in it is not one known rate
        var opens = (min.IsOpen || max.IsOpen) && after != whole;
        var pends = (after is null && (min.After ?? max.After) is not null) || opens;
        return new(before, after, Line(tariff, totals.Amount, before), pends);
    }

    /// <summary>A limit on both sides of tax, brought to the side before tax where only the other is stated.</summary>
    private readonly record struct Bound(ExactAmount? Before, ExactAmount? After)
    {
        /// <summary>Stated after tax only, and the tax in it is not known.</summary>
        public bool IsOpen => Before is null && After is not null;

        public static Bound Of(PriceLimit? limit, decimal? rate)
        {
            ExactAmount? after = limit?.AfterTaxes is { } stated ? ExactAmount.Of(stated) : null;
            return new(
                limit?.BeforeTaxes is { } before ? ExactAmount.Of(before)
                    : rate is { } percent ? after?.WithoutPercent(percent)
                    : null,
                after);
        }
    }

    private static ExactAmount Clamp(ExactAmount amount, ExactAmount? least, ExactAmount? most)
    {
        // Where the bounds cross, the maximum holds: nobody pays more than was announced.
        if (least is { } min && amount < min)
        {
            amount = min;
        }

        return most is { } max && amount > max ? max : amount;
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
