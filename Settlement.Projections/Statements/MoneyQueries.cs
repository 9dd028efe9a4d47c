using System.Text.Json;
using NodaTime;
using Npgsql;
using Settlement.Domain.Agreements;
using Settlement.Domain.Disputes;
using Settlement.Domain.Intake;
using Settlement.Domain.Payments;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

/// <summary>A row of a list with its place in it.</summary>
/// <param name="Number">Last event that changed it; lists are in this order, newest first.</param>
public sealed record Listed<T>(string Tenant, string Stream, long Number, T State);

/// <summary>Where a CDR stands: its entry, the month, and the statement that lists it.</summary>
/// <param name="IssuedAt">Null before issue.</param>
/// <param name="DocumentDate">Of the statement.</param>
public sealed record CdrPlace(long Entry, YearMonth Month, Instant? IssuedAt, LocalDate? DocumentDate);

/// <summary>A document and what is withheld or credited of it. Minor units.</summary>
public sealed record IssuedDocument(string Number, Instant IssuedAt, LocalDate DocumentDate, long Due, long Withheld);

/// <summary>Sums of disputes in one state.</summary>
public sealed record DisputeTotal(string Tenant, DisputeState State, string Currency, long Count, long Disputed, long Withheld);

/// <summary>Disputes, payments and open items from the tables of the live generation.</summary>
public sealed class MoneyQueries(NpgsqlDataSource database)
{
    private static readonly string[] Running = States(dispute => dispute.IsRunning);

    private static readonly string[] CanBeOverdue =
        States(dispute => DisputeClock.IsOverdue(dispute, LocalDate.MaxIsoValue));

    /// <summary>Every move of a relationship's open items, in the order of the log.</summary>
    public async Task<IReadOnlyList<ItemMove>> Moves(Relationship relationship, CancellationToken stop) =>
        await Moves([relationship.ToString()], stop) is [var only] ? only.Moves : [];

