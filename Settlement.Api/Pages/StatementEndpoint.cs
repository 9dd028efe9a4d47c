using NodaTime;
using Settlement.Api.Statements;
using Settlement.Domain.Agreements;
using Settlement.Domain.Statements;
using Settlement.Projections.Statements;

namespace Settlement.Api.Pages;

/// <summary>A partner's month with one counterparty.</summary>
/// <param name="Lines">The first of its detail lines.</param>
public sealed record StatementView(
    Statement Statement, ReferenceBook Book, IReadOnlyList<StatementLine> Lines, bool More,
    IReadOnlyList<YearMonth> Months, MonthIssued Issued)
{
    public string Tenant => Relationship.Between(Statement.To, Statement.Counterparty).ToString();
}

internal static class StatementEndpoint
{
    private const int FirstLines = 25;

    private const int PageSize = 50;

    public static async Task<IResult> List(string month, int? page, Engine engine, CancellationToken stop)
    {
        if (Output.Month(month, out var refusal) is not { } wanted)
        {
            return PageAnswer.Unknown(refusal!);
        }

        var moved = await engine.Reports.TenantsWithMovement(wanted, stop);
        var pages = Math.Max(1, (moved.Count + PageSize - 1) / PageSize);
        var at = Math.Clamp(page ?? 1, 1, pages);
        var shown = moved.Skip((at - 1) * PageSize).Take(PageSize).ToList();
        return PageAnswer.Page<StatementsPage>(new
        {
            Report = await engine.Reports.Report(wanted, shown, stop),
            Relationships = (IReadOnlyList<Relationship>)[.. shown.Select(Pair)],
            Months = await engine.Reports.Months(stop),
            Book = await engine.Books.Current(stop),
            At = at,
            Pages = pages,
        });
    }

    public static async Task<IResult> Get(
        string party, string counterparty, string month, Engine engine, CancellationToken stop)
    {
        if (await StatementAddress.Find(engine, party, counterparty, month, stop) is not { } found)
        {
            return PageAnswer.Unknown(StatementAddress.Unknown(party, counterparty, month));
        }

        var filter = new LineFilter(found.Relationship.ToString(), found.Month);
        var lines = await engine.Reports.All(filter, stop).Take(FirstLines + 1).ToListAsync(stop);
        return PageAnswer.Page<StatementPage>(new
        {
            View = new StatementView(
                await found.Read(engine, stop), await engine.Books.Current(stop), [.. lines.Take(FirstLines)],
                lines.Count > FirstLines, await engine.Reports.Months(stop),
                await MonthIssued.Of(engine, found.Relationship, found.Month, stop)),
        });
    }

    public static async Task<IResult> Download(
        string party, string counterparty, string month, string format, Engine engine, CancellationToken stop) =>
        await StatementAddress.Find(engine, party, counterparty, month, stop) is { } found
            ? Downloads.Of(
                format, StatementFiles.Formats, $"statement-{party}-{counterparty}-{month}",
                to => StatementFiles.Write(
                    to, format, found.To, found.Counterparty, found.Month, engine, null, stop))
            : PageAnswer.Unknown(StatementAddress.Unknown(party, counterparty, month));

    private static Relationship Pair(string tenant) => Relationship.Parse(tenant)!.Value;
}
