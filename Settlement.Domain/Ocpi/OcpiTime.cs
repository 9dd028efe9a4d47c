using NodaTime;

namespace Settlement.Domain.Ocpi;

internal enum TimeOutcome
{
    Ok,

    /// <summary>Understood, though OCPI does not write it so (an offset, a blank for the T).</summary>
    OddForm,
    Malformed,
}

/// <summary>OCPI DateTime: UTC, RFC 3339 subset, <c>Z</c> optional, fractions allowed from 2.2.</summary>
internal static class OcpiTime
{
    public static TimeOutcome Parse(ReadOnlySpan<byte> text, out Instant instant)
    {
        instant = default;
        if (text.Length < 19 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':'
            || !Two(text, 0, out var century) || !Two(text, 2, out var year) || !Two(text, 5, out var month)
            || !Two(text, 8, out var day) || !Two(text, 11, out var hour) || !Two(text, 14, out var minute)
            || !Two(text, 17, out var second))
        {
            return TimeOutcome.Malformed;
        }

        year += century * 100;
        if (year < 1900 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return TimeOutcome.Malformed;
        }

        var outcome = text[10] == 'T' ? TimeOutcome.Ok : TimeOutcome.OddForm;
        if (text[10] is not ((byte)'T' or (byte)'t' or (byte)' '))
        {
            return TimeOutcome.Malformed;
        }

        var rest = text[19..];
        if (!TryFraction(ref rest, out var nanoseconds) || !TryOffset(rest, out var offset, ref outcome))
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

    /// <summary>Digits after the ninth are below a nanosecond and dropped.</summary>
    private static bool TryFraction(ref ReadOnlySpan<byte> rest, out long nanoseconds)
    {
        nanoseconds = 0;
        if (rest.Length == 0 || rest[0] != '.')
        {
            return true;
        }

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

        if (rest.Length != 6 || rest[0] is not ((byte)'+' or (byte)'-') || rest[3] != ':'
            || !Two(rest, 1, out var hours) || !Two(rest, 4, out var minutes) || hours > 18 || minutes > 59)
        {
            return false;
        }

        seconds = (hours * 3600 + minutes * 60) * (rest[0] == '-' ? -1 : 1);
        return true;
    }
}
