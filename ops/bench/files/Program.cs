using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using NodaTime;
using Settlement.Api;
using Settlement.Api.Demo;
using Settlement.Api.Statements;
using Settlement.Bench.Files;
using Settlement.Projections.Privacy;
using Settlement.Tests.Postgres;

// What finance and partners wait for, over a month of a given size; every row is one file made from the database.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int Option(string name, int otherwise) =>
    Array.IndexOf(args, name) is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;

var (cdrs, rounds) = (Option("--cdrs", 100_000), Option("--rounds", 3));
var month = new YearMonth(2026, 10);
await using var cluster = await TestCluster.StartOwn(fsync: true);
await using var database = await cluster.NewDatabase(migrated: false);
var key = MasterKey.Of(Encoding.ASCII.GetBytes("a master key that has 32 bytes.."));
await using var engine = await Engine.Open(database.ConnectionString, key, TimeProvider.System, default);

var watch = Stopwatch.StartNew();
await DemoLoad.Run(engine, new DemoChoice(month, cdrs, 9), default);
Console.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, "
    + $"{RuntimeInformation.FrameworkDescription}; {cdrs:N0} CDRs, loaded in {watch.Elapsed.TotalSeconds:0.0} s; "
    + $"load average {(await File.ReadAllTextAsync("/proc/loadavg"))[..14]}");
Console.WriteLine("| file | best | rows | rows/s | size | SHA-256 | memory it adds |\n| --- | --- | --- | --- | --- | --- | --- |");

foreach (var format in ReportFiles.Formats)
{
    await Measure($"report {format}", async to =>
    {
        await ReportFiles.Write(to, format, await engine.Report(month, null, null, default), engine, default);
        return 0;
    });
}

var pair = DemoParties.Agreement.Relationship;
var agreements = await engine.Books.Agreements(pair.ToString(), default);
foreach (var format in StatementFiles.Formats)
{
    await Measure($"statement {format}", async to =>
    {
        await using var reading = await engine.Reports.Reading(pair.A, pair.B, month, agreements.Versions[^1], default);
        await StatementFiles.Write(to, format, reading, engine, null, default);
        return reading.Statement.Places.Sum(place => place.Sums.Entries);
    });
}

async Task Measure(string name, Func<Stream, Task<long>> write)
{
    var (best, rows, added, to) = (TimeSpan.MaxValue, 0L, 0L, new Counted());
    for (var round = 0; round < rounds; round++)
    {
        to = new Counted();
        GC.Collect();
        using var memory = new Peak();
        var begin = Stopwatch.GetTimestamp();
        rows = await write(to);
        var took = Stopwatch.GetElapsedTime(begin);
        best = took < best ? took : best;
        added = Math.Max(added, memory.Added);
    }

    Console.WriteLine($"| {name} | {best.TotalMilliseconds:N0} ms | {rows:N0} | {rows / best.TotalSeconds:N0} | "
        + $"{to.Bytes / 1048576m:N1} MB | {to.Digest()[..16]} | {added / 1048576m:N0} MB |");
}
