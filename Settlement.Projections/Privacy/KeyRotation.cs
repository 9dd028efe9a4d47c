using Npgsql;

namespace Settlement.Projections.Privacy;

/// <summary>
/// A new master key: every driver's key is wrapped again, in one transaction. What is derived for good, pseudonyms
/// and content digests, keeps its root: the first master key, from then on itself wrapped by the newest.
/// </summary>
/// <remarks>
/// The row <c>(@keys, fingerprint of the master key)</c> holds the wrapped root. While there is none the master key is
/// the root.
/// </remarks>
public static class KeyRotation
{
    internal const string Tenant = "@keys";

    /// <summary>The master key with the root that this database's pseudonyms come from.</summary>
    /// <exception cref="MasterKeyException">The database's keys are wrapped by another one.</exception>
    public static async Task<MasterKey> Open(NpgsqlDataSource database, MasterKey given, CancellationToken stop)
    {
        await using var select = database.CreateCommand(
            "select pseudonym, wrapped_key from driver_keys where tenant_id = $1");
        select.Parameters.Add(new() { Value = Tenant });
        await using var reader = await select.ExecuteReaderAsync(stop);
        if (await reader.ReadAsync(stop))
        {
            return reader.GetString(0) == given.Fingerprint
                ? given.WithRoot(given.Unwrap(reader.GetFieldValue<byte[]>(1)))
                : throw new MasterKeyException();
        }

        await reader.CloseAsync();
        await using var any = database.CreateCommand("select wrapped_key from driver_keys limit 1");
        return await any.ExecuteScalarAsync(stop) is not byte[] wrapped || given.CanUnwrap(wrapped)
            ? given
            : throw new MasterKeyException();
    }

    /// <summary>Wraps every key again; returns how many. Programs that run with the old key write no keys any more.</summary>
    public static async Task<long> Rotate(
        NpgsqlDataSource database, MasterKey old, MasterKey next, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await Run("lock table driver_keys in access exclusive mode");
        var keys = new List<(string Tenant, string Driver, byte[] Wrapped)>();
        await using (var select = new NpgsqlCommand(
            "select tenant_id, pseudonym, wrapped_key from driver_keys where tenant_id <> '@keys'", connection, transaction))
        await using (var reader = await select.ExecuteReaderAsync(stop))
        {
            while (await reader.ReadAsync(stop))
            {
                keys.Add((reader.GetString(0), reader.GetString(1), next.Wrap(old.Unwrap(reader.GetFieldValue<byte[]>(2)))));
            }
        }

        foreach (var chunk in keys.Chunk(10_000))
        {
            await using var update = new NpgsqlCommand(
                """
                update driver_keys k set wrapped_key = c.wrapped_key
                from unnest($1::varchar[], $2::varchar[], $3::bytea[]) as c (tenant_id, pseudonym, wrapped_key)
                where k.tenant_id = c.tenant_id and k.pseudonym = c.pseudonym
                """, connection, transaction);
            update.Parameters.Add(new() { Value = chunk.Select(key => key.Tenant).ToArray() });
            update.Parameters.Add(new() { Value = chunk.Select(key => key.Driver).ToArray() });
            update.Parameters.Add(new() { Value = chunk.Select(key => key.Wrapped).ToArray() });
            await update.ExecuteNonQueryAsync(stop);
        }

        await Run("delete from driver_keys where tenant_id = '@keys'");
        await using (var insert = new NpgsqlCommand(
            "insert into driver_keys (tenant_id, pseudonym, wrapped_key, created) values ('@keys', $1, $2, now())",
            connection, transaction))
        {
            insert.Parameters.Add(new() { Value = next.Fingerprint });
            insert.Parameters.Add(new() { Value = next.Wrap(old.Root) });
            await insert.ExecuteNonQueryAsync(stop);
        }

        await transaction.CommitAsync(stop);
        return keys.Count;

        async Task Run(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync(stop);
        }
    }
}

/// <summary>The master key at hand does not open what this database holds.</summary>
public sealed class MasterKeyException() : InvalidOperationException(
    "The drivers' keys of this database are wrapped by another master key than the one given.");
