using System.Globalization;
using System.Text.Json;

namespace Settlement.Api.Demo;

/// <summary>A site as OCPI 2.2.1 Location: where the zone and the power of its connectors are told.</summary>
public static class DemoLocationJson
{
    public static void Write(Utf8JsonWriter json, DemoSite site)
    {
        json.WriteStartObject();
        json.WriteString("country_code", site.Owner.CountryCode);
        json.WriteString("party_id", site.Owner.Code);
        json.WriteString("id", site.Id);
        json.WriteBoolean("publish", true);
        json.WriteString("name", site.Name);
        json.WriteString("address", site.Address);
        json.WriteString("city", site.City);
        json.WriteString("postal_code", site.PostalCode);
        json.WriteString("state", site.State);
        json.WriteString("country", site.Country);
        Coordinates(json, site);
        json.WriteStartArray("evses");
        for (var n = 1; n <= site.Evses; n++)
        {
            Evse(json, site, n);
        }

        json.WriteEndArray();
        json.WriteString("time_zone", site.Zone.Id);
        json.WriteString("last_updated", DemoTariffJson.LastUpdated);
        json.WriteEndObject();
    }

    internal static void Coordinates(Utf8JsonWriter json, DemoSite site)
    {
        json.WriteStartObject("coordinates");
        json.WriteString("latitude", site.Latitude);
        json.WriteString("longitude", site.Longitude);
        json.WriteEndObject();
    }

    private static void Evse(Utf8JsonWriter json, DemoSite site, int n)
    {
        var volts = site.IsDc ? 500 : 240;
        json.WriteStartObject();
        json.WriteString("uid", site.EvseUid(n));
        json.WriteString("evse_id", site.EvseId(n));
        json.WriteString("status", "AVAILABLE");
        json.WriteString("physical_reference", n.ToString(CultureInfo.InvariantCulture));
        json.WriteStartArray("connectors");
        json.WriteStartObject();
        json.WriteString("id", "1");
        json.WriteString("standard", site.ConnectorStandard);
        json.WriteString("format", "CABLE");
        json.WriteString("power_type", site.PowerType);
        json.WriteNumber("max_voltage", volts);
        json.WriteNumber("max_amperage", site.Watts / volts);
        json.WriteNumber("max_electric_power", site.Watts);
        json.WriteStartArray("tariff_ids");
        json.WriteStringValue(site.Tariff.Id);
        json.WriteEndArray();
        json.WriteString("last_updated", DemoTariffJson.LastUpdated);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("last_updated", DemoTariffJson.LastUpdated);
        json.WriteEndObject();
    }
}
