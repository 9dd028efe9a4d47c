using System.Globalization;
using Npgsql;

namespace Settlement.Projections.EventStore;

/// <summary>Marten, and an append, read a stream's version from mt_streams: it must be that of its last event.</summary>
internal static class StreamVersions
{
    // One statement sees one moment: appends that go on meanwhile change both sides together.
    private const string FindWrongStream = """
        select s.id, s.version, e.id, e.version, e.last
        from (select id, version from mt_streams where tenant_id = $1) s
        full join (
          select stream_id as id, max(version) as version, max(seq_id) as last
          from mt_events where tenant_id = $1 group by stream_id) e on e.id = s.id
        where s.version is distinct from e.version
        order by e.last nulls last, s.id
        limit 1
        """;

    public static async Task<BadEvent?> Check(
        NpgsqlDataSource source, string tenant, long head, CancellationToken stop)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(AppendSql.Command(FindWrongStream, AppendSql.Text(tenant)));
        batch.Timeout = 0; // it goes through all the tenant's events
        await using var reader = await batch.ExecuteReaderAsync(stop);
        if (!await reader.ReadAsync(stop))
        {
            return null;
        }

        string Version(int column) => reader.IsDBNull(column)
            ? "missing"
            : reader.GetInt64(column).ToString(CultureInfo.InvariantCulture);
        var stream = reader.GetString(reader.IsDBNull(0) ? 2 : 0);
        return new BadEvent(
            tenant, reader.IsDBNull(4) ? head : reader.GetInt64(4), "log.stream-version",
            $"Stream {stream}: version {Version(1)} in mt_streams, {Version(3)} in mt_events.");
    }
}
