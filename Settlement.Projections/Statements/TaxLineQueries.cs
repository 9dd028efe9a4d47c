using System.Text.Json;
using NodaTime;
using Npgsql;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

/// <summary>What is posted about a party's taxes, both ways of the ledger, seen at one moment.</summary>
/// <param name="Lines">Tax lines of the ledger's entries.</param>
/// <param name="Accounts">Moves of the tax accounts in the settlement month.</param>
public sealed record PostedTaxes(
    IReadOnlyList<PostedTaxLine> Lines, IReadOnlyList<TaxAccountMove> Accounts)
{
    /// <summary>What every month reports.</summary>
    public IReadOnlyList<ReportedTax> Months { get; init; } = [];

    /// <summary>Moves of the tax accounts in all months.</summary>
    public IReadOnlyList<TaxAccountMove> AllAccounts { get; init; } = [];
}

/// <summary>Posted tax lines and tax accounts of a party, for its monthly tax report.</summary>
public sealed class TaxLineQueries(NpgsqlDataSource database)
{
    private const string Own =
        "(split_part(t.tenant_id, '~', 1) = $1[1] or split_part(t.tenant_id, '~', 2) = $1[1])";

    // Document date of the statement that a row of a table called t is on; null before it is issued.
    private const string Invoiced =
        """
        (select s.document_date from statements s
         where s.tenant_id = t.tenant_id and s.generation = t.generation and s.period = t.period
           and t.seq_id > s.previous_cut_off and t.seq_id <= s.cut_off)
        """;

    // The entry it reverses is on an earlier statement, or will be: it goes out on another document.
    private const string IsReversal =
        """
        (t.corrects_period <> t.period or exists (
          select from statements s where s.tenant_id = t.tenant_id and s.generation = t.generation and s.period = t.period
            and s.previous_cut_off < t.corrects and t.corrects <= s.cut_off and s.cut_off < t.seq_id))
        """;

    // It undoes a credit that went out, or would have gone out, on another document than its original.
    private const string UndoesReversal =
        """
        exists (select from ledger_entries c
          where c.tenant_id = t.tenant_id and c.generation = t.generation and c.seq_id = t.corrects and c.sessions < 0
            and (c.corrects_period <> c.period or exists (
              select from statements s where s.tenant_id = c.tenant_id and s.generation = c.generation and s.period = c.period
                and s.previous_cut_off < c.corrects and c.corrects <= s.cut_off and s.cut_off < c.seq_id)))
        """;

    // What comes instead of a reversed entry of its CDR is on the same document; only late lines can be.
    private const string IsReplacement =
        $"""
        (t.kind = 'cdr' and (t.period <> t.charge_period or exists (
          select from statements s where s.tenant_id = t.tenant_id and s.generation = t.generation and s.period = t.period
            and s.cut_off < t.seq_id))
         and exists (select {LiveRows.EntriesOfStream} and e.seq_id < t.seq_id and e.corrects is not null and e.sessions < 0))
        """;

    private const string LastDay = "(to_date(t.period, 'YYYY-MM') + interval '1 month' - interval '1 day')::date";

    /// <summary>
    /// Every posted tax line: who supplied, its tax date, its document date, and, of what changes an invoiced CDR, the day
    /// it is reported by: that of its document, provisionally the last day of its month.
    /// </summary>
    private const string AllLines =
        $"""
        select t.cpo, t.emsp, t.stream, t.tax_date, t.period, t.recorded_at, t.kind, t.currency, t.taxes,
               {Invoiced} invoiced,
               case when t.corrects is not null and ({IsReversal} or t.sessions > 0 and {UndoesReversal}) or {IsReplacement}
                 then coalesce({Invoiced}, {LastDay}) end reported, t.sessions < 0 is_credit
        from ledger_entries t {LiveRows.Join}
        where {Own}
        union all
        select t.cpo, t.emsp, t.stream, e.tax_date, t.period, t.recorded_at, t.kind, t.currency, jsonb_build_array(t.tax),
               case when t.kind in ('taken-back', 'given-back') then {Invoiced} else t.on_date end,
               case when t.kind = 'credit-note' then t.on_date
                 when t.kind in ('taken-back', 'given-back') and ({IsReversal} or t.kind = 'given-back' and {UndoesReversal})
                   then coalesce({Invoiced}, {LastDay}) end, false
        from journal_lines t {LiveRows.Join}
        join lateral (select e.tax_date {LiveRows.EntriesOfStream} order by v.version limit 1) e on true
        where {Own} and t.tax is not null
        """;

    /// <summary>Every tax line that is reported in <paramref name="month"/> or posted to it, and all months added up.</summary>
    /// <param name="party">Its home id; lines of its aliases are its own.</param>
    /// <param name="documentDateDecides">Whether the document date is the tax point of a rule, by its name.</param>
    /// <param name="filings">Months that were filed, with when: what is posted later is reported in the next one.</param>
    public async Task<PostedTaxes> Of(
        PartyId party, IReadOnlyList<PartyId> aliases, YearMonth month, Func<string, bool> documentDateDecides,
        IReadOnlyDictionary<YearMonth, Instant> filings, CancellationToken stop)
    {
        HashSet<PartyId> ids = [party, .. aliases];
        await using var session = await Session.Open(database, stop);
        return new PostedTaxes(
            await Lines(session, party, ids, month, documentDateDecides, filings, stop),
            await Accounts(session, party, ids, month, "=", stop))
        {
            Months = await Months(session, party, ids, documentDateDecides, filings, stop),
            AllAccounts = await Accounts(session, party, ids, new YearMonth(9999, 12), "<=", stop),
        };
    }

