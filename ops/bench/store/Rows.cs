using System.Diagnostics;
using Npgsql;
using Settlement.Projections.EventStore;
using Settlement.Projections.Workers;
using Settlement.Tests.Postgres;
using Store = Settlement.Projections.EventStore.EventStore;
using Crew = Settlement.Projections.Workers.Workers;

namespace Settlement.Bench;

/// <summary>The rows of the speed table that are the store's own.</summary>
internal sealed class Rows(TestDatabase database, Settings settings)
{
    private static readonly int OneKb = Load.PeriodsFor(1024);
    private static readonly int ThreeKb = Load.PeriodsFor(3072);

    private const int WarmTurns = 6;

    private readonly NpgsqlDataSource source = database.Source();
    private long next;
    private int tenants;

    public IEnumerable<(string Name, Func<Task> Run)> All =>
    [
        ("single", () => Clients("one client, one event per commit", 1, 1)),
        ("clients", async () =>
        {
            await Clients("one tenant, 16 clients", 16, 1);
            await Clients("one tenant, 64 clients", 64, 1);
        }),
        ("tenants", () => Clients("16 tenants, 16 clients", 16, 16)),
        ("hot", () => Clients("one hot stream, 8 writers, version any", 8, 1, hot: true)),
        ("bulk", async () =>
        {
            await Bulk("bulk, 1 KB", OneKb);
            await Bulk("bulk, 3 KB", ThreeKb);
        }),
        ("visible", Visible),
        ("replay", Replay),
        ("verify", Verify),
        ("ledger", () => new Ledger(database.Cluster, settings.Events).Run()),
        ("scale", () => new Scale(database, source, settings.Events).Run($"own-{++tenants}")),
    ];

    /// <summary>Raw and ours in turns of a third of a second, so that a slow moment of the machine hits both.</summary>
    private async Task Clients(string name, int clients, int spread, bool hot = false)
    {
        var raws = new List<Speed>();
        var ours = new List<Speed>();
        using var store = new Store(source, Load.Names);
        var data = Json(OneKb);
        var raw = Enumerable.Range(0, spread).Select(_ => new Raw($"raw-{++tenants}")).ToArray();
        var mine = Enumerable.Range(0, spread).Select(_ => $"own-{++tenants}").ToArray();
        for (var turn = -WarmTurns; turn < settings.Rounds * settings.Seconds * 3; turn++)
        {
            var rawSpeed = await Drive(clients, async (client, _) =>
            {
                await using var connection = await source.OpenConnectionAsync();
                await raw[client % spread].Single(connection, data);
            });
            var ourSpeed = await Drive(clients, async (client, i) =>
            {
                var answer = await store.Append(
                    mine[client % spread], Load.Command(i, OneKb, hot ? "hot" : null), CancellationToken.None);
                if (answer is not AppendAnswer.Stored)
                {
                    throw new InvalidOperationException(answer.ToString());
                }
            });
            if (turn >= 0)
            {
                raws.Add(rawSpeed);
                ours.Add(ourSpeed);
            }
        }

        Report(name, "raw two inserts, same connections", raws, ours);
    }

    private async Task Bulk(string name, int periods)
    {
        var raws = new List<Speed>();
        var ours = new List<Speed>();
        using var store = new Store(source, Load.Names);
        for (var round = 0; round <= settings.Rounds; round++)
        {
            var count = settings.Events;
            var raw = new Raw($"raw-{++tenants}");
            var data = Enumerable.Range(0, 500).Select(i => Json(periods, i)).ToArray();
            var chunk = Enumerable.Range(0, Store.MostBulkEvents).Select(i => data[i % data.Length]).ToArray();
            var before = Cpu.Now(Server);
            var clock = Stopwatch.StartNew();
            await using (var connection = await source.OpenConnectionAsync())
            {
                for (var done = 0; done < count; done += chunk.Length)
                {
                    await raw.Bulk(connection, chunk);
                }
            }

            var rawSpeed = new Speed(count, clock.Elapsed, Cpu.Now(Server) - before);
            var tenant = $"own-{++tenants}";
            var commands = new Commands(count, periods);
            before = Cpu.Now(Server);
            clock.Restart();
            await store.AppendBulk(tenant, commands, CancellationToken.None);
            if (round > 0)
            {
                raws.Add(rawSpeed);
                ours.Add(new Speed(count, clock.Elapsed, Cpu.Now(Server) - before));
            }
        }

        Report(name, "raw COPY of ready bytes", raws, ours);
    }

