using NodaTime;
using Npgsql;
using Settlement.Domain.Ledger;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>Debit and credit totals per account, period, currency and kind of entry, kept apart and never a signed balance.</summary>
public sealed class BalanceRows
{
    private readonly Dictionary<(string Period, string Currency, string Account, string Kind), (decimal Debit, decimal Credit)>
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

    /// <summary>Null where nothing was posted.</summary>
    internal NpgsqlBatchCommand? Command(RowTarget target) => sums.Count == 0 ? null : target.BatchCommand(
        """
        insert into balances as b (tenant_id, generation, period, currency, account, kind, debit, credit)
        select $1, $2, period, currency, account, kind, debit, credit
        from unnest($3::varchar[], $4::varchar[], $5::varchar[], $6::varchar[], $7::numeric[], $8::numeric[])
          as t (period, currency, account, kind, debit, credit)
        on conflict (tenant_id, generation, period, currency, account, kind)
        do update set debit = b.debit + excluded.debit, credit = b.credit + excluded.credit
        """,
        Query.Texts([.. sums.Keys.Select(key => key.Period)]),
        Query.Texts([.. sums.Keys.Select(key => key.Currency)]),
        Query.Texts([.. sums.Keys.Select(key => key.Account)]),
        Query.Texts([.. sums.Keys.Select(key => key.Kind)]),
        Query.Decimals([.. sums.Values.Select(sum => sum.Debit)]),
        Query.Decimals([.. sums.Values.Select(sum => sum.Credit)]));
}
