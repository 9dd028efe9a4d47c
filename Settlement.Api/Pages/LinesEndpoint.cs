using NodaTime;
using Settlement.Domain.Statements;
using Settlement.Projections.Statements;

namespace Settlement.Api.Pages;

/// <summary>The lines behind a total.</summary>
/// <param name="Totals">What the report says of the same filter; over all pages.</param>
/// <param name="From">Which of all lines the first one shown is.</param>
/// <param name="Next">Number of the last line shown, where more follow.</param>
public sealed record LinesView(
    LineFilter Filter, IReadOnlyList<DirectionTotal> Totals, IReadOnlyList<StatementLine> Lines, long From,
    long? Next, IReadOnlyList<YearMonth> Months)
{
    public long Count => Totals.Sum(total => total.Sums.Entries);
}

internal static class LinesEndpoint
{
    public const int PageSize = 50;

    public static async Task<IResult> Get(
        string? tenant, string? month, string? cpo, string? emsp, string? currency, string? place,
        long? after, long? from, Engine engine, CancellationToken stop)
    {
        if (Output.Month(month ?? "", out var refusal) is not { } wanted)
        {
            return PageAnswer.Malformed(refusal!);
        }

        var known = await engine.Reports.TenantsWithMovement(null, stop);
        if (tenant is null || !known.Contains(tenant, StringComparer.Ordinal))
        {
            return PageAnswer.UnknownRelationship(tenant);
        }

        var (creditor, debtor) = (OwnForms.Party(cpo, out var one), OwnForms.Party(emsp, out var other));
        if ((one ?? other) is { } malformed)
        {
            return PageAnswer.Malformed(malformed);
        }

        var filter = new LineFilter(tenant, wanted, creditor, OwnForms.Given(currency), OwnForms.Given(place), debtor);
        var lines = await engine.Reports.Lines(filter, after ?? 0, PageSize + 1, stop).ToListAsync(stop);
        var shown = lines.Take(PageSize).ToList();
        if (lines.Count <= PageSize)
        {
            shown.AddRange(await engine.Reports.Beside(filter, stop: stop).ToListAsync(stop)); // the last page has the rest
        }

        return PageAnswer.Page<LinesPage>(new
        {
            View = new LinesView(
                filter, await Totals(engine, filter, stop), shown, Math.Max(1, from ?? 1),
                lines.Count > PageSize ? shown[^1].Number : null, await engine.Reports.Months(stop)),
        });
    }

    /// <summary>The report's own numbers, narrowed as the lines are.</summary>
    private static async Task<IReadOnlyList<DirectionTotal>> Totals(
        Engine engine, LineFilter filter, CancellationToken stop)
    {
        var report = await engine.Reports.Report(filter.Month, [filter.Tenant], stop);
        return [.. report.Places
            .Where(total => (filter.Place ?? total.Place) == total.Place
                && (filter.Currency ?? total.Direction.CurrencyCode) == total.Direction.CurrencyCode
                && (filter.Cpo ?? total.Direction.Creditor) == total.Direction.Creditor
                && (filter.Emsp ?? total.Direction.Debtor) == total.Direction.Debtor)
            .GroupBy(total => total.Direction)
            .Select(group => new DirectionTotal(
                group.Key, group.Aggregate(Sums.Zero, (sum, total) => sum + total.Sums)))];
    }
}
