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
        var isOld = version == OcpiVersion.V211;
        json.WriteStartObject();
        if (!isOld)
        {
            json.Party(location.Owner ?? owner);
        }

        json.WriteString("id", location.Id);
        if (isOld)
        {
            json.WriteString("type", "UNKNOWN");
        }
        else
        {
            json.WriteBoolean("publish", location.Publish ?? true);
        }

        json.Text("name", location.Name, 255);
        json.Required("address", location.Address, version == OcpiVersion.V230 ? 255 : 45);
        json.Required("city", location.City, 45);
        if (isOld)
        {
            json.Required("postal_code", location.PostalCode, 10);
        }
        else
        {
            json.Text("postal_code", location.PostalCode, 10);
            json.Text("state", location.State, version == OcpiVersion.V230 ? 45 : 20);
        }

        json.Required("country", location.Country, 3);
        json.Coordinates(location.Latitude, location.Longitude);
        json.WriteStartArray("evses");
        foreach (var evse in location.Evses)
        {
            Write(json, evse, updated, version);
        }

        json.WriteEndArray();
        if (isOld)
        {
            json.Text("time_zone", location.TimeZone, 255);
        }
        else
        {
            json.Required("time_zone", location.TimeZone, 255);
        }

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
        foreach (var connector in evse.Connectors.Count > 0 ? evse.Connectors : [NoConnector])
        {
            Write(json, connector, evse.LastUpdated ?? updated, version);
        }

        json.WriteEndArray();
        json.Time("last_updated", evse.LastUpdated ?? updated, version);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Connector connector, Instant updated, OcpiVersion version)
    {
        var isOld = version == OcpiVersion.V211;
        var power = OcpiEnums.PowerType(connector.PowerType, connector.Standard, version);
        json.WriteStartObject();
        json.WriteString("id", connector.Id);
        json.WriteString("standard", OcpiEnums.Standard(connector.Standard, power, version));
        json.WriteString("format", OcpiEnums.Format(connector.Format, power));
        json.WriteString("power_type", power);
        json.WriteNumber(isOld ? "voltage" : "max_voltage", connector.Voltage ?? 0);
        json.WriteNumber(isOld ? "amperage" : "max_amperage", connector.Amperage ?? 0);
        if (!isOld)
        {
            json.Number("max_electric_power", connector.StatedPowerW);
        }

        Tariffs(json, connector, isOld);
        json.Time("last_updated", connector.LastUpdated ?? updated, version);
        json.WriteEndObject();
    }

    /// <summary>Only what is kept, without anything that a version demands besides: what a PATCH is laid over.</summary>
    public static void WriteKept(Utf8JsonWriter json, Location location, PartyId owner, OcpiVersion version)
    {
        json.WriteStartObject();
        json.Party(location.Owner ?? owner);
        json.WriteString("id", location.Id);
        if (location.Publish is { } publish)
        {
            json.WriteBoolean("publish", publish);
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
            WriteKept(json, evse, version);
        }

        json.WriteEndArray();
        json.Text("time_zone", location.TimeZone);
        json.Exact("last_updated", location.LastUpdated);
        json.WriteEndObject();
    }

    /// <inheritdoc cref="WriteKept(Utf8JsonWriter, Location, PartyId, OcpiVersion)"/>
    public static void WriteKept(Utf8JsonWriter json, Evse evse, OcpiVersion version)
    {
        json.WriteStartObject();
        json.WriteString("uid", evse.Uid);
        json.Text("evse_id", evse.EvseId);
        json.WriteStartArray("connectors");
        foreach (var connector in evse.Connectors)
        {
            WriteKept(json, connector, version);
        }

        json.WriteEndArray();
        json.Exact("last_updated", evse.LastUpdated);
        json.WriteEndObject();
    }

    /// <inheritdoc cref="WriteKept(Utf8JsonWriter, Location, PartyId, OcpiVersion)"/>
    public static void WriteKept(Utf8JsonWriter json, Connector connector, OcpiVersion version)
    {
        json.WriteStartObject();
        json.WriteString("id", connector.Id);
        json.Text("standard", connector.Standard);
        json.Text("format", connector.Format);
        json.Text("power_type", connector.PowerType);
        var isOld = version == OcpiVersion.V211;
        json.Number(isOld ? "voltage" : "max_voltage", connector.Voltage);
        json.Number(isOld ? "amperage" : "max_amperage", connector.Amperage);
        json.Number("max_electric_power", connector.StatedPowerW);
        Tariffs(json, connector, isOld);
        json.Exact("last_updated", connector.LastUpdated);
        json.WriteEndObject();
    }

    private static readonly Connector NoConnector = new(OcpiWriting.NotAvailable, null, null, null, null, null, []);

    private static void Tariffs(Utf8JsonWriter json, Connector connector, bool isOld)
    {
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
    }
}
