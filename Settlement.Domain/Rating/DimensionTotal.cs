
namespace Settlement.Domain.Rating;

/// <summary>What a session had of one dimension, and what of it was priced.</summary>
/// <param name="Name">ENERGY, TIME, PARKING_TIME, FLAT or RESERVATION_TIME.</param>
/// <param name="Quantity">As measured over the session, also where it is free: kWh, whole seconds, fees.</param>
/// <param name="PricedQuantity">What had an active component.</param>
/// <param name="BilledQuantity">Priced, after step_size.</param>
/// <param name="Amount">Sum of its lines, before tax or after it as the lines are.</param>
public sealed record DimensionTotal(
    string Name, decimal Quantity, decimal PricedQuantity, decimal BilledQuantity, ExactAmount Amount)
{
    /// <summary>In the order ENERGY, TIME, PARKING_TIME, FLAT, RESERVATION_TIME; only those the session has.</summary>
    public static IReadOnlyList<DimensionTotal> Of(RatedSession rated)
    {
        var measured = rated.Measured;
        var totals = new List<DimensionTotal>(4);
        Add(totals, rated, "ENERGY", measured.Kwh, Dimension.ENERGY, reserves: false);
        Add(totals, rated, "TIME", measured.ChargingSeconds, Dimension.TIME, reserves: false);
        Add(totals, rated, "PARKING_TIME", measured.ParkingSeconds, Dimension.PARKING_TIME, reserves: false);
        Add(totals, rated, "FLAT", null, Dimension.FLAT, reserves: null);
        Add(totals, rated, "RESERVATION_TIME", measured.ReservationSeconds, Dimension.TIME, reserves: true);
        return totals;
    }

    private static void Add(
        List<DimensionTotal> totals, RatedSession rated, string name, decimal? measured, Dimension dimension, bool? reserves)
    {
        var (priced, billed, amount, lines) = (0m, 0m, ExactAmount.Zero, 0);
        for (var i = 0; i < rated.Lines.Count; i++)
        {
            var line = rated.Lines[i];
            if (line.Dimension == dimension && !line.IsAdjustment
                && (reserves is null || reserves == line.IsReservation))
            {
                priced += line.Quantity;
                billed += line.BilledQuantity;
                amount += line.Amount;
                lines++;
            }
        }

        if (lines > 0 || measured is not (null or 0m))
        {
            totals.Add(new(name, measured ?? priced, priced, billed, amount));
        }
    }
}

/// <summary>The tax the tariff itself tells, by percentage: OCPI knows a VAT per component and no more.</summary>
/// <param name="VatPercent">Null: not stated.</param>
/// <param name="Base">Sum of the lines with this percentage, before price limits.</param>
/// <param name="Tax">Null where not stated, or where prices include it.</param>
public sealed record StatedVat(decimal? VatPercent, ExactAmount Base, ExactAmount? Tax)
{
    public static IReadOnlyList<StatedVat> Of(RatedSession rated) =>
        [.. rated.Lines.Where(line => !line.IsAdjustment)
            .GroupBy(line => line.VatPercent)
            .OrderBy(group => group.Key)
            .Select(group =>
            {
                var sum = group.Aggregate(ExactAmount.Zero, (total, line) => total + line.Amount);
                return new StatedVat(group.Key, sum, TaxOn(sum, group.Key, rated));
            })];

    private static ExactAmount? TaxOn(ExactAmount amount, decimal? percent, RatedSession rated) =>
        percent is { } rate && !rated.AmountsIncludeTax ? amount.Percent(rate) : null;
}
