using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Payments;

/// <summary>
/// What payments and write-offs post: money in goes to <c>unapplied</c> first, and from there against what is due
/// (rules-money 1, 25).
/// </summary>
internal static class PaymentEntries
{
    public static IReadOnlyList<JournalEntry> Of(PaymentFact fact) => fact switch
    {
        PaymentFact.PaymentRecorded { Payment: var payment } =>
        [
            Entry(payment, payment.ValueDate,
            [
                JournalLine.Debit(Account.Payment(payment.Payer), payment.Amount),
                JournalLine.Credit(Account.Unapplied(payment.Payer), payment.Amount),
            ]),
        ],
        PaymentFact.PaymentBroughtForward { Payment: var payment } =>
        [
            OpeningEntries.Of(
                payment.Currency, payment.ValueDate, $"payment {payment.Id}",
                JournalLine.Credit(Account.Unapplied(payment.Payer), payment.Amount)),
        ],
        PaymentFact.PaymentApplied e => [Applied(e.Payment, e.Applications.Sum(each => each.Amount), e.On)],
        PaymentFact.PaymentReversed e => Reversed(e),
        _ => [],
    };

    public static IReadOnlyList<JournalEntry> Of(WriteOffFact fact) => fact switch
    {
        WriteOffFact.WriteOffApproved e =>
        [
            new JournalEntry(JournalKind.WriteOff, e.Currency, null, e.On, $"write-off {e.Document}",
            [
                JournalLine.Debit(Account.WriteOff(e.Creditor), e.Amount),
                JournalLine.Credit(Account.Due(e.Debtor, e.Creditor), e.Amount),
            ]).Balanced(),
        ],
        _ => [],
    };

    private static JournalEntry Applied(Payment payment, long amount, LocalDate on) => Entry(payment, on,
    [
        JournalLine.Debit(Account.Unapplied(payment.Payer), amount),
        JournalLine.Credit(Account.Due(payment.Payer, payment.Payee), amount),
    ]);

    private static IReadOnlyList<JournalEntry> Reversed(PaymentFact.PaymentReversed e)
    {
        var payment = e.Payment;
        var taken = Entry(payment, e.On,
        [
            JournalLine.Debit(Account.Unapplied(payment.Payer), payment.Amount),
            JournalLine.Credit(Account.Payment(payment.Payer), payment.Amount),
        ]);
        return e.Applications.Count == 0
            ? [taken]
            : [Applied(payment, -e.Applications.Sum(each => each.Amount), e.On), taken];
    }

    private static JournalEntry Entry(Payment payment, LocalDate on, IReadOnlyList<JournalLine> lines) =>
        new JournalEntry(JournalKind.Payment, payment.Currency, null, on, $"payment {payment.Id}", lines).Balanced();
}
