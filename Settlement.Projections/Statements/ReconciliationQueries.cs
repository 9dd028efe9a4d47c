using System.Runtime.CompilerServices;
using NodaTime;
using Npgsql;
using NpgsqlTypes;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Reconciliation;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

/// <summary>
/// Our side of a reconciliation: what is settled in a month, what is held, and what an adjacent month has.
/// A CDR in conflict is held: nothing is owed under it.
/// </summary>
public sealed class ReconciliationQueries(NpgsqlDataSource database)
{
    private const string Entry =
        """
        t.seq_id, t.cpo, t.cdr_id, t.kind, c.session_id, c.evse_id, c.driver, t.start_at, t.end_at, t.energy_kwh,
        t.currency, t.net, t.tax, t.due, t.claimed, t.period, c.authorization_reference
        """;

    /// <summary>One row per ledger entry of the month; entries of one CDR are the caller's to count together.</summary>
    public async IAsyncEnumerable<ListedCdr> Month(
        Relationship relationship, YearMonth month, PartyId? cpo, [EnumeratorCancellation] CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select {Entry}
            from ledger_entries t {LiveRows.Join}
            join cdrs c on c.tenant_id = t.tenant_id and c.generation = t.generation and c.stream = t.stream
            where t.tenant_id = $1 and t.period = $2 and ($3 is null or t.cpo = $3) and c.state <> 'conflict'
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = relationship.ToString() });
        command.Parameters.Add(new() { Value = Ids.Text(month) });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = cpo?.ToString() });
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            yield return Row(reader, ListStanding.Listed);
        }
    }

    /// <summary>Received and not owed, whatever its month: what is too old is held too.</summary>
    public async IAsyncEnumerable<ListedCdr> Held(
        Relationship relationship, PartyId? cpo, [EnumeratorCancellation] CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select t.seq_id, t.cpo, t.cdr_id, t.session_id, t.evse_id, t.driver, t.start_at, t.end_at, t.energy_kwh,
                   t.currency, t.claimed, coalesce(t.reason, t.state), t.authorization_reference
            from cdrs t {LiveRows.Join}
            where t.tenant_id = $1 and ($2 is null or t.cpo = $2)
              and t.state in ({LiveRows.HeldStates})
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = relationship.ToString() });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = cpo?.ToString() });
        await using var r = await command.ExecuteReaderAsync(stop);
        while (await r.ReadAsync(stop))
        {
            yield return new ListedCdr
            {
                Line = r.GetInt64(0),
                Cpo = Ids.Party(r.GetString(1)),
                Id = r.GetString(2),
                Credit = r.GetDecimal(10) < 0m,
                SessionId = Ids.Text(r, 3),
                EvseId = Ids.Text(r, 4),
                Driver = Ids.Text(r, 5),
                Start = Ids.Time(r.GetDateTime(6)),
                End = Ids.Time(r.GetDateTime(7)),
                EnergyKwh = r.GetDecimal(10) < 0m ? -Math.Abs(r.GetDecimal(8)) : r.GetDecimal(8),
                Currency = r.GetString(9),
                Net = r.GetDecimal(10),
                Standing = ListStanding.Held,
                Detail = r.GetString(11),
                AuthorizationReference = Ids.Text(r, 12),
            };
        }
    }

    /// <summary>Of these streams, what is settled in the month before or after.</summary>
    public async Task<IReadOnlyList<ListedCdr>> Adjacent(
        Relationship relationship, YearMonth month, IReadOnlyList<string> streams, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select {Entry}
            from unnest($2::varchar[]) s (stream)
            join log.mt_events v on v.tenant_id = $1 and v.stream_id = s.stream
            join ledger_entries t on t.tenant_id = v.tenant_id and t.seq_id = v.seq_id
            {LiveRows.Join}
            join cdrs c on c.tenant_id = t.tenant_id and c.generation = t.generation and c.stream = t.stream
            where t.tenant_id = $1 and t.period = any($3) and c.state <> 'conflict'
            order by t.seq_id
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = relationship.ToString() });
        command.Parameters.Add(new() { Value = streams.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varchar });
        command.Parameters.Add(new()
        {
            Value = new[] { Ids.Text(month.PlusMonths(-1)), Ids.Text(month.PlusMonths(1)) },
        });
        var rows = new Dictionary<string, ListedCdr>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            var row = Row(reader, ListStanding.Adjacent);
            rows[row.Key!] = rows.TryGetValue(row.Key!, out var before) ? before.With(row) : row;
        }

        return [.. rows.Values];
    }

    private static ListedCdr Row(NpgsqlDataReader r, ListStanding standing)
    {
        var currency = r.GetString(10);
        decimal scale = Currency.Of(currency).Scale;
        return new ListedCdr
        {
            Line = r.GetInt64(0),
            Entry = r.GetInt64(0),
            Cpo = Ids.Party(r.GetString(1)),
            Id = r.GetString(2),
            Credit = r.GetString(3) == "credit",
            SessionId = Ids.Text(r, 4),
            EvseId = Ids.Text(r, 5),
            Driver = Ids.Text(r, 6),
            Start = Ids.Time(r.GetDateTime(7)),
            End = Ids.Time(r.GetDateTime(8)),
            EnergyKwh = r.GetDecimal(9),
            Currency = currency,
            Net = r.GetInt64(11) / scale,
            Tax = r.GetInt64(12) / scale,
            Total = r.GetInt64(13) / scale,
            Claimed = r.GetDecimal(14),
            Standing = standing,
            Detail = standing == ListStanding.Adjacent ? r.GetString(15) : null,
            AuthorizationReference = Ids.Text(r, 16),
        };
    }
}
