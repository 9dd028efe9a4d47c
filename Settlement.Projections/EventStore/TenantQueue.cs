namespace Settlement.Projections.EventStore;

/// <summary>
/// Gathers the callers of one tenant: whoever comes while nobody writes becomes the writer and goes on for as long
/// as others have queued meanwhile, many callers in one transaction. Each gets its own answer. The queue is
/// bounded: when the database is slow, callers wait before it, and memory stays flat.
/// </summary>
internal sealed class TenantQueue(string tenant, TenantWriter writer) : IDisposable
{
    private const int Room = 2048;
    private const int MostCommands = 128;
    private const int MostEvents = 2000;
    private const int MostBytes = 4 * 1024 * 1024;

    private readonly SemaphoreSlim room = new(Room);
    private readonly Lock gate = new();
    private readonly Queue<Waiting> waiting = new();
    private bool writing;

    public async Task<AppendAnswer> Append(StoreCommand command, int bytes, CancellationToken stop)
    {
        await room.WaitAsync(stop);
        try
        {
            var mine = new Waiting(command, bytes);
            bool leads;
            lock (gate)
            {
                waiting.Enqueue(mine);
                leads = !writing;
                writing = true;
            }

            if (leads && await WriteNext())
            {
                _ = Task.Run(WriteAll, CancellationToken.None); // the others' turn
            }

            return await mine.Answer.Task.WaitAsync(stop);
        }
        finally
        {
            room.Release();
        }
    }

    public void Dispose() => room.Dispose();

    private async Task WriteAll()
    {
        while (await WriteNext())
        {
        }
    }

    /// <summary>Writes what waits now; true: there is more, and it is still ours to write.</summary>
    private async Task<bool> WriteNext()
    {
        var batch = Take();
        try
        {
            await Write(batch);
        }
#pragma warning disable CA1031 // every caller must hear of it, whatever it is
        catch (Exception e)
#pragma warning restore CA1031
        {
            foreach (var one in batch)
            {
                one.Answer.TrySetException(e);
            }
        }

        lock (gate)
        {
            writing = waiting.Count > 0;
            return writing;
        }
    }

    private async Task Write(List<Waiting> batch)
    {
        try
        {
            var answers = await writer.Write(
                tenant, [.. batch.Select(one => one.Command)], CancellationToken.None);
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Answer.TrySetResult(answers[i]);
            }
        }
        catch (Exception e) when (batch.Count > 1 && SqlStates.IsOfOne(e))
        {
            // something in one command; the others must not suffer for it
            foreach (var one in batch)
            {
                await Write([one]);
            }
        }
        catch (Exception e) when (SqlStates.IsOfOne(e))
        {
            batch[0].Answer.TrySetException(e);
        }
    }

    private List<Waiting> Take()
    {
        var batch = new List<Waiting>();
        var events = 0;
        var bytes = 0;
        lock (gate)
        {
            while (batch.Count < MostCommands && waiting.TryPeek(out var next))
            {
                events += next.Events;
                bytes += next.Bytes;
                if (batch.Count > 0 && (events > MostEvents || bytes > MostBytes))
                {
                    break;
                }

                batch.Add(waiting.Dequeue());
            }
        }

        return batch;
    }

    private sealed class Waiting(StoreCommand command, int bytes)
    {
        public StoreCommand Command { get; } = command;

        public int Events { get; } = command.Streams.Sum(stream => stream.Facts.Count);

        public int Bytes { get; } = bytes;

        public TaskCompletionSource<AppendAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
