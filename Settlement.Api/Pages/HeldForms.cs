using System.Globalization;
using Settlement.Api.Intake;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Projections.Statements;

namespace Settlement.Api.Pages;

/// <summary>What many held CDRs come to, and after it was applied what each answered.</summary>
public sealed record BulkView(
    HeldFilter Filter, BulkAction Action, BulkPreview? Preview, IReadOnlyList<CdrAnswered>? Answers, Refusal? Refusal);

/// <summary>Forms that decide on held CDRs, one by one and many at once.</summary>
internal static class HeldForms
{
    public static Task<IResult> Release(
        string tenant, string owner, string id, HttpRequest request, Engine engine, CancellationToken stop) =>
        Decide(tenant, owner, id, request, engine, (key, form, seen) =>
            decimal.TryParse(form["amount"], NumberStyles.Number, CultureInfo.InvariantCulture, out var amount)
                ? engine.Decisions.Release(
                    tenant, key, amount, form["reason"].ToString(), request.HttpContext.Actor(), seen, stop)
                : Task.FromResult(new CdrAnswered(tenant, key, null, new Refusal(
                    "amount.malformed", $"'{Short(form["amount"])}' is not an amount; expected a form like 12.34."))), stop);

    /// <summary>An amount that rests on evidence; somebody else approves it.</summary>
    public static Task<IResult> Propose(
        string tenant, string owner, string id, HttpRequest request, Engine engine, CancellationToken stop) =>
        Decide(tenant, owner, id, request, engine, (key, form, seen) =>
        {
            var (evidence, refusal) = ReleaseEvidence.Of(form["evidence"], form["evidence_sha256"]);
            if (!decimal.TryParse(form["amount"], NumberStyles.Number, CultureInfo.InvariantCulture, out var amount))
            {
                refusal = new Refusal("amount.malformed", $"'{Short(form["amount"])}' is not an amount; expected a form like 12.34.");
            }

            var release = new CdrRelease(amount, form["reason"].ToString(), request.HttpContext.Actor()) { Evidence = evidence };
            return refusal is null
                ? engine.Decisions.Propose(tenant, key, release, seen, stop)
                : Task.FromResult(new CdrAnswered(tenant, key, null, refusal));
        }, stop);

    public static Task<IResult> Approve(
        string tenant, string owner, string id, HttpRequest request, Engine engine, CancellationToken stop) =>
        Decide(tenant, owner, id, request, engine, (key, _, seen) => engine.Decisions.Approve(
            tenant, key, null, request.HttpContext.Actor(), seen, stop), stop);

    public static Task<IResult> Reject(
        string tenant, string owner, string id, HttpRequest request, Engine engine, CancellationToken stop) =>
        Decide(tenant, owner, id, request, engine, (key, form, seen) => engine.Decisions.Reject(
            tenant, key, form["reason"].ToString(), request.HttpContext.Actor(), seen, stop), stop);

    public static Task<IResult> Choose(
        string tenant, string owner, string id, HttpRequest request, Engine engine, CancellationToken stop) =>
        Decide(tenant, owner, id, request, engine, (key, form, seen) => engine.Decisions.Choose(
            tenant, key, form["content"].ToString(), form["reason"].ToString(), request.HttpContext.Actor(), seen, stop), stop);

    public static Task<IResult> AnotherSession(
        string tenant, string owner, string id, HttpRequest request, Engine engine, CancellationToken stop) =>
        Decide(tenant, owner, id, request, engine, (key, form, seen) => engine.Decisions.AnotherSession(
            tenant, key, form["reason"].ToString(), request.HttpContext.Actor(), seen, stop), stop);

    public static Task<IResult> LookAgain(
        string tenant, string owner, string id, HttpRequest request, Engine engine, CancellationToken stop) =>
        Decide(tenant, owner, id, request, engine, (key, form, _) => engine.Decisions.LookAgain(
            tenant, key, form["reason"].ToString(), request.HttpContext.Actor(), stop), stop);

    /// <summary>The money effect of a bulk decision; nothing is recorded.</summary>
    public static async Task<IResult> Preview(HttpRequest request, Engine engine, CancellationToken stop)
    {
        var (filter, action, refusal) = Read(name => request.Query[name]);
        return refusal is not null
            ? PageAnswer.Malformed(refusal)
            : Shown(await View(filter!, action, engine, null, stop), StatusCodes.Status200OK);
    }

