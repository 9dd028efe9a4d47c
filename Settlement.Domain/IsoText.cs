using NodaTime;
using NodaTime.Text;

namespace Settlement.Domain;

/// <summary>Months and days as ISO 8601 writes them, the same in every culture.</summary>
public static class IsoText
{
    /// <summary><c>2026-10</c>.</summary>
    /// <summary>No session, document or rate is of an earlier or a later year: such a year is a slip or a sentinel.</summary>
    public const int FirstYear = 1900;
    public const int LastYear = 2199;

    /// <summary>A month like 2026-10; null where there is none in the text, or one of another age.</summary>
    public static YearMonth? Month(string? text) =>
        text is not null && YearMonthPattern.Iso.Parse(text) is { Success: true, Value: { Year: >= FirstYear and <= LastYear } month }
            ? month
            : null;

    /// <summary>A day like 2026-11-03; null where there is none in the text, or one of another age.</summary>
    public static LocalDate? Day(string? text) =>
        text is not null && LocalDatePattern.Iso.Parse(text) is { Success: true, Value: { Year: >= FirstYear and <= LastYear } day }
            ? day
            : null;

    public static string Text(this YearMonth month) => YearMonthPattern.Iso.Format(month);

    /// <summary><c>2026-10-31</c>.</summary>
    public static string Text(this LocalDate day) => LocalDatePattern.Iso.Format(day);
}
