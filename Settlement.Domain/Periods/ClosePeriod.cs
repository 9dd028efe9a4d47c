using System.Globalization;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Statements;

namespace Settlement.Domain.Periods;

/// <summary>
/// The steps of a month-end. Pure: each answers with a fact or says why not. Prepare, approve and issue are three
/// people's work (rules-money 18); who may do which step at all is decided before.
/// </summary>
public static class ClosePeriod
{
    /// <param name="today">In the agreement's zone.</param>
    public static Decision<PeriodFact> SoftClose(PeriodBook book, YearMonth month, LocalDate today, string by)
    {
        var period = book.Month(month);
        if (period.State != PeriodState.Open)
        {
            return period.State == PeriodState.SoftClosed
                ? Decision.Nothing<PeriodFact>()
                : new Refusal("period.not-open", $"{month.Text()} is {Word(period.State)}; only an open month can be soft-closed.");
        }

        var last = month.ToDateInterval().End;
        return today <= last
            ? new Refusal(
                "period.not-over",
                $"{month.Text()} ends {last.Text()}, today is {today.Text()}: close it when it is over.")
            : new PeriodFact.PeriodSoftClosed(month, by);
    }

    /// <summary>Sets the cut-off, so that the statement can be computed from what is in the month now.</summary>
    /// <param name="earlier">Months before it that have movement and are not issued.</param>
    public static Decision<PeriodFact> Cut(
        PeriodBook book, YearMonth month, IReadOnlyList<YearMonth> earlier, string by)
    {
        var period = book.Month(month);
        return period.State switch
        {
            PeriodState.Open => new Refusal(
                "period.not-soft-closed", $"{month.Text()} is open: soft-close it first."),
            PeriodState.Issued or PeriodState.HardClosed => new Refusal(
                "period.issued", $"{month.Text()} is {Word(period.State)}; reopen it to issue what came since."),
            _ when earlier.Count > 0 => new Refusal(
                "period.earlier-open",
                $"{string.Join(", ", earlier.Select(each => each.Text()))} has movement and is not issued: the opening balance "
                + $"of {month.Text()} is not final. Close it first."),
            PeriodState.SoftClosed => new PeriodFact.PeriodCut(month, by),
            _ => Decision.Nothing<PeriodFact>(), // cut before: a new draft has the same cut-off
        };
    }

    /// <summary>
    /// Why a day cannot be the document date of a month; null = it can. Not before the month is over or before the last
    /// document of the relationship, for numbers follow dates, and no further ahead than the terms of payment.
    /// </summary>
    public static Refusal? DocumentDate(
        PeriodBook book, YearMonth month, LocalDate date, LocalDate today, Agreement agreement)
    {
        var end = month.ToDateInterval().End;
        var last = book.Months.Values.SelectMany(each => each.Issued).Where(issued => issued.Numbers.Count > 0)
            .MaxBy(issued => issued.Draft.DocumentDate);
        var (from, why) = last is { Draft.DocumentDate: var before } && before > end
            ? (before, $"the date of {last.Numbers[^1]}")
            : (end, "the last day of the month");
        var to = LocalDate.Max(from, today.PlusDays(agreement.PaymentTermsDays));
        return date >= from && date <= to ? null : new Refusal(
            "document-date.out-of-bounds",
            $"{date.Text()} cannot be the document date of {month.Text()}: it is {from.Text()} ({why}) at the earliest and "
            + $"{to.Text()} (today and {agreement.PaymentTermsDays} days, the terms of payment) at the latest.");
    }

    /// <summary>Records what was computed; a draft approved before is approved no longer.</summary>
    public static Decision<PeriodFact> Prepare(PeriodBook book, StatementDraft draft, string digest, string by)
    {
        var period = book.Month(draft.Month);
        return period.State switch
        {
            PeriodState.Cut or PeriodState.Prepared or PeriodState.Approved =>
                period.Digest == digest && period.PreparedBy == by && period.State != PeriodState.Cut
                    ? Decision.Nothing<PeriodFact>()
                    : new PeriodFact.StatementPrepared(draft, digest, by),
            _ => new Refusal("period.not-cut", $"{draft.Month.Text()} is {Word(period.State)}; it cannot be prepared."),
        };
    }

