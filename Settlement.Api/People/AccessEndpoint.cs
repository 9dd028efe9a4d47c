using NodaTime;
using Settlement.Api.Files;
using Settlement.Api.Pages;
using Settlement.Domain.People;
using Settlement.Projections.EventStore;

namespace Settlement.Api.People;

/// <summary>A read or a refused attempt, for a reader.</summary>
/// <param name="Code">Of the refusal; null: it was read.</param>
public sealed record Visit(string Name, string What, string? Code, string? Address, Instant At)
{
    /// <summary>The address, or that it came from the command line.</summary>
    public string From => Address ?? Acting.Unnamed;

    internal static Visit Of(Recorded recorded) => recorded.Fact switch
    {
        VisitFact.AttemptRefused e => new Visit(e.Name, e.What, e.Code, e.Address, e.At),
        VisitFact.DocumentRead e => new Visit(e.Name, e.What, null, e.Address, e.At),
        _ => throw new CorruptLogException($"Event {recorded.Number} of {Visits.Tenant} tells of no visit."),
    };
}

/// <summary>For the auditor: who read what and what was refused to whom, as a page and as CSV.</summary>
internal static class AccessEndpoint
{
    private const int PageSize = 100;

    private static readonly Column[] Columns =
        [new("at_utc"), new("user"), new("what"), new("outcome"), new("code"), new("address")];

    public static async Task<IResult> Get(long? before, Engine engine, CancellationToken stop)
    {
        var page = await engine.Visits.Page(before, PageSize, stop);
        return PageAnswer.Page<AccessPage>(new
        {
            Rows = (IReadOnlyList<Visit>)[.. page.Select(Visit.Of)],
            Older = page.Count == PageSize ? page[^1].Number : (long?)null,
            IsFirst = before is null,
            Total = (await engine.Store.Status(stop)).FirstOrDefault(tenant => tenant.Tenant == Visits.Tenant)?.Events ?? 0,
        });
    }

    public static IResult Csv(Engine engine, CancellationToken stop) => Downloads.Of("csv", "access", async to =>
    {
        var rows = new CsvRows(to, Columns);
        await foreach (var recorded in engine.Visits.All(0, null, stop))
        {
            var visit = Visit.Of(recorded);
            rows.Text(Figures.Time(visit.At));
            rows.Text(visit.Name);
            rows.Text(visit.What);
            rows.Text(visit.Code is null ? "read" : "refused");
            rows.Text(visit.Code);
            rows.Text(visit.From);
            rows.EndRow();
        }

        rows.Finish();
    });
}
