using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Projections.Statements;

namespace Settlement.Api.Intake;

/// <summary>What a person wants done with many held CDRs at once.</summary>
public enum BulkAction
{
    /// <summary>Release each at the lower of its claim and its re-rated price.</summary>
    ReleaseLower,

    /// <summary>The same under an older name: a claim below the price is not exceeded (rules-money 9).</summary>
    ReleaseReRated,

    Reject,

    /// <summary>Of the contents under one id the one that came first counts.</summary>
    ChooseFirst,

    /// <summary>Of the contents under one id the one that its CPO changed last counts.</summary>
    ChooseNewest,
}

/// <summary>How people name what is done with many at once.</summary>
public static class BulkActions
{
    public static IReadOnlyList<(BulkAction Action, string Name, string Words)> All { get; } =
    [
        (BulkAction.ReleaseLower, "release-lower", "Release at the lower of claim and price"),
        (BulkAction.ReleaseReRated, "release-rerated", "Release at the re-rated price, or at the claim where it is lower"),
        (BulkAction.Reject, "reject", "Reject"),
        (BulkAction.ChooseFirst, "choose-first", "Choose the first content"),
        (BulkAction.ChooseNewest, "choose-newest", "Choose the newest content"),
    ];

    public static string Name(this BulkAction action) => All.First(each => each.Action == action).Name;

    public static string Words(this BulkAction action) => All.First(each => each.Action == action).Words;

    /// <summary>Null and a refusal where the name is none of them.</summary>
    public static BulkAction? Read(string? name, out Refusal? refusal)
    {
        foreach (var (action, known, _) in All)
        {
            if (known == name)
            {
                refusal = null;
                return action;
            }
        }

        refusal = new Refusal(
            "action.malformed", $"'{name}' is none of {string.Join(", ", All.Select(each => each.Name))}.");
        return null;
    }
}

/// <summary>What would become of one CDR. Amounts in minor units; null where nothing would be owed.</summary>
/// <param name="Version">Of its stream, so that nothing else is decided than what was shown.</param>
/// <param name="Amount">What a release would name.</param>
public sealed record BulkLine(HeldCdr Cdr, long Version, decimal? Amount, long? Net, long? Tax, long? Due, Refusal? Refusal)
{
    /// <summary>Digest of the content that a choice would name.</summary>
    public string? Content { get; init; }
}

/// <summary>What the sum of it would be, by who owes whom.</summary>
public sealed record BulkTotal(PartyId Emsp, PartyId Cpo, string Currency, int Cdrs, long Net, long Tax, long Due);

/// <summary>The money effect of a bulk decision, before anything is recorded.</summary>
/// <param name="Digest">Names exactly these lines: applied is what was shown.</param>
public sealed record BulkPreview(HeldFilter Filter, BulkAction Action, IReadOnlyList<BulkLine> Lines, string Digest)
{
    public IReadOnlyList<BulkTotal> Totals => [.. Lines.Where(line => line.Due is not null)
        .GroupBy(line => (line.Cdr.Emsp, line.Cdr.Cpo, line.Cdr.Currency))
        .OrderBy(group => group.Key.Emsp).ThenBy(group => group.Key.Cpo).ThenBy(group => group.Key.Currency, StringComparer.Ordinal)
        .Select(group => new BulkTotal(
            group.Key.Emsp, group.Key.Cpo, group.Key.Currency, group.Count(), group.Sum(line => line.Net!.Value),
            group.Sum(line => line.Tax!.Value), group.Sum(line => line.Due!.Value)))];

    public int Allowed => Lines.Count(line => line.Refusal is null);
}

/// <summary>Many held CDRs decided by a filter: first the money effect, then each CDR by its own command.</summary>
public sealed class HeldBulk(HeldQueries queries, CdrCases cases, HeldDecisions decisions)
{
    /// <summary>Most CDRs at once: a list that somebody can look through.</summary>
    public const int Most = 2000;

    public async Task<(BulkPreview? Preview, Refusal? Refusal)> Preview(
        HeldFilter filter, BulkAction action, CancellationToken stop)
    {
        var found = await queries.Page(filter, null, Most + 1, stop);
        if (found.Count > Most)
        {
            return (null, new(
                "held.too-many", $"More than {Most} are held like this; narrow it to a reason, partner or month."));
        }

        var terms = new Dictionary<string, Terms>(StringComparer.Ordinal);
        var lines = new List<BulkLine>();
        foreach (var cdr in found)
        {
            if (!terms.TryGetValue(cdr.Tenant, out var known))
            {
                terms[cdr.Tenant] = known = await cases.Terms(cdr.Tenant, stop);
            }

            lines.Add(await Line(cdr, action, known, stop));
        }

        return (new BulkPreview(filter, action, lines, Digest(action, lines)), null);
    }

