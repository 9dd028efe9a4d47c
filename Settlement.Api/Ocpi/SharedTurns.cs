namespace Settlement.Api.Ocpi;

/// <summary>
/// A number of turns, of which one owner holds a share at most. Who has waited longest comes next, among those whose
/// owner has not its share already: an owner's queue is nobody else's.
/// </summary>
public sealed class SharedTurns(int all, int perOwner)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> held = new(StringComparer.Ordinal);
    private readonly LinkedList<Waiter> waiting = [];
    private int free = all;

    /// <summary>The turn, given back when it is disposed; null: none came free in time.</summary>
    public async Task<IDisposable?> Take(string owner, TimeSpan patience, CancellationToken stop)
    {
        var waiter = new Waiter(owner);
        lock (gate)
        {
            waiting.AddLast(waiter);
            Serve();
        }

        try
        {
            await waiter.Turn.Task.WaitAsync(patience, stop);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            lock (gate)
            {
                if (waiting.Remove(waiter))
                {
                    stop.ThrowIfCancellationRequested();
                    return null;
                }
            }

            if (stop.IsCancellationRequested)
            {
                Release(owner); // served in the last moment
                throw;
            }
        }

        return new Lease(this, owner);
    }

    private void Serve()
    {
        for (var node = waiting.First; node is not null && free > 0;)
        {
            var next = node.Next;
            var own = held.GetValueOrDefault(node.Value.Owner);
            if (own < perOwner)
            {
                free--;
                held[node.Value.Owner] = own + 1;
                waiting.Remove(node);
                node.Value.Turn.SetResult();
            }

            node = next;
        }
    }

    private void Release(string owner)
    {
        lock (gate)
        {
            free++;
            if (--held[owner] == 0)
            {
                held.Remove(owner);
            }

            Serve();
        }
    }

    private sealed class Waiter(string owner)
    {
        public string Owner => owner;

        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Lease(SharedTurns turns, string owner) : IDisposable
    {
        private int given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref given, 1) == 0)
            {
                turns.Release(owner);
            }
        }
    }
}
