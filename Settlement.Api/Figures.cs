using System.Globalization;
using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Api;

/// <summary>
/// Numbers and times as people read them: thousands separators, '.' decimals, ISO dates. Money is
/// never rounded.
/// </summary>
public static class Figures
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>Minor units as an amount with the currency's own decimals: <c>1,234.50</c>.</summary>
    public static string Amount(long minor, Currency currency) =>
        new Money(minor, currency).Amount.ToString("N" + currency.MinorUnits.ToString(Plain), Plain);

    public static string Amount(long minor, string currency) => Amount(minor, Currency.Of(currency));

    /// <summary>An amount that need not be whole minor units, all its digits, two at least.</summary>
    public static string Exact(decimal amount) => amount.ToString("#,##0.00##########", Plain);

    /// <summary>A quantity or price with the digits it has.</summary>
    public static string Number(decimal value) => value.ToString("#,##0.############", Plain);

    /// <summary>For memo columns only: two decimals, half away from zero.</summary>
    public static string TwoDecimals(decimal amount) =>
        decimal.Round(amount, 2, MidpointRounding.AwayFromZero).ToString("N2", Plain);

    public static string Whole(long number) => number.ToString("N0", Plain);

    public static string Kwh(decimal kwh) => kwh.ToString("N3", Plain);

    /// <summary>Whole seconds as hours and minutes, seconds only where there are any.</summary>
    public static string Span(decimal seconds)
    {
        var whole = (long)decimal.Round(Math.Abs(seconds), MidpointRounding.AwayFromZero);
        var sign = seconds < 0 ? "-" : "";
        var (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60);
        var text = hours > 0 ? $"{hours.ToString("N0", Plain)} h {minutes:00} min" : $"{minutes} min";
        return sign + (rest > 0 ? $"{text} {rest:00} s" : text);
    }

    /// <summary>Hours and minutes in figures, <c>1,234:05</c>; seconds are left out.</summary>
    public static string Clock(decimal seconds)
    {
        var minutes = (long)decimal.Truncate(Math.Abs(seconds) / 60m);
        return $"{(seconds < 0 ? "-" : "")}{(minutes / 60).ToString("N0", Plain)}:{minutes % 60:00}";
    }

    public static string Time(Instant instant) => instant.ToString("uuuu-MM-dd HH:mm:ss'Z'", Plain);

    /// <summary>To the minute, for columns that say UTC in their head.</summary>
    public static string Minute(Instant instant) => instant.ToString("uuuu-MM-dd HH:mm", Plain);

    /// <summary>Date and time in a zone; the zone's name is the caller's to show.</summary>
    public static string Local(Instant instant, DateTimeZone zone) =>
        instant.InZone(zone).LocalDateTime.ToString("uuuu-MM-dd HH:mm:ss", Plain);

    public static string Day(LocalDate day) => day.ToString("uuuu-MM-dd", Plain);

    /// <summary><c>October 2026</c>, for headings.</summary>
    public static string Month(YearMonth month) => month.ToString("MMMM uuuu", Plain);
}
