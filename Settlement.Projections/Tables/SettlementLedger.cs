using Settlement.Domain;
using Settlement.Domain.Disputes;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Payments;
using Settlement.Domain.Periods;
using Settlement.Projections.EventStore;
using Settlement.Projections.Partners;

namespace Settlement.Projections.Tables;

/// <summary>
/// The ledger and what screens and reports read, written in the transaction that stores the facts: a report can never see
/// a fact without its entry, or an entry without its postings, balances and totals.
/// </summary>
public sealed class SettlementLedger : ILedger
{
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

    public async Task Apply(RowTarget target, IReadOnlyList<Recorded> events, CancellationToken stop)
    {
        if (!events.Any(e => HasRows(e.Fact)))
        {
            return;
        }

        var batch = await SettlementBatch.Load(target, events, stop);
        foreach (var recorded in events)
        {
            batch.Add(recorded);
        }

        await batch.Write(target, stop);
        await PartnerRows.Write(target, events, stop);
    }

    /// <summary>Whether a kind of fact changes a row: what people, partners and the reference book do, does not.</summary>
    internal static bool HasRows(Fact fact) =>
        fact is CdrFact or PeriodFact or DisputeFact or PaymentFact or OffsetFact or WriteOffFact or OpeningFact
            or SessionReportFact or InvoiceRecordFact;
}
