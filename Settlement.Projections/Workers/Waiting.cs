using System.Collections.Concurrent;
using System.Globalization;
using NodaTime;
using Npgsql;
using Settlement.Domain;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Workers;

/// <summary>Questions about checkpoints: who waits for what, who is parked.</summary>
internal static class Waiting
{
    private const string FindBehind = """
        select w.tenant_id, w.number, coalesce(l.number, 0), k.number, k.reason
        from unnest($2, $3) as w(tenant_id, number)
        left join projection_live l on l.tenant_id = w.tenant_id and l.projection = $1
        left join parked k
          on k.tenant_id = w.tenant_id and k.projection = $1 and k.generation = l.generation
        where coalesce(l.number, 0) < w.number
        order by w.tenant_id
        limit 1
        """;

    private const string FindLags = """
        select h.tenant_id, known.projection, coalesce(l.version, 0), coalesce(l.number, 0), h.last_number,
          k.number is not null
        from tenant_heads h
        cross join unnest($1) as known(projection)
        left join projection_live l on l.tenant_id = h.tenant_id and l.projection = known.projection
        left join parked k
          on k.tenant_id = h.tenant_id and k.projection = known.projection and k.generation = l.generation
        order by h.tenant_id, known.projection
        """;

    private const string FindParked = """
        select tenant_id, projection, generation, number, event_type, code, reason, schema_number, parked_at
        from parked
        order by tenant_id, projection, generation
        """;

    private const string FindKeys = """
        select tenant_id, projection, generation from projection_progress p
        where projection = any($1) and (live or not exists (
          select from projection_progress l
          where l.tenant_id = p.tenant_id and l.projection = p.projection and l.live
            and l.generation > p.generation))
        order by tenant_id
        """;

    private const string Unpark = "delete from parked where tenant_id = $1 and projection = $2";

    /// <param name="Hopeless">It is parked: waiting longer does not help.</param>
    public sealed record Answer(Refusal Refusal, bool Hopeless);

    /// <summary>The first tenant that is behind the wanted numbers.</summary>
    public static async Task<Answer?> Behind(
        NpgsqlDataSource source, string projection, IReadOnlyDictionary<string, long> heads, CancellationToken stop)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(AppendSql.Command(
            FindBehind,
            AppendSql.Text(projection),
            AppendSql.Texts([.. heads.Keys]),
            AppendSql.Longs([.. heads.Values])));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        if (!await reader.ReadAsync(stop))
        {
            return null;
        }

        var (tenant, wanted, reached) = (reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2));
        var parked = !await reader.IsDBNullAsync(3, stop);
        var why = parked
            ? string.Create(CultureInfo.InvariantCulture, $"it is parked at {reader.GetInt64(3)}: {reader.GetString(4)}")
            : "try again, or see whether workers are running";
        return new Answer(
            new Refusal("projection.behind", string.Create(
                CultureInfo.InvariantCulture,
                $"{projection} of {tenant} is at {reached}, the log at {wanted}; {why}.")),
            parked);
    }

    public static async Task<IReadOnlyList<ProjectionLag>> Lags(
        NpgsqlDataSource source, IReadOnlyList<IProjection> projections, CancellationToken stop)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(AppendSql.Command(
            FindLags, AppendSql.Texts([.. projections.Select(projection => projection.Name)])));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var lags = new List<ProjectionLag>();
        while (await reader.ReadAsync(stop))
        {
            lags.Add(new ProjectionLag(
                reader.GetString(0),
                reader.GetString(1),
                reader.GetInt32(2),
                reader.GetInt64(3),
                reader.GetInt64(4),
                reader.GetBoolean(5)));
        }

        return lags;
    }

    public static async Task<IReadOnlyList<ParkedProjection>> Parked(NpgsqlDataSource source, CancellationToken stop)
    {
        await using var command = source.CreateCommand(FindParked);
        await using var reader = await command.ExecuteReaderAsync(stop);
        var parked = new List<ParkedProjection>();
        while (await reader.ReadAsync(stop))
        {
            parked.Add(new ParkedProjection(
                reader.GetString(0),
                reader.GetString(1),
                reader.GetInt64(2),
                reader.GetInt64(3),
                reader.GetString(4),
                reader.GetString(5),
                reader.GetString(6),
                reader.GetInt32(7),
                Instant.FromDateTimeUtc(reader.GetDateTime(8))));
        }

        return parked;
    }

    public static async Task<bool> Resume(
        NpgsqlDataSource source, string tenant, string projection, CancellationToken stop)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(AppendSql.Command(Unpark, AppendSql.Text(tenant), AppendSql.Text(projection)));
        return await batch.ExecuteNonQueryAsync(stop) > 0;
    }

    /// <summary>Refreshes what is known about which generations a tenant has.</summary>
    public static async Task ReadKeys(
        NpgsqlDataSource source, IReadOnlyList<IProjection> projections,
        ConcurrentDictionary<string, WorkKey[]> keysOfTenant, CancellationToken stop)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(AppendSql.Command(
            FindKeys, AppendSql.Texts([.. projections.Select(projection => projection.Name)])));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var found = new List<WorkKey>();
        while (await reader.ReadAsync(stop))
        {
            found.Add(new WorkKey(reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
        }

        foreach (var tenant in found.GroupBy(key => key.Tenant, StringComparer.Ordinal))
        {
            keysOfTenant[tenant.Key] = [.. tenant];
        }
    }
}
