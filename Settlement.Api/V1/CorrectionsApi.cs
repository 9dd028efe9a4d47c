using System.Text.Json;
using System.Text.Json.Nodes;
using Settlement.Api.Corrections;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Corrections;
using Settlement.Domain.People;

namespace Settlement.Api.V1;

/// <summary>Corrections of posted CDRs, and amendments of agreements.</summary>
internal static class CorrectionsApi
{
    private const string One = "/corrections/{relationship}/{id}";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapReadAtOnce("/corrections", Right.Read, List, "Corrections, the newest first")
            .Gives<IReadOnlyList<CorrectionAnswer>>();
        api.MapRead("/corrections/preview", Right.Read, Preview, "What a correction would change")
            .Gives<CorrectionAnswer>();
        api.MapReadAtOnce(One, Right.Read, Get, "One correction with its CDRs").Gives<CorrectionAnswer>();
        api.MapWrite("/corrections", Right.ProposeCorrection, Propose,
            "Asks two people to approve a correction")
            .Accepts<CorrectionRequest>("application/json").Gives<CorrectionAnswer>();
        api.MapWrite(One + "/approve", Right.ApproveCorrection, Approve,
            "Approves the effect; it takes two people")
            .Gives<CorrectionAnswer>();
        api.MapWrite(One + "/apply", Right.ProposeCorrection, Apply, "Applies what two people approved")
            .Gives<CorrectionAnswer>();
        api.MapWrite(One + "/withdraw", Right.ProposeCorrection, Withdraw, "Withdraws a correction")
            .Accepts<StepRequest>("application/json").Gives<CorrectionAnswer>();
        api.MapWrite("/relationships/{relationship}/agreements", Right.AmendAgreement, Amend,
            "Makes an agreement, or its next version")
            .Accepts<AmendmentRequest>("application/json").Gives<AmendmentAnswer>();
    }

    private static async Task<ApiAnswer> List(Engine engine, CancellationToken stop) => ApiAnswer.Of(
        (await engine.Corrections.All(stop)).Select(each => CorrectionAnswer.Of(each.Relationship, each.Correction, isWhole: false)).ToList());

    private static async Task<ApiAnswer> Preview(
        string? relationship, string? month, string? cpo, string? place, string? tariff, string? rule, string? cdrs,
        Engine engine, CancellationToken stop)
    {
        var (pair, selection, refusal) = new CorrectionText(
            relationship, month, cpo, place, tariff, rule, cdrs?.Split(',', StringSplitOptions.RemoveEmptyEntries)).Read();
        var (preview, no) = selection is null ? (null, refusal) : await engine.Corrections.Preview(pair, selection, stop);
        return preview is null ? ApiAnswer.No(no!) : ApiAnswer.Of(CorrectionAnswer.Of(preview));
    }

    private static async Task<ApiAnswer> Get(string relationship, string id, int? page, Engine engine, CancellationToken stop)
    {
        if (page is null or 1 || Relationship.Parse(relationship) is not { } pair
            || await engine.Corrections.Load(pair, id, stop) is not { } correction)
        {
            return await Shown(relationship, id, null, engine, stop);
        }

        return page < 1 || page > correction.Proposed.Pages.Count + 1
            ? ApiAnswer.No(new Refusal("page.unknown", $"It has {correction.Proposed.Pages.Count + 1} pages."))
            : ApiAnswer.Of(CorrectionAnswer.Of(
                pair, correction, true, await engine.Corrections.Page(pair, correction.Proposed, page.Value - 1, stop)));
    }

    private static async Task<ApiAnswer> Propose(
        CorrectionRequest? request, HttpContext http, Engine engine, CancellationToken stop)
    {
        var asked = request ?? new CorrectionRequest();
        var (pair, selection, refusal) = new CorrectionText(
            asked.Relationship, asked.Month, asked.Cpo, asked.Place, asked.Tariff, asked.Rule, asked.Cdrs).Read();
        var (correction, no) = selection is null
            ? (null, refusal)
            : await engine.Corrections.Propose(pair, selection, asked.Cause ?? "", asked.Digest, http.Actor(), stop);
        return correction is null ? ApiAnswer.No(no!) : ApiAnswer.Of(CorrectionAnswer.Of(pair, correction, isWhole: true));
    }

    private static async Task<ApiAnswer> Approve(
        string relationship, string id, HttpContext http, Engine engine, CancellationToken stop) =>
        Relationship.Parse(relationship) is { } pair
            ? await Shown(relationship, id, await engine.Corrections.Approve(pair, id, http.Actor(), stop), engine, stop)
            : Unknown(relationship, id);

    private static async Task<ApiAnswer> Apply(
        string relationship, string id, HttpContext http, Engine engine, CancellationToken stop) =>
        Relationship.Parse(relationship) is { } pair
            ? await Shown(relationship, id, (await engine.Corrections.Apply(pair, id, http.Actor(), stop)).Refusal, engine, stop)
            : Unknown(relationship, id);

    private static async Task<ApiAnswer> Withdraw(
        string relationship, string id, StepRequest? request, HttpContext http, Engine engine, CancellationToken stop) =>
        Relationship.Parse(relationship) is { } pair
            ? await Shown(
                relationship, id,
                await engine.Corrections.Withdraw(pair, id, request?.Reason ?? "", http.Actor(), stop), engine, stop)
            : Unknown(relationship, id);

    private static async Task<ApiAnswer> Amend(
        string relationship, AmendmentRequest? request, HttpContext http, Engine engine, CancellationToken stop)
    {
        if (Relationship.OfTenant(relationship) is not { } pair)
        {
            return ApiAnswer.No(new Refusal("relationship.malformed", "Write a relationship as CA-FLO~US-CPI."));
        }

        if (request?.Changes is not { ValueKind: JsonValueKind.Object } changes)
        {
            return ApiAnswer.No(new Refusal("agreement.malformed", "Say the terms that change as an object: changes."));
        }

        var amended = await engine.Amendments.Amend(
            pair, JsonObject.Create(changes)!, request.Reason ?? "", request.Version, http.Actor(), engine.Now, stop);
        if (amended.Terms is not { } terms)
        {
            var first = amended.Refusals[0];
            return ApiAnswer.No(
                first.Code == "agreement.changed" ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest,
                first with { Message = string.Join(" ", amended.Refusals.Select(each => each.Message)) });
        }

        return ApiAnswer.Of(new AmendmentAnswer(
            terms.Version, Figures.Day(terms.ValidFrom),
            [.. amended.Changes.Select(change => new TermChange(change.Term, change.Before, change.After))],
            amended.Settled));
    }

    private static async Task<ApiAnswer> Shown(
        string relationship, string id, Refusal? refusal, Engine engine, CancellationToken stop) =>
        refusal is not null
            ? refusal.Code == "correction.unknown" ? ApiAnswer.No(refusal) : ApiAnswer.No(StatusCodes.Status409Conflict, refusal)
            : Relationship.Parse(relationship) is { } pair && await engine.Corrections.Load(pair, id, stop) is { } correction
                ? ApiAnswer.Of(CorrectionAnswer.Of(pair, correction, isWhole: true))
                : Unknown(relationship, id);

    private static ApiAnswer Unknown(string relationship, string id) =>
        ApiAnswer.No(new Refusal("correction.unknown", $"{relationship} has no correction {id}."));
}

