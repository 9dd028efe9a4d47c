using Settlement.Domain.Reconciliation;

namespace Settlement.Api.Reconciliation;

/// <summary>The sums that a row of totals states; what it leaves out is null.</summary>
internal sealed record CsvSums(string? Currency, decimal? Net, decimal? Tax, decimal? Total);

/// <summary>Adds a list up, and compares its row of totals with that.</summary>
internal sealed class CsvTotals
{
    private readonly Dictionary<string, (decimal Net, decimal Tax, decimal Total)> sums = new(StringComparer.Ordinal);

    /// <summary>Line of the row of totals; null: there was none yet.</summary>
    public long? End { get; private set; }

    public void Add(ListedCdr row)
    {
        var (net, tax, total) = sums.GetValueOrDefault(row.Currency);
        sums[row.Currency] = (net + (row.Net ?? 0m), tax + (row.Tax ?? 0m), total + (row.Total ?? 0m));
    }

    /// <summary>A list that adds up to something else than it says has lost rows, or has some that are not its own.</summary>
    public void Check(CsvSums said, long line)
    {
        End = line;
        var currency = said.Currency ?? (sums.Count == 1 ? sums.Keys.First() : null);
        if (currency is null || !sums.TryGetValue(currency, out var sum))
        {
            return; // of several currencies there is no one sum
        }

        Compare("net", said.Net, sum.Net);
        Compare("tax", said.Tax, sum.Tax);
        Compare("total", said.Total, sum.Total);

        void Compare(string name, decimal? stated, decimal rows)
        {
            if (stated is { } amount && amount != rows)
            {
                throw PartnerCsv.Refused(
                    line, name, $"the row of totals says {Figures.Exact(amount)} {currency}, the rows are {Figures.Exact(rows)}");
            }
        }
    }
}
