using System.Collections.Concurrent;
using NodaTime;
using Npgsql;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Statements;
using Settlement.Domain.Tax;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>Taxes per period, CPO, eMSP, currency, place, tax, rate and disposition.</summary>
public sealed class TaxRows
{
    // a rule book has some dozens
    private static readonly ConcurrentDictionary<(decimal? Rate, decimal? PerKwh), string> Rates = new();

    private readonly Dictionary<Key, Sum> sums = [];

    private readonly record struct Key(
        YearMonth Period, PartyId Cpo, PartyId Emsp, string Currency, string Place, string Jurisdiction, string Tax,
        string Rate, Disposition Disposition, string Remitter, bool Recoverable);

    private readonly record struct Sum(decimal Base, decimal Kwh, decimal Amount, long Lines);

    /// <summary>The tax lines of a movement with its sign.</summary>
    public static IReadOnlyList<PostedTax> Signed(Movement movement) => movement.Sign > 0
        ? movement.Settled.Taxes
        : [.. movement.Settled.Taxes.Select(tax =>
            tax with { Base = -tax.Base, Kwh = -tax.Kwh, Amount = -tax.Amount })];

    /// <summary>A rate as people write it: <c>9.975%</c>, or <c>0.026/kWh</c>.</summary>
    public static string Rate(PostedTax tax) =>
        Rates.GetOrAdd((tax.Rate, tax.PerKwh), static key => Invoice.RateText(key.Rate, key.PerKwh));

    public void Add(Movement movement, YearMonth period)
    {
        var settled = movement.Settled;
        foreach (var tax in settled.Taxes)
        {
            var key = new Key(
                period, settled.OwedTo, settled.OwedBy, settled.Cdr.Currency, settled.Place, tax.Jurisdiction, tax.Tax,
                Rate(tax), tax.Disposition, tax.Remitter, tax.Recoverable);
            var sum = sums.GetValueOrDefault(key);
            var sign = movement.Sign;
            sums[key] = new(
                sum.Base + (sign * tax.Base), sum.Kwh + (sign * (tax.Kwh ?? 0m)), sum.Amount + (sign * tax.Amount),
                sum.Lines + sign);
        }
    }

    /// <summary>Null where no tax line moved.</summary>
    internal NpgsqlBatchCommand? Command(RowTarget target) => sums.Count == 0 ? null : target.BatchCommand(
        """
        insert into period_taxes as t
          (tenant_id, generation, period, cpo, emsp, currency, place, jurisdiction, tax, rate, disposition,
           remitter, recoverable, base, kwh, amount, lines)
        select $1, $2, n.*
        from unnest($3::varchar[], $4::varchar[], $5::varchar[], $6::varchar[], $7::varchar[], $8::varchar[], $9::varchar[],
          $10::varchar[], $11::varchar[], $12::varchar[], $13::boolean[], $14::numeric[], $15::numeric[], $16::numeric[],
          $17::bigint[]) as n
        on conflict (tenant_id, generation, period, cpo, emsp, currency, place, jurisdiction, tax, rate,
                     disposition, remitter, recoverable)
        do update set base = t.base + excluded.base, kwh = t.kwh + excluded.kwh,
                      amount = t.amount + excluded.amount, lines = t.lines + excluded.lines
        """,
        [
            Texts(key => Ids.Text(key.Period)), Texts(key => key.Cpo.ToString()), Texts(key => key.Emsp.ToString()),
            Texts(key => key.Currency), Texts(key => key.Place), Texts(key => key.Jurisdiction), Texts(key => key.Tax),
            Texts(key => key.Rate), Texts(key => key.Disposition.ToString()), Texts(key => key.Remitter),
            Query.Booleans([.. sums.Keys.Select(key => key.Recoverable)]),
            Query.Decimals([.. sums.Values.Select(sum => sum.Base)]),
            Query.Decimals([.. sums.Values.Select(sum => sum.Kwh)]),
            Query.Decimals([.. sums.Values.Select(sum => sum.Amount)]),
            Query.Longs([.. sums.Values.Select(sum => sum.Lines)]),
        ]);

    private NpgsqlParameter Texts(Func<Key, string> text) => Query.Texts([.. sums.Keys.Select(text)]);
}
