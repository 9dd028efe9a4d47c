using Settlement.Domain.Ledger;

namespace Settlement.Domain.Payments;

/// <summary>What the payer says a payment is for.</summary>
/// <param name="Amount">Null = as much of it as is open.</param>
public sealed record RemittanceLine(string Document, long? Amount);

/// <summary>What a payment would pay.</summary>
/// <param name="Rest">Matches nothing.</param>
public sealed record MatchedPayment(IReadOnlyList<Application> Applications, PaymentMatch Match, long Rest);

/// <summary>
/// Matches money to documents: those that the remittance names, else one that is open with exactly this amount, else
/// oldest first. Never more than is open, never in another currency or direction (rules-money 25).
/// </summary>
public static class MatchPayment
{
    /// <param name="amount">What is unapplied.</param>
    /// <param name="remittance">Empty: the documents that the payment's reference names, if it does.</param>
    public static (MatchedPayment? Match, Refusal? Refusal) Of(
        Payment payment, long amount, OpenItems open, IReadOnlyList<RemittanceLine> remittance)
    {
        var own = open.All.Where(item => item.Name.Length > 0 && (item.IsOf(payment.Payer, payment.Payee, payment.Currency)
            || (item.Open < 0 && item.IsOf(payment.Payee, payment.Payer, payment.Currency)))).ToList();
        if (remittance.Count > 0)
        {
            return AsAdvised(payment, amount, own, remittance);
        }

        var owed = own.Where(item => Owed(payment, item) > 0).ToList();
        var named = owed.Where(item => Names(payment.Reference, item.Name)).ToList();
        var exact = owed.FirstOrDefault(item => Owed(payment, item) == amount);
        // a credit note is refunded by money that names it, or is exactly as much; never by what is left over
        return (Spread(payment, amount, named.Count > 0 ? named : exact is not null ? [exact]
            : owed.FindAll(item => !IsCredit(payment, item))), null);
    }

    // whole words only: INV-1 is not named by a reference to INV-10
    private static bool Names(string reference, string document)
    {
        for (var at = 0; (at = reference.IndexOf(document, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            var end = at + document.Length;
            if ((at == 0 || !IsOfName(reference[at - 1])) && (end == reference.Length || !IsOfName(reference[end])))
            {
                return true;
            }
        }

        return false;

        static bool IsOfName(char c) => char.IsLetterOrDigit(c) || c is '-' or '_';
    }

    /// <summary>What the payer owes under it: an invoice's rest, or of its own credit note what the payee has not got back.</summary>
    private static long Owed(Payment payment, OpenItem item) => IsCredit(payment, item) ? -item.Open : item.Open;

    private static bool IsCredit(Payment payment, OpenItem item) => item.Debtor != payment.Payer;

    private static Application Apply(Payment payment, OpenItem item, long amount) =>
        new(item.Name, amount) { IsCredit = IsCredit(payment, item) ? true : null };

    private static MatchedPayment Spread(Payment payment, long amount, IReadOnlyList<OpenItem> items)
    {
        var (left, applications, isPart) = (amount, new List<Application>(), false);
        foreach (var item in items)
        {
            var paid = Math.Min(left, Owed(payment, item));
            if (paid > 0)
            {
                applications.Add(Apply(payment, item, paid));
                isPart |= paid < Owed(payment, item);
                left -= paid;
            }
        }

        return Matched(applications, isPart, left);
    }

    private static (MatchedPayment?, Refusal?) AsAdvised(
        Payment payment, long amount, List<OpenItem> own, IReadOnlyList<RemittanceLine> remittance)
    {
        var (left, applications, isPart) = (amount, new List<Application>(), false);
        foreach (var line in remittance)
        {
            if (own.Find(item => string.Equals(item.Name, line.Document, StringComparison.OrdinalIgnoreCase)) is not { } item)
            {
                return (null, new Refusal(
                    "document.unknown",
                    $"{payment.Payer} owes {payment.Payee} nothing in {payment.Currency} under {line.Document}."));
            }

            var already = applications.Where(each => each.Document == item.Name).Sum(each => each.Amount);
            var owed = Owed(payment, item) - already;
            var paid = line.Amount ?? Math.Min(left, owed);
            if (paid <= 0 || paid > owed)
            {
                return (null, new Refusal(
                    "payment.over-open",
                    $"{item.Name} has {Text(payment, owed)} open, {Text(payment, paid)} were to be applied."));
            }

            if (paid > left)
            {
                return (null, new Refusal(
                    "payment.over-paid",
                    $"{Text(payment, left)} of payment {payment.Id} are left, {Text(payment, paid)} were to be applied to {item.Name}."));
            }

            applications.Add(Apply(payment, item, paid));
            isPart |= paid < owed;
            left -= paid;
        }

        return (Matched(applications, isPart, left), null);
    }

    private static MatchedPayment Matched(List<Application> applications, bool isPart, long left) => new(
        applications,
        applications.Count == 0 ? PaymentMatch.Unapplied : left > 0 ? PaymentMatch.Over
            : isPart ? PaymentMatch.Part : PaymentMatch.Exact,
        left);

    private static string Text(Payment payment, long minor) => new Money(minor, Currency.Of(payment.Currency)).ToString();
}
