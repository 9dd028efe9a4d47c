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
    IReadOnlyList<PostedTaxLine> Lines, IReadOnlyList<TaxAccountMove> Accounts);

/// <summary>Posted tax lines and tax accounts of a party, for its monthly tax report.</summary>
public sealed class TaxLineQueries(NpgsqlDataSource database)
{
    private const string Own =
        "(split_part(t.tenant_id, '~', 1) = $1[1] or split_part(t.tenant_id, '~', 2) = $1[1])";

    // Document date of the statement that an entry is on; null before it is issued.
    private const string Invoiced =
        """
        (select s.document_date from statements s
         where s.tenant_id = t.tenant_id and s.generation = t.generation and s.period = t.period
           and t.seq_id > s.previous_cut_off and t.seq_id <= s.cut_off)
        """;

    /// <summary>
    /// Every tax line whose tax date or settlement month may touch <paramref name="month"/>: a line whose tax month
    /// was filed before it was posted moves to a later one, so earlier tax dates are included.
    /// </summary>
    /// <param name="party">Its home id; lines of its aliases are its own.</param>
    /// <param name="documentDateDecides">Whether the document date is the tax point of a rule, by its name.</param>
    public async Task<PostedTaxes> Of(
        PartyId party, IReadOnlyList<PartyId> aliases, YearMonth month, Func<string, bool> documentDateDecides,
        CancellationToken stop)
    {
        HashSet<PartyId> ids = [party, .. aliases];
        await using var session = await Session.Open(database, stop);
        return new PostedTaxes(
            await Lines(session, party, ids, month, documentDateDecides, stop),
            await Accounts(session, party, ids, month, stop));
    }

    private static async Task<List<PostedTaxLine>> Lines(
        Session session, PartyId party, HashSet<PartyId> ids, YearMonth month,
        Func<string, bool> documentDateDecides, CancellationToken stop)
    {
        await using var command = session.Command(
            $"""
            select t.cpo, t.emsp, t.stream, t.tax_date, t.period, t.recorded_at, t.kind, t.currency, t.taxes::text,
                   {Invoiced}
            from ledger_entries t {LiveRows.Join}
            where {Own} and (t.period = $2 or t.tax_date < $3)
            union all
            select e.cpo, e.emsp, t.stream, e.tax_date, t.period, t.recorded_at, 'cdr', t.currency,
                   jsonb_build_array(t.tax)::text, t.on_date
            from journal_lines t {LiveRows.Join}
            join lateral (
              select e.cpo, e.emsp, e.tax_date {LiveRows.EntriesOfStream} order by v.version limit 1) e on true
            where {Own} and t.tax is not null and (t.period = $2 or e.tax_date < $3)
            """);
        command.CommandTimeout = 0;
        Bind(command, party, month);
        command.Parameters.Add(new() { Value = month.PlusMonths(1).OnDayOfMonth(1).ToDateOnly() });
        await using var reader = await command.ExecuteReaderAsync(stop);
        var lines = new List<PostedTaxLine>();
        while (await reader.ReadAsync(stop))
        {
            var taxes = JsonSerializer.Deserialize<IReadOnlyList<PostedTax>>(reader.GetString(8), RowJson.Options)!;
            foreach (var tax in taxes)
            {
                lines.Add(new PostedTaxLine(
                    reader.GetString(2), Home(reader.GetString(0)), Home(reader.GetString(1)),
                    tax.ToLine(Currency.Of(reader.GetString(7))), LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(3)),
                    reader.IsDBNull(9) ? null : LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(9)),
                    documentDateDecides(tax.Rule), Ids.Month(reader.GetString(4)),
                    Ids.Time(reader.GetDateTime(5)), reader.GetString(6) != "cdr"));
            }
        }

        return lines;

        PartyId Home(string text)
        {
            var id = Ids.Party(text);
            return ids.Contains(id) ? party : id;
        }
    }

    private static async Task<List<TaxAccountMove>> Accounts(
        Session session, PartyId party, HashSet<PartyId> ids, YearMonth month, CancellationToken stop)
    {
        await using var command = session.Command(
            $"""
            select t.account, t.currency, sum(t.credit - t.debit)
            from balances t {LiveRows.Join}
            where {Own} and t.period = $2 and t.account like 'tax:%'
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
