using System.Buffers.Text;
using System.Globalization;
using System.Text;
using NodaTime;

namespace Settlement.Domain.Ocpi;

/// <summary>Values one after the other in one form, each with its length, so that no two lists of values look alike.</summary>
internal sealed class CanonicalText
{
    private const int Absent = -1;
    private const int LongestNumber = 40;
    private readonly CanonicalWriter json = new();
    private byte[] bytes = new byte[2048];
    private int length;

    public int Capacity => bytes.Length;

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, length);

    public void Clear() => length = 0;

    /// <summary>A text in which case counts; blanks around it do not.</summary>
    public void Text(string? text) => Add(text.AsSpan().Trim(), fold: false, isTold: !string.IsNullOrWhiteSpace(text));

    /// <summary>An id or a code: OCPI compares them without case.</summary>
    public void Code(string? text) => Add(text.AsSpan().Trim(), fold: true, isTold: !string.IsNullOrWhiteSpace(text));

    /// <summary>
    /// A quantity or amount. The error of a binary fraction does not count: the reader takes it off, and numbers that
    /// were stored before it did still have it.
    /// </summary>
    public void Number(decimal? number)
    {
        if (number is not { } value)
        {
            Length(Absent);
            return;
        }

        Span<byte> text = stackalloc byte[LongestNumber];
        Digits(JsonNumber.Parse(Plain(value, text), out var meant) == NumberOutcome.Noise ? meant : value);
    }

    public void Time(Instant? time)
    {
        if (time is { } at)
        {
            Digits(at.ToUnixTimeTicks());
        }
        else
        {
            Length(Absent);
        }
    }

    private void Digits(decimal value)
    {
        Span<byte> text = stackalloc byte[LongestNumber];
        var digits = Plain(value, text);
        if (digits.Contains((byte)'.'))
        {
            digits = digits.TrimEnd((byte)'0').TrimEnd((byte)'.');
        }

        Bytes(digits is [(byte)'-', (byte)'0'] ? "0"u8 : digits);
    }

    private static ReadOnlySpan<byte> Plain(decimal value, Span<byte> text)
    {
        value.TryFormat(text, out var written, provider: CultureInfo.InvariantCulture);
        return text[..written];
    }

    public void Flag(bool isSet) => Count(isSet ? 1 : 0);

    public void Count(int count) => Length(count);

    /// <summary>Coordinates are texts in OCPI: 37.770000 and 37.77 are one place.</summary>
    public void Coordinate(string? text)
    {
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var degrees))
        {
            Number(degrees);
        }
        else
        {
            Text(text);
        }
    }

    /// <summary>A JSON document: order of members, blanks and escapes do not count.</summary>
    public void Json(string? document)
    {
        if (document is null)
        {
            Length(Absent);
        }
        else
        {
            Bytes(json.Write(Encoding.UTF8.GetBytes(document)));
        }
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Length(value.Length);
        Reserve(value.Length);
        value.CopyTo(bytes.AsSpan(length));
        length += value.Length;
    }

    private void Add(ReadOnlySpan<char> text, bool fold, bool isTold)
    {
        if (!isTold)
        {
            Length(Absent);
            return;
        }

        if (fold && !Ascii.IsValid(text))
        {
            text = text.ToString().ToLowerInvariant();
        }

        Length(Encoding.UTF8.GetByteCount(text));
        Reserve(text.Length * 3);
        var written = bytes.AsSpan(length, Encoding.UTF8.GetBytes(text, bytes.AsSpan(length)));
        if (fold)
        {
            Ascii.ToLowerInPlace(written, out _);
        }

        length += written.Length;
    }

    private void Length(int value)
    {
        Reserve(16);
        Utf8Formatter.TryFormat(value, bytes.AsSpan(length), out var written);
        length += written;
        bytes[length++] = (byte)':';
    }

    private void Reserve(int more)
    {
        if (length + more > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, length + more));
        }
    }
}
