using Npgsql;
using Settlement.Domain.Periods;
using Settlement.Domain.Statements;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

/// <summary>
/// The tie-outs of a prepared month: each number reached by two ways. All must hold before anybody can approve.
/// </summary>
public sealed class PeriodTieOuts(NpgsqlDataSource database)
{
    private const string Sql =
        $"""
        with own as (
          select t.cpo, t.emsp, t.currency, t.sessions, t.energy_kwh kwh, t.net, t.tax from ledger_entries t {LiveRows.Join}
          where t.tenant_id = $1 and t.period = $2 and t.seq_id > $3 and t.seq_id <= $4
          union all
          select t.cpo, t.emsp, t.currency, 0, 0, {BesideQueries.Amounts} from journal_lines t {LiveRows.Join}
          where t.tenant_id = $1 and t.period = $2 and t.seq_id > $3 and t.seq_id <= $4 and t.kind in ('taken-back', 'given-back')
            and {BesideQueries.IsCharge} group by 1, 2, 3),
        line as (
          select cpo, emsp, currency, sum(sessions) sessions, sum(kwh) kwh, sum(net) net, sum(tax) tax, sum(net + tax) due
          from own group by 1, 2, 3),
        posted as (
          select x.account, e.currency, x.debit - x.credit amount from ledger_postings x
          join ledger_entries e on e.tenant_id = x.tenant_id and e.generation = x.generation and e.seq_id = x.seq_id
          join tenant_heads l on l.tenant_id = e.tenant_id and l.generation = e.generation
          where x.tenant_id = $1 and e.period = $2
          union all
          select t.account, t.currency, t.debit - t.credit from journal_lines t {LiveRows.Join}
          where t.tenant_id = $1 and t.period = $2),
        posting as (select account, currency, sum(amount) amount from posted group by 1, 2),
        balance as (
          select t.account, t.currency, sum(t.debit - t.credit) filter (where t.period = $2) amount,
                 sum(t.debit - t.credit) closing
          from balances t {LiveRows.Join} where t.tenant_id = $1 and t.period <= $2 group by 1, 2),
        tax as (
          select t.currency, x ->> 'Jurisdiction' place, x ->> 'Tax' tax, sum((x ->> 'Amount')::numeric) amount
          from ledger_entries t {LiveRows.Join} cross join lateral jsonb_array_elements(t.taxes) x
          where t.tenant_id = $1 and t.period = $2 and x ->> 'Disposition' = 'Charged' group by 1, 2, 3
          union all
          select t.currency, t.tax ->> 'Jurisdiction', t.tax ->> 'Tax', sum((t.tax ->> 'Amount')::numeric)
          from journal_lines t {LiveRows.Join}
          where t.tenant_id = $1 and t.period = $2 and t.tax is not null group by 1, 2, 3),
        taxes as (select currency, place, tax, sum(amount) amount from tax group by 1, 2, 3),
        account as (
          select currency, regexp_replace(account, '^tax:[^:]*:(.*):[^:]*$', '\1') place,
                 regexp_replace(account, '^.*:', '') tax, -sum(amount) amount
          from balance where account like 'tax:%' and amount <> 0 group by 1, 2, 3),
        unbalanced as (
          select count(*) n from (
            select 1 from ledger_entries t {LiveRows.Join}
            join ledger_postings p on p.tenant_id = t.tenant_id and p.generation = t.generation and p.seq_id = t.seq_id
            where t.tenant_id = $1 and t.period = $2 group by t.seq_id having sum(p.debit) <> sum(p.credit)
            union all
            select 1 from journal_lines t {LiveRows.Join}
            where t.tenant_id = $1 and t.period = $2 group by t.seq_id, t.currency having sum(t.debit) <> sum(t.credit)) u)
        select 'line', cpo || ' ' || emsp || ' ' || currency, sessions::numeric, kwh, net::numeric, tax::numeric, due::numeric
        from line
        union all
        select 'T4 Postings, as they are exported = movement of the account', coalesce(p.account, b.account) || ' '
               || coalesce(p.currency, b.currency), coalesce(p.amount, 0), coalesce(b.amount, 0), null, null, null
        from posting p full join balance b on b.account = p.account and b.currency = p.currency
        union all
        select 'T5 All accounts together = 0', currency, sum(closing), 0, null, null, null from balance group by 2
        union all
        select 'T6 Tax lines = tax accounts', coalesce(t.place, a.place) || ' ' || coalesce(t.tax, a.tax) || ' '
               || coalesce(t.currency, a.currency), coalesce(t.amount, 0), coalesce(a.amount, 0), null, null, null
        from taxes t full join account a on a.place = t.place and a.tax = t.tax and a.currency = t.currency
        union all
        select 'T8 Entries that do not sum to zero', $1 || ' ' || $2, n, 0, null, null, null from unbalanced
        """;

    /// <param name="ledger">The accounts as the ledger has them now, without what issuing will post.</param>
    public async Task<IReadOnlyList<TieOut>> Of(
        StatementDraft draft, PeriodBook book, IReadOnlyList<AccountRoll> ledger, CancellationToken stop)
    {
        await using var command = database.CreateCommand(Sql);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = draft.Relationship.ToString() });
        command.Parameters.Add(new() { Value = Ids.Text(draft.Month) });
        command.Parameters.Add(new() { Value = draft.PreviousCutOff });
        command.Parameters.Add(new() { Value = draft.CutOff });
        var ties = new List<TieOut>();
        var lines = new List<(string Direction, decimal[] Sums)>();
        await using (var reader = await command.ExecuteReaderAsync(stop))
        {
            while (await reader.ReadAsync(stop))
            {
                if (reader.GetString(0) == "line")
                {
                    lines.Add((reader.GetString(1), [.. Enumerable.Range(2, 5).Select(reader.GetDecimal)]));
                }
                else
                {
                    ties.Add(new(reader.GetString(0), reader.GetString(1), reader.GetDecimal(2), reader.GetDecimal(3)));
                }
            }
        }

        return
        [
            .. StatementTieOuts.Rolls(draft), .. StatementTieOuts.Ledger(draft, ledger),
            .. lines.OrderBy(line => line.Direction, StringComparer.Ordinal)
                .SelectMany(line => StatementTieOuts.Detail(draft, line.Direction, line.Sums)),
            .. ties.InOrder(),
            .. StatementTieOuts.Openings(draft, book),
        ];
    }
}
