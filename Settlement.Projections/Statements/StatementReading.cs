using System.Data;
using System.Runtime.CompilerServices;
using NodaTime;
using Npgsql;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Statements;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

/// <summary>
/// A statement and every line behind it, all seen at one moment however often the lines are read: one repeatable-read
/// transaction, held until it is disposed of.
/// </summary>
public sealed class StatementReading : IAsyncDisposable
{
    private readonly Session session;
    private readonly Dictionary<string, PartyId> parties = new(StringComparer.Ordinal);

    private StatementReading(Session session, Statement statement, bool isAsIssued) =>
        (this.session, Statement, IsAsIssued) = (session, statement, isAsIssued);

    public Statement Statement { get; }

    /// <summary>The month was opened again: this is the version that went out, not what there is now.</summary>
    public bool IsAsIssued { get; }

    /// <param name="issued">Up to which number it went out, and the totals of that; null = all there is.</param>
    internal static async Task<StatementReading> Open(
        NpgsqlDataSource database, PartyId to, PartyId counterparty, YearMonth month, Agreement agreement,
        (long UpTo, LineTotals Totals)? issued, CancellationToken stop)
    {
        var opened = await Session.Open(database, stop);
        try
        {
            // a million lines meet their CDRs: less than this is spread over many files on disk
            await using (var memory = opened.Command("set local work_mem = '64MB'"))
            {
                await memory.ExecuteNonQueryAsync(stop);
            }

            var statement = await ReportQueries.Statement(opened, to, counterparty, month, agreement, stop);
            return new StatementReading(
                opened,
                issued is not var (upTo, totals) ? statement : statement with
                {
                    Position = statement.Position with { Number = upTo },
                    Places = totals.Places,
                    Taxes = totals.Taxes,
                },
                issued is not null);
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>In the order of the log, streamed.</summary>
    public async IAsyncEnumerable<DetailLine> Lines([EnumeratorCancellation] CancellationToken stop = default)
    {
        await using var command = session.Command(
            $"""
            select t.seq_id, t.kind, t.cpo, t.emsp, t.currency, t.cdr_id, case when t.kind = 'credit' then c.linked_id end,
                   c.session_id, c.driver, t.start_at, t.end_at, t.charge_period, t.tax_date,
                   c.location_id, c.evse_id, c.city, t.place, t.energy_kwh,
                   t.charging_seconds, t.parking_seconds, t.energy, t.time, t.parking, t.flat, t.reservation, t.net,
                   t.tax, t.due, t.claimed, t.rerated, t.surcharge_provable, c.received_at,
                   case when t.sessions < 0 then t.corrects end,
                   t.corrects_period, c.authorization_reference, c.power_type, c.tariffs, t.taxes,
                   t.cause
            from ledger_entries t {LiveRows.Join}
            left join cdrs c on c.tenant_id = t.tenant_id and c.generation = t.generation and c.stream = t.stream
            where t.tenant_id = $1 and t.period = $2 and t.seq_id <= $3
            order by t.seq_id
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = Statement.Position.Tenant });
        command.Parameters.Add(new() { Value = Ids.Text(Statement.Month) });
        command.Parameters.Add(new() { Value = Statement.Position.Number });
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, stop);
        while (await reader.ReadAsync(stop))
        {
            yield return Line(reader);
        }
    }

    /// <summary>What stands beside those entries, in the order of the log, streamed.</summary>
    public async IAsyncEnumerable<StatementLine> Beside([EnumeratorCancellation] CancellationToken stop = default)
    {
        var filter = new LineFilter(Statement.Position.Tenant, Statement.Month, UpTo: Statement.Position.Number);
        await using var command = session.Command("");
        await foreach (var line in BesideQueries.Lines(command, filter, null, stop))
        {
            yield return line;
        }
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();

    // columns are read in their order: the row is a stream
    private DetailLine Line(NpgsqlDataReader r) => new()
    {
        Number = r.GetInt64(0),
        Kind = r.GetString(1),
        Creditor = Party(r.GetString(2)),
        Debtor = Party(r.GetString(3)),
        Currency = Currency.Of(r.GetString(4)),
        CdrId = r.GetString(5),
        CreditOf = Ids.Text(r, 6),
        SessionId = Ids.Text(r, 7),
        Driver = Ids.Text(r, 8),
        Start = Ids.Time(r.GetDateTime(9)),
        End = Ids.Time(r.GetDateTime(10)),
        ChargePeriod = r.GetString(11),
        TaxDate = LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(12)),
        LocationId = Ids.Text(r, 13),
        EvseId = Ids.Text(r, 14),
        City = Ids.Text(r, 15),
        Place = r.GetString(16),
        EnergyKwh = r.GetDecimal(17),
        ChargingSeconds = r.GetInt64(18),
        ParkingSeconds = r.GetInt64(19),
        Energy = r.GetInt64(20),
        Time = r.GetInt64(21),
        Parking = r.GetInt64(22),
        Flat = r.GetInt64(23),
        Reservation = r.GetInt64(24),
        Net = r.GetInt64(25),
        Tax = r.GetInt64(26),
        Due = r.GetInt64(27),
        Claimed = r.GetDecimal(28),
        ReRated = r.IsDBNull(29) ? null : r.GetDecimal(29),
        SurchargeProvable = r.GetBoolean(30),
        ReceivedAt = r.IsDBNull(31) ? null : Ids.Time(r.GetDateTime(31)),
        Corrects = r.IsDBNull(32) ? null : r.GetInt64(32),
        CorrectsPeriod = r.IsDBNull(33) ? null : Ids.Month(r.GetString(33)),
        AuthorizationReference = Ids.Text(r, 34),
        PowerType = Ids.Text(r, 35),
        Tariff = Ids.Text(r, 36),
        Taxes = DetailTaxes.Read(r.GetFieldValue<byte[]>(37)),
        Cause = Ids.Text(r, 38),
    };

    private PartyId Party(string text)
    {
        if (!parties.TryGetValue(text, out var party))
        {
            parties[text] = party = Ids.Party(text);
        }

        return party;
    }
}
