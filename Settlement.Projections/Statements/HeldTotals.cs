using NodaTime;
using Npgsql;
using Settlement.Domain.Agreements;
using Settlement.Domain.Statements;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

/// <summary>What a month has that is not owed: held CDRs, and sessions that ended in it without a CDR.</summary>
internal static class HeldTotals
{
    /// <param name="zone">Of a relationship's month: a session without CDR is cut where its CDR would be.</param>
    public static async Task<IReadOnlyList<HeldTotal>> Of(
        Session session, YearMonth month, string[] tenants, Func<string, CancellationToken, Task<string>> zone,
        CancellationToken stop)
    {
        var held = await Held(session, month, tenants, stop);
        var reporting = await Reporting(session, month, tenants, stop);
        if (reporting.Count == 0)
        {
            return held.InOrder();
        }

        var bounds = new List<(string Tenant, DateTime From, DateTime To)>();
        foreach (var tenant in reporting)
        {
            var own = DateTimeZoneProviders.Tzdb[await zone(tenant, stop)];
            bounds.Add((
                tenant, own.AtStartOfDay(month.OnDayOfMonth(1)).ToInstant().ToDateTimeUtc(),
                own.AtStartOfDay(month.PlusMonths(1).OnDayOfMonth(1)).ToInstant().ToDateTimeUtc()));
        }

        return held.Concat(await Unbilled(session, bounds, stop)).InOrder();
    }

    private static async Task<IReadOnlyList<HeldTotal>> Held(
        Session session, YearMonth month, string[] tenants, CancellationToken stop)
    {
        await using var command = session.Command(
            $"""
            select t.tenant_id, t.cpo, t.emsp, t.currency, t.state, coalesce(t.reason, ''), count(*),
                   {Sum("t.energy_kwh")}, {Sum("t.claimed")}, {Sum("t.expected")}, count(*) filter (where t.expected is null),
                   coalesce({Sum("t.claimed", "filter (where t.expected is null)")}, 0)
            from cdrs t {LiveRows.Join}
            where t.tenant_id = any($1) and t.charge_period = $2 and t.state in ({LiveRows.HeldStates})
            group by 1, 2, 3, 4, 5, 6
            """);
        Session.Bind(command, tenants, month);
        return await command.Rows(Read, stop);
    }

    // a zone is at most 14 hours from UTC: only relationships that can have one in the month need theirs
    private static async Task<IReadOnlyList<string>> Reporting(
        Session session, YearMonth month, string[] tenants, CancellationToken stop)
    {
        await using var command = session.Command(
            $"""
            select distinct t.tenant_id from reported_sessions t {LiveRows.Join}
            where t.tenant_id = any($1) and t.status = 'COMPLETED'
              and coalesce(t.end_at, t.start_at) >= $2 and coalesce(t.end_at, t.start_at) < $3
            """);
        command.Parameters.Add(new() { Value = tenants });
        command.Parameters.Add(new() { Value = Utc(month.OnDayOfMonth(1).PlusDays(-1)) });
        command.Parameters.Add(new() { Value = Utc(month.PlusMonths(1).OnDayOfMonth(1).PlusDays(1)) });
        return await command.Rows(r => r.GetString(0), stop);
    }

    private static async Task<IReadOnlyList<HeldTotal>> Unbilled(
        Session session, List<(string Tenant, DateTime From, DateTime To)> bounds, CancellationToken stop)
    {
        await using var command = session.Command(
            $"""
            select t.tenant_id, t.cpo, t.emsp, t.currency, 'unbilled', 'cdr.missing', count(*), {Sum("t.energy_kwh")},
                   coalesce({Sum("t.total_cost")}, 0), {Sum("t.total_cost")}, count(*) filter (where t.total_cost is null), 0::numeric
            from unnest($1, $2, $3) b (tenant, since, until)
            join reported_sessions t on t.tenant_id = b.tenant {LiveRows.Join}
            where t.status = 'COMPLETED'
              and coalesce(t.end_at, t.start_at) >= b.since and coalesce(t.end_at, t.start_at) < b.until
              and not exists (select {LiveRows.CdrsOfSession})
            group by 1, 2, 3, 4
            """);
        command.Parameters.Add(new() { Value = bounds.Select(each => each.Tenant).ToArray() });
        command.Parameters.Add(new() { Value = bounds.Select(each => each.From).ToArray() });
        command.Parameters.Add(new() { Value = bounds.Select(each => each.To).ToArray() });
        return await command.Rows(Read, stop);
    }

    // Nothing of it is owed, and what was claimed may have more decimals than a sum of many can keep.
    private static string Sum(string column, string filter = "") => $"round(sum({column}) {filter}, 6)";

    private static HeldTotal Read(NpgsqlDataReader r) => new(
        Relationship.Parse(r.GetString(0))!.Value, Ids.Party(r.GetString(1)), Ids.Party(r.GetString(2)),
        r.GetString(3), r.GetString(4), r.GetString(5), r.GetInt64(6), r.GetDecimal(7), r.GetDecimal(8),
        r.IsDBNull(9) ? null : r.GetDecimal(9))
    {
        Unpriced = r.GetInt64(10),
        UnpricedClaimed = r.GetDecimal(11),
    };

    private static DateTime Utc(LocalDate day) => day.AtMidnight().InUtc().ToInstant().ToDateTimeUtc();
}
