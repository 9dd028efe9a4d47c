using System.Collections.Immutable;
using Settlement.Domain.Agreements;

namespace Settlement.Api.Auth;

/// <summary>Who sent a request: the token's holder and the parties it speaks for.</summary>
public sealed record Caller(TokenGrant Grant, Partner Partner)
{
    public ImmutableHashSet<PartyId> Parties => Grant.Parties;

    public bool IsHub => Grant.Hub is not null;

    /// <summary>How facts name it as their source.</summary>
    public string Source { get; init; } = Grant.Hub is { } hub ? $"POST by hub {hub}" : $"POST by {Grant.Parties.Min()}";

    /// <summary>A hub reads back what it submitted and nothing else (rules-money 28); null = no such bound.</summary>
    public string? OnlySource => IsHub ? Source : null;

    public bool SpeaksFor(PartyId party) => Grant.Parties.Contains(party);
}
