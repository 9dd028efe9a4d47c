using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Settlement.Tests.Postgres;

/// <summary>Stands between program and server, and can lose the server's answers or be away altogether.</summary>
public sealed class TestProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly List<TcpClient> open = [];
    private readonly NpgsqlConnectionStringBuilder target;
    private readonly Task accepting;

    public TestProxy(string connectionString)
    {
        target = new NpgsqlConnectionStringBuilder(connectionString);
        listener.Start();
        accepting = Accept();
    }

    public string ConnectionString => new NpgsqlConnectionStringBuilder(target.ConnectionString)
    {
        Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port,
    }.ConnectionString;

    /// <summary>The server is reached no more: open connections break, new ones end at once.</summary>
    public bool IsAway
    {
        get;
        set
        {
            field = value;
            if (value)
            {
                CloseAll();
            }
        }
    }

    /// <summary>The next answer of the server is lost, with its connection, after the server has done the work.</summary>
    public bool LosesNextAnswer { get; set; }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Stop();
        CloseAll();
        await accepting;
        end.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(end.Token);
                if (IsAway)
                {
                    client.Dispose();
                    continue;
                }

                var server = new TcpClient();
                await server.ConnectAsync(target.Host!, target.Port, end.Token);
                lock (open)
                {
                    open.AddRange([client, server]);
                }

                _ = Copy(client, server, answers: false);
                _ = Copy(server, client, answers: true);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task Copy(TcpClient from, TcpClient to, bool answers)
    {
        try
        {
            var buffer = new byte[65536];
            while (await from.GetStream().ReadAsync(buffer, end.Token) is > 0 and var count)
            {
                if (answers && LosesNextAnswer)
                {
                    LosesNextAnswer = false;
                    break;
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, count), end.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException
            or InvalidOperationException)
        {
        }
        finally
        {
            from.Dispose();
            to.Dispose();
        }
    }

    private void CloseAll()
    {
        lock (open)
        {
            foreach (var client in open)
            {
                client.Dispose();
            }

            open.Clear();
        }
    }
}
