namespace Settlement.Domain.Statements;

/// <summary>
/// Totals of some lines of a month, as the report has them of all: of what was issued, where more came since.
/// </summary>
public sealed class LineTotals
{
    private readonly Dictionary<(Direction Direction, string Place), Sums> places = [];
    private readonly Dictionary<TaxTotal, (long Base, decimal Kwh, long Amount, long Lines)> taxes = [];

    public IReadOnlyList<PlaceTotal> Places =>
        places.Select(each => new PlaceTotal(each.Key.Direction, each.Key.Place, each.Value)).InOrder();

    public IReadOnlyList<TaxTotal> Taxes => taxes.Select(each => each.Key with
    {
        Base = each.Value.Base,
        Kwh = each.Value.Kwh,
        Amount = each.Value.Amount,
        Lines = each.Value.Lines,
    }).InOrder();

    public void Add(StatementLine line)
    {
        var key = (line.Direction, line.Place);
        places[key] = places.GetValueOrDefault(key, Sums.Zero) + new Sums(
            1, line.Sessions, line.Kind == "credit" ? -line.Sessions : 0, line.SurchargeProvable ? 0 : line.Sessions, line.EnergyKwh,
            line.ChargingSeconds, line.ParkingSeconds, line.Energy, line.Time, line.Parking, line.Flat, line.Reservation,
            line.Net, line.Tax, line.Due);
        foreach (var tax in line.Taxes)
        {
            var name = new TaxTotal(
                line.Direction, line.Place, tax.Jurisdiction, tax.Tax, Invoice.RateText(tax.Rate, tax.PerKwh),
                tax.Disposition.ToString(), tax.Remitter, tax.Recoverable, 0, 0m, 0, 0);
            var sum = taxes.GetValueOrDefault(name);
            taxes[name] = (
                sum.Base + tax.Base, sum.Kwh + (tax.Kwh ?? 0m), sum.Amount + tax.Amount, sum.Lines + line.Sessions);
        }
    }
}
