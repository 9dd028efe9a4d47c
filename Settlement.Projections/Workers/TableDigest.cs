using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Workers;

/// <summary>The rows of one projection for one tenant, in 64 hex digits.</summary>
/// <param name="Number">The log number the rows stand at.</param>
public sealed record ProjectionDigest(string Tenant, string Projection, long Number, long Rows, string Sha256);

/// <summary>
/// A digest over rows that does not depend on their order or generation: the count and the sum of a hash of each row.
/// </summary>
internal static class TableDigest
{
    private const string FindColumns = """
        select attname from pg_attribute
        where attrelid = $1::regclass and attnum > 0 and not attisdropped and attname not in ('tenant_id', 'generation')
        order by attname
        """;

    public static async Task<IReadOnlyList<ProjectionDigest>> OfLive(
        NpgsqlDataSource source, IProjection projection, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        // one snapshot: checkpoint and rows belong together
        await using var transaction = await connection.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead, stop);
        var live = new List<(WorkKey Key, long Number)>();
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.BatchCommands.Add(AppendSql.Command(
                "select tenant_id, generation, number from projection_live where projection = $1 order by tenant_id",
                AppendSql.Text(projection.Name)));
            await using var reader = await batch.ExecuteReaderAsync(stop);
            while (await reader.ReadAsync(stop))
            {
                var key = new WorkKey(reader.GetString(0), projection.Name, reader.GetInt64(1));
                live.Add((key, reader.GetInt64(2)));
            }
        }

        var digests = new List<ProjectionDigest>();
        foreach (var (key, number) in live)
        {
            digests.Add(await Of(connection, projection, key, number, stop));
        }

        return digests;
    }

    /// <summary>The digest of one generation, in the transaction the connection is in.</summary>
    public static async Task<ProjectionDigest> Of(
        NpgsqlConnection connection, IProjection projection, WorkKey key, long number, CancellationToken stop)
    {
        var all = new StringBuilder();
        var rows = 0L;
        foreach (var table in projection.Tables.Order(StringComparer.Ordinal))
        {
            var columns = string.Join(", ", (await Columns(connection, table, stop)).Select(name => $"t.\"{name}\""));
            var sql = $"""
                select count(*),
                  coalesce(sum(('x' || substr(h.hash, 1, 15))::bit(60)::bigint), 0)::text,
                  coalesce(sum(('x' || substr(h.hash, 17, 15))::bit(60)::bigint), 0)::text
                from (select md5(row({columns})::text) as hash from {table} t
                  where t.tenant_id = $1 and t.generation = $2) h
                """;
            await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
            batch.BatchCommands.Add(AppendSql.Command(sql, AppendSql.Text(key.Tenant), AppendSql.Long(key.Generation)));
            await using var reader = await batch.ExecuteReaderAsync(stop);
            await reader.ReadAsync(stop);
            rows += reader.GetInt64(0);
            all.Append(CultureInfo.InvariantCulture, $"{table} {reader.GetInt64(0)} ");
            all.Append(CultureInfo.InvariantCulture, $"{reader.GetString(1)} {reader.GetString(2)}\n");
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString()));
        return new ProjectionDigest(key.Tenant, key.Projection, number, rows, Convert.ToHexStringLower(hash));
    }

    private static async Task<List<string>> Columns(NpgsqlConnection connection, string table, CancellationToken stop)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(AppendSql.Command(FindColumns, AppendSql.Text(table)));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var names = new List<string>();
        while (await reader.ReadAsync(stop))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
