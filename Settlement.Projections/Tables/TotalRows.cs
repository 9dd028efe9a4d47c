using NodaTime;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;

namespace Settlement.Projections.Tables;

/// <summary>What a monthly report adds up: per period, CPO, eMSP, currency and place.</summary>
public sealed class TotalRows
{
    private static readonly string[] Measures =
    [
        "entries", "sessions", "credits", "not_provable", "energy_kwh", "charging_seconds", "parking_seconds",
        "energy", "time", "parking", "flat", "reservation", "net", "tax", "due",
    ];

    private readonly SortedDictionary<(string, string, string, string, string), decimal[]> sums = [];

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
        sum[2] += movement.Kind == MovementKind.Credit ? 1 : 0;
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

    public async Task Write(RowTarget target, CancellationToken stop)
    {
        var columns = string.Join(", ", Measures);
        var values = string.Join(", ", Measures.Select((_, i) => $"${i + 8}"));
        var adds = string.Join(", ", Measures.Select(column => $"{column} = t.{column} + excluded.{column}"));
        foreach (var ((period, cpo, emsp, currency, place), sum) in sums)
        {
            await using var command = target.Command(
                $"""
                insert into period_totals as t
                  (tenant_id, generation, period, cpo, emsp, currency, place, {columns})
                values ($1, $2, $3, $4, $5, $6, $7, {values})
                on conflict (tenant_id, generation, period, cpo, emsp, currency, place) do update set {adds}
                """);
            foreach (var text in new[] { period, cpo, emsp, currency, place })
            {
                command.Parameters.Add(new() { Value = text });
            }

            foreach (var value in sum)
            {
                command.Parameters.Add(new() { Value = value });
            }

            await command.ExecuteNonQueryAsync(stop);
        }
    }
}
