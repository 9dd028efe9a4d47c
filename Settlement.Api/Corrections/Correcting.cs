using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Settlement.Api.Intake;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Corrections;
using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;
using Settlement.Projections.Statements;
using Settlement.Projections.Tables;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Corrections;

/// <summary>What a correction would change, before anybody asks for it.</summary>
/// <param name="Looked">Posted CDRs that were settled again.</param>
/// <param name="Changes">Those that come out otherwise.</param>
/// <param name="LeftOut">Those that could not be settled now: they stay as they are.</param>
public sealed record CorrectionPreview(
    Relationship Relationship, CorrectionSelection Selection, int Looked, IReadOnlyList<CorrectedCdr> Changes,
    IReadOnlyList<LeftOutCdr> LeftOut, string Digest)
{
    /// <summary>The name it would have: the same change asked for twice is one correction.</summary>
    public string Id => Digest[..10];

    public static IReadOnlyList<CorrectionTotal> Totals(IReadOnlyList<CorrectedCdr> changes) => [.. changes
        .GroupBy(cdr => (cdr.OwedBy, cdr.OwedTo, cdr.Currency))
        .OrderBy(group => group.Key.OwedBy).ThenBy(group => group.Key.OwedTo).ThenBy(group => group.Key.Currency, StringComparer.Ordinal)
        .Select(group => new CorrectionTotal(
            group.Key.OwedBy, group.Key.OwedTo, group.Key.Currency, group.Count(),
            group.Sum(cdr => cdr.NetAfter - cdr.NetBefore), group.Sum(cdr => cdr.TaxAfter - cdr.TaxBefore),
            group.Sum(cdr => cdr.DueAfter - cdr.DueBefore)))];
}

/// <summary>What a correction changes in one direction and currency, minor units.</summary>
public sealed record CorrectionTotal(
    PartyId OwedBy, PartyId OwedTo, string Currency, int Cdrs, long Net, long Tax, long Due);

/// <summary>
/// Our own mistakes made good (rules-money 27): posted CDRs are settled again under the tariffs, rules and agreement
/// known now; what differs is taken back and posted anew, after two people approved the effect.
/// </summary>
public sealed class Correcting(EventStore store, CdrCases cases, CorrectionQueries queries)
{
    public const string StreamPrefix = "correction/";

    public async Task<(CorrectionPreview? Preview, Refusal? Refusal)> Preview(
        Relationship relationship, CorrectionSelection selection, CancellationToken stop)
    {
        if (selection.IsEmpty)
        {
            return (null, new("correction.everything", "Say which CDRs: month, CPO, place, tariff, tax rule or ids."));
        }

        var tenant = relationship.ToString();
        var terms = await cases.Terms(tenant, stop);
        var (looked, changes, left) = (0, new List<CorrectedCdr>(), new List<LeftOutCdr>());
        await foreach (var stream in queries.Posted(relationship, selection, stop))
        {
            looked++;
            var one = await cases.Load(tenant, CdrStreams.Key(stream), terms, stop);
            var (facts, leftOut) = CorrectCdr.Decide(one!.State, terms, "preview", "preview");
            if (leftOut is not null)
            {
                var key = one.State.Received!.Cdr.Key;
                left.Add(new LeftOutCdr(key.Owner, key.Id, leftOut.Code, leftOut.Message));
            }
            else if (facts is [CdrFact.CdrReversed reversed, CdrFact.CdrRated rated])
            {
                changes.Add(Effect(one.State.Version, reversed.Negated, rated.Settled));
            }
        }

        return (new CorrectionPreview(relationship, selection, looked, changes, left, Digest(relationship, selection, changes)), null);
    }

    /// <summary>Asks for it; what the preview showed must still be so.</summary>
    /// <param name="digest">Of the preview that was shown; null = whatever it is now.</param>
    public async Task<(Correction? Correction, Refusal? Refusal)> Propose(
        Relationship relationship, CorrectionSelection selection, string cause, string? digest, string by,
        CancellationToken stop)
    {
        var (preview, refusal) = await Preview(relationship, selection, stop);
        if (preview is null)
        {
            return (null, refusal);
        }

        if (digest is not null && digest != preview.Digest)
        {
            return (null, new("correction.changed", "What would change is not what you saw; look again before you propose it."));
        }

        refusal = await Decide(
            relationship, preview.Id,
            known => known is null
                ? Correction.Propose(preview.Id, cause, selection, preview.Changes, preview.Digest, by)
                : Decision.Nothing<CorrectionFact>(),
            by, stop);
        return refusal is null ? (await Load(relationship, preview.Id, stop), null) : (null, refusal);
    }

    public Task<Refusal?> Approve(Relationship relationship, string id, string by, CancellationToken stop) =>
        Decide(relationship, id, correction => correction?.Approve(by) ?? Unknown(id), by, stop);

    public Task<Refusal?> Withdraw(
        Relationship relationship, string id, string reason, string by, CancellationToken stop) =>
        Decide(relationship, id, correction => correction?.Withdraw(reason, by) ?? Unknown(id), by, stop);

