using System.Collections.Concurrent;
using System.Diagnostics;
using NodaTime;
using Npgsql;

namespace Settlement.Projections.EventStore;

/// <summary>Writes batches of commands of one tenant, each batch in one transaction.</summary>
internal sealed class TenantWriter(NpgsqlDataSource source, TimeProvider clock, Action<string, long> written)
{
    private const int Attempts = 3;

    /// <summary>After this long a caller hears of the outage instead of waiting for another attempt.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Where a piece came twice, the next so many pieces are looked up before they are written.</summary>
    private const int LooksAfterRepeat = 16;

    private readonly ConcurrentDictionary<string, int> looks = new(StringComparer.Ordinal);

    /// <summary>Where this process last saw the logs end.</summary>
    private readonly ConcurrentDictionary<string, long> heads = new(StringComparer.Ordinal);

    /// <summary>Named points of an append, for tests that end the program there.</summary>
    internal Action<string>? At { get; set; }

    /// <summary>One answer for each command, in their order.</summary>
    /// <param name="memory">What the caller's last append taught; null: write in bulk, by COPY.</param>
    /// <param name="unseen">What to write in bulk if nothing of it is in the log.</param>
    /// <remarks>
    /// After a commit whose outcome is not known the same commands are looked up again under the lock, so
    /// that nothing is written twice.
    /// </remarks>
    public async Task<IReadOnlyList<AppendAnswer>> Write(
        string tenant, IReadOnlyList<EncodedCommand> commands, TenantMemory? memory, CancellationToken stop,
        AppendPlan? unseen = null)
    {
        var uncertain = false;
        var started = Stopwatch.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answers = await WriteOnce(tenant, commands, memory, uncertain ? null : unseen, stop);
                return uncertain ? AsFirstTime(answers) : answers;
            }
            catch (Exception e) when (SqlStates.IsOutage(e))
            {
                memory?.Forget();
                if (attempt == Attempts || Stopwatch.GetElapsedTime(started) > Patience)
                {
                    StoreMetrics.Outage();
                    throw new StoreOutageException($"The event store cannot be written now: {e.Message}", e);
                }

                uncertain = true;
            }
        }
    }

    private async Task<IReadOnlyList<AppendAnswer>> WriteOnce(
        string tenant, IReadOnlyList<EncodedCommand> commands, TenantMemory? memory, AppendPlan? unseen,
        CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        if (memory is not null && await WriteGuessed(connection, tenant, commands, memory, stop) is { } answers)
        {
            return answers;
        }

        try
        {
            return unseen is not null && await WriteUnseen(connection, tenant, commands, unseen, stop) is { } written
                ? written
                : await LookAndWrite(connection, tenant, commands, memory, stop);
        }
        catch (Exception) when (connection.State == System.Data.ConnectionState.Open)
        {
            await Rollback(connection);
            throw;
        }
    }

    /// <summary>One statement, if memory suffices and is still true; null: nothing was written.</summary>
    private async Task<IReadOnlyList<AppendAnswer>?> WriteGuessed(
        NpgsqlConnection connection, string tenant, IReadOnlyList<EncodedCommand> commands, TenantMemory memory,
        CancellationToken stop)
    {
        if (memory.Guess(commands, Instant.FromDateTimeOffset(clock.GetUtcNow())) is not { } plan)
        {
            return null;
        }

        At?.Invoke("append.before-write");
        try
        {
            var isWritten = AppendOneSql.Fits(plan)
                ? await AppendOneSql.TryWrite(connection, tenant, plan, stop)
                : await AppendSql.TryWriteGuessed(connection, tenant, plan, stop);
            if (!isWritten)
            {
                memory.Forget();
                return null;
            }
        }
        catch (PostgresException e) when (e.SqlState == SqlStates.UniqueViolation)
        {
            memory.Forget(); // asked before, or a stream that is not new: look, then answer
            return null;
        }

        Committed(tenant, plan, memory, guessed: true);
        return plan.Answers;
    }

    /// <summary>
    /// Decides a piece before the lock, as if nothing of it were in the log: if all of it are new streams, that is
    /// rarely wrong, and the keys would tell. Null: look first.
    /// </summary>
    public AppendPlan? PlanUnseen(string tenant, IReadOnlyList<EncodedCommand> commands, long? after)
    {
        if (looks.TryGetValue(tenant, out var left))
        {
            if (left > 0)
            {
                looks[tenant] = left - 1;
                return null;
            }

            looks.TryRemove(tenant, out _);
        }

        return commands.All(command => command.Command.Requires.Count == 0
            && command.Command.Streams.All(stream => stream.ExpectedVersion == 0))
            ? AppendPlan.OfUnseen(commands, after ?? heads.GetValueOrDefault(tenant))
            : null;
    }

    /// <summary>
    /// Writes without looking; null: something of it is in the log already, nothing was written. Looking costs the
    /// server two searches an event.
    /// </summary>
    private async Task<IReadOnlyList<AppendAnswer>?> WriteUnseen(
        NpgsqlConnection connection, string tenant, IReadOnlyList<EncodedCommand> commands, AppendPlan plan,
        CancellationToken stop)
    {
        if (await AppendSql.LockOnly(connection, tenant, stop) is { } head)
        {
            At?.Invoke("append.locked");
            var now = Instant.FromDateTimeOffset(clock.GetUtcNow());
            if (!plan.SealAfter(head, now))
            {
                plan = AppendPlan.OfUnseen(commands, head.Number);
                plan.SealAfter(head, now);
            }

            try
            {
                await BulkWriter.WriteAndCommit(connection, tenant, plan, At, stop);
                Committed(tenant, plan, memory: null, guessed: false);
                return plan.Answers;
            }
            catch (PostgresException e) when (e.SqlState == SqlStates.UniqueViolation)
            {
                looks[tenant] = LooksAfterRepeat;
            }
        }

        await Rollback(connection);
        return null;
    }

    private async Task<IReadOnlyList<AppendAnswer>> LookAndWrite(
        NpgsqlConnection connection, string tenant, IReadOnlyList<EncodedCommand> commands, TenantMemory? memory,
        CancellationToken stop)
    {
        var state = await AppendSql.LockAndLook(connection, tenant, commands, stop);
        while (state is null)
        {
            await Rollback(connection);
            await AppendSql.GiveHead(connection, tenant, stop);
            state = await AppendSql.LockAndLook(connection, tenant, commands, stop);
        }

        At?.Invoke("append.locked");
        var plan = AppendPlan.Make(commands, state, Instant.FromDateTimeOffset(clock.GetUtcNow()));
        if (plan.IsEmpty)
        {
            await Rollback(connection);
            return plan.Answers;
        }

        if (plan.Answers.Exists(answer => answer is AppendAnswer.Stored { Repeated: true } or AppendAnswer.Refused))
        {
            looks[tenant] = LooksAfterRepeat;
        }

        if (memory is null)
        {
            await BulkWriter.WriteAndCommit(connection, tenant, plan, At, stop);
        }
        else
        {
            At?.Invoke("append.before-write");
            await AppendSql.WriteAndCommit(connection, tenant, plan, stop);
        }

        Committed(tenant, plan, memory, guessed: false);
        return plan.Answers;
    }

    private void Committed(string tenant, AppendPlan plan, TenantMemory? memory, bool guessed)
    {
        At?.Invoke("append.committed");
        memory?.Learn(plan, guessed);
        heads[tenant] = plan.NewHead.Number;
        StoreMetrics.Append(plan.Events.Count);
        written(tenant, plan.NewHead.Number);
    }

    private static async Task Rollback(NpgsqlConnection connection)
    {
        await using var rollback = new NpgsqlCommand("rollback", connection);
        await rollback.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>What we find after our own uncertain commit was our own.</summary>
    private static List<AppendAnswer> AsFirstTime(IReadOnlyList<AppendAnswer> answers) =>
        [.. answers.Select(answer => answer is AppendAnswer.Stored s ? s with { Repeated = false } : answer)];
}
