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

    /// <summary>Named points of an append, for tests that end the program there.</summary>
    internal Action<string>? At { get; set; }

    /// <summary>One answer for each command, in their order.</summary>
    /// <remarks>
    /// After a commit whose outcome is not known the same commands are looked up again under the lock, so
    /// that nothing is written twice.
    /// </remarks>
    public async Task<IReadOnlyList<AppendAnswer>> Write(
        string tenant, IReadOnlyList<EncodedCommand> commands, bool bulk, CancellationToken stop)
    {
        var uncertain = false;
        var started = Stopwatch.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answers = await WriteOnce(tenant, commands, bulk, stop);
                return uncertain ? AsFirstTime(answers) : answers;
            }
            catch (Exception e) when (SqlStates.IsOutage(e))
            {
                if (attempt == Attempts || Stopwatch.GetElapsedTime(started) > Patience)
                {
                    throw new StoreOutageException($"The event store cannot be written now: {e.Message}", e);
                }

                uncertain = true;
            }
        }
    }

    private async Task<IReadOnlyList<AppendAnswer>> WriteOnce(
        string tenant, IReadOnlyList<EncodedCommand> commands, bool bulk, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        try
        {
            return await WriteOn(connection, tenant, commands, bulk, stop);
        }
        catch (Exception) when (connection.State == System.Data.ConnectionState.Open)
        {
            await Rollback(connection);
            throw;
        }
    }

    private async Task<IReadOnlyList<AppendAnswer>> WriteOn(
        NpgsqlConnection connection, string tenant, IReadOnlyList<EncodedCommand> commands, bool bulk,
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

        if (bulk)
        {
            await BulkWriter.WriteAndCommit(connection, tenant, plan, At, stop);
        }
        else
        {
            At?.Invoke("append.before-write");
            await AppendSql.WriteAndCommit(connection, tenant, plan, stop);
        }

        At?.Invoke("append.committed");
        written(tenant, plan.NewHead.Number);
        return plan.Answers;
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
