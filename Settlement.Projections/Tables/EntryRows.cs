using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>One row per ledger entry, which is also one line of a statement, with its postings.</summary>
internal sealed class EntryRows
{
    private static readonly TableCopy<LedgerRow> Table = new(
        "ledger_entries",
        """
        seq_id, kind, stream, cpo, emsp, cdr_id, period, charge_period, tax_date, recorded_at, currency, place, start_at, end_at,
        sessions, energy_kwh, charging_seconds, parking_seconds, energy, time, parking, flat, reservation, net, tax, due,
        claimed, rerated, surcharge_provable, taxes, corrects, corrects_period, cause, accounts, debits, credits
        """,
        Cells);

    private static readonly ChargeComponent[] Components = Enum.GetValues<ChargeComponent>();

    private readonly List<LedgerRow> rows = [];

    public void Add(LedgerRow row) => rows.Add(row);

    public Task Write(RowTarget target, CancellationToken stop) =>
        rows.Count == 0 ? Task.CompletedTask : Table.Write(target, rows, stop);

    private static void Cells(CopyRows cells, LedgerRow row)
    {
        var (recorded, movement, entry, period, corrects, correctsPeriod) = row;
        var (settled, sign) = (movement.Settled, movement.Sign);
        cells.Add(recorded.Number);
        cells.Add(Kind(movement.Kind));
        cells.Add(recorded.Stream);
        cells.Add(settled.OwedTo.ToString());
        cells.Add(settled.OwedBy.ToString());
        cells.Add(movement.Cdr.Id);
        cells.Add(Ids.Text(period));
        cells.Add(Ids.Text(settled.Cdr.ChargePeriod));
        cells.Add(settled.TaxDate);
        cells.Add(recorded.Time);
        cells.Add(settled.Cdr.Currency);
        cells.Add(settled.Place);
        cells.Add(settled.Cdr.Start);
        cells.Add(settled.Cdr.End);
        Amounts(cells, settled, sign);
        cells.Add(settled.SurchargeReference is not null);
        cells.AddJson(TaxRows.Signed(movement), RowJson.Options);
        cells.Add(corrects);
        cells.Add(correctsPeriod is { } earlier ? Ids.Text(earlier) : null);
        cells.Add(movement.Cause);
        Postings(cells, entry.Postings);
    }

    private static void Amounts(CopyRows cells, SettledCdr settled, int sign)
    {
        cells.Add(sign);
        cells.Add(sign * settled.EnergyKwh);
        cells.Add(sign * settled.ChargingSeconds);
        cells.Add(sign * settled.ParkingSeconds);
        foreach (var component in Components)
        {
            cells.Add(sign * Charge(settled, component));
        }

        cells.Add(sign * settled.Net);
        cells.Add(sign * settled.Tax);
        cells.Add(sign * settled.Due);
        cells.Add(sign * settled.Claimed);
        cells.Add(sign * settled.ReRated);
    }

    private static void Postings(CopyRows cells, IReadOnlyList<Posting> postings)
    {
        var accounts = cells.BeginArray(CopyRows.Varchar, postings.Count);
        foreach (var posting in postings)
        {
            cells.Add(posting.Account.Name);
        }

        cells.EndArray(accounts);
        var debits = cells.BeginArray(CopyRows.Bigint, postings.Count);
        foreach (var posting in postings)
        {
            cells.Add(posting.Debit);
        }

        cells.EndArray(debits);
        var credits = cells.BeginArray(CopyRows.Bigint, postings.Count);
        foreach (var posting in postings)
        {
            cells.Add(posting.Credit);
        }

        cells.EndArray(credits);
    }

    /// <summary>Settled price of one component, minor units; 0 where it has none.</summary>
    public static long Charge(SettledCdr settled, ChargeComponent component)
    {
        foreach (var charge in settled.Charges)
        {
            if (charge.Component == component)
            {
                return charge.Amount;
            }
        }

        return 0;
    }

    /// <summary>Kinds of CDR entries as tables and files name them.</summary>
    public static string Kind(MovementKind kind) => kind switch
    {
        MovementKind.Cdr => "cdr",
        MovementKind.Credit => "credit",
        MovementKind.Conflict => "conflict",
        MovementKind.Correction => "correction",
        _ => throw new InvalidOperationException($"{kind} is no kind of movement."),
    };
}
