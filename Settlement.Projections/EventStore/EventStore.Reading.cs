using System.Runtime.CompilerServices;
using NodaTime;
using Npgsql;

namespace Settlement.Projections.EventStore;

/// <summary>Reading the log. By plain SQL and our own names: a page of 2,000 events must be quick.</summary>
public sealed partial class EventStore
{
    private const int PageSize = 2000;
    private const int ReadAttempts = 3;

    /// <summary>A stream's events in order, whole or as it was at a version or a time.</summary>
    public async IAsyncEnumerable<Recorded> ReadStream(
        string tenant, string stream, long? upToVersion = null, Instant? asOf = null,
        [EnumeratorCancellation] CancellationToken stop = default)
    {
        const string Sql = $"""
            select {LogReader.Columns} from log.mt_events e
            where e.tenant_id = $1 and e.stream_id = $2 and e.version > $3 and e.version <= $4 and e.timestamp <= $5
            order by e.version limit 2000
            """;
        var reader = new LogReader(Names);
        var after = 0L;
        for (var full = true; full;)
        {
            await using var batch = source.CreateBatch();
            batch.BatchCommands.Add(Query.Command(
                Sql,
                Query.Text(tenant),
                Query.Text(stream),
                Query.Long(after),
                Query.Long(upToVersion ?? long.MaxValue),
                AsOf(asOf)));
            var page = await ReadPage(batch, reader, tenant, stop);
            foreach (var e in page.Events)
            {
                yield return e;
            }

            ThrowIfUnreadable(page);
            full = page.Events.Count == PageSize;
            after = full ? page.Events[^1].Version : after;
        }
    }

