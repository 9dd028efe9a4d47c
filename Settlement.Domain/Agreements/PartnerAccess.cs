using System.Collections.Immutable;
using NodaTime;

namespace Settlement.Domain.Agreements;

/// <summary>Facts of the reserved tenant <c>@admin</c> about who may speak for which parties.</summary>
public abstract record AccessFact : Fact
{
    private AccessFact() { }

    /// <summary>A token was given out; only its hash is known here.</summary>
    /// <param name="TokenSha256">Hex. The token has 256 random bits, so its hash tells nothing.</param>
    /// <param name="Parties">The parties its holder speaks for, the home id first.</param>
    public sealed record PartnerTokenIssued(string TokenSha256, IReadOnlyList<PartyId> Parties, Instant At) : AccessFact
    {
        /// <summary>A hub: it may submit for the parties, and read back what it submitted (rules-money 28).</summary>
        public PartyId? Hub { get; init; }
    }

    public sealed record PartnerTokenRevoked(string TokenSha256, Instant At) : AccessFact;

    /// <summary>A token A was given out: good for the registration handshake alone (OCPI credentials module).</summary>
    public sealed record RegistrationTokenIssued(
        string TokenSha256, IReadOnlyList<PartyId> Parties, Instant At) : AccessFact
    {
        public PartyId? Hub { get; init; }
    }

    /// <summary>Credentials were exchanged, by whichever side began; what was used until then is dead.</summary>
    public sealed record CredentialsExchanged(
        string Partner, IReadOnlyList<PartyId> Parties, PartnerCredentials Credentials, Instant At) : AccessFact
    {
        public PartyId? Hub { get; init; }
    }

    /// <summary>The partner unregistered, or was unregistered: its token and ours are dead.</summary>
    public sealed record CredentialsWithdrawn(string Partner, Instant At) : AccessFact;

    public sealed record PartnerConfigured(
        string Partner, IReadOnlyList<PartyId> Parties, PartnerSettings Settings, Instant At) : AccessFact;

    /// <summary>Where a partner is told of statements; the secret signs what is sent.</summary>
    public sealed record WebhookSet(
        string Partner, IReadOnlyList<PartyId> Parties, string Url, string SealedSecret, Instant At) : AccessFact;

    public sealed record WebhookRemoved(string Partner, Instant At) : AccessFact;
}

/// <summary>What two platforms told each other.</summary>
/// <param name="Version">2.1.1, 2.2.1 or 2.3.0.</param>
/// <param name="Url">The partner's versions endpoint.</param>
/// <param name="OurTokenSha256">Hash of the token the partner calls us with.</param>
/// <param name="TheirTokenSealed">The token we call the partner with, sealed under the master key.</param>
public sealed record PartnerCredentials(
    string Version, string Url, IReadOnlyList<PartnerEndpoint> Endpoints, IReadOnlyList<PartnerRole> Roles,
    string OurTokenSha256, string TheirTokenSealed)
{
    /// <summary>The partner took our token as it is, not in base64.</summary>
    public bool IsRaw { get; init; }

    /// <summary>Features beyond its version that its version details announce, such as <c>loitering</c> (EVRF-000).</summary>
    public IReadOnlyList<string> Features { get; init; } = [];
}

/// <param name="Role">SENDER or RECEIVER; null in 2.1.1, which has no roles here.</param>
public sealed record PartnerEndpoint(string Identifier, string? Role, string Url);

public sealed record PartnerRole(string Role, PartyId Party, string Name)
{
    /// <summary>Features that only some parties of the platform support.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];
}

/// <summary>What an operator decides about a partner.</summary>
public sealed record PartnerSettings
{
    public static readonly PartnerSettings Default = new();

    /// <summary>Tariffs it sends are its prices on its own network: the reference for zero surcharge.</summary>
    public bool TariffsAreReference { get; init; }

    /// <summary>It wants tokens as they are in the header, not in base64 (common in 2.1.1 and 2.2).</summary>
    public bool RawTokens { get; init; }

    /// <summary>Minutes between two pulls of its CDRs, tariffs and locations; null = it only pushes.</summary>
    public int? PullMinutes { get; init; }
}

public enum TokenKind
{
    /// <summary>Token A: opens versions and credentials, nothing else.</summary>
    Registration,

    /// <summary>Given out on the command line, for partners that do not shake hands.</summary>
    Direct,

    /// <summary>Handed over in the handshake.</summary>
    Credentials,
}

/// <summary>Who holds a token.</summary>
public sealed record TokenGrant(
    string Sha256, TokenKind Kind, string Partner, ImmutableHashSet<PartyId> Parties, PartyId? Hub, Instant IssuedAt);

