using NodaTime;
using Settlement.Api.Intake;
using Settlement.Domain;
using Settlement.Projections.Statements;

namespace Settlement.Api.Pages;

/// <summary>CDRs that are received and not owed.</summary>
/// <param name="Counts">By state and reason, of the month and relationship, whatever is shown.</param>
/// <param name="Next">Where the next page begins, where more follow.</param>
/// <param name="Unread">Documents that could not be read as CDRs, of all months.</param>
public sealed record HeldView(
    HeldFilter Filter, IReadOnlyList<HeldCount> Counts, long Count, IReadOnlyList<HeldCdr> Cdrs,
    HeldKey? Next, bool First, long Unread, IReadOnlyList<YearMonth> Months);

internal static class HeldEndpoint
{
    public const int PageSize = 50;

    public static async Task<IResult> Get(string? after, HttpRequest request, Engine engine, CancellationToken stop)
    {
        var (filter, refusal) = HeldForms.Filter(name => request.Query[name]);
        var key = Key(after, ref refusal);
        if (filter is null || refusal is not null)
        {
            return PageAnswer.Malformed(refusal!);
        }

        var queries = new HeldQueries(engine.Database);
        var cdrs = await queries.Page(filter, key, PageSize + 1, stop);
        var counts = await queries.Counts(filter with { Reason = null, State = null }, stop);
        var view = new HeldView(
            filter, counts,
            counts.Where(item => (filter.Reason ?? item.Reason) == item.Reason)
                .Where(item => (filter.State ?? item.State) == item.State)
                .Sum(item => item.Cdrs),
            [.. cdrs.Take(PageSize)], cdrs.Count > PageSize ? cdrs[PageSize - 1].Key : null, key is null,
            await new UnreadDocuments(engine.Database).Count(stop), await engine.Reports.Months(stop));
        return PageAnswer.Page<HeldPage>(new { View = view });
    }

    public static Task<IResult> Unread(long? after, Engine engine, CancellationToken stop) =>
        Documents(after, engine, stop);

    /// <param name="answers">What a review of all of them came to.</param>
    internal static async Task<IResult> Documents(
        long? after, Engine engine, CancellationToken stop, IReadOnlyList<DocumentAnswer>? answers = null)
    {
        var queries = new UnreadDocuments(engine.Database);
        var documents = await queries.Page(after ?? 0, PageSize + 1, stop);
        return PageAnswer.Page<UnreadPage>(new
        {
            Documents = (IReadOnlyList<UnreadDocument>)[.. documents.Take(PageSize)],
            Count = await queries.Count(stop),
            Next = documents.Count > PageSize ? documents[PageSize - 1].Number : (long?)null,
            Answers = answers,
        });
    }

    // relationship/month/state/stream; only the stream's name has further slashes
    private static HeldKey? Key(string? after, ref Refusal? refusal)
    {
        if (string.IsNullOrEmpty(after) || refusal is not null)
        {
            return null;
        }

        if (after.Split('/', 4) is [var tenant, var month, var state, var stream]
            && Output.Month(month, out _) is { } of)
        {
            return new HeldKey(tenant, of, state, stream);
        }

        refusal = new Refusal(
            "page.malformed", "The address names no place in this list; start from its first page.");
        return null;
    }
}
