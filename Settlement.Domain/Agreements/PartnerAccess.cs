using System.Collections.Immutable;
using NodaTime;

namespace Settlement.Domain.Agreements;

/// <summary>Facts of the reserved tenant <c>@admin</c> about who may speak for which parties.</summary>
public abstract record AccessFact : Fact
{
    private AccessFact() { }

    /// <summary>A token was given out; only its hash is known here.</summary>
    /// <param name="TokenSha256">Hex. The token has 256 random bits, so its hash tells nothing.</param>
    /// <param name="Parties">The parties its holder speaks for.</param>
    public sealed record PartnerTokenIssued(string TokenSha256, IReadOnlyList<PartyId> Parties, Instant At) : AccessFact;

    public sealed record PartnerTokenRevoked(string TokenSha256, Instant At) : AccessFact;
}

/// <summary>Which token speaks for which parties.</summary>
public sealed record PartnerAccess
{
    public static readonly PartnerAccess None = new();

    private ImmutableDictionary<string, ImmutableHashSet<PartyId>> Tokens { get; init; } =
        ImmutableDictionary.Create<string, ImmutableHashSet<PartyId>>(StringComparer.Ordinal);

    public long Number { get; init; }

    public PartnerAccess With(AccessFact fact, long number) => fact switch
    {
        AccessFact.PartnerTokenIssued e => this with
        {
            Tokens = Tokens.SetItem(e.TokenSha256, [.. e.Parties]),
            Number = number,
        },
        AccessFact.PartnerTokenRevoked e => this with { Tokens = Tokens.Remove(e.TokenSha256), Number = number },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact about access."),
    };

    /// <summary>Empty: an unknown or revoked token.</summary>
    public ImmutableHashSet<PartyId> PartiesOf(string tokenSha256) =>
        Tokens.GetValueOrDefault(tokenSha256, []);
}
