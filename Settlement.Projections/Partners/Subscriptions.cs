using System.Globalization;
using NodaTime;
using Npgsql;
using Settlement.Projections.EventStore;
using Store = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Projections.Partners;

/// <summary>Somebody outside who is told of events: a webhook, an export.</summary>
public interface ISubscriber
{
    /// <summary>Stable: the checkpoint is kept under it.</summary>
    string Name { get; }

    /// <summary>False: a tenant's log is followed from where it stood when the subscriber came.</summary>
    bool FromStart { get; }

    /// <summary>Stored names of the facts it wants; null = all. Others are passed over without being read.</summary>
    IReadOnlyList<string>? EventTypes => null;

    /// <summary>Delivers one event, in the order of the tenant's log; an exception means: try again later.</summary>
    /// <param name="deliveryId">The same at every try, so that the receiver can tell a second delivery.</param>
    Task Deliver(string deliveryId, Recorded e, CancellationToken stop);
}

/// <summary>A delivery that does not get through.</summary>
/// <param name="NextTry">Null: given up after days; it waits for a person.</param>
public sealed record FailingDelivery(
    string Tenant, string Subscriber, long Number, int Attempts, Instant Since, Instant? NextTry, string Error);

/// <summary>
/// Sends events out, each at least once and in order per tenant: own checkpoint, a lease while it delivers, retries
/// further and further apart for a week. One tenant's failure holds up nobody else.
/// </summary>
public sealed class Subscriptions(Store store, IReadOnlyList<ISubscriber> subscribers, TimeProvider? clock = null)
{
    private const int MostEvents = 100;
    private static readonly Duration Lease = Duration.FromMinutes(5);
    private static readonly Duration FirstPause = Duration.FromSeconds(5);
    private static readonly Duration LongestPause = Duration.FromHours(6);
    private static readonly Duration GivesUpAfter = Duration.FromDays(7);

    private const string Enter = """
        insert into subscriptions (tenant_id, subscriber, number, attempt, due, leased_until)
        select h.tenant_id, $1, case when $2 then 0 else h.last_number end, 0, '-infinity', '-infinity'
        from tenant_heads h
        where not exists (select from subscriptions s where s.tenant_id = h.tenant_id and s.subscriber = $1)
        """;

    private const string Find = """
        select s.tenant_id from subscriptions s join tenant_heads h on h.tenant_id = s.tenant_id
        where s.subscriber = $1 and s.number < h.last_number and s.due <= $2 and s.leased_until <= $2
        order by s.tenant_id
        """;

    private const string FindWanted = """
        select (select min(e.seq_id) from log.mt_events e
                where e.tenant_id = $1 and e.seq_id > $2 and e.type = any($3) and e.seq_id <= h.last_number),
          h.last_number
        from tenant_heads h where h.tenant_id = $1
        """;

    private const string Claim = """
        update subscriptions set leased_until = $4
        where tenant_id = $1 and subscriber = $2 and due <= $3 and leased_until <= $3
        returning number, attempt, failing_since
        """;

    private const string Release = """
        update subscriptions set number = $4, attempt = $5, due = $6, failing_since = $7, last_error = $8,
          leased_until = '-infinity'
        where tenant_id = $1 and subscriber = $2 and leased_until = $3
        """;

    private const string FindFailing = """
        select s.tenant_id, s.subscriber, (select min(e.seq_id) from log.mt_events e
            where e.tenant_id = s.tenant_id and e.seq_id > s.number), s.attempt, s.failing_since, s.due, isfinite(s.due), s.last_error
        from subscriptions s where s.failing_since is not null order by s.tenant_id, s.subscriber
        """;

    private const string TryNow = """
        update subscriptions set due = '-infinity', failing_since = null, attempt = 0
        where tenant_id = $1 and subscriber = $2 and failing_since is not null
        """;

    private sealed record Claimed(string Tenant, Instant Until, long Number, int Attempt, Instant? FailingSince);

    private Instant Now => Seals.FromMicroseconds(
        Seals.Microseconds(Instant.FromDateTimeOffset((clock ?? TimeProvider.System).GetUtcNow())));

    /// <summary>Delivers until stopped; an outage of the database is waited out.</summary>
    public async Task Run(TimeSpan poll, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                while (await DeliverDue(stop) > 0)
                {
                }
            }
            catch (Exception e) when (SqlStates.IsOutage(e))
            {
                // tried again after the pause
            }

