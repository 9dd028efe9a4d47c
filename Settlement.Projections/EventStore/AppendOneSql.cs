using System.Collections.Concurrent;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Settlement.Projections.EventStore;

/// <summary>
/// One command for one stream, as a request brings it, in one statement of plain values: half the server's time of
/// <c>settlement_append</c>, which takes whole batches as arrays. It does nothing unless the log still ends where we
/// think: every other part takes its row from the moved head.
/// </summary>
internal static class AppendOneSql
{
    private const int MostEvents = 4;
    private const int MostIds = 6;
    private const int Shared = 15; // parameters before those of the events

    /// <summary>A text for each shape; there are two dozen at most, and a connection keeps the plans of those it meets.</summary>
    private static readonly ConcurrentDictionary<(bool IsNew, int Events, int Ids), string> Texts = new();

    public static bool Fits(AppendPlan plan) =>
        plan.Written.Count == 1 && plan.Streams.Count == 1 && plan.Events.Count <= MostEvents
        && plan.Accepted.Count <= MostIds;

    /// <summary>False: nothing was written.</summary>
    public static async Task<bool> TryWrite(
        NpgsqlConnection connection, string tenant, AppendPlan plan, CancellationToken stop)
    {
        var (stream, (before, version, type)) = plan.Streams.First();
        var shape = (before == 0, plan.Events.Count, plan.Accepted.Count);
        var command = plan.Written[0];
        var write = AppendSql.Command(
            Texts.GetOrAdd(shape, Text),
            AppendSql.Text(tenant),
            AppendSql.Long(plan.FirstNumber - 1),
            AppendSql.Binary(plan.OldHead.Seal),
            AppendSql.Long(plan.NewHead.Number),
            AppendSql.Binary(plan.NewHead.Seal),
            AppendSql.Time(plan.Time),
            AppendSql.Binary(plan.Digests),
            AppendSql.Text(stream),
            before == 0 ? AppendSql.Text(type) : AppendSql.Long(before),
            AppendSql.Long(version),
            new NpgsqlParameter
            {
                Value = (object?)command.Command.CorrelationId ?? DBNull.Value,
                NpgsqlDbType = NpgsqlDbType.Varchar,
            },
            AppendSql.Text(command.CausationId),
            Json(command.Headers),
            AppendSql.Binary(command.Command.InputHash),
            new NpgsqlParameter<int> { TypedValue = command.Count });
        foreach (var e in command.Events)
        {
            write.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = e.Id });
            write.Parameters.Add(Json(e.Data));
            write.Parameters.Add(AppendSql.Text(e.Type));
        }

        foreach (var (id, _, _, _) in plan.Accepted)
        {
            write.Parameters.Add(AppendSql.Text(id));
        }

        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { write } };
        return await batch.ExecuteNonQueryAsync(stop) == 1; // the seal's row
    }

    /// <remarks>
    /// What this statement sees is as old as its beginning, but if the head is still where we think when its lock is
    /// ours, then no stream has changed since: every append moves the head.
    /// </remarks>
    private static string Text((bool IsNew, int Events, int Ids) shape)
    {
        var sql = new StringBuilder(2000).Append("""
            with head as (
              update tenant_heads set last_number = $4, last_seal = $5, last_time = $6
              where tenant_id = $1 and last_number = $2 and last_seal = $3
            """);
        sql.Append(shape.IsNew
            ? """
               returning 1),
            stream as (
              insert into mt_streams (tenant_id, id, type, version, timestamp, created, is_archived)
              select $1, $8, $9, $10, $6, $6, false from head),
            """
            : """
                and exists (select from mt_streams where tenant_id = $1 and id = $8 and version = $9) returning 1),
            stream as (
              update mt_streams set version = $10, timestamp = $6 from head where tenant_id = $1 and id = $8),
            """);
        sql.Append("""
            events as (
              insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id,
                correlation_id, causation_id, headers, is_archived)
            """);
        for (var i = 0; i < shape.Events; i++)
        {
            var (at, later) = (Shared + 1 + (3 * i), shape.Events - 1 - i);
            sql.Append(i > 0 ? " union all " : " ").Append($"""
                select $4 - {later}, ${at}, $8, $10 - {later}, ${at + 1}, ${at + 2}, $6, $1, $11, $12, $13, false from head
                """);
        }

        sql.Append("), asked as (insert into commands (tenant_id, command_id, input_hash, first_number, count)");
        for (var i = 0; i < shape.Ids; i++)
        {
            var at = Shared + 1 + (3 * shape.Events) + i;
            sql.Append(i > 0 ? " union all " : " ").Append($"select $1, ${at}, $14, $2 + 1, $15 from head");
        }

        return sql.Append("""
            )
            insert into seals (tenant_id, first_number, count, time, seal, digests)
            select $1, $2 + 1, $15, $6, $5, $7 from head
            """).ToString();
    }

    private static NpgsqlParameter<byte[]> Json(byte[] value) =>
        new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Jsonb };
}
