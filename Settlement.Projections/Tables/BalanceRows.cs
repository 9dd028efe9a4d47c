using Settlement.Domain.Ledger;

namespace Settlement.Projections.Tables;

/// <summary>Debit and credit totals per account, period and currency, kept apart and never a signed balance.</summary>
public sealed class BalanceRows
{
    private readonly SortedDictionary<(string Period, string Currency, string Account), (decimal Debit, decimal Credit)>
        sums = [];

    public void Add(Movement movement, Entry entry)
    {
        var period = Ids.Text(movement.Settled.Cdr.ChargePeriod);
        foreach (var posting in entry.Postings)
        {
            var key = (period, entry.Currency.Code, posting.Account.Name);
            var (debit, credit) = sums.GetValueOrDefault(key);
            sums[key] = (debit + posting.Debit, credit + posting.Credit);
        }
    }

    public async Task Write(RowTarget target, CancellationToken stop)
    {
        if (sums.Count == 0)
        {
            return;
        }

        await using var command = target.Command(
            """
            insert into balances as b (tenant_id, generation, period, currency, account, debit, credit)
            select $1, $2, period, currency, account, debit, credit
            from unnest($3::varchar[], $4::varchar[], $5::varchar[], $6::numeric[], $7::numeric[])
              as t (period, currency, account, debit, credit)
            on conflict (tenant_id, generation, period, currency, account)
            do update set debit = b.debit + excluded.debit, credit = b.credit + excluded.credit
            """);
        command.Parameters.Add(new() { Value = sums.Keys.Select(key => key.Period).ToArray() });
        command.Parameters.Add(new() { Value = sums.Keys.Select(key => key.Currency).ToArray() });
        command.Parameters.Add(new() { Value = sums.Keys.Select(key => key.Account).ToArray() });
        command.Parameters.Add(new() { Value = sums.Values.Select(sum => sum.Debit).ToArray() });
        command.Parameters.Add(new() { Value = sums.Values.Select(sum => sum.Credit).ToArray() });
        await command.ExecuteNonQueryAsync(stop);
    }
}
