using Settlement.Domain.Agreements;

namespace Settlement.Domain.Reconciliation;

/// <summary>Sums of one side: how many rows, their net and total, their energy.</summary>
/// <param name="Totals">How many rows tell a total; many OCPI lists tell the net alone.</param>
public sealed record ListSums(long Rows, decimal Net, long Totals, decimal Total, decimal EnergyKwh)
{
    public static readonly ListSums Zero = new(0, 0m, 0, 0m, 0m);

    public ListSums Plus(ListedCdr row) => this + new ListSums(
        1, row.Net ?? 0m, row.Total is null ? 0 : 1, row.Total ?? 0m, row.EnergyKwh ?? 0m);

    public static ListSums operator +(ListSums a, ListSums b) => new(
        a.Rows + b.Rows, a.Net + b.Net, a.Totals + b.Totals, a.Total + b.Total, a.EnergyKwh + b.EnergyKwh);
}

/// <summary>One line of the summary; never one sum over two currencies.</summary>
public sealed record CategorySums(
    ReconciliationCategory Category, string Reason, string Currency, ListSums Ours, ListSums Theirs);

/// <summary>How many rows and how much money are in each category, both sides; grows row by row.</summary>
public sealed class ReconciliationSummary
{
    private readonly SortedDictionary<(ReconciliationCategory, string, string), (ListSums Ours, ListSums Theirs)> sums = [];
    private readonly Dictionary<(PartyId? Cpo, string Currency), long> tolerated = [];

    public static ReconciliationSummary Of(IEnumerable<ReconciledRow> rows)
    {
        var summary = new ReconciliationSummary();
        foreach (var row in rows)
        {
            summary.Add(row);
        }

        return summary;
    }

    public IReadOnlyList<CategorySums> Lines =>
        [.. sums.Select(sum => new CategorySums(
            sum.Key.Item1, sum.Key.Item2, sum.Key.Item3, sum.Value.Ours, sum.Value.Theirs))];

    /// <summary>Nothing to look at: all rows agree, some within the tolerance.</summary>
    public bool AllMatched => sums.Keys.All(key =>
        key.Item1 is ReconciliationCategory.MATCHED or ReconciliationCategory.MATCHED_WITHIN_TOLERANCE);

    public void Add(ReconciledRow row)
    {
        if (row.CountsOurs)
        {
            Side(row, row.Ours!, isOurs: true);
        }

        if (row.Theirs is { } theirs)
        {
            Side(row, theirs, isOurs: false);
        }

        if (row.UsesMoneyTolerance)
        {
            var key = (row.Cpo, row.Currency);
            tolerated[key] = tolerated.GetValueOrDefault(key) + Math.Abs(row.DifferenceMinor ?? 0);
        }
    }

    /// <summary>CPOs' ids and currencies whose direction's tolerated differences come to more than its terms accept.</summary>
    public IReadOnlySet<(PartyId? Cpo, string Currency)> OverTheCap(ReconciliationTerms terms) => tolerated
        .GroupBy(each => (Terms: terms.For(each.Key.Cpo), each.Key.Currency))
        .Where(group => group.Key.Terms.MoneyCapMinor is { } cap && group.Sum(each => each.Value) > cap)
        .SelectMany(group => group.Select(each => each.Key)).ToHashSet();

    /// <summary>All of one currency: what both lists come to.</summary>
    public IReadOnlyList<(string Currency, ListSums Ours, ListSums Theirs)> Totals =>
        [.. Lines.GroupBy(line => line.Currency).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (
                group.Key, group.Aggregate(ListSums.Zero, (sum, line) => sum + line.Ours),
                group.Aggregate(ListSums.Zero, (sum, line) => sum + line.Theirs)))];

    private void Side(ReconciledRow row, ListedCdr side, bool isOurs)
    {
        var key = (row.Category, row.Reason, side.Currency);
        var (ours, theirs) = sums.GetValueOrDefault(key, (ListSums.Zero, ListSums.Zero));
        sums[key] = isOurs ? (ours.Plus(side), theirs) : (ours, theirs.Plus(side));
    }
}
