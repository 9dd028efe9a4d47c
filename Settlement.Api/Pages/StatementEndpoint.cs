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
        if (await Find(engine, party, counterparty, month, stop) is not { } found)
        {
            return Unknown(party, counterparty, month);
        }

        var filter = new LineFilter(found.Statement.Position.Tenant, found.Statement.Month);
        var lines = await engine.Reports.Lines(filter, 0, FirstLines + 1, stop).ToListAsync(stop);
        return PageAnswer.Page<StatementPage>(new
        {
            View = new StatementView(
                found.Statement, found.Book, [.. lines.Take(FirstLines)], lines.Count > FirstLines,
                await engine.Reports.Months(stop),
                await MonthIssued.Of(
                    engine, Relationship.Between(found.Statement.To, found.Statement.Counterparty), found.Statement.Month, stop)),
        });
    }

    public static async Task<IResult> Download(
        string party, string counterparty, string month, string format, Engine engine, CancellationToken stop)
    {
        if (await Find(engine, party, counterparty, month, stop) is not { } found)
        {
            return Unknown(party, counterparty, month);
        }

        var statement = found.Statement;
        return Downloads.Of(
            format, StatementFiles.Formats, $"statement-{party}-{counterparty}-{month}",
            to => StatementFiles.Write(
                to, format, statement.To, statement.Counterparty, statement.Month, engine, null, stop));
    }

    private static async Task<(Statement Statement, ReferenceBook Book)?> Find(
        Engine engine, string party, string counterparty, string month, CancellationToken stop)
    {
        if (PartyId.Parse(party) is not { } to || PartyId.Parse(counterparty) is not { } other
            || Output.Month(month, out _) is not { } wanted)
        {
            return null;
        }

        var pair = Relationship.Between(to, other);
        if (!(await engine.Reports.TenantsWithMovement(null, stop)).Contains(pair.ToString(), StringComparer.Ordinal))
        {
            return null;
        }

        var agreement = await engine.Books.Terms(pair, wanted, stop);
        var statement = await engine.Reports.Statement(to, other, wanted, agreement, stop);
        return (statement, await engine.Books.Current(stop));
    }

    private static Relationship Pair(string tenant) => Relationship.Parse(tenant)!.Value;

    private static IResult Unknown(string party, string counterparty, string month) => PageAnswer.Unknown(
        "statement.unknown", $"There is no statement to {party} with {counterparty} for {month}.");
}
