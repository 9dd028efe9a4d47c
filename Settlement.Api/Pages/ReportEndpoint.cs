using NodaTime;
using Settlement.Api.Statements;
using Settlement.Domain.Agreements;
using Settlement.Domain.Statements;

namespace Settlement.Api.Pages;

/// <summary>What the report's page shows.</summary>
/// <param name="Months">All months with movement or held CDRs, newest first.</param>
/// <param name="Relationships">How many have movement in the month, shown here or not.</param>
/// <param name="Only">The one relationship that was asked for.</param>
public sealed record ReportView(
    MonthlyReport Report, IReadOnlyList<YearMonth> Months, ReferenceBook Book, int Relationships,
    string? Only, string? Books, int Page)
{
    /// <summary>More relationships than this are listed, and each is opened for its details.</summary>
    public const int MostInFull = 8;

    public const int PageSize = 50;

    public bool InFull => Only is not null || Books is not null || Relationships <= MostInFull;

    public int Pages => (Relationships + PageSize - 1) / PageSize;
}

/// <summary>The monthly settlement report.</summary>
internal static class ReportEndpoint
{
    public static async Task<IResult> Home(Engine engine, CancellationToken stop) =>
        await FirstMonth.Of(engine, stop) is { } month
            ? Results.Redirect(Links.Report(month))
            : PageAnswer.Page<EmptyPage>(new { });

    public static async Task<IResult> Get(
        string month, string? relationship, string? books, int? page, Engine engine, CancellationToken stop)
    {
        var (wanted, tenants, side, problem) = await Asked(month, relationship, books, engine, stop);
        if (problem is not null)
        {
            return problem;
        }

        var moved = await engine.Reports.TenantsWithMovement(wanted, stop);
        var pages = (moved.Count + ReportView.PageSize - 1) / ReportView.PageSize;
        var at = Math.Clamp(page ?? 1, 1, Math.Max(1, pages));
        // in full it is the report of the command line, with the same digest
        var shown = relationship is null && side is null && moved.Count > ReportView.MostInFull
            ? [.. moved.Skip((at - 1) * ReportView.PageSize).Take(ReportView.PageSize)]
            : tenants;
        var view = new ReportView(
            await engine.Report(wanted, shown, side, stop), await engine.Reports.Months(stop),
            await engine.Books.Current(stop), moved.Count, relationship, side?.ToString(), at);
        return PageAnswer.Page<ReportPage>(new { View = view });
    }

    public static async Task<IResult> Download(
        string month, string format, string? relationship, string? books, string? part, Engine engine,
        CancellationToken stop)
    {
        var (wanted, tenants, side, problem) = await Asked(month, relationship, books, engine, stop);
        if (problem is not null)
        {
            return problem;
        }

        if (part is not null && !ReportParts.Names.Contains(part))
        {
            return PageAnswer.Unknown(
                "part.unknown", $"There is no '{part}'; there are {string.Join(", ", ReportParts.Names)}.");
        }

        var report = await engine.Report(wanted, tenants, side, stop);
        var name = string.Join(
            '-', new[] { "settlement-report", month, relationship, side?.ToString(), part }.OfType<string>());
        return Downloads.Of(
            format, ReportFiles.Formats, name,
            to => ReportFiles.Write(to, format, report, engine, stop, part ?? ReportParts.Places));
    }

    private static async Task<(YearMonth Month, IReadOnlyList<string> Tenants, PartyId? Side, IResult? Problem)> Asked(
        string month, string? relationship, string? books, Engine engine, CancellationToken stop)
    {
        if (Output.Month(month, out var refusal) is not { } wanted)
        {
            return (default, [], null, PageAnswer.Unknown(refusal!));
        }

        var party = OwnForms.Party(books, out refusal);
        if (refusal is not null)
        {
            return (default, [], null, PageAnswer.Malformed(refusal));
        }

        var (tenants, side, unknown) = await engine.Reported(relationship, party, null, stop);
        return (wanted, tenants, side, unknown is null ? null : PageAnswer.Unknown(unknown));
    }
}
