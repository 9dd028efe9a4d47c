using System.Text.Json.Nodes;
using NodaTime;
using Settlement.Api.Intake;
using Settlement.Domain;
using Settlement.Domain.Agreements;

namespace Settlement.Api.Agreements;

/// <summary>What became of an amendment.</summary>
/// <param name="Changes">What differs from the version before.</param>
public sealed record Amended(Agreement? Terms, IReadOnlyList<AgreementDifference> Changes, IReadOnlyList<Refusal> Refusals)
{
    /// <summary>How many CDRs were held that could be settled then.</summary>
    public int Settled { get; init; }
}

/// <summary>
/// Makes and amends agreements: read the versions, change terms, check all of them, append on what was read. Then CDRs of
/// the relationship that are held are looked at again.
/// </summary>
public sealed class Amendments(Books books, HeldCdrs held)
{
    /// <summary>What would differ, or what is wrong; nothing is recorded.</summary>
    public async Task<Amended> Preview(
        Relationship relationship, JsonObject changes, string reason, Instant now, CancellationToken stop) =>
        (await Decide(relationship, changes, reason, now, stop)).Amended;

    /// <param name="version">The version that the person saw; null = the one made last.</param>
    public async Task<Amended> Amend(
        Relationship relationship, JsonObject changes, string reason, int? version, string by, Instant now,
        CancellationToken stop)
    {
        var (amended, made) = await Decide(relationship, changes, reason, now, stop);
        if (made is null)
        {
            return amended;
        }

        if (version is { } seen && seen != made.Terms.Version - 1)
        {
            return new Amended(null, [], [new("agreement.changed",
                $"You saw version {seen}; version {made.Terms.Version - 1} was made meanwhile. Look at it first.")]);
        }

        if (await books.Amend(made, by, stop) is { } refusal)
        {
            return new Amended(null, [], [refusal]);
        }

        return amended with { Settled = await held.Review(null, stop, relationship.ToString()) };
    }

    private async Task<(Amended Amended, AgreementFact.AgreementMade? Made)> Decide(
        Relationship relationship, JsonObject changes, string reason, Instant now, CancellationToken stop)
    {
        if (relationship.A == relationship.B)
        {
            return (new Amended(null, [], [new("relationship.same", "A party has no agreement with itself.")]), null);
        }

        var history = await books.Agreements(relationship.ToString(), stop);
        var before = history.Versions is [.., var latest] ? latest : null;
        var (terms, refusal) = AgreementTerms.Apply(relationship, before, changes);
        if (terms is null)
        {
            return (new Amended(null, [], [refusal!]), null);
        }

        var (made, refusals) = AmendAgreement.Decide(history, terms, reason, now.InUtc().Date);
        return made is null
            ? (new Amended(null, [], refusals), null)
            : (new Amended(
                made.Terms, AgreementDifference.Of(before ?? Agreement.ProvisionalFor(relationship), made.Terms), []), made);
    }
}
