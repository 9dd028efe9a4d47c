using Npgsql;

namespace Settlement.Projections.EventStore;

/// <summary>
/// Makes rows of tables from facts, in the transaction that stores the facts. Every row carries (tenant_id, generation),
/// and both are in the primary key: what is written for one generation never touches another.
/// </summary>
public interface ILedger
{
    /// <summary>Raise it when the rows change for the same facts: they are built again beside the old ones.</summary>
    int Version { get; }

    IReadOnlyList<string> Tables { get; }

    /// <summary>Reads facts without what the rows never show; null = whole.</summary>
    EventNames? Reads => null;

    /// <summary>
    /// Writes the rows of some events of one tenant, in the order of their numbers. The same events in other pieces must
    /// give the same rows.
    /// </summary>
    Task Apply(RowTarget target, IReadOnlyList<Recorded> events, CancellationToken stop);
}

/// <summary>Where rows go: one tenant and generation, inside a transaction.</summary>
public sealed record RowTarget(
    NpgsqlConnection Connection, NpgsqlTransaction Transaction, string Tenant, long Generation)
{
    /// <summary>A command with tenant and generation as $1 and $2.</summary>
    public NpgsqlCommand Command(string sql)
    {
        var command = new NpgsqlCommand(sql, Connection, Transaction);
        command.Parameters.Add(new() { Value = Tenant });
        command.Parameters.Add(new() { Value = Generation });
        return command;
    }

    /// <summary>The same as part of a batch, with more parameters after them.</summary>
    internal NpgsqlBatchCommand BatchCommand(string sql, params ReadOnlySpan<NpgsqlParameter> more) =>
        Query.Command(sql, [Query.Text(Tenant), Query.Long(Generation), .. more]);
}
