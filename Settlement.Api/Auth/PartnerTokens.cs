using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Projections.EventStore;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Auth;

/// <summary>
/// OCPI tokens: given out once, known here by hash only, each for one set of parties; and the platforms that are
/// connected by them.
/// </summary>
public sealed class PartnerTokens(EventStore store) : IDisposable
{
    private const string Tenant = "@admin";
    private const int MostRemembered = 10_000;
    private readonly SemaphoreSlim reading = new(1);
    private readonly ConcurrentDictionary<string, (PartnerAccess Access, Caller Caller)> callers =
        new(StringComparer.Ordinal);

    private PartnerAccess access = PartnerAccess.None;
    private long readAt = long.MinValue / 2;

    /// <summary>256 random bits.</summary>
    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public static string Hash(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Makes a token that needs no handshake; it cannot be shown a second time.</summary>
    public async Task<string> Issue(
        IReadOnlyList<PartyId> parties, Instant now, string actor, CancellationToken stop, PartyId? hub = null)
    {
        var token = NewToken();
        var hash = Hash(token);
        await MustRecord(
            TokenStream(hash), new AccessFact.PartnerTokenIssued(hash, parties, now) { Hub = hub }, 0, actor, stop);
        return token;
    }

    /// <summary>Makes a token A, good for the registration handshake alone.</summary>
    public async Task<string> IssueRegistration(
        IReadOnlyList<PartyId> parties, Instant now, string actor, CancellationToken stop, PartyId? hub = null)
    {
        var token = NewToken();
        var hash = Hash(token);
        await MustRecord(
            TokenStream(hash), new AccessFact.RegistrationTokenIssued(hash, parties, now) { Hub = hub }, 0, actor, stop);
        return token;
    }

    /// <summary>Ends a token named by the first characters of its hash; null: no or several such tokens.</summary>
    public async Task<TokenGrant?> Revoke(string prefix, Instant now, string actor, CancellationToken stop)
    {
        var known = await Fresh(stop);
        if (known.Tokens.Where(t => t.Sha256.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).ToList() is not [var grant])
        {
            return null;
        }

        await MustRecord(
            TokenStream(grant.Sha256), new AccessFact.PartnerTokenRevoked(grant.Sha256, now), null, actor, stop);
        return grant;
    }

    /// <summary>Records a fact of a partner's stream on top of the version it was decided on; false: somebody was faster.</summary>
    public async Task<bool> Record(Partner partner, AccessFact fact, string actor, CancellationToken stop) =>
        await Append($"partner/{partner.Key}", fact, partner.Version, actor, stop);

    /// <summary>
    /// Who speaks; null where the header names no known token. Base64 as OCPI 2.2 asks and raw as many partners
    /// send; a trailing newline, as in the specification's own example, is tolerated.
    /// </summary>
    public async ValueTask<Caller?> CallerOf(string? authorization, CancellationToken stop)
    {
        if (authorization is null || authorization.Length > 1000
            || !authorization.StartsWith("Token ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var known = await Current(stop);
        if (callers.TryGetValue(authorization, out var remembered) && ReferenceEquals(remembered.Access, known))
        {
            return remembered.Caller;
        }

        var given = authorization["Token ".Length..].Trim();
        var grant = known.Find(Hash(given)) ?? (Decode(given) is { } decoded ? known.Find(Hash(decoded)) : null);
        if (grant is null)
        {
            return null;
        }

        if (callers.Count > MostRemembered)
        {
            callers.Clear();
        }

        var caller = new Caller(grant, known.Partner(grant.Partner)!);
        callers[authorization] = (known, caller);
        return caller;
    }

    /// <summary>The token itself, out of a header of <see cref="CallerOf"/>.</summary>
    public static string TokenIn(string authorization, string sha256)
    {
        var given = authorization["Token ".Length..].Trim();
        return Hash(given) == sha256 ? given : Decode(given)!;
    }

    /// <summary>Issued or revoked elsewhere: known here within a second.</summary>
    public async ValueTask<PartnerAccess> Current(CancellationToken stop) =>
        IsRecent ? access : await Read(always: false, stop);

    public async Task<PartnerAccess> Fresh(CancellationToken stop) => await Read(always: true, stop);

    public void Dispose() => reading.Dispose();

    private bool IsRecent => Environment.TickCount64 - Volatile.Read(ref readAt) < 1000;

    private static string TokenStream(string hash) => $"token/{hash[..32]}";

    private async Task<PartnerAccess> Read(bool always, CancellationToken stop)
    {
        await reading.WaitAsync(stop);
        try
        {
            if (!always && IsRecent)
            {
                return access; // read while we waited
            }

            var known = access;
            await foreach (var recorded in store.ReadLog(Tenant, known.Number, stop: stop))
            {
                known = recorded.Fact is AccessFact fact
                    ? known.With(fact, recorded.Number, recorded.Version)
                    : known with { Number = recorded.Number };
            }

            access = known;
            Volatile.Write(ref readAt, Environment.TickCount64);
            return known;
        }
        finally
        {
            reading.Release();
        }
    }

    private async Task MustRecord(
        string stream, AccessFact fact, long? version, string actor, CancellationToken stop)
    {
        if (!await Append(stream, fact, version, actor, stop))
        {
            throw new InvalidOperationException($"{stream} cannot take {fact.GetType().Name}.");
        }
    }

    private async Task<bool> Append(
        string stream, AccessFact fact, long? version, string actor, CancellationToken stop)
    {
        var id = $"{stream}/{Guid.NewGuid():N}";
        var answer = await store.Append(
            Tenant,
            new StoreCommand(
                id, SHA256.HashData(Encoding.UTF8.GetBytes(id)),
                [new StreamFacts(stream, stream[..stream.IndexOf('/', StringComparison.Ordinal)], version, [fact])], actor),
            stop);
        Volatile.Write(ref readAt, long.MinValue / 2);
        return answer is AppendAnswer.Stored;
    }

    private static string? Decode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length).Trim()
            : null;
    }
}
