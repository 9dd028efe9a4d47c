using System.Text.Json;
using NpgsqlTypes;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;

namespace Settlement.Projections.Tables;

/// <summary>One row per ledger entry, which is also one line of a statement, and its postings.</summary>
internal sealed class EntryRows
{
    private readonly List<LedgerRow> rows = [];

    public void Add(LedgerRow row) => rows.Add(row);

    public async Task Write(RowTarget target, CancellationToken stop)
    {
        if (rows.Count == 0)
        {
            return;
        }

        await WriteEntries(target, stop);
        await WritePostings(target, stop);
    }

    private async Task WriteEntries(RowTarget target, CancellationToken stop)
    {
        await using var copy = await target.Connection.BeginBinaryImportAsync(
            """
            copy ledger_entries (tenant_id, generation, seq_id, kind, stream, cpo, emsp, cdr_id, period, charge_period,
              tax_date, recorded_at, currency, place, start_at, end_at, sessions, energy_kwh, charging_seconds, parking_seconds,
              energy, time, parking, flat, reservation, net, tax, due, claimed, rerated, surcharge_provable, taxes,
              corrects, corrects_period, cause)
            from stdin (format binary)
            """, stop);
        foreach (var (recorded, movement, _, period, corrects, correctsPeriod) in rows)
        {
            var (settled, sign) = (movement.Settled, movement.Sign);
            await copy.StartRowAsync(stop);
            await copy.WriteAsync(target.Tenant, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(target.Generation, NpgsqlDbType.Bigint, stop);
            await copy.WriteAsync(recorded.Number, NpgsqlDbType.Bigint, stop);
            await copy.WriteAsync(Kind(movement.Kind), NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(recorded.Stream, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(settled.OwedTo.ToString(), NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(settled.OwedBy.ToString(), NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(movement.Cdr.Id, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(Ids.Text(period), NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(Ids.Text(settled.Cdr.ChargePeriod), NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(settled.TaxDate.ToDateOnly(), NpgsqlDbType.Date, stop);
            await copy.WriteAsync(recorded.Time.ToDateTimeUtc(), NpgsqlDbType.TimestampTz, stop);
            await copy.WriteAsync(settled.Cdr.Currency, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(settled.Place, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(settled.Cdr.Start.ToDateTimeUtc(), NpgsqlDbType.TimestampTz, stop);
            await copy.WriteAsync(settled.Cdr.End.ToDateTimeUtc(), NpgsqlDbType.TimestampTz, stop);
            await copy.WriteAsync(sign, NpgsqlDbType.Integer, stop);
            await copy.WriteAsync(sign * settled.EnergyKwh, NpgsqlDbType.Numeric, stop);
            await copy.WriteAsync(sign * settled.ChargingSeconds, NpgsqlDbType.Bigint, stop);
            await copy.WriteAsync(sign * settled.ParkingSeconds, NpgsqlDbType.Bigint, stop);
            foreach (var component in Enum.GetValues<ChargeComponent>())
            {
                await copy.WriteAsync(sign * Charge(settled, component), NpgsqlDbType.Bigint, stop);
            }

            await copy.WriteAsync(sign * settled.Net, NpgsqlDbType.Bigint, stop);
            await copy.WriteAsync(sign * settled.Tax, NpgsqlDbType.Bigint, stop);
            await copy.WriteAsync(sign * settled.Due, NpgsqlDbType.Bigint, stop);
            await copy.WriteAsync(sign * settled.Claimed, NpgsqlDbType.Numeric, stop);
            await copy.WriteAsync(sign * settled.ReRated, NpgsqlDbType.Numeric, stop);
            await copy.WriteAsync(settled.SurchargeReference is not null, NpgsqlDbType.Boolean, stop);
            await copy.WriteAsync(
                JsonSerializer.Serialize(TaxRows.Signed(movement), RowJson.Options), NpgsqlDbType.Jsonb, stop);
            await copy.WriteNullable(corrects, NpgsqlDbType.Bigint, stop);
            await copy.WriteNullable(
                correctsPeriod is { } earlier ? Ids.Text(earlier) : null, NpgsqlDbType.Varchar, stop);
            await copy.WriteNullable(movement.Cause, NpgsqlDbType.Varchar, stop);
        }

        await copy.CompleteAsync(stop);
    }

    private async Task WritePostings(RowTarget target, CancellationToken stop)
    {
        await using var copy = await target.Connection.BeginBinaryImportAsync(
            """
            copy ledger_postings (tenant_id, generation, seq_id, line, account, debit, credit)
            from stdin (format binary)
            """, stop);
        foreach (var (recorded, _, entry, _, _, _) in rows)
        {
            for (var line = 0; line < entry.Postings.Count; line++)
            {
                var posting = entry.Postings[line];
                await copy.StartRowAsync(stop);
                await copy.WriteAsync(target.Tenant, NpgsqlDbType.Varchar, stop);
                await copy.WriteAsync(target.Generation, NpgsqlDbType.Bigint, stop);
                await copy.WriteAsync(recorded.Number, NpgsqlDbType.Bigint, stop);
                await copy.WriteAsync(line, NpgsqlDbType.Integer, stop);
                await copy.WriteAsync(posting.Account.Name, NpgsqlDbType.Varchar, stop);
                await copy.WriteAsync(posting.Debit, NpgsqlDbType.Bigint, stop);
                await copy.WriteAsync(posting.Credit, NpgsqlDbType.Bigint, stop);
            }
        }

        await copy.CompleteAsync(stop);
    }

    /// <summary>Settled price of one component, minor units; 0 where it has none.</summary>
    public static long Charge(SettledCdr settled, ChargeComponent component) =>
        settled.Charges.FirstOrDefault(charge => charge.Component == component)?.Amount ?? 0;

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
