using NodaTime;
using Settlement.Api.Agreements;
using Settlement.Api.Intake;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Periods;
using Settlement.Domain.Statements;
using Settlement.Domain.Tax;
using Settlement.Projections.Statements;
using Period = Settlement.Domain.Periods.Period;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Periods;

/// <summary>
/// The month-end of one relationship: soft close → prepare → approve → issue → hard close, each by a person. Tables
/// are read only after they have caught up with the log.
/// </summary>
public sealed class Closing(
    EventStore store, PeriodStore periods, ReportQueries reports, PeriodQueries queries, PeriodTieOuts tieOuts,
    Books books, Func<Instant> now)
{
    public Task<PeriodBook> Book(Relationship relationship, CancellationToken stop) => periods.Load(relationship, stop);

    /// <inheritdoc cref="PeriodStore.History"/>
    public Task<IReadOnlyList<PeriodStep>> History(Relationship relationship, YearMonth month, CancellationToken stop) =>
        periods.History(relationship, month, stop);

    /// <summary>What changed about a month's CDRs since its statement was cut; empty before that.</summary>
    public async Task<IReadOnlyList<RunChange>> Changes(
        Relationship relationship, YearMonth month, int limit, CancellationToken stop)
    {
        return (await periods.Load(relationship, stop)).Month(month) is { IssuedUpTo: > 0 and var cutOff }
            ? await queries.Changes(relationship, month, cutOff, limit, stop)
            : [];
    }

    public async Task<Refusal?> SoftClose(
        Relationship relationship, YearMonth month, Instant now, string by, CancellationToken stop)
    {
        var today = await Today(relationship, month, now, stop);
        return await periods.Decide(relationship, by, book => ClosePeriod.SoftClose(book, month, today, by), stop);
    }

    /// <summary>The date in the agreement's zone.</summary>
    public async Task<LocalDate> Today(Relationship relationship, YearMonth month, Instant now, CancellationToken stop) =>
        now.InZone(DateTimeZoneProviders.Tzdb[(await Agreement(relationship, month, stop)).Zone]).Date;

    /// <summary>Sets the cut-off, computes the draft as of it and records it.</summary>
    public async Task<(StatementDraft? Draft, Refusal? Refusal)> Prepare(
        Relationship relationship, YearMonth month, LocalDate documentDate, string by, CancellationToken stop)
    {
        var earlier = await EarlierOpen(relationship, month, stop);
        var agreement = await Agreement(relationship, month, stop);
        var today = now().InZone(DateTimeZoneProviders.Tzdb[agreement.Zone]).Date;
        if (await periods.Decide(relationship, by, Cut, stop) is { } refused)
        {
            return (null, refused);
        }

        var (draft, refusal) = await Compute(relationship, month, documentDate, stop);
        if (draft is null)
        {
            return (null, refusal);
        }

        var digest = DraftDigest.Of(draft);
        refusal = await periods.Decide(
            relationship, by, book => ClosePeriod.Prepare(book, draft, digest, by), stop);
        return refusal is null ? (draft, null) : (null, refusal);

        Decision<PeriodFact> Cut(PeriodBook book) => ClosePeriod.Cut(book, month, earlier, by) switch
        {
            Decision<PeriodFact>.Refused no => no,
            var cut => ClosePeriod.DocumentDate(book, month, documentDate, today, agreement) is { } fault ? fault : cut,
        };
    }

    public async Task<Refusal?> Approve(Relationship relationship, YearMonth month, string by, CancellationToken stop)
    {
        var period = (await periods.Load(relationship, stop)).Month(month);
        if (period.Draft is not { } prepared || period.IsIssued)
        {
            return await periods.Decide(relationship, by, book => ClosePeriod.Approve(book, month, "", [], by), stop);
        }

        var (computed, refusal) = await Compute(relationship, month, prepared.DocumentDate, stop);
        if (computed is null)
        {
            return refusal;
        }

        // reference facts recorded since change the position, and nothing else where no answer changed
        var digest = DraftDigest.Of(computed with { BookCutOff = prepared.BookCutOff });
        IReadOnlyList<TieOut> ties =
        [
            .. await TieOuts(prepared, stop),
            new("T9 lines computed again = lines prepared, under one digest", digest[..16], computed.Lines, prepared.Lines),
        ];
        return await periods.Decide(
            relationship, by, book => ClosePeriod.Approve(book, month, digest, ties, by), stop);
    }

    public async Task<Refusal?> Issue(Relationship relationship, YearMonth month, string by, CancellationToken stop)
    {
        var agreement = await Agreement(relationship, month, stop);
        return await periods.Decide(relationship, by, book => ClosePeriod.Issue(book, month, agreement, by), stop);
    }

    public async Task<Refusal?> HardClose(Relationship relationship, YearMonth month, string by, CancellationToken stop)
    {
        var moved = (await queries.MonthsWithMovement(relationship, month, stop)).Contains(month);
        return await periods.Decide(
            relationship, by, book => ClosePeriod.HardClose(book, month, moved, by), stop);
    }

    public Task<Refusal?> ProposeReopen(
        Relationship relationship, YearMonth month, string reason, string by, CancellationToken stop) =>
        periods.Decide(relationship, by, book => ClosePeriod.ProposeReopen(book, month, reason, by), stop);

    public Task<Refusal?> ApproveReopen(Relationship relationship, YearMonth month, string by, CancellationToken stop) =>
        periods.Decide(relationship, by, book => ClosePeriod.ApproveReopen(book, month, by), stop);

    /// <summary>
    /// The statement as it would be now: a run. Of a cut month it has its cut-off; of an open one it is preliminary.
    /// </summary>
    public async Task<(StatementDraft? Draft, Refusal? Refusal)> Compute(
        Relationship relationship, YearMonth month, LocalDate documentDate, CancellationToken stop)
    {
        var book = await periods.Load(relationship, stop);
        var agreement = await Agreement(relationship, month, stop);
        var reference = await books.Current(stop);
        var head = (await store.Heads(stop)).GetValueOrDefault(relationship.ToString());
        var terms = new StatementTerms(
            agreement, month, documentDate, book.Month(month).CutOff ?? head, book, reference);
        var builder = new StatementBuilder(terms);
        var filter = new LineFilter(relationship.ToString(), month, UpTo: terms.CutOff);
        await foreach (var line in reports.Lines(filter, after: terms.Period.IssuedUpTo, stop: stop))
        {
            builder.Add(line);
        }

        IReadOnlyList<string> kinds = [StatementBalances.Kind(JournalKind.TakenBack), StatementBalances.Kind(JournalKind.GivenBack)];
        await foreach (var beside in reports.Beside(filter with { After = terms.Period.IssuedUpTo }, kinds, stop))
        {
            builder.AddBeside(beside);
        }

        var (changes, refusal) = await TaxPoint(builder.TaxPointCandidates, terms, stop);
        return refusal is not null
            ? (null, refusal)
            : builder.Build(changes, await queries.Rolls(relationship, month, stop));
    }

    /// <summary>
    /// What there is to look at: the draft as prepared or issued, or of an open month as it would be now.
    /// </summary>
    public async Task<(Period Period, StatementDraft? Draft, Refusal? Refusal)> Shown(
        Relationship relationship, YearMonth month, Instant now, CancellationToken stop)
    {
        var period = (await periods.Load(relationship, stop)).Month(month);
        var (draft, refusal) = period.State switch
        {
            PeriodState.Prepared or PeriodState.Approved => (period.Draft, null),
            PeriodState.Issued or PeriodState.HardClosed => (period.Issued.IsEmpty ? null : period.Issued[^1].Draft, null),
            _ => await Compute(relationship, month, await Today(relationship, month, now, stop), stop),
        };
        return (period, draft, refusal);
    }

    /// <summary>The tie-outs of what <see cref="Shown"/> gives: of an issued month those signed at its approval.</summary>
    public Task<IReadOnlyList<TieOut>> TieOuts(Period period, StatementDraft draft, CancellationToken stop) =>
        period is { IsIssued: true, Issued: [.., var last] }
            ? Task.FromResult(last.Ties)
            : TieOuts(draft, stop);

    /// <summary>T1 to T10 of a draft; T9, that it computes to the same again, is checked when it is approved.</summary>
    public async Task<IReadOnlyList<TieOut>> TieOuts(StatementDraft draft, CancellationToken stop)
    {
        var book = await periods.Load(draft.Relationship, stop);
        var ledger = await queries.Rolls(draft.Relationship, draft.Month, stop);
        return
        [
            .. await tieOuts.Of(draft, book, ledger, stop),
            .. await queries.Completeness(draft.Relationship, draft.Month, stop),
        ];
    }

    /// <summary>The version in force on the last day of a month.</summary>
    /// <exception cref="InvalidOperationException">The pair has no agreement: nobody can have a month with it.</exception>
    public async Task<Agreement> Agreement(Relationship relationship, YearMonth month, CancellationToken stop)
    {
        var history = await books.Agreements(relationship.ToString(), stop);
        return history.Of(month) ?? throw new InvalidOperationException($"{relationship} has no agreement.");
    }

    private async Task<IReadOnlyList<YearMonth>> EarlierOpen(
        Relationship relationship, YearMonth month, CancellationToken stop)
    {
        var book = await periods.Load(relationship, stop);
        return [.. (await queries.MonthsWithMovement(relationship, month.PlusMonths(-1), stop))
            .Where(earlier => !book.Month(earlier).IsIssued)];
    }

    private async Task<(IReadOnlyList<(StatementLine, TaxPointDifference)> Changes, Refusal? Refusal)> TaxPoint(
        IReadOnlyList<StatementLine> candidates, StatementTerms terms, CancellationToken stop)
    {
        var changes = new List<(StatementLine, TaxPointDifference)>();
        var history = await books.Agreements(terms.Relationship.ToString(), stop);
        foreach (var line in candidates)
        {
            var state = await store.ReadCdr(terms.Relationship.ToString(), line.Stream, stop);
            if (state is not { Counting: { } received, Posted: { } posted })
            {
                continue; // taken back since: its own credit is on the statement too
            }

            var currency = Currency.Of(posted.Cdr.Currency);
            // the version it is bound to, not the one that is in force when the month is closed
            var bound = history.Versions.FirstOrDefault(version => version.Version == posted.Agreement) ?? terms.Agreement;
            var (differences, question) = TaxPointDifference.Of(
                Taxation.AsPosted(received.Cdr, posted, bound.For(posted.OwedTo), terms.Book),
                [.. posted.Taxes.Select(tax => tax.ToLine(currency))], terms.DocumentDate, terms.Book.Taxes);
            if (question is not null)
            {
                return ([], new Refusal(question.Code, $"CDR {line.CdrId} on the document date: {question.Question}"));
            }

            changes.AddRange(differences.Select(difference => (line, difference)));
        }

        return (changes, null);
    }
}
