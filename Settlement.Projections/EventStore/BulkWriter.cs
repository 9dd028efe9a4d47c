using System.Runtime.InteropServices;
using Npgsql;

namespace Settlement.Projections.EventStore;

/// <summary>Writes a planned batch by COPY: for thousands of events, where one statement with arrays is slower.</summary>
internal static class BulkWriter
{
    private const string CopyStreams = """
        copy mt_streams (tenant_id, id, type, version, timestamp, created, is_archived) from stdin (format binary)
        """;

    private const string CopyCommands = """
        copy commands (tenant_id, command_id, input_hash, first_number, count) from stdin (format binary)
        """;

    /// <summary>Commands first: what was asked before is noticed at its key before anything large is sent.</summary>
    public static async Task WriteAndCommit(
        NpgsqlConnection connection, string tenant, AppendPlan plan, Action<string>? at, CancellationToken stop)
    {
        await CopyRows.Send(connection, CopyCommands, CommandRows(tenant, plan), stop);
        if (plan.Streams.Values.Any(stream => stream.Before == 0))
        {
            await CopyRows.Send(connection, CopyStreams, StreamRows(tenant, plan), stop);
        }

        at?.Invoke("bulk.streams-copied");
        await CopyRows.Send(connection, EventRow.Copy, EventRows(plan), stop);
        at?.Invoke("bulk.events-copied");
        at?.Invoke("append.before-write");
        await using var batch = new NpgsqlBatch(connection);
        AppendSql.AddRaisedStreams(batch, tenant, plan);
        AppendSql.AddSealAndHead(batch, tenant, plan);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        await batch.ExecuteNonQueryAsync(stop);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> CommandRows(string tenant, AppendPlan plan)
    {
        using var rows = new CopyRows(CopyRows.Piece);
        foreach (var (id, hash, first, count) in plan.Accepted)
        {
            rows.Row(5);
            rows.Add(tenant);
            rows.Add(id);
            rows.Add(hash.AsSpan());
            rows.Add(first);
            rows.Add(count);
            if (rows.IsPiece)
            {
                yield return rows.Take();
            }
        }

        yield return rows.Take();
    }

    private static IEnumerable<ReadOnlyMemory<byte>> StreamRows(string tenant, AppendPlan plan)
    {
        var time = CopyRows.PostgresTime(plan.Time);
        using var rows = new CopyRows(CopyRows.Piece);
        foreach (var (stream, (before, version, type)) in plan.Streams)
        {
            if (before > 0)
            {
                continue;
            }

            rows.Row(7);
            rows.Add(tenant);
            rows.Add(stream);
            rows.Add(type);
            rows.Add(version);
            rows.Add(time);
            rows.Add(time);
            rows.Add(false);
            if (rows.IsPiece)
            {
                yield return rows.Take();
            }
        }

        yield return rows.Take();
    }

    /// <summary>Numbers, versions and the time go into the rows; neighbours in one buffer are sent as one.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> EventRows(AppendPlan plan)
    {
        var time = CopyRows.PostgresTime(plan.Time);
        foreach (ref readonly var e in CollectionsMarshal.AsSpan(plan.Events))
        {
            EventRow.Place(e.Command.Rows!.Value.Buffer, e.Event.Row, e.Number, e.Version, time);
        }

        return Neighbours(plan.Written);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Neighbours(List<EncodedCommand> commands)
    {
        var (buffer, start, end) = commands[0].Rows!.Value;
        foreach (var command in commands.Skip(1))
        {
            var next = command.Rows!.Value;
            if (next.Buffer == buffer && next.Start == end)
            {
                end = next.End;
                continue;
            }

            yield return buffer.Slice(start, end);
            (buffer, start, end) = next;
        }

        yield return buffer.Slice(start, end);
    }
}
