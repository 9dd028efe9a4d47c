using System.Globalization;
using System.Text.Json;
using NodaTime;

namespace Settlement.Api.Demo;

/// <summary>Tariffs and locations of the demo as OCPI objects.</summary>
public static class DemoTariffJson
{
    /// <summary>Tariffs and sites were last changed long before any demo month.</summary>
    internal const string LastUpdated = "2020-01-01T00:00:00Z";

    /// <summary>One Tariff object, as 2.2.1 or 2.3.0 writes it.</summary>
    public static void Write(Utf8JsonWriter json, DemoTariff tariff, bool isOcpi230)
    {
        json.WriteStartObject();
        json.WriteString("country_code", tariff.Owner.CountryCode);
        json.WriteString("party_id", tariff.Owner.Code);
        json.WriteString("id", tariff.Id);
        json.WriteString("currency", tariff.Currency);
        json.WriteString("type", "REGULAR");
        Limit(json, "min_price", tariff.MinPrice, isOcpi230);
        Limit(json, "max_price", tariff.MaxPrice, isOcpi230);
        json.WriteStartArray("elements");
        foreach (var element in tariff.Elements)
        {
            Element(json, element);
        }

        json.WriteEndArray();
        if (isOcpi230)
        {
            json.WriteString("tax_included", "NO");
        }

        json.WriteString("last_updated", LastUpdated);
        json.WriteEndObject();
    }

    private static void Limit(Utf8JsonWriter json, string name, decimal? limit, bool isOcpi230)
    {
        if (limit is { } amount)
        {
            json.WriteStartObject(name);
            json.WriteNumber(isOcpi230 ? "before_taxes" : "excl_vat", amount);
            json.WriteEndObject();
        }
    }

    private static void Element(Utf8JsonWriter json, DemoElement element)
    {
        json.WriteStartObject();
        json.WriteStartArray("price_components");
        Component(json, "FLAT", element.Flat, Math.Min(element.Step, 1));
        Component(json, "ENERGY", element.Energy, 1);
        Component(json, "TIME", element.Time, element.Step);
        Component(json, "PARKING_TIME", element.Parking, element.Step);
        json.WriteEndArray();
        if (element.IsRestricted)
        {
            Restrictions(json, element);
        }

        json.WriteEndObject();
    }

    private static void Component(Utf8JsonWriter json, string type, decimal? price, int step)
    {
        if (price is { } amount)
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteNumber("price", amount);
            json.WriteNumber("step_size", step);
            json.WriteEndObject();
        }
    }

    private static void Restrictions(Utf8JsonWriter json, DemoElement element)
    {
        json.WriteStartObject("restrictions");
        if (element is { From: { } from, To: { } to })
        {
            json.WriteString("start_time", from.ToString("HH:mm", CultureInfo.InvariantCulture));
            json.WriteString("end_time", to.ToString("HH:mm", CultureInfo.InvariantCulture));
        }

        if (element.AfterSeconds is { } after)
        {
            json.WriteNumber("min_duration", after);
        }

        if (element.WeekdaysOnly)
        {
            json.WriteStartArray("day_of_week");
            for (var day = IsoDayOfWeek.Monday; day <= IsoDayOfWeek.Friday; day++)
            {
                json.WriteStringValue(day.ToString().ToUpperInvariant());
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
