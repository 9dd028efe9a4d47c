using System.Globalization;
using System.Text.RegularExpressions;

namespace Settlement.Domain.Reconciliation;

/// <summary>
/// Numbers as finance people's lists have them. What can mean two numbers is none: a list is refused rather than read at
/// a thousand times its amount.
/// </summary>
public static partial class ListNumber
{
    /// <summary>A currency sign, and the currencies it may stand for.</summary>
    private static readonly (char Sign, string[] Currencies)[] Signs =
    [
        ('$', ["CAD", "USD", "AUD", "NZD", "MXN", "HKD", "SGD", "XCD"]), ('€', ["EUR"]), ('£', ["GBP"]),
    ];

    /// <summary>A quantity; null: it is no number, or might be two.</summary>
    /// <param name="commas">The partner writes decimals with a comma.</param>
    public static decimal? Quantity(string text, bool commas) => Read(text.Trim(), commas, isAmount: false);

    /// <summary>An amount, with or without the sign of its currency, before or after it.</summary>
    public static decimal? Amount(string text, bool commas, string? currency)
    {
        var plain = text.Trim();
        foreach (var (sign, currencies) in Signs)
        {
            if (plain.Contains(sign, StringComparison.Ordinal))
            {
                return currency is null || !currencies.Contains(currency) || WithoutSign(plain, sign) is not { } rest
                    ? null
                    : Read(rest, commas, isAmount: true);
            }
        }

        return Read(plain, commas, isAmount: true);
    }

    private static string? WithoutSign(string text, char sign)
    {
        var minus = text[0] == '-' ? "-" : "";
        var rest = text[minus.Length..];
        return rest[0] == sign ? minus + rest[1..].TrimStart()
            : rest[^1] == sign ? minus + rest[..^1].TrimEnd()
            : null;
    }

    private static decimal? Read(string text, bool commas, bool isAmount)
    {
        var plain = Plain().IsMatch(text) ? text
            : CommaGroups().IsMatch(text) ? text.Replace(",", "", StringComparison.Ordinal)
            : BlankGroups().IsMatch(text) ? Joined(text)
            : PointGroups().IsMatch(text) ? Joined(text.Replace(".", "", StringComparison.Ordinal))
            : commas && Comma().IsMatch(text) && !(isAmount && Thousands().IsMatch(text)) ? Joined(text)
            : null;
        return decimal.TryParse(
            plain, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }

    /// <summary>Without the blanks between groups, the decimal comma as a point.</summary>
    private static string Joined(string text) =>
        string.Concat(text.Where(c => c is not (' ' or '\u00A0' or '\u202F'))).Replace(',', '.');

    [GeneratedRegex(@"\A[+-]?[0-9]*\.?[0-9]+\z|\A[+-]?[0-9]+\.\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();

    /// <summary>1,234.56: groups of commas are only told from decimals by the point that follows.</summary>
    [GeneratedRegex(@"\A[+-]?[0-9]{1,3}(,[0-9]{3})+\.[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex CommaGroups();

    [GeneratedRegex(@"\A[+-]?[0-9]{1,3}([ \u00A0\u202F][0-9]{3})+([.,][0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex BlankGroups();

    /// <summary>1.234,56</summary>
    [GeneratedRegex(@"\A[+-]?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex PointGroups();

    [GeneratedRegex(@"\A[+-]?[0-9]+,[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Comma();

    /// <summary>1,234 may be a thousand of an amount.</summary>
    [GeneratedRegex(@"\A[+-]?[1-9][0-9]{0,2},[0-9]{3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Thousands();
}
