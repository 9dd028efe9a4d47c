using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Fx;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Periods;

/// <summary>
/// What a month's statement will be: a pure function of the relationship, the month, the cut-off and the document
/// date (rules-money 17, 18). Amounts in minor units of their currency.
/// </summary>
public sealed record StatementDraft
{
    public required Relationship Relationship { get; init; }

    public required YearMonth Month { get; init; }

    /// <summary>1, or one more after each reopening: a later version holds only what came since.</summary>
    public required int Version { get; init; }

    /// <summary>Date of its documents: the tax point of taxes whose rule says so.</summary>
    public required LocalDate DocumentDate { get; init; }

    public required LocalDate DueDate { get; init; }

    /// <summary>Version of the agreement it is issued under.</summary>
    public required int Agreement { get; init; }

    /// <summary>Entries of the month up to this number of the relationship's log are in it.</summary>
    public required long CutOff { get; init; }

    /// <summary>Number of the reference book it was computed with.</summary>
    public required long BookCutOff { get; init; }

    /// <summary>Entries up to this number are on an earlier version; 0 = there is none.</summary>
    public required long PreviousCutOff { get; init; }

    /// <summary>Entries on it: its members.</summary>
    public required long Lines { get; init; }

    /// <summary>RFC 6962 root over its lines, hex; see <see cref="StatementLeaf"/>.</summary>
    public required string MerkleRoot { get; init; }

    /// <summary>Root of the statement before it in this relationship; empty for the first.</summary>
    public required string PreviousRoot { get; init; }

    public required IReadOnlyList<DocumentDraft> Documents { get; init; }

    /// <summary>
    /// Documents that would come to nothing: their lines are on the statement, but no document is issued of them unless
    /// the agreement says so.
    /// </summary>
    public IReadOnlyList<DocumentDraft> WithoutAmount { get; init; } = [];

    /// <summary>Tax that the documents change, per CDR: rounding once per document, another tax point.</summary>
    public required IReadOnlyList<TaxChange> TaxChanges { get; init; }

    /// <summary>Set-off per currency.</summary>
    public required IReadOnlyList<SetOff> Netting { get; init; }

    /// <summary>Dues carried over into the settlement currency.</summary>
    public IReadOnlyList<ConvertedDue> Conversions { get; init; } = [];

    /// <summary>How each account got from its opening to its closing balance, with what issuing will post.</summary>
    public required IReadOnlyList<AccountRoll> Accounts { get; init; }
}

/// <summary>What a document is.</summary>
public enum DocumentKind
{
    Invoice,

    /// <summary>Takes back what an earlier document charged.</summary>
    CreditNote,

    /// <summary>Charges more for a month that was issued before.</summary>
    DebitNote,
}

/// <summary>One document of a statement: one supplier, one direction, one currency (rules-money 19).</summary>
/// <param name="Supplier">The CPO; under reverse billing the eMSP writes its invoice, with the CPO's registrations.</param>
/// <param name="Amends">The earlier documents a note is about.</param>
/// <param name="Net">Signed: a credit note is negative.</param>
/// <param name="Due">Net plus charged tax.</param>
public sealed record DocumentDraft(
    DocumentKind Kind, PartyId Supplier, PartyId Customer, PartyId IssuedBy, string Currency, long Sessions,
    decimal EnergyKwh, IReadOnlyList<DocumentCharge> Charges, IReadOnlyList<DocumentTaxLine> Taxes,
    IReadOnlyList<AmendedDocument> Amends, long Net, long Tax, long Due);

/// <summary>An earlier document that a note is about, and how much of it is taken back; signed.</summary>
public sealed record AmendedDocument(string Number, long Due);

/// <summary>Price before tax of one component.</summary>
public sealed record DocumentCharge(ChargeComponent Component, long Amount);

/// <summary>One tax of a document at one rate with one treatment.</summary>
/// <param name="Registration">Of the supplier; null where none is needed.</param>
public sealed record DocumentTaxLine(
    string Tax, string Jurisdiction, decimal? Rate, decimal? PerKwh, Disposition Disposition, string Remitter,
    bool Recoverable, string Reason, string? Registration, string? Certificate, long Base, decimal Kwh, long Amount);

/// <summary>Why a tax changes when its document is made.</summary>
public enum TaxChangeCause
{
    DocumentRounding,
    TaxPoint,
}

/// <summary>
/// What a document changes in the tax of one CDR. Signed minor units. Another tax point is two of them: the posted line
/// reversed, and the one of the document date, each with its rate on its base.
/// </summary>
/// <param name="Document">Index into the draft's documents.</param>
public sealed record TaxChange(
    TaxChangeCause Cause, int Document, PartyId CdrOwner, string CdrId, PostedTax Tax, string Because)
{
    public CdrKey Cdr => new(CdrOwner, CdrId);

    /// <summary>Number of the CDR's entry on the statement; null in statements of before it was recorded.</summary>
    public long? Entry { get; init; }
}

/// <summary>Mutual dues of one currency settled against each other (rules-money 25).</summary>
/// <param name="Amount">The smaller of both dues; 0 where it is carried forward.</param>
/// <param name="Because">Why this much, or why nothing.</param>
public sealed record SetOff(string Currency, long OwedByA, long OwedByB, long Amount, string Because);

/// <summary>A due in one currency that is settled in another (rules-money 26).</summary>
/// <param name="Shown">The rate, units of <paramref name="To"/> for one of <paramref name="From"/>, to look at.</param>
/// <param name="Legs">The published values it is the exact product of.</param>
/// <param name="Dropped">What rounding once left out, minor units of <paramref name="To"/>; at most one half.</param>
/// <param name="Because">Which day's rate, or the rate of which earlier document.</param>
public sealed record ConvertedDue(
    PartyId Debtor, PartyId Creditor, string From, long Amount, string To, long Converted, decimal Shown,
    LocalDate Requested, IReadOnlyList<FxLeg> Legs, decimal Dropped, string Because)
{
    public FxRate Rate => new(Currency.Of(From), Currency.Of(To), Requested, Legs);
}

/// <summary>One account's month: opening, what moved it by kind, closing. Debit less credit, minor units.</summary>
public sealed record AccountRoll(
    string Account, string Currency, long Opening, IReadOnlyList<AccountMove> Moves, long Closing);

public sealed record AccountMove(string Kind, long Amount);
