using NodaTime;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Statements;

namespace Settlement.Projections.Tables;

/// <summary>Taxes per period, CPO, eMSP, currency, place, tax, rate and disposition.</summary>
public sealed class TaxRows
{
    private readonly SortedDictionary<
        (string Period, string Cpo, string Emsp, string Currency, string Place, string Jurisdiction, string Tax,
            string Rate, string Disposition, string Remitter, bool Recoverable),
        (decimal Base, decimal Kwh, decimal Amount, long Lines)> sums = [];

    /// <summary>The tax lines of a movement with its sign.</summary>
    public static IReadOnlyList<PostedTax> Signed(Movement movement) => movement.Sign > 0
        ? movement.Settled.Taxes
        : [.. movement.Settled.Taxes.Select(tax =>
            tax with { Base = -tax.Base, Kwh = -tax.Kwh, Amount = -tax.Amount })];

    /// <summary>A rate as people write it: <c>9.975%</c>, or <c>0.026/kWh</c>.</summary>
    public static string Rate(PostedTax tax) => Invoice.RateText(tax.Rate, tax.PerKwh);

    public void Add(Movement movement, YearMonth period)
    {
        var settled = movement.Settled;
        foreach (var tax in Signed(movement))
        {
            var key = (Ids.Text(period), settled.OwedTo.ToString(), settled.OwedBy.ToString(), settled.Cdr.Currency,
                settled.Place, tax.Jurisdiction, tax.Tax, Rate(tax), tax.Disposition.ToString(),
                tax.Remitter, tax.Recoverable);
            var sum = sums.GetValueOrDefault(key);
            sums[key] = (sum.Base + tax.Base, sum.Kwh + (tax.Kwh ?? 0m), sum.Amount + tax.Amount,
                sum.Lines + movement.Sign);
        }
    }

    public async Task Write(RowTarget target, CancellationToken stop)
    {
        foreach (var (key, sum) in sums)
        {
            await using var command = target.Command(
                """
                insert into period_taxes as t
                  (tenant_id, generation, period, cpo, emsp, currency, place, jurisdiction, tax, rate, disposition,
                   remitter, recoverable, base, kwh, amount, lines)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
                on conflict (tenant_id, generation, period, cpo, emsp, currency, place, jurisdiction, tax, rate,
                             disposition, remitter, recoverable)
                do update set base = t.base + excluded.base, kwh = t.kwh + excluded.kwh,
                              amount = t.amount + excluded.amount, lines = t.lines + excluded.lines
                """);
            foreach (var value in new object[]
            {
                key.Period, key.Cpo, key.Emsp, key.Currency, key.Place, key.Jurisdiction, key.Tax, key.Rate,
                key.Disposition, key.Remitter, key.Recoverable, sum.Base, sum.Kwh, sum.Amount, sum.Lines,
            })
            {
                command.Parameters.Add(new() { Value = value });
            }

            await command.ExecuteNonQueryAsync(stop);
        }
    }
}
