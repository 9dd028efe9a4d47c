using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using NodaTime;
using Settlement.Api;
using Settlement.Api.Demo;
using Settlement.Api.Serve;
using Settlement.Bench;
using Settlement.Domain.Agreements;
using Settlement.Projections.Privacy;
using Settlement.Tests.Postgres;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var seconds = Option("--seconds", 20);
var clients = Option("--clients", 32);
var count = Option("--cdrs", 120_000);
await using var cluster = await TestCluster.StartOwn(fsync: true);
await using var database = await cluster.NewDatabase(migrated: false);
var key = Convert.ToBase64String(Enumerable.Range(1, 32).Select(n => (byte)n).ToArray());
var data = DemoMonth.Generate(new YearMonth(2026, 10), count, 20261001);
var tokens = new Dictionary<PartyId, string>();
await using (var engine = await Engine.Open(database.ConnectionString, MasterKey.Of(Convert.FromBase64String(key)), TimeProvider.System, default))
{
    await DemoLoad.Reference(engine, data, Instant.FromUtc(2026, 9, 1, 0, 0), default);
    foreach (var text in (string[])["US-CPI", "CA-FLO"])
    {
        var party = PartyId.Parse(text)!.Value;
        tokens[party] = await engine.Tokens.Issue([party], engine.Now, "bench", default);
    }
}

var port = Server.FreePort(5900);
using var server = Serve(database.ConnectionString, key, port);
await Answering(port);
Console.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, "
    + $"{RuntimeInformation.FrameworkDescription}, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
foreach (var name in (string[])["server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers"])
{
    Console.Write($"{name}={await database.Value<string>($"show {name}")}  ");
}

Console.WriteLine($"\ncommand: post.sh --seconds {seconds} --clients {clients}; two partners, one relationship, keep-alive");
var requests = data.Documents.Where(document => document.Story == DemoStory.Ordinary && !document.IsOcpi230).Select(Request).ToList();
Console.WriteLine($"{requests.Count:N0} different CDRs of {requests.Average(r => r.Length):N0} bytes with their headers");
var next = -1;
var stop = Stopwatch.StartNew();
var until = TimeSpan.Zero;
var warm = await Drive(TimeSpan.FromSeconds(10));
Console.WriteLine($"warming up: {warm.Count:N0}");
var (cpu, own) = (Cpu.Now(cluster.ServerId!.Value), server.TotalProcessorTime);
var before = stop.Elapsed;
const string Commits = "select xact_commit from pg_stat_database where datname = current_database()";
var commits = await database.Value<long>(Commits);
var latencies = await Drive(TimeSpan.FromSeconds(seconds));
var took = (stop.Elapsed - before).TotalSeconds;
server.Refresh();
var spent = Cpu.Now(cluster.ServerId!.Value) - cpu;
commits = await database.Value<long>(Commits) - commits;
latencies.Sort();
Console.WriteLine($"POST /cdrs: {latencies.Count / took:N0} CDR/s, p50 {At(0.50):N1} ms, p99 {At(0.99):N1} ms, worst {At(1):N1} ms");
Console.WriteLine($"processor time per CDR: program {(server.TotalProcessorTime - own).TotalMicroseconds / latencies.Count:N0} us, "
    + $"PostgreSQL {spent.Server / latencies.Count:N0} us, clients {spent.Client / latencies.Count:N0} us; "
    + $"{commits * 1000 / latencies.Count} transactions per 1,000 CDRs; "
    + $"program's memory {server.WorkingSet64 >> 20} MB");
var posted = await database.Value<long>("select count(*) from log.mt_events where type = 'cdr_received'");
Console.WriteLine($"acknowledged {warm.Count + latencies.Count:N0}, in the log {posted:N0}, in the ledger's rows "
    + $"{await database.Value<long>("select count(*) from cdrs"):N0}");
server.Kill();
await server.WaitForExitAsync();
return posted == warm.Count + latencies.Count ? 0 : 1;

double At(double part) => latencies[(int)Math.Min(latencies.Count - 1, latencies.Count * part)] / 1000.0;

async Task<List<long>> Drive(TimeSpan time)
{
    until = stop.Elapsed + time;
    var all = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(Client)));
    return [.. all.SelectMany(each => each)];
}

// One connection, one request at a time, as a partner's system sends.
async Task<List<long>> Client()
{
    using var socket = new TcpClient { NoDelay = true };
    await socket.ConnectAsync("127.0.0.1", port);
    var stream = socket.GetStream();
    var answer = new byte[8192];
    var times = new List<long>();
    while (stop.Elapsed < until && Interlocked.Increment(ref next) is var at && at < requests.Count)
    {
        var began = Stopwatch.GetTimestamp();
        await stream.WriteAsync(requests[at]);
        var read = 0;
        while (!IsWhole(answer.AsSpan(0, read)))
        {
            var more = await stream.ReadAsync(answer.AsMemory(read));
            read += more > 0 ? more : throw new IOException("The server hung up.");
        }

        if (!answer.AsSpan(0, read).StartsWith("HTTP/1.1 201"u8))
        {
            throw new InvalidOperationException(Encoding.UTF8.GetString(answer, 0, read));
        }

        times.Add((long)Stopwatch.GetElapsedTime(began).TotalMicroseconds);
    }

    return times;
}

// the envelope is the only object: its end is the answer's end
static bool IsWhole(ReadOnlySpan<byte> answer) =>
    answer.EndsWith("\r\n0\r\n\r\n"u8) || (answer.EndsWith("}"u8) && answer.IndexOf("Content-Length:"u8) >= 0);

byte[] Request(DemoDocument document)
{
    var head = $"POST /ocpi/2.2.1/cdrs HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Token {tokens[document.Cpo]}\r\n"
        + $"X-Request-ID: {Guid.NewGuid()}\r\nContent-Type: application/json\r\nContent-Length: {document.Json.Length}\r\n\r\n";
    return [.. Encoding.ASCII.GetBytes(head), .. document.Json.Span];
}

static Process Serve(string connection, string key, int port)
{
    var start = new ProcessStartInfo(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "settlement.dll"), "serve", "--port", $"{port}"])
    {
        RedirectStandardOutput = true,
        UseShellExecute = false,
    };
    start.Environment["SETTLEMENT_DB"] = connection;
    start.Environment["SETTLEMENT_MASTER_KEY"] = key;
    start.Environment["SETTLEMENT_HOME"] = Directory.CreateTempSubdirectory("post-bench").FullName;
    var process = Process.Start(start)!;
    process.OutputDataReceived += (_, _) => { };
    process.BeginOutputReadLine();
    return process;
}

static async Task Answering(int port)
{
    using var client = new HttpClient();
    for (var tries = 0; ; tries++)
    {
        try
        {
            await client.GetStringAsync($"http://127.0.0.1:{port}/health");
            return;
        }
        catch (HttpRequestException) when (tries < 600)
        {
            await Task.Delay(100);
        }
    }
}

int Option(string name, int otherwise)
{
    var at = Array.IndexOf(args, name);
    return at < 0 ? otherwise : int.Parse(args[at + 1], CultureInfo.InvariantCulture);
}
