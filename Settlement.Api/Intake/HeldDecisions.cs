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
        CdrFact.CdrRejected => "rejected",
        CdrFact.CdrCredited e => $"credited by {e.CreditId}",
        CdrFact.CreditPosted e => $"takes back what was posted under {e.OriginalId}",
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
            var session = one.State.Counting is { } content
                ? await cases.Session(one, content, stop)
                : SessionView.None;
            return (DecideHeldCdr.Release(one.State, one.Terms, new CdrRelease(amount, reason, by), Known(session)), session);
        }, null, stop);

    /// <summary>Its session is free for another CDR then.</summary>
    public Task<CdrAnswered> Reject(
        string tenant, CdrKey key, string reason, string by, long? seen, CancellationToken stop) =>
        Decide(tenant, key, "reject", reason, by, seen,
            one => Task.FromResult((DecideHeldCdr.Reject(one.State, reason, by), SessionView.None)),
            "session.second-cdr", stop);

    /// <summary>Credits that waited for the choice take effect.</summary>
    public Task<CdrAnswered> Choose(
        string tenant, CdrKey key, string digest, string reason, string by, long? seen, CancellationToken stop) =>
        Decide(tenant, key, "choose", $"{digest} {reason}", by, seen, async one =>
        {
            var chosen = DecideHeldCdr.Contents(one.State)
                .FirstOrDefault(each => each.Digest.StartsWith(digest, StringComparison.OrdinalIgnoreCase));
            var session = chosen is null ? SessionView.None : await cases.Session(one, chosen, stop);
            return (DecideHeldCdr.Choose(one.State, one.Terms, digest, reason, by, Known(session)), session);
        }, "credit.original-in-conflict", stop);

    /// <summary>A rejected CDR is settled if it can be now, else held again.</summary>
    public async Task<CdrAnswered> LookAgain(
        string tenant, CdrKey key, string reason, string by, CancellationToken stop)
    {
        if (await cases.Load(tenant, key, null, stop) is not { } one)
        {
            return Unknown(tenant, key);
        }

        var original = await cases.Original(one, stop);
        var session = one.State.Counting is { Cdr.Credit: false } content
            ? await cases.Session(one, content, stop)
            : SessionView.None;
        var (decision, refusal) = DecideHeldCdr.LookAgain(one.State, one.Terms, original, reason, by, Known(session));
        return decision is null
            ? new(tenant, key, null, refusal)
            : await Append(one, decision, session, "look-again", reason, by, original.Version, stop);
    }

    private async Task<CdrAnswered> Decide(
        string tenant, CdrKey key, string verb, string input, string by, long? seen,
        Func<CdrCase, Task<(Decision<CdrFact>, SessionView)>> decide, string? next, CancellationToken stop)
    {
        if (await cases.Load(tenant, key, null, stop) is not { } one)
        {
            return Unknown(tenant, key);
        }

        if (seen is { } version && version != one.State.Version)
        {
            return new(tenant, key, null, Changed(key));
        }

        var (decision, session) = await decide(one);
        switch (decision)
        {
            case Decision<CdrFact>.Refused refused:
                return new(tenant, key, null, refused.Refusal);
            case Decision<CdrFact>.Accepted { Facts.Count: 0 }:
                return new(tenant, key, null, null);
            case Decision<CdrFact>.Accepted accepted:
                var answer = await Append(one, new CdrDecision(accepted.Facts, null, []), session, verb, input, by, 0, stop);
                if (answer.Refusal is null && next is not null)
                {
                    await held.Review(next, stop, tenant);
                }

                return answer;
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

    private static Finding[] Known(SessionView session) => session.Hold is { } hold ? [hold] : [];

    private static CdrAnswered Unknown(string tenant, CdrKey key) =>
        new(tenant, key, null, new Refusal("cdr.unknown", $"{tenant} has no CDR {key}."));

    private static Refusal Changed(CdrKey key) =>
        new("cdr.changed", $"{key} changed since it was looked at; look again before you decide.");
}
