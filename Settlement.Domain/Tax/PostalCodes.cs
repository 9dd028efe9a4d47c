namespace Settlement.Domain.Tax;

/// <summary>
/// The states or provinces a postal code may lie in. Canada: first letter of the forward sortation area
/// (Canada Post), with the territories that share X and the areas that lie in two provinces. United States:
/// three-digit prefixes (USPS), with the prefixes that serve two states.
/// </summary>
internal static class PostalCodes
{
    // Prefix ranges by state; "063" and others below lie in two.
    private static readonly (int From, int To, string State)[] Zips =
    [
        (5, 5, "NY"), (10, 27, "MA"), (28, 29, "RI"), (30, 38, "NH"), (39, 49, "ME"), (50, 54, "VT"),
        (55, 55, "MA"), (56, 59, "VT"), (60, 69, "CT"), (70, 89, "NJ"), (100, 149, "NY"), (150, 196, "PA"),
        (197, 199, "DE"), (200, 200, "DC"), (201, 201, "VA"), (202, 205, "DC"), (206, 212, "MD"),
        (214, 219, "MD"), (220, 246, "VA"), (247, 268, "WV"), (270, 289, "NC"), (290, 299, "SC"),
        (300, 319, "GA"), (320, 339, "FL"), (341, 342, "FL"), (344, 344, "FL"), (346, 347, "FL"),
        (349, 349, "FL"), (350, 352, "AL"), (354, 369, "AL"), (370, 385, "TN"), (386, 397, "MS"),
        (398, 399, "GA"), (400, 427, "KY"), (430, 459, "OH"), (460, 479, "IN"), (480, 499, "MI"),
        (500, 516, "IA"), (520, 528, "IA"), (530, 532, "WI"), (534, 535, "WI"), (537, 549, "WI"),
        (550, 551, "MN"), (553, 567, "MN"), (569, 569, "DC"), (570, 577, "SD"), (580, 588, "ND"),
        (590, 599, "MT"), (600, 620, "IL"), (622, 629, "IL"), (630, 631, "MO"), (633, 641, "MO"),
        (644, 658, "MO"), (660, 662, "KS"), (664, 679, "KS"), (680, 681, "NE"), (683, 693, "NE"),
        (700, 701, "LA"), (703, 708, "LA"), (710, 714, "LA"), (716, 729, "AR"), (730, 731, "OK"),
        (733, 733, "TX"), (734, 741, "OK"), (743, 749, "OK"), (750, 770, "TX"), (772, 799, "TX"),
        (800, 816, "CO"), (820, 831, "WY"), (832, 838, "ID"), (840, 847, "UT"), (850, 853, "AZ"),
        (855, 857, "AZ"), (859, 860, "AZ"), (863, 865, "AZ"), (870, 871, "NM"), (873, 884, "NM"), (885, 885, "TX"), (889, 891, "NV"), (893, 895, "NV"), (897, 898, "NV"),
        (900, 908, "CA"), (910, 928, "CA"), (930, 961, "CA"), (967, 968, "HI"), (970, 979, "OR"),
        (980, 986, "WA"), (988, 994, "WA"), (995, 999, "AK"),
    ];

    /// <summary>ZIP codes that do not lie in the state of their prefix, or reach over its border.</summary>
    private static readonly Dictionary<string, string[]> ZipExceptions = new(StringComparer.Ordinal)
    {
        ["06390"] = ["US-NY"], // Fishers Island
        ["83414"] = ["US-WY"], // Alta, reached through Idaho
        ["42223"] = ["US-KY", "US-TN"], // Fort Campbell
        ["86515"] = ["US-AZ", "US-NM"], // Window Rock
        ["84536"] = ["US-AZ", "US-UT"], // Monument Valley
        ["97635"] = ["US-CA", "US-OR"], // New Pine Creek
        ["89439"] = ["US-CA", "US-NV"], // Verdi
        ["81137"] = ["US-CO", "US-NM"], // Ignacio
        ["73949"] = ["US-OK", "US-TX"], // Texhoma
        ["73960"] = ["US-TX"], // Texhoma
        ["20588"] = ["US-MD"], // federal offices near Washington
        ["20598"] = ["US-VA"],
        ["96799"] = [], // American Samoa
    };

    /// <summary>Areas that lie in two provinces.</summary>
    private static readonly Dictionary<string, string[]> SharedAreas = new(StringComparer.Ordinal)
    {
        ["K1A"] = ["CA-ON", "CA-QC"], // federal offices in Ottawa and Gatineau
        ["H0M"] = ["CA-ON", "CA-QC"], // Akwesasne
        ["R8A"] = ["CA-MB", "CA-SK"], // Flin Flon
        ["S9V"] = ["CA-AB", "CA-SK"], // Lloydminster
        ["T9V"] = ["CA-AB", "CA-SK"],
    };

    /// <summary>
    /// <c>H2X1Y4</c>, <c>H2X</c>, <c>98101</c> or <c>98101-1234</c>; null where it is none of these.
    /// </summary>
    public static string? Normalise(string country, string? postalCode)
    {
        if (string.IsNullOrWhiteSpace(postalCode))
        {
            return null;
        }

        var text = new string([.. postalCode.ToUpperInvariant().Where(char.IsAsciiLetterOrDigit)]);
        if (country == "CA")
        {
            return text.Length is 3 or 6
                && text.Index().All(at => at.Index % 2 == 0
                    ? char.IsAsciiLetter(at.Item)
                    : char.IsAsciiDigit(at.Item))
                ? text
                : null;
        }

        return text.All(char.IsAsciiDigit)
            ? text.Length switch { 5 => text, 9 => $"{text[..5]}-{text[5..]}", _ => null }
            : null;
    }

    /// <summary>Empty where nothing is known about the code.</summary>
    public static IReadOnlyList<string> Candidates(string country, string postal) =>
        country == "CA" ? Canadian(postal) : American(postal);

    private static string[] Canadian(string postal)
    {
        var area = postal[..3];
        if (SharedAreas.TryGetValue(area, out var shared))
        {
            return shared;
        }

        return postal[0] switch
        {
            'A' => ["CA-NL"],
            'B' => ["CA-NS"],
            'C' => ["CA-PE"],
            'E' => ["CA-NB"],
            'G' or 'H' or 'J' => ["CA-QC"],
            'K' or 'L' or 'M' or 'N' or 'P' => ["CA-ON"],
            'R' => ["CA-MB"],
            'S' => ["CA-SK"],
            'T' => ["CA-AB"],
            'V' => ["CA-BC"],
            'X' => area switch
            {
                "X0A" or "X0B" or "X0C" => ["CA-NU"],
                "X0E" or "X0G" or "X1A" => ["CA-NT"],
                _ => ["CA-NT", "CA-NU"],
            },
            'Y' => ["CA-YT"],
            _ => [],
        };
    }

    private static string[] American(string postal)
    {
        if (ZipExceptions.TryGetValue(postal[..5], out var exception))
        {
            return exception;
        }

        var prefix = (postal[0] - '0') * 100 + (postal[1] - '0') * 10 + (postal[2] - '0');
        var range = Array.Find(Zips, each => each.From <= prefix && prefix <= each.To);
        return range.State is null ? [] : [$"US-{range.State}"];
    }
}
