using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.People;

namespace Settlement.Api.Periods;

/// <summary>What somebody asks for at a month-end, from the command line, a page or the API.</summary>
/// <param name="Date">Document date of prepare; null = today in the agreement's zone.</param>
public sealed record StepAsked(Relationship Relationship, YearMonth Month, string By, LocalDate? Date = null, string Reason = "");

/// <summary>The steps of a month-end by name, each with the right it takes: one table for verb, pages and API.</summary>
public static class CloseSteps
{
    public static IReadOnlyDictionary<string, Right> All { get; } = new Dictionary<string, Right>(StringComparer.Ordinal)
    {
        ["soft"] = Right.PreparePeriod,
        ["prepare"] = Right.PreparePeriod,
        ["approve"] = Right.ApprovePeriod,
        ["issue"] = Right.IssueStatements,
        ["hard"] = Right.HardClose,
        ["reopen"] = Right.PreparePeriod,
        ["approve-reopen"] = Right.Reopen,
    };

    /// <summary>Takes one step; null = done.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such step.</exception>
    public static async Task<Refusal?> Take(Engine engine, string step, StepAsked asked, CancellationToken stop)
    {
        var closing = engine.Closing;
        switch (step)
        {
            case "soft":
                return await closing.SoftClose(asked.Relationship, asked.Month, engine.Now, asked.By, stop);
            case "prepare":
                var date = asked.Date ?? await closing.Today(asked.Relationship, asked.Month, engine.Now, stop);
                return (await closing.Prepare(asked.Relationship, asked.Month, date, asked.By, stop)).Refusal;
            case "approve":
                return await closing.Approve(asked.Relationship, asked.Month, asked.By, stop);
            case "issue":
                return await closing.Issue(asked.Relationship, asked.Month, asked.By, stop);
            case "hard":
                return await closing.HardClose(asked.Relationship, asked.Month, asked.By, stop);
            case "reopen":
                return await closing.ProposeReopen(asked.Relationship, asked.Month, asked.Reason, asked.By, stop);
            case "approve-reopen":
                return await closing.ApproveReopen(asked.Relationship, asked.Month, asked.By, stop);
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step, "no step of a month-end");
        }
    }
}
