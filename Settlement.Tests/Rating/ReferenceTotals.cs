using Settlement.Domain.Rating;

namespace Settlement.Tests.Rating;

/// <summary>Totals, tax and price limits of the reference rater.</summary>
internal static class ReferenceTotals
{
    public static ReferenceRating Of(
        RatingRequest request, IReadOnlyList<ReferenceLine> lines, Tariff tariff, List<decimal?> rates, bool unused)
    {
        var policy = request.Policy;
        var inside = Enumerable.Range(0, lines.Count)
            .Where(i => policy.LimitScope == LimitScope.Session || !lines[i].Reserves).ToList();
        var outside = Enumerable.Range(0, lines.Count).Except(inside).ToList();
        var (amount, tax) = (Sum(lines, inside), Tax(lines, rates, inside));
        var min = unused && policy.MinPriceUnused == MinPriceUnused.Skipped ? null : tariff.MinPrice;
        var max = tariff.MaxPrice;
        if (tariff.TaxIncluded == TaxIncluded.YES)
        {
            return new(lines, null, Clamp(amount, min?.AfterTaxes, max?.AfterTaxes) + Sum(lines, outside));
        }

        // a bound that is stated after tax only holds before it too, where the tax is one rate of all lines
        Ratio? Net(PriceLimit? limit) => limit is null ? null
            : limit.BeforeTaxes is { } stated ? Ratio.Of(stated)
            : AloneRate(lines, rates, inside) is { } only ? Ratio.Of(limit.AfterTaxes!.Value) / (Ratio.Of(1) + only)
            : null;
        var before = Clamp(amount, Net(min), Net(max));
        var adjusted = before == amount || policy.LimitTax == LimitTax.None ? tax
            : tax is null ? null
            : amount != Ratio.Zero ? tax * before / amount
            : AloneRate(lines, rates, inside) is { } rate ? before * rate
            : null;
        var after = adjusted is { } known ? Clamp(before + known, min?.AfterTaxes, max?.AfterTaxes)
            : amount == Ratio.Zero && before != Ratio.Zero && min?.AfterTaxes is { } least
                ? Ratio.Of(Math.Min(least, max?.AfterTaxes ?? least))
            : (Ratio?)null;
        var rest = Tax(lines, rates, outside);
        return new(
            lines, before + Sum(lines, outside),
            after is null || rest is null ? null : after + Sum(lines, outside) + rest);
    }

    private static Ratio Sum(IReadOnlyList<ReferenceLine> lines, IEnumerable<int> which) =>
        which.Aggregate(Ratio.Zero, (sum, i) => sum + lines[i].Amount);

    /// <summary>Null as soon as one line that costs something does not tell its rate.</summary>
    private static Ratio? Tax(IReadOnlyList<ReferenceLine> lines, List<decimal?> rates, IReadOnlyList<int> which)
    {
        var costly = which.Where(i => lines[i].Amount != Ratio.Zero).ToList();
        return costly.Exists(i => rates[i] is null)
            ? null
            : costly.Aggregate(Ratio.Zero, (sum, i) => sum + lines[i].Amount * Percent(rates[i]!.Value));
    }

    /// <summary>Lines that cancel out to nothing still have a rate, if they share it.</summary>
    private static Ratio? AloneRate(IReadOnlyList<ReferenceLine> lines, List<decimal?> rates, IReadOnlyList<int> which)
    {
        var distinct = which.Where(i => lines[i].Amount != Ratio.Zero).Select(i => rates[i]).Distinct().ToList();
        return distinct is [{ } only] ? Percent(only) : null;
    }

    private static Ratio Percent(decimal rate) => Ratio.Of(rate) / Ratio.Of(100);

    private static Ratio Clamp(Ratio amount, decimal? least, decimal? most) => Clamp(
        amount, least is { } min ? Ratio.Of(min) : (Ratio?)null, most is { } max ? Ratio.Of(max) : (Ratio?)null);

    private static Ratio Clamp(Ratio amount, Ratio? least, Ratio? most)
    {
        var raised = least is { } min && amount < min ? min : amount;
        return most is { } max && raised > max ? max : raised;
    }
}
