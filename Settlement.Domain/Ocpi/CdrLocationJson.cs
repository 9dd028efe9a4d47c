using System.Text.Json;
using NodaTime;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>The place of a CDR: cdr_location, or the full Location with the EVSE that was used in 2.1.1.</summary>
internal static class CdrLocationJson
{
    public static void Write(Utf8JsonWriter json, Cdr cdr, PersonalData? personal, OcpiVersion version)
    {
        var at = cdr.Location;
        json.WriteStartObject("cdr_location");
        Place(json, cdr, personal, isOld: false);
        json.Required("evse_uid", at.EvseUid);
        json.Required("evse_id", at.EvseId);
        json.Required("connector_id", at.ConnectorId);
        var power = OcpiEnums.PowerType(at.PowerType, at.ConnectorStandard, version);
        json.WriteString("connector_standard", OcpiEnums.Standard(at.ConnectorStandard, power, version));
        json.WriteString("connector_format", OcpiEnums.Format(at.ConnectorFormat, power));
        json.WriteString("connector_power_type", power);
        json.Text("time_zone", at.TimeZone); // no member of the class; of a CPO that sent it all the same
        json.WriteEndObject();
    }

    /// <summary>2.1.1: a Location with the one EVSE and connector that were used.</summary>
    public static void WriteFull(Utf8JsonWriter json, CdrFact.CdrReceived received, PersonalData? personal)
    {
        var (cdr, at) = (received.Cdr, received.Cdr.Location);
        var updated = cdr.LastUpdated ?? received.ReceivedAt;
        json.WriteStartObject("location");
        Place(json, cdr, personal, isOld: true);
        json.WriteString("type", "UNKNOWN");
        json.WriteStartArray("evses");
        foreach (var evse in at.Connectors.GroupBy(each => (each.EvseUid, each.EvseId)))
        {
            Evse(json, evse.Key.EvseUid, evse.Key.EvseId, evse, updated);
        }

        json.WriteEndArray();
        json.Text("time_zone", at.TimeZone, 255);
        json.Time("last_updated", updated, OcpiVersion.V211);
        json.WriteEndObject();
    }

    private static void Evse(
        Utf8JsonWriter json, string? uid, string? id, IEnumerable<CdrConnector> connectors, Instant updated)
    {
        json.WriteStartObject();
        json.Required("uid", uid);
        json.Text("evse_id", id);
        json.WriteString("status", "UNKNOWN");
        json.WriteStartArray("connectors");
        foreach (var connector in connectors)
        {
            var power = OcpiEnums.PowerType(connector.PowerType, connector.Standard, OcpiVersion.V211);
            json.WriteStartObject();
            json.Required("id", connector.Id);
            json.WriteString("standard", OcpiEnums.Standard(connector.Standard, power, OcpiVersion.V211));
            json.WriteString("format", OcpiEnums.Format(connector.Format, power));
            json.WriteString("power_type", power);
            json.WriteNumber("voltage", connector.Voltage ?? 0); // demanded
            json.WriteNumber("amperage", connector.Amperage ?? 0);
            json.Time("last_updated", updated, OcpiVersion.V211);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Time("last_updated", updated, OcpiVersion.V211);
        json.WriteEndObject();
    }

    private static void Place(Utf8JsonWriter json, Cdr cdr, PersonalData? personal, bool isOld)
    {
        var at = cdr.Location;
        json.WriteString("id", at.Id);
        json.Text("name", at.Name, 255);
        json.Required("address", cdr.HomeChargingCompensation
            ? CdrJson.Kept(personal, personal?.HomeAddress)
            : at.Address, 45);
        json.Required("city", at.City, 45);
        var postalCode = personal?.HomePostalCode ?? at.PostalCode;
        if (isOld)
        {
            json.Required("postal_code", postalCode, 10);
        }
        else
        {
            json.Text("postal_code", postalCode, 10);
            json.Text("state", at.State, 20);
        }

        json.Required("country", at.Country, 3);
        json.Coordinates(personal?.Latitude, personal?.Longitude);
    }
}
