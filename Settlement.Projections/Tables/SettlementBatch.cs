using NodaTime;
using Npgsql;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Payments;
using Settlement.Domain.Periods;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>The rows of one batch of events: each fact goes to the tables it changes.</summary>
internal sealed class SettlementBatch
{
    private readonly PeriodRows periods;
    private readonly Placement placement;
    private readonly JournalRows journal;
    private readonly CdrRows cdrs = new();
    private readonly EntryRows entries = new();
    private readonly BalanceRows balances = new();
    private readonly TotalRows totals = new();
    private readonly TaxRows taxes = new();
    private readonly StatementRows statements = new();
    private readonly ItemRows items = new();
    private readonly FoldRows folds;

    private SettlementBatch(PeriodRows periods, Placement placement, JournalRows journal, FoldRows folds) =>
        (this.periods, this.placement, this.journal, this.folds) = (periods, placement, journal, folds);

    public static async Task<SettlementBatch> Load(
        RowTarget target, IReadOnlyList<Recorded> events, CancellationToken stop) => new(
            await PeriodRows.Load(target, stop), await Placement.Load(target, events, stop),
            await JournalRows.Load(target, events, stop),
            await FoldRows.Load(target, events, events.Select(Placement.TakenBack).OfType<string>(), stop));

    public void Add(Recorded recorded)
    {
        foreach (var entry in Journals.Of(recorded.Fact))
        {
            Add(recorded, periods.Calendar.OfJournal(entry), entry, cdr => entry.Kind == JournalKind.Dispute
                ? null // it charges nothing
                : placement.Of(CdrStreams.Name(cdr))?.Supply);
        }

        if (recorded.Fact is PeriodFact.StatementIssued issued)
        {
            ReverseChanges(recorded, issued.Draft);
        }

        items.Add(recorded, ItemMove.Of(recorded.Fact));
        folds.Add(recorded);
        switch (recorded.Fact)
        {
            case PeriodFact fact:
                periods.Add(fact, recorded.Number);
                statements.Add(recorded, fact);
                break;
            case CdrFact fact:
                Add(recorded, fact);
                break;
            default:
                break; // agreements, tariffs, sessions and documents move no money by themselves
        }
    }

    public async Task Write(RowTarget target, CancellationToken stop)
    {
        await periods.Write(target, stop);
        await cdrs.Write(target, stop);
        await entries.Write(target, stop);
        await journal.Write(target, stop);
        await WriteSums(target, stop);
        await statements.Write(target, stop);
        await items.Write(target, stop);
        await folds.Write(target, stop);
    }

    private async Task WriteSums(RowTarget target, CancellationToken stop)
    {
        await using var batch = new NpgsqlBatch(target.Connection, target.Transaction);
        foreach (var command in (NpgsqlBatchCommand?[])[balances.Command(target), totals.Command(target), taxes.Command(target)])
        {
            if (command is not null)
            {
                batch.BatchCommands.Add(command);
            }
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(stop);
        }
    }

    private void Add(Recorded recorded, CdrFact fact)
    {
        if (fact is CdrFact.CdrReceived or CdrFact.CdrConflicted or CdrFact.CreditTakenBack)
        {
            placement.Received(recorded.Stream, recorded.Number);
        }

        if (Movement.Of(fact) is { } movement)
        {
            Add(recorded, movement);
        }

        cdrs.Add(recorded, fact, placement.Of(recorded.Stream));
    }

    private void Add(Recorded recorded, Movement movement)
    {
        var received = placement.Of(recorded.Stream)?.Received ?? recorded.Number;
        var period = periods.Calendar.OfCdr(movement.Settled.Cdr.ChargePeriod, received);
        var before = Placement.TakenBack(recorded) is { } stream ? placement.Of(stream) : null;
        var entry = movement.Entry();
        entries.Add(new LedgerRow(recorded, movement, entry, period, before?.Entry, before?.Period));
        balances.Add(EntryRows.Kind(movement.Kind), period, entry);
        totals.Add(movement, period);
        taxes.Add(movement, period);
        var settled = movement.Settled;
        var supply = new JournalAbout(settled.OwedTo.ToString(), settled.OwedBy.ToString(), settled.Place);
        placement.Posted(recorded.Stream, recorded.Number, period, supply);
        if (movement.Sign > 0)
        {
            GiveBack(recorded, settled, supply, before, period);
            return;
        }

        if (before?.Entry is { } reversed)
        {
            placement.Reversed(reversed, period);
        }

        if (journal.TakeBack(settled.Cdr.Key, settled.Cdr.Currency, settled.TaxDate) is { } beside)
        {
            var about = supply with { Corrects = before?.Entry, CorrectsPeriod = before?.Period };
            Add(recorded, period, beside, _ => about);
            items.Add(recorded, TakenBackItems.Of(beside, folds.TakenBack(recorded, CdrStreams.Name(settled.Cdr.Key))));
        }
    }

    /// <summary>A credit counts no longer: all that it took back stands again (rules-money 13, 14).</summary>
    private void GiveBack(Recorded recorded, SettledCdr settled, JournalAbout supply, Placed? credit, YearMonth period)
    {
        // where the CDR itself was reversed with it, nothing of it stands again
        if (recorded.Fact is not CdrFact.CreditTakenBack || credit?.Entry is not { } entry
            || placement.Of(CdrStreams.Name(settled.Cdr.Key)) is not { Entry: { } original } || original > entry)
        {
            return;
        }

        placement.Stands(original);
        if (journal.GiveBack(settled.Cdr.Key, settled.Cdr.Currency, settled.TaxDate, entry) is { } beside)
        {
            var about = supply with { Corrects = entry, CorrectsPeriod = credit.Period };
            Add(recorded, period, beside, _ => about);
        }
    }

    /// <summary>
    /// What a statement changes in the tax of a CDR that was reversed between its cut-off and its issue is reversed at
    /// once, in the month of the reversal: credit and issue may come in either order.
    /// </summary>
    private void ReverseChanges(Recorded recorded, StatementDraft draft)
    {
        foreach (var change in draft.TaxChanges.DistinctBy(change => change.Entry))
        {
            var document = draft.Documents[change.Document];
            if (change.Entry is { } entry && placement.ReversedIn(entry) is { } period
                && journal.TakeBack(change.Cdr, document.Currency, draft.DocumentDate) is { } beside)
            {
                var about = placement.Of(CdrStreams.Name(change.Cdr))?.Supply;
                Add(recorded, period, beside, _ => about is null ? null : about with { Corrects = entry, CorrectsPeriod = draft.Month });
            }
        }
    }

    private void Add(Recorded recorded, YearMonth period, JournalEntry entry, Func<CdrKey, JournalAbout?> about)
    {
        journal.Add(recorded, period, entry, about);
        balances.Add(
            StatementBalances.Kind(entry.Kind), period,
            Entry.Of(Currency.Of(entry.Currency), [.. entry.Lines.Select(line => line.Posting)]));
    }
}

/// <summary>One ledger entry of a CDR with its place in time.</summary>
/// <param name="Period">The month it is settled in.</param>
/// <param name="Corrects">Number of the entry it takes back.</param>
internal sealed record LedgerRow(
    Recorded Event, Movement Movement, Entry Entry, YearMonth Period, long? Corrects, YearMonth? CorrectsPeriod);
