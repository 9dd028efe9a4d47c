using NodaTime;
using Npgsql;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

/// <summary>One repeatable-read, read-only transaction: every query in it sees the same moment.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;

    private Session(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (this.connection, this.transaction) = (connection, transaction);

    public static async Task<Session> Open(NpgsqlDataSource database, CancellationToken stop)
    {
        var opened = await database.OpenConnectionAsync(stop);
        try
        {
            return new Session(
                opened, await opened.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, stop));
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    public NpgsqlCommand Command(string sql) => new(sql, connection, transaction);

    /// <summary>$1 = tenants, $2 = month.</summary>
    public static void Bind(NpgsqlCommand command, string[] tenants, YearMonth month)
    {
        command.Parameters.Add(new() { Value = tenants });
        command.Parameters.Add(new() { Value = Ids.Text(month) });
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
