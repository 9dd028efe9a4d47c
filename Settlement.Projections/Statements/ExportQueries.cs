using System.Runtime.CompilerServices;
using System.Text.Json;
using NodaTime;
using Npgsql;
using Settlement.Domain.Agreements;
using Settlement.Domain.Books;
using Settlement.Domain.Intake;
using Settlement.Domain.Tax;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

/// <summary>One ledger entry of a month, for a journal in another program.</summary>
/// <param name="Day">Local day of the session's end in the agreement's zone, moved into the month it is settled in.</param>
/// <param name="Kind">cdr, credit, conflict.</param>
public sealed record ExportEntry(
    string Tenant, long Number, LocalDate Day, string Kind, PartyId Cpo, string CdrId, string Currency,
    IReadOnlyList<NeutralPosting> Postings);

/// <summary>Sums of a relationship's accounts in one currency; balanced.</summary>
public sealed record AccountSums(string Tenant, string Currency, IReadOnlyList<NeutralPosting> Postings);

/// <summary>What a journal of a month is made from, all of one moment.</summary>
public sealed class ExportQueries(NpgsqlDataSource database)
{
    public async Task<ExportSession> Open(
        YearMonth month, IReadOnlyDictionary<string, string> zones, CancellationToken stop) =>
        new(await Session.Open(database, stop), month, zones);
}

/// <summary>One read of the ledger. Entries are streamed; sums are small.</summary>
public sealed class ExportSession : IAsyncDisposable
{
    private readonly Session session;
    private readonly YearMonth month;
    private readonly string[] tenants;
    private readonly string[] zones;

    internal ExportSession(Session session, YearMonth month, IReadOnlyDictionary<string, string> zones)
    {
        (this.session, this.month) = (session, month);
        tenants = [.. zones.Keys.Order(StringComparer.Ordinal)];
        this.zones = [.. tenants.Select(tenant => zones[tenant])];
    }

    /// <summary>Balances of the ledger's own accounts at the end of a month, one list per relationship and currency.</summary>
    public async Task<IReadOnlyList<AccountSums>> Balances(YearMonth until, CancellationToken stop)
    {
        await using var command = session.Command(
            $"""
            select t.tenant_id, t.currency, t.account, sum(t.debit), sum(t.credit)
            from balances t {LiveRows.Join}
            where t.tenant_id = any($1) and t.period <= $2
            group by 1, 2, 3
            order by 1, 2, 3
            """);
        Session.Bind(command, tenants, until);
        await using var r = await command.ExecuteReaderAsync(stop);
        var rows = new List<(string Tenant, string Currency, NeutralPosting Posting)>();
        while (await r.ReadAsync(stop))
        {
            rows.Add((r.GetString(0), r.GetString(1), Net(r.GetString(2), r.GetDecimal(3) - r.GetDecimal(4), null)));
        }

        return [.. rows.GroupBy(row => (row.Tenant, row.Currency))
            .Select(group => new AccountSums(
                group.Key.Tenant, group.Key.Currency, [.. group.Select(row => row.Posting)]))];
    }

    /// <summary>
    /// What CDRs came to until the end of a month, one balanced entry per direction and currency: from the totals, not
    /// from the postings, so that a journal's closing assertions check one against the other. What was posted and
    /// taken back is in it with 0.
    /// </summary>
    public async Task<IReadOnlyList<AccountSums>> Directions(YearMonth until, CancellationToken stop)
    {
        await using var command = session.Command(
            $"""
            select t.tenant_id, t.cpo, t.emsp, t.currency, 'due:' || t.emsp || ':' || t.cpo, null::boolean, sum(t.due)
            from period_totals t {LiveRows.Join}
            where t.tenant_id = any($1) and t.period <= $2
            group by 1, 2, 3, 4
            union all
            select t.tenant_id, t.cpo, t.emsp, t.currency, 'charge:' || t.cpo || ':' || c.component, null, -sum(c.amount)
            from period_totals t {LiveRows.Join}
            cross join lateral (values ('ENERGY', t.energy), ('TIME', t.time), ('PARKING_TIME', t.parking),
              ('FLAT', t.flat), ('RESERVATION', t.reservation)) c (component, amount)
            where t.tenant_id = any($1) and t.period <= $2
              and exists (select from balances b where b.tenant_id = t.tenant_id and b.generation = t.generation
                and b.currency = t.currency and b.period <= $2 and b.account like 'charge:%:' || c.component)
            group by 1, 2, 3, 4, 5
            union all
            select t.tenant_id, t.cpo, t.emsp, t.currency,
                   'tax:' || case t.remitter when 'CPO' then t.cpo else t.remitter end || ':' || t.jurisdiction
                     || ':' || t.tax,
                   t.recoverable, -sum(t.amount)
            from period_taxes t {LiveRows.Join}
            where t.tenant_id = any($1) and t.period <= $2 and t.disposition = 'Charged'
              and exists (select from balances b where b.tenant_id = t.tenant_id and b.generation = t.generation
                and b.currency = t.currency and b.period <= $2
                and b.account like 'tax:%:' || t.jurisdiction || ':' || t.tax)
            group by 1, 2, 3, 4, 5, 6
            order by 1, 2, 3, 4, 5, 6
            """);
        Session.Bind(command, tenants, until);
        await using var r = await command.ExecuteReaderAsync(stop);
        var rows = new List<((string Tenant, string, string, string Currency) Key, NeutralPosting Posting)>();
        while (await r.ReadAsync(stop))
        {
            rows.Add((
                (r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3)),
                Net(r.GetString(4), r.GetDecimal(6), r.IsDBNull(5) ? null : r.GetBoolean(5))));
        }

