using Npgsql;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Workers;

/// <summary>One tenant of a rebuilt projection.</summary>
/// <param name="Before">Digest of the rows that were in use; null where they stand at another number (parked).</param>
/// <param name="After">Digest of the rows built again, now in use.</param>
/// <param name="IsSwitched">False: the new rows could not be finished, the old ones stay in use.</param>
public sealed record RebuiltTenant(string Tenant, ProjectionDigest? Before, ProjectionDigest After, bool IsSwitched)
{
    /// <summary>The rows that were in use are what the log says.</summary>
    public bool IsEqual => Before?.Sha256 == After.Sha256;
}

/// <summary>
/// Builds a projection's rows again under a new generation, while readers go on with the live one; then, under both
/// checkpoints' locks, compares and switches in one update. The log is right: where they differ, the new rows are
/// taken and the difference is told.
/// </summary>
internal sealed class Rebuild(Workers workers, IProjection projection, WorkerOptions options)
{
    private const string FindGenerations = """
        select p.tenant_id, p.generation, p.live, p.version
        from projection_progress p where p.projection = $1
        order by p.tenant_id, p.generation
        """;

    private const string LockBoth = """
        select generation, number, live from projection_progress
        where tenant_id = $1 and projection = $2 and generation in ($3, $4)
        order by generation
        for update
        """;

    private const string Switch = """
        update projection_progress set live = (generation = $3), updated = now()
        where tenant_id = $1 and projection = $2 and (live or generation = $3)
        """;

    private const string Forget = """
        delete from projection_progress where tenant_id = $1 and projection = $2 and generation = $3 and not live
        """;

    private const string ForgetParked = """
        delete from parked where tenant_id = $1 and projection = $2 and generation = $3
        """;

    private readonly record struct Generation(WorkKey Key, bool IsLive, int Version);

    /// <summary>Every tenant, one after the other. A rebuild that was broken off is taken up where it stopped.</summary>
    public async Task<IReadOnlyList<RebuiltTenant>> Run(CancellationToken stop)
    {
        await ProgressSql.CreateMissing(workers.Source, [projection], stop);
        var rebuilt = new List<RebuiltTenant>();
        foreach (var tenant in (await Generations(stop)).GroupBy(g => g.Key.Tenant, StringComparer.Ordinal).ToList())
        {
            var live = tenant.Single(generation => generation.IsLive);
            await DeleteLeftovers(tenant.Where(g => g.Key.Generation < live.Key.Generation), stop);
            var building = tenant.LastOrDefault(
                g => g.Key.Generation > live.Key.Generation && g.Version == projection.Version);
            if (building.Key.Tenant is null)
            {
                var next = tenant.Max(g => g.Key.Generation) + 1;
                building = new Generation(live.Key with { Generation = next }, IsLive: false, projection.Version);
                await ProgressSql.CreateProgress(workers.Source, building.Key, projection.Version, live: false, stop);
            }

            await workers.WorkOff(building.Key, stop);
            rebuilt.Add(await CompareAndSwitch(live, building, stop)
                ?? throw new InvalidOperationException(
                    $"Another process switched {projection.Name} of {tenant.Key} in the meantime; rebuild again."));
        }

        return rebuilt;
    }

    /// <summary>Switches tenants whose rows of a newer version have caught up with the live ones.</summary>
    public async Task SwitchUpgraded(CancellationToken stop)
    {
        foreach (var tenant in (await Generations(stop)).GroupBy(g => g.Key.Tenant, StringComparer.Ordinal).ToList())
        {
            var live = tenant.FirstOrDefault(generation => generation.IsLive);
            var building = tenant.LastOrDefault(g => g.Key.Generation > live.Key.Generation);
            if (live.Key.Tenant is not null && building.Key.Tenant is not null
                && building.Version > live.Version && building.Version == projection.Version)
            {
                await CompareAndSwitch(live, building, stop);
            }
        }
    }

