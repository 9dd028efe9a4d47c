using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Npgsql;
using Settlement.Domain;
using Settlement.Projections.EventStore;
using Store = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Projections.Workers;

/// <summary>
/// Keeps the projections' tables up with the log. Competes with workers of other processes for each tenant; nothing
/// rests on being alone.
/// </summary>
#pragma warning disable MA0049 // the folder holds what belongs to the workers
public sealed class Workers : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(25);

    private readonly NpgsqlDataSource source;
    private readonly Store store;
    private readonly WorkerOptions options;
    private readonly Worker worker;
    private readonly Dictionary<string, IProjection> byName;
    private readonly Channel<WorkKey> work = Channel.CreateUnbounded<WorkKey>();
    private readonly ConcurrentDictionary<WorkKey, Turn> turns = new();
    private readonly ConcurrentDictionary<string, WorkKey[]> keysOfTenant = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim scout = new(0, 1);
    private volatile TaskCompletionSource moved = NewSignal();
    private volatile bool running;

    public Workers(Store store, IReadOnlyList<IProjection> projections, WorkerOptions? options = null)
    {
        this.store = store;
        this.options = options ?? new WorkerOptions();
        source = store.Source;
        Projections = projections;
        byName = projections.ToDictionary(projection => projection.Name, StringComparer.Ordinal);
        worker = new Worker(source, store.Names, this.options);
        store.Appended += Wake;
    }

    public IReadOnlyList<IProjection> Projections { get; }

    internal NpgsqlDataSource Source => source;

    internal Worker Worker => worker;

    /// <summary>True while <see cref="Run"/> works in this process.</summary>
    public bool IsRunning => running;

    /// <summary>Works until stopped; may be started again after that. An outage is waited out; nothing is lost by it.</summary>
    public async Task Run(CancellationToken stop)
    {
        // whoever was stopped in the middle of a turn never gave it back
        turns.Clear();
        while (work.Reader.TryRead(out _))
        {
        }

        running = true;
        try
        {
            var runners = Enumerable.Range(0, options.Parallel).Select(_ => Task.Run(() => Runner(stop), stop));
            await Task.WhenAll([Scout(stop), BellListener.Listen(source, store.Bell.Name, Hear, stop), .. runners]);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        finally
        {
            running = false;
        }
    }

    /// <summary>
    /// Works until every projection that is not parked has reached the log as it was at the call. Rows of a newer
    /// program's version are that program's to keep up: they are not waited for.
    /// </summary>
    public async Task RunUntilCaughtUp(CancellationToken stop = default)
    {
        var heads = await store.Heads(stop);
        while (true)
        {
            await ProgressSql.CreateMissing(source, Projections, stop);
            var found = await ProgressSql.Candidates(source, Projections, options.SchemaNumber, stop);
            await Parallel.ForEachAsync(
                found,
                new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = stop },
                async (key, token) => await WorkOff(key, token));
            await SwitchUpgraded(stop);
            var lags = await Lags(stop);
            if (lags.All(lag => lag.IsParked || lag.Number >= heads.GetValueOrDefault(lag.Tenant)
                || lag.Version > byName[lag.Projection].Version))
            {
                return;
            }

            if (found.Count == 0)
            {
                await Task.Delay(LookAgain, stop); // another process has it in hand
            }
        }
    }

    /// <summary>Waits until what readers see holds everything up to the given numbers.</summary>
    /// <param name="timeout">30 s where none is given.</param>
    /// <returns>Null: it does. <c>projection.behind</c>: it does not, with both numbers.</returns>
    public async Task<Refusal?> WaitFor(
        string projection, IReadOnlyDictionary<string, long> heads, TimeSpan? timeout = null,
        CancellationToken stop = default)
    {
        var until = Environment.TickCount64 + (long)(timeout ?? Patience).TotalMilliseconds;
        while (true)
        {
            var signal = moved;
            var refusal = await Waiting.Behind(source, projection, heads, stop);
            if (refusal is null || refusal.Hopeless || Environment.TickCount64 >= until)
            {
                return refusal?.Refusal;
            }

            await Task.WhenAny(signal.Task, Task.Delay(LookAgain, stop));
            stop.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Waits until a projection holds everything that is in the log now.</summary>
    public async Task<Refusal?> WaitFor(string projection, TimeSpan? timeout = null, CancellationToken stop = default) =>
        await WaitFor(projection, await store.Heads(stop), timeout, stop);

    /// <summary>How far every live projection of every tenant is.</summary>
    public Task<IReadOnlyList<ProjectionLag>> Lags(CancellationToken stop = default) =>
        Waiting.Lags(source, Projections, stop);

    /// <summary>Projections that wait at an event they could not take.</summary>
    public Task<IReadOnlyList<ParkedProjection>> Parked(CancellationToken stop = default) =>
        Waiting.Parked(source, stop);

    /// <summary>Tries a parked projection again; false: it is not parked.</summary>
    public async Task<bool> Resume(string tenant, string projection, CancellationToken stop = default)
    {
        var resumed = await Waiting.Resume(source, tenant, projection, stop);
        Ring();
        return resumed;
    }

    /// <summary>Builds a projection again from the log beside the rows in use, compares, and switches over.</summary>
    public Task<IReadOnlyList<RebuiltTenant>> Rebuild(string projection, CancellationToken stop = default) =>
        new Rebuild(this, byName[projection], options).Run(stop);

    /// <summary>One digest over the live rows of a projection, per tenant: equal rows, equal digest.</summary>
    public Task<IReadOnlyList<ProjectionDigest>> Digest(string projection, CancellationToken stop = default) =>
        TableDigest.OfLive(source, byName[projection], stop);

    public void Dispose()
    {
        store.Appended -= Wake;
        scout.Dispose();
    }

    /// <summary>Works one piece off until nothing is left, or another worker has it.</summary>
    internal async Task WorkOff(WorkKey key, CancellationToken stop)
    {
        while (await worker.Step(byName[key.Projection], key, stop) == Worked.Some)
        {
            Signal();
        }

        Signal();
    }

    /// <summary>Looks at the truth at once instead of at the next poll.</summary>
    internal void Ring()
    {
        try
        {
            scout.Release();
        }
        catch (SemaphoreFullException)
        {
            // it is about to look anyway
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal() => Interlocked.Exchange(ref moved, NewSignal()).TrySetResult();

    /// <summary>Called by the store after a commit of this process: no need to ask the database what to do.</summary>
    private void Wake(string tenant, long head)
    {
        if (!running)
        {
            return;
        }

        if (keysOfTenant.TryGetValue(tenant, out var keys))
        {
            foreach (var key in keys)
            {
                Enqueue(key);
            }
        }
        else
        {
            Ring();
        }
    }

    private void Hear(string tenant)
    {
        if (tenant.Length == 0)
        {
            Ring();
        }
        else
        {
            Wake(tenant, 0);
        }
    }

    private void Enqueue(WorkKey key)
    {
        if (turns.GetOrAdd(key, _ => new Turn()).Ask())
        {
            work.Writer.TryWrite(key);
        }
    }

    private async Task Runner(CancellationToken stop)
    {
        await foreach (var key in work.Reader.ReadAllAsync(stop))
        {
            var turn = turns[key];
            var began = Stopwatch.GetTimestamp();
            turn.Begin();
            try
            {
                await WorkOff(key, stop);
            }
            catch (Exception e) when (SqlStates.IsOutage(e))
            {
                // the scout finds it again when the database is back
            }

            if (turn.End())
            {
                _ = AfterRest(key, Stopwatch.GetElapsedTime(began), stop);
            }
        }
    }

    /// <summary>
    /// Where events come faster than one by one, it rests as long as it worked: what comes meanwhile goes in one
    /// transaction, whose fixed part is most of a small one. The first after a quiet moment waits for nothing.
    /// </summary>
    private async Task AfterRest(WorkKey key, TimeSpan worked, CancellationToken stop)
    {
        await Task.Delay(worked < LongestRest ? worked : LongestRest, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        work.Writer.TryWrite(key);
    }

    /// <summary>
    /// One piece of work is with one runner at a time: a second would find the checkpoint locked by the first, go away,
    /// and what came between the first one's look and its end would wait for the next poll.
    /// </summary>
    private sealed class Turn
    {
        private readonly Lock gate = new();
        private bool isOut;
        private bool isAskedAgain;

        /// <summary>True: nobody has it, put it into the queue.</summary>
        public bool Ask()
        {
            lock (gate)
            {
                isAskedAgain = isOut;
                var ask = !isOut;
                isOut = true;
                return ask;
            }
        }

        /// <summary>From here on what is asked needs another turn.</summary>
        public void Begin()
        {
            lock (gate)
            {
                isAskedAgain = false;
            }
        }

        /// <summary>True: it was asked again meanwhile, put it into the queue.</summary>
        public bool End()
        {
            lock (gate)
            {
                isOut = isAskedAgain;
                return isOut;
            }
        }
    }

    private async Task Scout(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ProgressSql.CreateMissing(source, Projections, stop);
                await SwitchUpgraded(stop);
                foreach (var key in await ProgressSql.Candidates(source, Projections, options.SchemaNumber, stop))
                {
                    Enqueue(key);
                }

                await Waiting.ReadKeys(source, Projections, keysOfTenant, stop);
                StoreMetrics.Seen(await Lags(stop));
            }
            catch (Exception e) when (SqlStates.IsOutage(e))
            {
                // not all tenants may be out of reach: try those known
                foreach (var key in keysOfTenant.Values.SelectMany(keys => keys))
                {
                    Enqueue(key);
                }
            }

            await scout.WaitAsync(options.Poll, stop);
        }
    }

    /// <summary>Rows of a newer version that have caught up take the place of the older ones.</summary>
    private async Task SwitchUpgraded(CancellationToken stop)
    {
        foreach (var projection in Projections)
        {
            await new Rebuild(this, projection, options).SwitchUpgraded(stop);
        }
    }
}
