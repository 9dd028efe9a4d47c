using NodaTime;
using Npgsql;

namespace Settlement.Projections.EventStore;

/// <summary>Where a tenant's log stands; its ledger rows stand there too.</summary>
/// <param name="LastNumber">Of its last event; numbers are drawn by all tenants together.</param>
/// <param name="LastWritten">Null: nothing was written yet.</param>
/// <param name="Generation">Which building of the rows readers see; a rebuild makes the next.</param>
/// <param name="LedgerVersion">Which version of the ledger's code writes them.</param>
public sealed record TenantStatus(
    string Tenant, long Events, long LastNumber, Instant? LastWritten, long Generation, int LedgerVersion)
{
    internal static async Task<IReadOnlyList<TenantStatus>> Read(NpgsqlDataSource source, CancellationToken stop)
    {
        await using var command = source.CreateCommand("""
            select tenant_id, events, last_number, last_time, generation, ledger_version
            from tenant_heads order by tenant_id
            """);
        await using var reader = await command.ExecuteReaderAsync(stop);
        var tenants = new List<TenantStatus>();
        while (await reader.ReadAsync(stop))
        {
            var written = reader.GetInt64(1) == 0 ? (Instant?)null : Query.StoredTime(reader, 3);
            tenants.Add(new TenantStatus(
                reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), written, reader.GetInt64(4), reader.GetInt32(5)));
        }

        return tenants;
    }
}
