using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Marten;
using NodaTime;
using Npgsql;
using Settlement.Domain;
using Settlement.Projections.Tables;

namespace Settlement.Projections.EventStore;

/// <summary>
/// The log and the ledger: facts in streams, numbered in the order of a tenant's commits, each transaction sealed, the
/// ledger's rows written with them. Marten's tables and Marten's append: nothing is overwritten, a command is stored once.
/// </summary>
#pragma warning disable MA0049 // the folder holds what belongs to the store, the class is the store
public sealed class EventStore : IDisposable
{
    /// <summary>Commands of one bulk transaction while nobody waits for the tenant's lock.</summary>
    public const int BulkPage = 1000;

    /// <summary>Commands of one bulk transaction while somebody waits: a post waits less than 0.1 s for it.</summary>
    public const int SmallPage = 250;

    private const int PageSize = 2000;
    private const int ReadAttempts = 3;

    private readonly NpgsqlDataSource source;
    private readonly FactSerializer serializer;
    private readonly Lazy<DocumentStore> marten;
    private readonly TenantWriter writer;
    private readonly ConcurrentDictionary<string, TenantQueue> queues = new(StringComparer.Ordinal);

    /// <param name="ledger">Null = the settlement ledger.</param>
    public EventStore(
        NpgsqlDataSource source, EventNames? names = null, TimeProvider? clock = null, ILedger? ledger = null)
    {
        this.source = source;
        Ledger = ledger ?? new SettlementLedger();
        serializer = new FactSerializer(names ?? EventNames.Standard);
        marten = new(() => DocumentStore.For(options => MartenLog.Configure(options, source, serializer)));
        writer = new TenantWriter(source, marten, serializer.Names, Ledger, clock ?? TimeProvider.System);
    }

    /// <summary>
    /// False: whoever appends has not asked whether they may, which is a bug. So the command line opens it.
    /// </summary>
    public bool IsWritable { get; set; } = true;

    /// <summary>Events that this program wrote since it started.</summary>
    public long Written => writer.Written;

    /// <summary>Messages that follow facts, stored with them; null: whoever writes does what follows itself.</summary>
    public IFollowing? Following
    {
        get => writer.Following;
        set => writer.Following = value;
    }

    /// <summary>Writes the rows in the transactions of this store.</summary>
    public ILedger Ledger { get; }

    internal EventNames Names => serializer.Names;

    internal NpgsqlDataSource Source => source;

    internal TenantWriter Writer => writer;

    /// <summary>Stores a command's facts; returns when they are durable, or when they are refused.</summary>
    /// <exception cref="StoreOutageException">The database is away; whether it was stored is not known. Ask again
    /// with the same id.</exception>
    public async Task<AppendAnswer> Append(string tenant, StoreCommand command, CancellationToken stop)
    {
        ThrowIfShut(tenant);
        return Prepare(command, out var bytes)
            ?? await queues.GetOrAdd(tenant, NewQueue).Append(command, bytes, stop);
    }

    /// <summary>Stores many commands, a page of them in a transaction; an answer for each.</summary>
    /// <exception cref="StoreOutageException">As with one; earlier transactions may be stored.</exception>
    public async Task<IReadOnlyList<AppendAnswer>> AppendBulk(
        string tenant, IReadOnlyList<StoreCommand> commands, CancellationToken stop)
    {
        ThrowIfShut(tenant);
        var answers = commands.Select(command => (AppendAnswer?)Prepare(command, out _)).ToArray();
        var storable = Enumerable.Range(0, answers.Length).Where(i => answers[i] is null).ToList();
        for (var done = 0; done < storable.Count;)
        {
            var size = await TenantLock.IsWanted(source, tenant, stop) ? SmallPage : BulkPage;
            var page = storable.GetRange(done, Math.Min(size, storable.Count - done));
            var written = await writer.Write(tenant, [.. page.Select(i => commands[i])], stop);
            foreach (var (i, answer) in page.Zip(written))
            {
                answers[i] = answer;
            }

            done += page.Count;
        }

        return answers!;
    }

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

    /// <summary>Every tenant that has a log; a new one is seen at once.</summary>
    public async Task<IReadOnlyCollection<string>> Tenants(CancellationToken stop) => [.. (await Heads(stop)).Keys];

    /// <summary>Computes all seals again and names the first bad event of each tenant.</summary>
    /// <param name="tenant">Null = all tenants.</param>
    public Task<VerifyReport> Verify(string? tenant = null, CancellationToken stop = default) =>
        new LogVerifier(source).Run(tenant, stop);

    public void Dispose()
    {
        if (marten.IsValueCreated)
        {
            marten.Value.Dispose();
        }

        foreach (var queue in queues.Values)
        {
            queue.Dispose();
        }
    }

    private void ThrowIfShut(string tenant)
    {
        ArgumentException.ThrowIfNullOrEmpty(tenant);
        if (!IsWritable)
        {
            throw new InvalidOperationException("Nobody asked whether this may be written: see Acting.Allow.");
        }
    }

    private TenantQueue NewQueue(string tenant) => new(tenant, writer);

    /// <summary>Checks a command and turns its facts into bytes before anybody waits; null: it can be stored.</summary>
    private AppendAnswer.Refused? Prepare(StoreCommand command, out int bytes)
    {
        bytes = 0;
        if (command.Streams.Count == 0 || command.Streams.Any(stream => stream.Facts.Count == 0))
        {
            throw new ArgumentException($"Command {command.Id} has no facts, or a stream without.");
        }

        if (command.Streams.DistinctBy(stream => stream.Stream, StringComparer.Ordinal).Count() < command.Streams.Count)
        {
            throw new ArgumentException($"Command {command.Id} names a stream twice.");
        }

        try
        {
            bytes = command.Streams.Sum(stream => stream.Facts.Sum(serializer.Prepare));
            return null;
        }
        catch (JsonException e)
        {
            return new(new Refusal("event.not-storable", $"Command {command.Id}: {e.Message}"));
        }
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

/// <summary>The log holds what this program cannot read, or is not what it was: work on it stops.</summary>
public sealed class CorruptLogException(string message, Exception? inner = null) : Exception(message, inner);
