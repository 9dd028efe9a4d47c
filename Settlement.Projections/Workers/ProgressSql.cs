using Npgsql;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Workers;

/// <summary>One piece of work: a projection's generation of one tenant.</summary>
internal readonly record struct WorkKey(string Tenant, string Projection, long Generation);

/// <summary>The statements on checkpoints.</summary>
internal static class ProgressSql
{
    // What nobody reads yet need not be on the disk before its next page: the commit that switches to it waits for all.
    private const string Unhurried =
        "case when not o.live then set_config('synchronous_commit', 'off', true) end as unhurried";

    // The lock ends with the transaction: a process that dies leaves nothing behind. Who finds the row locked
    // goes on to other work. Events are read in the order of their numbers, which is that of their commits. The
    // checkpoint is one value, not a table to join with: so the index gives the order, and the limit ends the reading.
    private const string LockAndRead = $"""
        with p as materialized (
          select o.number, {Unhurried} from projection_progress o
          where o.tenant_id = $1 and o.projection = $2 and o.generation = $3
            and not exists (select from parked k
              where k.tenant_id = $1 and k.projection = $2 and k.generation = $3
                and k.schema_number >= $5 and k.version >= o.version)
          for update skip locked
        )
        select {LogReader.Columns}, (select p.number from p)
        from mt_events e
        where e.tenant_id = $1 and e.seq_id > (select p.number from p)
          and e.seq_id <= (select h.last_number from tenant_heads h where h.tenant_id = $1)
        order by e.seq_id
        limit $4
        """;

    private const string LockOnly = $"""
        select o.number, {Unhurried} from projection_progress o
        where o.tenant_id = $1 and o.projection = $2 and o.generation = $3
          and not exists (select from parked k
            where k.tenant_id = $1 and k.projection = $2 and k.generation = $3
              and k.schema_number >= $4 and k.version >= o.version)
        for update skip locked
        """;

    private const string ReadAfter = $"""
        select {LogReader.Columns}, $2::bigint
        from mt_events e
        where e.tenant_id = $1 and e.seq_id > $2
          and e.seq_id <= (select h.last_number from tenant_heads h where h.tenant_id = $1)
        order by e.seq_id
        limit $3
        """;

    private const string Move = """
        update projection_progress set number = $4, updated = now()
        where tenant_id = $1 and projection = $2 and generation = $3 and number = $5
        """;

    private const string Unpark = """
        delete from parked where tenant_id = $1 and projection = $2 and generation = $3
        """;

    private const string Park = """
        insert into parked (tenant_id, projection, generation, number, event_id, event_type, code, reason,
          schema_number, version, parked_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now())
        """;

    // Building generations stand above the live one; what is below it waits to be deleted.
    private const string FindWork = """
        select p.tenant_id, p.projection, p.generation
        from projection_progress p
        join tenant_heads h on h.tenant_id = p.tenant_id
        join unnest($1, $2) as known(projection, version)
          on known.projection = p.projection and known.version = p.version
        left join parked k
          on k.tenant_id = p.tenant_id and k.projection = p.projection and k.generation = p.generation
        where p.number < h.last_number
          and (k.number is null or k.schema_number < $3 or k.version < p.version)
          and (p.live or not exists (
            select from projection_progress l
            where l.tenant_id = p.tenant_id and l.projection = p.projection and l.live
              and l.generation > p.generation))
        """;

    // A tenant without rows gets a live generation; one with rows of an older version a new one beside them.
    private const string FindMissing = """
        select h.tenant_id, known.projection, known.version,
          coalesce((select max(o.generation) from projection_progress o
            where o.tenant_id = h.tenant_id and o.projection = known.projection), 0) + 1,
          not exists (select from projection_progress l
            where l.tenant_id = h.tenant_id and l.projection = known.projection and l.live)
        from tenant_heads h
        cross join unnest($1, $2) as known(projection, version)
        where not exists (select from projection_progress p
          where p.tenant_id = h.tenant_id and p.projection = known.projection and p.version >= known.version)
        """;

    private const string Create = """
        insert into projection_progress (tenant_id, projection, generation, version, number, live, updated)
        values ($1, $2, $3, $4, 0, $5, now())
        """;

    /// <param name="most">Most events, and the program's schema: what it parked itself it leaves alone.</param>
    /// <summary>Begins, locks the checkpoint and reads what comes after it; null: nothing to do, or not ours.</summary>
    public static async Task<LogPage?> Begin(
        NpgsqlConnection connection, WorkKey key, (int Limit, int Schema) most, LogReader log, CancellationToken stop)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                AppendSql.Command(
                    LockAndRead,
                    AppendSql.Text(key.Tenant),
                    AppendSql.Text(key.Projection),
                    AppendSql.Long(key.Generation),
                    AppendSql.Long(most.Limit),
                    new NpgsqlParameter<int> { TypedValue = most.Schema }),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(stop);
        if (!reader.HasRows)
        {
            return null;
        }

