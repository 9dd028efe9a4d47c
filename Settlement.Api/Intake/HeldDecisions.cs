using System.Security.Cryptography;
using System.Text;
using Settlement.Domain;
using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;

namespace Settlement.Api.Intake;

/// <summary>What became of a person's decision on one CDR.</summary>
/// <param name="Fact">The last fact of it; null where it was so already, or refused.</param>
public sealed record CdrAnswered(string Tenant, CdrKey Key, CdrFact? Fact, Refusal? Refusal)
{
    /// <summary>One sentence for a list of answers.</summary>
    public string Text => Refusal is { } no ? no.ToString() : Fact switch
    {
        CdrFact.CdrRated e => $"posted, {Figures.Amount(e.Settled.Due, e.Settled.Cdr.Currency)} {e.Settled.Cdr.Currency} due",
        CdrFact.CdrHeld e => $"held: {e.Reasons[0].Detail} ({e.Reasons[0].Code})",
        CdrFact.ReleaseProposed e =>
            $"proposed, {Figures.Exact(e.Release.Amount)} {e.Cdr.Currency}; somebody else must approve it",
        CdrFact.CdrRejected => "rejected",
        CdrFact.CdrCredited e => $"credited by {e.CreditId}",
        CdrFact.CreditPosted e => $"reverses what was posted under {e.OriginalId}",
        CdrFact.ContentChosen => "chosen; what was issued stays",
        _ => "it was so already",
    };
}

/// <summary>
/// A person decides on held CDRs and on those in conflict: load, decide, append on what was read. Who may do it was
/// asked before (<see cref="Domain.People.Right.ReleaseHeld"/>).
/// </summary>
public sealed class HeldDecisions(CdrCases cases, HeldCdrs held)
{
    /// <summary>Between what an amount must be, or why no amount answers the reason it is held for.</summary>
    public async Task<(ReleaseBounds? Bounds, Refusal? Refusal)> Offer(CdrCase one, CancellationToken stop) =>
        one.State is { IsOpen: true, Counting: { Cdr.Credit: false } received }
            ? CdrRelease.Offer(received, one.Terms, Known(await cases.Session(one, received, stop)))
            : (null, null);

    /// <param name="seen">Version of its stream as the person saw it; null = as it is now.</param>
    public Task<CdrAnswered> Release(
        string tenant, CdrKey key, decimal amount, string reason, string by, long? seen, CancellationToken stop) =>
        Decide(tenant, key, "release", $"{amount} {reason}", by, seen, async one =>
        {
            var session = await SessionOf(one, stop);
            return (DecideHeldCdr.Release(one.State, one.Terms, new CdrRelease(amount, reason, by), Known(session)), session);
        }, stop);

    /// <summary>Between what an amount that rests on evidence must be; null where evidence does not answer.</summary>
    public async Task<EvidenceBounds?> OfferOnEvidence(CdrCase one, CancellationToken stop) =>
        one.State is { IsOpen: true, Counting: { Cdr.Credit: false } received }
            ? CdrRelease.OfferOnEvidence(received, one.Terms, Known(await cases.Session(one, received, stop)))
            : null;

    /// <summary>Proposes an amount that no tariff proves; <see cref="Approve"/> by somebody else settles it.</summary>
    public Task<CdrAnswered> Propose(string tenant, CdrKey key, CdrRelease release, long? seen, CancellationToken stop) =>
        Decide(tenant, key, "propose-release", $"{release.Amount} {release.Evidence} {release.Reason}", release.By, seen,
            async one => (
                DecideHeldCdr.Propose(one.State, one.Terms, release, Known(await SessionOf(one, stop))), SessionView.None),
            stop);

    /// <summary>
    /// The second person of a release on evidence. They name the amount or the version that they read, so that nothing
    /// else is approved than what they saw.
    /// </summary>
    public Task<CdrAnswered> Approve(
        string tenant, CdrKey key, decimal? amount, string by, long? seen, CancellationToken stop) =>
        amount is null && seen is null
            ? Task.FromResult(new CdrAnswered(tenant, key, null, new Refusal(
                "amount.missing", "State the amount that you approve, or the version of the CDR that you read.")))
            : Decide(tenant, key, "approve-release", "", by, seen, async one =>
            {
                var session = await SessionOf(one, stop);
                return (DecideHeldCdr.Approve(one.State, one.Terms, amount, by, seen is not null, Known(session)), session);
            }, stop);

    /// <summary>Its session is free for another CDR then.</summary>
    public async Task<CdrAnswered> Reject(
        string tenant, CdrKey key, string reason, string by, long? seen, CancellationToken stop) =>
        await Followed(await Decide(tenant, key, "reject", reason, by, seen,
            one => Task.FromResult((DecideHeldCdr.Reject(one.State, reason, by), SessionView.None)), stop), stop);

