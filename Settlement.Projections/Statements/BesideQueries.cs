using System.Runtime.CompilerServices;
using System.Text.Json;
using NodaTime;
using Npgsql;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Statements;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

/// <summary>
/// What charges or credits a CDR beside its own entries: its share of document rounding, another tax point, our own
/// credit notes, and all of it reversed. Reports, statements and detail files add it to the entries, so that their
/// totals are those of the ledger and of the documents.
/// </summary>
internal static class BesideQueries
{
    /// <summary>The postings of a journal that say so, of a table called t.</summary>
    public const string IsCharge =
        "t.place is not null and (t.account like 'charge:%' or t.account like 'tax:%')";

    /// <summary>Whether the month's statement of a table called t lists the line; $6 is its cut-off.</summary>
    private const string UpTo =
        """
        (t.seq_id <= $6 or exists (
          select from statements s where s.tenant_id = t.tenant_id and s.generation = t.generation and s.seq_id = t.seq_id
            and s.cut_off <= $6))
        """;

    /// <summary>
    /// One line per event and CDR, in the order of the log; without sessions and quantities. Their taxes are signed as in
    /// an invoice.
    /// </summary>
    /// <param name="kinds">Only of these kinds; null = all.</param>
    public static async IAsyncEnumerable<StatementLine> Lines(
        NpgsqlCommand command, LineFilter filter, IReadOnlyList<string>? kinds, [EnumeratorCancellation] CancellationToken stop)
    {
        command.CommandText =
            $"""
            with line as (
              select t.tenant_id, t.generation, t.seq_id, t.kind, t.cpo, t.emsp, t.currency, t.cdr_id, t.stream, t.place,
                     min(t.line) line, min(t.on_date) on_date, {Components}, {Amounts},
                     coalesce(jsonb_agg(t.tax order by t.line) filter (where t.tax is not null), '[]')::text taxes,
                     min(t.corrects) corrects, min(t.corrects_period) corrects_period, min(t.document) document
              from journal_lines t {LiveRows.Join}
              where t.tenant_id = $1 and t.period = $2 and ($3 is null or t.cpo = $3) and ($4 is null or t.currency = $4)
                and ($5 is null or t.place = $5) and ($7 is null or t.emsp = $7) and ($8 is null or t.kind = any($8))
                and t.seq_id > $9 and {UpTo} and {IsCharge}
              group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
            select t.seq_id, t.kind, t.cpo, t.emsp, t.currency, t.cdr_id, t.stream, c.start_at, c.end_at, t.place, c.city,
                   c.location_id, c.evse_id, c.session_id, c.driver, c.charge_period, t.on_date, t.energy, t.time, t.parking,
                   t.flat, t.reservation, t.net, t.tax, t.taxes, t.corrects, t.corrects_period, t.document
            from line t
            join cdrs c on c.tenant_id = t.tenant_id and c.generation = t.generation and c.stream = t.stream
            order by t.seq_id, t.line
            """;
        command.CommandTimeout = 0;
        Bind(command, filter, kinds);
        var relationship = Relationship.Parse(filter.Tenant)!.Value;
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            yield return Line(reader, relationship);
        }
    }

    /// <summary>Net by component, minor units, as the CPO's income.</summary>
    public const string Components =
        """
        coalesce(sum(t.credit - t.debit) filter (where t.account like 'charge:%:ENERGY'), 0)::bigint energy,
        coalesce(sum(t.credit - t.debit) filter (where t.account like 'charge:%:TIME'), 0)::bigint "time",
        coalesce(sum(t.credit - t.debit) filter (where t.account like 'charge:%:PARKING_TIME'), 0)::bigint parking,
        coalesce(sum(t.credit - t.debit) filter (where t.account like 'charge:%:FLAT'), 0)::bigint flat,
        coalesce(sum(t.credit - t.debit) filter (where t.account like 'charge:%:RESERVATION'), 0)::bigint reservation
        """;

    public const string Amounts =
        """
        coalesce(sum(t.credit - t.debit) filter (where t.account like 'charge:%'), 0)::bigint net,
        coalesce(sum(t.credit - t.debit) filter (where t.account like 'tax:%'), 0)::bigint tax
        """;

    private static void Bind(NpgsqlCommand command, LineFilter filter, IReadOnlyList<string>? kinds)
    {
        command.Parameters.Add(new() { Value = filter.Tenant });
        command.Parameters.Add(new() { Value = Ids.Text(filter.Month) });
        Text(filter.Cpo?.ToString());
        Text(filter.Currency);
        Text(filter.Place);
        command.Parameters.Add(new() { Value = filter.UpTo });
        Text(filter.Emsp?.ToString());
        command.Parameters.Add(new NpgsqlParameter<string[]?> { TypedValue = kinds is null ? null : [.. kinds] });
        command.Parameters.Add(new() { Value = filter.After });

        void Text(string? value) => command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = value });
    }

    private static StatementLine Line(NpgsqlDataReader r, Relationship relationship) => new(
        r.GetInt64(0), r.GetString(1),
        new Direction(relationship, Ids.Party(r.GetString(2)), Ids.Party(r.GetString(3)), r.GetString(4)),
        r.GetString(5), r.GetString(6), Ids.Time(r.GetDateTime(7)), Ids.Time(r.GetDateTime(8)), r.GetString(9),
        Ids.Text(r, 10), Ids.Text(r, 11), Ids.Text(r, 12), Ids.Text(r, 13), Ids.Text(r, 14), Ids.Month(r.GetString(15)),
        LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(16)), 0, 0m, 0, 0, r.GetInt64(17), r.GetInt64(18), r.GetInt64(19),
        r.GetInt64(20), r.GetInt64(21), r.GetInt64(22), r.GetInt64(23), r.GetInt64(22) + r.GetInt64(23), 0m, 0m, true,
        JsonSerializer.Deserialize<IReadOnlyList<PostedTax>>(r.GetString(24), RowJson.Options)!)
    {
        Corrects = r.IsDBNull(25) ? null : r.GetInt64(25),
        CorrectsPeriod = r.IsDBNull(26) ? null : Ids.Month(r.GetString(26)),
        Document = Ids.Text(r, 27),
    };
}
