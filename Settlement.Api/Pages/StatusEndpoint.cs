using Settlement.Projections.EventStore;
using Settlement.Projections.Partners;

namespace Settlement.Api.Pages;

/// <summary>Where logs and ledgers stand, and which deliveries fail.</summary>
/// <param name="Tenants">Those of this page.</param>
/// <param name="LedgerVersion">Of this program.</param>
public sealed record StatusView(
    IReadOnlyList<TenantStatus> Tenants, IReadOnlyList<FailingDelivery> Failing, MessageStatus Messages, int LedgerVersion,
    int Count, int Page)
{
    public const int PageSize = 100;

    public int Pages => Math.Max(1, (Count + PageSize - 1) / PageSize);
}

internal static class StatusEndpoint
{
    public static async Task<IResult> Get(int? page, Engine engine, CancellationToken stop)
    {
        var tenants = await engine.Store.Status(stop);
        var pages = (tenants.Count + StatusView.PageSize - 1) / StatusView.PageSize;
        var at = Math.Clamp(page ?? 1, 1, Math.Max(1, pages));
        var view = new StatusView(
            [.. tenants.Skip((at - 1) * StatusView.PageSize).Take(StatusView.PageSize)],
            await new Subscriptions(engine.Store, [], engine.Clock).Failing(stop),
            await MessageStatus.Read(engine.Database, stop), engine.Store.Ledger.Version, tenants.Count, at);
        return PageAnswer.Page<StatusPage>(new { View = view });
    }
}