    /// <summary>The same of several, those that have any.</summary>
    public async Task<IReadOnlyList<(string Tenant, IReadOnlyList<ItemMove> Moves)>> Moves(
        IReadOnlyList<string> tenants, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select t.kind, t.item, t.debtor, t.creditor, t.currency, t.amount, t.on_date, t.due_on, t.reference, t.period,
                   t.after_seq, t.up_to_seq, t.tenant_id
            from item_moves t {LiveRows.Join}
            where t.tenant_id = any($1) order by t.tenant_id, t.seq_id, t.line
            """);
        command.Parameters.Add(new() { Value = tenants.ToArray() });
        var moves = new List<(string Tenant, IReadOnlyList<ItemMove> Moves)>();
        var own = new List<ItemMove>();
        await using var r = await command.ExecuteReaderAsync(stop);
        while (await r.ReadAsync(stop))
        {
            if (moves is not [.., var last] || last.Tenant != r.GetString(12))
            {
                moves.Add((r.GetString(12), own = []));
            }

            own.Add(new ItemMove(
                Enum.Parse<ItemMoveKind>(r.GetString(0)), r.GetString(1), Ids.Party(r.GetString(2)), Ids.Party(r.GetString(3)),
                r.GetString(4), r.GetInt64(5), Day(r, 6), r.GetString(8))
            {
                DueOn = r.IsDBNull(7) ? null : Day(r, 7),
                Month = Ids.Text(r, 9) is { } month ? Ids.Month(month) : null,
                After = r.GetInt64(10),
                UpTo = r.GetInt64(11),
            });
        }

        return moves;
    }

    /// <summary>Relationships whose dues were carried over into another currency in a month.</summary>
    public async Task<IReadOnlyList<string>> Converting(IReadOnlyList<string> tenants, YearMonth month, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select distinct t.tenant_id from balances t {LiveRows.Join}
            where t.tenant_id = any($1) and t.period = $2 and t.kind = 'conversion' order by 1
            """);
        command.Parameters.Add(new() { Value = tenants.ToArray() });
        command.Parameters.Add(new() { Value = Ids.Text(month) });
        return await command.Rows(r => r.GetString(0), stop);
    }

    /// <summary>Disputes, those changed last first.</summary>
    /// <param name="state">Null = all; <c>running</c> = not answered, or credit expected.</param>
    public Task<IReadOnlyList<Listed<Dispute>>> Disputes(
        string? tenant, string? state, long before, int limit, CancellationToken stop) => List<Dispute>(
        $"""
        select t.tenant_id, t.stream, t.seq_id, t.body::text from disputes t {LiveRows.Join}
        where ($1 is null or t.tenant_id = $1) and t.seq_id < $2
          and ($3 is null or t.state = $3 or ($3 = 'running' and t.state = any($5)))
        order by t.seq_id desc, t.tenant_id, t.stream limit $4
        """,
        [Text(tenant), new() { Value = before }, Text(state), new() { Value = limit }, new() { Value = Running }],
        stop);

    /// <summary>Disputes that nobody answered in time, seen on a day.</summary>
    /// <param name="tenant">Null = of all relationships, one after the other.</param>
    public Task<IReadOnlyList<Listed<Dispute>>> Overdue(
        string? tenant, LocalDate today, CancellationToken stop) => List<Dispute>(
        $"""
        select t.tenant_id, t.stream, t.seq_id, t.body::text from disputes t {LiveRows.Join}
        where ($1 is null or t.tenant_id = $1) and t.answer_by < $2 and t.state = any($3)
        order by t.tenant_id, t.stream
        """,
        [Text(tenant), new() { Value = today.ToDateOnly() }, new() { Value = CanBeOverdue }], stop);

    public async Task<IReadOnlyList<DisputeTotal>> DisputeTotals(string? tenant, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select t.tenant_id, t.state, t.currency, count(*), sum(t.disputed)::bigint, sum(t.withheld)::bigint
            from disputes t {LiveRows.Join} where $1 is null or t.tenant_id = $1 group by 1, 2, 3 order by 1, 3, 2
            """);
        command.Parameters.Add(Text(tenant));
        return await command.Rows(r => new DisputeTotal(
            r.GetString(0), Enum.Parse<DisputeState>(r.GetString(1)), r.GetString(2), r.GetInt64(3), r.GetInt64(4),
            r.GetInt64(5)), stop);
    }

    /// <summary>Payments, those changed last first.</summary>
    public Task<IReadOnlyList<Listed<PaymentState>>> Payments(
        string? tenant, long before, int limit, CancellationToken stop) => List<PaymentState>(
        $"""
        select t.tenant_id, t.stream, t.seq_id, t.body::text from payments t {LiveRows.Join}
        where ($1 is null or t.tenant_id = $1) and t.seq_id < $2
        order by t.seq_id desc, t.tenant_id, t.stream limit $3
        """,
        [Text(tenant), new() { Value = before }, new() { Value = limit }], stop);

    /// <summary>The stream of a payment whose id compares without case; null where there is none.</summary>
    public async Task<string?> PaymentStream(Relationship relationship, string stream, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"select t.stream from payments t {LiveRows.Join} where t.tenant_id = $1 and lower(t.stream) = lower($2) limit 1");
        command.Parameters.Add(new() { Value = relationship.ToString() });
        command.Parameters.Add(new() { Value = stream });
        return await command.ExecuteScalarAsync(stop) as string;
    }

    /// <summary>What somebody must still approve.</summary>
    /// <param name="kind"><c>write-off</c> or <c>opening</c>.</param>
    /// <param name="tenant">Null = of all relationships.</param>
    public Task<IReadOnlyList<Listed<T>>> Waiting<T>(
        string kind, CancellationToken stop, string? tenant = null) => List<T>(
        $"""
        select t.tenant_id, t.stream, t.seq_id, t.body::text from money_requests t {LiveRows.Join}
        where t.kind = $1 and t.is_open and ($2 is null or t.tenant_id = $2) order by t.tenant_id, t.stream
        """,
        [Text(kind), Text(tenant)], stop);

    /// <summary>Null where nothing of the CDR is posted.</summary>
    public async Task<CdrPlace?> Place(Relationship relationship, CdrKey cdr, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select t.entry_seq, t.entry_period, s.issued_at, s.document_date
            from cdrs t {LiveRows.Join}
            left join statements s on s.tenant_id = t.tenant_id and s.generation = t.generation and s.period = t.entry_period
              and s.previous_cut_off < t.entry_seq and t.entry_seq <= s.cut_off
            where t.tenant_id = $1 and t.stream = $2 and t.entry_seq is not null
            """);
        command.Parameters.Add(new() { Value = relationship.ToString() });
        command.Parameters.Add(new() { Value = CdrStreams.Name(cdr) });
        await using var r = await command.ExecuteReaderAsync(stop);
        return await r.ReadAsync(stop)
            ? new CdrPlace(
                r.GetInt64(0), Ids.Month(r.GetString(1)), r.IsDBNull(2) ? null : Ids.Time(r.GetDateTime(2)),
                r.IsDBNull(3) ? null : Day(r, 3))
            : null;
    }

    /// <summary>The CDR of a statement's line; null where there is no such line.</summary>
    public async Task<CdrKey?> OfLine(Relationship relationship, long entry, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"select t.stream, t.cdr_id from ledger_entries t {LiveRows.Join} where t.tenant_id = $1 and t.seq_id = $2");
        command.Parameters.Add(new() { Value = relationship.ToString() });
        command.Parameters.Add(new() { Value = entry });
        await using var r = await command.ExecuteReaderAsync(stop);
        return await r.ReadAsync(stop) ? CdrStreams.Key(r.GetString(0)) with { Id = r.GetString(1) } : null;
    }

    /// <summary>Which CDRs our credit notes of a month are about, with the numbers of the events that made them.</summary>
    public async Task<IReadOnlyList<(CdrKey Cdr, long Number)>> NotesIn(
        Relationship relationship, YearMonth month, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select distinct t.seq_id, t.stream, t.cdr_id from journal_lines t {LiveRows.Join}
            where t.tenant_id = $1 and t.period = $2 and t.kind = 'credit-note' order by 1
            """);
        command.Parameters.Add(new() { Value = relationship.ToString() });
        command.Parameters.Add(new() { Value = Ids.Text(month) });
        return await command.Rows(
            r => (CdrStreams.Key(r.GetString(1)) with { Id = r.GetString(2) }, r.GetInt64(0)), stop);
    }

    /// <summary>The CDR that our credit note of this number is about; null where there is none.</summary>
    public async Task<CdrKey?> CdrOfNote(Relationship relationship, string number, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select t.body -> 'Cdr' ->> 'CdrOwner', t.body -> 'Cdr' ->> 'CdrId' from disputes t {LiveRows.Join}
            where t.tenant_id = $1 and jsonb_exists(t.body -> 'Notes', $2)
            """);
        command.Parameters.Add(new() { Value = relationship.ToString() });
        command.Parameters.Add(new() { Value = number });
        await using var r = await command.ExecuteReaderAsync(stop);
        return await r.ReadAsync(stop) ? new CdrKey(Ids.Party(r.GetString(0)), r.GetString(1)) : null;
    }

    /// <summary>How many of our credit notes have a number of a series.</summary>
    public async Task<long> NotesOf(Relationship relationship, string series, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select count(*) from disputes t {LiveRows.Join} cross join lateral jsonb_array_elements_text(t.body -> 'Notes') n
            where t.tenant_id = $1 and starts_with(n, $2 || '-')
            """);
        command.Parameters.Add(new() { Value = relationship.ToString() });
        command.Parameters.Add(new() { Value = series });
        return (long)(await command.ExecuteScalarAsync(stop))!;
    }

    /// <summary>Every issued document with what is withheld or credited of it.</summary>
    public async Task<IReadOnlyList<IssuedDocument>> Issued(Relationship relationship, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select t.number, s.issued_at, t.document_date, t.due, coalesce(d.withheld, 0)::bigint
            from documents t {LiveRows.Join}
            join statements s on s.tenant_id = t.tenant_id and s.generation = t.generation and s.seq_id = t.seq_id
            left join lateral (
              select sum(x.withheld + x.credited) withheld from disputes x
              where x.tenant_id = t.tenant_id and x.generation = t.generation and x.document = t.number) d on true
            where t.tenant_id = $1 order by t.seq_id, t.number
            """);
        command.Parameters.Add(new() { Value = relationship.ToString() });
        return await command.Rows(r => new IssuedDocument(
            r.GetString(0), Ids.Time(r.GetDateTime(1)), Day(r, 2), r.GetInt64(3), r.GetInt64(4)), stop);
    }

    // what a state means is said where disputes are decided
    private static string[] States(Func<Dispute, bool> rule) =>
    [
        .. Enum.GetValues<DisputeState>().Where(state => rule(Dispute.None with { State = state }))
            .Select(state => state.ToString()),
    ];

    private async Task<IReadOnlyList<Listed<T>>> List<T>(
        string sql, IReadOnlyList<NpgsqlParameter> parameters, CancellationToken stop)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return await command.Rows(r => new Listed<T>(
            r.GetString(0), r.GetString(1), r.GetInt64(2),
            JsonSerializer.Deserialize<T>(r.GetString(3), RowJson.Options)!), stop);
    }

    private static NpgsqlParameter<string?> Text(string? value) => new() { TypedValue = value };

    private static LocalDate Day(NpgsqlDataReader r, int column) => LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(column));
}
