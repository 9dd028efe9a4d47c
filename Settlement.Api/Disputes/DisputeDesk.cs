using NodaTime;
using Settlement.Api.Agreements;
using Settlement.Api.Periods;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Disputes;
using Settlement.Domain.Intake;
using Settlement.Domain.Periods;
using Settlement.Projections.EventStore;
using Settlement.Projections.Statements;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Disputes;

/// <summary>What somebody disputes of one CDR. Gross minor units.</summary>
/// <param name="Disputed">Null = all of it, or what <paramref name="Proposed"/> leaves.</param>
/// <param name="Sha256">Of a file with evidence; empty where there is none.</param>
public sealed record DisputeAsked(
    CdrKey Cdr, string Reason, long? Disputed, long? Proposed, string Evidence, string Sha256 = "", string? Batch = null);

/// <summary>One CDR and its dispute, as decisions see them.</summary>
/// <param name="CdrVersion">Of the CDR's stream: a step holds only while the CDR is as it was read.</param>
/// <param name="Notes">Our credit notes that still count.</param>
public sealed record DisputeCase(
    CdrKey Key, Dispute Dispute, CdrState State, long CdrVersion, IReadOnlyList<DisputeFact.CreditNoteIssued> Notes);

/// <summary>What is due of a CDR now, and how that comes about. Gross, in minor units.</summary>
/// <param name="Posted">By its entry; 0 where it was taken back.</param>
/// <param name="DocumentTax">What its document changed: rounding, tax point.</param>
/// <param name="Notes">Our credit notes that still count.</param>
public sealed record CdrDue(
    string Currency, long Posted, long DocumentTax, Dispute Dispute, IReadOnlyList<DisputeFact.CreditNoteIssued> Notes)
{
    public long Credited => Notes.Sum(note => note.Amount);

    public long Withheld => Dispute.Withheld;

    public long Due => Posted + DocumentTax - Credited - Withheld;

    /// <summary>Something beside its entry.</summary>
    public bool HasMore => Dispute.State != DisputeState.None || DocumentTax != 0 || Notes.Count > 0;
}

