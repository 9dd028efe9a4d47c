using NodaTime;

namespace Settlement.Api.Pages;

/// <summary>The month that pages open with where nobody named one.</summary>
public static class FirstMonth
{
    /// <summary>Null: there is none.</summary>
    public static async Task<YearMonth?> Of(Engine engine, CancellationToken stop) =>
        Among(await engine.Reports.CdrsOfMonths(stop), engine.Now.InUtc().Date.ToYearMonth());

    /// <summary>
    /// The newest month that is over and has at least a tenth of the CDRs of the busiest among the twelve that end with it.
    /// Fewer are what is left of another month: sessions that ended after its last midnight, late lines. Where no month is
    /// over, the newest.
    /// </summary>
    /// <param name="months">With their CDRs, newest first.</param>
    public static YearMonth? Among(IReadOnlyList<(YearMonth Month, long Cdrs)> months, YearMonth now)
    {
        foreach (var (month, cdrs) in months.Where(each => each.Month < now))
        {
            var year = months.Where(each => each.Month <= month && each.Month > month.PlusMonths(-12));
            if (cdrs * 10 >= year.Max(each => each.Cdrs))
            {
                return month;
            }
        }

        return months.Count > 0 ? months[0].Month : null;
    }
}
