using NodaTime;
using Settlement.Api.People;
using Settlement.Api.Reconciliation;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Reconciliation;

namespace Settlement.Api.Pages;

/// <summary>One comparison, and the rows of one of its categories.</summary>
/// <param name="Category">Null: the summary alone.</param>
public sealed record ReconciliationView(
    ShelvedReconciliation One, ReconciliationCategory? Category, IReadOnlyList<ReconciledRow> Rows, int Page, bool More)
{
    public const int PageSize = 50;
}

internal static class ReconcileEndpoint
{
    /// <summary>A month of a million CDRs as packed JSON lines; larger files go through the command line.</summary>
    public const long MostBytes = 100L * 1024 * 1024;

    public static async Task<IResult> Form(
        string? relationship, string? month, Engine engine, ReconciliationShelf shelf, CancellationToken stop) =>
        PageAnswer.Page<ReconcilePage>(new
        {
            Relationships = await engine.Reports.TenantsWithMovement(null, stop),
            Months = await engine.Reports.Months(stop),
            Chosen = relationship,
            ChosenMonth = month is null ? null : Output.Month(month, out _),
            Done = shelf.All(),
        });

    public static async Task<IResult> Compare(
        HttpRequest request, Engine engine, ReconciliationShelf shelf, CancellationToken stop)
    {
        if (await OwnForms.File(request, "file", stop) is not { } file)
        {
            return PageAnswer.Malformed(new Refusal("file.missing", "Choose the partner's list."));
        }

        var form = await request.ReadFormAsync(stop);
        var (options, refusal) = ReconcileVerb.Options(
            OwnForms.Given(form["from"]), OwnForms.Given(form["to"]), OwnForms.Given(form["currency"]),
            OwnForms.Given(form["zone"]) ?? "UTC",
            form["columns"].ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            OwnForms.Given(form["decimals"]));
        if (options is null)
        {
            return PageAnswer.Malformed(refusal!);
        }

        var cpo = OwnForms.Party(form["cpo"], out refusal);
        if (refusal is not null)
        {
            return PageAnswer.Malformed(refusal);
        }

        if (Output.Month(form["month"].ToString(), out refusal) is not { } month)
        {
            return PageAnswer.Malformed(refusal!);
        }

        var tenant = form["relationship"].ToString();
        return Relationship.Parse(tenant) is { } relationship
            && (await engine.Reports.TenantsWithMovement(null, stop)).Contains(tenant, StringComparer.Ordinal)
            ? await Run(request, engine, shelf, file, (relationship, month, cpo), options, stop)
            : PageAnswer.UnknownRelationship(tenant);
    }

    private static async Task<IResult> Run(
        HttpRequest request, Engine engine, ReconciliationShelf shelf, IFormFile file,
        (Relationship Relationship, YearMonth Month, PartyId? Cpo) what, ListOptions options, CancellationToken stop)
    {
        try
        {
            await using var list = file.OpenReadStream();
            var one = await shelf.Compare(
                engine, what, options, list, Path.GetFileName(file.FileName), request.HttpContext.Actor(), stop);
            return Results.Redirect(Links.Reconciliation(one.Id));
        }
        catch (UnreadableListException e)
        {
            return PageAnswer.Malformed(e.Refusal);
        }
    }

    public static IResult Get(string id, string? category, int? page, ReconciliationShelf shelf)
    {
        if (shelf.Find(id) is not { } one)
        {
            return Unknown(id);
        }

        var only = Enum.TryParse<ReconciliationCategory>(category, out var parsed) ? parsed : (ReconciliationCategory?)null;
        var at = Math.Max(1, page ?? 1);
        var rows = only is null
            ? []
            : one.Result.Rows().Where(row => row.Category == only)
                .Skip((at - 1) * ReconciliationView.PageSize).Take(ReconciliationView.PageSize + 1).ToList();
        return PageAnswer.Page<ReconciliationPage>(new
        {
            View = new ReconciliationView(
                one, only, [.. rows.Take(ReconciliationView.PageSize)], at, rows.Count > ReconciliationView.PageSize),
        });
    }

    public static IResult Download(string id, string format, ReconciliationShelf shelf) =>
        shelf.Find(id) is { } one ? File(one, format) : Unknown(id);

    /// <summary>Its rows, or as <c>disputes</c> those that could be opened out of it.</summary>
    internal static IResult File(ShelvedReconciliation one, string format)
    {
        var disputes = format == "disputes";
        return Downloads.Of(
            disputes ? "csv" : format, ["csv", "jsonl"], disputes ? $"disputes-{one.Id}" : $"reconciliation-{one.Id}", to =>
            {
                ReconciliationFiles.Write(to, format, one.Result);
                return Task.CompletedTask;
            });
    }

    private static IResult Unknown(string id) => PageAnswer.Unknown(
        "reconciliation.unknown", $"There is no comparison {id} any more: the last ones are kept; upload the file again.");
}
