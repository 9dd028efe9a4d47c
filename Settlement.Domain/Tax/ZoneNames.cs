using System.Collections.Frozen;
using NodaTime;
using NodaTime.TimeZones;

namespace Settlement.Domain.Tax;

/// <summary>
/// Time zones as partners write them: IANA names in any case, and the names of Windows. A fixed offset (EST,
/// Etc/GMT+5, -05:00, UTC) is no zone of a place: it does not say when daylight time begins there.
/// </summary>
public static class ZoneNames
{
    private const string AnyTerritory = "001";

    private static readonly FrozenDictionary<string, string> Iana = DateTimeZoneProviders.Tzdb.Ids
        .Where(id => !IsOffset(id)).ToFrozenDictionary(id => id, StringComparer.OrdinalIgnoreCase);

    // by name and territory; a territory's list may name several zones: the first is its largest
    private static readonly FrozenDictionary<(string, string), string> Windows =
        TzdbDateTimeZoneSource.Default.WindowsMapping.MapZones
            .Where(map => !map.TzdbIds.All(IsOffset))
            .ToFrozenDictionary(map => (map.WindowsId.ToUpperInvariant(), map.Territory), map => map.TzdbIds[0]);

    /// <summary>The zone of a name, or what is wrong with it.</summary>
    /// <param name="country">ISO 3166-1 alpha-2, which decides what a name of Windows means; null: unknown.</param>
    public static (DateTimeZone? Zone, string? Fault) Read(string name, string? country)
    {
        var text = name.Trim();
        if (Iana.TryGetValue(text.Replace(' ', '_'), out var id)
            || Windows.TryGetValue((text.ToUpperInvariant(), country ?? AnyTerritory), out id)
            || Windows.TryGetValue((text.ToUpperInvariant(), AnyTerritory), out id))
        {
            return (DateTimeZoneProviders.Tzdb[id], null);
        }

        return (null, IsOffset(text)
            ? $"The time zone '{text}' is an offset without the days of daylight time: "
                + "an IANA name such as America/Toronto is needed."
            : $"The time zone '{text}' is not an IANA name such as America/Toronto.");
    }

    private static bool IsOffset(string name) =>
        name.StartsWith("Etc/", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("GMT", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("UTC", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith('+') || name.StartsWith('-') || name.StartsWith('\u2212')
        || name.ToUpperInvariant() is "EST" or "MST" or "HST" or "UCT" or "Z" or "ZULU" or "UNIVERSAL" or "GREENWICH";
}
