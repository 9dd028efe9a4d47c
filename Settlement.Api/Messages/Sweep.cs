using Settlement.Projections.EventStore;

namespace Settlement.Api.Messages;

/// <summary>
/// Looks for work that no message stands for: at the start, and when the log moved without this server, as when a verb of
/// the command line was killed before it did what follows.
/// </summary>
internal sealed partial class Sweep(Engine engine, Reviews reviews, ILogger<Sweep> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, engine.Clock);
        var seen = -1L;
        do
        {
            try
            {
                var own = engine.Store.Written;
                var others = (await engine.Store.Status(stoppingToken)).Sum(tenant => tenant.Events) - own;
                if (others != seen)
                {
                    await reviews.Linked(stoppingToken);
                    await reviews.Held(stoppingToken);
                    seen = others;
                }
            }
#pragma warning disable CA1031 // told, and tried again at the next turn
            catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
            {
                Failed(log, SqlStates.IsOutage(failure) ? null : failure, failure.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Held CDRs could not be looked at again: {Reason}")]
    private static partial void Failed(ILogger log, Exception? failure, string reason);
}
