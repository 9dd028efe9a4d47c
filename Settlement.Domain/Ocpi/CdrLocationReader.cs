
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
        "voltage", "amperage", "max_voltage", "max_amperage", "max_electric_power", "tariff_id", "tariff_ids",
        "terms_and_conditions", "last_updated", "capabilities");

    private static readonly NameTable<GeoField> GeoNames = new("name");

    private enum LocationField
    {
        id, name, address, city, postal_code, state, country, coordinates, evse_uid, evse_id, connector_id,
        connector_standard, connector_format, connector_power_type, time_zone, evses,
    }

    private enum EvseField { uid, evse_id, connectors }

    private enum ConnectorField { id, standard, format, power_type }

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

    /// <summary>2.1.1: the Location holds only the EVSE and connector that were used.</summary>
    private static void Evses(ref JsonCursor json, DraftPlace place)
    {
        if (!json.EnterArray("evses"))
        {
            return;
        }

        while (json.NextElement())
        {
            if (json.IsObject() && Only(ref json, json.Notes.Index, "an EVSE"))
            {
                Evse(ref json, place);
            }
        }
    }

    private static bool Only(ref JsonCursor json, int index, string what)
    {
        if (index == 0)
        {
            return true;
        }

        json.Notes.Find(
            IntakeFindings.LocationMany, "", $"{what} beside the first; the first is taken as the one used");
        json.SkipValue();
        return false;
    }

    private static void Evse(ref JsonCursor json, DraftPlace place)
    {
        var seen = default(SeenMembers);
        while (json.NextMember(EvseNames, ref seen, out var field))
        {
            switch (field)
            {
                case EvseField.uid: place.EvseUid = json.Word("uid", 39); break;
                case EvseField.evse_id: place.EvseId = json.Word("evse_id", 48); break;
                case EvseField.connectors: Connectors(ref json, place); break;
            }
        }
    }

    private static void Connectors(ref JsonCursor json, DraftPlace place)
    {
        if (!json.EnterArray("connectors"))
        {
            return;
        }

        while (json.NextElement())
        {
            if (json.IsObject() && Only(ref json, json.Notes.Index, "a connector"))
            {
                Connector(ref json, place);
            }
        }
    }

    private static void Connector(ref JsonCursor json, DraftPlace place)
    {
        var seen = default(SeenMembers);
        while (json.NextMember(ConnectorNames, ref seen, out var field))
        {
            switch (field)
            {
                case ConnectorField.id: place.ConnectorId = json.Word("id", 36); break;
                case ConnectorField.standard: place.Standard = json.Code("standard", 36); break;
                case ConnectorField.format: place.Format = json.Code("format", 36); break;
                case ConnectorField.power_type: place.PowerType = json.Code("power_type", 36); break;
            }
        }
    }
}
