using Settlement.Api.Files;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Projections.Statements;

namespace Settlement.Api.Statements;

/// <summary>
/// The rows of a detail file: the same cells in CSV, JSON lines and XLSX. Nothing about a driver but the pseudonym; no
/// coordinates, no street address, no remark.
/// </summary>
/// <param name="statement">Name of the statement they belong to.</param>
/// <param name="to">Whose statement it is: what it is owed is "in".</param>
internal sealed class DetailRows(IRows rows, string statement, PartyId to)
{
    private const int TaxesInFull = 3;

    public static IReadOnlyList<Column> Columns { get; } =
    [
        new("statement_id", 28), new("line_no", 9), new("direction", 9), new("debtor", 8), new("cdr_country_code", 8),
        new("cdr_party_id", 8), new("cdr_id", 38), new("kind", 10), new("credit", 8), new("credit_reference_id", 38), new("session_id", 38),
        new("authorization_reference", 38), new("token_pseudonym", 34), new("start_utc", 19), new("end_utc", 19),
        new("charge_period", 9), new("tax_date", 11), new("location_id", 16), new("evse_id", 18), new("city", 18),
        new("province_state", 9), new("country", 8), new("connector_power_type", 13), new("tariff_id", 20), new("kwh", 11),
        new("charge_h", 9), new("parking_h", 9), new("currency", 8), new("net_energy", 11), new("net_time", 11),
        new("net_parking", 11), new("net_fixed", 11), new("net_reservation", 11), new("net_total", 11),
        .. Enumerable.Range(1, TaxesInFull).SelectMany(i => new Column[]
        {
            new($"tax{i}_name", 9), new($"tax{i}_rate", 9), new($"tax{i}_amount", 10), new($"tax{i}_account_number", 18),
        }),
        new("other_taxes", 10), new("tax_total", 11), new("gross", 11), new("claimed_net", 12), new("rerated_net", 12),
        new("difference", 12), new("surcharge", 13), new("status", 12), new("invoice_reference_id", 30),
        new("received_at", 19), new("log_number", 10), new("leaf_index", 10),
        new("cause", 30),
    ];

    private long number;

    /// <param name="document">Number of the invoice or note it is on; null while it is on none.</param>
    /// <param name="leaf">Its place in the Merkle tree of the statement it was issued with.</param>
    public void Write(DetailLine line, string? document = null, long? leaf = null)
    {
        rows.Text(statement);
        rows.Whole(++number);
        rows.Text(line.Creditor == to ? "in" : "out");
        rows.Text(line.Debtor.ToString());
        rows.Text(line.Creditor.CountryCode);
        rows.Text(line.Creditor.Code);
        rows.Text(line.CdrId);
        rows.Text(line.Kind);
        rows.Flag(line.Kind == "credit");
        rows.Text(line.CreditOf);
        rows.Text(line.SessionId);
        rows.Text(line.AuthorizationReference);
        rows.Text(line.Driver);
        rows.Moment(line.Start);
        rows.Moment(line.End);
        rows.Text(line.ChargePeriod);
        rows.Day(line.TaxDate);
        rows.Text(line.LocationId);
        rows.Text(line.EvseId);
        rows.Text(line.City);
        rows.Text(line.Place);
        rows.Text(line.Place.Length >= 2 ? line.Place[..2] : line.Place);
        rows.Text(line.PowerType);
        rows.Text(line.Tariff);
        rows.Number(line.EnergyKwh);
        rows.Number(Hours(line.ChargingSeconds));
        rows.Number(Hours(line.ParkingSeconds));
        Money(line);
        rows.Text(line.IsBeside ? null : line.SurchargeProvable ? "none" : "not provable");
        rows.Text(document is null ? "preliminary" : "issued");
        rows.Text(document);
        rows.Moment(line.ReceivedAt);
        rows.Whole(line.Number);
        rows.Number(leaf);
        rows.Text(line.Cause);
        rows.EndRow();
    }

    private void Money(DetailLine line)
    {
        var currency = line.Currency;
        rows.Text(currency.Code);
        rows.Amount(line.Energy, currency);
        rows.Amount(line.Time, currency);
        rows.Amount(line.Parking, currency);
        rows.Amount(line.Flat, currency);
        rows.Amount(line.Reservation, currency);
        rows.Amount(line.Net, currency);
        Taxes(line.Taxes, currency);
        rows.Amount(line.Tax, currency);
        rows.Amount(line.Due, currency);
        rows.Exact(line.Claimed);
        rows.Exact(line.ReRated);
        rows.Exact(line.Claimed - line.ReRated);
    }

    private void Taxes(IReadOnlyList<DetailTax> taxes, Currency currency)
    {
        var others = 0L;
        for (var i = 0; i < Math.Max(taxes.Count, TaxesInFull); i++)
        {
            if (i >= TaxesInFull)
            {
                others += taxes[i].Amount;
            }
            else if (i < taxes.Count)
            {
                rows.Text(taxes[i].Name);
                rows.Text(taxes[i].Rate);
                rows.Amount(taxes[i].Amount, currency);
                rows.Text(taxes[i].Registration);
            }
            else
            {
                rows.Empty();
                rows.Empty();
                rows.Empty();
                rows.Empty();
            }
        }

        rows.Amount(others, currency);
    }

    // four decimals, as OCPI writes hours
    private static decimal Hours(long seconds) =>
        seconds == 0 ? 0m : decimal.Round(seconds / 3600m, 4, MidpointRounding.AwayFromZero);
}
