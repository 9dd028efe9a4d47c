using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Projections.EventStore;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Auth;

/// <summary>OCPI tokens: given out once, known here by hash only, each for one set of parties.</summary>
public sealed class PartnerTokens(EventStore store) : IDisposable
{
    private const string Tenant = "@admin";
    private readonly SemaphoreSlim reading = new(1);
    private PartnerAccess access = PartnerAccess.None;
    private long readAt;

    /// <summary>Makes a token of 256 random bits; it cannot be shown a second time.</summary>
    public async Task<string> Issue(IReadOnlyList<PartyId> parties, Instant now, string actor, CancellationToken stop)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var hash = Hash(token);
        var stream = $"token/{hash[..32]}";
        var fact = new AccessFact.PartnerTokenIssued(hash, parties, now);
        var answer = await store.Append(
            Tenant,
            new StoreCommand(stream, Convert.FromHexString(hash), [new StreamFacts(stream, "token", 0, [fact])], actor),
            stop);
        return answer is AppendAnswer.Stored
            ? token
            : throw new InvalidOperationException(((AppendAnswer.Refused)answer).Refusal.ToString());
    }

    /// <summary>
    /// The parties the caller speaks for; empty where the header names no known token. Base64 as OCPI 2.2 asks and
    /// raw as many partners send; a trailing newline, as in the specification's own example, is tolerated.
    /// </summary>
    public async Task<ImmutableHashSet<PartyId>> PartiesOf(string? authorization, CancellationToken stop)
    {
        if (authorization is null || !authorization.StartsWith("Token ", StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        var given = authorization["Token ".Length..].Trim();
        var known = await Current(stop);
        return known.PartiesOf(Hash(given)) is { IsEmpty: false } raw ? raw
            : Decode(given) is { } decoded ? known.PartiesOf(Hash(decoded)) : [];
    }

    public void Dispose() => reading.Dispose();

    // Issued or revoked elsewhere: known here within a second.
    private async Task<PartnerAccess> Current(CancellationToken stop)
    {
        if (Environment.TickCount64 - Volatile.Read(ref readAt) < 1000 && access.Number > 0)
        {
            return access;
        }

        await reading.WaitAsync(stop);
        try
        {
            await foreach (var recorded in store.ReadLog(Tenant, access.Number, stop: stop))
            {
                access = recorded.Fact is AccessFact fact
                    ? access.With(fact, recorded.Number)
                    : access with { Number = recorded.Number };
            }

            Volatile.Write(ref readAt, Environment.TickCount64);
            return access;
        }
        finally
        {
            reading.Release();
        }
    }

    private static string? Decode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length).Trim()
            : null;
    }

    private static string Hash(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
