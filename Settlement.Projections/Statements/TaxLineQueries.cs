using System.Runtime.CompilerServices;
using System.Text.Json;
using NodaTime;
using Npgsql;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;
using Settlement.Projections.Tables;

namespace Settlement.Projections.Statements;

/// <summary>Posted tax lines of a party, for its monthly tax report.</summary>
public sealed class TaxLineQueries(NpgsqlDataSource database)
{
    /// <summary>
    /// Every tax line whose tax date or settlement month may touch <paramref name="month"/>: a line whose tax month
    /// was filed before it was posted moves to a later one, so earlier tax dates are included.
    /// </summary>
    /// <param name="documentDateDecides">Whether the document date is the tax point of a rule, by its name.</param>
    public async IAsyncEnumerable<PostedTaxLine> Lines(
        PartyId party, YearMonth month, Func<string, bool> documentDateDecides,
        [EnumeratorCancellation] CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            """
            select t.cpo, t.emsp, t.stream, t.tax_date, t.period, t.recorded_at, t.kind, t.currency, t.taxes::text
            from ledger_entries t
            join projection_live l
              on l.tenant_id = t.tenant_id and l.projection = 'settlement' and l.generation = t.generation
            where (t.cpo = $1 or t.emsp = $1) and t.tenant_id like '%' || $1 || '%'
              and (t.period = $2 or t.tax_date < $3)
            order by t.tenant_id, t.seq_id
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = party.ToString() });
        command.Parameters.Add(new() { Value = Ids.Text(month) });
        command.Parameters.Add(new() { Value = month.PlusMonths(1).OnDayOfMonth(1).ToDateOnly() });
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            var taxes = JsonSerializer.Deserialize<IReadOnlyList<PostedTax>>(reader.GetString(8), RowJson.Options)!;
            foreach (var tax in taxes)
            {
                yield return new PostedTaxLine(
                    reader.GetString(2), Ids.Party(reader.GetString(0)), Ids.Party(reader.GetString(1)),
                    Line(tax, Currency.Of(reader.GetString(7))), LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(3)),
                    null, documentDateDecides(tax.Rule), Ids.Month(reader.GetString(4)),
                    Ids.Time(reader.GetDateTime(5)), reader.GetString(6) != "cdr");
            }
        }
    }

    private static TaxLine Line(PostedTax tax, Currency currency) => new(
        tax.Tax, tax.Jurisdiction, tax.Rule, tax.Rate, tax.PerKwh, new Money(tax.Base, currency), tax.Kwh,
        new Money(tax.Amount, currency), tax.Disposition, tax.Remitter, tax.Recoverable, tax.Reason, tax.Registration,
        tax.Certificate);
}
