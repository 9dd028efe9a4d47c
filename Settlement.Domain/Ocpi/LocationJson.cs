using System.Text.Json;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// Writes a location, an EVSE or a connector as one version of OCPI has it: what settlement keeps of it. The status
/// of an EVSE is not kept and reads UNKNOWN.
/// </summary>
public static class LocationJson
{
    public static void Write(Utf8JsonWriter json, Location location, PartyId owner, Instant received, OcpiVersion version)
    {
        var updated = location.LastUpdated ?? received;
        json.WriteStartObject();
        if (version != OcpiVersion.V211)
        {
            json.Party(location.Owner ?? owner);
        }

        json.WriteString("id", location.Id);
        if (version == OcpiVersion.V211)
        {
            json.WriteString("type", "UNKNOWN");
        }
        else
        {
            json.WriteBoolean("publish", location.Publish ?? true);
        }

        json.Text("name", location.Name);
        json.Text("address", location.Address);
        json.Text("city", location.City);
        json.Text("postal_code", location.PostalCode);
        json.Text("state", location.State);
        json.WriteString("country", location.Country);
        if (location is { Latitude: { } latitude, Longitude: { } longitude })
        {
            json.WriteStartObject("coordinates");
            json.WriteString("latitude", latitude);
            json.WriteString("longitude", longitude);
            json.WriteEndObject();
        }

        json.WriteStartArray("evses");
        foreach (var evse in location.Evses)
        {
            Write(json, evse, updated, version);
        }

        json.WriteEndArray();
        json.Text("time_zone", location.TimeZone);
        json.Time("last_updated", updated, version);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Evse evse, Instant updated, OcpiVersion version)
    {
        json.WriteStartObject();
        json.WriteString("uid", evse.Uid);
        json.Text("evse_id", evse.EvseId);
        json.WriteString("status", "UNKNOWN");
        json.WriteStartArray("connectors");
        foreach (var connector in evse.Connectors)
        {
            Write(json, connector, updated, version);
        }

        json.WriteEndArray();
        json.Time("last_updated", updated, version);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Connector connector, Instant updated, OcpiVersion version)
    {
        var isOld = version == OcpiVersion.V211;
        json.WriteStartObject();
        json.WriteString("id", connector.Id);
        json.Text("standard", connector.Standard);
        json.Text("format", connector.Format);
        json.Text("power_type", connector.PowerType);
        json.Number(isOld ? "voltage" : "max_voltage", connector.Voltage);
        json.Number(isOld ? "amperage" : "max_amperage", connector.Amperage);
        if (!isOld)
        {
            json.Number("max_electric_power", connector.StatedPowerW);
        }

        if (isOld)
        {
            json.Text("tariff_id", connector.TariffIds is [var first, ..] ? first : null);
        }
        else if (connector.TariffIds.Count > 0)
        {
            json.WriteStartArray("tariff_ids");
            foreach (var id in connector.TariffIds)
            {
                json.WriteStringValue(id);
            }

            json.WriteEndArray();
        }

        json.Time("last_updated", updated, version);
        json.WriteEndObject();
    }
}
