using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// The place of a session: cdr_location, or the full Location of 2.1.1 with the EVSE that was used.
/// </summary>
internal static class CdrLocationReader
{
    private static readonly NameTable<LocationField> Names = new(
        "type", "publish", "publish_allowed_to", "related_locations", "parking_type", "directions",
        "operator", "suboperator", "owner", "facilities", "opening_times", "charging_when_closed", "images",
        "energy_mix", "last_updated", "country_code", "party_id", "parking_places", "help_phone");

    private static readonly NameTable<EvseField> EvseNames = new(
        "status", "status_schedule", "capabilities", "floor_level", "coordinates", "physical_reference",
        "directions", "parking_restrictions", "parking", "images", "last_updated",
        "accepted_service_providers");

    private static readonly NameTable<ConnectorField> ConnectorNames = new(
        "max_electric_power", "tariff_id", "tariff_ids", "terms_and_conditions", "last_updated", "capabilities");

    private static readonly NameTable<GeoField> GeoNames = new("name");

    private enum LocationField
    {
        id, name, address, city, postal_code, state, country, coordinates, evse_uid, evse_id, connector_id,
        connector_standard, connector_format, connector_power_type, time_zone, evses,
    }

    private enum EvseField { uid, evse_id, connectors }

    private enum ConnectorField
    {
        id, standard, format, power_type, voltage, amperage, max_voltage, max_amperage,
    }

    private enum GeoField { latitude, longitude }

    public static void Read(ref JsonCursor json, CdrDraft draft) => Read(ref json, draft, "cdr_location");

    public static void ReadFull(ref JsonCursor json, CdrDraft draft) => Read(ref json, draft, "location");

    private static void Read(ref JsonCursor json, CdrDraft draft, string name)
    {
        if (!json.EnterObject(name))
        {
            return;
        }

        draft.HasLocation = true;
        var place = draft.Place;
        var seen = default(SeenMembers);
        while (json.NextMember(Names, ref seen, out var field))
        {
            switch (field)
            {
                case LocationField.id: place.Id = json.Word("id", 39); break;
                case LocationField.name: place.Name = json.Text("name", 255); break;
                case LocationField.address: place.Address = json.Text("address", 255); break;
                case LocationField.city: place.City = json.Word("city", 45); break;
                case LocationField.postal_code: place.PostalCode = json.Word("postal_code", 10); break;
                case LocationField.state: place.State = json.Word("state", 45); break;
                case LocationField.country: place.Country = Countries.Alpha3(ref json); break;
                case LocationField.coordinates: Coordinates(ref json, draft); break;
                case LocationField.evse_uid: place.EvseUid = json.Word("evse_uid", 36); break;
                case LocationField.evse_id: place.EvseId = json.Word("evse_id", 48); break;
                case LocationField.connector_id: place.ConnectorId = json.Word("connector_id", 36); break;
                case LocationField.connector_standard:
                    place.Standard = json.Code("connector_standard", 36);
                    break;
                case LocationField.connector_format: place.Format = json.Code("connector_format", 36); break;
                case LocationField.connector_power_type:
                    place.PowerType = json.Code("connector_power_type", 36);
                    break;
                case LocationField.time_zone: place.TimeZone = json.Word("time_zone", 255); break;
                case LocationField.evses: Evses(ref json, place); break;
            }
        }

        json.Notes.Leave();
    }

    private static void Coordinates(ref JsonCursor json, CdrDraft draft)
    {
        if (!json.EnterObject("coordinates"))
        {
            return;
        }

        var seen = default(SeenMembers);
        while (json.NextMember(GeoNames, ref seen, out var field))
        {
            if (field == GeoField.latitude)
            {
                draft.Latitude = json.Text("latitude", 12);
            }
            else
            {
                draft.Longitude = json.Text("longitude", 12);
            }
        }

        json.Notes.Leave();
    }

    /// <summary>
    /// 2.1.1: the Location holds only the EVSE and connector that were used. Some list the whole site: all are kept, in
    /// an order of their own, so that the order of the list decides nothing.
    /// </summary>
    private static void Evses(ref JsonCursor json, DraftPlace place)
    {
        if (!json.EnterArray("evses"))
        {
            return;
        }

        while (json.NextElement())
        {
            if (json.IsObject())
            {
                NoteSecond(ref json, "an EVSE");
                Evse(ref json, place);
            }
        }
    }

    private static void NoteSecond(ref JsonCursor json, string what)
    {
        if (json.Notes.Index == 1)
        {
            json.Notes.Find(
                IntakeFindings.LocationMany, "", $"{what} beside the first; price and tax must be the same for each");
        }
    }

    private static void Evse(ref JsonCursor json, DraftPlace place)
    {
        string? uid = null, id = null;
        List<CdrConnector> connectors = [];
        var seen = default(SeenMembers);
        while (json.NextMember(EvseNames, ref seen, out var field))
        {
            switch (field)
            {
                case EvseField.uid: uid = json.Word("uid", 39); break;
                case EvseField.evse_id: id = json.Word("evse_id", 48); break;
                case EvseField.connectors: Connectors(ref json, connectors); break;
            }
        }

        foreach (var connector in connectors.DefaultIfEmpty(new(null, null, null, null, null, null, null, null)))
        {
            place.Add(connector with { EvseUid = uid, EvseId = id });
        }
    }

    private static void Connectors(ref JsonCursor json, List<CdrConnector> connectors)
    {
        if (!json.EnterArray("connectors"))
        {
            return;
        }

        while (json.NextElement())
        {
            if (json.IsObject())
            {
                NoteSecond(ref json, "a connector");
                connectors.Add(Connector(ref json));
            }
        }
    }

    private static CdrConnector Connector(ref JsonCursor json)
    {
        string? id = null, standard = null, format = null, powerType = null;
        int? voltage = null, amperage = null;
        var seen = default(SeenMembers);
        while (json.NextMember(ConnectorNames, ref seen, out var field))
        {
            switch (field)
            {
                case ConnectorField.id: id = json.Word("id", 36); break;
                case ConnectorField.standard: standard = json.Code("standard", 36); break;
                case ConnectorField.format: format = json.Code("format", 36); break;
                case ConnectorField.power_type: powerType = json.Code("power_type", 36); break;
                case ConnectorField.voltage or ConnectorField.max_voltage: voltage = json.Whole("voltage"); break;
                case ConnectorField.amperage or ConnectorField.max_amperage: amperage = json.Whole("amperage"); break;
            }
        }

        return new CdrConnector(null, null, id, standard, format, powerType, voltage, amperage);
    }
}
