using System.Globalization;

namespace Settlement.Tests.Files;

/// <summary>
/// Cultures as they are in Turkey, French Canada and the United States. The program runs without the system's culture
/// data, so their rules are written here: a decimal comma, other separators, another sign, other month names.
/// </summary>
internal static class Cultures
{
    public static IReadOnlyList<CultureInfo> Three { get; } =
    [
        Like(",", ".", "-", "dd.MM.yyyy"), Like(",", "\u00a0", "\u2212", "yyyy-MM-dd"), Like(".", ",", "-", "M/d/yyyy"),
    ];

    /// <summary>Does something in a culture, which is put back.</summary>
    public static T In<T>(CultureInfo culture, Func<T> work)
    {
        var (before, pages) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, culture);
            return work();
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (before, pages);
        }
    }

    private static CultureInfo Like(string point, string group, string minus, string date)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = point;
        culture.NumberFormat.NumberGroupSeparator = group;
        culture.NumberFormat.NegativeSign = minus;
        culture.NumberFormat.PercentSymbol = "pct";
        culture.DateTimeFormat.ShortDatePattern = date;
        culture.DateTimeFormat.DateSeparator = "/";
        culture.DateTimeFormat.TimeSeparator = ".";
        return culture;
    }
}
