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
/// <param name="Changes">Those that come out otherwise; of many the first page.</param>
/// <param name="Pages">Hashes of the further pages.</param>
/// <param name="LeftOut">Those that could not be settled now: they stay as they are.</param>
public sealed record CorrectionPreview(
    Relationship Relationship, CorrectionSelection Selection, int Looked, IReadOnlyList<CorrectedCdr> Changes,
    IReadOnlyList<string> Pages, IReadOnlyList<CorrectionTotal> Totals, IReadOnlyList<LeftOutCdr> LeftOut, string Digest)
{
    /// <summary>The name it would have: the same change asked for twice is one correction.</summary>
    public string Id => Digest[..10];

    /// <summary>How many CDRs come out otherwise.</summary>
    public int Count => Totals.Sum(total => total.Cdrs);
}

/// <summary>
/// Our own mistakes made good (rules-money 27): posted CDRs are settled again under the tariffs, rules and agreement
/// known now; what differs is taken back and posted anew, after two people approved the effect. Many CDRs go in pages:
/// one is in memory at a time, and what was posted of one that was broken off is not posted again.
/// </summary>
/// <param name="pageSize">CDRs of one page.</param>
public sealed class Correcting(
    EventStore store, CdrCases cases, CorrectionQueries queries,
    int pageSize = Correction.PageSize)
{
    public const string StreamPrefix = "correction/";
    private const string PagePrefix = "correction-page/";

    public Task<(CorrectionPreview? Preview, Refusal? Refusal)> Preview(
        Relationship relationship, CorrectionSelection selection, CancellationToken stop) =>
        Look(relationship, selection, null, stop);

    private async Task<(CorrectionPreview? Preview, Refusal? Refusal)> Look(
        Relationship relationship, CorrectionSelection selection, Func<IReadOnlyList<CorrectedCdr>, string, Task>? keep,
        CancellationToken stop)
    {
        if (selection.IsEmpty)
        {
            return (null, new("correction.everything", "Say which CDRs: month, CPO, place, tariff, tax rule or ids."));
        }

        var tenant = relationship.ToString();
        var terms = await cases.Terms(tenant, stop);
        var (looked, left, pages) = (0, new List<LeftOutCdr>(), new List<string>());
        IReadOnlyList<CorrectedCdr> first = [];
        IReadOnlyList<CorrectionTotal> totals = [];
        var changes = new List<CorrectedCdr>();
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
                var beside = await queries.Beside(relationship, stream, stop);
                changes.Add(Effect(one.State.Version, reversed.Negated, beside, rated.Settled));
                if (changes.Count == pageSize)
                {
                    await Turn();
                }
            }
        }

        await Turn();
        var digest = Hash(Encoding.UTF8.GetBytes($"{relationship}\n{selection}\n{string.Join('\n', pages)}"));
        return (new CorrectionPreview(relationship, selection, looked, first, [.. pages.Skip(1)], totals, left, digest), null);

        async Task Turn()
        {
            if (changes.Count == 0)
            {
                return;
            }

            var hash = Hash(JsonSerializer.SerializeToUtf8Bytes(changes, RowJson.Options));
            totals = CorrectionTotal.Sum([.. totals, .. CorrectionTotal.Of(changes)]);
            if (pages.Count == 0)
            {
                first = changes;
            }
            else if (keep is not null)
            {
                await keep(changes, hash);
            }

            pages.Add(hash);
            changes = [];
        }
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
            return (null, Changed);
        }

        var asked = Correction.Propose(preview.Id, cause, selection, preview.Changes, preview.Digest, by);
        if (asked is not Decision<CorrectionFact>.Accepted { Facts: [CorrectionFact.CorrectionProposed proposal] })
        {
            return (null, ((Decision<CorrectionFact>.Refused)asked).Refusal);
        }

        if (preview.Pages.Count > 0)
        {
            proposal = proposal with { Pages = preview.Pages, Totals = preview.Totals };
            var (kept, _) = await Look(relationship, selection, (cdrs, hash) => Keep(relationship, cdrs, hash, by, stop), stop);
            if (kept?.Digest != preview.Digest)
            {
                return (null, Changed);
            }
        }

        refusal = await Decide(
            relationship, preview.Id, known => known is null ? proposal : Decision.Nothing<CorrectionFact>(), by, stop);
        return refusal is null ? (await Load(relationship, preview.Id, stop), null) : (null, refusal);
    }

    public Task<Refusal?> Approve(Relationship relationship, string id, string by, CancellationToken stop) =>
        Decide(relationship, id, correction => correction?.Approve(by) ?? Unknown(id), by, stop);

    public Task<Refusal?> Withdraw(
        Relationship relationship, string id, string reason, string by, CancellationToken stop) =>
        Decide(relationship, id, correction => correction?.Withdraw(reason, by) ?? Unknown(id), by, stop);

    /// <summary>
    /// Takes back and posts anew, each CDR in one append; one that changed since the preview, or would come out
    /// otherwise now, is left out and told. Goes on where it was broken off; applied again nothing changes.
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
        for (var page = correction.Posted.Count; page <= correction.Proposed.Pages.Count; page++)
        {
            var cdrs = await Page(relationship, correction.Proposed, page, stop);
            var left = await Post(relationship, correction.Proposed, cdrs, terms, by, stop);
            if (await Decide(relationship, id, now => Posted(now!, page, cdrs.Count - left.Count, left, by), by, stop) is { } no)
            {
                return (null, no);
            }
        }

        return ((await Load(relationship, id, stop))!.Applied, null);
    }

    /// <summary>The CDRs of one page, counted from 0.</summary>
    /// <exception cref="InvalidOperationException">There is no such page.</exception>
    public async Task<IReadOnlyList<CorrectedCdr>> Page(
        Relationship relationship, CorrectionFact.CorrectionProposed proposed, int page, CancellationToken stop)
    {
        if (page == 0)
        {
            return proposed.Cdrs;
        }

        await foreach (var recorded in store.ReadStream(relationship.ToString(), PagePrefix + proposed.Pages[page - 1], stop: stop))
        {
            return ((CorrectionFact.CorrectionPaged)recorded.Fact).Cdrs;
        }

        throw new InvalidOperationException($"Page {page} of correction {proposed.Id} was never kept.");
    }

    // several people may apply it at once: the page counts once
    private static Decision<CorrectionFact> Posted(
        Correction now, int page, int corrected, IReadOnlyList<LeftOutCdr> left, string by)
    {
        var proposed = now.Proposed;
        if (now.Applied is not null || now.Posted.Count != page)
        {
            return Decision.Nothing<CorrectionFact>();
        }

        if (proposed.Pages.Count == 0)
        {
            return new CorrectionFact.CorrectionApplied(proposed.Id, corrected, left, by);
        }

        var posted = new CorrectionFact.CorrectionPagePosted(proposed.Id, page, corrected, left, by);
        return new Decision<CorrectionFact>.Accepted(page < proposed.Pages.Count
            ? [posted]
            : [posted, new CorrectionFact.CorrectionApplied(proposed.Id, now.Posted.Sum(each => each.Corrected) + corrected, [], by)]);
    }

    private async Task Keep(
        Relationship relationship, IReadOnlyList<CorrectedCdr> cdrs, string hash, string by, CancellationToken stop)
    {
        var page = new StreamFacts(PagePrefix + hash, "correction-page", 0, [new CorrectionFact.CorrectionPaged(cdrs)]);
        if (await store.Append(
            relationship.ToString(), new StoreCommand(page.Stream, Convert.FromHexString(hash), [page], by), stop)
            is AppendAnswer.Refused refused)
        {
            throw new InvalidOperationException(refused.Refusal.ToString()); // it is named by what is in it
        }
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

    /// <summary>Those that were left out; every other one is corrected, now or before.</summary>
    private async Task<IReadOnlyList<LeftOutCdr>> Post(
        Relationship relationship, CorrectionFact.CorrectionProposed proposed, IReadOnlyList<CorrectedCdr> cdrs, Terms terms,
        string by, CancellationToken stop)
    {
        var (left, commands, asked) = (new List<LeftOutCdr>(), new List<StoreCommand>(), new List<CorrectedCdr>());
        foreach (var cdr in cdrs)
        {
            var one = (await cases.Load(relationship.ToString(), cdr.Key, terms, stop))!;
            var (command, why) = Command(one, await queries.Beside(relationship, one.Stream, stop), proposed, cdr, by);
            if (why is not null)
            {
                left.Add(new LeftOutCdr(cdr.Cpo, cdr.CdrId, why.Code, why.Message));
            }
            else if (command is not null)
            {
                commands.Add(command);
                asked.Add(cdr);
            }
        }

        foreach (var (answer, cdr) in (await store.AppendBulk(relationship.ToString(), commands, stop)).Zip(asked))
        {
            if (answer is AppendAnswer.Refused)
            {
                left.Add(new LeftOutCdr(cdr.Cpo, cdr.CdrId, "cdr.changed", "It changed while the correction was applied."));
            }
        }

        return left;
    }

    // neither = it was corrected before
    private static (StoreCommand? Command, Refusal? LeftOut) Command(
        CdrCase one, (long Net, long Tax) beside, CorrectionFact.CorrectionProposed proposed, CorrectedCdr cdr, string by)
    {
        if (one.State.Corrections.Contains(proposed.Id))
        {
            return (null, null);
        }

        if (one.State.Version != cdr.Version)
        {
            return (null, new("cdr.changed", "It changed since the correction was proposed."));
        }

        var (facts, leftOut) = CorrectCdr.Decide(one.State, one.Terms, proposed.Id, proposed.Cause);
        if (facts is not [CdrFact.CdrReversed reversed, CdrFact.CdrRated rated])
        {
            return (null, leftOut ?? new("correction.changed", "Nothing would change any more."));
        }

        return Effect(cdr.Version, reversed.Negated, beside, rated.Settled) != cdr
            ? (null, new("correction.changed", "It would come out otherwise than what was approved; propose it anew."))
            : (new StoreCommand(
                $"{StreamPrefix}{proposed.Id}/{one.Stream}", Convert.FromHexString(cdr.Content),
                [Streams.Of(one.Key, one.State.Version, facts)], by), null);
    }

    // null = there is no such correction yet
    private Task<Refusal?> Decide(
        Relationship relationship, string id, Func<Correction?, Decision<CorrectionFact>> decide, string by,
        CancellationToken stop) => StreamDecision.Decide(store, relationship.ToString(), by, async () =>
        {
            var correction = await Load(relationship, id, stop);
            return Attempt.Of(StreamPrefix + id, "correction", correction?.Version ?? 0, decide(correction));
        }, stop);

    /// <param name="beside">What is reversed with the entry: its share of document rounding, another tax point, our own note.</param>
    private static CorrectedCdr Effect(
        long version, SettledCdr before, (long Net, long Tax) beside, SettledCdr after)
    {
        // the cause is not part of what is approved by amounts; it is in the proposal itself
        var content = JsonSerializer.SerializeToUtf8Bytes(after with { Cause = null, Findings = [] }, RowJson.Options);
        return new CorrectedCdr(
            after.Cdr.Cpo, after.Cdr.Id, version, after.Cdr.Currency, after.OwedBy, after.OwedTo, before.Net + beside.Net,
            before.Tax + beside.Tax, before.Due + beside.Net + beside.Tax, after.Net, after.Tax, after.Due, CorrectCdr.What(before, after), Hash(content));
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static Refusal Changed => new(
        "correction.changed", "What would change is not what you saw; look again before you propose it.");

    private static Refusal Unknown(string id) => new("correction.unknown", $"There is no correction {id}.");
}
