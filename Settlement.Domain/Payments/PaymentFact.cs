using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Payments;

/// <summary>How a payment fits what was owed.</summary>
public enum PaymentMatch
{
    /// <summary>All of it is applied and every document it was applied to is paid.</summary>
    Exact,

    /// <summary>All of it is applied, a document stays open.</summary>
    Part,

    /// <summary>Something is left over.</summary>
    Over,

    /// <summary>It matches nothing.</summary>
    Unapplied,
}

/// <summary>What arrived at a bank. Minor units.</summary>
/// <param name="Id">External id: the bank's or the payer's, unique in the relationship.</param>
/// <param name="Reference">What the payer wrote; documents named in it are paid first.</param>
public sealed record Payment(
    string Id, PartyId Payer, PartyId Payee, string Currency, long Amount, LocalDate ValueDate, string Reference);

/// <summary>How much of a payment pays which document.</summary>
public sealed record Application(string Document, long Amount)
{
    /// <summary>A refund: the payee's credit note, which the payer owes; null of an ordinary document.</summary>
    public bool? IsCredit { get; init; }
}

/// <summary>Facts of the streams <c>payment/{id}</c> of a relationship (rules-money 25).</summary>
public abstract record PaymentFact : Fact
{
    private PaymentFact() { }

    /// <summary>Money came; until it is applied it matches nothing.</summary>
    public sealed record PaymentRecorded(Payment Payment, string By) : PaymentFact;

    /// <summary>Money of before, with the balances that were brought along.</summary>
    public sealed record PaymentBroughtForward(Payment Payment, string By) : PaymentFact;

    public sealed record PaymentApplied(
        Payment Payment, IReadOnlyList<Application> Applications, PaymentMatch Match, LocalDate On, string By) : PaymentFact;

    /// <summary>Of what matches nothing, an amount went back to the payer.</summary>
    public sealed record PaymentRefunded(Payment Payment, long Amount, LocalDate On, string By) : PaymentFact;

    /// <summary>The bank took it back: what it paid is open again.</summary>
    /// <param name="Applications">All that it was applied to.</param>
    public sealed record PaymentReversed(
        Payment Payment, IReadOnlyList<Application> Applications, string Because, LocalDate On, string By) : PaymentFact;
}

/// <summary>Facts of the streams <c>write-off/{document}</c>: a small rest is given up by two people.</summary>
public abstract record WriteOffFact : Fact
{
    private WriteOffFact() { }

    /// <param name="Amount">Open rest of the document, minor units; of a credit note negative: its debtor gives it up.</param>
    public sealed record WriteOffProposed(
        string Document, PartyId Debtor, PartyId Creditor, string Currency, long Amount, string Reason, LocalDate On,
        string By) : WriteOffFact;

    public sealed record WriteOffApproved(
        string Document, PartyId Debtor, PartyId Creditor, string Currency, long Amount, LocalDate On,
        string ProposedBy, string By) : WriteOffFact;
}

/// <summary>Facts of the streams <c>offset/{document}</c>: a credit settles an invoice of its direction; nothing is posted.</summary>
public abstract record OffsetFact : Fact
{
    private OffsetFact() { }

    /// <param name="Credit">The document that is negative: a credit note.</param>
    /// <param name="Amount">Positive minor units.</param>
    public sealed record CreditOffset(
        string Credit, string Document, PartyId Debtor, PartyId Creditor, string Currency, long Amount, LocalDate On,
        string By) : OffsetFact;
}
