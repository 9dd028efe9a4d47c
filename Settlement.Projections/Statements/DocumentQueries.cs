using Npgsql;
using Settlement.Domain.Agreements;

namespace Settlement.Projections.Statements;

/// <summary>Issued documents by their number, our own credit notes of disputes too.</summary>
public sealed class DocumentQueries(NpgsqlDataSource database)
{
    /// <summary>Between whom it was issued; null where no document has that number.</summary>
    public async Task<Relationship?> RelationshipOf(string number, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select t.tenant_id from documents t {LiveRows.Join} where t.number = $1
            union all
            select t.tenant_id from disputes t {LiveRows.Join} where jsonb_exists(t.body -> 'Notes', $1)
            """);
        command.Parameters.Add(new() { Value = number });
        return await command.ExecuteScalarAsync(stop) is string tenant ? Relationship.Parse(tenant) : null;
    }
}