    private async Task Visible()
    {
        using var store = new Store(source, Load.Names);
        using var crew = new Crew(store, [await Counted.Create(database)]);
        using var end = new CancellationTokenSource();
        var running = crew.Run(end.Token);
        var tenant = $"own-{++tenants}";
        var took = new List<double>();
        for (var i = 0; i < 600; i++)
        {
            var clock = Stopwatch.StartNew();
            var stored = (AppendAnswer.Stored)await store.Append(tenant, Load.Command(++next, OneKb), CancellationToken.None);
            var committed = clock.Elapsed;
            await crew.WaitFor("counted", new Dictionary<string, long> { [tenant] = stored.LastNumber });
            if (i >= 100)
            {
                took.Add((clock.Elapsed - committed).TotalMilliseconds);
            }
        }

        await end.CancelAsync();
        await running;
        took.Sort();
        Console.WriteLine($"append to visible in a table: p50 {took[took.Count / 2]:F1} ms, p99 {took[took.Count * 99 / 100]:F1} ms");
    }

    private async Task Replay()
    {
        using var store = new Store(source, Load.Names);
        foreach (var spread in (int[])[1, 2])
        {
            var projection = await Counted.Create(database);
            using var crew = new Crew(store, [projection]);
            await crew.RunUntilCaughtUp();
            for (var t = 0; t < spread; t++)
            {
                var commands = new Commands(settings.Events, OneKb);
                await store.AppendBulk($"own-{++tenants}", commands, CancellationToken.None);
            }

            var clock = Stopwatch.StartNew();
            await crew.RunUntilCaughtUp();
            Console.WriteLine($"replay into a table by COPY, {spread} tenant(s): "
                + $"{spread * settings.Events / clock.Elapsed.TotalSeconds:F0} events/s");
        }
    }

    private async Task Verify()
    {
        using var store = new Store(source, Load.Names);
        var tenant = $"own-{++tenants}";
        var commands = new Commands(settings.Events, OneKb);
        await store.AppendBulk(tenant, commands, CancellationToken.None);
        var report = await store.Verify(tenant);
        Console.WriteLine($"verify, 1 KB: {report.EventsPerSecond} events/s, {(report.IsGood ? "good" : "BAD")}");
    }

    /// <summary>Lets clients go at it for a while; gives operations per second.</summary>
    private async Task<Speed> Drive(int clients, Func<int, long, Task> one)
    {
        var before = Cpu.Now(Server);
        var until = Stopwatch.StartNew();
        var limit = TimeSpan.FromSeconds(1) / 3;
        var counts = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var count = 0L;
            while (until.Elapsed < limit)
            {
                await one(client, Interlocked.Increment(ref next));
                count++;
            }

            return count;
        })));
        return new Speed(counts.Sum(), until.Elapsed, Cpu.Now(Server) - before);
    }

    private static byte[] Json(int periods, long i = 1) =>
        System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(Load.Fact("cdr-000000000001", i, periods), EventJson.Options());

    private static void Report(string name, string anchor, List<Speed> raws, List<Speed> ours)
    {
        var ratios = raws.Zip(ours, (r, o) => o.PerSecond / r.PerSecond).Order().ToList();
        Console.WriteLine($"{name}: {Median(ours)}; {anchor}: {Median(raws)}; ratio {ratios[ratios.Count / 2]:F2} "
            + $"(quarters {ratios[ratios.Count / 4]:F2} to {ratios[ratios.Count * 3 / 4]:F2}, {ratios.Count} pairs)");
    }

    private static string Median(List<Speed> speeds)
    {
        var median = speeds.OrderBy(speed => speed.PerSecond).ElementAt(speeds.Count / 2);
        return $"{median.PerSecond:F0}/s (best {speeds.Max(speed => speed.PerSecond):F0}, {median.Cpu.Per(median.Events)})";
    }

    private int Server => database.Cluster.ServerId!.Value;

    private sealed record Speed(double Events, TimeSpan Took, Cpu Cpu)
    {
        public double PerSecond => Events / Took.TotalSeconds;
    }
}

/// <summary>A projection that costs next to nothing: one row per event, by COPY.</summary>
internal sealed class Counted : IProjection
{
    public string Name => "counted";

    public int Version => 1;

    public IReadOnlyList<string> Tables => ["counted"];

    public static async Task<Counted> Create(TestDatabase database)
    {
        await database.Execute("""
            create table if not exists counted (tenant_id varchar not null, generation bigint not null,
              number bigint not null, amount numeric not null, primary key (tenant_id, generation, number))
            """);
        return new Counted();
    }

    public async Task Apply(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string tenant, long generation,
        IReadOnlyList<Recorded> events, CancellationToken stop)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy counted (tenant_id, generation, number, amount) from stdin (format binary)", stop);
        foreach (var e in events)
        {
            await copy.StartRowAsync(stop);
            await copy.WriteAsync(tenant, NpgsqlTypes.NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(generation, stop);
            await copy.WriteAsync(e.Number, stop);
            await copy.WriteAsync(((Charged)e.Fact).Amount, stop);
        }

        await copy.CompleteAsync(stop);
    }
}

/// <summary>How long and how much.</summary>
internal sealed record Settings(int Seconds, int Rounds, int Events);
