using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Disputes;
using Settlement.Domain.Periods;

namespace Settlement.Domain.Payments;

/// <summary>What a move does to an open item.</summary>
public enum ItemMoveKind
{
    /// <summary>An issued document: a credit note is negative.</summary>
    Document,

    /// <summary>A credit note is about this item.</summary>
    Amend,

    /// <summary>A due of before.</summary>
    Opening,

    /// <summary>Dues carried over into another currency: out of all items of theirs…</summary>
    Converted,

    /// <summary>… into a new one.</summary>
    ConvertedInto,

    /// <summary>Set off against the other direction, oldest first.</summary>
    SetOff,
    Paid,
    WrittenOff,

    /// <summary>A credit note set against an invoice of its direction.</summary>
    Offset,

    /// <summary>Withheld; negative is due again.</summary>
    Disputed,

    /// <summary>Withheld no longer: our own credit note.</summary>
    Credited,

    /// <summary>Taken back together with a CDR and not on a document.</summary>
    Beside,

    /// <summary>Money that matches nothing; negative once it is applied or returned.</summary>
    Unapplied,
}

/// <summary>One movement of what is open between two parties. Minor units.</summary>
/// <param name="Item">The document it is about; empty where the fold finds that out.</param>
/// <param name="Reference">The payment, dispute or note behind it.</param>
public sealed record ItemMove(
    ItemMoveKind Kind, string Item, PartyId Debtor, PartyId Creditor, string Currency, long Amount, LocalDate On,
    string Reference)
{
    public LocalDate? DueOn { get; init; }

    /// <summary>Of a document: its month; of a dispute: the month of its CDR.</summary>
    public YearMonth? Month { get; init; }

    /// <summary>Of a document: entries after this number…</summary>
    public long After { get; init; }

    /// <summary>… up to this one are on it. Of a dispute: the entry.</summary>
    public long UpTo { get; init; }

    /// <summary>What a fact moves, in order.</summary>
    public static IReadOnlyList<ItemMove> Of(Fact fact) => fact switch
    {
        PeriodFact.StatementIssued e => [.. Issued(e)],
        DisputeFact e => Disputed(e),
        PaymentFact.PaymentRecorded e => [Unapplied(e.Payment, e.Payment.Amount, e.Payment.ValueDate)],
        PaymentFact.PaymentBroughtForward e => [Unapplied(e.Payment, e.Payment.Amount, e.Payment.ValueDate)],
        PaymentFact.PaymentApplied e =>
        [
            .. e.Applications.Select(each => Paid(e.Payment, each, each.Amount, e.On)),
            Unapplied(e.Payment, -e.Applications.Sum(each => each.Amount), e.On),
        ],
        PaymentFact.PaymentReversed e =>
        [
            .. e.Applications.Select(each => Paid(e.Payment, each, -each.Amount, e.On)),
            Unapplied(e.Payment, e.Applications.Sum(each => each.Amount) - e.Payment.Amount, e.On),
        ],
        PaymentFact.PaymentRefunded e => [Unapplied(e.Payment, -e.Amount, e.On)],
        OffsetFact.CreditOffset e => [Offset(e, e.Credit, -e.Amount), Offset(e, e.Document, e.Amount)],
        WriteOffFact.WriteOffApproved e =>
        [
            new(ItemMoveKind.WrittenOff, e.Document, e.Debtor, e.Creditor, e.Currency, e.Amount, e.On, $"write-off {e.Document}"),
        ],
        OpeningFact.OpeningImported e =>
        [
            .. e.Dues.Select(line => new ItemMove(
                ItemMoveKind.Opening, line.Reference, line.Debtor, line.Creditor, line.Currency, line.Amount, line.On,
                $"opening {e.Name}") { DueOn = line.DueOn ?? line.On }),
        ],
        _ => [],
    };

    /// <summary>A dispute's move.</summary>
    public static ItemMove About(DisputedCdr cdr, ItemMoveKind kind, long amount, LocalDate on) => new(
        kind, "", cdr.Debtor, cdr.Creditor, cdr.Currency, amount, on, $"dispute {cdr.Key}")
    {
        Month = cdr.Month,
        UpTo = cdr.Entry,
    };

    private static ItemMove Unapplied(Payment payment, long amount, LocalDate on) => new(
        ItemMoveKind.Unapplied, "", payment.Payer, payment.Payee, payment.Currency, amount, on, $"payment {payment.Id}");

    private static ItemMove Offset(OffsetFact.CreditOffset e, string document, long amount) => new(
        ItemMoveKind.Offset, document, e.Debtor, e.Creditor, e.Currency, amount, e.On, $"offset {e.Credit} {e.Document}");

    // a refund is less paid by the payee under its document
    private static ItemMove Paid(Payment payment, Application application, long amount, LocalDate on) =>
        application.IsCredit == true
            ? new(
                ItemMoveKind.Paid, application.Document, payment.Payee, payment.Payer, payment.Currency, -amount, on,
                $"payment {payment.Id}")
            : new(
                ItemMoveKind.Paid, application.Document, payment.Payer, payment.Payee, payment.Currency, amount, on,
                $"payment {payment.Id}");

    private static IReadOnlyList<ItemMove> Disputed(DisputeFact fact) => fact switch
    {
        DisputeFact.DisputeOpened e => [About(e.Cdr, ItemMoveKind.Disputed, e.Disputed, e.Evidence.On)],
        DisputeFact.DisputeUpheld { Returned: not 0 } e => [About(e.Cdr, ItemMoveKind.Disputed, -e.Returned, e.On)],
        DisputeFact.DisputeDenied { Returned: not 0 } e => [About(e.Cdr, ItemMoveKind.Disputed, -e.Returned, e.On)],
        DisputeFact.DisputeWithdrawn { Returned: not 0 } e => [About(e.Cdr, ItemMoveKind.Disputed, -e.Returned, e.On)],
        DisputeFact.CreditNoteIssued e => [About(e.Cdr, ItemMoveKind.Credited, e.Amount, e.On)],
        _ => [],
    };

    private static IEnumerable<ItemMove> Issued(PeriodFact.StatementIssued e)
    {
        var (draft, name) = (e.Draft, $"statement {e.Draft.Month.Text()}");
        var (a, b) = (draft.Relationship.A, draft.Relationship.B);
        foreach (var (document, number) in draft.Documents.Zip(e.Numbers))
        {
            yield return new ItemMove(
                ItemMoveKind.Document, number, document.Customer, document.Supplier, document.Currency, document.Due,
                draft.DocumentDate, name)
            {
                DueOn = draft.DueDate,
                Month = draft.Month,
                After = draft.PreviousCutOff,
                UpTo = draft.CutOff,
            };
            foreach (var amended in document.Amends)
            {
                yield return new ItemMove(
                    ItemMoveKind.Amend, amended.Number, document.Customer, document.Supplier, document.Currency,
                    -amended.Due, draft.DocumentDate, number);
            }
        }

        // as issuing posts them: first into the settlement currency, then against each other
        foreach (var due in draft.Conversions)
        {
            yield return new(
                ItemMoveKind.Converted, "", due.Debtor, due.Creditor, due.From, due.Amount, draft.DocumentDate, name);
            yield return new(
                ItemMoveKind.ConvertedInto, $"{draft.Month.Text()} {due.From}-{due.To}", due.Debtor, due.Creditor, due.To,
                due.Converted, draft.DocumentDate, name) { DueOn = draft.DueDate };
        }

        foreach (var set in draft.Netting.Where(set => set.Amount != 0))
        {
            yield return new(ItemMoveKind.SetOff, "", a, b, set.Currency, set.Amount, draft.DocumentDate, name);
            yield return new(ItemMoveKind.SetOff, "", b, a, set.Currency, set.Amount, draft.DocumentDate, name);
        }
    }
}
