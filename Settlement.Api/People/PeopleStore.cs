using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.People;
using Settlement.Projections.EventStore;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.People;

/// <summary>Accounts and rights as the log has them, kept up to date; the one place that writes them.</summary>
public sealed class PeopleStore(EventStore store) : IDisposable
{
    /// <summary>The reserved tenant of people and access.</summary>
    public const string Tenant = "@admin";

    private readonly SemaphoreSlim reading = new(1);
    private Domain.People.People people = Domain.People.People.None;
    private long readAt;

    /// <summary>Everybody, as known a second ago or newer: what was written elsewhere is known within a second.</summary>
    public async ValueTask<Domain.People.People> Recent(CancellationToken stop) =>
        Environment.TickCount64 - Volatile.Read(ref readAt) < 1000 && people.Number > 0 ? people : await Current(stop);

    /// <summary>Everybody, with everything recorded until now.</summary>
    public async Task<Domain.People.People> Current(CancellationToken stop)
    {
        await reading.WaitAsync(stop);
        try
        {
            await foreach (var recorded in store.ReadLog(Tenant, people.Number, stop: stop))
            {
                people = recorded.Fact is UserFact fact
                    ? people.With(fact, recorded.Number)
                    : people with { Number = recorded.Number };
            }

            Volatile.Write(ref readAt, Environment.TickCount64);
            return people;
        }
        finally
        {
            reading.Release();
        }
    }

    /// <summary>Why this actor may not do it, or null. Every write asks here, from pages, the API and verbs alike.</summary>
    public async Task<Refusal?> Refuse(string actor, Right right, CancellationToken stop) =>
        (await Current(stop)).Refuse(actor, right);

    /// <summary>Decides on the newest state and records it; another write in between decides again.</summary>
    public async Task<Refusal?> Record(
        Func<Domain.People.People, Decision<UserFact>> decide, string actor, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            var now = await Current(stop);
            switch (decide(now))
            {
                case Decision<UserFact>.Refused refused:
                    return refused.Refusal;
                case Decision<UserFact>.Accepted { Facts: [] }:
                    return null;
                case Decision<UserFact>.Accepted accepted:
                    var answer = await store.Append(Tenant, Command(accepted.Facts, now, actor), stop);
                    if (answer is AppendAnswer.Stored { Repeated: false })
                    {
                        await Current(stop);
                        return null;
                    }

                    if (attempt == 10)
                    {
                        throw new InvalidOperationException($"Ten writes about one account went before this one: {answer}");
                    }

                    break;
            }
        }
    }

    /// <summary>Records what happened at the door; nothing is decided by it.</summary>
    public Task Tell(UserFact fact, CancellationToken stop) =>
        store.Append(
            Tenant,
            new StoreCommand(
                $"door/{Guid.CreateVersion7():N}", Hash([fact]), [new(Stream(fact), "user", null, [fact])], fact.Name),
            stop);

    /// <summary>Whose token it is, or null.</summary>
    public async Task<User?> OfToken(string token, Instant now, CancellationToken stop) =>
        (await Current(stop)).OfToken(TokenHash(token), now);

    /// <summary>How a machine's token is known here.</summary>
    public static string TokenHash(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    public void Dispose() => reading.Dispose();

    // Of two writers who decided on the same state one is stored, so that what was checked still holds.
    private static StoreCommand Command(IReadOnlyList<UserFact> facts, Domain.People.People now, string actor)
    {
        var hash = Hash(facts);
        var streams = facts.GroupBy(Stream).Select(own => new StreamFacts(own.Key, "user", null, [.. own])).ToList();
        return new StoreCommand($"people@{now.Decided}/{Convert.ToHexStringLower(hash)[..16]}", hash, streams, actor)
        {
            Claims = [$"people@{now.Decided}"],
        };
    }

    private static string Stream(UserFact fact) => $"user/{fact.Name}";

    private static byte[] Hash(IReadOnlyList<UserFact> facts) => SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', facts.Select(fact => fact.GetType().Name + JsonSerializer.Serialize(fact, fact.GetType(), Json)))));

    private static readonly JsonSerializerOptions Json = EventJson.Options();
}