            await Task.Delay(poll, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Delivers what is due now, once; gives the number of events delivered.</summary>
    public async Task<int> DeliverDue(CancellationToken stop)
    {
        var delivered = 0;
        foreach (var subscriber in subscribers)
        {
            await EnterTenants(subscriber, stop);
            foreach (var tenant in await DueTenants(subscriber, stop))
            {
                if (await TryClaim(subscriber, tenant, stop) is { } claimed)
                {
                    delivered += await Deliver(subscriber, claimed, stop);
                }
            }
        }

        return delivered;
    }

    /// <summary>Deliveries that fail, the first event of each that is held up.</summary>
    public async Task<IReadOnlyList<FailingDelivery>> Failing(CancellationToken stop)
    {
        await using var command = store.Source.CreateCommand(FindFailing);
        await using var reader = await command.ExecuteReaderAsync(stop);
        var failing = new List<FailingDelivery>();
        while (await reader.ReadAsync(stop))
        {
            failing.Add(new FailingDelivery(
                reader.GetString(0),
                reader.GetString(1),
                reader.GetInt64(2),
                reader.GetInt32(3),
                Query.StoredTime(reader, 4),
                reader.GetBoolean(6) ? Query.StoredTime(reader, 5) : null,
                reader.GetString(7)));
        }

        return failing;
    }

    /// <summary>Tries a failing delivery at once; false: it does not fail.</summary>
    public async Task<bool> Resume(string tenant, string subscriber, CancellationToken stop)
    {
        await using var batch = store.Source.CreateBatch();
        batch.BatchCommands.Add(Query.Command(TryNow, Query.Text(tenant), Query.Text(subscriber)));
        return await batch.ExecuteNonQueryAsync(stop) > 0;
    }

    private async Task<int> Deliver(ISubscriber subscriber, Claimed claimed, CancellationToken stop)
    {
        var (reached, upTo) = await Span(subscriber, claimed, stop);
        var (error, delivered) = ((string?)null, 0);
        await foreach (var e in store.ReadLog(claimed.Tenant, reached, upTo, most: MostEvents, stop: stop))
        {
            try
            {
                var id = string.Create(CultureInfo.InvariantCulture, $"{subscriber.Name}/{e.Tenant}/{e.Number}");
                await subscriber.Deliver(id, e, stop);
                reached = e.Number;
                delivered++;
            }
#pragma warning disable CA1031 // whatever a receiver does, it is tried again, and shown
            catch (Exception failure) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
            {
                error = $"{failure.GetType().Name}: {failure.Message}";
                break;
            }
        }

        await LetGo(subscriber, claimed, reached, error, stop);
        return delivered;
    }

    /// <summary>The numbers to look at: the next few, or the next one of a type that is wanted and nothing before it.</summary>
    private async Task<(long After, long? UpTo)> Span(ISubscriber subscriber, Claimed claimed, CancellationToken stop)
    {
        if (subscriber.EventTypes is not { } types)
        {
            return (claimed.Number, null);
        }

        await using var batch = store.Source.CreateBatch();
        batch.BatchCommands.Add(Query.Command(
            FindWanted, Query.Text(claimed.Tenant), Query.Long(claimed.Number), Query.Texts([.. types])));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        await reader.ReadAsync(stop);
        var head = reader.GetInt64(1);
        return await reader.IsDBNullAsync(0, stop) ? (head, head) : (reader.GetInt64(0) - 1, reader.GetInt64(0));
    }

    private async Task LetGo(
        ISubscriber subscriber, Claimed claimed, long reached, string? error, CancellationToken stop)
    {
        var now = Now;
        var isFirst = reached > claimed.Number; // something got through: the count starts again
        var since = error is null ? (Instant?)null : isFirst ? now : claimed.FailingSince ?? now;
        var attempt = error is null ? 0 : isFirst ? 1 : claimed.Attempt + 1;
        var givesUp = since is { } first && now - first > GivesUpAfter;
        DateTime? due = error is null ? DateTime.MinValue // "-infinity": at once
            : givesUp ? DateTime.MaxValue
            : (now + Pause(attempt)).ToDateTimeUtc();
        await using var batch = store.Source.CreateBatch();
        batch.BatchCommands.Add(Query.Command(
            Release,
            Query.Text(claimed.Tenant),
            Query.Text(subscriber.Name),
            Query.Time(claimed.Until),
            Query.Long(reached),
            new NpgsqlParameter<int> { TypedValue = attempt },
            Time(due),
            Time(since?.ToDateTimeUtc()),
            new NpgsqlParameter
            {
                Value = (object?)(error is { Length: > 500 } ? error[..500] : error) ?? DBNull.Value,
                NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Varchar,
            }));
        await batch.ExecuteNonQueryAsync(stop);
    }

    private static Duration Pause(int attempt) =>
        Duration.Min(LongestPause, FirstPause * (1L << Math.Min(attempt - 1, 20)));

    private async Task EnterTenants(ISubscriber subscriber, CancellationToken stop)
    {
        await using var batch = store.Source.CreateBatch();
        batch.BatchCommands.Add(Query.Command(
            Enter, Query.Text(subscriber.Name), new NpgsqlParameter<bool> { TypedValue = subscriber.FromStart }));
        try
        {
            await batch.ExecuteNonQueryAsync(stop);
        }
        catch (PostgresException e) when (e.SqlState == SqlStates.UniqueViolation)
        {
            // another process entered them
        }
    }

    private async Task<List<string>> DueTenants(ISubscriber subscriber, CancellationToken stop)
    {
        await using var batch = store.Source.CreateBatch();
        batch.BatchCommands.Add(Query.Command(Find, Query.Text(subscriber.Name), Query.Time(Now)));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        var due = new List<string>();
        while (await reader.ReadAsync(stop))
        {
            due.Add(reader.GetString(0));
        }

        return due;
    }

    private async Task<Claimed?> TryClaim(ISubscriber subscriber, string tenant, CancellationToken stop)
    {
        var now = Now;
        await using var batch = store.Source.CreateBatch();
        batch.BatchCommands.Add(Query.Command(
            Claim, Query.Text(tenant), Query.Text(subscriber.Name), Query.Time(now),
            Query.Time(now + Lease)));
        await using var reader = await batch.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop)
            ? new Claimed(
                tenant,
                now + Lease,
                reader.GetInt64(0),
                reader.GetInt32(1),
                await reader.IsDBNullAsync(2, stop) ? null : Query.StoredTime(reader, 2))
            : null;
    }

    private static NpgsqlParameter Time(DateTime? time) => new()
    {
        Value = (object?)time ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz,
    };
}
