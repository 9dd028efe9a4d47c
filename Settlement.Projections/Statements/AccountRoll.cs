using NodaTime;

namespace Settlement.Projections.Statements;

/// <summary>One account over one month, in minor units; a debit balance is positive.</summary>
public sealed record AccountRoll(string Tenant, string Currency, string Account, long Opening, long Debit, long Credit)
{
    public long Closing => Opening + Debit - Credit;

    internal static async Task<IReadOnlyList<AccountRoll>> Read(
        Session session, YearMonth month, string[] tenants, CancellationToken stop)
    {
        await using var command = session.Command(
            $"""
            select t.tenant_id, t.currency, t.account,
                   coalesce(sum(t.debit - t.credit) filter (where t.period < $2), 0),
                   coalesce(sum(t.debit) filter (where t.period = $2), 0),
                   coalesce(sum(t.credit) filter (where t.period = $2), 0)
            from balances t {LiveRows.Join}
            where t.tenant_id = any($1) and t.period <= $2
            group by 1, 2, 3
            order by 1, 2, 3
            """);
        Session.Bind(command, tenants, month);
        var accounts = new List<AccountRoll>();
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            accounts.Add(new(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), Whole(3), Whole(4), Whole(5)));
        }

        return accounts;

        long Whole(int column) => checked((long)reader.GetDecimal(column));
    }
}
