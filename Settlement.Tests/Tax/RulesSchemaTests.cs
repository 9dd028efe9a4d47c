using System.Text.Json;
using System.Text.RegularExpressions;
using Settlement.Domain;

namespace Settlement.Tests.Tax;

/// <summary>The rules file keeps to its schema, as far as the schema says anything.</summary>
public class RulesSchemaTests
{
    private static readonly JsonElement Schema = Read("tax-rules.schema.json");

    [Fact]
    public void The_rules_file_keeps_to_its_schema() =>
        Faults(Read("tax-rules.json"), Schema, "").ShouldBeEmpty();

    [Theory]
    [InlineData("""{"about":"","rules":[],"rows":[{"row":"x","outcome":"lost","rules":[],"reason":""}]}""",
        "/rows/0/outcome")]
    [InlineData("""{"about":"","rules":[],"rows":[{"row":"x","outcome":"open","rules":[]}]}""",
        "/rows/0/reason")]
    [InlineData("""{"about":"","rules":[],"rows":[],"more":1}""", "/more")]
    [InlineData("""{"about":1,"rules":[],"rows":[]}""", "/about")]
    public void A_file_that_does_not_is_told_where(string json, string where)
    {
        using var document = JsonDocument.Parse(json);
        Faults(document.RootElement, Schema, "").ShouldBe([where]);
    }

    private static JsonElement Read(string name)
    {
        using var document = JsonDocument.Parse(EmbeddedText.Read("Tax.Data." + name));
        return document.RootElement.Clone();
    }

    private static IEnumerable<string> Faults(JsonElement value, JsonElement schema, string at)
    {
        if (schema.TryGetProperty("$ref", out var name))
        {
            schema = Schema.GetProperty("$defs").GetProperty(name.GetString()!["#/$defs/".Length..]);
        }

        var faulty = (
            schema.TryGetProperty("enum", out var words)
                && !words.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value)))
            || (schema.TryGetProperty("type", out var type) && !Is(value, type.GetString()!))
            || (schema.TryGetProperty("pattern", out var pattern)
                && !Regex.IsMatch(
                    value.GetString()!, pattern.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1)));
        return faulty ? [at] : value.ValueKind switch
        {
            JsonValueKind.Object => OfObject(value, schema, at),
            JsonValueKind.Array =>
                value.EnumerateArray()
                    .SelectMany((each, i) => Faults(each, schema.GetProperty("items"), $"{at}/{i}")),
            _ => [],
        };
    }

    private static IEnumerable<string> OfObject(JsonElement value, JsonElement schema, string at)
    {
        var known = schema.GetProperty("properties");
        var missing = schema.TryGetProperty("required", out var required)
            ? required.EnumerateArray().Select(each => each.GetString()!)
                .Where(each => !value.TryGetProperty(each, out _))
            : [];
        return missing.Select(each => $"{at}/{each}").Concat(value.EnumerateObject().SelectMany(field =>
            known.TryGetProperty(field.Name, out var inner)
                ? Faults(field.Value, inner, $"{at}/{field.Name}")
                : [$"{at}/{field.Name}"]));
    }

    private static bool Is(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a type of the schema"),
    };
}
