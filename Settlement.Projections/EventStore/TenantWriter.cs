using System.Diagnostics;
using System.Globalization;
using Marten;
using Marten.Services;
using NodaTime;
using Npgsql;
using Settlement.Domain;

namespace Settlement.Projections.EventStore;

/// <summary>
/// The one place where the log is written: opens a transaction, takes the tenant's lock, decides, lets Marten append, and
/// commits facts, rows, seal and head together. Nothing else in the program opens a writing session of Marten.
/// </summary>
internal sealed class TenantWriter(
    NpgsqlDataSource source, Lazy<DocumentStore> marten, EventNames names, ILedger ledger, TimeProvider clock)
{
    private const int Attempts = 3;

    /// <summary>After this long a caller hears of the outage instead of waiting for another attempt.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private long written;

    /// <summary>Null where no server runs: who writes does what follows itself.</summary>
    public IFollowing? Following { get; set; }

    /// <summary>Events that this program wrote since it started.</summary>
    public long Written => Interlocked.Read(ref written);

    /// <summary>Named points of an append, for tests that end the program there.</summary>
    internal Action<string>? At { get; set; }

    /// <summary>One answer for each command, in their order; as many transactions as they need.</summary>
    /// <exception cref="StoreOutageException">Earlier transactions may be stored.</exception>
    public async Task<IReadOnlyList<AppendAnswer>> Write(
        string tenant, IReadOnlyList<StoreCommand> commands, CancellationToken stop)
    {
        var answers = new List<AppendAnswer>(commands.Count);
        while (answers.Count < commands.Count)
        {
            var rest = answers.Count == 0 ? commands : [.. commands.Skip(answers.Count)];
            answers.AddRange(await WriteSome(tenant, rest, stop));
        }

        return answers;
    }

    /// <summary>
    /// One transaction; answers of the first commands. After a commit whose outcome is not known the same commands are
    /// looked up again under the lock, so that nothing is written twice.
    /// </summary>
    private async Task<IReadOnlyList<AppendAnswer>> WriteSome(
        string tenant, IReadOnlyList<StoreCommand> commands, CancellationToken stop)
    {
        var uncertain = false;
        var started = Stopwatch.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answers = await WriteOnce(tenant, commands, stop);
                return uncertain ? AsFirstTime(answers) : answers;
            }
            catch (LedgerFailedException) when (commands.Count > 1)
            {
                return await WriteSome(tenant, [commands[0]], stop); // the others must not suffer for it
            }
            catch (LedgerFailedException e)
            {
                return [new AppendAnswer.Refused(new Refusal("ledger.failed", $"Command {commands[0].Id}: {e.Message}"))];
            }
            catch (Exception e) when (SqlStates.IsOutage(e))
            {
                if (attempt == Attempts || Stopwatch.GetElapsedTime(started) > Patience)
                {
                    StoreMetrics.Outage();
                    throw new StoreOutageException($"The event store cannot be written now: {e.Message}", e);
                }

                uncertain = true;
            }
        }
    }

    private async Task<IReadOnlyList<AppendAnswer>> WriteOnce(
        string tenant, IReadOnlyList<StoreCommand> commands, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var state = await TenantLock.Look(transaction, tenant, ledger.Version, commands, stop);
        At?.Invoke("append.locked");
        if (state.Head.Version != ledger.Version)
        {
            throw new LedgerVersionException(OtherVersion(tenant, state.Head));
        }

        var plan = AppendPlan.Make(commands, state);
        if (plan.Written.Count == 0)
        {
            return plan.Answers!;
        }

        var appending = new Appending(tenant, plan, state.Head, Later(state.Head.Time), ledger, At);
        var options = SessionOptions.ForTransaction(transaction, shouldAutoCommit: true);
        options.TenantId = tenant;
        await using (var session = marten.Value.LightweightSession(options))
        {
            appending.Append(session, names);
            await using var following = Following is null
                ? null
                : await Following.Enroll(session, tenant, plan.Streams.SelectMany(stream => stream.Facts.Select(f => f.Fact)));
            await session.SaveChangesAsync(stop);
        }

        At?.Invoke("append.committed");
        Interlocked.Add(ref written, appending.Count);
        StoreMetrics.Append(appending.Count);
        var next = plan.Written.GetEnumerator();
        return [.. plan.Answers.Select(answer => answer ?? Next())];

        AppendAnswer Next()
        {
            next.MoveNext();
            return appending.Answer(next.Current);
        }
    }

    /// <summary>The time of an append: never before that of the one before it, in whole microseconds.</summary>
    private Instant Later(Instant last)
    {
        var now = Instant.FromDateTimeOffset(clock.GetUtcNow());
        return now > last ? Seals.FromMicroseconds(Seals.Microseconds(now)) : last;
    }

    private Refusal OtherVersion(string tenant, Head head) => new("ledger.version", string.Create(
        CultureInfo.InvariantCulture,
        $"The rows of {tenant} are of ledger version {head.Version}, this program writes {ledger.Version}; "
        + $"{(head.Version > ledger.Version ? "start a newer program" : "run migrate")}."));

    /// <summary>What we find after our own uncertain commit was our own.</summary>
    private static List<AppendAnswer> AsFirstTime(IReadOnlyList<AppendAnswer> answers) =>
        [.. answers.Select(answer => answer is AppendAnswer.Stored s ? s with { Repeated = false } : answer)];
}