    /// <summary>
    /// Takes back and posts anew, each CDR in one append; one that changed since the preview, or would come out
    /// otherwise now, is left out and told. Applied again nothing changes.
    /// </summary>
    public async Task<(CorrectionFact.CorrectionApplied? Applied, Refusal? Refusal)> Apply(
        Relationship relationship, string id, string by, CancellationToken stop)
    {
        if (await Load(relationship, id, stop) is not { } correction)
        {
            return (null, Unknown(id));
        }

        if (correction.NotApplicable() is { } refusal)
        {
            return (null, refusal);
        }

        if (correction.Applied is { } done)
        {
            return (done, null);
        }

        var terms = await cases.Terms(relationship.ToString(), stop);
        var (count, left) = (0, new List<LeftOutCdr>());
        foreach (var cdr in correction.Proposed.Cdrs)
        {
            if (await Apply(relationship, correction.Proposed, cdr, terms, by, stop) is { } why)
            {
                left.Add(new LeftOutCdr(cdr.Cpo, cdr.CdrId, why.Code, why.Message));
            }
            else
            {
                count++;
            }
        }

        refusal = await Decide(
            relationship, id,
            now => now!.Applied is null
                ? new CorrectionFact.CorrectionApplied(id, count, left, by)
                : Decision.Nothing<CorrectionFact>(),
            by, stop);
        return refusal is null ? ((await Load(relationship, id, stop))!.Applied, null) : (null, refusal);
    }

    public async Task<Correction?> Load(Relationship relationship, string id, CancellationToken stop)
    {
        Correction? correction = null;
        await foreach (var recorded in store.ReadStream(relationship.ToString(), StreamPrefix + id, stop: stop))
        {
            correction = Correction.Evolve(correction, (CorrectionFact)recorded.Fact);
        }

        return correction;
    }

    /// <summary>Every correction, the newest first.</summary>
    public async Task<IReadOnlyList<(Relationship Relationship, Correction Correction)>> All(CancellationToken stop)
    {
        var all = new List<(Relationship, Correction)>();
        foreach (var (tenant, stream) in await queries.Streams(stop))
        {
            var relationship = Relationship.Parse(tenant)!.Value;
            if (await Load(relationship, stream[StreamPrefix.Length..], stop) is { } correction)
            {
                all.Add((relationship, correction));
            }
        }

        return all;
    }

    // null = corrected, now or before
    private async Task<Refusal?> Apply(
        Relationship relationship, CorrectionFact.CorrectionProposed proposed, CorrectedCdr cdr, Terms terms, string by,
        CancellationToken stop)
    {
        var one = (await cases.Load(relationship.ToString(), cdr.Key, terms, stop))!;
        if (one.State.Corrections.Contains(proposed.Id))
        {
            return null;
        }

        if (one.State.Version != cdr.Version)
        {
            return new("cdr.changed", "It changed since the correction was proposed.");
        }

        var (facts, leftOut) = CorrectCdr.Decide(one.State, terms, proposed.Id, proposed.Cause);
        if (facts is not [CdrFact.CdrReversed reversed, CdrFact.CdrRated rated])
        {
            return leftOut ?? new("correction.changed", "Nothing would change any more.");
        }

        if (Effect(cdr.Version, reversed.Negated, rated.Settled) != cdr)
        {
            return new("correction.changed", "It would come out otherwise than what was approved; propose it anew.");
        }

        var command = $"{StreamPrefix}{proposed.Id}/{one.Stream}";
        var answer = await cases.Append(
            one, CdrDecision.Alone([.. facts]), SessionView.None, command, Convert.FromHexString(cdr.Content), by, 0, stop);
        return answer is AppendAnswer.Refused ? new("cdr.changed", "It changed while the correction was applied.") : null;
    }

    // null = there is no such correction yet
    private Task<Refusal?> Decide(
        Relationship relationship, string id, Func<Correction?, Decision<CorrectionFact>> decide, string by,
        CancellationToken stop) => StreamDecision.Decide(store, relationship.ToString(), by, async () =>
        {
            var correction = await Load(relationship, id, stop);
            return Attempt.Of(StreamPrefix + id, "correction", correction?.Version ?? 0, decide(correction));
        }, stop);

    private static CorrectedCdr Effect(long version, SettledCdr before, SettledCdr after)
    {
        // the cause is not part of what is approved by amounts; it is in the proposal itself
        var content = JsonSerializer.SerializeToUtf8Bytes(after with { Cause = null, Findings = [] }, RowJson.Options);
        return new CorrectedCdr(
            after.Cdr.Cpo, after.Cdr.Id, version, after.Cdr.Currency, after.OwedBy, after.OwedTo, before.Net, before.Tax,
            before.Due, after.Net, after.Tax, after.Due, CorrectCdr.What(before, after), Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    private static string Digest(
        Relationship relationship, CorrectionSelection selection, IReadOnlyList<CorrectedCdr> changes)
    {
        var json = JsonSerializer.Serialize(changes, RowJson.Options);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{relationship}\n{selection}\n{json}")));
    }

    private static Refusal Unknown(string id) => new("correction.unknown", $"There is no correction {id}.");
}
