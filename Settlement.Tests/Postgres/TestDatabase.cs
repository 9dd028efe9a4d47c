using Npgsql;
using Settlement.Projections.EventStore;

namespace Settlement.Tests.Postgres;

/// <summary>A database that belongs to one test class, or to one test, and is dropped with it.</summary>
public sealed class TestDatabase(TestCluster cluster, string name, string connectionString, SemaphoreSlim room)
    : IAsyncDisposable
{
    private readonly List<NpgsqlDataSource> sources = [];

    public string ConnectionString => connectionString;

    public TestCluster Cluster => cluster;

    /// <summary>A data source with the program's own settings.</summary>
    public NpgsqlDataSource Source()
    {
        var source = Database.Source(connectionString);
        sources.Add(source);
        return source;
    }

    public async Task<T> Value<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task Execute(string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in sources)
        {
            await source.DisposeAsync();
        }

        try
        {
            await cluster.Execute($"drop database if exists {name} with (force)");
        }
        finally
        {
            room.Release();
        }
    }
}
