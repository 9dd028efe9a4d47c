using NodaTime;
using Settlement.Domain.Periods;

namespace Settlement.Api.Periods;

/// <summary>One thing that was done to a month, in words.</summary>
public sealed record PeriodStep(YearMonth Month, Instant At, string By, string What)
{
    public static PeriodStep? Of(PeriodFact fact, Instant at) => fact switch
    {
        PeriodFact.PeriodSoftClosed e => new(e.Month, at, e.By, "Soft-closed: what comes later is a late line of another month"),
        PeriodFact.PeriodCut e => new(e.Month, at, e.By, "Cut off: nothing more enters the statement"),
        PeriodFact.StatementPrepared e => new(
            e.Draft.Month, at, e.By, $"Prepared with document date {Figures.Day(e.Draft.DocumentDate)}, digest {e.Digest[..16]}"),
        PeriodFact.StatementApproved e => new(e.Month, at, e.By, $"Approved digest {e.Digest[..16]}"),
        PeriodFact.StatementIssued e => new(
            e.Draft.Month, at, e.By, $"Issued {(e.Numbers.Count == 0 ? "no document" : string.Join(", ", e.Numbers))}"),
        PeriodFact.PeriodHardClosed e => new(e.Month, at, e.By, "Hard-closed"),
        PeriodFact.ReopenProposed e => new(e.Month, at, e.By, $"Asked to reopen: {e.Reason}"),
        PeriodFact.ReopenApproved e => new(e.Month, at, e.By, "Approved the reopening, first of two"),
        PeriodFact.PeriodReopened e => new(e.Month, at, e.ApprovedBy[^1], $"Approved the reopening; open again: {e.Reason}"),
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no step of a month."),
    };
}
