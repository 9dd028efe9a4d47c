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
/// <param name="Line">Of the event: 0 for a CDR's own entry, the first line's number for a journal entry.</param>
/// <param name="Day">
/// Local day of the session's end in the agreement's zone, or day of the document, payment or decision; moved into the
/// month it is settled in.
/// </param>
/// <param name="Kind">cdr, credit, conflict, … or the kind of a journal entry: netting, payment, …</param>
/// <param name="Cpo">Null for a journal entry.</param>
/// <param name="Reference">The statement, dispute or payment a journal entry belongs to.</param>
public sealed record ExportEntry(
    string Tenant, long Number, int Line, LocalDate Day, string Kind, PartyId? Cpo, string? CdrId, string Currency,
    string? Reference, IReadOnlyList<NeutralPosting> Postings);

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

    /// <summary>Journal entries until the end of a month, one by one.</summary>
    public async IAsyncEnumerable<ExportEntry> Journals(
        YearMonth until, [EnumeratorCancellation] CancellationToken stop)
    {
        await using var command = session.Command(
            $"""
            select t.tenant_id, t.seq_id, t.on_date, t.kind, null::varchar, t.cdr_id, t.currency, t.reference,
                   t.line, t.account, t.debit, t.credit, t.tax::text
            from journal_lines t {LiveRows.Join}
            where t.tenant_id = any($1) and t.period <= $2 and (t.debit <> 0 or t.credit <> 0)
            order by t.tenant_id, t.seq_id, t.line
            """);
        command.CommandTimeout = 0;
        Session.Bind(command, tenants, until);
        await using var r = await command.ExecuteReaderAsync(stop);
        var open = new OpenEntry();
        while (await r.ReadAsync(stop))
        {
            if (open.Add(r) is { } entry)
            {
                yield return entry;
            }
        }
    }

    /// <summary>The month's entries in the order of their days, CDRs' own and journal entries.</summary>
    public async IAsyncEnumerable<ExportEntry> Entries([EnumeratorCancellation] CancellationToken stop)
    {
        await using var command = session.Command(
            $"""
            select e.tenant_id, e.seq_id, e.day, e.kind, e.cpo, e.cdr_id, e.currency, e.reference,
                   e.line, e.account, e.debit, e.credit, e.tax::text, e.accounts, e.debits, e.credits
            from (
              select t.tenant_id, t.generation, t.seq_id, t.kind, t.cpo, t.cdr_id, t.currency, null reference,
                     -1 as line, null account, 0::bigint debit, 0::bigint credit, t.taxes tax, t.accounts, t.debits, t.credits,
                     least(greatest((t.end_at at time zone z.zone)::date, $4), $5) as day
              from ledger_entries t {LiveRows.Join}
              join unnest($1::varchar[], $3::varchar[]) z (tenant_id, zone) on z.tenant_id = t.tenant_id
              where t.period = $2
              union all
              select t.tenant_id, t.generation, t.seq_id, t.kind, null, t.cdr_id, t.currency, t.reference,
                     t.line, t.account, t.debit, t.credit, t.tax, null, null, null, least(greatest(t.on_date, $4), $5)
              from journal_lines t {LiveRows.Join}
              where t.tenant_id = any($1) and t.period = $2 and (t.debit <> 0 or t.credit <> 0)
              order by day, tenant_id, seq_id, line
              offset 0) e
            where e.line >= 0 or cardinality(e.accounts) > 0
            order by e.day, e.tenant_id, e.seq_id, e.line
            """);
        command.CommandTimeout = 0;
        Session.Bind(command, tenants, month);
        command.Parameters.Add(new() { Value = zones });
        command.Parameters.Add(new() { Value = month.OnDayOfMonth(1).ToDateOnly() });
        command.Parameters.Add(new() { Value = month.ToDateInterval().End.ToDateOnly() });
        await using var r = await command.ExecuteReaderAsync(stop);
        var open = new OpenEntry();
        while (await r.ReadAsync(stop))
        {
            if (r.GetInt32(8) < 0)
            {
                yield return OpenEntry.Of(r, 0, Postings(r));
            }
            else if (open.Add(r) is { } entry)
            {
                yield return entry;
            }
        }
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();

    private static NeutralPosting[] Postings(NpgsqlDataReader r)
    {
        var (accounts, debits, credits) = (
            r.GetFieldValue<string[]>(13), r.GetFieldValue<long[]>(14), r.GetFieldValue<long[]>(15));
        var postings = new NeutralPosting[accounts.Length];
        Queue<bool>? recoverable = null;
        for (var i = 0; i < postings.Length; i++)
        {
            var isTax = accounts[i].StartsWith("tax:", StringComparison.Ordinal);
            if (isTax)
            {
                recoverable ??= Recoverable(r.GetString(12));
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

    /// <summary>
    /// Lines of journal entries are rows by themselves and an event may make several entries: one ends where its lines
    /// balance.
    /// </summary>
    private sealed class OpenEntry
    {
        private readonly List<NeutralPosting> lines = [];
        private int first;
        private long balance;

        /// <summary>The entry that this line completes; null where more of it comes.</summary>
        public ExportEntry? Add(NpgsqlDataReader r)
        {
            first = lines.Count == 0 ? r.GetInt32(8) : first;
            var recoverable = r.IsDBNull(12)
                ? (bool?)null
                : JsonSerializer.Deserialize<PostedTax>(r.GetString(12), RowJson.Options)!.Recoverable;
            lines.Add(new NeutralPosting(r.GetString(9), r.GetInt64(10), r.GetInt64(11), recoverable));
            balance += r.GetInt64(10) - r.GetInt64(11);
            if (balance != 0)
            {
                return null;
            }

            var entry = Of(r, first, [.. lines]);
            lines.Clear();
            return entry;
        }

        public static ExportEntry Of(NpgsqlDataReader r, int line, IReadOnlyList<NeutralPosting> postings) => new(
            r.GetString(0), r.GetInt64(1), line, LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(2)), r.GetString(3),
            r.IsDBNull(4) ? null : Ids.Party(r.GetString(4)), Ids.Text(r, 5), r.GetString(6), Ids.Text(r, 7), postings);
    }
}