        return [.. rows.GroupBy(row => row.Key)
            .Select(group => new AccountSums(
                group.Key.Tenant, group.Key.Currency, [.. group.Select(row => row.Posting)]))];
    }

    /// <summary>The month's entries in the order of their days.</summary>
    public async IAsyncEnumerable<ExportEntry> Entries([EnumeratorCancellation] CancellationToken stop)
    {
        await using var command = session.Command(
            $"""
            select e.tenant_id, e.seq_id, e.day, e.kind, e.cpo, e.cdr_id, e.currency, e.taxes::text,
                   p.accounts, p.debits, p.credits
            from (
              select t.tenant_id, t.generation, t.seq_id, t.kind, t.cpo, t.cdr_id, t.currency, t.taxes,
                     least(greatest((t.end_at at time zone z.zone)::date, $4), $5) as day
              from ledger_entries t {LiveRows.Join}
              join unnest($1::varchar[], $3::varchar[]) z (tenant_id, zone) on z.tenant_id = t.tenant_id
              where t.period = $2
              order by day, t.tenant_id, t.seq_id
              offset 0) e
            cross join lateral (
              select array_agg(x.account order by x.line) accounts, array_agg(x.debit order by x.line) debits,
                     array_agg(x.credit order by x.line) credits
              from ledger_postings x
              where x.tenant_id = e.tenant_id and x.generation = e.generation and x.seq_id = e.seq_id) p
            where p.accounts is not null
            order by e.day, e.tenant_id, e.seq_id
            """);
        command.CommandTimeout = 0;
        Session.Bind(command, tenants, month);
        command.Parameters.Add(new() { Value = zones });
        command.Parameters.Add(new() { Value = month.OnDayOfMonth(1).ToDateOnly() });
        command.Parameters.Add(new() { Value = month.ToDateInterval().End.ToDateOnly() });
        await using var r = await command.ExecuteReaderAsync(stop);
        while (await r.ReadAsync(stop))
        {
            yield return new ExportEntry(
                r.GetString(0), r.GetInt64(1), LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(2)), r.GetString(3),
                Ids.Party(r.GetString(4)), r.GetString(5), r.GetString(6), Postings(r));
        }
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();

    private static NeutralPosting[] Postings(NpgsqlDataReader r)
    {
        var (accounts, debits, credits) = (
            r.GetFieldValue<string[]>(8), r.GetFieldValue<long[]>(9), r.GetFieldValue<long[]>(10));
        var postings = new NeutralPosting[accounts.Length];
        Queue<bool>? recoverable = null;
        for (var i = 0; i < postings.Length; i++)
        {
            var isTax = accounts[i].StartsWith("tax:", StringComparison.Ordinal);
            if (isTax)
            {
                recoverable ??= Recoverable(r.GetString(7));
            }

            postings[i] = new NeutralPosting(
                accounts[i], debits[i], credits[i], isTax && recoverable!.TryDequeue(out var may) ? may : null);
        }

        return postings;
    }

    // An entry has one posting for each charged tax line that is not zero, in their order.
    private static Queue<bool> Recoverable(string taxes) => new(
        JsonSerializer.Deserialize<IReadOnlyList<PostedTax>>(taxes, RowJson.Options)!
            .Where(tax => tax is { Disposition: Disposition.Charged, Amount: not 0 }).Select(tax => tax.Recoverable));

    private static NeutralPosting Net(string account, decimal balance, bool? recoverable)
    {
        var minor = checked((long)balance);
        return new NeutralPosting(account, Math.Max(minor, 0), Math.Max(-minor, 0), recoverable);
    }
}
