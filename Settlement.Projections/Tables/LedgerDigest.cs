using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>
/// The ledger's rows of one tenant in 64 hex digits, whatever their order or generation: of each table the count and the
/// sum of a hash of each row. Equal rows, equal digest.
/// </summary>
/// <param name="Number">The number of the log that the rows stand at.</param>
public sealed record LedgerDigest(string Tenant, long Number, long Rows, string Sha256)
{
    private const string FindColumns = """
        select attname from pg_attribute
        where attrelid = $1::regclass and attnum > 0 and not attisdropped and attname not in ('tenant_id', 'generation')
        order by attname
        """;

    /// <summary>Of the rows in use, per tenant.</summary>
    public static async Task<IReadOnlyList<LedgerDigest>> OfLive(
        NpgsqlDataSource source, ILedger ledger, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        // one snapshot: head and rows belong together
        await using var transaction = await connection.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead, stop);
        var live = new List<(string Tenant, long Generation, long Number)>();
        await using (var batch = new NpgsqlBatch(connection))
        {
            batch.BatchCommands.Add(
                new NpgsqlBatchCommand("select tenant_id, generation, last_number from tenant_heads order by tenant_id"));
            await using var reader = await batch.ExecuteReaderAsync(stop);
            while (await reader.ReadAsync(stop))
            {
                live.Add((reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
            }
        }

        var digests = new List<LedgerDigest>();
        foreach (var (tenant, generation, number) in live)
        {
            digests.Add(await Of(connection, ledger, tenant, generation, number, stop));
        }

        return digests;
    }

    /// <summary>Of one generation, in the transaction the connection is in.</summary>
    internal static async Task<LedgerDigest> Of(
        NpgsqlConnection connection, ILedger ledger, string tenant, long generation, long number, CancellationToken stop)
    {
        var all = new StringBuilder();
        var rows = 0L;
        foreach (var table in ledger.Tables.Order(StringComparer.Ordinal))
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
            batch.BatchCommands.Add(Query.Command(sql, Query.Text(tenant), Query.Long(generation)));
            await using var reader = await batch.ExecuteReaderAsync(stop);
            await reader.ReadAsync(stop);
            rows += reader.GetInt64(0);
            all.Append(CultureInfo.InvariantCulture, $"{table} {reader.GetInt64(0)} ");
            all.Append(CultureInfo.InvariantCulture, $"{reader.GetString(1)} {reader.GetString(2)}\n");
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString()));
        return new LedgerDigest(tenant, number, rows, Convert.ToHexStringLower(hash));
    }

    private static async Task<List<string>> Columns(NpgsqlConnection connection, string table, CancellationToken stop)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Query.Command(FindColumns, Query.Text(table)));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var names = new List<string>();
        while (await reader.ReadAsync(stop))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
