using System.Text.Json;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>The place of a CDR: cdr_location, or the full Location with the EVSE that was used in 2.1.1.</summary>
internal static class CdrLocationJson
{
    public static void Write(Utf8JsonWriter json, Cdr cdr, PersonalData? personal)
    {
        var at = cdr.Location;
        json.WriteStartObject("cdr_location");
        Place(json, cdr, personal);
        json.Text("evse_uid", at.EvseUid);
        json.Text("evse_id", at.EvseId);
        json.Text("connector_id", at.ConnectorId);
        json.Text("connector_standard", at.ConnectorStandard);
        json.Text("connector_format", at.ConnectorFormat);
        json.Text("connector_power_type", at.PowerType);
        json.Text("time_zone", at.TimeZone);
        json.WriteEndObject();
    }

    public static void WriteFull(Utf8JsonWriter json, Cdr cdr, PersonalData? personal)
    {
        var at = cdr.Location;
        json.WriteStartObject("location");
        Place(json, cdr, personal);
        json.WriteString("type", "UNKNOWN");
        json.WriteStartArray("evses");
        var used = new CdrConnector(
            at.EvseUid, at.EvseId, at.ConnectorId, at.ConnectorStandard, at.ConnectorFormat, at.PowerType,
            at.Voltage, at.Amperage);
        foreach (var evse in (at.OtherConnectors ?? []).Prepend(used).GroupBy(each => (each.EvseUid, each.EvseId)))
        {
            Evse(json, evse.Key.EvseUid, evse.Key.EvseId, evse);
        }

        json.WriteEndArray();
        json.Text("time_zone", at.TimeZone);
        json.WriteEndObject();
    }

    private static void Evse(Utf8JsonWriter json, string? uid, string? id, IEnumerable<CdrConnector> connectors)
    {
        json.WriteStartObject();
        json.WriteString("uid", uid ?? "#NA");
        json.Text("evse_id", id);
        json.WriteString("status", "UNKNOWN");
        json.WriteStartArray("connectors");
        foreach (var connector in connectors)
        {
            json.WriteStartObject();
            json.WriteString("id", connector.Id ?? "#NA");
            json.Text("standard", connector.Standard);
            json.Text("format", connector.Format);
            json.Text("power_type", connector.PowerType);
            json.Number("voltage", connector.Voltage);
            json.Number("amperage", connector.Amperage);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Place(Utf8JsonWriter json, Cdr cdr, PersonalData? personal)
    {
        var at = cdr.Location;
        json.WriteString("id", at.Id);
        json.Text("name", at.Name);
        json.Text("address", cdr.HomeChargingCompensation
            ? CdrJson.Kept(personal, personal?.HomeAddress)
            : at.Address);
        json.Text("city", at.City);
        json.Text("postal_code", personal?.HomePostalCode ?? at.PostalCode);
        json.Text("state", at.State);
        json.WriteString("country", at.Country);
        if (personal is { Latitude: { } latitude, Longitude: { } longitude })
        {
            json.WriteStartObject("coordinates");
            json.WriteString("latitude", latitude);
            json.WriteString("longitude", longitude);
            json.WriteEndObject();
        }
    }
}
