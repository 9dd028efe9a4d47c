using NodaTime;
using NodaTime.Text;

namespace Settlement.Domain;

/// <summary>Months and days as ISO 8601 writes them, the same in every culture.</summary>
public static class IsoText
{
    /// <summary><c>2026-10</c>.</summary>
    public static string Text(this YearMonth month) => YearMonthPattern.Iso.Format(month);

    /// <summary><c>2026-10-31</c>.</summary>
    public static string Text(this LocalDate day) => LocalDatePattern.Iso.Format(day);
}
