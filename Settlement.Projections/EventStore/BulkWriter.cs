using Npgsql;
using NpgsqlTypes;

namespace Settlement.Projections.EventStore;

/// <summary>Writes a planned batch by COPY: for thousands of events, where one statement with arrays is slower.</summary>
internal static class BulkWriter
{
    private const string CopyStreams = """
        copy mt_streams (tenant_id, id, type, version, timestamp, created, is_archived) from stdin (format binary)
        """;

    private const string CopyEvents = """
        copy mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id,
          correlation_id, causation_id, headers, is_archived) from stdin (format binary)
        """;

    private const string CopyCommands = """
        copy commands (tenant_id, command_id, input_hash, first_number, count) from stdin (format binary)
        """;

    public static async Task WriteAndCommit(
        NpgsqlConnection connection, string tenant, AppendPlan plan, Action<string>? at, CancellationToken stop)
    {
        await Streams(connection, tenant, plan, stop);
        at?.Invoke("bulk.streams-copied");
        await Events(connection, tenant, plan, stop);
        at?.Invoke("bulk.events-copied");
        await Commands(connection, tenant, plan, stop);
        at?.Invoke("append.before-write");
        await using var batch = new NpgsqlBatch(connection);
        AppendSql.AddRaisedStreams(batch, tenant, plan);
        AppendSql.AddSealAndHead(batch, tenant, plan);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        await batch.ExecuteNonQueryAsync(stop);
    }

    private static async Task Streams(
        NpgsqlConnection connection, string tenant, AppendPlan plan, CancellationToken stop)
    {
        if (plan.Streams.Values.All(stream => stream.Before > 0))
        {
            return;
        }

        var time = plan.Time.ToDateTimeUtc();
        await using var copy = await connection.BeginBinaryImportAsync(CopyStreams, stop);
        foreach (var (stream, (before, version, type)) in plan.Streams)
        {
            if (before > 0)
            {
                continue;
            }

            await copy.StartRowAsync(stop);
            await copy.WriteAsync(tenant, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(stream, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(type, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(version, NpgsqlDbType.Bigint, stop);
            await copy.WriteAsync(time, NpgsqlDbType.TimestampTz, stop);
            await copy.WriteAsync(time, NpgsqlDbType.TimestampTz, stop);
            await copy.WriteAsync(false, NpgsqlDbType.Boolean, stop);
        }

        await copy.CompleteAsync(stop);
    }

    private static async Task Events(
        NpgsqlConnection connection, string tenant, AppendPlan plan, CancellationToken stop)
    {
        var time = plan.Time.ToDateTimeUtc();
        await using var copy = await connection.BeginBinaryImportAsync(CopyEvents, stop);
        foreach (var e in plan.Events)
        {
            await copy.StartRowAsync(stop);
            await copy.WriteAsync(e.Number, NpgsqlDbType.Bigint, stop);
            await copy.WriteAsync(e.Event.Id, NpgsqlDbType.Uuid, stop);
            await copy.WriteAsync(e.Stream, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(e.Version, NpgsqlDbType.Bigint, stop);
            await copy.WriteAsync(e.Event.Data, NpgsqlDbType.Jsonb, stop);
            await copy.WriteAsync(e.Event.Type, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(time, NpgsqlDbType.TimestampTz, stop);
            await copy.WriteAsync(tenant, NpgsqlDbType.Varchar, stop);
            if (e.Command.Command.CorrelationId is { } correlation)
            {
                await copy.WriteAsync(correlation, NpgsqlDbType.Varchar, stop);
            }
            else
            {
                await copy.WriteNullAsync(stop);
            }

            await copy.WriteAsync(e.Command.CausationId, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(e.Command.Headers, NpgsqlDbType.Jsonb, stop);
            await copy.WriteAsync(false, NpgsqlDbType.Boolean, stop);
        }

        await copy.CompleteAsync(stop);
    }

    private static async Task Commands(
        NpgsqlConnection connection, string tenant, AppendPlan plan, CancellationToken stop)
    {
        await using var copy = await connection.BeginBinaryImportAsync(CopyCommands, stop);
        foreach (var (id, hash, first, count) in plan.Accepted)
        {
            await copy.StartRowAsync(stop);
            await copy.WriteAsync(tenant, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(id, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(hash, NpgsqlDbType.Bytea, stop);
            await copy.WriteAsync(first, NpgsqlDbType.Bigint, stop);
            await copy.WriteAsync(count, NpgsqlDbType.Integer, stop);
        }

        await copy.CompleteAsync(stop);
    }
}
