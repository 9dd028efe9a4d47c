using System.Diagnostics;
using Npgsql;
using Settlement.Projections.EventStore;
using Settlement.Tests.Postgres;
using Store = Settlement.Projections.EventStore.EventStore;

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
        ("verify", Verify),
        ("ledger", () => new Ledger(database.Cluster, settings.Events).Run()),
        ("scale", () => new Scale(database.Cluster, settings.Events).Run()),
    ];

    /// <summary>Raw and ours in turns of a third of a second, so that a slow moment of the machine hits both.</summary>
    private async Task Clients(string name, int clients, int spread, bool hot = false)
    {
        var raws = new List<Speed>();
        var ours = new List<Speed>();
        using var store = new Store(source, Load.Names, ledger: new NoRows());
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

        Report(name, "raw two inserts", raws, ours);
    }

    private async Task Bulk(string name, int periods)
    {
        var raws = new List<Speed>();
        var ours = new List<Speed>();
        using var store = new Store(source, Load.Names, ledger: new NoRows());
        for (var round = 0; round <= settings.Rounds; round++)
        {
            var count = settings.Events;
            var raw = new Raw($"raw-{++tenants}");
            var data = Enumerable.Range(0, 500).Select(i => Json(periods, i)).ToArray();
            var chunk = Enumerable.Range(0, Store.BulkPage).Select(i => data[i % data.Length]).ToArray();
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

    private async Task Verify()
    {
        using var store = new Store(source, Load.Names, ledger: new NoRows());
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

/// <summary>What a ledger costs is in the rows "ledger" and "scale"; here the log stands alone.</summary>
internal sealed class NoRows : ILedger
{
    public int Version => 1;

    public IReadOnlyList<string> Tables => [];

    public Task Apply(RowTarget target, IReadOnlyList<Recorded> events, CancellationToken stop) => Task.CompletedTask;
}

/// <summary>How long and how much.</summary>
internal sealed record Settings(int Seconds, int Rounds, int Events);
