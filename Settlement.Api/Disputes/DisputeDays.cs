using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Projections.EventStore;

namespace Settlement.Api.Disputes;

/// <summary>
/// Every day somebody must look which disputes nobody answered in time: the running program does, each hour, so that
/// every zone's midnight counts. What was done is done; several instances decide it once.
/// </summary>
public sealed partial class DisputeDays(Engine engine, ILogger<DisputeDays> log) : BackgroundService
{
    /// <summary>Who did it, in the log: no person.</summary>
    public const string Actor = "system";

    /// <summary>What is overdue at a moment escalates, or goes by its agreement. How many changed.</summary>
    public static async Task<int> Run(Engine engine, Instant now, CancellationToken stop)
    {
        var changed = 0;
        // a zone's day is at most one ahead of UTC's: each desk looks at its own
        var overdue = await engine.Money.Overdue(null, now.InUtc().Date.PlusDays(1), stop);
        foreach (var tenant in overdue.Select(listed => listed.Tenant).Distinct())
        {
            var relationship = Relationship.Parse(tenant)!.Value;
            var today = await engine.Disputes.Today(relationship, now, stop);
            changed += await engine.Disputes.Expire(relationship, today, Actor, stop);
        }

        return changed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var hour = new PeriodicTimer(TimeSpan.FromHours(1), engine.Clock);
        do
        {
            try
            {
                await Run(engine, engine.Now, stoppingToken);
            }
#pragma warning disable CA1031 // told and tried again in an hour; serving goes on
            catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
            {
                Failed(log, SqlStates.IsOutage(failure) ? null : failure, failure.Message);
            }
        }
        while (await hour.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Overdue disputes could not be looked at, tried again in an hour: {Why}")]
    private static partial void Failed(ILogger logger, Exception? failure, string why);
}