    private static async Task<List<PostedTaxLine>> Lines(
        Session session, PartyId party, HashSet<PartyId> ids, YearMonth month,
        Func<string, bool> documentDateDecides, IReadOnlyDictionary<YearMonth, Instant> filings, CancellationToken stop)
    {
        var from = month; // with the filed months before it: what came too late for them is reported here
        while (filings.ContainsKey(from.PlusMonths(-1)))
        {
            from = from.PlusMonths(-1);
        }

        await using var command = session.Command(
            $"""
            select cpo, emsp, stream, tax_date, period, recorded_at, kind, currency, taxes::text, invoiced, reported, is_credit
            from ({AllLines}) line
            where period = $2 or (tax_date >= $3 and tax_date < $4) or (invoiced >= $3 and invoiced < $4)
              or (reported >= $3 and reported < $4)
            """);
        command.CommandTimeout = 0;
        Bind(command, party, month);
        command.Parameters.Add(new() { Value = from.OnDayOfMonth(1).ToDateOnly() });
        command.Parameters.Add(new() { Value = month.PlusMonths(1).OnDayOfMonth(1).ToDateOnly() });
        await using var reader = await command.ExecuteReaderAsync(stop);
        var lines = new List<PostedTaxLine>();
        while (await reader.ReadAsync(stop))
        {
            var kind = reader.GetString(6);
            var taxes = JsonSerializer.Deserialize<IReadOnlyList<PostedTax>>(reader.GetString(8), RowJson.Options)!;
            foreach (var tax in taxes)
            {
                lines.Add(new PostedTaxLine(
                    reader.GetString(2), Home(reader.GetString(0), party, ids), Home(reader.GetString(1), party, ids),
                    tax.ToLine(Currency.Of(reader.GetString(7))), Day(reader, 3)!.Value, Day(reader, 9),
                    documentDateDecides(tax.Rule), Ids.Month(reader.GetString(4)),
                    Ids.Time(reader.GetDateTime(5)), IsCredit: reader.GetBoolean(11))
                {
                    ReportedOn = Day(reader, 10),
                    CountsBeside = kind switch
                    {
                        "cdr" or "credit" or "conflict" or "correction" => null,
                        "tax-point" or "taken-back" or "given-back" => Math.Sign(tax.Base),
                        _ => 0,
                    },
                });
            }
        }

        return lines;
    }

    /// <summary>Charged tax by the month that reports it: each line is in exactly one of them.</summary>
    private static async Task<List<ReportedTax>> Months(
        Session session, PartyId party, HashSet<PartyId> ids, Func<string, bool> documentDateDecides,
        IReadOnlyDictionary<YearMonth, Instant> filings, CancellationToken stop)
    {
        var filed = filings.Values.Order().ToArray();
        await using var command = session.Command(
            $"""
            select cpo, emsp, currency, x ->> 'Jurisdiction', x ->> 'Tax', x ->> 'Rule',
                   to_char(tax_date, 'YYYY-MM'), to_char(invoiced, 'YYYY-MM'), to_char(reported, 'YYYY-MM'),
                   (select count(*) from unnest($2::timestamptz[]) filed where filed < recorded_at),
                   sum((x ->> 'Amount')::numeric)
            from ({AllLines}) line cross join lateral jsonb_array_elements(taxes) x
            where x ->> 'Disposition' = 'Charged'
            group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = new[] { party.ToString() } });
        command.Parameters.Add(new() { Value = Array.ConvertAll(filed, at => at.ToDateTimeUtc()) });
        return await command.Rows(r =>
        {
            var after = (int)r.GetInt64(9); // so many filings were before it was posted
            var recordedAt = after == 0 ? Instant.MinValue : filed[after - 1] + Duration.Epsilon;
            var decided = documentDateDecides(r.GetString(5)) ? Ids.Text(r, 7) : null;
            var month = Ids.Text(r, 8) ?? decided ?? r.GetString(6);
            var side = Home(r.GetString(0), party, ids) == party ? TaxSide.Output : TaxSide.Input;
            return new ReportedTax(
                TaxReport.ReportedIn(Ids.Month(month), recordedAt, filings), side, r.GetString(3), r.GetString(4),
                r.GetString(2), checked((long)r.GetDecimal(10)));
        }, stop);
    }

    private static LocalDate? Day(NpgsqlDataReader r, int column) =>
        r.IsDBNull(column) ? null : LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(column));

    private static PartyId Home(string text, PartyId party, HashSet<PartyId> ids)
    {
        var id = Ids.Party(text);
        return ids.Contains(id) ? party : id;
    }

    private static async Task<List<TaxAccountMove>> Accounts(
        Session session, PartyId party, HashSet<PartyId> ids, YearMonth month, string compared, CancellationToken stop)
    {
        await using var command = session.Command(
            $"""
            select t.account, t.currency, sum(t.credit - t.debit)
            from balances t {LiveRows.Join}
            where {Own} and t.period {compared} $2 and t.account like 'tax:%'
            group by 1, 2
            order by 1, 2
            """);
        Bind(command, party, month);
        await using var reader = await command.ExecuteReaderAsync(stop);
        var moves = new List<TaxAccountMove>();
        while (await reader.ReadAsync(stop))
        {
            // tax:{remitter}:{place}:{tax}; the place of a local tax has a colon of its own
            var parts = reader.GetString(0).Split(':');
            TaxSide? side = PartyId.Parse(parts[1]) is { } remitter
                ? ids.Contains(remitter) ? TaxSide.Output : TaxSide.Input
                : null;
            moves.Add(new TaxAccountMove(
                parts[1], side, string.Join(':', parts[2..^1]), parts[^1], reader.GetString(1), reader.GetDecimal(2)));
        }

        return moves;
    }

    private static void Bind(NpgsqlCommand command, PartyId party, YearMonth month) =>
        Session.Bind(command, [party.ToString()], month);

}
