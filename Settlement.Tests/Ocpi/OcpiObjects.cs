using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Settlement.Tests.Ocpi;

/// <summary>
/// Checks an object against what its version of OCPI has: members, cardinalities, types, lengths, values of enums. Made
/// from Vectors/Ocpi/objects.txt, and independent of our readers and writers.
/// </summary>
internal static partial class OcpiObjects
{
    private sealed record Member(string Object, string Name, string[] Versions, string Type, string Cardinality);

    private static readonly string[][] Lines =
        [.. File.ReadAllLines(Path.Combine(Checkout.Root, "Settlement.Tests", "Vectors", "Ocpi", "objects.txt"))
            .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' '))];

    private static readonly ILookup<string, Member> Members = Lines.Where(line => line[0] != "enum")
        .Select(line => new Member(line[0], line[1], line[2].Split(','), line[3], line[4]))
        .ToLookup(member => member.Object, StringComparer.Ordinal);

    private static readonly Dictionary<(string Name, string Version), string[]> Enums = Lines.Where(line => line[0] == "enum")
        .SelectMany(line => line[2].Split(','), (line, version) => (Key: (line[1], version), Values: line[3..]))
        .ToDictionary(each => each.Key, each => each.Values);

    /// <summary>What is not to the letter; version as in <c>2.2.1</c>.</summary>
    public static List<string> Faults(string name, string version, JsonNode? node)
    {
        var faults = new List<string>();
        Check(name, version.Replace(".", "", StringComparison.Ordinal), node, name, faults);
        return faults;
    }

    private static void Check(string name, string version, JsonNode? node, string at, List<string> faults)
    {
        if (node is not JsonObject read)
        {
            faults.Add($"{at}: not an object");
            return;
        }

        var members = Members[name].Where(member => member.Versions.Contains(version)).ToList();
        members.ShouldNotBeEmpty($"{name} in {version}");
        faults.AddRange(read.Select(member => member.Key).Except(members.Select(member => member.Name))
            .Select(unknown => $"{at}/{unknown}: not in {version}"));
        foreach (var member in members)
        {
            var place = $"{at}/{member.Name}";
            switch (member.Cardinality)
            {
                case "1" when read[member.Name] is null:
                    faults.Add($"{place}: missing");
                    break;
                case "*" or "+":
                    List(member, version, read[member.Name], place, faults);
                    break;
                default:
                    if (read[member.Name] is { } value)
                    {
                        Value(member.Type, version, value, place, faults);
                    }
                    else if (read.ContainsKey(member.Name))
                    {
                        faults.Add($"{place}: null");
                    }

                    break;
            }
        }
    }

    private static void List(Member member, string version, JsonNode? node, string at, List<string> faults)
    {
        if (node is null && member.Cardinality == "*")
        {
            return;
        }

        if (node is not JsonArray list || (list.Count == 0 && member.Cardinality == "+"))
        {
            faults.Add($"{at}: {member.Cardinality} of {member.Type}");
            return;
        }

        for (var i = 0; i < list.Count; i++)
        {
            Value(member.Type, version, list[i], $"{at}/{i}", faults);
        }
    }

    private static void Value(string type, string version, JsonNode? value, string at, List<string> faults)
    {
        if (Members.Contains(type))
        {
            Check(type, version, value, at, faults);
            return;
        }

        var text = value is JsonValue one && one.TryGetValue<string>(out var read) ? read : null;
        var good = type switch
        {
            "any" => value is JsonObject,
            "num" => value is JsonValue && text is null && decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out _),
            "int" => value is JsonValue && text is null && long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            "bool" => value?.ToJsonString() is "true" or "false",
            "time" => text is { Length: <= 25 } && (version == "211" ? Seconds() : Fractions()).IsMatch(text),
            "date" => text is { Length: 10 } && DateOnly.TryParseExact(text, "yyyy-MM-dd", out _),
            "clock" => text is { Length: 5 } && TimeOnly.TryParseExact(text, "HH:mm", out _),
            "url" => text is { Length: <= 255 },
            "latitude" => text is { Length: <= 10 } && Latitude().IsMatch(text) && (version != "211" || SixDecimals(text)),
            "longitude" => text is { Length: <= 11 } && Longitude().IsMatch(text) && (version != "211" || SixDecimals(text)),
            _ when type.StartsWith("str(", StringComparison.Ordinal) =>
                text is { Length: > 0 } && text.Length <= int.Parse(type[4..^1], CultureInfo.InvariantCulture),
            _ => text is not null && Enums[(type, version)].Contains(text, StringComparer.Ordinal),
        };
        if (!good)
        {
            faults.Add($"{at}: {value?.ToJsonString() ?? "null"} is not {type} of {version}");
        }
    }

    private static bool SixDecimals(string degrees) => degrees.Length - degrees.IndexOf('.', StringComparison.Ordinal) == 7;

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Seconds();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fractions();

    [GeneratedRegex(@"^-?\d{1,2}\.\d{5,7}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Latitude();

    [GeneratedRegex(@"^-?\d{1,3}\.\d{5,7}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Longitude();
}
