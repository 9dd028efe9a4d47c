using Npgsql;
using NpgsqlTypes;
using Settlement.Tests.Postgres;

namespace Settlement.Bench;

/// <summary>The anchors: what plain SQL does with the same rows, in tables and indexes like the log's, and no thought.</summary>
internal sealed class Raw(string tenant)
{
    private const string StreamColumns = "raw_streams (tenant_id, id, type, version, timestamp, created)";
    private const string EventColumns = "raw_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id)";

    private static long number;

    public static Task Create(TestDatabase database) => database.Execute("""
        create table raw_streams (like log.mt_streams including all);
        create table raw_events (like log.mt_events including all);
        """);

    /// <summary>One stream row and one event row in one commit, prepared, one round trip.</summary>
    public async Task Single(NpgsqlConnection connection, byte[] data)
    {
        var seq = Interlocked.Increment(ref number);
        var id = $"raw-{seq:x12}";
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new($"insert into {StreamColumns} values ($1, $2, 'cdr', 1, now(), now())")
                {
                    Parameters = { Text(tenant), Text(id) },
                },
                new($"insert into {EventColumns} values ($1, $2, $3, 1, $4, 'charged', now(), $5)")
                {
                    Parameters =
                    {
                        new() { Value = seq }, new() { Value = Guid.NewGuid() }, Text(id),
                        new() { Value = data, NpgsqlDbType = NpgsqlDbType.Jsonb }, Text(tenant),
                    },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(); // a batch without BEGIN is one transaction
    }

    /// <summary>COPY of new streams and events, ready-made bytes.</summary>
    public async Task Bulk(NpgsqlConnection connection, byte[][] data)
    {
        var first = Interlocked.Add(ref number, data.Length) - data.Length + 1;
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var copy = await connection.BeginBinaryImportAsync($"copy {StreamColumns} from stdin (format binary)"))
        {
            for (var i = 0; i < data.Length; i++)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(tenant, NpgsqlDbType.Varchar);
                await copy.WriteAsync($"cdr-{first + i:x12}", NpgsqlDbType.Varchar);
                await copy.WriteAsync("cdr", NpgsqlDbType.Varchar);
                await copy.WriteAsync(1L, NpgsqlDbType.Bigint);
                await copy.WriteAsync(DateTime.UtcNow, NpgsqlDbType.TimestampTz);
                await copy.WriteAsync(DateTime.UtcNow, NpgsqlDbType.TimestampTz);
            }

            await copy.CompleteAsync();
        }

        await using (var copy = await connection.BeginBinaryImportAsync($"copy {EventColumns} from stdin (format binary)"))
        {
            for (var i = 0; i < data.Length; i++)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(first + i, NpgsqlDbType.Bigint);
                await copy.WriteAsync(Guid.NewGuid(), NpgsqlDbType.Uuid);
                await copy.WriteAsync($"cdr-{first + i:x12}", NpgsqlDbType.Varchar);
                await copy.WriteAsync(1L, NpgsqlDbType.Bigint);
                await copy.WriteAsync(data[i], NpgsqlDbType.Jsonb);
                await copy.WriteAsync("charged", NpgsqlDbType.Varchar);
                await copy.WriteAsync(DateTime.UtcNow, NpgsqlDbType.TimestampTz);
                await copy.WriteAsync(tenant, NpgsqlDbType.Varchar);
            }

            await copy.CompleteAsync();
        }

        await transaction.CommitAsync();
    }

    private static NpgsqlParameter Text(string value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Varchar };
}
