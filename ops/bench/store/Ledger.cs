using System.Diagnostics;
using System.Runtime.CompilerServices;
using NodaTime;
using NodaTime.Extensions;
using Settlement.Api;
using Settlement.Api.Demo;
using Settlement.Api.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Projections.Privacy;
using Settlement.Projections.Tables;
using Settlement.Tests.Postgres;

namespace Settlement.Bench;

/// <summary>
/// The whole way: a file of CDRs into the log and the ledger's rows, then all rows again from the log. Two events a CDR.
/// </summary>
internal sealed class Ledger(TestCluster cluster, int events)
{
    private int Server => cluster.ServerId!.Value;

    public async Task Run()
    {
        await using var database = await cluster.NewDatabase(migrated: false);
        var engine = await Engine.Open(
            database.ConnectionString, MasterKey.Of(new byte[32]), TimeProvider.System, CancellationToken.None);
        await using (engine)
        {
            await Import(engine);
            await Rebuilding(engine);
        }
    }

    /// <summary>As the verb does it, without the start of the program.</summary>
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
            var tally = await import.Run(Documents(file), null, CancellationToken.None);
            await engine.AfterCredits(CancellationToken.None);
            var cpu = Cpu.Now(Server) - before;
            Console.WriteLine($"CDR file, {lines:N0} CDRs of {new FileInfo(file).Length / lines} bytes, to posted, durable, with rows and seal: "
                + $"{lines / clock.Elapsed.TotalSeconds:F0} CDR/s in {clock.Elapsed.TotalSeconds:F1} s ({cpu.Per(lines)} a CDR); "
                + $"{tally.Posted:N0} posted, {tally.Held:N0} held; memory {Memory.Now()}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task Rebuilding(Engine engine)
    {
        await engine.RefreshStatistics(CancellationToken.None);
        var logged = (await engine.Store.Status(CancellationToken.None)).Sum(tenant => tenant.Events);
        var before = Cpu.Now(Server);
        var clock = Stopwatch.StartNew();
        var rebuilt = await new Rebuild(engine.Store, engine.Store.Ledger).Run(CancellationToken.None);
        var cpu = Cpu.Now(Server) - before;
        Console.WriteLine($"rebuild, {logged:N0} events to {rebuilt.Sum(tenant => tenant.After.Rows):N0} rows, compared by digest and "
            + $"switched: {logged / clock.Elapsed.TotalSeconds:F0} events/s in {clock.Elapsed.TotalSeconds:F1} s ({cpu.Per(logged)}); "
            + $"{(rebuilt.All(tenant => tenant.IsEqual) ? "the rows that the import wrote" : "NOT THE SAME")}; memory {Memory.Now()}");
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
