using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Ocpi;

/// <summary>EVSEs and connectors of a location.</summary>
internal static class EvseReader
{
    private static readonly NameTable<EvseField> EvseNames = new(
        "status", "status_schedule", "capabilities", "floor_level", "coordinates", "physical_reference",
        "directions", "parking_restrictions", "parking", "images",
        "accepted_service_providers");

    private static readonly NameTable<ConnectorField> ConnectorNames = new(
        "terms_and_conditions", "capabilities");

    private enum EvseField { uid, evse_id, connectors, last_updated }

    private enum ConnectorField
    {
        id, standard, power_type, voltage, amperage, max_voltage, max_amperage, max_electric_power, tariff_id,
        tariff_ids, format, last_updated,
    }

    public static List<Evse> Read(ref JsonCursor json)
    {
        var evses = new List<Evse>();
        if (!json.EnterArray("evses"))
        {
            return evses;
        }

        while (json.NextElement())
        {
            if (json.IsObject())
            {
                evses.Add(Evse(ref json));
            }
        }

        return evses;
    }

    private static Evse Evse(ref JsonCursor json)
    {
        string? uid = null, evseId = null;
        List<Connector> connectors = [];
        Instant? updated = null;
        var seen = default(SeenMembers);
        while (json.NextMember(EvseNames, ref seen, out var field))
        {
            switch (field)
            {
                case EvseField.uid: uid = json.Word("uid", 39); break;
                case EvseField.evse_id: evseId = json.Word("evse_id", 48); break;
                case EvseField.connectors: connectors = Connectors(ref json); break;
                case EvseField.last_updated: updated = json.Time("last_updated"); break;
            }
        }

        return new Evse(uid ?? "#NA", evseId, connectors) { LastUpdated = updated };
    }

    private static List<Connector> Connectors(ref JsonCursor json)
    {
        var connectors = new List<Connector>();
        if (!json.EnterArray("connectors"))
        {
            return connectors;
        }

        while (json.NextElement())
        {
            if (json.IsObject())
            {
                connectors.Add(Connector(ref json));
            }
        }

        return connectors;
    }

    private static Connector Connector(ref JsonCursor json)
    {
        string? id = null, standard = null, powerType = null, format = null;
        int? voltage = null, amperage = null, power = null;
        var tariffs = new List<string>();
        Instant? updated = null;
        var seen = default(SeenMembers);
        while (json.NextMember(ConnectorNames, ref seen, out var field))
        {
            switch (field)
            {
                case ConnectorField.id: id = json.Word("id", 36); break;
                case ConnectorField.standard: standard = json.Code("standard", 36); break;
                case ConnectorField.power_type: powerType = json.Code("power_type", 36); break;
                case ConnectorField.voltage: voltage = json.Whole("voltage"); break;
                case ConnectorField.max_voltage: voltage = json.Whole("max_voltage"); break;
                case ConnectorField.amperage: amperage = json.Whole("amperage"); break;
                case ConnectorField.max_amperage: amperage = json.Whole("max_amperage"); break;
                case ConnectorField.max_electric_power: power = json.Whole("max_electric_power"); break;
                case ConnectorField.tariff_id: AddTo(tariffs, json.Word("tariff_id", 36)); break;
                case ConnectorField.tariff_ids: TariffIds(ref json, tariffs); break;
                case ConnectorField.format: format = json.Code("format", 36); break;
                case ConnectorField.last_updated: updated = json.Time("last_updated"); break;
            }
        }

        return new Connector(id ?? "#NA", standard, powerType, voltage, amperage, power, tariffs)
        {
            Format = format,
            LastUpdated = updated,
        };
    }

    private static void TariffIds(ref JsonCursor json, List<string> tariffs)
    {
        if (!json.EnterArray("tariff_ids"))
        {
            return;
        }

        while (json.NextElement())
        {
            AddTo(tariffs, json.Word("", 36));
        }
    }

    private static void AddTo(List<string> tariffs, string? id)
    {
        if (id is not null)
        {
            tariffs.Add(id);
        }
    }
}
