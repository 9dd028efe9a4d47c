using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;
using Settlement.Projections.EventStore;
using Settlement.Tests.Postgres;
using Crew = Settlement.Projections.Workers.Workers;
using Store = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Bench;

/// <summary>One tenant of many events: what each step holds in memory, what the seals cost in time and on disk.</summary>
internal sealed class Scale(TestDatabase database, NpgsqlDataSource source, int events)
{
    public async Task Run(string tenant)
    {
        var periods = Load.PeriodsFor(1024);
        using var store = new Store(source, Load.Names);
        await Step("bulk append", () => store.AppendBulk(tenant, new Commands(events, periods), CancellationToken.None));
        await Step("verify", async () =>
        {
            if (!(await store.Verify(tenant)).IsGood)
            {
                throw new InvalidOperationException("The seals do not hold.");
            }
        });
        using var crew = new Crew(store, [await Counted.Create(database)]);
        await Step("replay into a simple table", () => crew.RunUntilCaughtUp());
        await Seals(tenant, periods);
    }

    private async Task Step(string name, Func<Task> step)
    {
        var before = Cpu.Now(database.Cluster.ServerId!.Value);
        var clock = Stopwatch.StartNew();
        await step();
        var cpu = Cpu.Now(database.Cluster.ServerId!.Value) - before;
        Console.WriteLine($"{name}, {events:N0} events of 1 KB: {events / clock.Elapsed.TotalSeconds:F0}/s "
            + $"({cpu.Per(events)}), memory {Memory.Now()}");
    }

    /// <summary>Encoding with everything, and what of it is the digest; under the lock the chain over them.</summary>
    private async Task Seals(string tenant, int periods)
    {
        var commands = new Commands(5000, periods).ToList();
        var encoder = new EventEncoder(Load.Names);
        using var rows = new CopyRows(16 << 20);
        var encode = Best(() =>
        {
            rows.CutTo(0);
            commands.ForEach(command => encoder.EncodeRows(tenant, command, rows));
        });
        var data = new byte[1024 + 80];
        var digest = new byte[32];
        var hash = Best(() => commands.ForEach(_ => SHA256.HashData(data, digest)));
        var (digests, versions) = (new byte[5000 * 32], new long[5000]);
        var chain = Best(() => Seal.Next(digest, 1, NodaTime.Instant.FromUnixTimeTicks(0), digests, versions));
        var share = await database.Value<decimal>(
            """
            select 100.0 * pg_total_relation_size('seals') / (pg_total_relation_size('seals') + pg_total_relation_size('mt_events')
              + pg_total_relation_size('mt_streams') + pg_total_relation_size('commands'))
            """);
        Console.WriteLine($"an event of 1 KB is encoded in {encode:F2} us, of it SHA-256 {hash:F2} us; the seal over 5,000 adds "
            + $"{chain:F3} us an event; the seals' table is {share:F1} % of the log on disk");
    }

    /// <summary>Microseconds for one of 5,000, best of twenty runs.</summary>
    private static double Best(Action run) => Enumerable.Range(0, 20).Min(_ =>
    {
        var clock = Stopwatch.StartNew();
        run();
        return clock.Elapsed.TotalMicroseconds / 5000;
    });
}
