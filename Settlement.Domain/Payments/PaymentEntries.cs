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
        PaymentFact.PaymentApplied e => [.. Applied(e.Payment, e.Applications, 1, e.On)],
        PaymentFact.PaymentRefunded e => [SentBack(e.Payment, e.Amount, e.On)],
        PaymentFact.PaymentReversed e => Reversed(e),
        _ => [],
    };

    public static IReadOnlyList<JournalEntry> Of(WriteOffFact fact) => fact switch
    {
        WriteOffFact.WriteOffApproved e =>
        [
            new JournalEntry(JournalKind.WriteOff, e.Currency, null, e.On, $"write-off {e.Document}",
            [
                // who is owed gives up: of a credit note that is the debtor
                JournalLine.Debit(Account.WriteOff(e.Amount < 0 ? e.Debtor : e.Creditor), e.Amount),
                JournalLine.Credit(Account.Due(e.Debtor, e.Creditor), e.Amount),
            ]).Balanced(),
        ],
        _ => [],
    };

    /// <summary>
    /// Documents are paid out of what matched nothing. A credit note of the other direction is refunded: the money leaves
    /// again as less paid by the party that is owed it, one entry for each party's side.
    /// </summary>
    private static IEnumerable<JournalEntry> Applied(
        Payment payment, IReadOnlyList<Application> applications, int sign, LocalDate on)
    {
        var paid = sign * applications.Where(each => each.IsCredit != true).Sum(each => each.Amount);
        var refunded = sign * applications.Where(each => each.IsCredit == true).Sum(each => each.Amount);
        if (paid != 0)
        {
            yield return Entry(payment, on,
            [
                JournalLine.Debit(Account.Unapplied(payment.Payer), paid),
                JournalLine.Credit(Account.Due(payment.Payer, payment.Payee), paid),
            ]);
        }

        if (refunded != 0)
        {
            yield return SentBack(payment, refunded, on);
            yield return Entry(payment, on,
            [
                JournalLine.Debit(Account.Due(payment.Payee, payment.Payer), refunded),
                JournalLine.Credit(Account.Payment(payment.Payee), refunded),
            ]);
        }
    }

    private static JournalEntry SentBack(Payment payment, long amount, LocalDate on) => Entry(payment, on,
    [
        JournalLine.Debit(Account.Unapplied(payment.Payer), amount),
        JournalLine.Credit(Account.Payment(payment.Payer), amount),
    ]);

    private static IReadOnlyList<JournalEntry> Reversed(PaymentFact.PaymentReversed e)
    {
        var payment = e.Payment;
        return [.. Applied(payment, e.Applications, -1, e.On), SentBack(payment, payment.Amount, e.On)];
    }

    private static JournalEntry Entry(Payment payment, LocalDate on, IReadOnlyList<JournalLine> lines) =>
        new JournalEntry(JournalKind.Payment, payment.Currency, null, on, $"payment {payment.Id}", lines).Balanced();
}
