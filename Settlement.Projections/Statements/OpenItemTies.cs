using Npgsql;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Payments;
using Settlement.Domain.Statements;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

/// <summary>
/// Open items against the ledger: what is open under documents and what is not issued yet is the account due, what is
/// withheld is the account disputed, money that matches nothing is the account unapplied.
/// </summary>
public sealed class OpenItemTies(NpgsqlDataSource database)
{
    /// <param name="open">Of all moves, whatever their date.</param>
    public async Task<IReadOnlyList<TieOut>> Run(Relationship relationship, OpenItems open, CancellationToken stop)
    {
        var balances = await Balances(relationship, stop);
        var unissued = await Unissued(relationship, stop);
        var ties = new List<TieOut>();
        var keys = open.Directions.Concat(unissued.Keys).Distinct()
            .OrderBy(key => key.Debtor).ThenBy(key => key.Creditor).ThenBy(key => key.Currency, StringComparer.Ordinal);
        foreach (var (debtor, creditor, currency) in keys)
        {
            var own = open.All.Where(item => item.IsOf(debtor, creditor, currency)).ToList();
            ties.Add(Tie(
                "Open items + not issued = due", Account.Due(debtor, creditor), currency,
                own.Sum(item => item.Open) + unissued.GetValueOrDefault((debtor, creditor, currency))));
            ties.Add(Tie(
                "Withheld = disputed", Account.Disputed(debtor, creditor), currency, own.Sum(item => item.Disputed)));
            ties.Add(Tie(
                "Money that matches nothing = unapplied", Account.Unapplied(debtor), currency,
                -open.Unapplied(debtor, creditor, currency)));
        }

        return ties;

        TieOut Tie(string name, Account account, string currency, decimal items) =>
            new(name, $"{account} {currency}", items, balances.GetValueOrDefault((account.Name, currency)));
    }

    private async Task<Dictionary<(string Account, string Currency), decimal>> Balances(
        Relationship relationship, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select t.account, t.currency, sum(t.debit - t.credit) from balances t {LiveRows.Join}
            where t.tenant_id = $1 and (t.account like 'due:%' or t.account like 'disputed:%' or t.account like 'unapplied:%')
            group by 1, 2
            """);
        command.Parameters.Add(new() { Value = relationship.ToString() });
        var balances = new Dictionary<(string, string), decimal>();
        await using var r = await command.ExecuteReaderAsync(stop);
        while (await r.ReadAsync(stop))
        {
            balances.Add((r.GetString(0), r.GetString(1)), r.GetDecimal(2));
        }

        return balances;
    }

    /// <summary>Dues of entries, and of what was reversed with them, that are on no issued statement.</summary>
    private async Task<Dictionary<(PartyId Debtor, PartyId Creditor, string Currency), decimal>> Unissued(
        Relationship relationship, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            with line as (
              select t.tenant_id, t.generation, t.period, t.seq_id, t.emsp, t.cpo, t.currency, t.due
              from ledger_entries t {LiveRows.Join} where t.tenant_id = $1
              union all
              select t.tenant_id, t.generation, t.period, t.seq_id, t.emsp, t.cpo, t.currency, t.credit - t.debit
              from journal_lines t {LiveRows.Join}
              where t.tenant_id = $1 and t.kind in ('taken-back', 'given-back') and {BesideQueries.IsCharge})
            select t.emsp, t.cpo, t.currency, sum(t.due)::numeric from line t
            where not exists (
              select 1 from statements s
              where s.tenant_id = t.tenant_id and s.generation = t.generation and s.period = t.period
                and s.previous_cut_off < t.seq_id and t.seq_id <= s.cut_off)
            group by 1, 2, 3
            """);
        command.Parameters.Add(new() { Value = relationship.ToString() });
        var sums = new Dictionary<(PartyId, PartyId, string), decimal>();
        await using var r = await command.ExecuteReaderAsync(stop);
        while (await r.ReadAsync(stop))
        {
            sums.Add((Ids.Party(r.GetString(0)), Ids.Party(r.GetString(1)), r.GetString(2)), r.GetDecimal(3));
        }

        return sums;
    }
}
