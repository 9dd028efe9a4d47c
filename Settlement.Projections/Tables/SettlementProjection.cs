using Npgsql;
using Settlement.Projections.EventStore;
using Settlement.Projections.Partners;
using Settlement.Projections.Workers;

namespace Settlement.Projections.Tables;

/// <summary>
/// The ledger and what screens and reports read, all from one checkpoint: a report can never see an entry
/// without its postings, balances and totals.
/// </summary>
public sealed class SettlementProjection : IProjection
{
    public string Name => "settlement";

    /// <summary>5: a journal line about a CDR tells its supply and its document.</summary>
    public int Version => 5;

    /// <summary>The tables it writes.</summary>
    public static IReadOnlyList<string> RowTables { get; } =
    [
        "periods", "cdrs", "ledger_entries", "journal_lines", "balances", "period_totals", "period_taxes",
        "statements", "documents", "disputes", "payments", "money_requests", "item_moves", .. PartnerRows.Tables,
    ];

    public IReadOnlyList<string> Tables => RowTables;

    public EventNames? Reads { get; init; } = TableFacts.Names;

    public async Task Apply(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string tenant, long generation,
        IReadOnlyList<Recorded> events, CancellationToken stop)
    {
        var target = new RowTarget(connection, transaction, tenant, generation);
        var batch = await SettlementBatch.Load(target, events, stop);
        foreach (var recorded in events)
        {
            batch.Add(recorded);
        }

        await batch.Write(target, stop);
        await PartnerRows.Write(target, events, stop);
    }
}

/// <summary>Where a batch's rows go: one tenant and generation, inside the worker's transaction.</summary>
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
        AppendSql.Command(sql, [AppendSql.Text(Tenant), AppendSql.Long(Generation), .. more]);
}
