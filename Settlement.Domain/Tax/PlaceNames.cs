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
        CA-AB Alberta|Alta|Alb
        CA-BC British Columbia|Colombie Britannique|C B
        CA-MB Manitoba|Man
        CA-NB New Brunswick|Nouveau Brunswick|N B
        CA-NL Newfoundland and Labrador|Newfoundland|Terre Neuve et Labrador|Terre Neuve|NF|NFLD|Nfld and Labrador|T N L
        CA-NS Nova Scotia|Nouvelle Ecosse|N E
        CA-NT Northwest Territories|Territoires du Nord Ouest|NWT|N W T|T N O|TN O
        CA-NU Nunavut
        CA-ON Ontario|Ont
        CA-PE Prince Edward Island|Ile du Prince Edouard|PEI|P E I|Prince Edward Is|Prince Edward Isl|I P E
        CA-QC Quebec|PQ|Que|P Q
        CA-SK Saskatchewan|Sask
        CA-YT Yukon|Yukon Territory|YK
        """;

    private const string UnitedStates = """
        US-AL Alabama|Ala
        US-AK Alaska
        US-AZ Arizona|Ariz
        US-AR Arkansas|Ark
        US-CA California|Calif
        US-CO Colorado|Colo
        US-CT Connecticut|Conn
        US-DE Delaware|Del
        US-DC District of Columbia|Washington DC|D C
        US-FL Florida|Fla
        US-GA Georgia
        US-HI Hawaii
        US-ID Idaho
        US-IL Illinois|Ill
        US-IN Indiana|Ind
        US-IA Iowa
        US-KS Kansas|Kan|Kans
        US-KY Kentucky
        US-LA Louisiana
        US-ME Maine
        US-MD Maryland
        US-MA Massachusetts|Mass
        US-MI Michigan|Mich
        US-MN Minnesota|Minn
        US-MS Mississippi|Miss
        US-MO Missouri
        US-MT Montana|Mont
        US-NE Nebraska|Neb|Nebr
        US-NV Nevada|Nev
        US-NH New Hampshire|N H
        US-NJ New Jersey|N J
        US-NM New Mexico|N M|N Mex
        US-NY New York|N Y
        US-NC North Carolina|N C
        US-ND North Dakota|N D|N Dak
        US-OH Ohio
        US-OK Oklahoma|Okla
        US-OR Oregon|Ore|Oreg
        US-PA Pennsylvania|Penn|Penna
        US-RI Rhode Island|R I
        US-SC South Carolina|S C
        US-SD South Dakota|S D|S Dak
        US-TN Tennessee|Tenn
        US-TX Texas|Tex
        US-UT Utah
        US-VT Vermont
        US-VA Virginia
        US-WA Washington|Wash
        US-WV West Virginia|W Va
        US-WI Wisconsin|Wis|Wisc
        US-WY Wyoming|Wyo
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
                // a dot, or an accent written as its own character
                '.' or '\u0300' or '\u0301' or '\u0302' or '\u0308' => "",
                _ => letter.ToString(),
            });
        }

        return folded.ToString();
    }
}
