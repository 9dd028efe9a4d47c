using System.Security.Cryptography;
using NodaTime;
using Settlement.Api.Agreements;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Projections.EventStore;
using Settlement.Projections.Privacy;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Intake;

/// <summary>A document that claims to be a CDR, with where and when it came.</summary>
/// <param name="Refusal">Why it could not be cut out of its file; it is kept as it is.</param>
public sealed record IncomingCdr(ReadOnlyMemory<byte> Json, string Source, Instant ReceivedAt, Refusal? Refusal = null);

/// <summary>What became of a document.</summary>
public enum IntakeOutcome
{
    Posted,
    Held,
    Repeated,
    Conflict,

    /// <summary>A credit that took effect.</summary>
    Credited,

    /// <summary>Not readable as a CDR: kept whole, sealed, in the reserved tenant @intake.</summary>
    Unreadable,
}

/// <param name="Reason">Why it is held or unreadable.</param>
public sealed record IntakeAnswer(
    IntakeOutcome Outcome, CdrKey? Key, string Tenant, Refusal? Reason, int UnknownFields);

/// <summary>
/// CDRs in: read → find the agreement → pseudonymise → decide → append. A batch is appended in one go where its
/// CDRs are new; what is not (repeats, conflicts, credits) is decided again on top of what the log has.
/// </summary>
public sealed class CdrIntake(EventStore store, DriverVault vault, Books books, SeenTariffs tariffs, ChargingSessions sessions,
    OtherRelationships others, ReportedSessions reported, Periods.PeriodStore periods)
{
    /// <summary>The reserved tenant of documents that could not be read.</summary>
    public const string Unread = "@intake";

    /// <summary>Fewer CDRs are decided before other threads have woken.</summary>
    private const int WorthAllCores = 64;

    /// <summary>Reads documents on all cores; nothing is written yet.</summary>
    public static IReadOnlyList<ReadDocument> Read(IReadOnlyList<IncomingCdr> documents, CdrReadOptions options)
    {
        var read = new ReadDocument[documents.Count];
        Parallel.For(0, documents.Count, i => read[i] = new ReadDocument(documents[i], documents[i].Refusal is { } uncut
            ? new CdrReading.Unreadable(uncut, null, null, null)
            : CdrReader.Read(documents[i].Json, options)));
        return read;
    }

    /// <summary>
    /// Finds or makes the agreements, prepares the drivers' keys and decides every CDR as if it were new.
    /// </summary>
    public async Task<IReadOnlyList<DecidedDocument>> Decide(IReadOnlyList<ReadDocument> documents, CancellationToken stop)
    {
        var book = await books.Current(stop);
        var decided = new DecidedDocument[documents.Count];
        var tenants = Enumerable.Range(0, documents.Count)
            .Where(i => documents[i].Reading is CdrReading.Read)
            .ToLookup(i => TenantOf(((CdrReading.Read)documents[i].Reading).Cdr, book), StringComparer.Ordinal);
        foreach (var tenant in tenants)
        {
            await DecideTenant(tenant.Key, [.. tenant], documents, decided, book, stop);
        }

        for (var i = 0; i < documents.Count; i++)
        {
            decided[i] ??= new DecidedDocument(documents[i], Unread, null, null, null);
        }

        return decided;
    }

    /// <summary>Appends what was decided; every document gets its own answer.</summary>
    public async Task<IReadOnlyList<IntakeAnswer>> Append(IReadOnlyList<DecidedDocument> documents, CancellationToken stop)
    {
        var answers = new IntakeAnswer[documents.Count];
        foreach (var tenant in Enumerable.Range(0, documents.Count).ToLookup(i => documents[i].Tenant, StringComparer.Ordinal))
        {
            if (tenant.Key == Unread)
            {
                await Keep([.. tenant], documents, answers, stop);
            }
            else
            {
                await AppendTenant(tenant.Key, [.. tenant], documents, answers, stop);
            }
        }

        return answers;
    }

    /// <summary>All three steps for a few documents, as an HTTP request brings them.</summary>
    public async Task<IReadOnlyList<IntakeAnswer>> Receive(
        IReadOnlyList<IncomingCdr> documents, CdrReadOptions options, CancellationToken stop) =>
        await Append(await Decide(Read(documents, options), stop), stop);

    private static string TenantOf(Cdr cdr, ReferenceBook book)
    {
        var (owner, payer) = (book.Home(cdr.Key.Owner), book.Home(cdr.TokenOwner));
        return owner == payer ? Unread : Relationship.Between(owner, payer).ToString();
    }

    private async Task DecideTenant(
        string tenant, int[] indexes, IReadOnlyList<ReadDocument> documents, DecidedDocument[] decided,
        ReferenceBook book, CancellationToken stop)
    {
        if (tenant == Unread)
        {
            return;
        }

        var agreements = await books.RecentAgreements(tenant, stop);
        if (agreements.Versions.Count == 0)
        {
            agreements = await books.Make(
                Agreement.ProvisionalFor(Relationship.Parse(tenant)!.Value), "intake", stop);
        }

        var terms = new Terms(agreements, book);
        var drivers = new string[documents.Count];
        foreach (var i in indexes)
        {
            var read = (CdrReading.Read)documents[i].Reading;
            drivers[i] = vault.Pseudonym(tenant, read.Cdr, read.Personal);
        }

        var keys = await vault.PrepareKeys(tenant, indexes.Select(i => drivers[i]), stop);
        if (indexes.Length < WorthAllCores)
        {
            Array.ForEach(indexes, DecideOne);
        }
        else
        {
            Parallel.ForEach(indexes, DecideOne);
        }

        void DecideOne(int i)
        {
            try
            {
                var received = Received(tenant, documents[i], drivers[i], keys, terms);
                var decision = received.Cdr.Credit
                    ? null // needs its original: decided on top of the log
                    : new ReceiveCdr(received, CdrState.Absent, terms).Decide(CdrState.Absent);
                decided[i] = new DecidedDocument(documents[i], tenant, terms, received, decision);
            }
#pragma warning disable CA1031 // a bug that one document shows must not stop the others of its file
            catch (Exception failure)
#pragma warning restore CA1031
            {
                decided[i] = DecidedDocument.Failed(documents[i], failure);
            }
        }
    }

    private CdrFact.CdrReceived Received(
        string tenant, ReadDocument document, string driver, PreparedKeys keys, Terms terms)
    {
        var (agreements, book) = terms;
        var read = (CdrReading.Read)document.Reading;
        var key = vault.ContentKey(tenant);
        var known = CheckedCdr.Of(read);
        return new CdrFact.CdrReceived(
            read.Cdr, Convert.ToHexStringLower(CanonicalContent.Digest(read, key)), driver,
            keys.Seal(driver, read.Cdr.Key, read.Personal), document.Document.ReceivedAt,
            (agreements.At(read.Cdr.Start) ?? agreements.Versions[^1]).ChargePeriod(read.Cdr.End),
            document.Document.Source, read.UnknownFields, known.Holds, known.Notes)
        {
            Unread = CanonicalContent.Unread(read, key),
            HomeDriver = book.Home(read.Cdr.TokenOwner) is var home && home != read.Cdr.TokenOwner
                ? vault.Pseudonym(tenant, home, read.Personal)
                : null,
        };
    }

    private async Task AppendTenant(
        string tenant, int[] indexes, IReadOnlyList<DecidedDocument> documents, IntakeAnswer[] answers,
        CancellationToken stop)
    {
        await tariffs.Remember(tenant, indexes.SelectMany(i => documents[i].Received!.Cdr.Tariffs), stop);
        var book = documents[indexes[0]].Terms!.Book;
        await using var turn = await others.Turn(
            tenant, indexes.Select(i => book.Home(documents[i].Received!.Cdr.Key.Owner)), stop);
        var doubtful = turn is null
            ? (IReadOnlySet<CdrKey>)new HashSet<CdrKey>()
            : await others.Doubtful(tenant, [.. indexes.Select(i => documents[i].Received!)], book, stop);
        var different = await reported.Holds(
            tenant, [.. indexes.Select(i => documents[i].Received!)], documents[indexes[0]].Terms!, stop);
        var fresh = indexes.Where(i => IsFresh(documents[i])).ToArray();
        var stored = await store.AppendBulk(tenant, [.. fresh.Select(i => documents[i].AsNew())], stop);
        var repeats = Enumerable.Range(0, fresh.Length).Where(k => stored[k] is AppendAnswer.Stored { Repeated: true });
        var waiting = await MayWaitForTheirEnd(tenant, [.. repeats.Select(k => documents[fresh[k]].Received!)], stop);
        for (var k = 0; k < fresh.Length; k++)
        {
            var document = documents[fresh[k]];
            answers[fresh[k]] = stored[k] switch
            {
                AppendAnswer.Stored { Repeated: true } when waiting.Contains(document.Received!.Cdr.Key) =>
                    await Guarded(document, stop),
                AppendAnswer.Stored { Repeated: true } => document.Answer(IntakeOutcome.Repeated),
                AppendAnswer.Stored => document.Answer(document.Decision!),
                AppendAnswer.Refused => await Guarded(document, stop),
                _ => throw new InvalidOperationException("An append is stored or refused."),
            };
        }

        foreach (var i in indexes.Where(i => !IsFresh(documents[i])))
        {
            answers[i] = await Guarded(documents[i], stop);
        }

        bool IsFresh(DecidedDocument document) =>
            document.Decision is not null && !doubtful.Contains(document.Received!.Cdr.Key)
            && !different.ContainsKey(document.Received.Cdr.Key);
    }

    // A repeat of these may settle what it repeats. One question for a whole batch: nearly every repeat is of a CDR that
    // ended long before it was first received.
    private async Task<HashSet<CdrKey>> MayWaitForTheirEnd(
        string tenant, IReadOnlyList<CdrFact.CdrReceived> repeated, CancellationToken stop)
    {
        if (repeated.Count == 0)
        {
            return [];
        }

        var last = await store.LastEvents(tenant, [.. repeated.Select(one => CdrStreams.Name(one.Cdr.Key)).Distinct(StringComparer.Ordinal)], stop);
        return [.. last.Values.Where(each => each.Fact is CdrFact.CdrRemarked
            || (each.Fact is CdrFact.CdrHeld held && held.Reasons.Any(reason => reason.Code == Plausibility.EndsAfterReceipt)))
            .Select(each => CdrStreams.Key(each.Stream))];
    }

    // A bug that one document shows must not stop the others of its file: it is kept, whole and sealed.
    private async Task<IntakeAnswer> Guarded(DecidedDocument document, CancellationToken stop)
    {
        try
        {
            return await AppendOnTop(document, stop);
        }
#pragma warning disable CA1031 // an outage and a cancellation end all
        catch (Exception failure) when (SqlStates.IsOfOne(failure))
#pragma warning restore CA1031
        {
            var answers = new IntakeAnswer[1];
            await Keep([0], [DecidedDocument.Failed(document.Document, failure)], answers, stop);
            return answers[0];
        }
    }

    // The CDR, its original or its credit is in the log already: load, decide, append; a race decides again.
    private async Task<IntakeAnswer> AppendOnTop(DecidedDocument document, CancellationToken stop)
    {
        var (received, terms) = (document.Received!, document.Terms!);
        for (var attempt = 1; ; attempt++)
        {
            var own = await Known(document.Tenant, received, stop);
            var link = ReceiveCdr.LinkOf(received.Cdr, own);
            var linked = link is { } key ? await store.ReadCdr(document.Tenant, CdrStreams.Name(key), stop) : CdrState.Absent;
            var session = !ReceiveCdr.NeedsSession(received, own) ? SessionView.None
                : own.IsOwnSession ? SessionView.None with
                {
                    Differences = await sessions.Differences(document.Tenant, received, terms, stop),
                }
                : await sessions.Look(document.Tenant, received, terms, stop);
            // a credit in effect is put in question: the session of its original may be another CDR's by now
            var holds = own.Effect is not null && linked.Counting is { } original
                ? (await sessions.Look(document.Tenant, original, terms, stop)).Holds
                : session.Holds;
            var issued = own.Posted is null && own.Effect is null
                ? default
                : await periods.IssuedEntry(document.Tenant, CdrStreams.Name(received.Cdr.Key), stop);
            var decision = new ReceiveCdr(received, linked, terms, holds) { IsIssued = issued.IsIssued }
                .Decide(own);
            if (decision.Own.Count == 0)
            {
                return document.Answer(IntakeOutcome.Repeated);
            }

            var command = Command(received, own, linked, decision, session) with
            {
                Requires = decision.Own.Any(fact => fact is CdrFact.CdrConflicted) && issued.Periods is { } version ? [version] : [],
            };
            switch (await store.Append(document.Tenant, command, stop))
            {
                case AppendAnswer.Stored { Repeated: true }:
                    return document.Answer(IntakeOutcome.Repeated);
                case AppendAnswer.Stored:
                    return document.Answer(decision);
                case AppendAnswer.Refused { Refusal: { Code: "ledger.failed" } failed }:
                    throw new LedgerRefusedException(failed);
                case AppendAnswer.Refused refused when attempt >= 10:
                    throw new InvalidOperationException(refused.Refusal.ToString());
            }
        }
    }

    // what came under the id before, with its tariffs where they must be compared
    private async Task<CdrState> Known(string tenant, CdrFact.CdrReceived received, CancellationToken stop)
    {
        var state = await store.ReadCdr(tenant, CdrStreams.Name(received.Cdr.Key), stop);
        return state.Digests.Contains(received.Digest) && !ReceiveCdr.WaitsForItsEnd(state) ? state : await tariffs.Whole(tenant, state, stop);
    }

    private static StoreCommand Command(
        CdrFact.CdrReceived received, CdrState own, CdrState linked, CdrDecision decision, SessionView session)
    {
        var streams = Streams.Of(received.Cdr.Key, own.Version, decision, linked.Version);
        var isConflict = decision.Own.Any(fact => fact is CdrFact.CdrConflicted);
        streams.AddRange(isConflict ? [] : session.TakeOvers);
        var id = own.Received is null
            ? CdrStreams.Name(received.Cdr.Key)
            : $"{CdrStreams.Name(received.Cdr.Key)}#{received.Digest[..16]}"
                + (own.Digests.Contains(received.Digest) ? $"@{own.Version}" : ""); // it came before, and changes something now
        return new StoreCommand(id, Convert.FromHexString(received.Digest), streams, "intake")
        {
            Claims = isConflict ? [] : session.Claims,
        };
    }

    // Unreadable, or a CPO's own driver: kept whole and sealed, so that nothing is lost and nothing leaks. Each under a
    // key of its own, because whose it is nobody can tell, and an erased driver may be named in one of them.
    private async Task Keep(
        int[] indexes, IReadOnlyList<DecidedDocument> documents, IntakeAnswer[] answers, CancellationToken stop)
    {
        var key = vault.ContentKey(Unread);
        var hashes = indexes.ToDictionary(i => i, i => HMACSHA256.HashData(key, documents[i].Document.Document.Json.Span));
        var keys = await vault.PrepareKeys(Unread, hashes.Values.Select(Name), stop);
        var commands = new List<StoreCommand>();
        foreach (var i in indexes)
        {
            var (document, reading) = (documents[i].Document.Document, documents[i].Document.Reading);
            var (hash, name) = (hashes[i], Name(hashes[i]));
            var (refusal, owner, payer, id) = reading switch
            {
                CdrReading.Unreadable u => (u.Refusal, u.Owner, u.TokenOwner, u.Id),
                CdrReading.Read r => (OwnDriver(r.Cdr), r.Cdr.Key.Owner, r.Cdr.TokenOwner, r.Cdr.Key.Id),
                _ => throw new InvalidOperationException("A reading is read or unreadable."),
            };
            var fact = new DocumentFact.DocumentHeld(
                refusal.Code, refusal.Message, owner, payer, id, document.Source, document.ReceivedAt,
                document.Json.Length, keys.SealFor(name, name, document.Json.Span));
            commands.Add(new StoreCommand(name, hash, [new StreamFacts(name, "document", 0, [fact])], "intake"));
            answers[i] = new IntakeAnswer(IntakeOutcome.Unreadable, null, Unread, refusal, reading.UnknownFields);
        }

        foreach (var answer in await store.AppendBulk(Unread, commands, stop))
        {
            if (answer is AppendAnswer.Refused refused)
            {
                throw new InvalidOperationException(refused.Refusal.ToString()); // answered is kept
            }
        }

        static string Name(byte[] hash) => $"document/{Convert.ToHexStringLower(hash)[..32]}";
    }

    private static Refusal OwnDriver(Cdr cdr) => new(
        "cdr.own-driver", $"CDR {cdr.Key}: {cdr.TokenOwner} is the CPO itself, nothing is owed between networks.");
}
