using System.Text.Json;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// Writes a CDR as one version of OCPI has it, from what is kept of it. What that version has no member for is left
/// out; what was erased reads <c>[erased]</c>.
/// </summary>
public static class CdrJson
{
    private const string Erased = "[erased]";

    /// <param name="received">With its tariffs.</param>
    /// <param name="personal">Null: the driver was erased.</param>
    public static void Write(
        Utf8JsonWriter json, CdrFact.CdrReceived received, PersonalData? personal, OcpiVersion version)
    {
        var cdr = received.Cdr;
        var isOld = version == OcpiVersion.V211;
        json.WriteStartObject();
        if (!isOld)
        {
            json.Party(cdr.Key.Owner);
        }

        json.WriteString("id", cdr.Key.Id);
        json.Time("start_date_time", cdr.Start, version);
        json.Time(isOld ? "stop_date_time" : "end_date_time", cdr.End, version);
        if (isOld)
        {
            json.WriteString("auth_id", Kept(personal, personal?.TokenUid ?? personal?.ContractId) ?? "#NA");
            json.Text("auth_method", cdr.AuthMethod);
            CdrLocationJson.WriteFull(json, cdr, personal);
        }
        else
        {
            json.Text("session_id", cdr.SessionId);
            Token(json, cdr, personal);
            json.Text("auth_method", cdr.AuthMethod);
            json.Text("authorization_reference", cdr.AuthorizationReference ?? personal?.AuthorizationReference);
            CdrLocationJson.Write(json, cdr, personal);
        }

        json.Text("meter_id", cdr.MeterId ?? personal?.HomeMeterId);
        json.WriteString("currency", cdr.Currency);
        Tariffs(json, received, version);
        Periods(json, cdr, version);
        if (!isOld && personal?.SignedData is { } signed)
        {
            json.WritePropertyName("signed_data");
            json.WriteRawValue(signed);
        }

        Totals(json, cdr, version);
        json.Text("remark", personal?.Remark);
        if (!isOld)
        {
            json.Text("invoice_reference_id", cdr.InvoiceReferenceId);
            Flag(json, "credit", cdr.Credit);
            json.Text("credit_reference_id", cdr.CreditReferenceId);
            Flag(json, "home_charging_compensation", cdr.HomeChargingCompensation);
        }

        json.Time("last_updated", cdr.LastUpdated ?? received.ReceivedAt, version);
        json.WriteEndObject();
    }

    internal static string? Kept(PersonalData? personal, string? text) => personal is null ? Erased : text;

    private static void Token(Utf8JsonWriter json, Cdr cdr, PersonalData? personal)
    {
        json.WriteStartObject("cdr_token");
        json.Party(cdr.TokenOwner);
        json.WriteString("uid", Kept(personal, personal?.TokenUid) ?? "#NA");
        json.WriteString("type", cdr.TokenType ?? "OTHER");
        json.WriteString("contract_id", Kept(personal, personal?.ContractId) ?? "#NA");
        json.WriteEndObject();
    }

    private static void Tariffs(Utf8JsonWriter json, CdrFact.CdrReceived received, OcpiVersion version)
    {
        if (received.Cdr.Tariffs.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tariffs");
        foreach (var tariff in received.Cdr.Tariffs)
        {
            TariffJson.Write(json, tariff, received.Cdr.Key.Owner, received.ReceivedAt, version);
        }

        json.WriteEndArray();
    }

    private static void Periods(Utf8JsonWriter json, Cdr cdr, OcpiVersion version)
    {
        json.WriteStartArray("charging_periods");
        foreach (var period in cdr.Periods)
        {
            json.WriteStartObject();
            json.Time("start_date_time", period.Start, version);
            json.WriteStartArray("dimensions");
            Dimension(json, "ENERGY", period.EnergyKwh);
            Dimension(json, "TIME", period.TimeHours);
            Dimension(json, "PARKING_TIME", period.ParkingHours);
            Dimension(json, "MIN_CURRENT", period.MinCurrentA);
            Dimension(json, "MAX_CURRENT", period.MaxCurrentA);
            if (version == OcpiVersion.V211)
            {
                Dimension(json, "FLAT", period.Flat);
            }
            else
            {
                Dimension(json, "RESERVATION_TIME", period.ReservationHours);
                Dimension(json, "MIN_POWER", period.MinPowerKw);
                Dimension(json, "MAX_POWER", period.MaxPowerKw);
                Dimension(json, "STATE_OF_CHARGE", period.StateOfCharge);
            }

            json.WriteEndArray();
            if (version != OcpiVersion.V211)
            {
                json.Text("tariff_id", period.TariffId);
                if (period.VehicleRequestingPower is { } requests)
                {
                    json.WriteBoolean("vehicle_requesting_power", requests);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Dimension(Utf8JsonWriter json, string type, decimal? volume)
    {
        if (volume is { } value)
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteNumber("volume", value);
            json.WriteEndObject();
        }
    }

    private static void Totals(Utf8JsonWriter json, Cdr cdr, OcpiVersion version)
    {
        if (version == OcpiVersion.V211)
        {
            json.Number("total_cost", cdr.TotalCost.BeforeTaxes); // before tax by definition: an amount after it is none
        }
        else
        {
            PriceJson.Write(json, "total_cost", cdr.TotalCost, version);
            PriceJson.Write(json, "total_fixed_cost", cdr.TotalFixedCost, version);
        }

        json.WriteNumber("total_energy", cdr.TotalEnergyKwh);
        json.WriteNumber("total_time", cdr.TotalTimeHours);
        json.Number("total_parking_time", cdr.TotalParkingHours);
        if (version != OcpiVersion.V211)
        {
            PriceJson.Write(json, "total_energy_cost", cdr.TotalEnergyCost, version);
            PriceJson.Write(json, "total_time_cost", cdr.TotalTimeCost, version);
            PriceJson.Write(json, "total_parking_cost", cdr.TotalParkingCost, version);
            PriceJson.Write(json, "total_reservation_cost", cdr.TotalReservationCost, version);
        }
    }

    private static void Flag(Utf8JsonWriter json, string name, bool set)
    {
        if (set)
        {
            json.WriteBoolean(name, true);
        }
    }
}
