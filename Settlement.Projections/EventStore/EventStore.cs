using System.Collections.Concurrent;
using System.Text.Json;
using Marten;
using Npgsql;
using Settlement.Domain;
using Settlement.Projections.Tables;

namespace Settlement.Projections.EventStore;

/// <summary>
/// The log and the ledger: facts in streams, numbered in the order of a tenant's commits, each transaction sealed, the
/// ledger's rows written with them. Marten's tables and Marten's append: nothing is overwritten, a command is stored once.
/// </summary>
#pragma warning disable MA0049 // the folder holds what belongs to the store, the class is the store
public sealed partial class EventStore : IDisposable
{
    /// <summary>Commands of one bulk transaction while nobody waits for the tenant's lock.</summary>
    public const int BulkPage = 1000;

    /// <summary>Commands of one bulk transaction while somebody waits: a post waits less than 0.1 s for it.</summary>
    public const int SmallPage = 250;

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
}

/// <summary>The log holds what this program cannot read, or is not what it was: work on it stops.</summary>
public sealed class CorruptLogException(string message, Exception? inner = null) : Exception(message, inner);
