using Settlement.Api.Ocpi;
using Settlement.Projections.EventStore;

namespace Settlement.Api.Partners;

/// <summary>Pulls from partners and tells them, on time, for as long as the program serves.</summary>
public sealed partial class PartnerService(
    OcpiServices services, ILogger<PartnerService> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Repeat(stop => services.Pulls.PullDue(stop), stoppingToken),
        Repeat(stop => services.Webhooks.DeliverDue(stop), stoppingToken));

    private async Task Repeat(Func<CancellationToken, Task> work, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Every, services.Engine.Clock);
        while (await timer.WaitForNextTickAsync(stop))
        {
            try
            {
                await work(stop);
            }
#pragma warning disable CA1031 // told, and tried again at the next turn
            catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
            {
                Failed(log, SqlStates.IsOutage(failure) ? null : failure, failure.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Work for partners failed and is tried again: {Reason}")]
    private static partial void Failed(ILogger log, Exception? failure, string reason);
}
