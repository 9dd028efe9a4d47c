using System.Globalization;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Payments;
using Settlement.Domain.Reconciliation;

namespace Settlement.Api.Disputes;

/// <summary>What became of one row of a batch.</summary>
public sealed record BatchOutcome(CdrKey Cdr, Refusal? Refusal);

/// <summary>
/// Many disputes at once, as <c>reconcile --disputes</c> writes them: <c>cdr,reason,currency,claimed,proposed,evidence</c>,
/// amounts gross. Each row counts for itself; the same file again opens nothing twice.
/// </summary>
public static class DisputeBatch
{
    public static (IReadOnlyList<DisputeProposal>? Rows, Refusal? Refusal) Read(string csv)
    {
        var (table, refusal) = CsvTable.Read(csv, "cdr", "reason", "currency", "proposed", "evidence");
        if (table is null)
        {
            return (null, refusal);
        }

        var rows = new List<DisputeProposal>();
        foreach (var row in table.Rows)
        {
            if (Cdr(row.Text("cdr"), out refusal) is not { } cdr)
            {
                return (null, refusal! with { Message = $"line {row.Line}: {refusal.Message}" });
            }

            var claimed = row.Text("claimed").Length > 0 ? row.Money("claimed", "currency", out refusal) : null;
            if (refusal is not null || row.Money("proposed", "currency", out refusal) is not { } proposed)
            {
                return (null, refusal);
            }

            rows.Add(new(
                cdr, row.Text("reason"), proposed.Currency.Code, claimed?.Amount, proposed.Amount, row.Text("evidence")));
        }

        return (rows, null);
    }

    /// <param name="batch">Name under which they belong together.</param>
    public static async Task<IReadOnlyList<BatchOutcome>> Open(
        DisputeDesk desk, Relationship relationship, IReadOnlyList<DisputeProposal> rows, string batch, LocalDate today,
        string by, CancellationToken stop)
    {
        var outcomes = new List<BatchOutcome>();
        foreach (var row in rows)
        {
            var (asked, refusal) = await Asked(desk, relationship, row, batch, stop);
            outcomes.Add(new BatchOutcome(
                row.Cdr, asked is null ? refusal : await desk.Open(relationship, asked, today, by, stop)));
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

        refusal = new Refusal(
            "amount.malformed", $"An amount in {currency} is like 12.50, with at most {currency.MinorUnits} decimals.");
        return null;
    }

    /// <summary>A claim that is not what is due now is about another content of the CDR.</summary>
    private static async Task<(DisputeAsked? Asked, Refusal? Refusal)> Asked(
        DisputeDesk desk, Relationship relationship, DisputeProposal row, string batch, CancellationToken stop)
    {
        if ((await desk.Find(relationship, row.Cdr, stop)).State.Standing is not { } settled
            || settled.Cdr.Currency != row.Currency)
        {
            return (null, new Refusal(
                "cdr.not-due", $"{relationship} owes nothing in {row.Currency} for CDR {row.Cdr}: there is nothing to dispute."));
        }

        var currency = Currency.Of(row.Currency);
        var due = new Money(settled.Due, currency);
        return row.Claimed is { } claimed && claimed != due.Amount
            ? (null, new Refusal(
                "dispute.claim-changed",
                $"CDR {row.Cdr} stands at {due}, the row claims {Money.Of(claimed, currency)}."))
            : (new DisputeAsked(
                row.Cdr, row.Reason, null, Money.Of(row.Proposed, currency).Minor, row.Evidence, "", batch), null);
    }
}
