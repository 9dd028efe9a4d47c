using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Projections.EventStore;
using Settlement.Projections.Tables;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Agreements;

/// <summary>The reference book and the agreements as decisions need them: folds of the log, kept up to date.</summary>
public sealed class Books(EventStore store) : IDisposable
{
    /// <summary>The reserved tenant of reference facts.</summary>
    public const string Tenant = "@book";

    private const int FreshMilliseconds = 50;

    private const string AgreementStream = "agreement";
    private readonly ConcurrentDictionary<string, KnownAgreement> agreements = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim reading = new(1);
    private readonly Dictionary<string, (long Version, string Content)> streams = new(StringComparer.Ordinal);
    private ReferenceBook book = ReferenceBook.Empty;
    private long readAt = long.MinValue / 2;

    /// <summary>The reference book with everything recorded until now.</summary>
    public async Task<ReferenceBook> Current(CancellationToken stop)
    {
        await reading.WaitAsync(stop);
        try
        {
            await foreach (var recorded in store.ReadLog(Tenant, book.Number, stop: stop))
            {
                var fact = recorded.Fact as BookFact
                    ?? throw new InvalidOperationException($"{recorded.Type} is no fact of {Tenant}.");
                lock (streams)
                {
                    streams[recorded.Stream] = (recorded.Version, Content(fact));
                }

                book = book.With(fact, recorded.Number);
            }

            Volatile.Write(ref readAt, Environment.TickCount64);
            return book;
        }
        finally
        {
            reading.Release();
        }
    }

    /// <summary>As <see cref="Current"/>, but read a moment ago at the earliest: for who asks for every message.</summary>
    public ValueTask<ReferenceBook> Recent(CancellationToken stop) =>
        Environment.TickCount64 - Volatile.Read(ref readAt) < FreshMilliseconds && book.Number > 0
            ? ValueTask.FromResult(book)
            : new ValueTask<ReferenceBook>(Current(stop));

    /// <summary>Records what a partner sends or publishes: the older of two versions never replaces the newer one.</summary>
    public async Task RecordNewer(
        IReadOnlyList<(string Stream, BookFact Fact)> facts, string actor, CancellationToken stop) =>
        await Record(facts, onlyNewer: true, actor, stop);

    /// <summary>Records reference facts; what is already so changes nothing.</summary>
    public Task Record(IReadOnlyList<(string Stream, BookFact Fact)> facts, string actor, CancellationToken stop) =>
        Record(facts, onlyNewer: false, actor, stop);

    private async Task Record(
        IReadOnlyList<(string Stream, BookFact Fact)> facts, bool onlyNewer, string actor, CancellationToken stop)
    {
        const int Attempts = 10;
        for (var attempt = 1; await TryRecord(facts, onlyNewer, actor, stop) is { } refusal; attempt++)
        {
            // somebody else recorded the same thing meanwhile: look again, on top of theirs
            if (attempt == Attempts)
            {
                throw new InvalidOperationException(refusal.ToString());
            }
        }
    }

    private async Task<Refusal?> TryRecord(
        IReadOnlyList<(string Stream, BookFact Fact)> facts, bool onlyNewer, string actor, CancellationToken stop)
    {
        var known = await Current(stop);
        var commands = new List<StoreCommand>();
        var last = new Dictionary<string, (long Version, string Content)>(StringComparer.Ordinal);
        foreach (var (stream, fact) in facts)
        {
            if (onlyNewer && known.IsOutdated(fact))
            {
                continue;
            }

            known = onlyNewer ? known.With(fact, known.Number) : known; // a page may have both versions
            var content = Content(fact);
            var before = last.TryGetValue(stream, out var own) ? own : Known(stream);
            if (before.Content == content)
            {
                continue;
            }

            last[stream] = (before.Version + 1, content);
            commands.Add(new StoreCommand(
                $"{stream}@{before.Version + 1}", Convert.FromHexString(content),
                [new StreamFacts(stream, "book", null, [fact])], actor));
        }

        Refusal? refused = null;
        foreach (var chunk in commands.Chunk(1000))
        {
            foreach (var answer in await store.AppendBulk(Tenant, chunk, stop))
            {
                refused ??= (answer as AppendAnswer.Refused)?.Refusal;
            }
        }

        Volatile.Write(ref readAt, long.MinValue / 2);
        return refused;
    }

    private (long Version, string Content) Known(string stream)
    {
        lock (streams)
        {
            return streams.GetValueOrDefault(stream, (0, ""));
        }
    }

    // When it was told does not make it another fact.
    private static Location Timeless(Location location) => location with
    {
        LastUpdated = null,
        Evses = [.. location.Evses.Select(evse => evse with
        {
            LastUpdated = null,
            Connectors = [.. evse.Connectors.Select(connector => connector with { LastUpdated = null })],
        })],
    };

