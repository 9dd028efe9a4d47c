using System.Diagnostics;
using System.Runtime.CompilerServices;
using NodaTime;
using NodaTime.Extensions;
using Settlement.Api;
using Settlement.Api.Demo;
using Settlement.Api.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Projections.Privacy;
using Settlement.Projections.Workers;
using Settlement.Tests.Postgres;

namespace Settlement.Bench;

/// <summary>
/// The whole way: a file of CDRs into the log and the tables, then all tables again from the log. Two events a CDR.
/// </summary>
internal sealed class Ledger(TestCluster cluster, int events)
{
    private const string Name = "settlement";

    private int Server => cluster.ServerId!.Value;

    public async Task Run()
    {
        await using var database = await cluster.NewDatabase(migrated: false);
        var engine = await Engine.Open(
            database.ConnectionString, MasterKey.Of(new byte[32]), TimeProvider.System, CancellationToken.None);
        await using (engine)
        {
            await Import(engine);
            await Replay(engine, database);
        }
    }

    /// <summary>As the verb does it, without the start of the program: workers beside, then what they have left.</summary>
    private async Task Import(Engine engine)
    {
        var month = new YearMonth(2026, 10);
        var data = DemoMonth.Generate(month, events / 2, 9);
        var began = Instant.FromUtc(2026, 9, 1, 0, 0);
        await DemoLoad.Reference(engine, data, began, CancellationToken.None);
        var file = Path.Combine(Path.GetTempPath(), $"bench-cdrs-{Environment.ProcessId}.jsonl");
        var lines = Write(data, file);
        try
        {
            var import = new CdrImport(engine.Intake, new CdrReadOptions { Tariffs = new TariffCache() });
            var before = Cpu.Now(Server);
            var clock = Stopwatch.StartNew();
            var tally = await engine.Beside(
                () => import.Run(Documents(file), null, CancellationToken.None), CancellationToken.None);
            await engine.AfterCredits(CancellationToken.None);
            var cpu = Cpu.Now(Server) - before;
            Console.WriteLine($"CDR file, {lines:N0} CDRs of {new FileInfo(file).Length / lines} bytes, to posted, durable, in the tables: "
                + $"{lines / clock.Elapsed.TotalSeconds:F0} CDR/s in {clock.Elapsed.TotalSeconds:F1} s ({cpu.Per(lines)} a CDR); "
                + $"{tally.Posted:N0} posted, {tally.Held:N0} held; memory {Memory.Now()}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task Replay(Engine engine, TestDatabase database)
    {
        await engine.RefreshStatistics(CancellationToken.None);
        var live = (await engine.Workers.Lags()).Single(lag => lag.Projection == Name && lag.Tenant[0] != '@');
        var generation = await database.Value<long>(
            $"select max(generation) + 1 from projection_progress where tenant_id = '{live.Tenant}'");
        var key = new WorkKey(live.Tenant, Name, generation);
        await ProgressSql.CreateProgress(engine.Database, key, live.Version, live: false, CancellationToken.None);
        using var done = new CancellationTokenSource();
        var watching = Watch(database, key, done.Token);
        var before = Cpu.Now(Server);
        var clock = Stopwatch.StartNew();
        await engine.Workers.WorkOff(key, CancellationToken.None);
        var took = clock.Elapsed.TotalSeconds;
        var cpu = Cpu.Now(Server) - before;
        await done.CancelAsync();
        var marks = await watching;
        marks.Add((took, live.Head));
        var half = marks.First(mark => mark.Number >= live.Head / 2);
        Console.WriteLine($"ledger replay, {live.Head:N0} events with postings, balances and totals: {live.Head / took:F0} events/s "
            + $"({cpu.Per(live.Head)}); first half {half.Number / half.Seconds:F0}/s, "
            + $"second half {(live.Head - half.Number) / Math.Max(0.001, took - half.Seconds):F0}/s; memory {Memory.Now()}");
        clock.Restart();
        var rebuilt = (await engine.Workers.Rebuild(Name)).Single(tenant => tenant.Tenant == live.Tenant);
        Console.WriteLine($"compared by digest and switched in {clock.Elapsed.TotalSeconds:F1} s: {rebuilt.After.Rows:N0} rows, "
            + (rebuilt.IsEqual ? "the same as were built while importing" : "NOT THE SAME"));
    }

    private static async Task<List<(double Seconds, long Number)>> Watch(
        TestDatabase database, WorkKey key, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        var marks = new List<(double, long)>();
        while (!stop.IsCancellationRequested)
        {
            var number = await database.Value<long>(
                $"select number from projection_progress where tenant_id = '{key.Tenant}' and generation = {key.Generation}");
            marks.Add((clock.Elapsed.TotalSeconds, number));
            await Task.WhenAny(Task.Delay(200, stop));
        }

        return marks;
    }

    private static long Write(DemoData data, string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        var lines = 0L;
        foreach (var document in data.Documents)
        {
            file.Write(document.Json.Span);
            file.WriteByte((byte)'\n');
            lines++;
        }

        return lines;
    }

    private static async IAsyncEnumerable<IncomingCdr> Documents(
        string file, [EnumeratorCancellation] CancellationToken stop = default)
    {
        var now = TimeProvider.System.GetUtcNow().ToInstant();
        await foreach (var chunk in CdrFile.Read(file, stop))
        {
            foreach (var raw in chunk.Objects)
            {
                yield return new IncomingCdr(raw.Json, $"line {raw.Line}", now);
            }
        }
    }
}

/// <summary>What this process holds.</summary>
internal static class Memory
{
    public static string Now()
    {
        using var process = Process.GetCurrentProcess();
        return $"{process.WorkingSet64 >> 20} MB, at most {process.PeakWorkingSet64 >> 20} MB so far";
    }
}
