using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Projections.Tables;

/// <summary>Debit and credit totals per account, period, currency and kind of entry, kept apart and never a signed balance.</summary>
public sealed class BalanceRows
{
    private readonly SortedDictionary<(string Period, string Currency, string Account, string Kind), (decimal Debit, decimal Credit)>
        sums = [];

    public void Add(string kind, YearMonth month, Entry entry)
    {
        var period = Ids.Text(month);
        foreach (var posting in entry.Postings)
        {
            var key = (period, entry.Currency.Code, posting.Account.Name, kind);
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
            insert into balances as b (tenant_id, generation, period, currency, account, kind, debit, credit)
            select $1, $2, period, currency, account, kind, debit, credit
            from unnest($3::varchar[], $4::varchar[], $5::varchar[], $6::varchar[], $7::numeric[], $8::numeric[])
              as t (period, currency, account, kind, debit, credit)
            on conflict (tenant_id, generation, period, currency, account, kind)
            do update set debit = b.debit + excluded.debit, credit = b.credit + excluded.credit
            """);
        command.Parameters.Add(new() { Value = sums.Keys.Select(key => key.Period).ToArray() });
        command.Parameters.Add(new() { Value = sums.Keys.Select(key => key.Currency).ToArray() });
        command.Parameters.Add(new() { Value = sums.Keys.Select(key => key.Account).ToArray() });
        command.Parameters.Add(new() { Value = sums.Keys.Select(key => key.Kind).ToArray() });
        command.Parameters.Add(new() { Value = sums.Values.Select(sum => sum.Debit).ToArray() });
        command.Parameters.Add(new() { Value = sums.Values.Select(sum => sum.Credit).ToArray() });
        await command.ExecuteNonQueryAsync(stop);
    }
}
