using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Settlement.Api.Files;
using Settlement.Domain.Ledger;
using Settlement.Domain.Statements;
using Settlement.Domain.Tax;

namespace Settlement.Api.Statements;

/// <summary>
/// Reports as CSV (RFC 4180, UTF-8, '.' decimals, ISO dates). Text cells cannot become
/// formulas in a spreadsheet; amounts are numbers and stay as they are.
/// </summary>
public static class ReportCsv
{
    private static readonly CsvConfiguration Settings = new(CultureInfo.InvariantCulture)
    {
        NewLine = "\r\n",
    };

    /// <summary>One of the report's parts; see <see cref="ReportParts.Names"/>.</summary>
    public static void Write(Stream to, MonthlyReport report, string part)
    {
        if (part == ReportParts.Places)
        {
            Write(to, report);
        }
        else
        {
            ReportParts.Of(withSide: true).First(each => each.Name == part).Write(columns => new CsvRows(to, columns), report);
        }
    }

    /// <summary>One row per relationship, direction, currency and place.</summary>
    public static void Write(Stream to, MonthlyReport report)
    {
        using var csv = Open(to);
        Row(csv, "relationship", "month", "debtor", "creditor", "currency", "place", "sessions", "credits",
            "surcharge_not_provable", "energy_kwh", "charging_seconds", "parking_seconds", "energy", "time",
            "parking_time", "flat", "reservation", "net", "tax", "due");
        foreach (var (d, place, s) in report.Places)
        {
            Row(csv, d.Relationship.ToString(), report.Month.ToString(), d.Debtor.ToString(), d.Creditor.ToString(),
                d.CurrencyCode, place, s.Sessions, s.Credits, s.NotProvable, s.EnergyKwh, s.ChargingSeconds,
                s.ParkingSeconds, Amount(s.Energy, d), Amount(s.Time, d), Amount(s.Parking, d), Amount(s.Flat, d),
                Amount(s.Reservation, d), Amount(s.Net, d), Amount(s.Tax, d), Amount(s.Due, d));
        }
    }

    /// <summary>One row per side, jurisdiction, tax, rate and reason.</summary>
    public static void Write(Stream to, TaxReport report)
    {
        using var csv = Open(to);
        Row(csv, "party", "month", "side", "jurisdiction", "tax", "rate", "per_kwh", "currency", "taxable_base",
            "exempt_base", "kwh", "output_tax", "input_recoverable", "input_not_recoverable", "memo", "cdrs", "reason",
            "prior_period", "awaits_invoice");
        foreach (var r in report.Rows)
        {
            var currency = Currency.Of(r.Currency);
            Row(csv, report.Party.ToString(), report.Month.ToString(), r.Side.ToString(), r.Jurisdiction, r.Tax, r.Rate,
                r.PerKwh, r.Currency, new Money(r.TaxableBase, currency), new Money(r.ExemptBase, currency), r.Kwh,
                new Money(r.OutputTax, currency), new Money(r.InputRecoverable, currency),
                new Money(r.InputNotRecoverable, currency), new Money(r.Memo, currency), r.Cdrs, r.Reason,
                r.PriorPeriod ? "yes" : "no", r.AwaitsInvoice ? "yes" : "no");
        }
    }

    private static CsvWriter Open(Stream to) =>
        new(new StreamWriter(to, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)), Settings);

    private static void Row(CsvWriter csv, params object?[] cells)
    {
        foreach (var cell in cells)
        {
            csv.WriteField(cell switch
            {
                string text => Harmless(text),
                Money money => money.Text(),
                IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
                _ => "",
            });
        }

        csv.NextRecord();
    }

    // A leading quote keeps a spreadsheet from evaluating what a partner wrote (OWASP: CSV injection).
    private static string Harmless(string text) => Formulas.Begins(text) ? "'" + text : text;

    private static Money Amount(long minor, Direction direction) => new(minor, direction.Currency);
}
