using Settlement.Api.Disputes;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Disputes;
using Settlement.Domain.Intake;
using Settlement.Projections.Statements;

namespace Settlement.Api.Pages;

/// <summary>The list of disputes and the form that opens one.</summary>
/// <param name="Form">As it was filled in, where it was refused.</param>
public sealed record DisputesView(
    IReadOnlyList<Relationship> Relationships, string? Tenant, string? State, IReadOnlyList<DisputeTotal> Totals,
    IReadOnlyList<Listed<Dispute>> Disputes, long? Next, bool First, DisputeFormValues Form, Refusal? Refused);

/// <summary>The fields of the form that opens a dispute, as text.</summary>
public sealed record DisputeFormValues(
    string Tenant, string Cdr, string Reason, string Other, string Amount, string Proposed, string Evidence)
{
    public static readonly DisputeFormValues Empty = new("", "", "AMOUNT_DIFFERS", "", "", "", "");
}

/// <summary>One dispute with everything that was said.</summary>
public sealed record DisputeView(Relationship Relationship, Dispute Dispute, Refusal? Refused);

internal static class DisputeEndpoint
{
    public const int PageSize = 50;

    public static Task<IResult> List(
        string? tenant, string? state, long? before, string? cdr, Engine engine, CancellationToken stop) =>
        Show(engine, OwnForms.Given(tenant), OwnForms.Given(state), before, DisputeFormValues.Empty with
        {
            Tenant = tenant ?? "",
            Cdr = cdr ?? "",
        }, null, stop);

    public static async Task<IResult> Get(string tenant, string owner, string id, Engine engine, CancellationToken stop) =>
        Relationship.OfTenant(tenant) is { } pair && PartyId.Parse(owner) is { } party
            ? await One(engine, pair, new CdrKey(party, id), null, stop)
            : PageAnswer.UnknownRelationship(tenant);

    public static async Task<IResult> Open(HttpRequest request, Engine engine, CancellationToken stop)
    {
        var form = await request.ReadFormAsync(stop);
        var values = new DisputeFormValues(
            $"{form["tenant"]}", $"{form["cdr"]}".Trim(), $"{form["reason"]}", $"{form["other"]}".Trim(), $"{form["amount"]}".Trim(),
            $"{form["proposed"]}".Trim(), $"{form["evidence"]}");
        var (pair, refusal) = await Known(engine, values.Tenant, stop);
        if (pair is { } known && DisputeBatch.Cdr(values.Cdr, out refusal) is { } cdr)
        {
            refusal = await Open(engine, known, cdr, values, request.HttpContext.Actor(), stop);
            if (refusal is null)
            {
                return Results.Redirect(Links.Dispute(known, cdr));
            }
        }

        return await Show(engine, pair?.ToString(), null, null, values, refusal, stop);
    }

    /// <summary>Takes a step and shows the dispute after it; a refusal is told on the same page.</summary>
    public static Delegate Step(params IReadOnlyList<string> steps) => async (HttpRequest request, Engine engine, CancellationToken stop) =>
    {
        var form = await request.ReadFormAsync(stop);
        var (pair, refusal) = await Known(engine, $"{form["tenant"]}", stop);
        var key = pair is null ? null : DisputeBatch.Cdr($"{form["cdr"]}", out refusal);
        if (pair is not { } known || key is not { } cdr)
        {
            return PageAnswer.Malformed(refusal!);
        }

        if (!steps.Contains($"{form["step"]}"))
        {
            return PageAnswer.Malformed(new Refusal("step.unknown", $"This form takes {string.Join(", ", steps)}."));
        }

        var asked = new DisputeStep($"{form["step"]}", $"{form["amount"]}".Trim(), $"{form["because"]}", $"{form["sha256"]}".Trim());
        var refused = await DisputeSteps.Take(engine, known, cdr, asked, request.HttpContext.Actor(), stop);
        return refused is null
            ? Results.Redirect(Links.Dispute(known, cdr))
            : await One(engine, known, cdr, refused, stop);
    };

    internal static async Task<(Relationship? Pair, Refusal? Refusal)> Known(Engine engine, string tenant, CancellationToken stop) =>
        await engine.Books.Known(Relationship.Parse(tenant), stop) is { } pair
            ? (pair, null)
            : (null, new Refusal("relationship.unknown", "Choose the relationship."));

    private static Task<Refusal?> Open(
        Engine engine, Relationship pair, CdrKey cdr, DisputeFormValues values, string by, CancellationToken stop)
    {
        var reason = values.Reason == DisputeReasons.Other ? DisputeReasons.Other + values.Other : values.Reason;
        return DisputeSteps.Open(
            engine, pair, new DisputeText(cdr, reason, values.Amount, values.Proposed, values.Evidence), by, stop);
    }

    private static async Task<IResult> Show(
        Engine engine, string? tenant, string? state, long? before, DisputeFormValues form, Refusal? refused,
        CancellationToken stop)
    {
        var found = await engine.Money.Disputes(tenant, state, before ?? long.MaxValue, PageSize + 1, stop);
        var view = new DisputesView(
            await engine.Books.Relationships(stop), tenant, state, await engine.Money.DisputeTotals(tenant, stop),
            [.. found.Take(PageSize)], found.Count > PageSize ? found[PageSize - 1].Number : null, before is null, form, refused);
        return PageAnswer.Page<DisputesPage>(
            new { View = view }, refused is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> One(
        Engine engine, Relationship pair, CdrKey cdr, Refusal? refused, CancellationToken stop)
    {
        var found = await engine.Disputes.Find(pair, cdr, stop);
        return found.Dispute.Cdr is null
            ? PageAnswer.Unknown("dispute.unknown", $"Nobody disputed {cdr}.")
            : PageAnswer.Page<DisputePage>(
                new { View = new DisputeView(pair, found.Dispute, refused) },
                refused is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }
}
