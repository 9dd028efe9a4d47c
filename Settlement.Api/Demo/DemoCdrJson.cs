using System.Globalization;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;

namespace Settlement.Api.Demo;

/// <summary>Writes a CDR as OCPI 2.2.1 or 2.3.0.</summary>
public static class DemoCdrJson
{
    public static void Write(Utf8JsonWriter json, DemoCdr cdr)
    {
        var session = cdr.Session;
        var site = session.Site;
        json.WriteStartObject();
        json.WriteString("country_code", site.Owner.CountryCode);
        json.WriteString("party_id", site.Owner.Code);
        json.WriteString("id", cdr.Id);
        json.WriteString("start_date_time", Text(session.Start));
        json.WriteString("end_date_time", Text(session.End));
        json.WriteString("session_id", session.SessionId);
        Token(json, session);
        Location(json, cdr);
        json.WriteString("currency", cdr.Currency);
        if (cdr.Tariff is { } tariff)
        {
            json.WriteStartArray("tariffs");
            DemoTariffJson.Write(json, tariff, session.IsOcpi230);
            json.WriteEndArray();
        }

        Periods(json, cdr);
        Totals(json, cdr);
        if (cdr.Credit is { } credited)
        {
            json.WriteBoolean("credit", true);
            json.WriteString("credit_reference_id", credited);
        }

        json.WriteString("last_updated", Text(cdr.LastUpdated));
        json.WriteEndObject();
    }

    private static void Token(Utf8JsonWriter json, DemoSession session)
    {
        var guest = session.Site.Guest;
        var isCard = session.Driver % 3 == 0;
        var number = session.Driver.ToString("d8", CultureInfo.InvariantCulture);
        json.WriteStartObject("cdr_token");
        json.WriteString("country_code", guest.CountryCode);
        json.WriteString("party_id", guest.Code);
        json.WriteString("uid", (isCard ? "04DE" : "DEMOAPP") + number);
        json.WriteString("type", isCard ? "RFID" : "APP_USER");
        json.WriteString("contract_id", $"{guest}-C{number}");
        json.WriteEndObject();
        json.WriteString("auth_method", isCard ? "WHITELIST" : "COMMAND");
        if (!isCard)
        {
            json.WriteString("authorization_reference", "A" + session.SessionId);
        }
    }

    private static void Location(Utf8JsonWriter json, DemoCdr cdr)
    {
        var site = cdr.Session.Site;
        json.WriteStartObject("cdr_location");
        json.WriteString("id", cdr.HidesPlace ? site.Id + "-TEMP" : site.Id);
        json.WriteString("name", cdr.HidesPlace ? "Temporary charger" : site.Name);
        json.WriteString("address", cdr.HidesPlace ? "To be announced" : site.Address);
        json.WriteString("city", cdr.HidesPlace ? "#NA" : site.City);
        if (!cdr.HidesPlace)
        {
            json.WriteString("postal_code", site.PostalCode);
            json.WriteString("state", site.State);
        }

        json.WriteString("country", site.Country);
        DemoLocationJson.Coordinates(json, site);
        json.WriteString("evse_uid", site.EvseUid(cdr.Session.Evse));
        json.WriteString("evse_id", site.EvseId(cdr.Session.Evse));
        json.WriteString("connector_id", "1");
        json.WriteString("connector_standard", site.ConnectorStandard);
        json.WriteString("connector_format", "CABLE");
        json.WriteString("connector_power_type", site.PowerType);
        json.WriteEndObject();
    }

    private static void Periods(Utf8JsonWriter json, DemoCdr cdr)
    {
        json.WriteStartArray("charging_periods");
        foreach (var period in cdr.Periods)
        {
            json.WriteStartObject();
            json.WriteString("start_date_time", Text(period.Start));
            json.WriteStartArray("dimensions");
            if (period.IsIdle)
            {
                Dimension(json, "PARKING_TIME", Hours(period));
            }
            else
            {
                Dimension(json, "ENERGY", Kwh(period.EnergyWh));
                Dimension(json, "TIME", Hours(period));
            }

            json.WriteEndArray();
            json.WriteString("tariff_id", cdr.TariffId);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Dimension(Utf8JsonWriter json, string type, decimal volume)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteNumber("volume", volume);
        json.WriteEndObject();
    }

    private static void Totals(Utf8JsonWriter json, DemoCdr cdr)
    {
        var isIdle = cdr.Periods.Any(period => period.IsIdle);
        Price(json, "total_cost", cdr.Cost.Total, cdr, Taxes(cdr));
        Price(json, "total_fixed_cost", cdr.Cost.Fixed, cdr);
        json.WriteNumber("total_energy", Kwh(cdr.Periods.Sum(period => period.EnergyWh)));
        Price(json, "total_energy_cost", cdr.Cost.Energy, cdr);
        json.WriteNumber("total_time", cdr.Periods.Sum(Hours));
        Price(json, "total_time_cost", cdr.Cost.Time, cdr);
        if (isIdle)
        {
            json.WriteNumber("total_parking_time", cdr.Periods.Where(period => period.IsIdle).Sum(Hours));
            Price(json, "total_parking_cost", cdr.Cost.Parking, cdr);
        }
    }

    private static void Price(
        Utf8JsonWriter json,
        string name,
        decimal amount,
        DemoCdr cdr,
        (string Name, decimal Percent)[]? taxes = null)
    {
        json.WriteStartObject(name);
        json.WriteNumber(cdr.Session.IsOcpi230 ? "before_taxes" : "excl_vat", amount);
        if (taxes is { Length: > 0 })
        {
            json.WriteStartArray("taxes");
            foreach (var (tax, percent) in taxes)
            {
                json.WriteStartObject();
                json.WriteString("name", tax);
                json.WriteNumber("percentage", percent);
                json.WriteNumber("amount", DemoCost.Cents(amount * percent / 100m));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>2.3.0 can name the taxes; the demo's networks do so in Ontario and Quebec.</summary>
    private static (string Name, decimal Percent)[] Taxes(DemoCdr cdr) =>
        (cdr.Session.IsOcpi230, cdr.HidesPlace ? "" : cdr.Session.Site.State) switch
        {
            (true, "ON") => [("HST", 13m)],
            (true, "QC") => [("GST", 5m), ("QST", 9.975m)],
            _ => [],
        };

    private static decimal Kwh(int wattHours) => wattHours / 1000m;

    /// <summary>OCPI numbers have four decimals.</summary>
    private static decimal Hours(DemoPeriod period) =>
        decimal.Round(period.Seconds / 3600m, 4, MidpointRounding.AwayFromZero);

    private static string Text(Instant moment) => InstantPattern.General.Format(moment);
}
