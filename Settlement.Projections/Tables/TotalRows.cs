using NodaTime;
using Npgsql;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>What a monthly report adds up: per period, CPO, eMSP, currency and place.</summary>
public sealed class TotalRows
{
    private static readonly string[] Measures =
    [
        "entries", "sessions", "credits", "not_provable", "energy_kwh", "charging_seconds", "parking_seconds",
        "energy", "time", "parking", "flat", "reservation", "net", "tax", "due",
    ];

    private static readonly string Sql =
        $"""
        insert into period_totals as t (tenant_id, generation, period, cpo, emsp, currency, place, {string.Join(", ", Measures)})
        select $1, $2, n.*
        from unnest($3::varchar[], $4::varchar[], $5::varchar[], $6::varchar[], $7::varchar[],
          {string.Join(", ", Measures.Select((_, i) => $"${i + 8}::numeric[]"))}) as n
        on conflict (tenant_id, generation, period, cpo, emsp, currency, place)
        do update set {string.Join(", ", Measures.Select(column => $"{column} = t.{column} + excluded.{column}"))}
        """;

    private readonly Dictionary<(string Period, string Cpo, string Emsp, string Currency, string Place), decimal[]> sums = [];

    public void Add(Movement movement, YearMonth period)
    {
        var (settled, sign) = (movement.Settled, movement.Sign);
        var key = (Ids.Text(period), settled.OwedTo.ToString(), settled.OwedBy.ToString(),
            settled.Cdr.Currency, settled.Place);
        if (!sums.TryGetValue(key, out var sum))
        {
            sums[key] = sum = new decimal[Measures.Length];
        }

        sum[0] += 1;
        sum[1] += sign;
        sum[2] -= movement.Kind == MovementKind.Credit ? sign : 0; // one that is taken back counts back
        sum[3] += settled.SurchargeReference is null ? sign : 0;
        sum[4] += sign * settled.EnergyKwh;
        sum[5] += sign * settled.ChargingSeconds;
        sum[6] += sign * settled.ParkingSeconds;
        sum[7] += sign * EntryRows.Charge(settled, ChargeComponent.ENERGY);
        sum[8] += sign * EntryRows.Charge(settled, ChargeComponent.TIME);
        sum[9] += sign * EntryRows.Charge(settled, ChargeComponent.PARKING_TIME);
        sum[10] += sign * EntryRows.Charge(settled, ChargeComponent.FLAT);
        sum[11] += sign * EntryRows.Charge(settled, ChargeComponent.RESERVATION);
        sum[12] += sign * settled.Net;
        sum[13] += sign * settled.Tax;
        sum[14] += sign * settled.Due;
    }

    /// <summary>Null where nothing moved.</summary>
    internal NpgsqlBatchCommand? Command(RowTarget target) => sums.Count == 0 ? null : target.BatchCommand(
        Sql,
        [
            Query.Texts([.. sums.Keys.Select(key => key.Period)]),
            Query.Texts([.. sums.Keys.Select(key => key.Cpo)]),
            Query.Texts([.. sums.Keys.Select(key => key.Emsp)]),
            Query.Texts([.. sums.Keys.Select(key => key.Currency)]),
            Query.Texts([.. sums.Keys.Select(key => key.Place)]),
            .. Measures.Select((_, i) => Query.Decimals([.. sums.Values.Select(sum => sum[i])])),
        ]);
}
