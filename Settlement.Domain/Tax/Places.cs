using NodaTime;

namespace Settlement.Domain.Tax;

/// <summary>
/// Finds the jurisdiction of a charger: state or province, else the postal code, else nothing.
/// </summary>
public static class Places
{
    /// <summary>
    /// From country and state, else the postal code; null where it cannot be told (then
    /// <c>place.unknown</c>).
    /// </summary>
    /// <remarks>Also null where state and postal code contradict each other: <see cref="Locate"/> says
    /// why.</remarks>
    public static Place? Find(string countryAlpha3, string? state, string? postalCode, string? city) =>
        Locate(countryAlpha3, state, postalCode, city).Place;

    /// <summary>The place of an ISO 3166-2 code, in any case; null where no rules are known for it.</summary>
    public static Place? Named(string code) =>
        code.Trim() is { Length: > 3 } text && CountryOf(text[..2]) is { } nation && text[2] == '-'
        && PlaceNames.Code(nation, text[3..]) is { } found
            ? new Place(found, null, "as asked")
            : null;

    /// <summary>Every state and province whose rules are known or asked for, as ISO 3166-2.</summary>
    public static IReadOnlyList<string> Codes => PlaceNames.Codes;

    /// <summary>The English name of an ISO 3166-2 code; null where no rules are known for it.</summary>
    public static string? NameOf(string code) => PlaceNames.Name(code);

    /// <summary>A place, or the refusal that says what contradicts or is missing.</summary>
    public static (Place? Place, Refusal? Refusal) Locate(
        string country, string? state, string? postalCode, string? city)
    {
        if (CountryOf(country) is not { } nation)
        {
            return Unknown($"No tax places are known in {country}.");
        }

        var postal = PostalCodes.Normalise(nation, postalCode);
        var candidates = postal is null ? [] : PostalCodes.Candidates(nation, postal);
        if (!string.IsNullOrWhiteSpace(state))
        {
            if (PlaceNames.Code(nation, state) is not { } code)
            {
                return Unknown($"{state} is no state or province of {country}.");
            }

            return candidates.Count == 0 || candidates.Contains(code)
                ? Found(code, "state", postal, city)
                : (null, new Refusal("place.conflict",
                    $"State {code} and postal code {postal} ({string.Join(" or ", candidates)}) contradict: "
                    + "correct the location."));
        }

        return candidates.Count == 1
            ? Found(candidates[0], $"postal code {postal}", postal, city)
            : Unknown(candidates.Count == 0
                ? $"Neither a state nor a known postal code of {country} is given."
                : $"Postal code {postal} may lie in {string.Join(" or ", candidates)}: the state is needed.");
    }

    /// <summary>The IANA zone where the whole jurisdiction has only one; else null, never a guess.</summary>
    /// <remarks>
    /// Where a province or state has two, a postal code that lies in one of them with certainty decides.
    /// </remarks>
    public static DateTimeZone? ZoneOf(Place place) =>
        PlaceZones.Of(place) is { } id ? DateTimeZoneProviders.Tzdb[id] : null;

    private static (Place?, Refusal?) Found(string code, string foundBy, string? postal, string? city) =>
        (new Place(code, null, foundBy)
        {
            PostalCode = postal,
            City = string.IsNullOrWhiteSpace(city) ? null : city.Trim(),
        }, null);

    private static (Place?, Refusal?) Unknown(string message) =>
        (null, new Refusal("place.unknown", message));

    private static string? CountryOf(string country) => country.Trim().ToUpperInvariant() switch
    {
        "CAN" or "CA" or "CANADA" => "CA",
        "USA" or "US" or "UNITED STATES" or "UNITED STATES OF AMERICA" => "US",
        _ => null,
    };
}
