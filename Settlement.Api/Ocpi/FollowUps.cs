using System.Threading.Channels;
using Settlement.Projections.EventStore;

namespace Settlement.Api.Ocpi;

/// <summary>
/// What follows from a message and need not be done before it is answered: a credit frees a session; a tariff or
/// location may answer why CDRs are held. Many messages, one look.
/// </summary>
public sealed partial class FollowUps(Engine engine, ILogger<FollowUps> log) : BackgroundService
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private readonly Channel<bool> bell = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private int credits;
    private int references;

    public void Credited()
    {
        Interlocked.Exchange(ref credits, 1);
        bell.Writer.TryWrite(true);
    }

    public void ReferenceChanged()
    {
        Interlocked.Exchange(ref references, 1);
        bell.Writer.TryWrite(true);
    }

    /// <summary>Does what is due, once.</summary>
    public async Task Look(CancellationToken stop)
    {
        if (Interlocked.Exchange(ref credits, 0) == 1)
        {
            await engine.AfterCredits(stop);
        }

        if (Interlocked.Exchange(ref references, 0) == 1)
        {
            await engine.Held.Review(null, stop);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        engine.Held.Failed = refusal => Failed(log, null, refusal.ToString());
        while (await bell.Reader.WaitToReadAsync(stoppingToken))
        {
            await Task.Delay(Quiet, engine.Clock, stoppingToken);
            bell.Reader.TryRead(out _);
            try
            {
                await Look(stoppingToken);
            }
#pragma warning disable CA1031 // told and tried again with the next message; serving goes on
            catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
            {
                Failed(log, SqlStates.IsOutage(failure) ? null : failure, failure.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Held CDRs could not be re-evaluated: {Reason}")]
    private static partial void Failed(ILogger log, Exception? failure, string reason);
}
