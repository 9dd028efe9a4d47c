using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Tests.Rating;

/// <summary>
/// A second, simple reader of clean OCPI JSON for the worked examples: so that a rating test does not
/// fail or pass because of the product's own reader.
/// </summary>
internal static class PlainOcpi
{
    public static OcpiVersion Version(string text) => text switch
    {
        "2.1.1" => OcpiVersion.V211,
        "2.2.1" => OcpiVersion.V221,
        _ => OcpiVersion.V230,
    };

    public static Cdr Cdr(JsonElement json, OcpiVersion version) => new()
    {
        Version = version,
        Key = new CdrKey(PartyId.Parse("DE-ALL")!.Value, json.GetProperty("id").GetString()!),
        TokenOwner = PartyId.Parse("DE-MSP")!.Value,
        Start = Time(json.GetProperty("start_date_time")),
        End = Time(json.GetProperty(version == OcpiVersion.V211 ? "stop_date_time" : "end_date_time")),
        Location = new CdrLocation { Id = "LOC1", Country = "DEU" },
        Currency = json.GetProperty("currency").GetString()!,
        Tariffs = [.. List(json, "tariffs").Select(tariff => Tariff(tariff, version))],
        Periods = [.. List(json, "charging_periods").Select(Period)],
        TotalCost = json.TryGetProperty("total_cost", out var cost) ? Price(cost) : new Price(null, null, []),
        TotalEnergyKwh = Number(json, "total_energy") ?? 0m,
        TotalTimeHours = Number(json, "total_time") ?? 0m,
        TotalParkingHours = Number(json, "total_parking_time"),
        SessionId = Text(json, "session_id"),
    };

    public static Tariff Tariff(JsonElement json, OcpiVersion version) => new()
    {
        Version = version,
        Id = json.GetProperty("id").GetString()!,
        Currency = json.GetProperty("currency").GetString()!,
        Type = Text(json, "type"),
        TaxIncluded = Text(json, "tax_included") switch
        {
            "YES" => TaxIncluded.YES,
            "N/A" => TaxIncluded.NOT_APPLICABLE,
            _ => TaxIncluded.NO,
        },
        MinPrice = json.TryGetProperty("min_price", out var min) ? Limit(min) : null,
        MaxPrice = json.TryGetProperty("max_price", out var max) ? Limit(max) : null,
        ValidFrom = json.TryGetProperty("start_date_time", out var from) ? Time(from) : null,
        ValidTo = json.TryGetProperty("end_date_time", out var to) ? Time(to) : null,
        Elements = [.. List(json, "elements").Select(Element)],
        ContentHash = json.GetRawText(),
    };

    private static TariffElement Element(JsonElement json) => new(
        [.. List(json, "price_components").Select(component => new PriceComponent(
            Enum.Parse<Dimension>(Text(component, "type")!), Number(component, "price")!.Value,
            (int)(Number(component, "step_size") ?? 0m), Number(component, "vat")))],
        json.TryGetProperty("restrictions", out var restrictions) ? Restrictions(restrictions) : null);

    private static TariffRestrictions Restrictions(JsonElement json) => new()
    {
        StartTime = Clock(json, "start_time"),
        EndTime = Clock(json, "end_time"),
        StartDate = Text(json, "start_date") is { } from ? LocalDatePattern.Iso.Parse(from).Value : null,
        EndDate = Text(json, "end_date") is { } to ? LocalDatePattern.Iso.Parse(to).Value : null,
        MinKwh = Number(json, "min_kwh"),
        MaxKwh = Number(json, "max_kwh"),
        MinCurrentA = Number(json, "min_current"),
        MaxCurrentA = Number(json, "max_current"),
        MinPowerKw = Number(json, "min_power"),
        MaxPowerKw = Number(json, "max_power"),
        MinDurationSeconds = (int?)Number(json, "min_duration"),
        MaxDurationSeconds = (int?)Number(json, "max_duration"),
        MinNotRequestingPowerSeconds = (int?)Number(json, "min_duration_not_requesting_power"),
        MaxNotRequestingPowerSeconds = (int?)Number(json, "max_duration_not_requesting_power"),
        MinStateOfCharge = (int?)Number(json, "min_soc"),
        MaxStateOfCharge = (int?)Number(json, "max_soc"),
        DaysOfWeek = [.. List(json, "day_of_week").Select(day => Enum.Parse<IsoDayOfWeek>(day.GetString()!, true))],
        Reservation = Text(json, "reservation"),
    };

    private static ChargingPeriod Period(JsonElement json)
    {
        var volumes = List(json, "dimensions").ToDictionary(d => Text(d, "type")!, d => d.GetProperty("volume").GetDecimal());
        decimal? Volume(string type) => volumes.TryGetValue(type, out var volume) ? volume : null;
        return new ChargingPeriod
        {
            Start = Time(json.GetProperty("start_date_time")),
            TariffId = Text(json, "tariff_id"),
            EnergyKwh = Volume("ENERGY"),
            TimeHours = Volume("TIME"),
            ParkingHours = Volume("PARKING_TIME"),
            ReservationHours = Volume("RESERVATION_TIME"),
            Flat = Volume("FLAT"),
            MinCurrentA = Volume("MIN_CURRENT"),
            MaxCurrentA = Volume("MAX_CURRENT"),
            MinPowerKw = Volume("MIN_POWER"),
            MaxPowerKw = Volume("MAX_POWER"),
        };
    }

    private static Price Price(JsonElement json) => json.ValueKind == JsonValueKind.Number
        ? new Price(json.GetDecimal(), null, [])
        : new Price(Number(json, "before_taxes") ?? Number(json, "excl_vat"), Number(json, "incl_vat"), []);

    private static PriceLimit Limit(JsonElement json) => json.ValueKind == JsonValueKind.Number
        ? new PriceLimit(json.GetDecimal(), null)
        : new PriceLimit(
            (Number(json, "before_taxes") ?? Number(json, "excl_vat"))!.Value,
            Number(json, "after_taxes") ?? Number(json, "incl_vat"));

    private static Instant Time(JsonElement json)
    {
        var text = json.GetString()!;
        return InstantPattern.ExtendedIso.Parse(text.EndsWith('Z') ? text : text + "Z").Value;
    }

    private static LocalTime? Clock(JsonElement json, string name) =>
        Text(json, name) is { } text ? LocalTimePattern.CreateWithInvariantCulture("HH:mm").Parse(text).Value : null;

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static decimal? Number(JsonElement json, string name) =>
        !json.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String
            ? decimal.Parse(value.GetString()!, System.Globalization.CultureInfo.InvariantCulture)
            : value.GetDecimal();

    private static IEnumerable<JsonElement> List(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
}
