using Settlement.Api.Corrections;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Corrections;

namespace Settlement.Api.Pages;

/// <summary>A correction asked about: its selection, and what it would change.</summary>
public sealed record CorrectionAsked(
    Relationship Relationship, CorrectionSelection Selection, CorrectionPreview? Preview, Refusal? Refusal);

/// <summary>Corrections: the list, the money effect of one, and its approvals.</summary>
internal static class CorrectionsEndpoint
{
    public static async Task<IResult> List(Engine engine, CancellationToken stop) => PageAnswer.Page<CorrectionsPage>(new
    {
        All = await engine.Corrections.All(stop),
        Relationships = await engine.Books.Relationships(stop),
    });

    public static async Task<IResult> Preview(HttpRequest request, Engine engine, CancellationToken stop)
    {
        var (relationship, selection, refusal) = Read(name => request.Query[name]);
        return selection is null
            ? PageAnswer.Malformed(refusal!)
            : await Preview(relationship, selection, null, engine, stop);
    }

    public static async Task<IResult> Propose(HttpRequest request, Engine engine, CancellationToken stop)
    {
        var form = await request.ReadFormAsync(stop);
        var (relationship, selection, refusal) = Read(name => form[name]);
        if (selection is null)
        {
            return PageAnswer.Malformed(refusal!);
        }

        var (correction, no) = await engine.Corrections.Propose(
            relationship, selection, form["cause"].ToString(), form["digest"].ToString(), request.HttpContext.Actor(), stop);
        return correction is null
            ? await Preview(relationship, selection, no, engine, stop)
            : Results.LocalRedirect(Links.Correction(relationship, correction.Proposed.Id));
    }

    public static async Task<IResult> Get(string tenant, string id, Engine engine, CancellationToken stop) =>
        await Show(tenant, id, engine, null, stop);

    public static Delegate Step(string step) =>
        async (string tenant, string id, HttpRequest request, Engine engine, CancellationToken stop) =>
        {
            if (Relationship.OfTenant(tenant) is not { } relationship)
            {
                return PageAnswer.UnknownRelationship(tenant);
            }

            var by = request.HttpContext.Actor();
            var form = await request.ReadFormAsync(stop);
            var refusal = step switch
            {
                "approve" => await engine.Corrections.Approve(relationship, id, by, stop),
                "apply" => (await engine.Corrections.Apply(relationship, id, by, stop)).Refusal,
                _ => await engine.Corrections.Withdraw(relationship, id, form["reason"].ToString(), by, stop),
            };
            return refusal is null
                ? Results.LocalRedirect(Links.Correction(relationship, id))
                : await Show(tenant, id, engine, refusal, stop);
        };

    private static async Task<IResult> Preview(
        Relationship relationship, CorrectionSelection selection, Refusal? refused, Engine engine, CancellationToken stop)
    {
        var (preview, refusal) = await engine.Corrections.Preview(relationship, selection, stop);
        return PageAnswer.Page<CorrectionPreviewPage>(
            new { Asked = new CorrectionAsked(relationship, selection, preview, refused ?? refusal) },
            (refused ?? refusal) is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> Show(
        string tenant, string id, Engine engine, Refusal? refused, CancellationToken stop) =>
        Relationship.OfTenant(tenant) is { } relationship
            && await engine.Corrections.Load(relationship, id, stop) is { } correction
            ? PageAnswer.Page<CorrectionPage>(
                new { Relationship = relationship, Correction = correction, Refused = refused },
                refused is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict)
            : PageAnswer.Unknown("correction.unknown", $"{tenant} has no correction {id}.");

    private static (Relationship Relationship, CorrectionSelection? Selection, Refusal? Refusal) Read(
        Func<string, string?> field)
    {
        string? Given(string name) => OwnForms.Given(field(name));
        return new CorrectionText(
            Given("relationship"), Given("month"), Given("cpo"), Given("place"), Given("tariff"), Given("rule"),
            Given("cdrs")?.Split([' ', ',', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)).Read();
    }
}
