namespace Settlement.Domain.Ocpi;

/// <summary>Countries as OCPI writes them in places: ISO 3166-1 alpha-3.</summary>
internal static class Countries
{
    private const int LongestName = 60;

    /// <summary>
    /// Alpha-2 codes that partners write by mistake (the 2.1.1 example does), for the countries we know.
    /// </summary>
    private static readonly Dictionary<string, string> FromAlpha2 = new(StringComparer.Ordinal)
    {
        ["CA"] = "CAN", ["US"] = "USA", ["MX"] = "MEX", ["GB"] = "GBR", ["IE"] = "IRL", ["FR"] = "FRA",
        ["DE"] = "DEU", ["BE"] = "BEL", ["NL"] = "NLD", ["LU"] = "LUX", ["ES"] = "ESP", ["PT"] = "PRT",
        ["IT"] = "ITA", ["AT"] = "AUT", ["CH"] = "CHE", ["PL"] = "POL", ["CZ"] = "CZE", ["DK"] = "DNK",
        ["SE"] = "SWE", ["NO"] = "NOR", ["FI"] = "FIN", ["IS"] = "ISL", ["GR"] = "GRC", ["AU"] = "AUS",
        ["NZ"] = "NZL", ["JP"] = "JPN", ["PR"] = "PRI",
    };

    /// <summary>Names that platforms write instead of a code.</summary>
    private static readonly Dictionary<string, string> FromName = new(StringComparer.Ordinal)
    {
        ["CANADA"] = "CAN", ["UNITED STATES"] = "USA", ["UNITED STATES OF AMERICA"] = "USA", ["U.S.A."] = "USA",
        ["U.S."] = "USA", ["ÉTATS-UNIS"] = "USA", ["ETATS-UNIS"] = "USA", ["MEXICO"] = "MEX", ["MÉXICO"] = "MEX",
        ["MEXIQUE"] = "MEX", ["PUERTO RICO"] = "PRI",
    };

    public static string? Alpha3(ref JsonCursor json)
    {
        var text = json.Code("country", LongestName);
        if (text is null || text.Length == 3)
        {
            return text;
        }

        json.Notes.Find(IntakeFindings.CountryForm, "country", "is no ISO 3166-1 alpha-3 code");
        return FromAlpha2.GetValueOrDefault(text) ?? FromName.GetValueOrDefault(text.Trim(), text);
    }
}