/// <summary>Opens disputes and takes them further. A step is stored only while its CDR is as it was looked at.</summary>
public sealed class DisputeDesk(
    EventStore store, MoneyQueries queries, PeriodStore periods, Books books)
{
    public Task<Refusal?> Open(
        Relationship relationship, DisputeAsked asked, LocalDate today, string by, CancellationToken stop) =>
        StreamDecision.Decide(store, relationship.ToString(), by, async () =>
        {
            var found = await Find(relationship, asked.Cdr, stop);
            if (found.State is not { Standing: { } settled, Counting: { } received }
                || await queries.Place(relationship, asked.Cdr, stop) is not { } place)
            {
                return Attempt.No(new Refusal(
                    "cdr.not-due", $"{relationship} owes nothing for CDR {asked.Cdr}: there is nothing to dispute."));
            }

            var book = await periods.Load(relationship, stop);
            var terms = (await Terms(relationship, today, stop)).Of(book.StatementOf(place.Month, place.Entry));
            var command = new OpenDispute(
                new DisputedCdr(
                    settled.Cdr.Cpo, settled.Cdr.Id, settled.OwedBy, settled.OwedTo, settled.Cdr.Currency, place.Month,
                    place.Entry),
                Standing(found, book, place.Month, place.Entry).Gross, book.DocumentOf(place.Month, place.Entry, settled.OwedTo, settled.Cdr.Currency),
                IssuedOn(place, terms), received.Cdr.Version == OcpiVersion.V211, terms, asked.Reason, asked.Disputed,
                asked.Proposed, asked.Evidence, asked.Sha256, asked.Batch, today, by);
            return Try(found, command.Decide(found.Dispute));
        }, stop);

    /// <summary>A step after it was opened.</summary>
    /// <param name="decide">Given the dispute with everything until now.</param>
    public Task<Refusal?> Answer(
        Relationship relationship, CdrKey cdr, Func<Dispute, Decision<DisputeFact>> decide, string by, CancellationToken stop) =>
        StreamDecision.Decide(store, relationship.ToString(), by, async () =>
        {
            var found = await Find(relationship, cdr, stop);
            return Try(found, decide(found.Dispute));
        }, stop);

    /// <summary>Our own credit note, with the next number of its series.</summary>
    public Task<Refusal?> Credit(
        Relationship relationship, CdrKey cdr, LocalDate today, string by, CancellationToken stop) =>
        StreamDecision.Decide(store, relationship.ToString(), by, async () =>
        {
            var found = await Find(relationship, cdr, stop);
            if (found.State.Standing is null || found.Dispute.Cdr is not { } about)
            {
                return Try(found, AnswerDispute.Credit(found.Dispute, new StandingCdr([], []), "", today, by));
            }

            var series = $"DCN-{about.Creditor}-{about.Debtor}";
            var number = FormattableString.Invariant($"{series}-{await queries.NotesOf(relationship, series, stop) + 1:D6}");
            var standing = Standing(found, await periods.Load(relationship, stop), about.Month, about.Entry);
            var attempt = Try(found, AnswerDispute.Credit(found.Dispute, standing, number, today, by));
            return attempt with { Claims = attempt.Facts.Count > 0 ? [$"number/{number}"] : [] };
        }, stop);

    /// <summary>Our own credit notes that are settled in a month, in the order they were made.</summary>
    public async Task<IReadOnlyList<DisputeFact.CreditNoteIssued>> Notes(
        Relationship relationship, YearMonth month, CancellationToken stop)
    {
        var notes = new List<DisputeFact.CreditNoteIssued>();
        foreach (var (cdr, number) in await queries.NotesIn(relationship, month, stop))
        {
            notes.AddRange((await NotesOf(relationship, cdr, stop)).Where(each => each.Number == number).Select(each => each.Note));
        }

        return notes;
    }

    /// <summary>Our own credit note of a number; null where there is none.</summary>
    public async Task<DisputeFact.CreditNoteIssued?> Note(Relationship relationship, string number, CancellationToken stop) =>
        await queries.CdrOfNote(relationship, number, stop) is { } cdr
            ? (await NotesOf(relationship, cdr, stop)).Select(each => each.Note).FirstOrDefault(note => note.Number == number)
            : null;

    // all there ever were, also of a CDR that was taken back since: what was issued stays a document
    private async Task<IReadOnlyList<(long Number, DisputeFact.CreditNoteIssued Note)>> NotesOf(
        Relationship relationship, CdrKey cdr, CancellationToken stop) =>
        await store.ReadStream(relationship.ToString(), Dispute.Stream(cdr), stop: stop)
            .Where(recorded => recorded.Fact is DisputeFact.CreditNoteIssued)
            .Select(recorded => (recorded.Number, (DisputeFact.CreditNoteIssued)recorded.Fact)).ToListAsync(stop);

    /// <summary>What becomes of all that nobody answered in time. How many changed.</summary>
    public async Task<int> Expire(Relationship relationship, LocalDate today, string by, CancellationToken stop)
    {
        var (terms, documents) = (await Terms(relationship, today, stop), await Statements(relationship, stop));
        var changed = 0;
        foreach (var listed in await queries.Overdue(relationship.ToString(), today, stop))
        {
            var refusal = await Answer(
                relationship, listed.State.Cdr!.Key,
                dispute => DisputeClock.Expire(dispute, terms.Of(documents.GetValueOrDefault(dispute.Document ?? "")), today, by),
                by, stop);
            changed += refusal is null ? 1 : 0;
        }

        return changed;
    }

    /// <summary>Issued documents, until when each can be disputed, and whether it counts as accepted.</summary>
    public async Task<IReadOnlyList<DocumentAcceptance>> Acceptances(
        Relationship relationship, LocalDate today, CancellationToken stop)
    {
        var (terms, documents) = (await Terms(relationship, today, stop), await Statements(relationship, stop));
        return [.. (await queries.Issued(relationship, stop)).Select(document =>
        {
            var issued = terms.Of(documents.GetValueOrDefault(document.Number));
            return DisputeClock.Accepted(
                document.Number, IssuedOn(document.IssuedAt, document.DocumentDate, issued), document.Due, document.Withheld,
                issued, today);
        })];
    }

    /// <summary>The CDR's own stream and its dispute's, in the order of the log.</summary>
    public async Task<DisputeCase> Find(Relationship relationship, CdrKey cdr, CancellationToken stop)
    {
        var state = CdrState.Absent;
        var taken = new List<long>();
        await foreach (var recorded in store.ReadStream(relationship.ToString(), CdrStreams.Name(cdr), stop: stop))
        {
            state = CdrState.Evolve(state, (CdrFact)recorded.Fact);
            if (recorded.Fact is CdrFact.CdrCredited or CdrFact.CdrReversed
                || (recorded.Fact is CdrFact.CdrConflicted && !state.IsIssued)) // what was issued stays
            {
                taken.Add(recorded.Number);
            }
        }

        var (dispute, notes) = (Dispute.None, new List<DisputeFact.CreditNoteIssued>());
        await foreach (var recorded in store.ReadStream(relationship.ToString(), Dispute.Stream(cdr), stop: stop))
        {
            Pass(recorded.Number);
            dispute = dispute.With((DisputeFact)recorded.Fact, recorded.Number);
            notes.AddRange(recorded.Fact is DisputeFact.CreditNoteIssued note ? [note] : []);
        }

        Pass(long.MaxValue);
        return new DisputeCase(cdr, dispute, state, state.Version, notes);

        void Pass(long number)
        {
            while (taken.Count > 0 && taken[0] < number)
            {
                taken.RemoveAt(0);
                notes.Clear();
                dispute = dispute.Cdr is null ? dispute : dispute.TakenBack();
            }
        }
    }

    /// <summary>What is due of a CDR now; null where nothing was ever posted or disputed under it.</summary>
    public async Task<CdrDue?> Due(Relationship relationship, CdrKey cdr, CancellationToken stop)
    {
        var found = await Find(relationship, cdr, stop);
        if (found.State.Standing is not { } settled)
        {
            return found.Dispute.Cdr is { } about ? new CdrDue(about.Currency, 0, 0, found.Dispute, found.Notes) : null;
        }

        // where the tables are behind the log, the entry is on no document yet
        var changed = await queries.Place(relationship, cdr, stop) is { } place
            ? Standing(found, await periods.Load(relationship, stop), place.Month, place.Entry).Gross
                - settled.Due + found.Notes.Sum(note => note.Amount)
            : 0;
        return new CdrDue(settled.Cdr.Currency, settled.Due, changed, found.Dispute, found.Notes);
    }

    public async Task<LocalDate> Today(Relationship relationship, Instant now, CancellationToken stop) =>
        now.InZone(DateTimeZoneProviders.Tzdb[(await Terms(relationship, now.InUtc().Date, stop)).Today.Zone]).Date;

    private static Attempt Try(DisputeCase found, Decision<DisputeFact> decision) =>
        Attempt.Of(Dispute.Stream(found.Key), "dispute", found.Dispute.Version, decision) with
        {
            Requires = [new StreamVersion(CdrStreams.Name(found.Key), found.CdrVersion)],
        };

    // what the document that lists this entry changed; an entry taken back before has another number
    private static StandingCdr Standing(DisputeCase found, PeriodBook book, YearMonth month, long entry) => StandingCdr.Of(
        found.State.Standing!,
        (book.StatementOf(month, entry)?.Draft.TaxChanges ?? [])
            .Where(change => change.Cdr == found.Key).Select(change => change.Tax),
        found.Notes);

    /// <summary>The later of issue and document date: nobody loses days of the window.</summary>
    private static LocalDate? IssuedOn(CdrPlace place, Agreement terms) =>
        place is { IssuedAt: { } at, DocumentDate: { } date } ? IssuedOn(at, date, terms) : null;

    private static LocalDate IssuedOn(Instant at, LocalDate documentDate, Agreement terms) =>
        LocalDate.Max(at.InZone(DateTimeZoneProviders.Tzdb[terms.Zone]).Date, documentDate);

    private async Task<DisputeTerms> Terms(Relationship relationship, LocalDate today, CancellationToken stop)
    {
        var all = await books.Agreements(relationship.ToString(), stop);
        return new DisputeTerms(all, all.On(today) ?? Agreement.ProvisionalFor(relationship));
    }

    private async Task<Dictionary<string, IssuedStatement>> Statements(Relationship relationship, CancellationToken stop) =>
        (await periods.Load(relationship, stop)).Documents.ToDictionary(
            each => each.Number, each => each.Statement, StringComparer.Ordinal);

    /// <summary>Window, answer days and default are those the statement was issued under; today's before issue.</summary>
    private sealed record DisputeTerms(AgreementHistory All, Agreement Today)
    {
        public Agreement Of(IssuedStatement? statement) =>
            All.Versions.FirstOrDefault(version => version.Version == statement?.Draft.Agreement) ?? Today;
    }
}
