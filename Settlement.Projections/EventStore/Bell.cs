using Npgsql;

namespace Settlement.Projections.EventStore;

/// <summary>
/// Tells other processes that there is something to read: NOTIFY after the commit, from a connection of its own, at
/// most fifty times a second. Only a hint: inside the append it would serialise all commits, and who hears nothing
/// finds it by asking.
/// </summary>
internal sealed class Bell(NpgsqlDataSource source)
{
    /// <summary>The channel; the payload is the ringer's name and a tenant, or no tenant for "look at all".</summary>
    public const string Channel = "settlement_log";

    /// <summary>Who rings: this process is woken directly and need not hear itself.</summary>
    public string Name { get; } = Guid.NewGuid().ToString("N");

    private const int MostTenants = 50;

    // The hint need not survive a crash: its own transaction does not wait for the disk.
    private const string Sql = $"""
        select pg_notify('{Channel}', w.payload)
        from (select set_config('synchronous_commit', 'off', true)) s, unnest($1) as w(payload)
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Lock gate = new();
    private HashSet<string> tenants = new(StringComparer.Ordinal);
    private bool ringing;

    public void Ring(string tenant)
    {
        lock (gate)
        {
            tenants.Add(tenant);
            if (ringing)
            {
                return;
            }

            ringing = true;
        }

        _ = Task.Run(RingAll);
    }

    private async Task RingAll()
    {
        while (true)
        {
            HashSet<string> now;
            lock (gate)
            {
                if (tenants.Count == 0)
                {
                    ringing = false;
                    return;
                }

                (now, tenants) = (tenants, new HashSet<string>(StringComparer.Ordinal));
            }

            await Notify(now.Count > MostTenants ? [$"{Name} "] : [.. now.Select(tenant => $"{Name} {tenant}")]);
            await Task.Delay(Pause);
        }
    }

    private async Task Notify(string[] payloads)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var batch = new NpgsqlBatch(connection)
            {
                BatchCommands = { AppendSql.Command(Sql, AppendSql.Texts(payloads)) },
            };
            await batch.ExecuteNonQueryAsync();
        }
        catch (Exception e) when (SqlStates.IsOutage(e))
        {
            // a hint, no more
        }
    }
}

/// <summary>Hears the bell of other processes.</summary>
internal static class BellListener
{
    /// <summary>Calls back with a tenant, or with an empty text for "look at all", until stopped.</summary>
    /// <param name="own">The name under which this process rings.</param>
    public static async Task Listen(
        NpgsqlDataSource source, string own, Action<string> heard, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(stop);
                connection.Notification += (_, e) =>
                {
                    if (e.Payload.Split(' ', 2) is [var ringer, var tenant] && ringer != own)
                    {
                        heard(tenant);
                    }
                };
                await using (var listen = new NpgsqlCommand($"listen {Bell.Channel}", connection))
                {
                    await listen.ExecuteNonQueryAsync(stop);
                }

                heard(""); // what rang before we listened
                await WaitUntilStopped(connection, stop);
            }
            catch (Exception e) when (SqlStates.IsOutage(e))
            {
                await Task.Delay(TimeSpan.FromSeconds(1), stop);
            }
        }
    }

    private static async Task WaitUntilStopped(NpgsqlConnection connection, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await connection.WaitAsync(stop);
            }
        }
        catch (OperationCanceledException)
        {
            // the connection goes back to the pool: it must not go on listening there
            await using var unlisten = new NpgsqlCommand("unlisten *", connection);
            await unlisten.ExecuteNonQueryAsync(CancellationToken.None);
            throw;
        }
    }
}
