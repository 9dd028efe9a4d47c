using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Payments;

/// <summary>Decisions about payments and write-offs. Pure; each says yes with facts, or no with both numbers.</summary>
public static class PaymentDecisions
{
    private const int MostCharacters = 64;

    private static readonly Refusal Unknown = new("payment.unknown", "There is no payment with this id.");

    /// <summary>
    /// Records money and applies what matches. The same id again with the same content is the same payment; with
    /// another it is refused.
    /// </summary>
    public static Decision<PaymentFact> Record(
        PaymentState state, Payment payment, Relationship relationship, OpenItems open,
        IReadOnlyList<RemittanceLine> remittance, LocalDate today, string by)
    {
        if (state.Payment is { } known)
        {
            return known with { Id = payment.Id } == payment ? Decision.Nothing<PaymentFact>() : new Refusal(
                "payment.differs",
                $"Payment {payment.Id} is known with {Text(known)} of {known.ValueDate.Text()} from {known.Payer}, not "
                + $"{Text(payment)} of {payment.ValueDate.Text()} from {payment.Payer}.");
        }

        if (Fault(payment, relationship) is { } fault)
        {
            return fault;
        }

        var (match, refusal) = MatchPayment.Of(payment, payment.Amount, open, remittance);
        return match is null ? refusal!
            : new Decision<PaymentFact>.Accepted(
            [
                new PaymentFact.PaymentRecorded(payment, by),
                .. match.Applications.Count == 0 ? [] : new PaymentFact[]
                {
                    new PaymentFact.PaymentApplied(payment, match.Applications, match.Match, Later(today, payment), by),
                },
            ]);
    }

    public static Decision<PaymentFact> Apply(
        PaymentState state, OpenItems open, IReadOnlyList<RemittanceLine> remittance, LocalDate today, string by)
    {
        if (state.Payment is not { } payment)
        {
            return Unknown;
        }

        if (state.Unapplied == 0)
        {
            return new Refusal(
                "payment.nothing-unapplied",
                $"All {Text(payment)} of payment {payment.Id} are {(state.IsReversed ? "returned" : "applied")}, nothing is left.");
        }

        var (match, refusal) = MatchPayment.Of(payment, state.Unapplied, open, remittance);
        return match is null ? refusal!
            : match.Applications.Count == 0 ? new Refusal(
                "payment.nothing-open",
                $"{payment.Payer} owes {payment.Payee} nothing in {payment.Currency} that payment {payment.Id} could pay.")
            : new PaymentFact.PaymentApplied(payment, match.Applications, match.Match, Later(today, payment), by);
    }

    /// <summary>Sends back what matches nothing, or a part of it.</summary>
    /// <param name="amount">Null = all of it.</param>
    public static Decision<PaymentFact> Refund(PaymentState state, long? amount, LocalDate today, string by)
    {
        if (state.Payment is not { } payment)
        {
            return Unknown;
        }

        var left = state.Unapplied;
        var back = amount ?? left;
        return back <= 0 || back > left
            ? new Refusal(
                "payment.over-unapplied",
                $"Payment {payment.Id} has {Text(payment, left)} that match nothing, {Text(payment, back)} were to be refunded.")
            : new PaymentFact.PaymentRefunded(payment, back, Later(today, payment), by);
    }

    public static Decision<PaymentFact> Reverse(PaymentState state, string because, LocalDate today, string by) =>
        state.Payment is not { } payment ? Unknown
        : state.IsReversed ? Decision.Nothing<PaymentFact>()
        : state.Refunded != 0 ? new Refusal(
            "payment.refunded", $"{Text(payment, state.Refunded)} of payment {payment.Id} were refunded; it cannot be returned as a whole.")
        : because.Trim().Length == 0 ? new Refusal("reason.missing", "Say why the bank took it back.")
        : new PaymentFact.PaymentReversed(
            payment, state.Applications, because.Trim(), Later(today, payment), by);

    /// <summary>Why this is no payment between these two; null = it is one.</summary>
    public static Refusal? Fault(Payment payment, Relationship relationship) =>
        payment.Id.Length is 0 or > MostCharacters || !payment.Id.All(c => c is > ' ' and < '\u007f' and not '/')
            ? new Refusal(
                "payment.id", $"A payment needs an id of its own: 1 to {MostCharacters} printable characters, no blank, no slash.")
        : !relationship.Has(payment.Payer) || !relationship.Has(payment.Payee) || payment.Payer == payment.Payee
            ? new Refusal("payment.parties", $"{payment.Payer} and {payment.Payee} are not the two of {relationship}.")
        : payment.Amount <= 0
            ? new Refusal("payment.amount", $"A payment is more than nothing, not {Text(payment)}.")
        : payment.Reference.Length > 140 || payment.Reference.Any(char.IsControl)
            ? new Refusal("payment.reference", "A reference has at most 140 characters, on one line.")
        : null;

    // money is applied no earlier than it came
    private static LocalDate Later(LocalDate today, Payment payment) => LocalDate.Max(today, payment.ValueDate);

    private static string Text(Payment payment) => Text(payment, payment.Amount);

    private static string Text(Payment payment, long minor) => new Money(minor, Currency.Of(payment.Currency)).ToString();
}