    /// <summary>Applies what a preview showed; every CDR answers for itself.</summary>
    /// <param name="digest">Of the preview that was shown; null = whatever it is now.</param>
    public async Task<(IReadOnlyList<CdrAnswered> Answers, Refusal? Refusal)> Apply(
        HeldFilter filter, BulkAction action, string reason, string by, string? digest, CancellationToken stop)
    {
        if (reason.Trim().Length == 0)
        {
            return ([], new("reason.missing", "Say why: the reason is recorded with each decision."));
        }

        var (preview, refusal) = await Preview(filter, action, stop);
        if (preview is null)
        {
            return ([], refusal);
        }

        if (digest is not null && digest != preview.Digest)
        {
            return ([], new("held.changed", "What is held changed since you looked at it; look again before you decide."));
        }

        var answers = new List<CdrAnswered>();
        foreach (var line in preview.Lines)
        {
            var key = new CdrKey(line.Cdr.Cpo, line.Cdr.CdrId);
            answers.Add(
                line.Refusal is { } no ? new CdrAnswered(line.Cdr.Tenant, key, null, no)
                : line.Content is { } content
                    ? await decisions.Choose(line.Cdr.Tenant, key, content, reason, by, line.Version, stop)
                : line.Amount is { } amount ? await decisions.Release(line.Cdr.Tenant, key, amount, reason, by, line.Version, stop)
                : await decisions.Reject(line.Cdr.Tenant, key, reason, by, line.Version, stop));
        }

        return (answers, null);
    }

    private async Task<BulkLine> Line(HeldCdr cdr, BulkAction action, Terms terms, CancellationToken stop)
    {
        if (await cases.Load(cdr.Tenant, new CdrKey(cdr.Cpo, cdr.CdrId), terms, stop) is not { } one)
        {
            return new BulkLine(cdr, 0, null, null, null, null, new("cdr.unknown", $"There is no CDR {cdr.CdrId}."));
        }

        if (action is BulkAction.ChooseFirst or BulkAction.ChooseNewest)
        {
            return await Choice(cdr, one, action, stop);
        }

        BulkLine No(Refusal refusal) => new(cdr, one.State.Version, null, null, null, null, refusal);
        if (action == BulkAction.Reject)
        {
            return DecideHeldCdr.Reject(one.State, "preview", "preview") is Decision<CdrFact>.Refused refused
                ? No(refused.Refusal)
                : new BulkLine(cdr, one.State.Version, null, null, null, null, null);
        }

        var (bounds, refusal) = await decisions.Offer(one, stop);
        if (bounds is null)
        {
            return No(refusal ?? new("cdr.not-held", "It is not held for a reason that an amount answers."));
        }

        var amount = bounds.Highest;
        var decided = DecideHeldCdr.Release(one.State, terms, new CdrRelease(amount, "preview", "preview"));
        return decided switch
        {
            Decision<CdrFact>.Accepted { Facts: [.., CdrFact.CdrRated rated] } => new BulkLine(
                cdr, one.State.Version, amount, rated.Settled.Net, rated.Settled.Tax, rated.Settled.Due, null),
            Decision<CdrFact>.Refused no => No(no.Refusal),
            _ => throw new InvalidOperationException("A release posts or is refused."),
        };
    }

    private async Task<BulkLine> Choice(HeldCdr cdr, CdrCase one, BulkAction action, CancellationToken stop)
    {
        var contents = DecideHeldCdr.Contents(one.State);
        var wanted = action == BulkAction.ChooseFirst
            ? (contents is [var first, ..] ? first : null)
            : contents.Index().MaxBy(each => (each.Item.Cdr.LastUpdated ?? each.Item.ReceivedAt, each.Index)).Item;
        var (chosen, no) = DecideHeldCdr.Named(one.State, wanted?.Digest ?? "");
        if (chosen is null)
        {
            return new BulkLine(cdr, one.State.Version, null, null, null, null, no);
        }

        var (decision, refusal) = await decisions.Chosen(one, chosen, "preview", "preview", stop);
        var before = one.State.IsIssued ? one.State.Posted : null;
        return decision?.Own[^1] switch
        {
            null => new BulkLine(cdr, one.State.Version, null, null, null, null, refusal),
            CdrFact.CdrRated { Settled: var now } => new BulkLine(
                cdr, one.State.Version, null, now.Net - (before?.Net ?? 0), now.Tax - (before?.Tax ?? 0),
                now.Due - (before?.Due ?? 0), null)
            {
                Content = chosen.Digest,
            },
            _ => new BulkLine(cdr, one.State.Version, null, null, null, null, null) { Content = chosen.Digest },
        };
    }

    private static string Digest(BulkAction action, IEnumerable<BulkLine> lines) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines.Select(line => string.Create(
            CultureInfo.InvariantCulture,
            $"{line.Cdr.Tenant} {line.Cdr.Stream} {line.Version} {line.Amount}{line.Content} {line.Due} {line.Refusal?.Code}"))
            .Prepend(action.ToString())))));
}
