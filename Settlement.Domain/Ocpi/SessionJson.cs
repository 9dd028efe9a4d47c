using System.Runtime.InteropServices;
using System.Text.Json;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// Writes a session as one version of OCPI has it, from what was read of it and from the object as it was sent, in
/// whatever version that was. Of an erased driver the object cannot be opened any more.
/// </summary>
public static class SessionJson
{
    private const string Erased = "[erased]";

    private static readonly string[] Dimensions =
        ["ENERGY", "MAX_CURRENT", "MIN_CURRENT", "PARKING_TIME", "TIME"];

    private static readonly string[] DimensionsOf211 = [.. Dimensions, "FLAT"];

    private static readonly string[] DimensionsOf221 =
    [
        .. Dimensions, "CURRENT", "ENERGY_EXPORT", "ENERGY_IMPORT", "MAX_POWER", "MIN_POWER", "POWER", "RESERVATION_TIME",
        "STATE_OF_CHARGE",
    ];

    /// <param name="sent">The object as it was sent; null: the driver was erased.</param>
    public static void Write(
        Utf8JsonWriter json, ReportedSession session, JsonElement? sent, Instant received, OcpiVersion version)
    {
        var isOld = version == OcpiVersion.V211;
        json.WriteStartObject();
        if (!isOld)
        {
            json.Party(session.Cpo);
        }

        json.WriteString("id", session.Id);
        json.Time(isOld ? "start_datetime" : "start_date_time", session.Start, version);
        json.Time(isOld ? "end_datetime" : "end_date_time", session.End, version);
        json.WriteNumber("kwh", session.EnergyKwh);
        var token = Member(sent, "cdr_token");
        if (isOld)
        {
            json.Required("auth_id", sent is null ? Erased : Text(token, "uid") ?? Text(sent, "auth_id"));
            json.WriteString("auth_method", OcpiEnums.AuthMethod(Code(sent, "auth_method"), version));
            Location(json, session, Member(sent, "location"), received);
        }
        else
        {
            json.WriteStartObject("cdr_token");
            json.Party(session.Emsp);
            json.Required("uid", sent is null ? Erased : Text(token, "uid") ?? Text(sent, "auth_id"));
            json.WriteString("type", OcpiEnums.TokenType(Code(token, "type"), version));
            json.Required("contract_id", sent is null ? Erased : Text(token, "contract_id"));
            json.WriteEndObject();
            json.WriteString("auth_method", OcpiEnums.AuthMethod(Code(sent, "auth_method"), version));
            json.Text("authorization_reference", Text(sent, "authorization_reference"), 36);
            json.Required("location_id", session.LocationId);
            json.Required("evse_uid", session.EvseUid);
            json.Required("connector_id", Text(sent, "connector_id"));
        }

        json.Text("meter_id", Text(sent, "meter_id"), 255);
        json.WriteString("currency", session.Currency.Length == 3 ? session.Currency : "XXX");
        Periods(json, sent, version);
        Cost(json, session, sent, version);
        json.WriteString("status", OcpiEnums.SessionStatus(session.Status, version));
        json.Time("last_updated", session.LastUpdated ?? received, version);
        json.WriteEndObject();
    }

    private static void Location(Utf8JsonWriter json, ReportedSession session, JsonElement? sent, Instant received)
    {
        var read = sent is { ValueKind: JsonValueKind.Object } place
            && LocationReader.Read(JsonMarshal.GetRawUtf8Value(place).ToArray()) is LocationReading.Read known
            ? known.Location
            : new Location { Id = session.LocationId ?? OcpiWriting.NotAvailable, Country = "" };
        json.WritePropertyName("location");
        LocationJson.Write(json, read, session.Cpo, session.LastUpdated ?? received, OcpiVersion.V211);
    }

    private static void Periods(Utf8JsonWriter json, JsonElement? sent, OcpiVersion version)
    {
        json.WriteStartArray("charging_periods");
        foreach (var period in Items(Member(sent, "charging_periods")))
        {
            var dimensions = Items(Member(period, "dimensions"))
                .Select(each => (Type: Code(each, "type"), Volume: Number(each, "volume")))
                .Where(each => each is { Type: { } type, Volume: not null }
                    && (version == OcpiVersion.V211 ? DimensionsOf211 : DimensionsOf221).Contains(type))
                .ToList();
            if (Text(period, "start_date_time") is { } text && OcpiWriting.ReadTime(text) is { } start && dimensions.Count > 0)
            {
                json.WriteStartObject();
                json.Time("start_date_time", start, version);
                json.WriteStartArray("dimensions");
                foreach (var (type, volume) in dimensions)
                {
                    json.WriteStartObject();
                    json.WriteString("type", type);
                    json.WriteNumber("volume", volume!.Value);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.Text("tariff_id", version == OcpiVersion.V211 ? null : Text(period, "tariff_id"));
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private static void Cost(Utf8JsonWriter json, ReportedSession session, JsonElement? sent, OcpiVersion version)
    {
        if (session.TotalCost is not { } before)
        {
            return;
        }

        if (version == OcpiVersion.V211)
        {
            json.WriteNumber("total_cost", before);
            return;
        }

        var cost = Member(sent, "total_cost");
        StatedTax[] taxes =
        [
            .. Items(Member(cost, "taxes"))
                .Select(tax => (Name: Text(tax, "name"), Amount: Number(tax, "amount"), Sent: tax))
                .Where(tax => tax is { Name.Length: > 0, Amount: not null })
                .Select(tax => new StatedTax(
                    tax.Name!, Text(tax.Sent, "account_number"), Number(tax.Sent, "percentage"), tax.Amount!.Value)),
        ];
        var after = taxes.Length > 0 ? before + taxes.Sum(tax => tax.Amount) : Number(cost, "incl_vat");
        PriceJson.Write(json, "total_cost", new Price(before, after, taxes), version);
    }

    private static JsonElement? Member(JsonElement? of, string name) =>
        of is { ValueKind: JsonValueKind.Object } known && known.TryGetProperty(name, out var member) ? member : null;

    private static List<JsonElement> Items(JsonElement? list) =>
        list is { ValueKind: JsonValueKind.Array } known ? [.. known.EnumerateArray()] : [];

    private static string? Text(JsonElement? of, string name)
    {
        try
        {
            return Member(of, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair
        }
    }

    private static string? Code(JsonElement? of, string name) => Text(of, name)?.ToUpperInvariant();

    private static decimal? Number(JsonElement? of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetDecimal(out var value) ? value : null;
}
