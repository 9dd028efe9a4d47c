using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Settlement.Domain;
using Settlement.Projections.EventStore;
using Settlement.Projections.Tables;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api;

/// <summary>What one try of a decision wants to append; no facts = already so.</summary>
/// <param name="Version">Of the stream as it was read.</param>
public sealed record Attempt(string Stream, string StreamType, long Version, IReadOnlyList<Fact> Facts)
{
    public Refusal? Refusal { get; init; }

    public IReadOnlyList<string> Claims { get; init; } = [];

    public IReadOnlyList<StreamVersion> Requires { get; init; } = [];

    /// <summary>Other streams of the same command.</summary>
    public IReadOnlyList<StreamFacts> Also { get; init; } = [];

    public static Attempt No(Refusal refusal) => new("", "", 0, []) { Refusal = refusal };

    /// <summary>What a decision about one stream wants.</summary>
    public static Attempt Of<TFact>(string stream, string type, long version, Decision<TFact> decision)
        where TFact : Fact => decision switch
        {
            Decision<TFact>.Refused refused => No(refused.Refusal),
            Decision<TFact>.Accepted accepted => new Attempt(stream, type, version, [.. accepted.Facts]),
            _ => throw new InvalidOperationException("A decision is accepted or refused."),
        };
}

/// <summary>Read, decide, append on top of what was read; where somebody else was faster, all of it again.</summary>
public static class StreamDecision
{
    private const int MostTries = 8;

    /// <summary>Null = done, or it was already so.</summary>
    public static async Task<Refusal?> Decide(
        EventStore store, string tenant, string actor, Func<Task<Attempt>> decide, CancellationToken stop)
    {
        for (var tries = 1; ; tries++)
        {
            var attempt = await decide();
            if (attempt.Refusal is not null || attempt.Facts.Count == 0)
            {
                return attempt.Refusal;
            }

            switch (await Append(store, tenant, actor, attempt, stop))
            {
                case AppendAnswer.Stored:
                    return null;
                case AppendAnswer.Refused { Refusal: var refusal } when tries == MostTries || !IsRace(refusal):
                    return refusal;
                default:
                    break;
            }
        }
    }

    private static bool IsRace(Refusal refusal) => refusal.Code is "stream.version-conflict" or "stream.exists" or "claim.taken";

    private static Task<AppendAnswer> Append(
        EventStore store, string tenant, string actor, Attempt attempt, CancellationToken stop)
    {
        var content = string.Join(
            '\n', attempt.Facts.Concat(attempt.Also.SelectMany(other => other.Facts))
                .Select(fact => JsonSerializer.Serialize(fact, fact.GetType(), RowJson.Options)));
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(content));
        var id = $"{attempt.Stream}@{attempt.Version + 1}/{attempt.Facts[0].GetType().Name}/{Convert.ToHexStringLower(hash)[..16]}";
        return store.Append(
            tenant,
            new StoreCommand(
                id, hash, [new StreamFacts(attempt.Stream, attempt.StreamType, attempt.Version, attempt.Facts), .. attempt.Also],
                actor)
            {
                Claims = attempt.Claims,
                Requires = attempt.Requires,
            },
            stop);
    }
}
