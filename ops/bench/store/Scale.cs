using System.Diagnostics;
using NpgsqlTypes;
using Settlement.Projections.EventStore;
using Settlement.Projections.Tables;
using Settlement.Tests.Postgres;
using Store = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Bench;

/// <summary>
/// One tenant of many events in a database of its own: what each step holds in memory, what the seals cost in time and
/// on disk.
/// </summary>
internal sealed class Scale(TestCluster cluster, int events)
{
    private const string Tenant = "own";

    public async Task Run()
    {
        await using var database = await cluster.NewDatabase(migrated: false);
        await using var source = await Database.Open(database.ConnectionString);
        await database.Execute(Counted.Ddl);
        using var store = new Store(source, Load.Names, ledger: new Counted());
        var periods = Load.PeriodsFor(1024);
        await Step("bulk append with a row each", () => store.AppendBulk(Tenant, new Commands(events, periods), CancellationToken.None));
        await Step("verify", async () => Hold((await store.Verify(Tenant)).IsGood, "The seals do not hold."));
        await Step("rebuild of these rows", async () =>
            Hold((await new Rebuild(store, store.Ledger).Run(CancellationToken.None)).Single().IsEqual, "Other rows."));
        await Seals(database);
    }

    private async Task Step(string name, Func<Task> step)
    {
        var before = Cpu.Now(cluster.ServerId!.Value);
        var clock = Stopwatch.StartNew();
        await step();
        var cpu = Cpu.Now(cluster.ServerId!.Value) - before;
        Console.WriteLine($"{name}, {events:N0} events of 1 KB: {events / clock.Elapsed.TotalSeconds:F0}/s "
            + $"({cpu.Per(events)}), memory {Memory.Now()}");
    }

    /// <summary>What the server takes for a digest, beside reading the event at all.</summary>
    private static async Task Seals(TestDatabase database)
    {
        var read = await Best(database, $"""
            select sum(octet_length(e.data::text) + octet_length(e.headers::text)) from log.mt_events e
            where e.tenant_id = '{Tenant}' and e.seq_id between 1 and 5000
            """);
        var digest = await Best(database, $"select sum(octet_length(digest)) from settlement_digests('{Tenant}', 1, 5000)");
        var share = await database.Value<decimal>("""
            select 100.0 * pg_total_relation_size('seals') / (pg_total_relation_size('seals') + pg_total_relation_size('commands')
              + pg_total_relation_size('log.mt_events') + pg_total_relation_size('log.mt_streams'))
            """);
        Console.WriteLine($"digest of an event of 1 KB: {digest:F2} us, of them {read:F2} us reading it and printing its JSON; "
            + $"the seals' table is {share:F1} % of the log on disk");
    }

    /// <summary>Microseconds for one of the first 5,000, best of ten runs.</summary>
    private static async Task<double> Best(TestDatabase database, string sql)
    {
        var best = double.MaxValue;
        for (var run = 0; run < 10; run++)
        {
            var clock = Stopwatch.StartNew();
            await database.Value<long>(sql);
            best = Math.Min(best, clock.Elapsed.TotalMicroseconds / 5000);
        }

        return best;
    }

    private static void Hold(bool fact, string otherwise)
    {
        if (!fact)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}

/// <summary>A ledger that costs next to nothing: one row per event, by COPY.</summary>
internal sealed class Counted : ILedger
{
    public const string Ddl = """
        create table counted (tenant_id varchar not null, generation bigint not null,
          number bigint not null, amount numeric not null, primary key (tenant_id, generation, number))
        """;

    public int Version => 1;

    public IReadOnlyList<string> Tables => ["counted"];

    public async Task Apply(RowTarget target, IReadOnlyList<Recorded> events, CancellationToken stop)
    {
        await using var copy = await target.Connection.BeginBinaryImportAsync(
            "copy counted (tenant_id, generation, number, amount) from stdin (format binary)", stop);
        foreach (var e in events)
        {
            await copy.StartRowAsync(stop);
            await copy.WriteAsync(target.Tenant, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(target.Generation, stop);
            await copy.WriteAsync(e.Number, stop);
            await copy.WriteAsync(((Charged)e.Fact).Amount, stop);
        }

        await copy.CompleteAsync(stop);
    }
}