    private static string Content(BookFact fact)
    {
        BookFact timeless = fact switch
        {
            BookFact.TariffPublished e => e with { ReceivedAt = default },
            BookFact.TariffWithdrawn e => e with { At = default },
            // what settlement keeps of a location is the same, though its CPO touched it: a status, an image
            BookFact.LocationPublished e => e with
            {
                ReceivedAt = default,
                Location = Timeless(e.Location),
            },
            BookFact.TaxRuleProposed e => e with { At = default },
            BookFact.TaxRuleApproved e => e with { At = default },
            BookFact.LocalRatesProposed e => e with { At = default },
            BookFact.LocalRatesApproved e => e with { At = default },
            BookFact.FxObserved e => e with { At = default, FileSha256 = "" },
            _ => fact,
        };
        var json = JsonSerializer.SerializeToUtf8Bytes(timeless, timeless.GetType(), RowJson.Options);
        return Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(fact.GetType().Name), .. json]));
    }

    /// <summary>The agreement's versions with everything recorded until now; none where the pair was never seen.</summary>
    public async Task<AgreementHistory> Agreements(string tenant, CancellationToken stop) =>
        (await Read(tenant, stop)).History;

    /// <summary>The relationship, where it has an agreement.</summary>
    public async Task<Relationship?> Known(Relationship? named, CancellationToken stop) =>
        named is { } pair && (await Agreements(pair.ToString(), stop)).Versions.Count > 0 ? pair : null;

    /// <summary>Every relationship of which anything is known, in the order of their names.</summary>
    public async Task<IReadOnlyList<Relationship>> Relationships(CancellationToken stop) =>
        [.. (await store.Heads(stop)).Keys.Order(StringComparer.Ordinal).Select(Relationship.Parse).OfType<Relationship>()];

    /// <summary>The version made last of every agreement there is.</summary>
    public async Task<IReadOnlyList<AgreementVersion>> Latest(CancellationToken stop)
    {
        var latest = new List<AgreementVersion>();
        foreach (var pair in await Relationships(stop))
        {
            if (await Versions(pair.ToString(), stop) is [.., var last])
            {
                latest.Add(last);
            }
        }

        return latest;
    }

    /// <summary>What a month is settled under; provisional terms where the pair was never seen.</summary>
    public async Task<Agreement> Terms(Relationship pair, YearMonth month, CancellationToken stop) =>
        (await Agreements(pair.ToString(), stop)).Of(month) ?? Agreement.ProvisionalFor(pair);

    /// <summary>
    /// The same, as known a second ago or newer: for the way of CDRs in, where a question to the database for each
    /// would be felt. The fact that follows names the version it was made with.
    /// </summary>
    public async ValueTask<AgreementHistory> RecentAgreements(string tenant, CancellationToken stop) =>
        agreements.TryGetValue(tenant, out var known) && known.History.Versions.Count > 0
            && Environment.TickCount64 - known.ReadAt < 1000
            ? known.History
            : await Agreements(tenant, stop);

    /// <summary>Every version with when it became known, who made it and why.</summary>
    public async Task<IReadOnlyList<AgreementVersion>> Versions(string tenant, CancellationToken stop) =>
        (await Read(tenant, stop)).Versions;

    private async Task<KnownAgreement> Read(string tenant, CancellationToken stop)
    {
        var (history, versions) = (AgreementHistory.None, new List<AgreementVersion>());
        await foreach (var recorded in store.ReadStream(tenant, AgreementStream, stop: stop))
        {
            var made = (AgreementFact.AgreementMade)recorded.Fact;
            history = history.With(made.Terms);
            versions.Add(new AgreementVersion(made.Terms, recorded.Time, recorded.Actor, made.Reason));
        }

        return agreements[tenant] = new KnownAgreement(history, versions, Environment.TickCount64);
    }

    /// <summary>Records an amendment on top of the versions it was made from; null = recorded.</summary>
    public async Task<Refusal?> Amend(AgreementFact.AgreementMade made, string by, CancellationToken stop)
    {
        var tenant = made.Terms.Relationship.ToString();
        var content = JsonSerializer.SerializeToUtf8Bytes(made, RowJson.Options);
        var answer = await store.Append(
            tenant,
            new StoreCommand(
                $"agreement/{made.Terms.Version}", SHA256.HashData(content),
                [new StreamFacts(AgreementStream, "agreement", made.Terms.Version - 1, [made])], by),
            stop);
        agreements.TryRemove(tenant, out _);
        return answer is AppendAnswer.Refused
            ? new Refusal("agreement.changed", "Somebody else amended it meanwhile; look at their version first.")
            : null;
    }

    private sealed record KnownAgreement(AgreementHistory History, IReadOnlyList<AgreementVersion> Versions, long ReadAt);

    public void Dispose() => reading.Dispose();

    /// <summary>Makes an agreement's first version; where there is one already, that one stands.</summary>
    public async Task<AgreementHistory> Make(Agreement terms, string actor, CancellationToken stop)
    {
        var tenant = terms.Relationship.ToString();
        var fact = new AgreementFact.AgreementMade(terms);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"agreement {tenant} {terms.Version}"));
        await store.Append(
            tenant,
            new StoreCommand($"agreement/{terms.Version}", hash, [new StreamFacts(AgreementStream, "agreement", 0, [fact])], actor),
            stop);
        return await Agreements(tenant, stop);
    }
}

/// <summary>A version of an agreement as it was recorded.</summary>
/// <param name="KnownFrom">When it was recorded: what was settled before, was settled without it.</param>
public sealed record AgreementVersion(Agreement Terms, Instant KnownFrom, string By, string? Reason);