    /// <summary>The first event of each of these streams; what is no stream is left out.</summary>
    public async Task<IReadOnlyDictionary<string, Recorded>> FirstEvents(
        string tenant, IReadOnlyList<string> streams, CancellationToken stop)
    {
        const string Sql = $"""
            select {LogReader.Columns} from unnest($2) as wanted(stream_id)
            join log.mt_events e on e.tenant_id = $1 and e.stream_id = wanted.stream_id and e.version = 1
            """;
        var reader = new LogReader(Names);
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Query.Command(Sql, Query.Text(tenant), Query.Texts([.. streams])));
        var page = await ReadPage(batch, reader, tenant, stop);
        ThrowIfUnreadable(page);
        return page.Events.ToDictionary(e => e.Stream, StringComparer.Ordinal);
    }

    /// <summary>A stream's last event; null: there is no such stream.</summary>
    public async Task<Recorded?> LastEvent(string tenant, string stream, CancellationToken stop)
    {
        const string Sql = $"""
            select {LogReader.Columns} from log.mt_events e
            where e.tenant_id = $1 and e.stream_id = $2 order by e.version desc limit 1
            """;
        var reader = new LogReader(Names);
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Query.Command(Sql, Query.Text(tenant), Query.Text(stream)));
        var page = await ReadPage(batch, reader, tenant, stop);
        ThrowIfUnreadable(page);
        return page.Events is [var last] ? last : null;
    }

    /// <summary>The last event of each of these streams; what is no stream is left out.</summary>
    public async Task<IReadOnlyDictionary<string, Recorded>> LastEvents(
        string tenant, IReadOnlyList<string> streams, CancellationToken stop)
    {
        const string Sql = $"""
            select {LogReader.Columns} from unnest($2) as wanted(stream_id) cross join lateral (
              select k.* from log.mt_events k
              where k.tenant_id = $1 and k.stream_id = wanted.stream_id order by k.version desc limit 1) e
            """;
        var reader = new LogReader(Names);
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Query.Command(Sql, Query.Text(tenant), Query.Texts([.. streams])));
        var page = await ReadPage(batch, reader, tenant, stop);
        ThrowIfUnreadable(page);
        return page.Events.ToDictionary(e => e.Stream, StringComparer.Ordinal);
    }

    /// <summary>A tenant's events after a number, in the order of their commits.</summary>
    /// <param name="names">Reads facts as these have them; null = whole.</param>
    /// <param name="most">Ends after so many; null = at the end of the log.</param>
    public async IAsyncEnumerable<Recorded> ReadLog(
        string tenant, long after, long? upTo = null, EventNames? names = null, int? most = null,
        [EnumeratorCancellation] CancellationToken stop = default)
    {
        const string Sql = $"""
            select {LogReader.Columns} from log.mt_events e
            where e.tenant_id = $1 and e.seq_id > $2 and e.seq_id <= $3 and e.type <> 'tombstone'
            order by e.seq_id limit $4
            """;
        var reader = new LogReader(names ?? Names);
        var left = most ?? int.MaxValue;
        for (var size = Math.Min(PageSize, left); left > 0; size = Math.Min(PageSize, left))
        {
            await using var batch = source.CreateBatch();
            batch.BatchCommands.Add(Query.Command(
                Sql, Query.Text(tenant), Query.Long(after), Query.Long(upTo ?? long.MaxValue), Query.Long(size)));
            var page = await ReadPage(batch, reader, tenant, stop);
            foreach (var e in page.Events)
            {
                yield return e;
            }

            ThrowIfUnreadable(page);
            if (page.Events.Count < size)
            {
                yield break;
            }

            (left, after) = (left - size, page.Events[^1].Number);
        }
    }

    /// <summary>A tenant's newest events before a number, the newest first.</summary>
    public async Task<IReadOnlyList<Recorded>> NewestBefore(string tenant, long? before, int most, CancellationToken stop)
    {
        const string Sql = $"""
            select {LogReader.Columns} from log.mt_events e
            where e.tenant_id = $1 and e.seq_id < $2 and e.type <> 'tombstone'
            order by e.seq_id desc limit $3
            """;
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(Query.Command(
            Sql, Query.Text(tenant), Query.Long(before ?? long.MaxValue), Query.Long(most)));
        var page = await ReadPage(batch, new LogReader(Names), tenant, stop);
        ThrowIfUnreadable(page);
        return page.Events;
    }

    /// <summary>The last number of every tenant: the vector a report over tenants is frozen at.</summary>
    public async Task<IReadOnlyDictionary<string, long>> Heads(CancellationToken stop)
    {
        await using var command = source.CreateCommand("select tenant_id, last_number from tenant_heads");
        await using var reader = await command.ExecuteReaderAsync(stop);
        var heads = new SortedDictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(stop))
        {
            heads.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return heads;
    }

    /// <summary>Where every tenant's log stands, how much it holds, and which rows are in use.</summary>
    public Task<IReadOnlyList<TenantStatus>> Status(CancellationToken stop) => TenantStatus.Read(source, stop);

    /// <summary>The stream whose command holds a claim; null: nobody holds it.</summary>
    public async Task<string?> Holder(string tenant, string claim, CancellationToken stop)
    {
        await using var command = source.CreateCommand(
            """
            select e.stream_id from commands c
            join log.mt_events e on e.tenant_id = c.tenant_id and e.seq_id = c.first_number
            where c.tenant_id = $1 and c.command_id = $2
            """);
        command.Parameters.Add(Query.Text(tenant));
        command.Parameters.Add(Query.Text(claim));
        return await command.ExecuteScalarAsync(stop) as string;
    }

    /// <summary>Who holds claims, or stored commands of these ids, in other tenants.</summary>
    public async Task<IReadOnlyList<(string Tenant, string Claim, string Stream)>> Holders(
        IReadOnlyList<string> tenants, IReadOnlyList<string> claims, CancellationToken stop)
    {
        await using var command = source.CreateCommand(
            """
            select t.tenant_id, c.command_id, e.stream_id
            from unnest($1::varchar[]) as t(tenant_id) cross join unnest($2::varchar[]) as w(id)
            cross join lateral (
              select k.command_id, k.first_number from commands k
              where k.tenant_id = t.tenant_id and k.command_id = w.id limit 1) c
            join log.mt_events e on e.tenant_id = t.tenant_id and e.seq_id = c.first_number
            """);
        command.Parameters.Add(Query.Texts([.. tenants]));
        command.Parameters.Add(Query.Texts([.. claims]));
        var holders = new List<(string, string, string)>();
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            holders.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        }

        return holders;
    }

    private static async Task<LogPage> ReadPage(
        NpgsqlBatch batch, LogReader reader, string tenant, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var rows = await batch.ExecuteReaderAsync(stop);
                return await reader.ReadAll(rows, tenant, stop);
            }
            catch (Exception e) when (attempt < ReadAttempts && SqlStates.IsOutage(e) && !stop.IsCancellationRequested)
            {
                // a connection of before a restart; reading again does no harm
            }
        }
    }

    private static void ThrowIfUnreadable(LogPage page)
    {
        if (page.Unreadable is { } bad)
        {
            throw new CorruptLogException($"Event {bad.Number} ({bad.Type}) cannot be read.", bad.Reason);
        }
    }

    private static NpgsqlParameter<DateTime> AsOf(Instant? time) => new NpgsqlParameter<DateTime>
    {
        TypedValue = time?.ToDateTimeUtc() ?? DateTime.MaxValue, // stands for infinity
        NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz,
    };
}
