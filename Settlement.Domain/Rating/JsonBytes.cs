using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Settlement.Domain.Rating;

/// <summary>Writes compact JSON as UTF-8 into a buffer that is used again; nothing is allocated per value.</summary>
public sealed class JsonBytes
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c is not ('"' or '\\'))]);

    private byte[] bytes = new byte[4096];
    private int length;

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, length);

    public void Clear() => length = 0;

    /// <summary>Text that already is JSON.</summary>
    public void Raw(ReadOnlySpan<byte> json)
    {
        json.CopyTo(Room(json.Length));
        length += json.Length;
    }

    public void Raw(byte one)
    {
        Room(1)[0] = one;
        length++;
    }

    /// <summary>Drops a comma that nothing followed.</summary>
    public void EndList(byte close)
    {
        if (bytes[length - 1] == (byte)',')
        {
            length--;
        }

        Raw(close);
    }

    public void Null() => Raw("null"u8);

    /// <summary>A JSON string.</summary>
    public void Text(string? text)
    {
        if (text is null)
        {
            Null();
            return;
        }

        if (text.AsSpan().ContainsAnyExcept(Plain))
        {
            Escaped(text);
            return;
        }

        var room = Room(text.Length + 2);
        room[0] = (byte)'"';
        Encoding.ASCII.GetBytes(text, room[1..]);
        room[text.Length + 1] = (byte)'"';
        length += text.Length + 2;
    }

    /// <summary>A decimal as a JSON string without trailing zeros, never in scientific notation.</summary>
    public void Decimal(decimal value)
    {
        var room = Room(40);
        room[0] = (byte)'"';
        var written = Format(value, room[1..]);
        room[written + 1] = (byte)'"';
        length += written + 2;
    }

    public void Decimal(decimal? value)
    {
        if (value is { } known)
        {
            Decimal(known);
        }
        else
        {
            Null();
        }
    }

    /// <summary>An amount by the named rule <c>line-scale</c>.</summary>
    public void Amount(ExactAmount? amount) => Decimal(amount?.LineScale());

    public void Number(int value)
    {
        Utf8Formatter.TryFormat(value, Room(12), out var written);
        length += written;
    }

    private static int Format(decimal value, Span<byte> room)
    {
        return Exact.TryDigits(value, out var digits, out var scale) ? FormatWhole(digits, scale, room) : FormatLong(value, room);
    }

    private static int FormatWhole(long digits, int scale, Span<byte> room)
    {
        while (scale >= 4 && digits % 10_000 == 0)
        {
            (digits, scale) = (digits / 10_000, scale - 4);
        }

        while (scale > 0 && digits % 10 == 0)
        {
            (digits, scale) = (digits / 10, scale - 1);
        }

        var at = 0;
        if (digits < 0)
        {
            room[at++] = (byte)'-';
            digits = -digits;
        }

        Span<byte> text = stackalloc byte[20];
        Utf8Formatter.TryFormat((ulong)digits, text, out var count);
        var whole = count - scale;
        if (whole <= 0)
        {
            room[at++] = (byte)'0';
        }
        else
        {
            text[..whole].CopyTo(room[at..]);
            at += whole;
        }

        if (scale > 0)
        {
            room[at++] = (byte)'.';
            for (var zero = whole; zero < 0; zero++)
            {
                room[at++] = (byte)'0';
            }

            var fraction = text[Math.Max(0, whole)..count];
            fraction.CopyTo(room[at..]);
            at += fraction.Length;
        }

        return at;
    }

    private static int FormatLong(decimal value, Span<byte> room)
    {
        value.TryFormat(room, out var written, default, System.Globalization.CultureInfo.InvariantCulture);
        if (room[..written].Contains((byte)'.'))
        {
            while (room[written - 1] == (byte)'0')
            {
                written--;
            }

            if (room[written - 1] == (byte)'.')
            {
                written--;
            }
        }

        if (written == 2 && room[0] == (byte)'-' && room[1] == (byte)'0')
        {
            room[0] = (byte)'0';
            return 1;
        }

        return written;
    }

    private void Escaped(string text)
    {
        Raw((byte)'"');
        Raw(JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        Raw((byte)'"');
    }

    private Span<byte> Room(int size)
    {
        if (bytes.Length - length < size)
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, length + size));
        }

        return bytes.AsSpan(length);
    }

    public override string ToString() => Encoding.UTF8.GetString(Written.Span);
}