    /// <param name="computed">Digest of the draft computed again from the log now: T9.</param>
    /// <param name="ties">The tie-outs; none may fail.</param>
    public static Decision<PeriodFact> Approve(
        PeriodBook book, YearMonth month, string computed, IReadOnlyList<TieOut> ties, string by)
    {
        var period = book.Month(month);
        if (period.IsIssued && period.ApprovedBy == by)
        {
            return Decision.Nothing<PeriodFact>(); // said again
        }

        if (period.State is not (PeriodState.Prepared or PeriodState.Approved))
        {
            return new Refusal("period.not-prepared", $"{month.Text()} is {Word(period.State)}: prepare it first.");
        }

        if (by == period.PreparedBy)
        {
            return new Refusal("user.same-person", $"{by} prepared {month.Text()}; somebody else must approve it.");
        }

        if (computed != period.Digest)
        {
            return new Refusal(
                "statement.changed",
                $"The statement of {month.Text()} computed again is {computed[..16]}, prepared was {period.Digest![..16]}: "
                + "prepare it again.");
        }

        return ties.FirstOrDefault(tie => !tie.Holds) is { } broken
            ? new Refusal("tie-out.failed", $"{broken.Name}, {broken.Subject}: {Number(broken.One)} and {Number(broken.Other)} differ.")
            : period.State == PeriodState.Approved && period.ApprovedBy == by
                ? Decision.Nothing<PeriodFact>()
                : new PeriodFact.StatementApproved(month, computed, by) { Ties = ties };
    }

    public static Decision<PeriodFact> Issue(PeriodBook book, YearMonth month, Agreement agreement, string by)
    {
        var period = book.Month(month);
        if (period is not { State: PeriodState.Approved, Draft: { } draft, Digest: { } digest })
        {
            return period.IsIssued
                ? Decision.Nothing<PeriodFact>()
                : new Refusal("period.not-approved", $"{month.Text()} is {Word(period.State)}: it must be approved first.");
        }

        if (agreement.Provisional)
        {
            return new Refusal(
                "agreement.provisional",
                $"The agreement of {agreement.Relationship} is provisional: agree its terms before anything is issued.");
        }

        return by == period.PreparedBy || by == period.ApprovedBy
            ? new Refusal(
                "user.same-person",
                $"{by} {(by == period.PreparedBy ? "prepared" : "approved")} {month.Text()}; a third person must issue it.")
            : new PeriodFact.StatementIssued(draft, digest, DocumentNumber.Next(draft.Documents, book.Series), by);
    }

    /// <param name="hasMovement">A month in which nothing happened needs no statement.</param>
    public static Decision<PeriodFact> HardClose(PeriodBook book, YearMonth month, bool hasMovement, string by)
    {
        var period = book.Month(month);
        return period.State switch
        {
            PeriodState.HardClosed => Decision.Nothing<PeriodFact>(),
            PeriodState.Issued => new PeriodFact.PeriodHardClosed(month, by),
            PeriodState.SoftClosed when !hasMovement => new PeriodFact.PeriodHardClosed(month, by),
            _ => new Refusal("period.not-issued", $"{month.Text()} is {Word(period.State)}: issue its statement first."),
        };
    }

    public static Decision<PeriodFact> ProposeReopen(PeriodBook book, YearMonth month, string reason, string by)
    {
        var period = book.Month(month);
        return (period.Reopening ?? (period.IsIssued ? null : period.Reopened)) is { } known && known.By == by && known.Reason == reason.Trim()
            ? Decision.Nothing<PeriodFact>() // said again
            : period.State == PeriodState.Open
            ? new Refusal("period.open", $"{month.Text()} is open already.")
            : reason.Trim().Length == 0
                ? new Refusal("reason.missing", $"Say why {month.Text()} must be opened again.")
                : new PeriodFact.ReopenProposed(month, reason.Trim(), by);
    }

    /// <summary>Two people approve, neither of them the one who asked.</summary>
    public static Decision<PeriodFact> ApproveReopen(PeriodBook book, YearMonth month, string by)
    {
        if (book.Month(month).Reopening is not { } asked)
        {
            return book.Month(month) is { IsIssued: false, Reopened: { } done } && done.Approvals.Contains(by)
                ? Decision.Nothing<PeriodFact>() // said again
                : new Refusal("reopen.not-proposed", $"No request to reopen {month.Text()} is open.");
        }

        if (asked.Approvals.Contains(by))
        {
            return Decision.Nothing<PeriodFact>(); // said again: it counts once
        }

        if (by == asked.By)
        {
            return new Refusal("user.same-person", $"{by} requested this; two other people must approve.");
        }

        return asked.Approvals.IsEmpty
            ? new PeriodFact.ReopenApproved(month, by)
            : new PeriodFact.PeriodReopened(month, asked.Reason, asked.By, asked.Approvals.Add(by));
    }

    /// <summary>How a state is called in a sentence.</summary>
    public static string Word(PeriodState state) => state switch
    {
        PeriodState.Open => "open",
        PeriodState.SoftClosed => "soft-closed",
        PeriodState.Cut => "cut off",
        PeriodState.Prepared => "prepared",
        PeriodState.Approved => "approved",
        PeriodState.Issued => "issued",
        PeriodState.HardClosed => "hard-closed",
        _ => throw new InvalidOperationException($"{state} is no state of a period."),
    };

    private static string Number(decimal number) => number.ToString(CultureInfo.InvariantCulture);
}
