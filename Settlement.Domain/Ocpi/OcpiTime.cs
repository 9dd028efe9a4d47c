using NodaTime;

namespace Settlement.Domain.Ocpi;

internal enum TimeOutcome
{
    Ok,

    /// <summary>Understood, though OCPI does not write it so (an offset, no seconds, a leap second).</summary>
    OddForm,

    /// <summary>No session and no tariff is of that year: it stands for no time, or for no bound.</summary>
    Sentinel,
    Malformed,
}

/// <summary>
/// OCPI DateTime: UTC, RFC 3339 subset, <c>Z</c> optional, fractions allowed from 2.2. Read are also the other forms
/// of ISO 8601 that name one instant: <c>+0000</c>, <c>+00</c>, no seconds, a comma, a leap second.
/// </summary>
internal static class OcpiTime
{
    public static readonly string OutOfRange =
        $"is a time before {IsoText.FirstYear} or after {IsoText.LastYear}, which stands for a time that is not known";

    public static TimeOutcome Parse(ReadOnlySpan<byte> text, out Instant instant)
    {
        instant = default;
        if (text.Length < 16 || text[4] != '-' || text[7] != '-' || text[13] != ':'
            || !Two(text, 0, out var century) || !Two(text, 2, out var year) || !Two(text, 5, out var month)
            || !Two(text, 8, out var day) || !Two(text, 11, out var hour) || !Two(text, 14, out var minute)
            || text[10] is not ((byte)'T' or (byte)'t' or (byte)' '))
        {
            return TimeOutcome.Malformed;
        }

        year += century * 100;
        var outcome = text[10] == 'T' ? TimeOutcome.Ok : TimeOutcome.OddForm;
        var rest = text[16..];
        if (!TrySecond(ref rest, out var second, ref outcome) || !TryFraction(ref rest, out var nanoseconds, ref outcome)
            || !TryOffset(rest, out var offset, ref outcome)
            || month is < 1 or > 12 || day is < 1 or > 31 || hour > 23 || minute > 59)
        {
            return TimeOutcome.Malformed;
        }

        if (year is < IsoText.FirstYear or > IsoText.LastYear)
        {
            return TimeOutcome.Sentinel;
        }

        if (day > DateTime.DaysInMonth(year, month))
        {
            return TimeOutcome.Malformed;
        }

        var seconds = Days(year, month, day) * 86_400L + hour * 3600 + minute * 60 + second - offset;
        instant = Instant.FromUnixTimeSeconds(seconds);
        if (nanoseconds != 0)
        {
            instant = instant.PlusNanoseconds(nanoseconds);
        }

        return outcome;
    }

    /// <summary>Days since 1970-01-01.</summary>
    private static int Days(int year, int month, int day) =>
        new DateOnly(year, month, day).DayNumber - 719_162;

    private static bool Two(ReadOnlySpan<byte> text, int at, out int value)
    {
        var tens = text[at] - '0';
        var ones = text[at + 1] - '0';
        value = tens * 10 + ones;
        return tens is >= 0 and <= 9 && ones is >= 0 and <= 9;
    }

    /// <summary>A leap second is the second that follows it: clocks and prices know none.</summary>
    private static bool TrySecond(ref ReadOnlySpan<byte> rest, out int second, ref TimeOutcome outcome)
    {
        second = 0;
        if (rest.Length == 0 || rest[0] != ':')
        {
            outcome = TimeOutcome.OddForm;
            return true;
        }

        if (rest.Length < 3 || !Two(rest, 1, out second) || second > 60)
        {
            return false;
        }

        outcome = second == 60 ? TimeOutcome.OddForm : outcome;
        rest = rest[3..];
        return true;
    }

    /// <summary>Digits after the ninth are below a nanosecond and dropped.</summary>
    private static bool TryFraction(ref ReadOnlySpan<byte> rest, out long nanoseconds, ref TimeOutcome outcome)
    {
        nanoseconds = 0;
        if (rest.Length == 0 || rest[0] is not ((byte)'.' or (byte)','))
        {
            return true;
        }

        outcome = rest[0] == ',' ? TimeOutcome.OddForm : outcome;
        var end = 1;
        var unit = 100_000_000L;
        while (end < rest.Length && rest[end] is >= (byte)'0' and <= (byte)'9')
        {
            nanoseconds += (rest[end] - '0') * unit;
            unit /= 10;
            end++;
        }

        rest = rest[end..];
        return end > 1;
    }

    private static bool TryOffset(ReadOnlySpan<byte> rest, out int seconds, ref TimeOutcome outcome)
    {
        seconds = 0;
        if (rest.Length == 0 || (rest.Length == 1 && rest[0] == 'Z'))
        {
            return true;
        }

        outcome = TimeOutcome.OddForm;
        if (rest.Length == 1 && rest[0] == 'z')
        {
            return true;
        }

        // +05:30, +0530 or +05
        var minutesAt = rest.Length switch { 6 when rest[3] == ':' => 4, 5 => 3, 3 => -1, _ => 0 };
        var minutes = 0;
        if (minutesAt == 0 || rest[0] is not ((byte)'+' or (byte)'-') || !Two(rest, 1, out var hours)
            || (minutesAt > 0 && !Two(rest, minutesAt, out minutes)) || hours > 18 || minutes > 59)
        {
            return false;
        }

        seconds = (hours * 3600 + minutes * 60) * (rest[0] == '-' ? -1 : 1);
        return true;
    }
}
