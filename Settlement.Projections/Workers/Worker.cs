using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Workers;

/// <summary>What one transaction of a worker achieved.</summary>
internal enum Worked
{
    /// <summary>Nothing new, or another worker has it.</summary>
    Nothing,

    /// <summary>A full batch: there may be more.</summary>
    Some,

    /// <summary>All there was when it looked.</summary>
    All,

    /// <summary>An event could not be taken; what came before it is written.</summary>
    Parked,
}

/// <summary>
/// Moves one projection of one tenant forward: rows and checkpoint in one transaction. Any number of workers in any
/// number of processes may try; the lock on the checkpoint lets one in.
/// </summary>
internal sealed class Worker(NpgsqlDataSource source, EventNames names, WorkerOptions options)
{
    internal LogReader Reader(IProjection projection) => new(projection.Reads ?? names);

    /// <summary>Pages read while the page before them is applied.</summary>
    private readonly ConcurrentDictionary<WorkKey, (long After, Task<LogPage> Page)> ahead = new();

    /// <summary>Named points, for tests that end the program there.</summary>
    internal Action<string>? At { get; set; }

    /// <summary>One transaction. An outage throws, and nothing was done or nothing is known to be done.</summary>
    public async Task<Worked> Step(IProjection projection, WorkKey key, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        var (worked, failed) = await TakeBatch(connection, projection, key, stop);
        if (worked != Worked.Some && ahead.TryRemove(key, out var unused))
        {
            await Task.WhenAny(unused.Page); // its failure, if there is one, is not ours
        }

        return failed ? await TakeSingly(connection, projection, key, stop) : worked;
    }

    private async Task<(Worked Worked, bool Failed)> TakeBatch(
        NpgsqlConnection connection, IProjection projection, WorkKey key, CancellationToken stop)
    {
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var page = ahead.TryRemove(key, out var read)
            ? await TakeAhead(connection, projection, key, read, stop)
            : await Begin(connection, projection, key, stop);
        if (page is not { Events.Count: > 0 } && page?.Unreadable is null)
        {
            return (Worked.Nothing, false);
        }

        if (page.Events.Count == options.BatchSize)
        {
            var after = page.Events[^1].Number;
            ahead[key] = (after, Task.Run(
                () => ProgressSql.ReadAhead(
                    source, key.Tenant, after, options.BatchSize, Reader(projection), stop),
                stop));
        }

        At?.Invoke("worker.read");
        if (page.Unreadable is not null)
        {
            return (Worked.Parked, true);
        }

        try
        {
            await projection.Apply(connection, transaction, key.Tenant, key.Generation, page.Events, stop);
            At?.Invoke("worker.applied");
        }
        catch (Exception e) when (!SqlStates.IsOutage(e) && !stop.IsCancellationRequested)
        {
            return (Worked.Parked, true);
        }

        // A parked row, if there is one, is of an older program: this event went through.
        await ProgressSql.MoveTo(connection, key, page.Events[0].Number - 1, page.Events[^1].Number, stop);
        await transaction.CommitAsync(stop);
        StoreMetrics.Apply(key.Projection, page.Events.Count);
        At?.Invoke("worker.committed");
        return (page.Events.Count == options.BatchSize ? Worked.Some : Worked.All, false);
    }

    /// <summary>
    /// The page that was read ahead, if the checkpoint is where it begins. Who asked for it may have been stopped since:
    /// what was not read to its end is read again.
    /// </summary>
    private async Task<LogPage?> TakeAhead(
        NpgsqlConnection connection, IProjection projection, WorkKey key, (long After, Task<LogPage> Page) read,
        CancellationToken stop)
    {
        var number = await ProgressSql.Lock(connection, key, options.SchemaNumber, stop);
        await Task.WhenAny(read.Page); // also where it is of no use: nobody else waits for its end
        return number is null ? null
            : number == read.After && read.Page.IsCompletedSuccessfully ? await read.Page
            : await Begin(connection, projection, key, stop);
    }

    /// <summary>Event by event: commits the good ones, and parks at the one that fails.</summary>
    private async Task<Worked> TakeSingly(
        NpgsqlConnection connection, IProjection projection, WorkKey key, CancellationToken stop)
    {
        await using var transaction = await connection.BeginTransactionAsync(stop);
        if (await Begin(connection, projection, key, stop) is not { } page)
        {
            return Worked.Nothing;
        }

        var before = (page.Events.Count > 0 ? page.Events[0].Number : page.Unreadable!.Number) - 1;
        var reached = before;
        var parked = page.Unreadable is { } bad ? Parked(key, projection, bad) : null;
        foreach (var e in page.Events)
        {
            await transaction.SaveAsync("one", stop);
            try
            {
                await projection.Apply(connection, transaction, key.Tenant, key.Generation, [e], stop);
            }
            catch (Exception failure) when (!SqlStates.IsOutage(failure) && !stop.IsCancellationRequested)
            {
                await transaction.RollbackAsync("one", stop);
                parked = Parked(key, projection, new UnreadableEvent(e.Number, e.Id, e.Type, failure));
                break;
            }

            await transaction.ReleaseAsync("one", stop);
            reached = e.Number;
        }

        if (reached > before)
        {
            await ProgressSql.MoveTo(connection, key, before, reached, stop);
        }

        if (parked is not null)
        {
            await ProgressSql.ParkAt(connection, parked, stop);
        }

        await transaction.CommitAsync(stop);
        return parked is null ? Worked.Some : Worked.Parked;
    }

    private Task<LogPage?> Begin(
        NpgsqlConnection connection, IProjection projection, WorkKey key, CancellationToken stop) =>
        ProgressSql.Begin(connection, key, (options.BatchSize, options.SchemaNumber), Reader(projection), stop);

    private ParkedEvent Parked(WorkKey key, IProjection projection, UnreadableEvent e) => new(
        key, e.Number, e.Id, e.Type, Code(e.Reason), Reason(e.Reason), options.SchemaNumber, projection.Version);

    private static string Code(Exception e) => e switch
    {
        UnknownEventException => "event.unknown",
        CorruptLogException => "log.number-missing",
        PostgresException => "projection.rejected-by-database",
        System.Text.Json.JsonException => "event.unreadable",
        _ => "projection.failed",
    };

    /// <summary>Enough to find the cause; of the database's error no detail, which may hold a row's content.</summary>
    private static string Reason(Exception e)
    {
        var text = e is PostgresException p
            ? string.Create(CultureInfo.InvariantCulture, $"SQLSTATE {p.SqlState}: {p.MessageText}")
            : $"{e.GetType().Name}: {e.Message}";
        return text.Length <= 500 ? text : text[..500];
    }
}