    /// <summary>The content counts as if it had come alone; credits that waited for the choice take effect.</summary>
    public async Task<CdrAnswered> Choose(
        string tenant, CdrKey key, string digest, string reason, string by, long? seen, CancellationToken stop)
    {
        var (one, refused) = await Load(tenant, key, seen, stop);
        if (one is null)
        {
            return refused!;
        }

        if (DecideHeldCdr.IsChosen(one.State, digest))
        {
            return new(tenant, key, null, null);
        }

        var (chosen, unknown) = DecideHeldCdr.Named(one.State, digest);
        if (chosen is null)
        {
            return new(tenant, key, null, unknown);
        }

        var original = await cases.Original(one, chosen, stop);
        var session = await cases.Session(one, chosen, stop);
        var (decision, refusal) = DecideHeldCdr.Choose(
            one.State, chosen, one.Terms, original, reason, by, Known(session));
        return decision is null
            ? new(tenant, key, null, refusal)
            : await Followed(
                await Append(one, decision, session, "choose", $"{digest} {reason}", by, original.Version, stop), stop);
    }

    /// <summary>What would follow from a choice.</summary>
    public async Task<(CdrDecision? Decision, Refusal? Refusal)> Chosen(
        CdrCase one, CdrFact.CdrReceived chosen, string reason, string by, CancellationToken stop) => DecideHeldCdr.Choose(
            one.State, chosen, one.Terms, await cases.Original(one, chosen, stop), reason, by,
            Known(await cases.Session(one, chosen, stop)));

    /// <summary>It is owed beside the CDR whose session it seemed to be.</summary>
    public Task<CdrAnswered> AnotherSession(
        string tenant, CdrKey key, string reason, string by, long? seen, CancellationToken stop) =>
        Decide(tenant, key, "another-session", reason, by, seen, async one =>
        {
            var session = one.State.Counting is { } content
                ? await cases.Session(one, content, stop)
                : SessionView.None;
            return (DecideHeldCdr.Separate(one.State, one.Terms, session.Holder, reason, by, session.Differences), SessionView.None);
        }, stop);

    /// <summary>A rejected CDR is settled if it can be now, else held again.</summary>
    public async Task<CdrAnswered> LookAgain(
        string tenant, CdrKey key, string reason, string by, CancellationToken stop)
    {
        if (await cases.Load(tenant, key, null, stop) is not { } one)
        {
            return Unknown(tenant, key);
        }

        var original = one.State.Counting is { } counting ? await cases.Original(one, counting, stop) : CdrState.Absent;
        var session = one.State.Counting is { Cdr.Credit: false } content
            ? await cases.Session(one, content, stop)
            : SessionView.None;
        var (decision, refusal) = DecideHeldCdr.LookAgain(one.State, one.Terms, original, reason, by, Known(session));
        return decision is null
            ? new(tenant, key, null, refusal)
            : await Append(one, decision, session, "look-again", reason, by, original.Version, stop);
    }

    private async Task<SessionView> SessionOf(CdrCase one, CancellationToken stop) =>
        one.State.Counting is { } content ? await cases.Session(one, content, stop) : SessionView.None;

    private async Task<(CdrCase? Case, CdrAnswered? Refused)> Load(
        string tenant, CdrKey key, long? seen, CancellationToken stop) => await cases.Load(tenant, key, null, stop) switch
        {
            null => (null, Unknown(tenant, key)),
            { State.Version: var now } when seen is { } version && version != now => (null, new(tenant, key, null, Changed(key))),
            { } one => (one, null),
        };

    // what waited for this CDR is looked at again
    private async Task<CdrAnswered> Followed(CdrAnswered answer, CancellationToken stop)
    {
        if (answer.Fact is not null)
        {
            await held.ReviewLinked(stop, answer.Tenant);
        }

        return answer;
    }

    private async Task<CdrAnswered> Decide(
        string tenant, CdrKey key, string verb, string input, string by, long? seen,
        Func<CdrCase, Task<(Decision<CdrFact>, SessionView)>> decide, CancellationToken stop)
    {
        var (one, no) = await Load(tenant, key, seen, stop);
        if (one is null)
        {
            return no!;
        }

        var (decision, session) = await decide(one);
        switch (decision)
        {
            case Decision<CdrFact>.Refused refused:
                return new(tenant, key, null, refused.Refusal);
            case Decision<CdrFact>.Accepted { Facts.Count: 0 }:
                return new(tenant, key, null, null);
            case Decision<CdrFact>.Accepted accepted:
                return await Append(one, new CdrDecision(accepted.Facts, null, []), session, verb, input, by, 0, stop);
            default:
                throw new InvalidOperationException("A decision is accepted or refused.");
        }
    }

    private async Task<CdrAnswered> Append(
        CdrCase one, CdrDecision decision, SessionView session, string verb, string input, string by,
        long linkedVersion, CancellationToken stop)
    {
        var id = $"{verb}/{one.Stream}/{one.State.Version}/{by}";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{id} {input}"));
        return await cases.Append(one, decision, session, id, hash, by, linkedVersion, stop) is AppendAnswer.Stored
            ? new(one.Tenant, one.Key, decision.Own[^1], null)
            : new(one.Tenant, one.Key, null, Changed(one.Key));
    }

    private static IReadOnlyList<Finding> Known(SessionView session) => session.Holds;

    private static CdrAnswered Unknown(string tenant, CdrKey key) =>
        new(tenant, key, null, new Refusal("cdr.unknown", $"{tenant} has no CDR {key}."));

    private static Refusal Changed(CdrKey key) =>
        new("cdr.changed", $"{key} changed since it was looked at; look again before you decide.");
}
