using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NodaTime;
using Npgsql;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Statements;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

/// <summary>
/// Reads reports and statements from the tables of the live generation. One repeatable-read transaction per
/// document: all its numbers are of one moment.
/// </summary>
/// <param name="terms">What a relationship's month is settled under: it tells the zone in which sessions are cut.</param>
public sealed class ReportQueries(
    NpgsqlDataSource database, Func<Relationship, YearMonth, CancellationToken, Task<Agreement>> terms)
{
    /// <summary>The month of these relationships; none named = all.</summary>
    public async Task<MonthlyReport> Report(YearMonth month, IReadOnlyList<string>? tenants, CancellationToken stop)
    {
        await using var session = await Session.Open(database, stop);
        var positions = await Positions(session, tenants, stop);
        var chosen = positions.Select(position => position.Tenant).ToArray();
        return new MonthlyReport(
            month, positions, Digest(positions),
            await Places(session, month, chosen, stop),
            await Taxes(session, month, chosen, stop),
            await HeldTotals.Of(
                session, month, chosen,
                async (tenant, cancelled) => (await terms(Relationship.Parse(tenant)!.Value, month, cancelled)).Zone,
                stop),
            await ReportTieOuts.Of(session, month, chosen, stop))
        {
            Late = await Late(session, month, chosen, into: true, stop),
            SettledLater = await Late(session, month, chosen, into: false, stop),
        };
    }

    public async Task<Statement> Statement(
        PartyId to, PartyId counterparty, YearMonth month, Agreement agreement, CancellationToken stop)
    {
        await using var session = await Session.Open(database, stop);
        return await Statement(session, to, counterparty, month, agreement, stop);
    }

    /// <summary>A statement whose lines can be read at the same moment.</summary>
    /// <param name="upTo">
    /// Only what was issued, up to this number, of a month that was opened again; null = all there is.
    /// </param>
    public async Task<StatementReading> Reading(
        PartyId to, PartyId counterparty, YearMonth month, Agreement agreement, CancellationToken stop, long? upTo = null)
    {
        if (upTo is not { } last)
        {
            return await StatementReading.Open(database, to, counterparty, month, agreement, null, stop);
        }

        var totals = new LineTotals();
        var issued = new LineFilter(Relationship.Between(to, counterparty).ToString(), month, UpTo: last);
        await foreach (var line in Lines(issued, stop: stop))
        {
            totals.Add(line);
        }

        return await StatementReading.Open(database, to, counterparty, month, agreement, (last, totals), stop);
    }

    internal static async Task<Statement> Statement(
        Session session, PartyId to, PartyId counterparty, YearMonth month, Agreement agreement,
        CancellationToken stop)
    {
        var tenant = new[] { Relationship.Between(to, counterparty).ToString() };
        var positions = await Positions(session, tenant, stop);
        return new Statement(
            to, counterparty, month, agreement.Zone, agreement.Provisional,
            positions.Count > 0 ? positions[0] : new LogPosition(tenant[0], 0),
            await Places(session, month, tenant, stop),
            await Taxes(session, month, tenant, stop),
            await HeldTotals.Of(session, month, tenant, (_, _) => Task.FromResult(agreement.Zone), stop));
    }

    /// <summary>Relationships with anything in a month, or ever where no month is named.</summary>
    public async Task<IReadOnlyList<string>> TenantsWithMovement(YearMonth? month, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select distinct t.tenant_id from period_totals t {LiveRows.Join}
            where $1 is null or t.period = $1
            union
            select distinct t.tenant_id from cdrs t {LiveRows.Join}
            where t.state in ({LiveRows.HeldStates}) and ($1 is null or t.charge_period = $1)
            order by 1
            """);
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = month is { } m ? Ids.Text(m) : null });
        return await command.Rows(reader => reader.GetString(0), stop);
    }

    /// <summary>Months with movement or held CDRs, newest first.</summary>
    public async Task<IReadOnlyList<YearMonth>> Months(CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select t.period from period_totals t {LiveRows.Join}
            union
            select t.charge_period from cdrs t {LiveRows.Join} where t.state in ({LiveRows.HeldStates})
            order by 1 desc
            """);
        return await command.Rows(reader => Ids.Month(reader.GetString(0)), stop);
    }

    /// <summary>The lines behind any total, in the order of their numbers, streamed.</summary>
    /// <param name="after">Lines after this number only, for paging; with <paramref name="limit"/>.</param>
    public async IAsyncEnumerable<StatementLine> Lines(
        LineFilter filter, long after = 0, int? limit = null, [EnumeratorCancellation] CancellationToken stop = default)
    {
        await using var command = database.CreateCommand(
            $"""
            select t.seq_id, t.kind, t.cpo, t.emsp, t.currency, t.cdr_id, t.stream, t.start_at, t.end_at, t.place,
                   c.city, c.location_id, c.evse_id, c.session_id, c.driver, t.charge_period, t.tax_date, t.sessions,
                   t.energy_kwh, t.charging_seconds, t.parking_seconds, t.energy, t.time, t.parking, t.flat,
                   t.reservation, t.net, t.tax, t.due, t.claimed, t.rerated, t.surcharge_provable, t.taxes::text,
                   t.corrects, t.corrects_period, t.cause
            from ledger_entries t {LiveRows.Join}
            left join cdrs c on c.tenant_id = t.tenant_id and c.generation = t.generation and c.stream = t.stream
            where t.tenant_id = $1 and t.period = $2 and ($3 is null or t.cpo = $3) and ($4 is null or t.currency = $4)
              and ($5 is null or t.place = $5) and t.seq_id > $6 and ($8 is null or t.emsp = $8)
              and t.seq_id <= $9
            order by t.seq_id
            limit $7
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = filter.Tenant });
        command.Parameters.Add(new() { Value = Ids.Text(filter.Month) });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = filter.Cpo?.ToString() });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = filter.Currency });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = filter.Place });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = limit is { } n ? n : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = filter.Emsp?.ToString() });
        command.Parameters.Add(new() { Value = filter.UpTo });
        await using var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.SequentialAccess, stop);
        var relationship = Relationship.Parse(filter.Tenant)!.Value;
        while (await reader.ReadAsync(stop))
        {
            yield return Line(reader, relationship);
        }
    }

    private static StatementLine Line(NpgsqlDataReader r, Relationship relationship) => new(
        r.GetInt64(0), r.GetString(1),
        new Direction(relationship, Ids.Party(r.GetString(2)), Ids.Party(r.GetString(3)), r.GetString(4)),
        r.GetString(5), r.GetString(6), Ids.Time(r.GetDateTime(7)), Ids.Time(r.GetDateTime(8)), r.GetString(9),
        Ids.Text(r, 10), Ids.Text(r, 11), Ids.Text(r, 12), Ids.Text(r, 13), Ids.Text(r, 14),
        Ids.Month(r.GetString(15)), LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(16)), r.GetInt32(17),
        r.GetDecimal(18), r.GetInt64(19), r.GetInt64(20), r.GetInt64(21), r.GetInt64(22), r.GetInt64(23),
        r.GetInt64(24), r.GetInt64(25), r.GetInt64(26), r.GetInt64(27), r.GetInt64(28), r.GetDecimal(29),
        r.GetDecimal(30), r.GetBoolean(31),
        JsonSerializer.Deserialize<IReadOnlyList<PostedTax>>(r.GetString(32), RowJson.Options)!)
    {
        Corrects = r.IsDBNull(33) ? null : r.GetInt64(33),
        CorrectsPeriod = r.IsDBNull(34) ? null : Ids.Month(r.GetString(34)),
        Cause = Ids.Text(r, 35),
    };

    private static async Task<IReadOnlyList<LogPosition>> Positions(
        Session session, IReadOnlyList<string>? tenants, CancellationToken stop)
    {
        await using var command = session.Command(
            """
            select tenant_id, number from projection_live
            where projection = 'settlement' and tenant_id not like '@%' and ($1 is null or tenant_id = any($1))
            order by tenant_id
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]?> { TypedValue = tenants?.ToArray() });
        return await command.Rows(reader => new LogPosition(reader.GetString(0), reader.GetInt64(1)), stop);
    }

    private static string Digest(IReadOnlyList<LogPosition> positions)
    {
        var text = string.Join('\n', positions.Select(position => $"{position.Tenant} {position.Number}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }

    private static async Task<IReadOnlyList<PlaceTotal>> Places(
        Session session, YearMonth month, string[] tenants, CancellationToken stop)
    {
        await using var command = session.Command(
            $"""
            select t.tenant_id, t.cpo, t.emsp, t.currency, t.place, t.entries, t.sessions, t.credits, t.not_provable,
                   t.energy_kwh, t.charging_seconds, t.parking_seconds, t.energy, t.time, t.parking, t.flat,
                   t.reservation, t.net, t.tax, t.due
            from period_totals t {LiveRows.Join}
            where t.tenant_id = any($1) and t.period = $2
            """);
        Session.Bind(command, tenants, month);
        var places = await command.Rows(r => new PlaceTotal(Direction(r), r.GetString(4), new Sums(
            r.GetInt64(5), r.GetInt64(6), r.GetInt64(7), r.GetInt64(8), r.GetDecimal(9), r.GetDecimal(10),
            r.GetDecimal(11), Whole(r, 12), Whole(r, 13), Whole(r, 14), Whole(r, 15), Whole(r, 16), Whole(r, 17),
            Whole(r, 18), Whole(r, 19))), stop);
        return places.InOrder();
    }

    private static async Task<IReadOnlyList<TaxTotal>> Taxes(
        Session session, YearMonth month, string[] tenants, CancellationToken stop)
    {
        await using var command = session.Command(
            $"""
            select t.tenant_id, t.cpo, t.emsp, t.currency, t.place, t.jurisdiction, t.tax, t.rate, t.disposition,
                   t.remitter, t.recoverable, t.base, t.kwh, t.amount, t.lines
            from period_taxes t {LiveRows.Join}
            where t.tenant_id = any($1) and t.period = $2
            """);
        Session.Bind(command, tenants, month);
        var taxes = await command.Rows(r => new TaxTotal(
            Direction(r), r.GetString(4), r.GetString(5), r.GetString(6), r.GetString(7), r.GetString(8),
            r.GetString(9), r.GetBoolean(10), Whole(r, 11), r.GetDecimal(12), Whole(r, 13), r.GetInt64(14)), stop);
        return taxes.InOrder();
    }

    /// <param name="into">Charged earlier and settled in the month; else charged in the month and settled later.</param>
    private static async Task<IReadOnlyList<LateTotal>> Late(
        Session session, YearMonth month, string[] tenants, bool into, CancellationToken stop)
    {
        await using var command = session.Command(
            $"""
            select t.tenant_id, t.cpo, t.emsp, t.currency, {(into ? "t.charge_period" : "t.period")}, count(*),
                   sum(t.sessions), sum(t.energy_kwh), sum(t.due)
            from ledger_entries t {LiveRows.Join}
            where t.tenant_id = any($1) and {(into ? "t.period" : "t.charge_period")} = $2 and t.charge_period <> t.period
            group by 1, 2, 3, 4, 5
            """);
        Session.Bind(command, tenants, month);
        var late = await command.Rows(r => new LateTotal(
            Direction(r), Ids.Month(r.GetString(4)), r.GetInt64(5), r.GetInt64(6), r.GetDecimal(7), Whole(r, 8)), stop);
        return late.InOrder();
    }

    private static Direction Direction(NpgsqlDataReader r) => new(
        Relationship.Parse(r.GetString(0))!.Value, Ids.Party(r.GetString(1)), Ids.Party(r.GetString(2)),
        r.GetString(3));

    // Sums of whole minor units; numeric in the table so that no sum can overflow there.
    private static long Whole(NpgsqlDataReader r, int column) => checked((long)r.GetDecimal(column));
}

/// <summary>Which lines are wanted: those of one relationship and month, narrowed as far as one likes.</summary>
/// <param name="UpTo">Lines up to this number: the cut-off of a run.</param>
public sealed record LineFilter(
    string Tenant, YearMonth Month, PartyId? Cpo = null, string? Currency = null, string? Place = null,
    PartyId? Emsp = null, long UpTo = long.MaxValue);
