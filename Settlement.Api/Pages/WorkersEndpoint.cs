using Settlement.Projections.Workers;

namespace Settlement.Api.Pages;

/// <summary>How far the tables that pages read are behind the log.</summary>
/// <param name="Lags">Those of this page: what stopped first, then what is behind, then the rest.</param>
public sealed record WorkersView(
    IReadOnlyList<ProjectionLag> Lags, IReadOnlyList<ParkedProjection> Parked, int Count, int Behind, int Page)
{
    public const int PageSize = 100;

    public int Pages => Math.Max(1, (Count + PageSize - 1) / PageSize);
}

internal static class WorkersEndpoint
{
    /// <summary>Does not wait for the workers: it is what one looks at when they do not come.</summary>
    public static async Task<IResult> Get(int? page, Engine engine, CancellationToken stop)
    {
        var lags = (await engine.Workers.Lags(stop)).OrderByDescending(lag => lag.IsParked)
            .ThenByDescending(lag => lag.Behind).ThenBy(lag => lag.Tenant, StringComparer.Ordinal).ToList();
        var pages = (lags.Count + WorkersView.PageSize - 1) / WorkersView.PageSize;
        var at = Math.Clamp(page ?? 1, 1, Math.Max(1, pages));
        var view = new WorkersView(
            [.. lags.Skip((at - 1) * WorkersView.PageSize).Take(WorkersView.PageSize)],
            await engine.Workers.Parked(stop), lags.Count, lags.Count(lag => lag.Behind > 0), at);
        return PageAnswer.Page<WorkersPage>(new { View = view });
    }
}
