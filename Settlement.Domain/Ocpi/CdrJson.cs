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
            json.Required("auth_id", Kept(personal, personal?.TokenUid ?? personal?.ContractId));
            json.WriteString("auth_method", OcpiEnums.AuthMethod(cdr.AuthMethod, version));
            CdrLocationJson.WriteFull(json, received, personal);
        }
        else
        {
            json.Text("session_id", cdr.SessionId);
            Token(json, cdr, personal, version);
            json.WriteString("auth_method", OcpiEnums.AuthMethod(cdr.AuthMethod, version));
            json.Text("authorization_reference", cdr.AuthorizationReference ?? personal?.AuthorizationReference);
            CdrLocationJson.Write(json, cdr, personal, version);
        }

        json.Text("meter_id", cdr.MeterId ?? personal?.HomeMeterId, 255);
        json.WriteString("currency", cdr.Currency);
        Tariffs(json, received, version);
        Periods(json, cdr, version);
        if (!isOld && personal?.SignedData is ['{', ..] signed)
        {
            json.WritePropertyName("signed_data");
            json.WriteRawValue(signed);
        }

        Totals(json, cdr, version);
        json.Text("remark", personal?.Remark, 255);
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

    private static void Token(Utf8JsonWriter json, Cdr cdr, PersonalData? personal, OcpiVersion version)
    {
        json.WriteStartObject("cdr_token");
        json.Party(cdr.TokenOwner);
        json.Required("uid", Kept(personal, personal?.TokenUid));
        json.WriteString("type", OcpiEnums.TokenType(cdr.TokenType, version));
        json.Required("contract_id", Kept(personal, personal?.ContractId));
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
        foreach (var period in cdr.Periods.Count > 0 ? cdr.Periods : [new ChargingPeriod { Start = cdr.Start }])
        {
            json.WriteStartObject();
            json.Time("start_date_time", period.Start, version);
            json.WriteStartArray("dimensions");
            var dimensions = Dimensions(period, version).Where(each => each.Volume is not null).ToList();
            // a period has at least one dimension; this one says nothing that the version has a word for
            foreach (var (type, volume) in dimensions.Count > 0 ? dimensions : [("TIME", 0m)])
            {
                json.WriteStartObject();
                json.WriteString("type", type);
                json.WriteNumber("volume", volume!.Value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (version != OcpiVersion.V211)
            {
                json.Text("tariff_id", period.TariffId);
                if (period.VehicleRequestingPower is { } requests)
                {
                    json.WriteBoolean("vehicle_requesting_power", requests); // extension EVRF-001
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static IEnumerable<(string Type, decimal? Volume)> Dimensions(ChargingPeriod period, OcpiVersion version) =>
    [
        ("ENERGY", period.EnergyKwh), ("TIME", period.TimeHours), ("PARKING_TIME", period.ParkingHours),
        ("MIN_CURRENT", period.MinCurrentA), ("MAX_CURRENT", period.MaxCurrentA),
        .. version == OcpiVersion.V211
            ? new[] { ("FLAT", period.Flat) }
            : [
                ("RESERVATION_TIME", period.ReservationHours), ("MIN_POWER", period.MinPowerKw),
                ("MAX_POWER", period.MaxPowerKw), ("STATE_OF_CHARGE", period.StateOfCharge),
            ],
    ];

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
