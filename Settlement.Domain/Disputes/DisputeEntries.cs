using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Disputes;

/// <summary>
/// What a dispute posts. Charge and tax stay while it is open: only gross goes from due to disputed and back; our own
/// credit note takes it out of disputed, against charge and tax (rules-money 24). Every line names the CDR, so that a
/// credit CDR takes all of it back by itself.
/// </summary>
internal static class DisputeEntries
{
    public static IReadOnlyList<JournalEntry> Of(DisputeFact fact) => fact switch
    {
        DisputeFact.DisputeOpened e => [Moved(e.Cdr, e.Disputed, e.Evidence.On)],
        DisputeFact.DisputeUpheld { Returned: not 0 } e => [Moved(e.Cdr, -e.Returned, e.On)],
        DisputeFact.DisputeDenied { Returned: not 0 } e => [Moved(e.Cdr, -e.Returned, e.On)],
        DisputeFact.DisputeWithdrawn { Returned: not 0 } e => [Moved(e.Cdr, -e.Returned, e.On)],
        DisputeFact.CreditNoteIssued e => [Note(e)],
        _ => [],
    };

    /// <param name="withheld">From due to disputed; negative goes back.</param>
    private static JournalEntry Moved(DisputedCdr cdr, long withheld, LocalDate on) => Entry(
        JournalKind.Dispute, cdr, on,
        [
            JournalLine.Debit(Account.Disputed(cdr.Debtor, cdr.Creditor), withheld, cdr.Key),
            JournalLine.Credit(Account.Due(cdr.Debtor, cdr.Creditor), withheld, cdr.Key),
        ]);

    private static JournalEntry Note(DisputeFact.CreditNoteIssued e) => Entry(
        JournalKind.CreditNote, e.Cdr, e.On,
        [
            .. e.Charges.Select(charge => JournalLine.Debit(
                Account.Charge(e.Cdr.Creditor, charge.Component), charge.Amount, e.Cdr.Key)),
            .. e.Taxes.Select(tax => JournalLine.Credit(
                Account.Tax(tax.Remitter == "CPO" ? e.Cdr.Creditor.ToString() : tax.Remitter, tax.Jurisdiction, tax.Tax),
                tax.Amount, e.Cdr.Key, tax)),
            JournalLine.Credit(Account.Disputed(e.Cdr.Debtor, e.Cdr.Creditor), e.Amount, e.Cdr.Key),
        ]) with { Document = e.Number };

    // A month whose statement is not being prepared yet takes it, so that a withheld due is not netted at issue.
    private static JournalEntry Entry(
        JournalKind kind, DisputedCdr cdr, LocalDate on, IReadOnlyList<JournalLine> lines) =>
        new JournalEntry(kind, cdr.Currency, null, on, $"dispute {cdr.Key}", lines) { Concerns = cdr.Month }.Balanced();
}
