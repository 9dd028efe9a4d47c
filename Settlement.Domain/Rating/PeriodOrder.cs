using Settlement.Domain.Intake;

namespace Settlement.Domain.Rating;

/// <summary>
/// Periods with one start have no order of their own: where another order of the same periods has another price, the
/// document does not state the price.
/// </summary>
internal static class PeriodOrder
{
    /// <summary>More periods with one start, or more orders to try, than an honest CDR has: a person should look.</summary>
    private const int MostTogether = 4;
    private const int MostOrders = 200;

    public static bool Decides(RatingRequest request, RatedSession rated)
    {
        var start = request.Cdr.Start.ToUnixTimeSeconds();
        long Second(ChargingPeriod period) => Math.Max(period.Start.ToUnixTimeSeconds(), start); // as Timeline has them
        var groups = request.Cdr.Periods.OrderBy(Second).GroupBy(Second).Select(group => group.ToList()).ToList();
        if (groups.Exists(group => group.Count(period => !period.IsEmpty) > MostTogether))
        {
            return true;
        }

        var asked = 0;
        foreach (var periods in Orders(groups))
        {
            if (++asked > MostOrders || !SamePrice(rated, Rate(request, periods)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Every order of each group, the others as they are; and all of them the other way round.</summary>
    private static IEnumerable<IEnumerable<ChargingPeriod>> Orders(List<List<ChargingPeriod>> groups)
    {
        for (var i = 0; i < groups.Count; i++)
        {
            if (groups[i].Count > 1)
            {
                foreach (var order in Permutations([.. groups[i].Where(period => !period.IsEmpty)]))
                {
                    yield return groups.Take(i).SelectMany(group => group).Concat(order)
                        .Concat(groups.Skip(i + 1).SelectMany(group => group));
                }
            }
        }

        yield return groups.SelectMany(group => Enumerable.Reverse(group));
    }

    private static IEnumerable<IEnumerable<ChargingPeriod>> Permutations(List<ChargingPeriod> periods) =>
        periods.Count < 2
            ? [periods]
            : Enumerable.Range(0, periods.Count).SelectMany(first =>
                Permutations([.. periods.Where((_, index) => index != first)]).Select(rest => rest.Prepend(periods[first])));

    private static RatedSession Rate(RatingRequest request, IEnumerable<ChargingPeriod> periods) =>
        new RatingRun(request with { Cdr = request.Cdr with { Periods = [.. periods] }, Reference = null }, new Findings())
            .Rate();

    /// <summary>The same totals, and the same of each dimension: taxes may depend on what was charged for.</summary>
    private static bool SamePrice(RatedSession one, RatedSession other) =>
        one.BeforeTaxes == other.BeforeTaxes && one.AfterTaxes == other.AfterTaxes
        && Enum.GetValues<Dimension>().All(dimension => Sum(one, dimension) == Sum(other, dimension));

    private static ExactAmount Sum(RatedSession rated, Dimension dimension) => rated.Lines
        .Where(line => line.Dimension == dimension)
        .Aggregate(ExactAmount.Zero, (sum, line) => sum + line.Amount);
}
