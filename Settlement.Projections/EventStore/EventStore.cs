using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using NodaTime;
using Npgsql;
using Settlement.Domain;

namespace Settlement.Projections.EventStore;

/// <summary>
/// The log: facts in streams, numbered per tenant without gaps in the order of commits, each append sealed. Marten's
/// tables, our own hand: nothing is overwritten, nothing is skipped, a command is stored once.
/// </summary>
#pragma warning disable MA0049 // the folder holds what belongs to the store, the class is the store
public sealed class EventStore : IDisposable
{
    /// <summary>Most events of one bulk transaction: a caller that waits behind it waits less than 0.3 s.</summary>
    public const int MostBulkEvents = 5000;

    private const int PageSize = 2000;
    private const int ReadAttempts = 3;

    private readonly NpgsqlDataSource source;
    private readonly EventNames names;
    private readonly EventEncoder encoder;
    private readonly TenantWriter writer;
    private readonly Bell bell;
    private readonly ConcurrentDictionary<string, TenantQueue> queues = new(StringComparer.Ordinal);

    public EventStore(NpgsqlDataSource source, EventNames? names = null, TimeProvider? clock = null)
    {
        this.source = source;
        this.names = names ?? EventNames.Standard;
        encoder = new EventEncoder(this.names);
        bell = new Bell(source);
        writer = new TenantWriter(source, clock ?? TimeProvider.System, (tenant, head) =>
        {
            Appended?.Invoke(tenant, head);
            bell.Ring(tenant);
        });
    }

    /// <summary>Tells the tenant and its new last number after a commit of this process. Must return at once.</summary>
#pragma warning disable MA0046 // called for every commit: no argument object for each
    public event Action<string, long>? Appended;
#pragma warning restore MA0046

    /// <summary>
    /// False: whoever appends has not asked whether they may, which is a bug. So the command line opens it.
    /// </summary>
    public bool IsWritable { get; set; } = true;

    internal EventNames Names => names;

    internal NpgsqlDataSource Source => source;

    internal TenantWriter Writer => writer;

    internal Bell Bell => bell;

    /// <summary>Stores a command's facts; returns when they are durable, or when they are refused.</summary>
    /// <exception cref="StoreOutageException">The database is away; whether it was stored is not known. Ask again
    /// with the same id.</exception>
    public async Task<AppendAnswer> Append(string tenant, StoreCommand command, CancellationToken stop)
    {
        ThrowIfShut(tenant);
        if (Encode(tenant, command, out var encoded) is { } refusal)
        {
            return refusal;
        }

        return await queues.GetOrAdd(tenant, NewQueue).Append(encoded!, stop);
    }

    /// <summary>Stores many commands by COPY, at most 5,000 events in a transaction; an answer for each.</summary>
    /// <exception cref="StoreOutageException">As with one; earlier transactions may be stored.</exception>
    public Task<IReadOnlyList<AppendAnswer>> AppendBulk(
        string tenant, IReadOnlyList<StoreCommand> commands, CancellationToken stop)
    {
        ThrowIfShut(tenant);
        return new BulkAppend(tenant, commands, encoder, writer).Run(stop);
    }

