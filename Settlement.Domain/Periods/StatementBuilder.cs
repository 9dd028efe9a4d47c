using System.Globalization;
using Settlement.Domain.Intake;
using Settlement.Domain.Statements;
using Settlement.Domain.Tax;
using DocumentKey = (Settlement.Domain.Statements.Direction Direction, Settlement.Domain.Periods.DocumentKind Kind);

namespace Settlement.Domain.Periods;

/// <summary>
/// Computes a month's draft from its lines, which stream by in the order of their numbers; only sums, and the lines
/// whose tax may change with the document, stay in memory. Pure (rules-money 17, 18).
/// </summary>
public sealed class StatementBuilder(StatementTerms terms)
{
    private readonly MerkleTree tree = new();
    private readonly SortedDictionary<DocumentKey, DocumentSums> documents = [];
    private readonly Dictionary<DocumentKey, List<(StatementLine Line, PostedTax Tax)>> rounded = [];
    private readonly HashSet<long> takenBack = [];

    /// <summary>Lines whose tax the document date may change: their CDRs are needed to tell.</summary>
    public List<StatementLine> TaxPointCandidates { get; } = [];

    public void Add(StatementLine line)
    {
        tree.Add(StatementLeaf.Of(line));
        var amended = Amended(line);
        DocumentKey key = (line.Direction, amended is not null ? DocumentKind.CreditNote
            : terms.Period.Version > 1 ? DocumentKind.DebitNote : DocumentKind.Invoice);
        if (!documents.TryGetValue(key, out var sums))
        {
            documents[key] = sums = new DocumentSums(
                key.Kind, line.Direction.Creditor, line.Direction.Debtor, line.Direction.CurrencyCode);
        }

        sums.Add(line, amended);
        if (line.Corrects is { } earlier)
        {
            takenBack.Add(earlier);
            takenBack.Add(line.Number);
        }
        else
        {
            Remember(line, key);
        }
    }

    /// <summary>The draft, or why there can be none.</summary>
    /// <param name="taxPoint">What the document date changes in the tax of the candidates.</param>
    /// <param name="rolls">The accounts of the relationship, month by month, before issuing.</param>
    public (StatementDraft? Draft, Refusal? Refusal) Build(
        IReadOnlyList<(StatementLine Line, TaxPointDifference Change)> taxPoint, IReadOnlyList<AccountRoll> rolls)
    {
        var keys = documents.Keys.ToList();
        IReadOnlyList<TaxChange> changes = [.. TaxPoint(taxPoint, keys), .. Rounding(taxPoint, keys)];
        foreach (var change in changes)
        {
            documents[keys[change.Document]].Add(change.Tax);
        }

        var agreement = terms.Agreement;
        var draft = new StatementDraft
        {
            Relationship = terms.Relationship,
            Month = terms.Month,
            Version = terms.Period.Version,
            DocumentDate = terms.DocumentDate,
            DueDate = terms.DocumentDate.PlusDays(agreement.PaymentTermsDays),
            Agreement = agreement.Version,
            CutOff = terms.CutOff,
            BookCutOff = terms.Book.Number,
            PreviousCutOff = terms.Period.IssuedUpTo,
            Lines = tree.Count,
            MerkleRoot = tree.Root(),
            PreviousRoot = terms.Periods.LastRoot,
            Documents = [.. documents.Select(each =>
                each.Value.Draft(agreement.For(each.Key.Direction.Creditor).ReverseBilling))],
            TaxChanges = changes,
            Netting = [],
            Accounts = rolls,
        };
        return StatementBalances.Settle(draft, terms);
    }

    private string? Amended(StatementLine line) =>
        // a credit that is taken back is owed anew, on a document of its own
        line is { Corrects: { } earlier, CorrectsPeriod: { } period, Sessions: < 0 }
            ? terms.Periods.DocumentOf(period, earlier, line.Direction.Creditor, line.Direction.CurrencyCode)
            : null;