    public static async Task<IResult> Bulk(HttpRequest request, Engine engine, CancellationToken stop)
    {
        var form = await request.ReadFormAsync(stop);
        var (filter, action, refusal) = Read(name => form[name]);
        if (refusal is not null)
        {
            return PageAnswer.Malformed(refusal);
        }

        var (answers, refused) = await engine.Bulk.Apply(
            filter!, action, form["because"].ToString(), request.HttpContext.Actor(), form["digest"].ToString(), stop);
        return refused is null
            ? Shown(new BulkView(filter!, action, null, answers, null), StatusCodes.Status200OK)
            : Shown(await View(filter!, action, engine, refused, stop), StatusCodes.Status409Conflict);
    }

    /// <summary>Reads all documents again that could not be read when they came.</summary>
    public static async Task<IResult> Documents(HttpRequest request, Engine engine, CancellationToken stop)
    {
        var form = await request.ReadFormAsync(stop);
        var owner = OwnForms.Party(form["from"], out var refusal);
        var payer = refusal is null ? OwnForms.Party(form["to"], out refusal) : null;
        if (refusal is not null)
        {
            return PageAnswer.Malformed(refusal);
        }

        var answers = await engine.Documents.Review(owner, payer, request.HttpContext.Actor(), stop);
        await engine.AfterCredits(stop);
        return await HeldEndpoint.Documents(null, engine, stop, answers);
    }

    public static async Task<IResult> RejectDocument(
        long number, HttpRequest request, Engine engine, CancellationToken stop)
    {
        var form = await request.ReadFormAsync(stop);
        return await engine.Documents.Reject(
            number, form["reason"].ToString(), request.HttpContext.Actor(), stop) is { } refusal
            ? PageAnswer.Problem(StatusCodes.Status409Conflict, refusal)
            : Results.LocalRedirect(Links.Unread());
    }

    private static async Task<IResult> Decide(
        string tenant, string owner, string id, HttpRequest request, Engine engine,
        Func<CdrKey, IFormCollection, long?, Task<CdrAnswered>> decide, CancellationToken stop)
    {
        if (Relationship.OfTenant(tenant) is null || PartyId.Parse(owner) is not { } party)
        {
            return await CdrEndpoint.Show(tenant, owner, id, engine, null, stop); // tells that there is none
        }

        var form = await request.ReadFormAsync(stop);
        long? seen = long.TryParse(form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;
        var answer = await decide(new CdrKey(party, id), form, seen);
        return answer.Refusal is null
            ? Results.LocalRedirect(Links.Cdr(tenant, party, id))
            : await CdrEndpoint.Show(tenant, owner, id, engine, answer.Refusal, stop);
    }

    private static async Task<BulkView> View(
        HeldFilter filter, BulkAction action, Engine engine, Refusal? refused, CancellationToken stop)
    {
        var (preview, refusal) = await engine.Bulk.Preview(filter, action, stop);
        return new BulkView(filter, action, preview, null, refused ?? refusal);
    }

    private static IResult Shown(BulkView view, int status) => PageAnswer.Page<HeldBulkPage>(new { View = view }, status);

    /// <summary>The filter that fields of an address or a form name.</summary>
    internal static (HeldFilter? Filter, Refusal? Refusal) Filter(Func<string, string?> field)
    {
        string? Given(string name) => OwnForms.Given(field(name));
        return new HeldText(
            Given("month"), Given("tenant"), Given("reason"), Given("state"), Given("cpo"), Given("emsp"),
            Given("currency")).Read();
    }

    private static (HeldFilter? Filter, BulkAction Action, Refusal? Refusal) Read(Func<string, string?> field)
    {
        var (filter, refusal) = Filter(field);
        var action = BulkActions.Read(
            OwnForms.Given(field("action")) ?? BulkAction.ReleaseLower.Name(), out var unknown);
        return (filter, action ?? default, refusal ?? unknown);
    }

    private static string Short(string? text) => text is { Length: > 20 } ? text[..20] : text ?? "";
}
