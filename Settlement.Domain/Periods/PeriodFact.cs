using NodaTime;
using Settlement.Domain.Statements;

namespace Settlement.Domain.Periods;

/// <summary>
/// Facts of the stream <c>periods</c> of a relationship: all its months in one stream, so that document numbers stay
/// free of gaps and two people cannot close against each other. Times are those of the log.
/// </summary>
public abstract record PeriodFact : Fact
{
    private PeriodFact() { }

    /// <summary>CDRs that come from here on belong to a later month.</summary>
    public sealed record PeriodSoftClosed(YearMonth Month, string By) : PeriodFact;

    /// <summary>The cut-off of the statement: its own number. From here on nothing enters the month.</summary>
    public sealed record PeriodCut(YearMonth Month, string By) : PeriodFact;

    /// <summary>What is to be issued was computed; nothing is posted yet (rules-money 18).</summary>
    /// <param name="Digest">SHA-256, hex, of the draft as it is stored: what an approver signs.</param>
    public sealed record StatementPrepared(StatementDraft Draft, string Digest, string By) : PeriodFact;

    /// <summary>Another person vouches for exactly this digest.</summary>
    public sealed record StatementApproved(YearMonth Month, string Digest, string By) : PeriodFact
    {
        /// <summary>T1 to T10 as they held at the approval.</summary>
        public IReadOnlyList<TieOut> Ties { get; init; } = [];
    }

    /// <summary>A third person issued it: its lines are posted, its documents have numbers.</summary>
    /// <param name="Numbers">One per document of the draft, in its order; outside the digest.</param>
    public sealed record StatementIssued(
        StatementDraft Draft, string Digest, IReadOnlyList<string> Numbers, string By) : PeriodFact;

    /// <summary>Nothing about the month changes any more; what comes later goes into the open month.</summary>
    public sealed record PeriodHardClosed(YearMonth Month, string By) : PeriodFact;

    public sealed record ReopenProposed(YearMonth Month, string Reason, string By) : PeriodFact;

    /// <summary>The first of two approvals.</summary>
    public sealed record ReopenApproved(YearMonth Month, string By) : PeriodFact;

    /// <summary>With the second approval the month takes entries again. What was issued stays issued.</summary>
    public sealed record PeriodReopened(
        YearMonth Month, string Reason, string ProposedBy, IReadOnlyList<string> ApprovedBy) : PeriodFact;
}
