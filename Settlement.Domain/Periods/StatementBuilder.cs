using System.Globalization;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
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
    private readonly Dictionary<long, (long Original, DocumentKey Key, string? Amended)> reversals = [];
    private readonly List<StatementLine> provisional = [];

    /// <summary>Lines whose tax the document date may change: their CDRs are needed to tell.</summary>
    public IReadOnlyList<StatementLine> TaxPointCandidates => [.. provisional.Where(line => !takenBack.Contains(line.Number))];

    public void Add(StatementLine line)
    {
        tree.Add(StatementLeaf.Of(line));
        // a credit that is taken back is owed anew: on a document of its own, unless the credit is on none yet
        var reversal = Reversed(line);
        var amended = reversal?.Amended ?? (line.Sessions < 0 ? Amended(line) : null);
        var key = reversal?.Key ?? Key(line, amended);
        Sums(key).Add(line, amended);
        if (line.Corrects is not { } earlier)
        {
            Remember(line, key);
            return;
        }

        takenBack.Add(line.Number);
        takenBack.Add(earlier);
        if (reversal is { } undone)
        {
            takenBack.Remove(undone.Original);
        }
        else
        {
            reversals[line.Number] = (earlier, key, amended);
        }
    }

    /// <summary>
    /// What stood beside a CDR's entry and was reversed with it, or stands again: its share of document rounding, another
    /// tax point, our own credit note. On the document of the reversal; its lines are no members of the tree.
    /// </summary>
    public void AddBeside(StatementLine beside)
    {
        var reversal = Reversed(beside);
        var amended = reversal?.Amended ?? (beside.Kind == StatementBalances.Kind(JournalKind.GivenBack) ? null : Amended(beside));
        Sums(reversal?.Key ?? Key(beside, amended)).Add(beside, amended);
    }

    /// <summary>The reversal that a line of this statement undoes; null where it undoes none of it.</summary>
    private (long Original, DocumentKey Key, string? Amended)? Reversed(StatementLine line) =>
        line.Corrects is { } earlier && reversals.TryGetValue(earlier, out var reversal) ? reversal : null;

    /// <summary>The draft, or why there can be none.</summary>
    /// <param name="taxPoint">What the document date changes in the tax of the candidates.</param>
    /// <param name="rolls">The accounts of the relationship, month by month, before issuing.</param>
    public (StatementDraft? Draft, Refusal? Refusal) Build(
        IReadOnlyList<(StatementLine Line, TaxPointDifference Change)> taxPoint, IReadOnlyList<AccountRoll> rolls)
    {
        var keys = documents.Keys.ToList();
        List<TaxChange> changes =
        [
            .. taxPoint.Where(each => each.Change.Posted.Minor != 0 || each.Change.Due.Minor != 0)
                .SelectMany(each => TaxPoint(each.Line, each.Change, keys)),
            .. Rounding(taxPoint, keys),
        ];
        foreach (var change in changes)
        {
            documents[keys[change.Document]].Add(change.Tax);
        }

        var agreement = terms.Agreement;
        var all = documents.Select(each =>
            each.Value.Draft(agreement.For(each.Key.Direction.Creditor).ReverseBilling)).ToList();
        var changed = changes.Select(change => change.Document).ToHashSet();
        var issued = all.Where((document, i) =>
            agreement.IssuesZeroDocuments || document is not { Net: 0, Due: 0 } || changed.Contains(i)).ToList();
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
            Documents = issued,
            WithoutAmount = all.FindAll(document => !issued.Contains(document)),
            TaxChanges = [.. changes.Select(change => change with { Document = issued.IndexOf(all[change.Document]) })],
            Netting = [],
            Accounts = rolls,
        };
        return StatementBalances.Settle(draft, terms);
    }

    private DocumentSums Sums(DocumentKey key) => documents.TryGetValue(key, out var known)
        ? known
        : documents[key] = new DocumentSums(
            key.Kind, key.Direction.Creditor, key.Direction.Debtor, key.Direction.CurrencyCode);

    private DocumentKey Key(StatementLine line, string? amended) =>
        (line.Direction, amended is not null ? DocumentKind.CreditNote
            : terms.Period.Version > 1 ? DocumentKind.DebitNote : DocumentKind.Invoice);

    /// <summary>The issued document whose line this one reverses; null where it reverses none.</summary>
    private string? Amended(StatementLine line) =>
        line is { Corrects: { } earlier, CorrectsPeriod: { } period }
            ? terms.Periods.DocumentOf(period, earlier, line.Direction.Creditor, line.Direction.CurrencyCode)
            : null;

    private void Remember(StatementLine line, DocumentKey key)
    {
        var currency = line.Direction.Currency;
        foreach (var tax in line.Taxes)
        {
            if (IsRoundedOnce(line, tax))
            {
                if (!rounded.TryGetValue(key, out var list))
                {
                    rounded[key] = list = [];
                }

                list.Add((line, tax));
            }

            if (tax.Provisional
                && TaxPointDifference.MayDiffer(tax.ToLine(currency), terms.DocumentDate, terms.Book.Taxes)
                && (provisional.Count == 0 || provisional[^1] != line))
            {
                provisional.Add(line);
            }
        }
    }

    /// <summary>The supplier elected to round this tax once on the document.</summary>
    private bool IsRoundedOnce(StatementLine line, PostedTax tax) => tax.Disposition == Disposition.Charged
        && terms.Book.Party(line.Direction.Creditor)?.ForTax()
            .RoundingOf(tax.Tax, tax.Jurisdiction, terms.DocumentDate).PerDocument == true;

    private static IEnumerable<TaxChange> TaxPoint(StatementLine line, TaxPointDifference change, List<DocumentKey> keys)
    {
        var document = DocumentOf(line, keys);
        var because =
            $"posted under {change.PostedRule ?? "no rule"}, due under {change.DocumentRule ?? "no rule"} on the document date";
        if (change.Reversed is { } posted)
        {
            var tax = PostedTax.Of(posted);
            yield return Change(tax with { Base = -tax.Base, Kwh = -tax.Kwh, Amount = -tax.Amount });
        }

        if (change.Charged is { } due)
        {
            yield return Change(PostedTax.Of(due with { Provisional = false }));
        }

        TaxChange Change(PostedTax tax) => Of(TaxChangeCause.TaxPoint, document, line, tax, because);
    }

    private static int DocumentOf(StatementLine line, List<DocumentKey> keys) =>
        keys.FindIndex(key => key.Direction == line.Direction && key.Kind != DocumentKind.CreditNote);

    private static TaxChange Of(TaxChangeCause cause, int document, StatementLine line, PostedTax tax, string because) =>
        new(cause, document, CdrStreams.Key(line.Stream).Owner, line.CdrId, tax, because) { Entry = line.Number };

    /// <summary>
    /// Each tax of a document rounded once, where its supplier elected so, as it is on the document date; credits in it
    /// cancel exactly.
    /// </summary>
    private IEnumerable<TaxChange> Rounding(
        IReadOnlyList<(StatementLine Line, TaxPointDifference Change)> taxPoint, List<DocumentKey> keys)
    {
        var replaced = taxPoint.Where(each => each.Change.Reversed is not null)
            .Select(each => (each.Line.Number, PostedTax.Of(each.Change.Reversed!))).ToHashSet();
        var instead = taxPoint.Where(each => each.Change.Charged is not null)
            .Select(each => (each.Line, Tax: PostedTax.Of(each.Change.Charged!)))
            .Where(each => IsRoundedOnce(each.Line, each.Tax)).ToLookup(each => DocumentOf(each.Line, keys));
        foreach (var (key, index) in keys.Select((key, i) => (key, i)))
        {
            var currency = key.Direction.Currency;
            var lines = rounded.GetValueOrDefault(key, [])
                .Where(each => !takenBack.Contains(each.Line.Number) && !replaced.Contains((each.Line.Number, each.Tax)))
                .Concat(instead[index]).ToLookup(each => Name(each.Line), StringComparer.Ordinal);
            var taxes = DocumentRounding.Of(lines.SelectMany(
                line => line.Select(each => new DocumentLine(line.Key, each.Tax.ToLine(currency)))));
            foreach (var (tax, share) in taxes.SelectMany(tax => tax.Shares.Select(share => (tax, share))))
            {
                var (line, posted) = lines[share.Cdr].First(each => each.Tax.Tax == share.Tax
                    && each.Tax.Jurisdiction == share.Jurisdiction && each.Tax.Rule == share.Rule);
                yield return Of(
                    TaxChangeCause.DocumentRounding, index, line,
                    posted with { Base = 0, Kwh = null, Amount = share.Share.Minor },
                    $"{tax.Name} {tax.Jurisdiction} of the document is {tax.Tax.Text()}, posted line by line {tax.Posted.Text()}");
            }
        }
    }

    // Numbers sort as lines came; a CDR settled twice in a month has two.
    private static string Name(StatementLine line) => line.Number.ToString("D18", CultureInfo.InvariantCulture);
}
