using System.Net.Sockets;
using Npgsql;
using Settlement.Domain;

namespace Settlement.Projections.EventStore;

/// <summary>The way to PostgreSQL: one data source per process, its schema up to date.</summary>
public static class Database
{
    /// <summary>Connects, and brings the schema up to date.</summary>
    /// <exception cref="SchemaRefusedException">The database is newer than this program.</exception>
    public static async Task<NpgsqlDataSource> Open(string connectionString, CancellationToken stop = default)
    {
        var source = Source(connectionString);
        try
        {
            await SchemaMigrations.Run(source, stop);
            return source;
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    /// <summary>A data source with our settings, without touching the schema.</summary>
    public static NpgsqlDataSource Source(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Enlist = false,
            // statements are few and fixed: each connection parses and plans them once
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
            // nothing of a session outlives its transaction here (settings are transaction-local)
            NoResetOnClose = true,
            // the same text for the same row in every digest
            Timezone = "UTC",
            IncludeErrorDetail = false,
        };
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }
}

/// <summary>Kinds of failures, told apart by SQLSTATE only.</summary>
public static class SqlStates
{
    public const string UniqueViolation = "23505";

    /// <summary>
    /// The database is away, full, restarting or out of resources, or a transaction lost a race: nothing is wrong
    /// with the data, and the same again may succeed. Classes 08, 40, 53, 57P, 58, and a broken network.
    /// </summary>
    public static bool IsOutage(Exception e) => e switch
    {
        PostgresException p => IsOutage(p.SqlState),
        NpgsqlException or IOException or SocketException or TimeoutException => true,
        _ => e.InnerException is { } inner && IsOutage(inner),
    };

    /// <summary>It is of this one piece of work: no outage and no cancellation, which end all of them.</summary>
    public static bool IsOfOne(Exception e) =>
        e is not OperationCanceledException and not StoreOutageException && !IsOutage(e);

    public static bool IsOutage(string sqlState) =>
        sqlState.StartsWith("08", StringComparison.Ordinal) || sqlState.StartsWith("40", StringComparison.Ordinal)
        || sqlState.StartsWith("53", StringComparison.Ordinal) || sqlState.StartsWith("57P", StringComparison.Ordinal)
        || sqlState.StartsWith("58", StringComparison.Ordinal);
}

/// <summary>The log cannot be written now; the same again later may succeed.</summary>
public class StoreOutageException(Refusal refusal, Exception? inner) : Exception(refusal.Message, inner)
{
    /// <summary>The database cannot be reached or cannot work now. Whether the work was done is not known.</summary>
    public StoreOutageException(string message, Exception inner)
        : this(new Refusal("database.unreachable", message), inner)
    {
    }

    public Refusal Refusal { get; } = refusal;
}

/// <summary>The rows are of another version of the ledger than this program's: it reads, and writes nothing.</summary>
public sealed class LedgerVersionException(Refusal refusal) : StoreOutageException(refusal, null);
