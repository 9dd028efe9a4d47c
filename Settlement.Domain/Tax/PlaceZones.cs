using System.Collections.Frozen;

namespace Settlement.Domain.Tax;

/// <summary>
/// IANA zones of places, from the zone boundaries in law (49 CFR part 71; provincial time acts).
/// </summary>
internal static class PlaceZones
{
    // Whole provinces and states with one zone. Left out on purpose, because they have two or more: BC (Peace
    // River and the Kootenays keep Mountain time), NL (Labrador), NU, ON (west of 90° W), QC (the Magdalen
    // Islands and the coast east of 63° W keep Atlantic time), SK (Lloydminster follows Alberta); AK, AZ (the
    // Navajo Nation keeps daylight time), FL, ID, IN, KS, KY, MI, ND, NE, NV, OR, SD, TN, TX.
    private static readonly FrozenDictionary<string, string> Whole = new Dictionary<string, string[]>
    {
        ["America/Halifax"] = ["CA-NS", "CA-PE"],
        ["America/Moncton"] = ["CA-NB"],
        ["America/Winnipeg"] = ["CA-MB"],
        ["America/Edmonton"] = ["CA-AB", "CA-NT"],
        ["America/Whitehorse"] = ["CA-YT"],
        ["America/New_York"] =
        [
            "US-CT", "US-DC", "US-DE", "US-GA", "US-MA", "US-MD", "US-ME", "US-NC", "US-NH", "US-NJ", "US-NY",
            "US-OH", "US-PA", "US-RI", "US-SC", "US-VA", "US-VT", "US-WV",
        ],
        ["America/Chicago"] =
            ["US-AL", "US-AR", "US-IA", "US-IL", "US-LA", "US-MN", "US-MO", "US-MS", "US-OK", "US-WI"],
        ["America/Denver"] = ["US-CO", "US-MT", "US-NM", "US-UT", "US-WY"],
        ["America/Los_Angeles"] = ["US-CA", "US-WA"],
        ["Pacific/Honolulu"] = ["US-HI"],
    }.SelectMany(zone => zone.Value, (zone, code) => (code, zone.Key))
        .ToFrozenDictionary(pair => pair.code, pair => pair.Key, StringComparer.Ordinal);

    public static string? Of(Place place) =>
        Whole.GetValueOrDefault(place.Code)
            ?? (place.PostalCode is { } postal ? ByPostalCode(place.Code, postal) : null);

    /// <summary>Parts of a province with two zones that lie in one of them with certainty.</summary>
    private static string? ByPostalCode(string code, string postal) => code switch
    {
        "CA-ON" => postal[0] is 'K' or 'L' or 'M' or 'N' ? "America/Toronto" : null,
        // Montreal, the west and the cities of the east; not G0 (rural, reaches Blanc-Sablon) nor G4 (the
        // islands).
        "CA-QC" => postal[0] is 'H' or 'J' || postal is ['G', >= '1' and <= '9' and not '4', ..]
            ? "America/Toronto"
            : null,
        // The Lower Mainland, its suburbs and Vancouver Island.
        "CA-BC" => postal is ['V', >= '3' and <= '9', ..] ? "America/Vancouver" : null,
        _ => null,
    };
}
