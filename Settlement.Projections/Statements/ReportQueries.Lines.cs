using System.Runtime.CompilerServices;
using System.Text.Json;
using NodaTime;
using Npgsql;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Statements;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

public sealed partial class ReportQueries
{
    /// <summary>The lines behind any total, in the order of their numbers, streamed.</summary>
    /// <param name="after">Lines after this number only, for paging; with <paramref name="limit"/>.</param>
    public async IAsyncEnumerable<StatementLine> Lines(
        LineFilter filter, long after = 0, int? limit = null, [EnumeratorCancellation] CancellationToken stop = default)
    {
        await using var command = database.CreateCommand(
            $"""
            select t.seq_id, t.kind, t.cpo, t.emsp, t.currency, t.cdr_id, t.stream, t.start_at, t.end_at, t.place,
                   c.city, c.location_id, c.evse_id, c.session_id, c.driver, t.charge_period, t.tax_date, t.sessions,
                   t.energy_kwh, t.charging_seconds, t.parking_seconds, t.energy, t.time, t.parking, t.flat,
                   t.reservation, t.net, t.tax, t.due, t.claimed, t.rerated, t.surcharge_provable, t.taxes::text,
                   t.corrects, t.corrects_period, t.cause
            from ledger_entries t {LiveRows.Join}
            left join cdrs c on c.tenant_id = t.tenant_id and c.generation = t.generation and c.stream = t.stream
            where t.tenant_id = $1 and t.period = $2 and ($3 is null or t.cpo = $3) and ($4 is null or t.currency = $4)
              and ($5 is null or t.place = $5) and t.seq_id > $6 and ($8 is null or t.emsp = $8)
              and t.seq_id <= $9
            order by t.seq_id
            limit $7
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = filter.Tenant });
        command.Parameters.Add(new() { Value = Ids.Text(filter.Month) });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = filter.Cpo?.ToString() });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = filter.Currency });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = filter.Place });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = limit is { } n ? n : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = filter.Emsp?.ToString() });
        command.Parameters.Add(new() { Value = filter.UpTo });
        await using var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.SequentialAccess, stop);
        var relationship = Relationship.Parse(filter.Tenant)!.Value;
        while (await reader.ReadAsync(stop))
        {
            yield return Line(reader, relationship);
        }
    }

    /// <summary>Entries, then what stands beside them: together they are the totals.</summary>
    public async IAsyncEnumerable<StatementLine> All(
        LineFilter filter, [EnumeratorCancellation] CancellationToken stop = default)
    {
        await foreach (var line in Lines(filter, stop: stop))
        {
            yield return line;
        }

        await foreach (var line in Beside(filter, stop: stop))
        {
            yield return line;
        }
    }

    /// <summary>Some of them, after a mark; each with its own.</summary>
    public async Task<IReadOnlyList<MarkedLine>> Page(
        LineFilter filter, LineMark after, int limit, CancellationToken stop)
    {
        var page = new List<MarkedLine>();
        if (after.Beside == 0)
        {
            await foreach (var line in Lines(filter, after.Number, limit, stop))
            {
                page.Add(new(line, new LineMark(line.Number)));
            }
        }

        if (page.Count < limit)
        {
            var at = 0;
            await foreach (var line in Beside(filter, stop: stop))
            {
                if (++at > after.Beside && page.Count < limit)
                {
                    page.Add(new(line, new LineMark(line.Number, at)));
                }
            }
        }

        return page;
    }

    /// <inheritdoc cref="BesideQueries.Lines"/>
    public async IAsyncEnumerable<StatementLine> Beside(
        LineFilter filter, IReadOnlyList<string>? kinds = null, [EnumeratorCancellation] CancellationToken stop = default)
    {
        await using var command = database.CreateCommand();
        await foreach (var line in BesideQueries.Lines(command, filter, kinds, stop))
        {
            yield return line;
        }
    }

    private static StatementLine Line(NpgsqlDataReader r, Relationship relationship) => new(
        r.GetInt64(0), r.GetString(1),
        new Direction(relationship, Ids.Party(r.GetString(2)), Ids.Party(r.GetString(3)), r.GetString(4)),
        r.GetString(5), r.GetString(6), Ids.Time(r.GetDateTime(7)), Ids.Time(r.GetDateTime(8)), r.GetString(9),
        Ids.Text(r, 10), Ids.Text(r, 11), Ids.Text(r, 12), Ids.Text(r, 13), Ids.Text(r, 14),
        Ids.Month(r.GetString(15)), LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(16)), r.GetInt32(17),
        r.GetDecimal(18), r.GetInt64(19), r.GetInt64(20), r.GetInt64(21), r.GetInt64(22), r.GetInt64(23),
        r.GetInt64(24), r.GetInt64(25), r.GetInt64(26), r.GetInt64(27), r.GetInt64(28), r.GetDecimal(29),
        r.IsDBNull(30) ? null : r.GetDecimal(30), r.GetBoolean(31),
        JsonSerializer.Deserialize<IReadOnlyList<PostedTax>>(r.GetString(32), RowJson.Options)!)
    {
        Corrects = r.IsDBNull(33) ? null : r.GetInt64(33),
        CorrectsPeriod = r.IsDBNull(34) ? null : Ids.Month(r.GetString(34)),
        Cause = Ids.Text(r, 35),
    };
}

/// <summary>A place in a list of lines.</summary>
/// <param name="Number">Of the last entry.</param>
/// <param name="Beside">How many of the lines beside the entries were given; 0 = entries come first.</param>
public sealed record LineMark(long Number, int Beside = 0);

public sealed record MarkedLine(StatementLine Line, LineMark Mark);

/// <summary>Which lines are wanted: those of one relationship and month, narrowed as far as one likes.</summary>
/// <param name="UpTo">Lines up to this number: the cut-off of a run.</param>
public sealed record LineFilter(
    string Tenant, YearMonth Month, PartyId? Cpo = null, string? Currency = null, string? Place = null,
    PartyId? Emsp = null, long UpTo = long.MaxValue)
{
    /// <summary>Lines after this number only.</summary>
    public long After { get; init; }
}
