using Npgsql;
using Settlement.Domain.Statements;

namespace Settlement.Projections.Statements;

/// <summary>
/// Every sum of the ledger reached by two ways: detail lines, postings, balances and totals of each relationship,
/// period and currency. One altered row makes at least one of them differ.
/// </summary>
public sealed class LedgerChecks(NpgsqlDataSource database)
{
    private const string Sql =
        $"""
        with entry as (
          select t.tenant_id, t.period, t.currency, t.place, t.cpo, t.emsp, count(*) n, sum(t.sessions) sessions,
                 sum(t.energy_kwh) kwh, sum(t.net) net, sum(t.tax) tax, sum(t.due) due,
                 sum(t.energy + t.time + t.parking + t.flat + t.reservation) parts
          from ledger_entries t {LiveRows.Join} group by 1, 2, 3, 4, 5, 6),
        total as (
          select t.tenant_id, t.period, t.currency, t.place, t.cpo, t.emsp, t.entries n, t.sessions, t.energy_kwh kwh,
                 t.net, t.tax, t.due
          from period_totals t {LiveRows.Join}),
        pair as (
          select coalesce(e.tenant_id, o.tenant_id) || ' ' || coalesce(e.period, o.period) || ' '
                   || coalesce(e.currency, o.currency) || ' ' || coalesce(e.cpo, o.cpo) || ' '
                   || coalesce(e.place, o.place) subject, e, o
          from entry e full join total o
            on o.tenant_id = e.tenant_id and o.period = e.period and o.currency = e.currency and o.place = e.place
               and o.cpo = e.cpo and o.emsp = e.emsp),
        posting as (
          select t.tenant_id, e.period, e.currency, t.account, e.kind, sum(t.debit) debit, sum(t.credit) credit
          from ledger_postings t {LiveRows.Join}
          join ledger_entries e on e.tenant_id = t.tenant_id and e.generation = t.generation and e.seq_id = t.seq_id
          group by 1, 2, 3, 4, 5
          union all
          select t.tenant_id, t.period, t.currency, t.account, t.kind, sum(t.debit), sum(t.credit)
          from journal_lines t {LiveRows.Join} group by 1, 2, 3, 4, 5),
        balance as (
          select t.tenant_id, t.period, t.currency, t.account, t.kind, t.debit, t.credit
          from balances t {LiveRows.Join}),
        account as (
          select coalesce(p.tenant_id, b.tenant_id) || ' ' || coalesce(p.period, b.period) || ' '
                   || coalesce(p.currency, b.currency) || ' ' || coalesce(p.account, b.account) || ' '
                   || coalesce(p.kind, b.kind) subject, p, b
          from posting p full join balance b
            on b.tenant_id = p.tenant_id and b.period = p.period and b.currency = p.currency
               and b.account = p.account and b.kind = p.kind),
        journal as (
          select t.tenant_id, t.seq_id, t.currency, sum(t.debit) debit, sum(t.credit) credit
          from journal_lines t {LiveRows.Join} group by 1, 2, 3),
        unbalanced_journal as (
          select tenant_id, count(*) filter (where debit <> credit) n from journal group by 1),
        unbalanced as (
          select t.tenant_id, count(*) filter (where p.debit is distinct from p.credit
                                                 or coalesce(p.due, 0) <> t.due) n
          from ledger_entries t {LiveRows.Join}
          left join lateral (
            select sum(x.debit) debit, sum(x.credit) credit,
                   sum(x.debit - x.credit) filter (where x.account like 'due:%') due
            from ledger_postings x
            where x.tenant_id = t.tenant_id and x.generation = t.generation and x.seq_id = t.seq_id) p on true
          group by 1),
        taxed as (
          select t.tenant_id, t.period, t.currency, sum(t.amount) amount
          from period_taxes t {LiveRows.Join} where t.disposition = 'Charged' group by 1, 2, 3),
        taxes as (
          select e.tenant_id, e.period, e.currency, sum(e.tax) amount from entry e group by 1, 2, 3),
        state as (
          select t.tenant_id, t.currency, sum(t.due) due from cdrs t {LiveRows.Join}
          where t.state in ('posted', 'conflict') group by 1, 2), -- what was issued stays while it is in conflict
        owed as (select tenant_id, currency, sum(due) due from total group by 1, 2)
        select 'Lines and totals: entries', subject, coalesce((e).n, 0)::numeric, coalesce((o).n, 0)::numeric from pair
        union all select 'Lines and totals: sessions', subject, coalesce((e).sessions, 0), coalesce((o).sessions, 0) from pair
        union all select 'Lines and totals: kWh', subject, coalesce((e).kwh, 0), coalesce((o).kwh, 0) from pair
        union all select 'Lines and totals: net', subject, coalesce((e).net, 0), coalesce((o).net, 0) from pair
        union all select 'Lines and totals: tax', subject, coalesce((e).tax, 0), coalesce((o).tax, 0) from pair
        union all select 'Lines and totals: due', subject, coalesce((e).due, 0), coalesce((o).due, 0) from pair
        union all select 'Lines: components and net', subject, coalesce((e).parts, 0), coalesce((e).net, 0) from pair
        union all select 'Lines: net plus tax and due', subject, coalesce((e).net + (e).tax, 0), coalesce((e).due, 0) from pair
        union all select 'Postings and balances: debit', subject, coalesce((p).debit, 0), coalesce((b).debit, 0) from account
        union all select 'Postings and balances: credit', subject, coalesce((p).credit, 0), coalesce((b).credit, 0) from account
        union all select 'Entries whose postings do not balance', tenant_id, n, 0 from unbalanced
        union all select 'Journal entries that do not balance', tenant_id, n, 0 from unbalanced_journal
        union all
        select 'Tax totals and lines', x.tenant_id || ' ' || x.period || ' ' || x.currency, x.amount, coalesce(t.amount, 0)
        from taxes x left join taxed t on t.tenant_id = x.tenant_id and t.period = x.period and t.currency = x.currency
        union all
        select 'CDR states and totals: due', coalesce(s.tenant_id, o.tenant_id) || ' ' || coalesce(s.currency, o.currency),
               coalesce(s.due, 0), coalesce(o.due, 0)
        from state s full join owed o on o.tenant_id = s.tenant_id and o.currency = s.currency
        """;

    public async Task<IReadOnlyList<TieOut>> Run(CancellationToken stop)
    {
        await using var session = await Session.Open(database, stop);
        await using var command = session.Command(Sql);
        command.CommandTimeout = 0;
        return await command.TieOuts(stop);
    }
}