    private void Remember(StatementLine line, DocumentKey key)
    {
        var supplier = terms.Book.Party(line.Direction.Creditor)?.ForTax();
        var currency = line.Direction.Currency;
        foreach (var tax in line.Taxes)
        {
            if (tax.Disposition == Disposition.Charged
                && supplier?.RoundingOf(tax.Tax, tax.Jurisdiction, terms.DocumentDate).PerDocument == true)
            {
                if (!rounded.TryGetValue(key, out var list))
                {
                    rounded[key] = list = [];
                }

                list.Add((line, tax));
            }

            if (tax.Provisional
                && TaxPointDifference.MayDiffer(tax.ToLine(currency), terms.DocumentDate, terms.Book.Taxes)
                && (TaxPointCandidates.Count == 0 || TaxPointCandidates[^1] != line))
            {
                TaxPointCandidates.Add(line);
            }
        }
    }

    private static IEnumerable<TaxChange> TaxPoint(
        IReadOnlyList<(StatementLine Line, TaxPointDifference Change)> taxPoint, List<DocumentKey> keys) =>
        taxPoint.Select(each =>
        {
            var (line, change) = each;
            var document = keys.FindIndex(key => key.Direction == line.Direction && key.Kind != DocumentKind.CreditNote);
            return new TaxChange(
                TaxChangeCause.TaxPoint, document, CdrStreams.Key(line.Stream).Owner, line.CdrId,
                new PostedTax(
                    change.Tax, change.Jurisdiction, change.DocumentRule ?? change.PostedRule!, change.DocumentRate, null, 0,
                    null, change.Difference.Minor, Disposition.Charged, change.Remitter, change.Recoverable,
                    "document date", null, null),
                $"posted under {change.PostedRule ?? "no rule"}, due under {change.DocumentRule ?? "no rule"} on the document date");
        });

    /// <summary>Each tax of a document rounded once, where its supplier elected so; credits in it cancel exactly.</summary>
    private IEnumerable<TaxChange> Rounding(
        IReadOnlyList<(StatementLine Line, TaxPointDifference Change)> taxPoint, List<DocumentKey> keys)
    {
        var changed = taxPoint.Select(each => each.Line.Number).ToHashSet();
        foreach (var (key, lines) in rounded.OrderBy(each => each.Key))
        {
            var currency = key.Direction.Currency;
            var byName = lines.Where(each => !takenBack.Contains(each.Line.Number) && !changed.Contains(each.Line.Number))
                .Select(each => (Name: Name(each.Line), each.Line, each.Tax)).ToList();
            var cdrs = byName.DistinctBy(each => each.Name, StringComparer.Ordinal)
                .ToDictionary(each => each.Name, each => each, StringComparer.Ordinal);
            var taxes = DocumentRounding.Of(
                byName.Select(each => new DocumentLine(each.Name, each.Tax.ToLine(currency))));
            foreach (var (tax, share) in taxes.SelectMany(tax => tax.Shares.Select(share => (tax, share))))
            {
                var (_, line, posted) = cdrs[share.Cdr];
                yield return new TaxChange(
                    TaxChangeCause.DocumentRounding, keys.IndexOf(key), CdrStreams.Key(line.Stream).Owner, line.CdrId,
                    posted with
                    {
                        Tax = share.Tax,
                        Jurisdiction = share.Jurisdiction,
                        Rule = share.Rule,
                        Rate = tax.Rate,
                        PerKwh = tax.PerKwh,
                        Base = 0,
                        Kwh = null,
                        Amount = share.Share.Minor,
                    },
                    $"{tax.Name} {tax.Jurisdiction} of the document is {tax.Tax.Text()}, posted line by line {tax.Posted.Text()}");
            }
        }
    }

    // Numbers sort as lines came; a CDR settled twice in a month has two.
    private static string Name(StatementLine line) => line.Number.ToString("D18", CultureInfo.InvariantCulture);
}
