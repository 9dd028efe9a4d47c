using Npgsql;
using NpgsqlTypes;
using Settlement.Projections.Statements;

namespace Settlement.Projections.Privacy;

/// <summary>Which drivers have a key, and the end of one. Says nothing about what is sealed.</summary>
public sealed class DriverKeys(NpgsqlDataSource database)
{
    /// <summary>Relationships in which one of these pseudonyms has a key.</summary>
    public async Task<IReadOnlyList<(string Tenant, string Driver)>> Find(
        IReadOnlyCollection<(string Tenant, string Driver)> candidates, CancellationToken stop)
    {
        await using var select = database.CreateCommand(
            """
            select k.tenant_id, k.pseudonym from driver_keys k
            join unnest($1::varchar[], $2::varchar[]) as c (tenant_id, pseudonym) using (tenant_id, pseudonym)
            order by 1, 2
            """);
        select.Parameters.Add(new() { Value = candidates.Select(one => one.Tenant).ToArray() });
        select.Parameters.Add(new() { Value = candidates.Select(one => one.Driver).ToArray() });
        return await Rows(select, stop);
    }

    /// <summary>Relationships in which CDRs of this pseudonym came in, with a key or without.</summary>
    public async Task<IReadOnlyList<(string Tenant, string Driver)>> Seen(string driver, CancellationToken stop)
    {
        await using var select = database.CreateCommand(
            """
            select tenant_id, pseudonym from driver_keys where pseudonym = $1
            union select distinct tenant_id, driver from cdrs where driver = $1 order by 1
            """);
        select.Parameters.Add(new() { Value = driver });
        return await Rows(select, stop);
    }

    /// <summary>CDRs of a driver with money in dispute.</summary>
    public async Task<long> OpenDisputes(string tenant, string driver, CancellationToken stop)
    {
        await using var select = database.CreateCommand(
            """
            select count(*) from (
              select j.stream from journal_lines j
              join tenant_heads l on l.tenant_id = j.tenant_id and l.generation = j.generation
              join cdrs c on c.tenant_id = j.tenant_id and c.generation = j.generation and c.stream = j.stream
              where j.tenant_id = $1 and c.driver = $2 and j.account like 'disputed:%'
              group by j.stream having sum(j.debit) <> sum(j.credit)) open
            """);
        select.Parameters.Add(new() { Value = tenant });
        select.Parameters.Add(new() { Value = driver });
        return (long)(await select.ExecuteScalarAsync(stop))!;
    }

    /// <summary>Whether what is sealed for the driver can still be opened.</summary>
    public async Task<bool> Exists(string tenant, string driver, CancellationToken stop) =>
        (await Find([(tenant, driver)], stop)).Count > 0;

    /// <summary>
    /// CDRs of each relationship whose driver has no key although nobody erased the driver: what they seal is lost.
    /// </summary>
    public async Task<IReadOnlyList<MissingKeys>> Missing(CancellationToken stop)
    {
        await using var select = database.CreateCommand(
            $"""
            with erased as (
              select data->>'Relationship' relationship, data->>'Driver' driver from log.mt_events
              where tenant_id = '@admin' and type = 'driver_erased')
            select t.tenant_id, count(*) sealed, count(distinct t.driver) drivers,
              count(*) filter (where k.pseudonym is null and e.driver is null) missing
            from cdrs t {LiveRows.Join}
            left join driver_keys k on k.tenant_id = t.tenant_id and k.pseudonym = t.driver
            left join (select distinct relationship, driver from erased) e
              on e.relationship = t.tenant_id and e.driver = t.driver
            where t.driver is not null group by 1 order by 1
            """);
        var rows = new List<MissingKeys>();
        await using var reader = await select.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            rows.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)));
        }

        return rows;
    }

    /// <summary>
    /// Destroys a key. <see cref="Vacuum"/> frees its place afterwards; backups made before hold it until they expire.
    /// </summary>
    public async Task<bool> Destroy(string tenant, string driver, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var delete = new NpgsqlCommand(
            "delete from driver_keys where tenant_id = $1 and pseudonym = $2", connection);
        delete.Parameters.Add(new() { Value = tenant, NpgsqlDbType = NpgsqlDbType.Varchar });
        delete.Parameters.Add(new() { Value = driver, NpgsqlDbType = NpgsqlDbType.Varchar });
        return await delete.ExecuteNonQueryAsync(stop) > 0;
    }

    /// <summary>Frees the places of destroyed keys.</summary>
    public async Task Vacuum(CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var vacuum = new NpgsqlCommand("vacuum driver_keys", connection);
        await vacuum.ExecuteNonQueryAsync(stop);
    }

    private static async Task<IReadOnlyList<(string Tenant, string Driver)>> Rows(NpgsqlCommand select, CancellationToken stop)
    {
        var rows = new List<(string, string)>();
        await using var reader = await select.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            rows.Add((reader.GetString(0), reader.GetString(1)));
        }

        return rows;
    }
}

/// <summary>How many CDRs of a relationship are sealed, for how many drivers, and how many of them nobody can open.</summary>
/// <param name="Missing">CDRs without a key whose driver was not erased.</param>
public sealed record MissingKeys(string Tenant, long Cdrs, long Drivers, long Missing);