        return await log.ReadAll(reader, key.Tenant, stop, afterColumn: 10);
    }

    /// <summary>Begins and locks the checkpoint; null: another worker has it, or it is parked.</summary>
    public static async Task<long?> Lock(NpgsqlConnection connection, WorkKey key, int schema, CancellationToken stop)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(WithKey(LockOnly, key, new NpgsqlParameter<int> { TypedValue = schema }));
        return await batch.ExecuteScalarAsync(stop) as long?;
    }

    /// <summary>Reads ahead: what is in the log does not change, so that no lock is needed.</summary>
    public static async Task<LogPage> ReadAhead(
        NpgsqlDataSource source, string tenant, long after, int limit, LogReader log, CancellationToken stop)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(AppendSql.Command(
            ReadAfter, AppendSql.Text(tenant), AppendSql.Long(after), AppendSql.Long(limit)));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        return await log.ReadAll(reader, tenant, stop, afterColumn: 10);
    }

    /// <summary>Moves the checkpoint in the transaction that wrote the rows.</summary>
    public static async Task MoveTo(
        NpgsqlConnection connection, WorkKey key, long from, long to, CancellationToken stop)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(WithKey(Move, key, AppendSql.Long(to), AppendSql.Long(from)));
        batch.BatchCommands.Add(WithKey(Unpark, key));
        await batch.ExecuteNonQueryAsync(stop);
        if (batch.BatchCommands[0].RecordsAffected != 1)
        {
            throw new CorruptLogException(
                $"The checkpoint of {key.Projection} for {key.Tenant} is not at {from}: events are missing before it.");
        }
    }

    public static async Task ParkAt(NpgsqlConnection connection, ParkedEvent parked, CancellationToken stop)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(WithKey(Unpark, parked.Key));
        batch.BatchCommands.Add(WithKey(
            Park,
            parked.Key,
            AppendSql.Long(parked.Number),
            new NpgsqlParameter<Guid> { TypedValue = parked.EventId },
            AppendSql.Text(parked.EventType),
            AppendSql.Text(parked.Code),
            AppendSql.Text(parked.Reason),
            new NpgsqlParameter<int> { TypedValue = parked.SchemaNumber },
            new NpgsqlParameter<int> { TypedValue = parked.Version }));
        await batch.ExecuteNonQueryAsync(stop);
    }

    public static async Task<List<WorkKey>> Candidates(
        NpgsqlDataSource source, IReadOnlyList<IProjection> projections, int schemaNumber, CancellationToken stop)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(AppendSql.Command(
            FindWork, Names(projections), Versions(projections), new NpgsqlParameter<int> { TypedValue = schemaNumber }));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var found = new List<WorkKey>();
        while (await reader.ReadAsync(stop))
        {
            found.Add(new WorkKey(reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
        }

        return found;
    }

    /// <summary>Gives every tenant a checkpoint for every projection; true: some were missing.</summary>
    public static async Task<bool> CreateMissing(
        NpgsqlDataSource source, IReadOnlyList<IProjection> projections, CancellationToken stop)
    {
        var missing = new List<(WorkKey Key, int Version, bool Live)>();
        await using (var batch = source.CreateBatch())
        {
            batch.BatchCommands.Add(AppendSql.Command(FindMissing, Names(projections), Versions(projections)));
            await using var reader = await batch.ExecuteReaderAsync(stop);
            while (await reader.ReadAsync(stop))
            {
                var key = new WorkKey(reader.GetString(0), reader.GetString(1), reader.GetInt64(3));
                missing.Add((key, reader.GetInt32(2), reader.GetBoolean(4)));
            }
        }

        foreach (var (key, version, live) in missing)
        {
            await CreateProgress(source, key, version, live, stop);
        }

        return missing.Count > 0;
    }

    public static async Task CreateProgress(
        NpgsqlDataSource source, WorkKey key, int version, bool live, CancellationToken stop)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(WithKey(
            Create,
            key,
            new NpgsqlParameter<int> { TypedValue = version },
            new NpgsqlParameter<bool> { TypedValue = live }));
        try
        {
            await batch.ExecuteNonQueryAsync(stop);
        }
        catch (PostgresException e) when (e.SqlState == SqlStates.UniqueViolation)
        {
            // another process created it
        }
    }

    public static NpgsqlBatchCommand WithKey(string sql, WorkKey key, params ReadOnlySpan<NpgsqlParameter> more) =>
        AppendSql.Command(
            sql,
            [AppendSql.Text(key.Tenant), AppendSql.Text(key.Projection), AppendSql.Long(key.Generation), .. more]);

    private static NpgsqlParameter Names(IReadOnlyList<IProjection> projections) =>
        AppendSql.Texts([.. projections.Select(projection => projection.Name)]);

    private static NpgsqlParameter<int[]> Versions(IReadOnlyList<IProjection> projections) =>
        new() { TypedValue = [.. projections.Select(projection => projection.Version)] };
}

/// <summary>An event that could not be taken, and why.</summary>
internal sealed record ParkedEvent(
    WorkKey Key, long Number, Guid EventId, string EventType, string Code, string Reason, int SchemaNumber,
    int Version);
