using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Settlement.Domain.Ocpi;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Partners;

/// <summary>
/// What partners report beside CDRs: sessions and invoice records. Written with the ledger's checkpoint, so that the
/// log is read once; no figure of the ledger depends on it.
/// </summary>
public static class PartnerRows
{
    public static IReadOnlyList<string> Tables { get; } = ["reported_sessions", "invoice_records"];

    public static async Task Write(RowTarget target, IReadOnlyList<Recorded> events, CancellationToken stop)
    {
        foreach (var stream in events
            .Where(e => e.Fact is SessionReportFact or InvoiceRecordFact)
            .GroupBy(e => e.Stream, StringComparer.Ordinal))
        {
            // the last fact of a stream tells all of it
            var last = stream.Last();
            await (last.Fact switch
            {
                SessionReportFact.SessionReported fact => Session(target, last, fact, stop),
                InvoiceRecordFact.InvoiceRecordReceived fact => Record(target, last, fact, stop),
                InvoiceRecordFact.InvoiceRecordWithdrawn => Remove(target, last, stop),
                _ => throw new InvalidOperationException($"{last.Type} is no fact of a partner."),
            });
        }
    }

    private static async Task Session(
        RowTarget target, Recorded recorded, SessionReportFact.SessionReported fact, CancellationToken stop)
    {
        var session = fact.Session;
        await using var command = target.Command(
            """
            insert into reported_sessions (tenant_id, generation, stream, cpo, emsp, session_id, session_key, status,
              start_at, end_at, energy_kwh, currency, location_id, total_cost, received_at, source, seq_id)
            values ($1, $2, $3, $4, $5, $6, lower($6), $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            on conflict (tenant_id, generation, stream) do update set
              cpo = excluded.cpo, emsp = excluded.emsp, session_id = excluded.session_id,
              session_key = excluded.session_key, status = excluded.status,
              start_at = excluded.start_at, end_at = excluded.end_at, energy_kwh = excluded.energy_kwh,
              currency = excluded.currency, location_id = excluded.location_id, total_cost = excluded.total_cost,
              received_at = excluded.received_at, source = excluded.source, seq_id = excluded.seq_id
            """);
        Add(command, recorded.Stream);
        Add(command, session.Cpo.ToString());
        Add(command, session.Emsp.ToString());
        Add(command, session.Id);
        Add(command, session.Status);
        Add(command, session.Start.ToDateTimeUtc());
        Add(command, session.End?.ToDateTimeUtc(), NpgsqlDbType.TimestampTz);
        Add(command, session.EnergyKwh);
        Add(command, session.Currency);
        Add(command, session.LocationId, NpgsqlDbType.Varchar);
        Add(command, session.TotalCost, NpgsqlDbType.Numeric);
        Add(command, fact.ReceivedAt.ToDateTimeUtc());
        Add(command, fact.Source);
        Add(command, recorded.Number);
        await command.ExecuteNonQueryAsync(stop);
    }

    private static async Task Record(
        RowTarget target, Recorded recorded, InvoiceRecordFact.InvoiceRecordReceived fact, CancellationToken stop)
    {
        var record = fact.Record;
        await using var command = target.Command(
            """
            insert into invoice_records (tenant_id, generation, stream, owner, record_id, invoice_id, cdrs,
              last_updated, received_at, source, seq_id)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            on conflict (tenant_id, generation, stream) do update set
              owner = excluded.owner, record_id = excluded.record_id, invoice_id = excluded.invoice_id,
              cdrs = excluded.cdrs, last_updated = excluded.last_updated, received_at = excluded.received_at,
              source = excluded.source, seq_id = excluded.seq_id
            """);
        Add(command, recorded.Stream);
        Add(command, record.Owner.ToString());
        Add(command, record.Id);
        Add(command, record.InvoiceId);
        Add(command, JsonSerializer.Serialize(record.Cdrs), NpgsqlDbType.Jsonb);
        Add(command, record.LastUpdated.ToDateTimeUtc());
        Add(command, fact.ReceivedAt.ToDateTimeUtc());
        Add(command, fact.Source);
        Add(command, recorded.Number);
        await command.ExecuteNonQueryAsync(stop);
    }

    private static async Task Remove(RowTarget target, Recorded recorded, CancellationToken stop)
    {
        await using var command = target.Command(
            "delete from invoice_records where tenant_id = $1 and generation = $2 and stream = $3");
        Add(command, recorded.Stream);
        await command.ExecuteNonQueryAsync(stop);
    }

    private static void Add(NpgsqlCommand command, object value) => command.Parameters.Add(new() { Value = value });

    private static void Add(NpgsqlCommand command, object? value, NpgsqlDbType type) =>
        command.Parameters.Add(new() { Value = value ?? DBNull.Value, NpgsqlDbType = type });
}
