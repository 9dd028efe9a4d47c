using Settlement.Domain.Intake;

namespace Settlement.Domain.Ledger;

/// <summary>Why an entry was made.</summary>
public enum MovementKind
{
    Cdr,
    Credit,
    Conflict,

    /// <summary>Our own mistake taken back; what is right follows as <see cref="Cdr"/>.</summary>
    Correction,
}

/// <summary>
/// What one fact moves in the ledger: a settled CDR, or the negation of one. A credit CDR leaves its quantities
/// positive on the wire; here kWh, time and sessions of a negation count negative (rules-money 14).
/// </summary>
/// <param name="Cdr">The CDR whose arrival caused it: for a credit, the credit CDR itself.</param>
/// <param name="Sign">1 or -1, applied to every amount and quantity of <paramref name="Settled"/>.</param>
public sealed record Movement(MovementKind Kind, CdrHeading Cdr, SettledCdr Settled, int Sign)
{
    /// <summary>Null where the fact moves no money.</summary>
    public static Movement? Of(Fact fact) => fact switch
    {
        CdrFact.CdrRated e => new(MovementKind.Cdr, e.Settled.Cdr, e.Settled, 1) { Cause = e.Settled.Cause },
        CdrFact.CreditPosted { Negated: { } negated } e => new(MovementKind.Credit, e.Cdr, negated, -1),
        CdrFact.CreditTakenBack { Restored: { } restored } e => new(MovementKind.Credit, e.Cdr, restored, 1),
        CdrFact.CdrConflicted { Negated: { } negated } e => new(MovementKind.Conflict, e.Cdr, negated, -1),
        CdrFact.CdrReversed e => new(MovementKind.Correction, e.Cdr, e.Negated, -1) { Cause = e.Cause },
        _ => null,
    };

    /// <summary>Why a person changed what is owed; null where nobody did.</summary>
    public string? Cause { get; init; }

    public Entry Entry() => Sign > 0 ? Settled.Entry() : Settled.Entry().Reversed();
}
