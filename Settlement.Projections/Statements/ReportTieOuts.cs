using NodaTime;
using Settlement.Domain.Statements;

namespace Settlement.Projections.Statements;

/// <summary>A report's totals against the ledger's accounts, per relationship and currency.</summary>
internal static class ReportTieOuts
{
    private const string Sql =
        $"""
        with sums as (
          select t.tenant_id, t.currency, t.net, t.tax from period_totals t {LiveRows.Join}
          where t.tenant_id = any($1) and t.period = $2
          union all
          select t.tenant_id, t.currency, {BesideQueries.Amounts} from journal_lines t {LiveRows.Join}
          where t.tenant_id = any($1) and t.period = $2 and {BesideQueries.IsCharge} group by 1, 2),
        counted as (
          select tenant_id, currency, sum(net) net, sum(tax) tax, sum(net + tax) due from sums group by 1, 2),
        balance as (
          select t.tenant_id, t.currency, split_part(t.account, ':', 1) kind, sum(t.debit) debit, sum(t.credit) credit
          from balances t {LiveRows.Join}
          where t.tenant_id = any($1) and t.period = $2 and t.kind not in ({LiveRows.MoneyKinds}) group by 1, 2, 3),
        total as (
          select tenant_id, currency, coalesce(net, 0) net, coalesce(tax, 0) tax, coalesce(due, 0) due
          from counted full join (select distinct tenant_id, currency from balance) b using (tenant_id, currency)),
        sides as (
          select tenant_id, currency, sum(debit) debit, sum(credit) credit from balance group by 1, 2),
        taxed as (
          select t.tenant_id, t.currency, sum(t.amount) amount
          from period_taxes t {LiveRows.Join}
          where t.tenant_id = any($1) and t.period = $2 and t.disposition = 'Charged' group by 1, 2
          union all
          select t.tenant_id, t.currency, sum((t.tax ->> 'Amount')::numeric) from journal_lines t {LiveRows.Join}
          where t.tenant_id = any($1) and t.period = $2 and t.tax ->> 'Disposition' = 'Charged' and {BesideQueries.IsCharge}
          group by 1, 2),
        taxes as (select tenant_id, currency, sum(amount) amount from taxed group by 1, 2)
        select 'Debits equal credits', tenant_id || ' ' || currency, debit, credit from sides
        union all
        select 'Report total equals the ledger''s due accounts', o.tenant_id || ' ' || o.currency, o.due,
               coalesce(sum(b.debit - b.credit), 0)
        from total o left join balance b
          on b.tenant_id = o.tenant_id and b.currency = o.currency and b.kind in ('due', 'disputed')
        group by 1, 2, 3
        union all
        select 'Net price equals the ledger''s charge accounts', o.tenant_id || ' ' || o.currency, o.net,
               coalesce(sum(b.credit - b.debit), 0)
        from total o left join balance b
          on b.tenant_id = o.tenant_id and b.currency = o.currency and b.kind = 'charge'
        group by 1, 2, 3
        union all
        select 'Tax lines equal the ledger''s tax accounts', o.tenant_id || ' ' || o.currency,
               coalesce(min(x.amount), 0), coalesce(sum(b.credit - b.debit), 0)
        from total o
        left join taxes x on x.tenant_id = o.tenant_id and x.currency = o.currency
        left join balance b on b.tenant_id = o.tenant_id and b.currency = o.currency and b.kind = 'tax'
        group by 1, 2
        """;

    public static async Task<IReadOnlyList<TieOut>> Of(
        Session session, YearMonth month, string[] tenants, CancellationToken stop)
    {
        await using var command = session.Command(Sql);
        Session.Bind(command, tenants, month);
        return await command.TieOuts(stop);
    }
}
