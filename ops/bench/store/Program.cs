using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Settlement.Bench;
using Settlement.Tests.Postgres;

// Each row: raw and ours in turns on one server, several rounds, so that a slow moment of the machine hits both.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var options = args.Chunk(1).Select(a => a[0]).ToList();
int Option(string name, int otherwise)
{
    var at = options.IndexOf(name);
    if (at < 0)
    {
        return otherwise;
    }

    var value = int.Parse(options[at + 1], CultureInfo.InvariantCulture);
    options.RemoveRange(at, 2);
    return value;
}

var settings = new Settings(Option("--seconds", 4), Option("--rounds", 3), Option("--events", 100_000));
await using var cluster = await TestCluster.StartOwn(fsync: true);
await using var database = await cluster.NewDatabase(migrated: false);
await using (await Settlement.Projections.EventStore.Database.Open(database.ConnectionString))
{
}

await Raw.Create(database);
Console.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, "
    + $"{RuntimeInformation.FrameworkDescription}, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
foreach (var name in (string[])["server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size"])
{
    Console.Write($"{name}={await database.Value<string>($"show {name}")}  ");
}

Console.WriteLine($"\ncommand: store.sh {string.Join(' ', args)}; processor time per event: client + server");
var rows = new Rows(database, settings);
foreach (var (name, run) in rows.All)
{
    if (options.Count == 0 || options.Contains(name))
    {
        await run();
    }
}

Console.WriteLine($"memory: {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB at most");
