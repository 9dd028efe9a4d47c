using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Npgsql;
using Settlement.Domain.Agreements;
using Settlement.Domain.Statements;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

/// <summary>
/// Reads reports and statements from the tables of the live generation. One repeatable-read transaction per
/// document: all its numbers are of one moment.
/// </summary>
/// <param name="terms">What a relationship's month is settled under: it tells the zone in which sessions are cut.</param>
public sealed partial class ReportQueries(
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

        await foreach (var line in Beside(issued, stop: stop))
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
            select distinct t.tenant_id from balances t {LiveRows.Join}
            where $1 is null or t.period = $1
            union
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

    /// <summary>How many CDRs each of them has, posted or held, newest first.</summary>
    public async Task<IReadOnlyList<(YearMonth Month, long Cdrs)>> CdrsOfMonths(CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select period, sum(cdrs)::bigint from (
              select t.period, t.sessions cdrs from period_totals t {LiveRows.Join}
              union all
              select t.charge_period, 1 from cdrs t {LiveRows.Join} where t.state in ({LiveRows.HeldStates})) each
            group by period order by period desc
            """);
        return await command.Rows(reader => (Ids.Month(reader.GetString(0)), reader.GetInt64(1)), stop);
    }

    private static async Task<IReadOnlyList<LogPosition>> Positions(
        Session session, IReadOnlyList<string>? tenants, CancellationToken stop)
    {
        await using var command = session.Command(
            """
            select tenant_id, last_number from tenant_heads
            where tenant_id not like '@%' and ($1 is null or tenant_id = any($1))
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
            with total as (
              select t.tenant_id, t.cpo, t.emsp, t.currency, t.place, t.entries, t.sessions, t.credits, t.not_provable,
                     t.energy_kwh, t.charging_seconds, t.parking_seconds, t.energy, t.time, t.parking, t.flat,
                     t.reservation, t.net, t.tax
              from period_totals t {LiveRows.Join}
              where t.tenant_id = any($1) and t.period = $2
              union all
              select t.tenant_id, t.cpo, t.emsp, t.currency, t.place, 0, 0, 0, 0, 0, 0, 0,
                     {BesideQueries.Components}, {BesideQueries.Amounts}
              from journal_lines t {LiveRows.Join}
              where t.tenant_id = any($1) and t.period = $2 and {BesideQueries.IsCharge}
              group by 1, 2, 3, 4, 5)
            select tenant_id, cpo, emsp, currency, place, sum(entries)::bigint, sum(sessions)::bigint, sum(credits)::bigint,
                   sum(not_provable)::bigint, sum(energy_kwh), sum(charging_seconds)::numeric, sum(parking_seconds)::numeric,
                   sum(energy)::numeric, sum("time")::numeric, sum(parking)::numeric, sum(flat)::numeric,
                   sum(reservation)::numeric, sum(net)::numeric, sum(tax)::numeric, sum(net + tax)::numeric
            from total group by 1, 2, 3, 4, 5
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
            with tax as (
              select t.tenant_id, t.cpo, t.emsp, t.currency, t.place, t.jurisdiction, t.tax, t.rate, t.disposition,
                     t.remitter, t.recoverable, t.base, t.kwh, t.amount, t.lines
              from period_taxes t {LiveRows.Join}
              where t.tenant_id = any($1) and t.period = $2
              union all
              select t.tenant_id, t.cpo, t.emsp, t.currency, t.place, t.tax ->> 'Jurisdiction', t.tax ->> 'Tax',
                     case when t.tax ->> 'PerKwh' is not null then trim_scale((t.tax ->> 'PerKwh')::numeric) || '/kWh'
                       when t.tax ->> 'Rate' is not null then trim_scale((t.tax ->> 'Rate')::numeric * 100) || '%' else '' end,
                     t.tax ->> 'Disposition', t.tax ->> 'Remitter', (t.tax ->> 'Recoverable')::boolean,
                     (t.tax ->> 'Base')::numeric, coalesce((t.tax ->> 'Kwh')::numeric, 0), (t.tax ->> 'Amount')::numeric, 0
              from journal_lines t {LiveRows.Join}
              where t.tenant_id = any($1) and t.period = $2 and t.tax is not null and {BesideQueries.IsCharge})
            select tenant_id, cpo, emsp, currency, place, jurisdiction, tax, rate, disposition, remitter, recoverable,
                   sum(base), sum(kwh), sum(amount), sum(lines)::bigint
            from tax group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
            having sum(base) <> 0 or sum(kwh) <> 0 or sum(amount) <> 0 or sum(lines) <> 0
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
