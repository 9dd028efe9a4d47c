using Settlement.Domain.Intake;

namespace Settlement.Domain.Rating;

/// <summary>
/// Periods with one start have no order of their own: where another order of the same periods has another price, the
/// document does not state the price.
/// </summary>
internal static class PeriodOrder
{
    /// <summary>Of so many periods with one start every order is tried; of more, some that have each pair both ways.</summary>
    private const int MostTogether = 4;

    private const int MostOrders = 24;

    /// <summary>Periods rated again in all; beyond, starts are no longer tried one by one.</summary>
    private const int MostRated = 1_000_000;

    public static bool Decides(RatingRequest request, RatedSession rated)
    {
        var start = request.Cdr.Start.ToUnixTimeSeconds();
        long Second(ChargingPeriod period) => Math.Max(period.Start.ToUnixTimeSeconds(), start); // as Timeline has them
        var groups = request.Cdr.Periods.OrderBy(Second).GroupBy(Second).Select(group => group.ToList()).ToList();
        var shared = Enumerable.Range(0, groups.Count)
            .Where(at => groups[at].Count(period => !period.IsEmpty) > 1).ToList();
        foreach (var at in shared)
        {
            groups[at].RemoveAll(period => period.IsEmpty); // it is left out, wherever it stands
        }

        return shared.Count > 0
            && Documents(groups, shared).Any(periods => !SamePrice(rated, Rate(request, periods)));
    }

    /// <summary>
    /// Each start in each order while the others stay as they are; in a very long document several starts at once. And
    /// all of them the other way round.
    /// </summary>
    private static IEnumerable<IEnumerable<ChargingPeriod>> Documents(List<List<ChargingPeriod>> groups, List<int> shared)
    {
        var orders = shared.Max(at => Orders(groups[at].Count));
        var parts = (int)Math.Clamp(MostRated / ((long)groups.Sum(group => group.Count) * (orders - 1)), 1, shared.Count);
        for (var order = 1; order < orders; order++)
        {
            for (var part = 0; part < parts; part++)
            {
                var changed = shared.Where((at, place) => place % parts == part && order < Orders(groups[at].Count)).ToHashSet();
                if (changed.Count > 0)
                {
                    var nth = order;
                    yield return groups.SelectMany((group, at) => changed.Contains(at) ? Ordered(group, nth) : group);
                }
            }
        }

        yield return groups.SelectMany(group => Enumerable.Reverse(group));
    }

    /// <summary>How many orders are tried, that of the document counted with them.</summary>
    private static int Orders(int periods) =>
        periods <= MostTogether ? Factorial(periods) : Math.Min(2 * periods, MostOrders);

    /// <summary>Order 0 is the document's.</summary>
    private static IEnumerable<ChargingPeriod> Ordered(List<ChargingPeriod> periods, int order)
    {
        if (periods.Count > MostTogether)
        {
            var (turn, back) = (order / 2, order % 2 == 1);
            var first = (int)((long)turn * periods.Count / (Orders(periods.Count) / 2));
            var turned = periods.Skip(first).Concat(periods.Take(first));
            return back ? turned.Reverse() : turned;
        }

        var rest = new List<ChargingPeriod>(periods);
        var ordered = new List<ChargingPeriod>(periods.Count);
        while (rest.Count > 0)
        {
            var (next, left) = Math.DivRem(order, Factorial(rest.Count - 1));
            ordered.Add(rest[next]);
            rest.RemoveAt(next);
            order = left;
        }

        return ordered;
    }

    private static int Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);

    private static RatedSession Rate(RatingRequest request, IEnumerable<ChargingPeriod> periods) =>
        new RatingRun(request with { Cdr = request.Cdr with { Periods = [.. periods] }, Reference = null }, new Findings())
            .Rate();

    /// <summary>
    /// The same totals, and the same of each dimension: taxes may depend on what was charged for. A price limit is no charge
    /// of its own: it spreads over the others, and in other shares where those differ.
    /// </summary>
    private static bool SamePrice(RatedSession one, RatedSession other) =>
        one.BeforeTaxes == other.BeforeTaxes && one.AfterTaxes == other.AfterTaxes
        && Enum.GetValues<Dimension>().All(dimension =>
            Sum(one, dimension, reserves: false) == Sum(other, dimension, reserves: false)
            && Sum(one, dimension, reserves: true) == Sum(other, dimension, reserves: true));

    private static ExactAmount Sum(RatedSession rated, Dimension dimension, bool reserves) => rated.Lines
        .Where(line => line.Dimension == dimension && line.IsReservation == reserves && !line.IsAdjustment)
        .Aggregate(ExactAmount.Zero, (sum, line) => sum + line.Amount);
}
