using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// The content hash of a tariff that names a driver, without what names him: the hash stands in the clear, and who knows
/// the rest of the text could find an identifier in it by trying.
/// </summary>
internal static class HashWithout
{
    /// <param name="json">The tariff.</param>
    /// <param name="unread">What is left out, by its place, as <see cref="ReadingNotes.Unread"/> writes it.</param>
    public static string Of(ReadOnlySpan<byte> json, string unread)
    {
        var tariff = JsonNode.Parse(json)!;
        using var places = JsonDocument.Parse(unread);
        foreach (var place in places.RootElement.EnumerateObject())
        {
            Blank(tariff, place.Name.Split('/')[1..]);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(tariff.ToJsonString())));
    }

    private static void Blank(JsonNode node, string[] place)
    {
        for (var i = 0; ; i++)
        {
            var isLast = i == place.Length - 1;
            switch (node)
            {
                case JsonObject parent when NameIn(parent, place[i]) is { } name:
                    if (isLast || parent[name] is null)
                    {
                        parent[name] = null;
                        return;
                    }

                    node = parent[name]!;
                    break;
                case JsonArray list when IndexIn(list, place[i]) is { } index:
                    if (isLast || list[index] is null)
                    {
                        list[index] = null;
                        return;
                    }

                    node = list[index]!;
                    break;
                default:
                    return;
            }
        }
    }

    // several values at one place are numbered
    private static string? NameIn(JsonObject parent, string part) =>
        new[] { part, part.Split('#')[0] }.Select(name => name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))
            .FirstOrDefault(parent.ContainsKey);

    private static int? IndexIn(JsonArray list, string part) =>
        int.TryParse(part.Split('#')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count
            ? index
            : null;
}