    /// <summary>A stream's events in order, whole or as it was at a version or a time.</summary>
    public async IAsyncEnumerable<Recorded> ReadStream(
        string tenant, string stream, long? upToVersion = null, Instant? asOf = null,
        [EnumeratorCancellation] CancellationToken stop = default)
    {
        const string Sql = $"""
            select {LogReader.Columns} from mt_events e
            where e.tenant_id = $1 and e.stream_id = $2 and e.version > $3 and e.version <= $4 and e.timestamp <= $5
            order by e.version limit 2000
            """;
        var reader = new LogReader(names);
        var after = 0L;
        for (var full = true; full;)
        {
            await using var batch = source.CreateBatch();
            batch.BatchCommands.Add(AppendSql.Command(
                Sql,
                AppendSql.Text(tenant),
                AppendSql.Text(stream),
                AppendSql.Long(after),
                AppendSql.Long(upToVersion ?? long.MaxValue),
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
            join mt_events e on e.tenant_id = $1 and e.stream_id = wanted.stream_id and e.version = 1
            """;
        var reader = new LogReader(names);
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(AppendSql.Command(Sql, AppendSql.Text(tenant), AppendSql.Texts([.. streams])));
        var page = await ReadPage(batch, reader, tenant, stop);
        ThrowIfUnreadable(page);
        return page.Events.ToDictionary(e => e.Stream, StringComparer.Ordinal);
    }

    /// <summary>A stream's last event; null: there is no such stream.</summary>
    public async Task<Recorded?> LastEvent(string tenant, string stream, CancellationToken stop)
    {
        const string Sql = $"""
            select {LogReader.Columns} from mt_events e
            where e.tenant_id = $1 and e.stream_id = $2 order by e.version desc limit 1
            """;
        var reader = new LogReader(names);
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(AppendSql.Command(Sql, AppendSql.Text(tenant), AppendSql.Text(stream)));
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
              select k.* from mt_events k
              where k.tenant_id = $1 and k.stream_id = wanted.stream_id order by k.version desc limit 1) e
            """;
        var reader = new LogReader(names);
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(AppendSql.Command(Sql, AppendSql.Text(tenant), AppendSql.Texts([.. streams])));
        var page = await ReadPage(batch, reader, tenant, stop);
        ThrowIfUnreadable(page);
        return page.Events.ToDictionary(e => e.Stream, StringComparer.Ordinal);
    }

    /// <summary>A tenant's events after a number, in the order of their commits.</summary>
    public async IAsyncEnumerable<Recorded> ReadLog(
        string tenant, long after, long? upTo = null, [EnumeratorCancellation] CancellationToken stop = default)
    {
        const string Sql = $"""
            select {LogReader.Columns} from mt_events e
            where e.tenant_id = $1 and e.seq_id > $2 and e.seq_id <= $3
            order by e.seq_id limit 2000
            """;
        var reader = new LogReader(names);
        for (var full = true; full;)
        {
            await using var batch = source.CreateBatch();
            batch.BatchCommands.Add(AppendSql.Command(
                Sql, AppendSql.Text(tenant), AppendSql.Long(after), AppendSql.Long(upTo ?? long.MaxValue)));
            var page = await ReadPage(batch, reader, tenant, stop);
            foreach (var e in page.Events)
            {
                yield return e;
            }

            ThrowIfUnreadable(page);
            full = page.Events.Count == PageSize;
            after = full ? page.Events[^1].Number : after;
        }
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

    /// <summary>The stream whose command holds a claim; null: nobody holds it.</summary>
    public async Task<string?> Holder(string tenant, string claim, CancellationToken stop)
    {
        await using var command = source.CreateCommand(
            """
            select e.stream_id from commands c
            join mt_events e on e.tenant_id = c.tenant_id and e.seq_id = c.first_number
            where c.tenant_id = $1 and c.command_id = $2
            """);
        command.Parameters.Add(AppendSql.Text(tenant));
        command.Parameters.Add(AppendSql.Text(claim));
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
            join mt_events e on e.tenant_id = t.tenant_id and e.seq_id = c.first_number
            """);
        command.Parameters.Add(AppendSql.Texts([.. tenants]));
        command.Parameters.Add(AppendSql.Texts([.. claims]));
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

    private AppendAnswer.Refused? Encode(string tenant, StoreCommand command, out EncodedCommand? encoded)
    {
        try
        {
            encoded = encoder.Encode(tenant, command);
            return null;
        }
        catch (JsonException e)
        {
            encoded = null;
            return NotStorable(command, e);
        }
    }

    internal static AppendAnswer.Refused NotStorable(StoreCommand command, JsonException e) =>
        new(new Refusal("event.not-storable", $"Command {command.Id}: {e.Message}"));

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