/// <summary>A partner's platform as known now.</summary>
/// <param name="Key">Its home id, or the hub's.</param>
public sealed record Partner(string Key, ImmutableList<PartyId> Parties, PartyId? Hub)
{
    public PartnerCredentials? Credentials { get; init; }

    public Instant? ConnectedAt { get; init; }

    public PartnerSettings Settings { get; init; } = PartnerSettings.Default;

    public AccessFact.WebhookSet? Webhook { get; init; }

    /// <summary>The version of its stream, for an append on top of it.</summary>
    public long Version { get; init; }

    public static string KeyOf(IReadOnlyList<PartyId> parties, PartyId? hub) => (hub ?? parties[0]).ToString();
}

/// <summary>Which token speaks for which parties, and which platforms are connected. A fold of <c>@admin</c>.</summary>
public sealed record PartnerAccess
{
    public static readonly PartnerAccess None = new();

    private ImmutableDictionary<string, TokenGrant> Grants { get; init; } =
        ImmutableDictionary.Create<string, TokenGrant>(StringComparer.Ordinal);

    private ImmutableSortedDictionary<string, Partner> Known { get; init; } =
        ImmutableSortedDictionary.Create<string, Partner>(StringComparer.Ordinal);

    public long Number { get; init; }

    public IEnumerable<TokenGrant> Tokens => Grants.Values.OrderBy(grant => grant.IssuedAt);

    public IEnumerable<Partner> Partners => Known.Values;

    public PartnerAccess With(AccessFact fact, long number, long version) => (fact switch
    {
        AccessFact.PartnerTokenIssued e => Grant(e.TokenSha256, TokenKind.Direct, e.Parties, e.Hub, e.At),
        AccessFact.RegistrationTokenIssued e => Grant(e.TokenSha256, TokenKind.Registration, e.Parties, e.Hub, e.At),
        AccessFact.PartnerTokenRevoked e => this with { Grants = Grants.Remove(e.TokenSha256) },
        AccessFact.CredentialsExchanged e => Connected(e, version),
        AccessFact.CredentialsWithdrawn e => Without(e.Partner).Change(
            e.Partner, [], null, version, p => p with { Credentials = null, ConnectedAt = null }),
        AccessFact.PartnerConfigured e => Change(
            e.Partner, e.Parties, null, version, p => p with { Settings = e.Settings }),
        AccessFact.WebhookSet e => Change(e.Partner, e.Parties, null, version, p => p with { Webhook = e }),
        AccessFact.WebhookRemoved e => Change(e.Partner, [], null, version, p => p with { Webhook = null }),
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact about access."),
    }) with
    { Number = number };

    /// <summary>Null: an unknown or revoked token.</summary>
    public TokenGrant? Find(string tokenSha256) => Grants.GetValueOrDefault(tokenSha256);

    public Partner? Partner(string key) => Known.GetValueOrDefault(key);

    // Token A, or the token that a rotation replaces, dies in the same fact that names its successor. Tokens of the
    // command line stay: they are another agreement between people.
    private PartnerAccess Connected(AccessFact.CredentialsExchanged e, long version)
    {
        var old = Without(e.Partner);
        return old.Grant(e.Credentials.OurTokenSha256, TokenKind.Credentials, e.Parties, e.Hub, e.At)
            .Change(e.Partner, e.Parties, e.Hub, version, p => p with { Credentials = e.Credentials, ConnectedAt = e.At });
    }

    private PartnerAccess Without(string partner) => this with
    {
        Grants = Grants.RemoveRange(Grants.Values
            .Where(grant => grant.Kind != TokenKind.Direct && grant.Partner == partner).Select(grant => grant.Sha256)),
    };

    private PartnerAccess Grant(
        string token, TokenKind kind, IReadOnlyList<PartyId> parties, PartyId? hub, Instant at)
    {
        var key = Agreements.Partner.KeyOf(parties, hub);
        return this with
        {
            Grants = Grants.SetItem(token, new TokenGrant(token, kind, key, [.. parties], hub, at)),
            Known = Known.ContainsKey(key) ? Known : Known.SetItem(key, new Partner(key, [.. parties], hub)),
        };
    }

    private PartnerAccess Change(
        string key, IReadOnlyList<PartyId> parties, PartyId? hub, long version, Func<Partner, Partner> change)
    {
        var partner = Known.GetValueOrDefault(key) ?? new Partner(key, [.. parties], hub);
        return this with { Known = Known.SetItem(key, change(partner) with { Version = version }) };
    }
}
