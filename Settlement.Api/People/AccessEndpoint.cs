using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using NodaTime;
using Settlement.Api.Pages;
using Settlement.Domain.People;
using Settlement.Projections.EventStore;

namespace Settlement.Api.People;

/// <summary>A read or a refused attempt, for a reader.</summary>
/// <param name="Code">Of the refusal; null: it was read.</param>
public sealed record Visit(string Name, string What, string? Code, string? Address, Instant At)
{
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

    private static readonly string[] Heads = ["at_utc", "user", "what", "outcome", "code", "address"];

    public static async Task<IResult> Get(long? before, Engine engine, CancellationToken stop)
    {
        var page = await engine.Visits.Page(before, PageSize, stop);
        return PageAnswer.Page<AccessPage>(new
        {
            Rows = (IReadOnlyList<Visit>)[.. page.Select(Visit.Of)],
            Older = page is [.., { Number: > 1 and var oldest }] ? oldest : (long?)null,
            IsFirst = before is null,
            Total = (await engine.Store.Heads(stop)).GetValueOrDefault(Visits.Tenant),
        });
    }

    public static IResult Csv(Engine engine) => Results.Stream(
        async to =>
        {
            await using var text = new StreamWriter(to, leaveOpen: true);
            await using var csv = new CsvWriter(
                text,
                new CsvConfiguration(CultureInfo.InvariantCulture) { InjectionOptions = InjectionOptions.Escape },
                leaveOpen: true);
            foreach (var head in Heads)
            {
                csv.WriteField(head);
            }

            await foreach (var recorded in engine.Visits.All(0, null, default))
            {
                await csv.NextRecordAsync();
                var visit = Visit.Of(recorded);
                csv.WriteField(Figures.Time(visit.At));
                csv.WriteField(visit.Name);
                csv.WriteField(visit.What);
                csv.WriteField(visit.Code is null ? "read" : "refused");
                csv.WriteField(visit.Code ?? "");
                csv.WriteField(visit.Address ?? Acting.Unnamed);
            }

            await csv.NextRecordAsync();
        },
        "text/csv; charset=utf-8", "access.csv");
}
