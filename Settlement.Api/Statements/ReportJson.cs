using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Settlement.Api.Files;
using Settlement.Domain;
using Settlement.Domain.Ledger;
using Settlement.Domain.Statements;

namespace Settlement.Api.Statements;

/// <summary>Reports and statements as JSON: money as decimal strings, names in snake_case as OCPI writes them.</summary>
public static partial class ReportJson
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(Stream to, MonthlyReport report)
    {
        using var json = new Utf8JsonWriter(to, Indented);
        json.WriteStartObject();
        json.WriteString("report", "settlement");
        json.WriteString("month", report.Month.ToString());
        json.WriteStartArray("log_positions");
        foreach (var position in report.Positions)
        {
            json.WriteStartObject();
            json.WriteString("relationship", position.Tenant);
            json.WriteNumber("number", position.Number);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("log_positions_digest", report.PositionsDigest);
        Body(json, report.Directions, report.Places, report.Taxes, report.Held);
        json.WriteStartArray("late");
        foreach (var late in report.Late)
        {
            json.WriteStartObject();
            json.WriteString("charge_period", late.ChargePeriod.Text());
            json.WriteString("creditor", late.Direction.Creditor.ToString());
            json.WriteString("debtor", late.Direction.Debtor.ToString());
            json.WriteString("currency", late.Direction.CurrencyCode);
            json.WriteNumber("lines", late.Entries);
            json.WriteNumber("sessions", late.Sessions);
            json.WriteNumber("energy_kwh", late.EnergyKwh);
            json.WriteString("due", new Money(late.Due, late.Direction.Currency).Text());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        foreach (var part in ReportParts.Of(report.Side is not null))
        {
            part.Write(columns => new JsonArrayRows(json, part.Name, columns), report);
        }

        json.WriteStartArray("tie_outs");
        foreach (var tie in report.TieOuts)
        {
            json.WriteStartObject();
            json.WriteString("name", tie.Name);
            json.WriteString("subject", tie.Subject);
            json.WriteString("one", tie.Text(tie.One));
            json.WriteString("other", tie.Text(tie.Other));
            json.WriteNumber("one_minor", tie.One);
            json.WriteNumber("other_minor", tie.Other);
            json.WriteBoolean("holds", tie.Holds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>One line, as it stands in a statement.</summary>
    public static JsonElement Element(StatementLine line)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            Line(json, line);
        }

        return JsonElement.Parse(bytes.ToArray());
    }

    private static void Body(
        Utf8JsonWriter json, IReadOnlyList<DirectionTotal> directions, IReadOnlyList<PlaceTotal> places,
        IReadOnlyList<TaxTotal> taxes, IReadOnlyList<HeldTotal> held)
    {
        json.WriteStartArray("totals");
        foreach (var (direction, sums) in directions)
        {
            json.WriteStartObject();
            Totals(json, direction, sums);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("places");
        foreach (var (direction, place, sums) in places)
        {
            json.WriteStartObject();
            json.WriteString("place", place);
            Totals(json, direction, sums);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("taxes");
        foreach (var tax in taxes)
        {
            Tax(json, tax);
        }

        json.WriteEndArray();
        json.WriteStartArray("held");
        foreach (var item in held)
        {
            Held(json, item);
        }

        json.WriteEndArray();
    }

    private static void Totals(Utf8JsonWriter json, Direction direction, Sums sums)
    {
        Head(json, direction);
        json.WriteNumber("sessions", sums.Sessions);
        json.WriteNumber("credits", sums.Credits);
        json.WriteNumber("surcharge_not_provable", sums.NotProvable);
        json.WriteNumber("energy_kwh", sums.EnergyKwh);
        json.WriteNumber("charging_seconds", sums.ChargingSeconds);
        json.WriteNumber("parking_seconds", sums.ParkingSeconds);
        var currency = direction.Currency;
        Money(json, "energy", sums.Energy, currency);
        Money(json, "time", sums.Time, currency);
        Money(json, "parking_time", sums.Parking, currency);
        Money(json, "flat", sums.Flat, currency);
        Money(json, "reservation", sums.Reservation, currency);
        Money(json, "net", sums.Net, currency);
        Money(json, "tax", sums.Tax, currency);
        Money(json, "due", sums.Due, currency);
    }

    private static void Head(Utf8JsonWriter json, Direction direction)
    {
        json.WriteString("relationship", direction.Relationship.ToString());
        json.WriteString("debtor", direction.Debtor.ToString());
        json.WriteString("creditor", direction.Creditor.ToString());
        json.WriteString("currency", direction.CurrencyCode);
    }

    private static void Tax(Utf8JsonWriter json, TaxTotal tax)
    {
        json.WriteStartObject();
        json.WriteString("tax", tax.Tax);
        json.WriteString("jurisdiction", tax.Jurisdiction);
        json.WriteString("place", tax.Place);
        json.WriteString("rate", tax.Rate);
        json.WriteString("disposition", tax.Disposition);
        json.WriteString("remitter", tax.Remitter);
        json.WriteBoolean("recoverable", tax.Recoverable);
        Head(json, tax.Direction);
        Money(json, "base", tax.Base, tax.Direction.Currency);
        json.WriteNumber("kwh", tax.Kwh);
        Money(json, "amount", tax.Amount, tax.Direction.Currency);
        json.WriteNumber("lines", tax.Lines);
        json.WriteEndObject();
    }

    private static void Held(Utf8JsonWriter json, HeldTotal item)
    {
        json.WriteStartObject();
        json.WriteString("relationship", item.Relationship.ToString());
        json.WriteString("debtor", item.Debtor.ToString());
        json.WriteString("creditor", item.Creditor.ToString());
        json.WriteString("currency", item.Currency);
        json.WriteString("state", item.State);
        json.WriteString("reason", item.Reason);
        json.WriteNumber("cdrs", item.Count);
        json.WriteNumber("energy_kwh", item.EnergyKwh);
        json.WriteString("claimed", Exact(item.Claimed));
        if (item.Expected is { } expected)
        {
            json.WriteString("re_rated", Exact(expected));
        }

        json.WriteEndObject();
    }

    private static void Line(Utf8JsonWriter json, StatementLine line)
    {
        var currency = line.Direction.Currency;
        json.WriteStartObject();
        json.WriteNumber("line", line.Number);
        json.WriteString("kind", line.Kind);
        Head(json, line.Direction);
        json.WriteString("cdr_id", line.CdrId);
        json.WriteString("session_id", line.SessionId);
        json.WriteString("token_pseudonym", line.Driver);
        json.WriteString("start", line.Start.ToString());
        json.WriteString("end", line.End.ToString());
        json.WriteString("location_id", line.LocationId);
        json.WriteString("evse_id", line.EvseId);
        json.WriteString("city", line.City);
        json.WriteString("place", line.Place);
        json.WriteNumber("energy_kwh", line.EnergyKwh);
        json.WriteNumber("charging_seconds", line.ChargingSeconds);
        json.WriteNumber("parking_seconds", line.ParkingSeconds);
        Money(json, "energy", line.Energy, currency);
        Money(json, "time", line.Time, currency);
        Money(json, "parking_time", line.Parking, currency);
        Money(json, "flat", line.Flat, currency);
        Money(json, "reservation", line.Reservation, currency);
        Money(json, "net", line.Net, currency);
        json.WriteStartArray("taxes");
        foreach (var tax in line.Taxes)
        {
            json.WriteStartObject();
            json.WriteString("tax", tax.Tax);
            json.WriteString("jurisdiction", tax.Jurisdiction);
            json.WriteString("rate", Projections.Tables.TaxRows.Rate(tax));
            json.WriteString("disposition", tax.Disposition.ToString());
            Money(json, "base", tax.Base, currency);
            Money(json, "amount", tax.Amount, currency);
            json.WriteString("registration", tax.Registration);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Money(json, "tax", line.Tax, currency);
        Money(json, "due", line.Due, currency);
        json.WriteString("claimed", Exact(line.Claimed));
        if (line.ReRated is { } price)
        {
            json.WriteString("re_rated", Exact(price));
        }
        else
        {
            json.WriteNull("re_rated");
        }

        json.WriteString("surcharge", line.SurchargeProvable ? "none" : "not provable");
        json.WriteEndObject();
    }

    private static string Exact(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);

    private static void Money(Utf8JsonWriter json, string name, long minor, Currency currency) =>
        json.WriteString(name, new Money(minor, currency).Text());
}