/// <param name="Month">Charge month; what is left out does not narrow.</param>
/// <param name="Cause">What was wrong; it goes on the statement.</param>
/// <param name="Digest">Of the preview; proposed is only what was shown.</param>
public sealed record CorrectionRequest(
    string? Relationship = null, string? Month = null, string? Cpo = null, string? Place = null, string? Tariff = null,
    string? Rule = null, IReadOnlyList<string>? Cdrs = null, string? Cause = null, string? Digest = null);

/// <param name="State">preview, proposed, approved, applied or withdrawn.</param>
public sealed record CorrectionAnswer(
    string Relationship, string Id, string State, string? Cause, string Selection, string? ProposedBy,
    IReadOnlyList<string> ApprovedBy, string Digest, IReadOnlyList<CorrectedItem> Cdrs, IReadOnlyList<LeftOutItem> LeftOut)
{
    /// <summary>How many pages its CDRs have; <c>?page=2</c> gives the second.</summary>
    public int Pages { get; init; } = 1;

    /// <summary>How many of them are posted; it is applied when all are.</summary>
    public int PagesPosted { get; init; }

    /// <summary>What the whole of it changes.</summary>
    public IReadOnlyList<CorrectionSum> Totals { get; init; } = [];

    public static CorrectionAnswer Of(
        Relationship relationship, Correction correction, bool isWhole, IReadOnlyList<CorrectedCdr>? page = null) => new(
        relationship.ToString(), correction.Proposed.Id, correction.State.ToString().ToLowerInvariant(),
        correction.Proposed.Cause, correction.Proposed.Selection.ToString(), correction.Proposed.By, correction.Approvals,
        correction.Proposed.Digest, isWhole ? Items(page ?? correction.Proposed.Cdrs) : [], Left(correction.LeftOut))
    {
        Pages = correction.Proposed.Pages.Count + 1,
        PagesPosted = correction.Applied is null ? correction.Posted.Count : correction.Proposed.Pages.Count + 1,
        Totals = Sums(correction.Proposed.Effect),
    };

    public static CorrectionAnswer Of(CorrectionPreview preview) => new(
        preview.Relationship.ToString(), preview.Id, "preview", null, preview.Selection.ToString(), null, [], preview.Digest,
        Items(preview.Changes), Left(preview.LeftOut))
    {
        Pages = preview.Pages.Count + 1,
        Totals = Sums(preview.Totals),
    };

    private static IReadOnlyList<CorrectionSum> Sums(IReadOnlyList<CorrectionTotal> totals) => [.. totals.Select(total => new CorrectionSum(
        total.OwedBy.ToString(), total.OwedTo.ToString(), total.Currency, total.Cdrs, Numbers.Money(total.Net, total.Currency),
        Numbers.Money(total.Tax, total.Currency), Numbers.Money(total.Due, total.Currency)))];

    private static IReadOnlyList<CorrectedItem> Items(IReadOnlyList<CorrectedCdr> cdrs) => [.. cdrs.Select(cdr => new CorrectedItem(
        cdr.Key.ToString(), cdr.OwedBy.ToString(), cdr.OwedTo.ToString(), cdr.Currency, Numbers.Money(cdr.DueBefore, cdr.Currency),
        Numbers.Money(cdr.DueAfter, cdr.Currency), Numbers.Money(cdr.DueAfter - cdr.DueBefore, cdr.Currency), cdr.What))];

    private static IReadOnlyList<LeftOutItem> Left(IReadOnlyList<LeftOutCdr> cdrs) =>
        [.. cdrs.Select(cdr => new LeftOutItem($"{cdr.Cpo}/{cdr.CdrId}", cdr.Code, cdr.Reason))];
}

/// <summary>What a correction changes in one direction and currency; money as decimal strings.</summary>
public sealed record CorrectionSum(
    string OwedBy, string OwedTo, string Currency, int Cdrs, string Net, string Tax, string Due);

public sealed record CorrectedItem(
    string Cdr, string OwedBy, string OwedTo, string Currency, string DueBefore, string DueAfter, string Difference, string What);

public sealed record LeftOutItem(string Cdr, string Code, string Reason);

/// <param name="Changes">The terms that change, as in the file of an amendment.</param>
/// <param name="Version">The version that was seen; another one is refused.</param>
public sealed record AmendmentRequest(string? Reason, int? Version, JsonElement? Changes);

public sealed record AmendmentAnswer(int Version, string ValidFrom, IReadOnlyList<TermChange> Changes, int HeldCdrsSettled);

public sealed record TermChange(string Term, string Before, string After);
