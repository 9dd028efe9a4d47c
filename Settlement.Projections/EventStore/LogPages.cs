using System.Globalization;
using System.Runtime.CompilerServices;
using NodaTime;
using Npgsql;

namespace Settlement.Projections.EventStore;

/// <summary>Where a tenant's log ended when the check began.</summary>
internal sealed record LogHead(string Tenant, long Number, byte[] Seal);

internal sealed record SealRow(long First, long Last, long Count, byte[] Seal, byte[] Digests);

/// <summary>Reads what a check of seals compares, in pages; the next page of events comes while one is hashed.</summary>
internal sealed class LogPages(NpgsqlDataSource source)
{
    private const int PageSize = 4000;

    private const string FindHeads = """
        select tenant_id, last_number, last_seal from tenant_heads where $1 is null or tenant_id = $1 order by tenant_id
        """;

    // a seal over a page of an import has 64 KB of digests, one over a single event 32 bytes
    private const string FindSeals = """
        select first_number, last_number, count, seal, digests
        from (
          select p.*, sum(count) over (order by first_number) - count as before
          from (
            select first_number, last_number, count, seal, digests from seals
            where tenant_id = $1 and first_number > $2 order by first_number limit 500) p) q
        where before < 20000
        order by first_number
        """;

    private const string FindEvents = """
        select e.seq_id, e.id, e.version, e.timestamp, e.stream_id, e.type, e.correlation_id, e.causation_id,
          e.headers::text, e.data::text
        from log.mt_events e
        where e.tenant_id = $1 and e.seq_id > $2 and e.seq_id <= $3 and e.type <> 'tombstone'
        order by e.seq_id limit 4000
        """;

    // One statement sees one moment: appends that go on meanwhile change both sides together.
    private const string FindWrongStream = """
        select s.id, s.version, e.id, e.version, e.last
        from (select id, version from log.mt_streams where tenant_id = $1 and id <> 'mt_tombstone') s
        full join (
          select stream_id as id, max(version) as version, max(seq_id) as last
          from log.mt_events where tenant_id = $1 and type <> 'tombstone' group by stream_id) e on e.id = s.id
        where s.version is distinct from e.version
        order by e.last nulls last, s.id
        limit 1
        """;

    public async Task<List<LogHead>> Heads(string? tenant, CancellationToken stop)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Query.Command(
            FindHeads,
            new NpgsqlParameter { Value = (object?)tenant ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Varchar }));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var heads = new List<LogHead>();
        while (await reader.ReadAsync(stop))
        {
            heads.Add(new LogHead(reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)));
        }

        return heads;
    }

    public async IAsyncEnumerable<SealRow> Seals(string tenant, [EnumeratorCancellation] CancellationToken stop)
    {
        for (var after = 0L; ;)
        {
            var page = await SealPage(tenant, after, stop);
            foreach (var seal in page)
            {
                yield return seal;
            }

            if (page.Count == 0)
            {
                yield break;
            }

            after = page[^1].First;
        }
    }

    /// <summary>Each event's number with the digest of what is stored.</summary>
    public async IAsyncEnumerable<(long Number, byte[] Digest)> Events(
        string tenant, long upTo, [EnumeratorCancellation] CancellationToken stop)
    {
        var coming = EventPage(tenant, long.MinValue, upTo, stop);
        while (true)
        {
            var page = await coming;
            if (page.Count == 0)
            {
                yield break;
            }

            coming = EventPage(tenant, page[^1].Number, upTo, stop);
            var digests = new byte[page.Count][];
            Parallel.For(0, page.Count, i => digests[i] = SealedEvent.Digest(page[i]));
            for (var i = 0; i < digests.Length; i++)
            {
                yield return (page[i].Number, digests[i]);
            }
        }
    }

    /// <summary>Marten reads a stream's version from log.mt_streams: it must be that of its last event.</summary>
    public async Task<BadEvent?> WrongStream(LogHead head, CancellationToken stop)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Query.Command(FindWrongStream, Query.Text(head.Tenant)));
        batch.Timeout = 0; // it goes through all the tenant's events
        await using var reader = await batch.ExecuteReaderAsync(stop);
        if (!await reader.ReadAsync(stop))
        {
            return null;
        }

        string Version(int column) =>
            reader.IsDBNull(column) ? "missing" : reader.GetInt64(column).ToString(CultureInfo.InvariantCulture);
        var stream = reader.GetString(reader.IsDBNull(0) ? 2 : 0);
        return new BadEvent(
            head.Tenant, reader.IsDBNull(4) ? head.Number : reader.GetInt64(4), "log.stream-version",
            $"Stream {stream}: version {Version(1)} in mt_streams, {Version(3)} in mt_events.");
    }

    /// <summary>An event after the tenant's last sealed one, as it is now; null: there is none.</summary>
    public async Task<long?> Unsealed(string tenant, CancellationToken stop)
    {
        await using var command = source.CreateCommand("""
            select min(e.seq_id) from log.mt_events e where e.tenant_id = $1 and e.type <> 'tombstone'
              and e.seq_id > (select h.last_number from tenant_heads h where h.tenant_id = $1)
            """);
        command.Parameters.Add(Query.Text(tenant));
        return await command.ExecuteScalarAsync(stop) as long?;
    }

    /// <summary>Numbers that a failed batch drew, marked by Marten.</summary>
    public async Task<long> Tombstones(CancellationToken stop)
    {
        await using var command = source.CreateCommand("select count(*) from log.mt_events where stream_id = 'mt_tombstone'");
        return (long)(await command.ExecuteScalarAsync(stop))!;
    }

    private async Task<List<SealRow>> SealPage(string tenant, long after, CancellationToken stop)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Query.Command(FindSeals, Query.Text(tenant), Query.Long(after)));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var page = new List<SealRow>();
        while (await reader.ReadAsync(stop))
        {
            page.Add(new SealRow(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetFieldValue<byte[]>(3),
                reader.GetFieldValue<byte[]>(4)));
        }

        return page;
    }

    private async Task<List<SealedEvent>> EventPage(string tenant, long after, long upTo, CancellationToken stop)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(
            Query.Command(FindEvents, Query.Text(tenant), Query.Long(after), Query.Long(upTo)));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var page = new List<SealedEvent>(PageSize);
        while (await reader.ReadAsync(stop))
        {
            page.Add(new SealedEvent(
                reader.GetInt64(0), reader.GetGuid(1), reader.GetInt64(2),
                Instant.FromDateTimeUtc(reader.GetDateTime(3)), reader.GetString(4), reader.GetString(5),
                Text(6), Text(7), Text(8), reader.GetString(9)));
        }

        return page;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