    /// <summary>Null: another process has switched already.</summary>
    private async Task<RebuiltTenant?> CompareAndSwitch(
        Generation live, Generation building, CancellationToken stop)
    {
        await using var connection = await workers.Source.OpenConnectionAsync(stop);
        ProjectionDigest? before;
        ProjectionDigest after;
        await using (var transaction = await connection.BeginTransactionAsync(stop))
        {
            if (await Lock(connection, live, building, stop) is not var (liveAt, buildingAt))
            {
                return null;
            }

            var (liveNumber, buildingNumber) = await Level(
                connection, transaction, (live.Key, liveAt), (building.Key, buildingAt), stop);
            var sameRows = live.Version == building.Version && liveNumber == buildingNumber;
            before = sameRows
                ? await TableDigest.Of(connection, projection, live.Key, liveNumber, stop)
                : null;
            after = await TableDigest.Of(connection, projection, building.Key, buildingNumber, stop);
            if (buildingNumber < liveNumber)
            {
                return new RebuiltTenant(live.Key.Tenant, before, after, IsSwitched: false);
            }

            await Execute(connection, ProgressSql.WithKey(Switch, building.Key), stop);
            await transaction.CommitAsync(stop);
        }

        await DeleteLeftovers([live], stop);
        workers.Ring();
        return new RebuiltTenant(live.Key.Tenant, before, after, IsSwitched: true);
    }

    /// <summary>Brings both to the same number, if the one behind can be brought there.</summary>
    private async Task<(long Live, long Building)> Level(
        NpgsqlConnection connection, NpgsqlTransaction transaction, (WorkKey Key, long Number) live,
        (WorkKey Key, long Number) building, CancellationToken stop)
    {
        var log = workers.Worker.Reader(projection);
        while (live.Number != building.Number)
        {
            var isLive = live.Number < building.Number;
            var behind = isLive ? live : building;
            var missing = Math.Abs(live.Number - building.Number);
            var most = ((int)Math.Min(missing, options.BatchSize), options.SchemaNumber);
            var page = await ProgressSql.Begin(connection, behind.Key, most, log, stop);
            if (page is not { Unreadable: null, Events: [.., var last] })
            {
                break;
            }

            await transaction.SaveAsync("level", stop);
            try
            {
                await projection.Apply(
                    connection, transaction, behind.Key.Tenant, behind.Key.Generation, page.Events, stop);
            }
            catch (Exception e) when (!SqlStates.IsOutage(e) && !stop.IsCancellationRequested)
            {
                await transaction.RollbackAsync("level", stop);
                break;
            }

            await ProgressSql.MoveTo(connection, behind.Key, behind.Number, last.Number, stop);
            (live.Number, building.Number) =
                isLive ? (last.Number, building.Number) : (live.Number, last.Number);
        }

        return (live.Number, building.Number);
    }

    private static async Task<(long Live, long Building)?> Lock(
        NpgsqlConnection connection, Generation live, Generation building, CancellationToken stop)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        batch.BatchCommands.Add(
            ProgressSql.WithKey(LockBoth, live.Key, AppendSql.Long(building.Key.Generation)));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var numbers = new Dictionary<long, (long Number, bool Live)>();
        while (await reader.ReadAsync(stop))
        {
            numbers.Add(reader.GetInt64(0), (reader.GetInt64(1), reader.GetBoolean(2)));
        }

        return numbers.TryGetValue(live.Key.Generation, out var old) && old.Live
            && numbers.TryGetValue(building.Key.Generation, out var fresh)
                ? (old.Number, fresh.Number)
                : null;
    }

    /// <summary>Checkpoint first: it locks out a worker that still fills this generation.</summary>
    private async Task DeleteLeftovers(IEnumerable<Generation> dead, CancellationToken stop)
    {
        foreach (var generation in dead)
        {
            await using var connection = await workers.Source.OpenConnectionAsync(stop);
            await using var transaction = await connection.BeginTransactionAsync(stop);
            await Execute(connection, ProgressSql.WithKey(Forget, generation.Key), stop);
            await Execute(connection, ProgressSql.WithKey(ForgetParked, generation.Key), stop);
            foreach (var table in projection.Tables)
            {
                var delete = AppendSql.Command(
                    $"delete from {table} where tenant_id = $1 and generation = $2",
                    AppendSql.Text(generation.Key.Tenant),
                    AppendSql.Long(generation.Key.Generation));
                await Execute(connection, delete, stop);
            }

            await transaction.CommitAsync(stop);
        }
    }

    private async Task<List<Generation>> Generations(CancellationToken stop)
    {
        await using var batch = workers.Source.CreateBatch();
        batch.BatchCommands.Add(AppendSql.Command(FindGenerations, AppendSql.Text(projection.Name)));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var found = new List<Generation>();
        while (await reader.ReadAsync(stop))
        {
            var key = new WorkKey(reader.GetString(0), projection.Name, reader.GetInt64(1));
            found.Add(new Generation(key, reader.GetBoolean(2), reader.GetInt32(3)));
        }

        return found;
    }

    private static async Task Execute(NpgsqlConnection connection, NpgsqlBatchCommand command, CancellationToken stop)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command }, Timeout = 0 };
        await batch.ExecuteNonQueryAsync(stop);
    }
}
