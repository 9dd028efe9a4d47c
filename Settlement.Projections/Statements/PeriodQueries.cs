using NodaTime;
using Npgsql;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Periods;
using Settlement.Domain.Statements;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

/// <summary>What closing a month needs from the tables of the live generation.</summary>
public sealed class PeriodQueries(NpgsqlDataSource database)
{
    /// <summary>
    /// Every account of a relationship with its opening balance, what moved it in the month by kind of entry, and its
    /// closing balance; debit less credit, minor units.
    /// </summary>
    public async Task<IReadOnlyList<AccountRoll>> Rolls(Relationship relationship, YearMonth month, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select t.account, t.currency, case when t.period < $2 then '' else t.kind end, sum(t.debit - t.credit)
            from balances t {LiveRows.Join}
            where t.tenant_id = $1 and t.period <= $2
            group by 1, 2, 3
            order by t.currency, t.account collate "C", 3
            """);
        Bind(command, relationship, month);
        var rolls = new List<AccountRoll>();
        await using var r = await command.ExecuteReaderAsync(stop);
        while (await r.ReadAsync(stop))
        {
            var (account, currency, kind) = (r.GetString(0), r.GetString(1), r.GetString(2));
            var amount = checked((long)r.GetDecimal(3));
            if (rolls.Count == 0 || rolls[^1].Account != account || rolls[^1].Currency != currency)
            {
                rolls.Add(new AccountRoll(account, currency, 0, [], 0));
            }

            var roll = rolls[^1];
            rolls[^1] = kind.Length == 0
                ? roll with { Opening = amount, Closing = roll.Closing + amount }
                : roll with { Moves = [.. roll.Moves, new AccountMove(kind, amount)], Closing = roll.Closing + amount };
        }

        return rolls;
    }

    /// <summary>Months up to one, oldest first, in which anything was posted.</summary>
    public async Task<IReadOnlyList<YearMonth>> MonthsWithMovement(
        Relationship relationship, YearMonth upTo, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select distinct t.period from balances t {LiveRows.Join}
            where t.tenant_id = $1 and t.period <= $2 order by 1
            """);
        Bind(command, relationship, upTo);
        return await command.Rows(reader => Ids.Month(reader.GetString(0)), stop);
    }

    /// <summary>
    /// How a month's count of CDRs comes about (T7): those received are on entries, held, credited before anything was
    /// posted, or rejected.
    /// </summary>
    public async Task<IReadOnlyList<TieOut>> Completeness(
        Relationship relationship, YearMonth month, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            with cdr as (
              select t.* from cdrs t {LiveRows.Join}
              where t.tenant_id = $1 and t.charge_period = $2 and t.received_seq > 0),
            own as (
              select t.stream, count(*) filter (where t.kind = 'cdr') posted from ledger_entries t {LiveRows.Join}
              where t.tenant_id = $1 and t.charge_period = $2 group by 1)
            select count(*)::numeric,
                   (count(*) filter (where c.state = 'posted') + count(*) filter (where c.state = 'credited')
                    + count(*) filter (where c.state = 'credit') + count(*) filter (where c.state in ('held', 'conflict'))
                    + count(*) filter (where c.state = 'rejected'))::numeric,
                   (count(*) filter (where c.state = 'posted' and coalesce(o.posted, 0) = 0))::numeric,
                   (count(*) filter (where c.state = 'posted' and c.entry_seq is null))::numeric
            from cdr c left join own o on o.stream = c.stream
            """);
        Bind(command, relationship, month);
        await using var r = await command.ExecuteReaderAsync(stop);
        await r.ReadAsync(stop);
        var subject = $"{relationship} {month.Text()}";
        return
        [
            new("T7 CDRs received = posted + credited + credits + held + rejected", subject, r.GetDecimal(0), r.GetDecimal(1)),
            new("T7 posted CDRs without an entry", subject, r.GetDecimal(2), 0m),
            new("T7 posted CDRs without a month", subject, r.GetDecimal(3), 0m),
        ];
    }

    /// <summary>
    /// What changed about a month's CDRs after a cut-off, in the order it came: late ones, credits, corrections,
    /// disputes; wherever it is settled.
    /// </summary>
    public async Task<IReadOnlyList<RunChange>> Changes(
        Relationship relationship, YearMonth month, long cutOff, int limit, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select seq_id, cause, cpo, emsp, cdr_id, stream, currency, change, period, recorded_at, reason from (
              select t.seq_id, case when t.kind = 'cdr' and c.state in ('posted', 'credited') and c.entry_seq = t.seq_id
                       and exists (select {LiveRows.EntriesOfStream} and e.seq_id < t.seq_id)
                     then 'settled again' when t.kind = 'cdr' then 'late' else t.kind end cause,
                     t.cpo, t.emsp, t.cdr_id, t.stream, t.currency, t.due change, t.period, t.recorded_at, 0 line, t.cause reason
              from ledger_entries t {LiveRows.Join}
              left join cdrs c on c.tenant_id = t.tenant_id and c.generation = t.generation and c.stream = t.stream
              where t.tenant_id = $1 and t.charge_period = $2 and t.seq_id > $3
              union all
              select t.seq_id, t.kind, e.cpo, e.emsp, t.cdr_id, t.stream, t.currency, (t.debit - t.credit), t.period,
                     t.recorded_at, t.line, null
              from journal_lines t {LiveRows.Join}
              join lateral (
                select e.cpo, e.emsp, e.charge_period {LiveRows.EntriesOfStream} order by v.version limit 1) e on e.charge_period = $2
              where t.tenant_id = $1 and t.seq_id > $3 and t.account like 'due:%') changes
            order by seq_id, line limit $4
            """);
        Bind(command, relationship, month);
        command.Parameters.Add(new() { Value = cutOff });
        command.Parameters.Add(new() { Value = limit });
        return await command.Rows(r => new RunChange(
            r.GetInt64(0), r.GetString(1), Ids.Party(r.GetString(2)), Ids.Party(r.GetString(3)), r.GetString(4),
            r.GetString(5), r.GetString(6), r.GetInt64(7), Ids.Month(r.GetString(8)), Ids.Time(r.GetDateTime(9)))
        {
            Reason = Ids.Text(r, 10),
        }, stop);
    }

    private static void Bind(NpgsqlCommand command, Relationship relationship, YearMonth month)
    {
        command.Parameters.Add(new() { Value = relationship.ToString() });
        command.Parameters.Add(new() { Value = Ids.Text(month) });
    }
}
