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

            copy.StartRow();
            copy.Write(tenant, NpgsqlDbType.Varchar);
            copy.Write(stream, NpgsqlDbType.Varchar);
            copy.Write(type, NpgsqlDbType.Varchar);
            copy.Write(version, NpgsqlDbType.Bigint);
            copy.Write(time, NpgsqlDbType.TimestampTz);
            copy.Write(time, NpgsqlDbType.TimestampTz);
            copy.Write(false, NpgsqlDbType.Boolean);
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
            copy.StartRow();
            copy.Write(e.Number, NpgsqlDbType.Bigint);
            copy.Write(e.Event.Id, NpgsqlDbType.Uuid);
            copy.Write(e.Stream, NpgsqlDbType.Varchar);
            copy.Write(e.Version, NpgsqlDbType.Bigint);
            copy.Write(e.Event.Data, NpgsqlDbType.Jsonb);
            copy.Write(e.Event.Type, NpgsqlDbType.Varchar);
            copy.Write(time, NpgsqlDbType.TimestampTz);
            copy.Write(tenant, NpgsqlDbType.Varchar);
            if (e.Command.Command.CorrelationId is { } correlation)
            {
                copy.Write(correlation, NpgsqlDbType.Varchar);
            }
            else
            {
                copy.WriteNull();
            }

            copy.Write(e.Command.CausationId, NpgsqlDbType.Varchar);
            copy.Write(e.Command.Headers, NpgsqlDbType.Jsonb);
            copy.Write(false, NpgsqlDbType.Boolean);
        }

        await copy.CompleteAsync(stop);
    }

    private static async Task Commands(
        NpgsqlConnection connection, string tenant, AppendPlan plan, CancellationToken stop)
    {
        await using var copy = await connection.BeginBinaryImportAsync(CopyCommands, stop);
        foreach (var (id, hash, first, count) in plan.Accepted)
        {
            copy.StartRow();
            copy.Write(tenant, NpgsqlDbType.Varchar);
            copy.Write(id, NpgsqlDbType.Varchar);
            copy.Write(hash, NpgsqlDbType.Bytea);
            copy.Write(first, NpgsqlDbType.Bigint);
            copy.Write(count, NpgsqlDbType.Integer);
        }

        await copy.CompleteAsync(stop);
    }
}
