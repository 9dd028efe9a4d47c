using Npgsql;
using NpgsqlTypes;

namespace Settlement.Projections.Partners;

/// <summary>
/// Reads for a partner with a partner's rights: login settlement_partner, the tenants it may see in a setting that ends
/// with the transaction (rules-store 18). What the code forgets to filter PostgreSQL does not show.
/// </summary>
public sealed class PartnerReads(NpgsqlDataSource database)
{
    /// <summary>
    /// Joins a table called t with what is live of it, without the view: a view reads with its owner's rights.
    /// </summary>
    public const string Live =
        """
        join tenant_heads l on l.tenant_id = t.tenant_id and l.generation = t.generation
        """;

    private volatile string? enter;

    /// <summary>Runs one question; the tenants are its $1.</summary>
    public async Task<List<T>> Read<T>(
        IReadOnlyCollection<string> tenants, string sql, IReadOnlyList<NpgsqlParameter> parameters,
        Func<NpgsqlDataReader, T> row, CancellationToken stop)
    {
        if (tenants.Count == 0)
        {
            return [];
        }

        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(await Enter(stop))
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = string.Join(',', tenants) } },
        });
        var question = new NpgsqlBatchCommand(sql);
        question.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. tenants] });
        foreach (var parameter in parameters)
        {
            question.Parameters.Add(parameter);
        }

        batch.BatchCommands.Add(question);
        var rows = new List<T>();
        await using (var reader = await batch.ExecuteReaderAsync(stop))
        {
            await reader.NextResultAsync(stop);
            while (await reader.ReadAsync(stop))
            {
                rows.Add(row(reader));
            }
        }

        await transaction.CommitAsync(stop);
        return rows;
    }

    public static NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar };

    public static NpgsqlParameter Time(DateTime? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    public static NpgsqlParameter Number(long value) => new NpgsqlParameter<long> { TypedValue = value };

    // A server where the role could not be made, or we may not take it: the filter in code stands alone there.
    private async Task<string> Enter(CancellationToken stop)
    {
        if (enter is { } known)
        {
            return known;
        }

        await using var command = database.CreateCommand(
            "select exists (select from pg_roles where rolname = 'settlement_partner' and pg_has_role(oid, 'member'))");
        var has = await command.ExecuteScalarAsync(stop) is true;
        return enter = has
            ? "select set_config('settlement.tenants', $1, true), set_config('role', 'settlement_partner', true)"
            : "select set_config('settlement.tenants', $1, true)";
    }
}
