using System.Globalization;
using Npgsql;
using Settlement.Projections.EventStore;
using Store = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>One tenant whose rows were built again.</summary>
/// <param name="Before">Digest of the rows that were in use; null where another ledger version wrote them.</param>
/// <param name="After">Digest of the rows built again, now in use.</param>
/// <param name="Events">Of the log they were built from.</param>
public sealed record RebuiltTenant(string Tenant, LedgerDigest? Before, LedgerDigest After, long Events)
{
    /// <summary>The rows that were in use are what the log says.</summary>
    public bool IsEqual => Before?.Sha256 == After.Sha256;
}

/// <summary>
/// Builds the ledger's rows again from the log in a new generation, while readers and writers go on with the live one;
/// then, under the tenant's lock, takes in what came meanwhile, compares and switches in one update. The log is right:
/// where they differ the new rows are taken and the difference is told.
/// </summary>
public sealed class Rebuild(Store store, ILedger ledger)
{
    private const int PageSize = 2000;

    private const string FindTenants = """
        select tenant_id, generation, ledger_version from tenant_heads where $1 is null or ledger_version < $1 order by tenant_id
        """;

    // What nobody reads yet need not be on the disk before its next page: the commit that switches to it waits for all.
    private const string Unhurried = "set local synchronous_commit = off";

    private const string Switch =
        "update tenant_heads set generation = $2, ledger_version = $3 where tenant_id = $1 and generation = $4";

    /// <summary>Every tenant, one after the other.</summary>
    public Task<IReadOnlyList<RebuiltTenant>> Run(CancellationToken stop) => Run(null, stop);

    /// <summary>Tenants whose rows are of an older ledger version: only then does this program write there.</summary>
    public Task<IReadOnlyList<RebuiltTenant>> Upgrade(CancellationToken stop) => Run(ledger.Version, stop);

    private async Task<IReadOnlyList<RebuiltTenant>> Run(int? olderThan, CancellationToken stop)
    {
        var rebuilt = new List<RebuiltTenant>();
        foreach (var (tenant, generation, version) in await Tenants(olderThan, stop))
        {
            rebuilt.Add(await Build(tenant, generation, version, stop));
        }

        return rebuilt;
    }

    private async Task<RebuiltTenant> Build(string tenant, long live, int version, CancellationToken stop)
    {
        var next = live + 1;
        await Delete(tenant, next, stop); // what a rebuild that was broken off left
        var reached = 0L;
        while (await Page(tenant, next, reached, stop) is { } number)
        {
            reached = number;
        }

        var rebuilt = await CompareAndSwitch(tenant, live, version, reached, stop);
        await Delete(tenant, live, stop);
        return rebuilt;
    }

    /// <summary>Builds the rows of the next events; null: there are none.</summary>
    private async Task<long?> Page(string tenant, long generation, long after, CancellationToken stop)
    {
        var events = await Next(tenant, after, stop);
        if (events.Count == 0)
        {
            return null;
        }

        await using var connection = await store.Source.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await Execute(connection, new NpgsqlBatchCommand(Unhurried), stop);
        await ledger.Apply(new RowTarget(connection, transaction, tenant, generation), events, stop);
        await transaction.CommitAsync(stop);
        return events[^1].Number;
    }

    private async Task<RebuiltTenant> CompareAndSwitch(
        string tenant, long live, int version, long reached, CancellationToken stop)
    {
        await using var connection = await store.Source.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var head = await TenantLock.Hold(transaction, tenant, ledger.Version, stop);
        if (head.Generation != live)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"Another process switched the rows of {tenant} to {head.Generation} in the meantime; rebuild again."));
        }

        var target = new RowTarget(connection, transaction, tenant, live + 1);
        while (reached < head.Number && await Next(tenant, reached, stop) is { Count: > 0 } events)
        {
            await ledger.Apply(target, events, stop);
            reached = events[^1].Number;
        }

        var before = version == ledger.Version
            ? await LedgerDigest.Of(connection, ledger, tenant, live, head.Number, stop)
            : null;
        var after = await LedgerDigest.Of(connection, ledger, tenant, live + 1, head.Number, stop);
        await Execute(
            connection,
            Query.Command(Switch, Query.Text(tenant), Query.Long(live + 1), Query.Int(ledger.Version), Query.Long(live)),
            stop);
        await transaction.CommitAsync(stop);
        return new RebuiltTenant(tenant, before, after, head.Events);
    }

    private async Task<List<Recorded>> Next(string tenant, long after, CancellationToken stop)
    {
        var events = new List<Recorded>(PageSize);
        await foreach (var e in store.ReadLog(tenant, after, names: ledger.Reads, most: PageSize, stop: stop))
        {
            events.Add(e);
        }

        return events;
    }

    private async Task Delete(string tenant, long generation, CancellationToken stop)
    {
        await using var connection = await store.Source.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        foreach (var table in ledger.Tables)
        {
            await Execute(
                connection,
                Query.Command(
                    $"delete from {table} where tenant_id = $1 and generation = $2",
                    Query.Text(tenant), Query.Long(generation)),
                stop);
        }

        await transaction.CommitAsync(stop);
    }

    private async Task<List<(string Tenant, long Generation, int Version)>> Tenants(int? olderThan, CancellationToken stop)
    {
        await using var batch = store.Source.CreateBatch();
        batch.BatchCommands.Add(Query.Command(FindTenants, new NpgsqlParameter
        {
            Value = (object?)olderThan ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer,
        }));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var found = new List<(string, long, int)>();
        while (await reader.ReadAsync(stop))
        {
            found.Add((reader.GetString(0), reader.GetInt64(1), reader.GetInt32(2)));
        }

        return found;
    }

    private static async Task Execute(NpgsqlConnection connection, NpgsqlBatchCommand command, CancellationToken stop)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command }, Timeout = 0 };
        await batch.ExecuteNonQueryAsync(stop);
    }
}
