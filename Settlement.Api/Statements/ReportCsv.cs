using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Settlement.Domain.Ledger;
using Settlement.Domain.Statements;
using Settlement.Domain.Tax;
using Settlement.Projections.Tables;

namespace Settlement.Api.Statements;

/// <summary>
/// Reports and statement lines as CSV (RFC 4180, UTF-8, '.' decimals, ISO dates). Text cells cannot become
/// formulas in a spreadsheet; amounts are numbers and stay as they are.
/// </summary>
public static class ReportCsv
{
    private static readonly CsvConfiguration Settings = new(CultureInfo.InvariantCulture)
    {
        NewLine = "\r\n",
    };

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

    /// <summary>One row per ledger entry; the same as the lines of the JSON.</summary>
    public static async Task Write(Stream to, IAsyncEnumerable<StatementLine> lines, CancellationToken stop)
    {
        await using var csv = Open(to);
        Row(csv, "line", "kind", "debtor", "creditor", "currency", "cdr_id", "session_id", "token_pseudonym", "start",
            "end", "location_id", "evse_id", "city", "place", "energy_kwh", "charging_seconds", "parking_seconds",
            "energy", "time", "parking_time", "flat", "reservation", "net", "tax1", "tax1_rate", "tax1_amount", "tax2",
            "tax2_rate", "tax2_amount", "other_taxes", "tax", "due", "claimed", "re_rated", "surcharge");
        await foreach (var l in lines.WithCancellation(stop))
        {
            var charged = l.Taxes.Where(tax => tax.Amount != 0).ToList();
            var d = l.Direction;
            Row(csv, l.Number, l.Kind, d.Debtor.ToString(), d.Creditor.ToString(), d.CurrencyCode, l.CdrId, l.SessionId,
                l.Driver, l.Start.ToString(), l.End.ToString(), l.LocationId, l.EvseId, l.City, l.Place, l.EnergyKwh,
                l.ChargingSeconds, l.ParkingSeconds, Amount(l.Energy, d), Amount(l.Time, d), Amount(l.Parking, d),
                Amount(l.Flat, d), Amount(l.Reservation, d), Amount(l.Net, d),
                charged.ElementAtOrDefault(0)?.Tax, charged.Count > 0 ? TaxRows.Rate(charged[0]) : null,
                charged.Count > 0 ? Amount(charged[0].Amount, d) : null,
                charged.ElementAtOrDefault(1)?.Tax, charged.Count > 1 ? TaxRows.Rate(charged[1]) : null,
                charged.Count > 1 ? Amount(charged[1].Amount, d) : null,
                Amount(charged.Skip(2).Sum(tax => tax.Amount), d), Amount(l.Tax, d), Amount(l.Due, d), l.Claimed,
                l.ReRated, l.SurchargeProvable ? "none" : "not provable");
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
    private static string Harmless(string text) =>
        text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠'
            ? "'" + text
            : text;

    private static Money Amount(long minor, Direction direction) => new(minor, direction.Currency);
}
