using System.Buffers.Text;
using System.Globalization;
using System.Text;
using NodaTime;

namespace Settlement.Api.Files;

/// <summary>
/// UTF-8 on its way to a stream: numbers and dates in one form whatever the culture, nothing made that must be
/// collected. What is written goes out whenever the buffer is full.
/// </summary>
internal sealed class Utf8Buffer(Stream to)
{
    private const int Longest = 64; // of any number or date

    private byte[] bytes = new byte[64 * 1024];
    private int used;

    public void Raw(ReadOnlySpan<byte> ascii)
    {
        Room(ascii.Length);
        ascii.CopyTo(bytes.AsSpan(used));
        used += ascii.Length;
    }

    public void Raw(byte ascii)
    {
        Room(1);
        bytes[used++] = ascii;
    }

    public void Text(ReadOnlySpan<char> text)
    {
        Room(3 * text.Length);
        used += Encoding.UTF8.GetBytes(text, bytes.AsSpan(used));
    }

    public void Whole(long number)
    {
        Room(Longest);
        Utf8Formatter.TryFormat(number, bytes.AsSpan(used), out var written);
        used += written;
    }

    /// <summary>With the digits it has.</summary>
    public void Number(decimal number)
    {
        Room(Longest);
        number.TryFormat(bytes.AsSpan(used), out var written, default, CultureInfo.InvariantCulture);
        used += written;
    }

    /// <summary>Minor units as an amount: 1230 with two decimals is 12.30.</summary>
    public void Amount(long minor, int decimals)
    {
        Room(Longest);
        if (decimals == 0)
        {
            Whole(minor);
            return;
        }

        if (minor < 0)
        {
            bytes[used++] = (byte)'-';
        }

        var left = minor < 0 ? (ulong)-(minor + 1) + 1 : (ulong)minor;
        Span<byte> digits = stackalloc byte[24];
        var at = digits.Length;
        for (var i = 0; left > 0 || i <= decimals; i++)
        {
            if (i == decimals)
            {
                digits[--at] = (byte)'.';
            }

            digits[--at] = (byte)('0' + (int)(left % 10));
            left /= 10;
        }

        Raw(digits[at..]);
    }

    public void Day(LocalDate day)
    {
        Room(Longest);
        Digits(day.Year, 4);
        bytes[used++] = (byte)'-';
        Digits(day.Month, 2);
        bytes[used++] = (byte)'-';
        Digits(day.Day, 2);
    }

    /// <summary>ISO 8601 in UTC to the second, as OCPI writes it; a fraction only where there is one.</summary>
    public void Moment(Instant moment)
    {
        if (moment.ToUnixTimeTicks() % NodaConstants.TicksPerSecond != 0)
        {
            Text(NodaTime.Text.InstantPattern.ExtendedIso.Format(moment));
            return;
        }

        var utc = moment.ToDateTimeUtc();
        Day(LocalDate.FromDateTime(utc));
        bytes[used++] = (byte)'T';
        Digits(utc.Hour, 2);
        bytes[used++] = (byte)':';
        Digits(utc.Minute, 2);
        bytes[used++] = (byte)':';
        Digits(utc.Second, 2);
        bytes[used++] = (byte)'Z';
    }

    public void Flush()
    {
        to.Write(bytes, 0, used);
        used = 0;
    }

    private void Digits(int number, int count)
    {
        for (var i = count - 1; i >= 0; i--)
        {
            bytes[used + i] = (byte)('0' + (number % 10));
            number /= 10;
        }

        used += count;
    }

    private void Room(int wanted)
    {
        if (bytes.Length - used >= wanted)
        {
            return;
        }

        Flush();
        if (bytes.Length < wanted)
        {
            bytes = new byte[wanted];
        }
    }
}
