namespace Settlement.Api.Messages;

/// <summary>
/// Looks at held CDRs again, one look at a time. Many messages that wait for the same look are served by the first one that
/// begins after they came: it sees all that they are about.
/// </summary>
public sealed class Reviews(Engine engine) : IDisposable
{
    private readonly Look held = new(stop => engine.Held.Review(null, stop));
    private readonly Look linked = new(stop => engine.Held.ReviewLinked(stop));

    public Task Held(CancellationToken stop) => held.Run(stop);

    public Task Linked(CancellationToken stop) => linked.Run(stop);

    public void Dispose()
    {
        held.Dispose();
        linked.Dispose();
    }

    private sealed class Look(Func<CancellationToken, Task> work) : IDisposable
    {
        private readonly SemaphoreSlim turn = new(1);
        private long asked;
        private long seen;

        public async Task Run(CancellationToken stop)
        {
            var mine = Interlocked.Increment(ref asked);
            await turn.WaitAsync(stop);
            try
            {
                if (seen >= mine)
                {
                    return;
                }

                var all = Interlocked.Read(ref asked); // what they are about is committed: this look sees it
                await work(stop);
                seen = all;
            }
            finally
            {
                turn.Release();
            }
        }

        public void Dispose() => turn.Dispose();
    }
}

/// <summary>The handlers. They may be called twice for one message: a look at what is settled changes nothing.</summary>
public static class ReviewHandler
{
    public static Task Handle(ReviewHeld message, Reviews reviews, CancellationToken stop) => reviews.Held(stop);

    public static Task Handle(ReviewLinked message, Reviews reviews, CancellationToken stop) => reviews.Linked(stop);
}
