using Settlement.Tests.Intake;

namespace Settlement.Tests.Workers;

/// <summary>Workers that were stopped in the middle of their work go on when they are started again.</summary>
public sealed class RestartTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_start_goes_on_where_the_first_was_stopped()
    {
        await using var town = await Town.Begin();
        for (var round = 1UL; round <= 3; round++)
        {
            var documents = Town.Month(300, seed: round);
            await town.Engine.Beside(() => town.Load(documents), Stop);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var workers = town.Engine.Workers.Run(stop.Token);
        (await town.Engine.Workers.WaitFor("settlement", stop: Stop)).ShouldBeNull();
        await town.Load(Town.Month(50, seed: 9));
        (await town.Engine.Workers.WaitFor("settlement", stop: Stop)).ShouldBeNull();
        await stop.CancelAsync();
        await workers;
    }
}
