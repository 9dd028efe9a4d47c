using NodaTime;
using Npgsql;

namespace Settlement.Projections.EventStore;

/// <summary>Where a tenant's log ends and which of its rows are in use, read under its lock.</summary>
/// <param name="Number">Of its last event; 0 = it has none.</param>
/// <param name="Generation">Of the rows that readers see.</param>
/// <param name="Version">Of the ledger code that writes them.</param>
internal sealed record Head(long Number, byte[] Seal, Instant Time, long Generation, int Version, long Events);

/// <summary>Lets one writer of a tenant in at a time, in the order in which they came.</summary>
internal static class TenantLock
{
    // An advisory lock is served in order of arrival, a row lock is not: beside an importer that takes it again and
    // again a post would wait for seconds.
    // On tables that were analysed while empty PostgreSQL would plan to read all of them for each row, and keep that plan
    // for the life of a connection (measured: 1,040 instead of 130 us a CDR): a writer may not read whole tables.
    private const string Take = """
        select set_config('enable_seqscan', 'off', true), pg_advisory_xact_lock(hashtextextended($1, 714))
        """;

    // under the lock nobody else gives one
    private const string GiveHead = """
        insert into tenant_heads (tenant_id, last_number, events, last_seal, last_time, generation, ledger_version)
        select $1, 0, 0, $2, '-infinity', 1, $3 where not exists (select from tenant_heads where tenant_id = $1)
        """;

    private const string LockHead = """
        select last_number, last_seal, last_time, generation, ledger_version, events
        from tenant_heads where tenant_id = $1 for update
        """;

    // "limit 1" makes each id one look into the index. A plain join leaves the planner the choice, and for a tenant
    // that looks small to it, it reads all the tenant's rows for each id (measured: ten times slower).
    private const string FindCommands = """
        select c.command_id, c.input_hash, c.first_number, c.last_number
        from unnest($2) as w(id) cross join lateral (
          select k.command_id, k.input_hash, k.first_number, k.last_number from commands k
          where k.tenant_id = $1 and k.command_id = w.id limit 1) c
        """;

    private const string FindStreams = """
        select s.id, s.version
        from unnest($2) as w(id) cross join lateral (
          select k.id, k.version from log.mt_streams k where k.tenant_id = $1 and k.id = w.id limit 1) s
        """;

    /// <summary>Waits for the lock, then reads what a batch needs to know: one round trip.</summary>
    public static async Task<AppendState> Look(
        NpgsqlTransaction transaction, string tenant, int ledgerVersion, IReadOnlyList<StoreCommand> commands,
        CancellationToken stop)
    {
        var streams = commands.SelectMany(command => command.Streams.Select(facts => facts.Stream)
            .Concat(command.Requires.Select(required => required.Stream)));
        var asked = commands.SelectMany(command => command.Claims.Prepend(command.Id));
        await using var batch = Begin(transaction, tenant, ledgerVersion);
        batch.BatchCommands.Add(
            Query.Command(FindCommands, Query.Text(tenant), Query.Texts([.. asked.Distinct(StringComparer.Ordinal)])));
        batch.BatchCommands.Add(
            Query.Command(FindStreams, Query.Text(tenant), Query.Texts([.. streams.Distinct(StringComparer.Ordinal)])));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var head = await ReadHead(reader, stop);
        await reader.NextResultAsync(stop);
        var known = new Dictionary<string, KnownCommand>(StringComparer.Ordinal);
        while (await reader.ReadAsync(stop))
        {
            known[reader.GetString(0)] =
                new KnownCommand(reader.GetFieldValue<byte[]>(1), reader.GetInt64(2), reader.GetInt64(3));
        }

        await reader.NextResultAsync(stop);
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(stop))
        {
            versions[reader.GetString(0)] = reader.GetInt64(1);
        }

        return new AppendState(head, known, versions);
    }

    /// <summary>Waits for the lock; where the log ends cannot change until the transaction does.</summary>
    public static async Task<Head> Hold(
        NpgsqlTransaction transaction, string tenant, int ledgerVersion, CancellationToken stop)
    {
        await using var batch = Begin(transaction, tenant, ledgerVersion);
        await using var reader = await batch.ExecuteReaderAsync(stop);
        return await ReadHead(reader, stop);
    }

    /// <summary>Whether somebody waits for a tenant's lock now.</summary>
    public static async Task<bool> IsWanted(NpgsqlDataSource source, string tenant, CancellationToken stop)
    {
        await using var command = source.CreateCommand("""
            select exists (select from pg_locks where locktype = 'advisory' and not granted
              and (classid::bigint << 32) | objid::bigint = hashtextextended($1, 714))
            """);
        command.Parameters.Add(Query.Text(tenant));
        return await command.ExecuteScalarAsync(stop) is true;
    }

    private static NpgsqlBatch Begin(NpgsqlTransaction transaction, string tenant, int ledgerVersion) =>
        new(transaction.Connection, transaction)
        {
            BatchCommands =
            {
                Query.Command(Take, Query.Text(tenant)),
                Query.Command(GiveHead, Query.Text(tenant), Query.Binary(Seals.Genesis(tenant)), Query.Int(ledgerVersion)),
                Query.Command(LockHead, Query.Text(tenant)),
            },
        };

    private static async Task<Head> ReadHead(NpgsqlDataReader reader, CancellationToken stop)
    {
        await reader.NextResultAsync(stop); // past the lock; an insert has no result
        await reader.ReadAsync(stop);
        return new Head(
            reader.GetInt64(0), reader.GetFieldValue<byte[]>(1), Query.StoredTime(reader, 2), reader.GetInt64(3),
            reader.GetInt32(4), reader.GetInt64(5));
    }
}
