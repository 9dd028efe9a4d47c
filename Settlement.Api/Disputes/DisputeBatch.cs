using System.Globalization;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Payments;

namespace Settlement.Api.Disputes;

/// <summary>What became of one row of a batch.</summary>
public sealed record BatchOutcome(CdrKey Cdr, Refusal? Refusal);

/// <summary>
/// Many disputes at once, as a reconciliation proposes them: <c>cdr,reason,currency,proposed,evidence</c>. Each row
/// counts for itself; the same file again opens nothing twice.
/// </summary>
public static class DisputeBatch
{
    public static (IReadOnlyList<DisputeAsked>? Rows, Refusal? Refusal) Read(string csv, string batch)
    {
        var (table, refusal) = CsvTable.Read(csv, "cdr", "reason", "currency", "proposed", "evidence");
        if (table is null)
        {
            return (null, refusal);
        }

        var rows = new List<DisputeAsked>();
        foreach (var row in table.Rows)
        {
            if (Cdr(row.Text("cdr"), out refusal) is not { } cdr || row.Money("proposed", "currency", out refusal) is not { } proposed)
            {
                return (null, refusal! with { Message = $"line {row.Line}: {refusal.Message}" });
            }

            rows.Add(new DisputeAsked(cdr, row.Text("reason"), null, proposed.Minor, row.Text("evidence"), "", batch));
        }

        return (rows, null);
    }

    public static async Task<IReadOnlyList<BatchOutcome>> Open(
        DisputeDesk desk, Relationship relationship, IReadOnlyList<DisputeAsked> rows, LocalDate today, string by,
        CancellationToken stop)
    {
        var outcomes = new List<BatchOutcome>();
        foreach (var row in rows)
        {
            outcomes.Add(new BatchOutcome(row.Cdr, await desk.Open(relationship, row, today, by, stop)));
        }

        return outcomes;
    }

    /// <summary>Reads <c>US-CPI/id</c>.</summary>
    public static CdrKey? Cdr(string text, out Refusal? refusal)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash == 6 && PartyId.Parse(text[..6]) is { } owner && text.Length is > 7 and <= 64)
        {
            refusal = null;
            return new CdrKey(owner, text[7..]);
        }

        refusal = new Refusal("cdr.malformed", "A CDR is named by its owner and id, as in US-CPI/C1.");
        return null;
    }

    /// <summary>An amount in the currency of a CDR as whole minor units; null with a refusal where it is none.</summary>
    public static long? Minor(string text, Currency currency, out Refusal? refusal)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out var amount)
            && Math.Abs(amount) < 1_000_000_000_000m
            && amount * currency.Scale == decimal.Truncate(amount * currency.Scale))
        {
            refusal = null;
            return Money.Of(amount, currency).Minor;
        }

        refusal = new Refusal("amount.malformed", $"An amount in {currency} is like 12.50, with at most {currency.MinorUnits} decimals.");
        return null;
    }
}
