using System.Globalization;
using System.Text.Json;
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
/// Many disputes at once, as a reconciliation proposes them: JSON lines of <c>reconcile --disputes</c>, or CSV
/// <c>cdr,reason,currency,proposed,evidence</c>. Each row counts for itself; the same file again opens nothing twice.
/// </summary>
public static class DisputeBatch
{
    /// <summary>A proposal without a claim states gross.</summary>
    private const decimal GrossIsMeant = -1m;

    public static (IReadOnlyList<DisputeProposal>? Rows, Refusal? Refusal) Read(string text) =>
        text.TrimStart('\ufeff', ' ', '\r', '\n').StartsWith('{') ? ReadLines(text) : ReadCsv(text);

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

        refusal = new Refusal("amount.malformed", $"An amount in {currency} is like 12.50, with at most {currency.MinorUnits} decimals.");
        return null;
    }

    /// <summary>
    /// A list that tells no tax claims net: then the gross that would be right is in proportion, half away from zero to
    /// the minor unit. A claim that is neither what is due nor its net is about another content of the CDR.
    /// </summary>
    private static async Task<(DisputeAsked? Asked, Refusal? Refusal)> Asked(
        DisputeDesk desk, Relationship relationship, DisputeProposal row, string batch, CancellationToken stop)
    {
        if ((await desk.Find(relationship, row.Cdr, stop)).State.Standing is not { } settled
            || settled.Cdr.Currency != row.Currency)
        {
            return (null, new Refusal(
                "cdr.not-due", $"{relationship} owes nothing in {row.Currency} for CDR {row.Cdr}: there is nothing to dispute."));
        }

        var scale = Currency.Of(row.Currency).Scale;
        var (claimed, proposed) = (row.Claimed * scale, row.Proposed * scale);
        if (row.Claimed != GrossIsMeant && claimed != settled.Due)
        {
            if (claimed != settled.Net || settled.Net == 0)
            {
                return (null, new Refusal(
                    "dispute.claim-changed",
                    $"CDR {row.Cdr} stands at {settled.Due} minor units, {settled.Net} before tax; the row claims {claimed:0.##}."));
            }

            proposed = settled.Due * proposed / settled.Net;
        }

        var gross = (long)decimal.Round(proposed, MidpointRounding.AwayFromZero);
        return (new DisputeAsked(row.Cdr, row.Reason, null, gross, row.Evidence, "", batch), null);
    }

    private static (IReadOnlyList<DisputeProposal>?, Refusal?) ReadCsv(string csv)
    {
        var (table, refusal) = CsvTable.Read(csv, "cdr", "reason", "currency", "proposed", "evidence");
        if (table is null)
        {
            return (null, refusal);
        }

        var rows = new List<DisputeProposal>();
        foreach (var row in table.Rows)
        {
            if (Cdr(row.Text("cdr"), out refusal) is not { } cdr || row.Money("proposed", "currency", out refusal) is not { } proposed)
            {
                return (null, refusal! with { Message = $"line {row.Line}: {refusal.Message}" });
            }

            rows.Add(new(cdr, row.Text("reason"), proposed.Currency.Code, GrossIsMeant, proposed.Amount, row.Text("evidence")));
        }

        return (rows, null);
    }

    private static (IReadOnlyList<DisputeProposal>?, Refusal?) ReadLines(string text)
    {
        var rows = new List<DisputeProposal>();
        var number = 0;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            if (line.Trim().Length == 0)
            {
                continue;
            }

            if (Row(line) is not { } row)
            {
                return (null, new Refusal(
                    "dispute.row", $"line {number} is no proposal of a reconciliation: cpo, cdr_id, reason, currency, claimed, proposed, evidence."));
            }

            rows.Add(row);
        }

        return (rows, null);
    }

    private static DisputeProposal? Row(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            return PartyId.Parse(Text("cpo")) is { } cpo && Currency.Find(Text("currency")) is not null
                ? new DisputeProposal(
                    new CdrKey(cpo, Text("cdr_id")), Text("reason"), Text("currency"), Amount("claimed"), Amount("proposed"),
                    Text("evidence"))
                : null;

            string Text(string name) => root.GetProperty(name).GetString() ?? "";

            decimal Amount(string name) => decimal.Parse(Text(name), NumberStyles.Number, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or OverflowException)
        {
            return null;
        }
    }
}
