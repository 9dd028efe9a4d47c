using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Settlement.Projections.EventStore;

namespace Settlement.Tests.Postgres;

/// <summary>
/// A PostgreSQL server for tests: the one named in SETTLEMENT_TEST_DB (a superuser's connection string), or a
/// throw-away cluster of our own, which a watching shell stops and deletes when this process ends, however it ends.
/// </summary>
public sealed class TestCluster : IAsyncDisposable
{
    private static readonly string Template = "settlement_template_" + Text(Environment.ProcessId);

    private static readonly Lazy<Task<TestCluster>> SharedCluster = new(() => Task.Run(StartShared));
    private static readonly SemaphoreSlim Room = new(4);
    private static int databases;

    private readonly Process? shell;

    private TestCluster(string connectionString, Process? shell, int? serverId)
    {
        ConnectionString = connectionString;
        this.shell = shell;
        ServerId = serverId;
    }

    /// <summary>A superuser's way into the database postgres.</summary>
    public string ConnectionString { get; }

    /// <summary>The server's process; null where the server is not ours.</summary>
    public int? ServerId { get; private set; }

    /// <summary>One server for all test classes, without fsync.</summary>
    public static Task<TestCluster> Shared() => SharedCluster.Value;

    /// <summary>A server of its own, which may be killed and started again; its data stays until disposed.</summary>
    public static Task<TestCluster> StartOwn(bool fsync) => Start(fsync);

    /// <summary>An empty database, or one with the program's schema; at most four at a time.</summary>
    public async Task<TestDatabase> NewDatabase(bool migrated)
    {
        await Room.WaitAsync();
        var name = string.Create(
            CultureInfo.InvariantCulture, $"test_{Environment.ProcessId}_{Interlocked.Increment(ref databases)}");
        if (migrated)
        {
            // the connection that made the template may still be on its way out
            await Execute($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{Template}'");
        }

        await Execute(migrated ? $"create database {name} template {Template}" : $"create database {name}");
        return new TestDatabase(this, name, With(name), Room);
    }

    /// <summary>kill -9 of the server and all its processes: nothing is flushed, nobody says goodbye.</summary>
    public void Kill()
    {
        var server = ServerId!.Value;
        var children = Directory.GetDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && ParentOf(id) == server);
        foreach (var id in (int[])[server, .. children])
        {
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
            }
            catch (ArgumentException)
            {
                // gone already
            }
        }
    }

    public async Task StartAgain()
    {
        await shell!.StandardInput.WriteLineAsync("start");
        await shell.StandardInput.FlushAsync();
        ServerId = int.Parse((await shell.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        await WaitUntilReady(ConnectionString);
    }

    public async Task Execute(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (shell is not null)
        {
            shell.StandardInput.Close(); // the shell reads the end of it and cleans up
            await shell.WaitForExitAsync();
            shell.Dispose();
        }
    }

    private static async Task<TestCluster> StartShared()
    {
        var given = Environment.GetEnvironmentVariable("SETTLEMENT_TEST_DB");
        var cluster = string.IsNullOrEmpty(given) ? await Start(fsync: false) : new(given, null, null);
        await cluster.MakeTemplate();
        return cluster;
    }

    private async Task MakeTemplate()
    {
        await Execute($"drop database if exists {Template} with (force)");
        await Execute($"create database {Template}");
        await using (await Database.Open(With(Template) + ";Pooling=false"))
        {
        }
    }

    private string With(string database) =>
        new NpgsqlConnectionStringBuilder(ConnectionString) { Database = database }.ConnectionString;

    private static async Task<TestCluster> Start(bool fsync)
    {
        var binaries = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).LastOrDefault()
            : null;
        if (binaries is null)
        {
            throw new InvalidOperationException(
                "No PostgreSQL server binaries under /usr/lib/postgresql; set SETTLEMENT_TEST_DB or run ops/check.");
        }

        var port = FreePort();
        var folder = Path.Combine(Path.GetTempPath(), "settlement-test-" + Guid.NewGuid().ToString("N")[..12]);
        var start = new ProcessStartInfo("/bin/sh")
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        foreach (var argument in (string[])["-c", Script, "sh", binaries + "/bin", folder, Text(port), Settings(fsync)])
        {
            start.ArgumentList.Add(argument);
        }

        var watcher = Process.Start(start)!;
        var line = await watcher.StandardOutput.ReadLineAsync();
        if (!int.TryParse(line, CultureInfo.InvariantCulture, out var server))
        {
            throw new InvalidOperationException($"The test server did not start: {line}; see {folder}.log");
        }

        var text = $"Host=127.0.0.1;Port={Text(port)};Username=postgres;Database=postgres";
        await WaitUntilReady(text);
        return new TestCluster(text, watcher, server);
    }

    private static async Task WaitUntilReady(string text)
    {
        var until = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(text + ";Pooling=false;Timeout=2");
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (until.Elapsed < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(10);
            }
        }
    }

    private static int ParentOf(int id)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>With fsync as ops/pg/cluster.sh sets the program's own server up.</summary>
    private static string Settings(bool fsync) => fsync
        ? "-c max_wal_size=4GB -c shared_buffers=256MB"
        : "-c fsync=off -c full_page_writes=off -c synchronous_commit=off";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // Root may not run a server: then it runs as postgres or nobody. A line starts it again; the end of input is ours.
    private const string Script = """
        bin=$1 data=$2 port=$3 settings=$4
        as=
        if [ "$(id -u)" = 0 ]; then
          user=postgres; id $user >/dev/null 2>&1 || user=nobody
          as="setpriv --reuid=$(id -u $user) --regid=$(id -g $user) --clear-groups env LC_ALL=C HOME=/tmp"
        fi
        cd /
        if [ ! -f "$data/PG_VERSION" ]; then
          mkdir -p "$data" && chmod 700 "$data"
          [ -z "$as" ] || chown $user "$data"
          $as "$bin/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$data.log" 2>&1 || { echo initdb; exit 1; }
        fi
        start() {
          $as "$bin/postgres" -D "$data" -p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
            -c max_connections=200 -c shared_buffers=128MB -c timezone=UTC $settings >>"$data.log" 2>&1 </dev/null &
          server=$!
        }
        # right after a kill the old server's memory may still be in use: then it is tried again
        stays() { for i in 1 2 3; do sleep 0.1; kill -0 $server 2>/dev/null || return 1; done; }
        until start; stays; do :; done
        echo $server
        while read command; do until start; stays; do :; done; echo $server; done
        kill -INT $server 2>/dev/null
        wait $server 2>/dev/null
        rm -rf "$data" "$data.log"
        """;
}
