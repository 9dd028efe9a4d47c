using Settlement.Domain.Ledger;

namespace Settlement.Domain.Periods;

/// <summary>What issuing a statement posts: exactly the lines of its draft (rules-money 18).</summary>
public static class StatementEntries
{
    /// <param name="numbers">Of the draft's documents; none before it is issued.</param>
    public static IReadOnlyList<JournalEntry> Of(StatementDraft draft, IReadOnlyList<string>? numbers = null) =>
        [.. TaxChanges(draft, numbers), .. draft.Netting.Where(set => set.Amount != 0).Select(set => Netting(draft, set)),
            .. draft.Conversions.SelectMany(due => Conversion(draft, due))];

    private static IEnumerable<JournalEntry> TaxChanges(StatementDraft draft, IReadOnlyList<string>? numbers) =>
        draft.TaxChanges.GroupBy(change => (change.Document, change.Cause)).Select(group =>
        {
            var document = draft.Documents[group.Key.Document];
            var due = Account.Due(document.Customer, document.Supplier);
            return Entry(
                draft, group.Key.Cause == TaxChangeCause.TaxPoint ? JournalKind.TaxPoint : JournalKind.Rounding,
                document.Currency,
                [.. group.SelectMany(change => new[]
                {
                    JournalLine.Debit(due, change.Tax.Amount, change.Cdr),
                    JournalLine.Credit(
                        Account.Tax(Remitter(change.Tax, document), change.Tax.Jurisdiction, change.Tax.Tax),
                        change.Tax.Amount, change.Cdr, change.Tax),
                })]) with { Document = numbers?[group.Key.Document] };
        });

    /// <summary>
    /// Both dues shrink by the same amount, both set-off accounts grow by it and stay equal (rules-money 25).
    /// </summary>
    private static JournalEntry Netting(StatementDraft draft, SetOff set)
    {
        var (a, b) = (draft.Relationship.A, draft.Relationship.B);
        return Entry(draft, JournalKind.Netting, set.Currency,
        [
            JournalLine.Debit(Account.SetOff(a, b), set.Amount),
            JournalLine.Debit(Account.SetOff(b, a), set.Amount),
            JournalLine.Credit(Account.Due(a, b), set.Amount),
            JournalLine.Credit(Account.Due(b, a), set.Amount),
        ]);
    }

    // Two linked entries, one per currency; each balances in its own (rules-money 26).
    private static IEnumerable<JournalEntry> Conversion(StatementDraft draft, ConvertedDue due)
    {
        var (owed, fx) = (Account.Due(due.Debtor, due.Creditor), Account.Fx(due.From, due.To));
        yield return Entry(draft, JournalKind.Conversion, due.From,
            [JournalLine.Debit(fx, due.Amount), JournalLine.Credit(owed, due.Amount)]);
        yield return Entry(draft, JournalKind.Conversion, due.To,
            [JournalLine.Debit(owed, due.Converted), JournalLine.Credit(fx, due.Converted)]);
    }

    private static string Remitter(Intake.PostedTax tax, DocumentDraft document) =>
        tax.Remitter == "CPO" ? document.Supplier.ToString() : tax.Remitter;

    private static JournalEntry Entry(
        StatementDraft draft, JournalKind kind, string currency, IReadOnlyList<JournalLine> lines) =>
        new JournalEntry(
            kind, currency, draft.Month, draft.DocumentDate, $"statement {draft.Month.Text()}", lines).Balanced();
}
