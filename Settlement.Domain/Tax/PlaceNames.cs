using System.Collections.Frozen;
using System.Text;

namespace Settlement.Domain.Tax;

/// <summary>
/// Names of states, provinces and territories in English and French, as partners write them.
/// </summary>
internal static class PlaceNames
{
    // Code, then every other name. Accents, case, dots and hyphens do not matter.
    private const string Canada = """
        CA-AB Alberta
        CA-BC British Columbia|Colombie Britannique
        CA-MB Manitoba
        CA-NB New Brunswick|Nouveau Brunswick
        CA-NL Newfoundland and Labrador|Newfoundland|Terre Neuve et Labrador|NF
        CA-NS Nova Scotia|Nouvelle Ecosse
        CA-NT Northwest Territories|Territoires du Nord Ouest|NWT
        CA-NU Nunavut
        CA-ON Ontario
        CA-PE Prince Edward Island|Ile du Prince Edouard|PEI
        CA-QC Quebec|PQ
        CA-SK Saskatchewan
        CA-YT Yukon|Yukon Territory|YK
        """;

    private const string UnitedStates = """
        US-AL Alabama
        US-AK Alaska
        US-AZ Arizona
        US-AR Arkansas
        US-CA California
        US-CO Colorado
        US-CT Connecticut
        US-DE Delaware
        US-DC District of Columbia|Washington DC|D C
        US-FL Florida
        US-GA Georgia
        US-HI Hawaii
        US-ID Idaho
        US-IL Illinois
        US-IN Indiana
        US-IA Iowa
        US-KS Kansas
        US-KY Kentucky
        US-LA Louisiana
        US-ME Maine
        US-MD Maryland
        US-MA Massachusetts
        US-MI Michigan
        US-MN Minnesota
        US-MS Mississippi
        US-MO Missouri
        US-MT Montana
        US-NE Nebraska
        US-NV Nevada
        US-NH New Hampshire
        US-NJ New Jersey
        US-NM New Mexico
        US-NY New York
        US-NC North Carolina
        US-ND North Dakota
        US-OH Ohio
        US-OK Oklahoma
        US-OR Oregon
        US-PA Pennsylvania
        US-RI Rhode Island
        US-SC South Carolina
        US-SD South Dakota
        US-TN Tennessee
        US-TX Texas
        US-UT Utah
        US-VT Vermont
        US-VA Virginia
        US-WA Washington
        US-WV West Virginia
        US-WI Wisconsin
        US-WY Wyoming
        """;

    private static readonly FrozenDictionary<string, string> ByName = Load(Canada).Concat(Load(UnitedStates))
        .ToFrozenDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>Every jurisdiction, as ISO 3166-2.</summary>
    public static IReadOnlyList<string> Codes { get; } =
        [.. ByName.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>
    /// The ISO 3166-2 code of a code or name, in any case; null where it is none of that country.
    /// </summary>
    public static string? Code(string country, string name) =>
        ByName.GetValueOrDefault($"{country}:{Fold(name)}");

    private static readonly FrozenDictionary<string, string> ByCode = Rows(Canada).Concat(Rows(UnitedStates))
        .ToFrozenDictionary(row => row[..5], row => row[6..].Split('|')[0], StringComparer.Ordinal);

    /// <summary>The English name of a code; null where it is none.</summary>
    public static string? Name(string code) => ByCode.GetValueOrDefault(code);

    private static string[] Rows(string table) =>
        table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IEnumerable<KeyValuePair<string, string>> Load(string table)
    {
        foreach (var row in Rows(table))
        {
            var code = row[..5];
            foreach (var name in row[6..].Split('|').Append(code).Append(code[3..]))
            {
                yield return new($"{code[..2]}:{Fold(name)}", code);
            }
        }
    }

    private static string Fold(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var letter in name.Trim().ToUpperInvariant())
        {
            folded.Append(letter switch
            {
                'É' or 'È' or 'Ê' or 'Ë' => "E",
                'Î' or 'Ï' => "I",
                'Ô' => "O",
                'À' or 'Â' => "A",
                '-' or '’' or '\'' => " ",
                '.' or '\u0301' or '\u0302' => "", // a dot, or an accent written as its own character
                _ => letter.ToString(),
            });
        }

        return folded.ToString();
    }
}
