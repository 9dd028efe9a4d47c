using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace Settlement.Tests.Ocpi;

/// <summary>One way in which a platform writes the same CDR differently.</summary>
internal sealed partial record Respelling(string Name, Func<JsonObject, JsonObject> Apply)
{
    private static readonly string[] Ids =
        ["id", "session_id", "uid", "contract_id", "evse_uid", "evse_id", "connector_id", "tariff_id", "credit_reference_id"];

    private static readonly string[] Codes =
        ["country_code", "party_id", "currency", "type", "auth_method", "country", "state", "connector_power_type"];

    private static readonly string[] Numbers =
        ["volume", "excl_vat", "incl_vat", "price", "total_energy", "total_time", "total_parking_time", "vat"];

    public static readonly IReadOnlyList<Respelling> All =
    [
        new("times with .000", cdr => Texts(cdr, (_, text) => Time().IsMatch(text) ? text.Replace("Z", ".000Z", StringComparison.Ordinal) : text)),
        new("times without Z", cdr => Texts(cdr, (_, text) => Time().IsMatch(text) ? text.TrimEnd('Z') : text)),
        new("times with +00:00", cdr => Texts(cdr, (_, text) => Time().IsMatch(text) ? text.Replace("Z", "+00:00", StringComparison.Ordinal) : text)),
        new("times of another zone", cdr => Texts(cdr, (_, text) => Time().IsMatch(text) ? InTokyo(text) : text)),
        new("ids in lower case", cdr => Texts(cdr, (name, text) => Ids.Contains(name) ? text.ToLowerInvariant() : text)),
        new("ids in upper case", cdr => Texts(cdr, (name, text) => Ids.Contains(name) ? text.ToUpperInvariant() : text)),
        new("blanks around ids", cdr => Texts(cdr, (name, text) => Ids.Contains(name) ? $" {text} " : text)),
        new("codes in lower case", cdr => Texts(cdr, (name, text) => Codes.Contains(name) ? text.ToLowerInvariant() : text)),
        new("a blank after the address", cdr => Texts(cdr, (name, text) => name is "address" or "city" or "name" ? text + " " : text)),
        new("the country with two letters", cdr => Texts(cdr, (_, text) => text switch { "CAN" => "CA", "USA" => "US", _ => text })),
        new("coordinates with more zeros", cdr => Texts(cdr, (name, text) => name is "latitude" or "longitude" ? text + "0" : text)),
        new("numbers as texts", cdr => Values(cdr, (name, number) => Numbers.Contains(name) ? JsonValue.Create(number) : null)),
        new("numbers with more zeros", cdr => Values(cdr, (name, number) =>
            Numbers.Contains(name) && !number.Contains('e', StringComparison.Ordinal)
                ? JsonNode.Parse(number + (number.Contains('.', StringComparison.Ordinal) ? "00" : ".00"))
                : null)),
        new("numbers with an exponent", cdr => Values(cdr, (name, number) =>
            Numbers.Contains(name) && !number.Contains('e', StringComparison.Ordinal) ? JsonNode.Parse(number + "e0") : null)),
        new("its own last_updated is newer", cdr => Texts(cdr, (name, text) => name == "last_updated" ? "2031-01-01T00:00:00Z" : text)),
        new("defaults are written out", cdr => With(cdr, ("credit", cdr["credit"]?.DeepClone() ?? false), ("home_charging_compensation", false))),
        new("nulls and empty lists", cdr => With(cdr, ("total_reservation_cost", null), ("signed_data", null), ("booking_id", null))),
        new("members in the other order", cdr => (JsonObject)Reversed(cdr)!),
        new("dimensions in the other order", Dimensions),
    ];

    /// <summary>Some respellings one after the other; shrinks to those that matter.</summary>
    public static Arbitrary<IReadOnlyList<Respelling>> Some { get; } = Arb.From(
        Gen.Elements<Respelling>(All).ListOf().Select(list => (IReadOnlyList<Respelling>)[.. list]),
        list => Enumerable.Range(0, list.Count)
            .Select(left => (IReadOnlyList<Respelling>)[.. list.Where((_, i) => i != left)]));

    public override string ToString() => Name;

    /// <param name="isEscaped">Written with blanks, and with escapes for every letter beyond ASCII.</param>
    public static byte[] Of(ReadOnlyMemory<byte> json, IEnumerable<Respelling> respellings, bool isEscaped)
    {
        var cdr = respellings.Aggregate(JsonNode.Parse(json.Span)!.AsObject(), (now, one) => one.Apply(now));
        return Encoding.UTF8.GetBytes(cdr.ToJsonString(new JsonSerializerOptions
        {
            WriteIndented = isEscaped,
            Encoder = isEscaped
                ? System.Text.Encodings.Web.JavaScriptEncoder.Default
                : System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }));
    }

    private static string InTokyo(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture)
        .ToOffset(TimeSpan.FromHours(9)).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    private static JsonObject With(JsonObject cdr, params (string Name, JsonNode? Value)[] members)
    {
        foreach (var (name, value) in members)
        {
            cdr[name] = value;
        }

        return cdr;
    }

    private static JsonObject Dimensions(JsonObject cdr)
    {
        foreach (var period in cdr["charging_periods"]!.AsArray())
        {
            period!["dimensions"] = new JsonArray([.. period["dimensions"]!.AsArray().Reverse().Select(each => each!.DeepClone())]);
        }

        return cdr;
    }

    private static JsonObject Texts(JsonObject cdr, Func<string, string, string> change) =>
        (JsonObject)Changed("", cdr, (name, value) => value.GetValueKind() == JsonValueKind.String
            ? JsonValue.Create(change(name, value.GetValue<string>()))
            : null)!;

    private static JsonObject Values(JsonObject cdr, Func<string, string, JsonNode?> change) =>
        (JsonObject)Changed("", cdr, (name, value) => value.GetValueKind() == JsonValueKind.Number
            ? change(name, value.ToJsonString())
            : null)!;

    private static JsonNode? Changed(string name, JsonNode? node, Func<string, JsonValue, JsonNode?> change) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member =>
            KeyValuePair.Create(member.Key, Changed(member.Key, member.Value, change)))),
        JsonArray list => new JsonArray([.. list.Select(each => Changed(name, each, change))]),
        JsonValue value => change(name, value) ?? value.DeepClone(),
        _ => null,
    };

    private static JsonNode? Reversed(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Reverse().Select(member => KeyValuePair.Create(member.Key, Reversed(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Reversed)]),
        _ => node?.DeepClone(),
    };

    [GeneratedRegex("^[0-9-]{10}T[0-9:]{8}Z$", RegexOptions.NonBacktracking)]
    private static partial Regex Time();
}
