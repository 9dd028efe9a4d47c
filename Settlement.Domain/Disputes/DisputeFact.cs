using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Disputes;

/// <summary>What of whose CDR is disputed; repeated in every fact that moves money, so that it can be read alone.</summary>
/// <param name="Debtor">Home id of the eMSP that withholds.</param>
/// <param name="Creditor">Home id of the CPO.</param>
/// <param name="Month">The month the CDR is settled in.</param>
/// <param name="Entry">Number of the CDR's entry: the line of the statement.</param>
public sealed record DisputedCdr(
    PartyId CdrOwner, string CdrId, PartyId Debtor, PartyId Creditor, string Currency, YearMonth Month, long Entry)
{
    public CdrKey Key => new(CdrOwner, CdrId);
}

/// <summary>Something said or shown. Never who the driver was.</summary>
/// <param name="Sha256">Of the file that is kept elsewhere, hex; empty where there is none.</param>
public sealed record Evidence(string Text, string Sha256, LocalDate On, string By);

/// <summary>What of one component a credit note takes back; positive minor units.</summary>
public sealed record CreditedCharge(ChargeComponent Component, long Amount);

/// <summary>
/// Facts of the stream <c>dispute/{owner}/{id}</c>: one stream per CDR, so that two people cannot withhold the same
/// cent twice. Amounts are gross minor units of the CDR's currency (rules-money 24).
/// </summary>
public abstract record DisputeFact : Fact
{
    private DisputeFact() { }

    /// <summary>The amount is withheld from here on; the rest of the CDR stays payable.</summary>
    /// <param name="Reason">A category of reconciliation, or <c>other:…</c>.</param>
    /// <param name="Gross">What stands of the CDR, of which this is at most all.</param>
    /// <param name="Proposed">What the debtor holds right for the CDR: gross less disputed.</param>
    /// <param name="Document">Invoice it is on; null before issue.</param>
    /// <param name="IsOcpi211">The CPO sends no credit CDRs: our own credit note settles it.</param>
    /// <param name="AnswerBy">Unanswered after this day it escalates.</param>
    /// <param name="Batch">What it was opened with in bulk; null alone.</param>
    public sealed record DisputeOpened(
        DisputedCdr Cdr, string Reason, long Gross, long Disputed, long Proposed, string? Document, bool IsOcpi211,
        Evidence Evidence, LocalDate AnswerBy, string? Batch, string By) : DisputeFact;

    public sealed record DisputeAcknowledged(LocalDate On, string By) : DisputeFact;

    public sealed record EvidenceRequested(string Question, LocalDate On, string By) : DisputeFact;

    public sealed record EvidenceProvided(Evidence Evidence) : DisputeFact;

    /// <summary>Nobody answered in time, or the answer is not accepted. What is withheld stays so.</summary>
    public sealed record DisputeEscalated(string Because, LocalDate On, string By) : DisputeFact;

    /// <summary>The creditor agrees, wholly or in part: that part stays withheld as credit expected.</summary>
    /// <param name="Upheld">What the creditor gives up.</param>
    /// <param name="Returned">What is due again.</param>
    public sealed record DisputeUpheld(
        DisputedCdr Cdr, long Upheld, long Returned, string Because, LocalDate On, string By) : DisputeFact;

    /// <param name="Returned">What is due again; 0 where the CDR was taken back in the meantime.</param>
    public sealed record DisputeDenied(
        DisputedCdr Cdr, long Returned, string Because, LocalDate On, string By) : DisputeFact;

    /// <param name="Returned">What is due again.</param>
    public sealed record DisputeWithdrawn(
        DisputedCdr Cdr, long Returned, string Because, LocalDate On, string By) : DisputeFact;

    /// <summary>
    /// Our own credit note in place of a credit CDR: for a part, or for a CPO on OCPI 2.1.1. A credit CDR that comes
    /// later posts only the difference.
    /// </summary>
    /// <param name="Number">Of a series without gaps per creditor and debtor.</param>
    /// <param name="Taxes">Negative, with the rate and registration they were charged under.</param>
    public sealed record CreditNoteIssued(
        DisputedCdr Cdr, string Number, string? Document, string Reason, long Amount,
        IReadOnlyList<CreditedCharge> Charges, IReadOnlyList<PostedTax> Taxes, LocalDate On, string By) : DisputeFact;

    /// <summary>Nothing is left to do.</summary>
    public sealed record DisputeClosed(string Because, LocalDate On, string By) : DisputeFact;
}
