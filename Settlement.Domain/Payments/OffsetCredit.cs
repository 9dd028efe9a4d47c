using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Payments;

/// <summary>
/// Sets a credit note against an invoice of the same direction and currency (rules-money 25). Both are in one account
/// already, so nothing is posted: only what is open under which document changes.
/// </summary>
public static class OffsetCredit
{
    public static string Stream(string credit) => $"offset/{credit}";

    /// <param name="amount">Null = as much as both have open.</param>
    public static Decision<OffsetFact> Decide(
        OpenItems open, string credit, string document, long? amount, LocalDate on, string by)
    {
        if (open.Find(credit) is not { } note)
        {
            return Unknown(credit);
        }

        if (open.Find(document) is not { } invoice)
        {
            return Unknown(document);
        }

        if (!invoice.IsOf(note.Debtor, note.Creditor, note.Currency))
        {
            return new Refusal(
                "offset.other-direction",
                $"{credit} is of {note.Debtor} to {note.Creditor} in {note.Currency}, {document} of {invoice.Debtor} to "
                + $"{invoice.Creditor} in {invoice.Currency}: only documents of one direction and currency are offset.");
        }

        var most = Math.Min(-note.Open, invoice.Open);
        var set = amount ?? most;
        return set <= 0 || set > most
            ? new Refusal(
                "offset.over-open",
                $"{credit} has {Text(note, note.Open)} open and {document} {Text(note, invoice.Open)}; "
                + $"{Text(note, set)} cannot be offset.")
            : new OffsetFact.CreditOffset(
                note.Name, invoice.Name, note.Debtor, note.Creditor, note.Currency, set, LocalDate.Max(on, LocalDate.Max(note.On, invoice.On)), by);
    }

    private static Refusal Unknown(string document) => new("document.unknown", $"There is no open item {document}.");

    private static string Text(OpenItem item, long minor) => new Money(minor, Currency.Of(item.Currency)).ToString();
}
