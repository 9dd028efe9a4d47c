using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Settlement.Projections.EventStore;

/// <summary>
/// One text for one JSON value: no white space, keys in jsonb's order (length in bytes, then bytes), the fewest
/// escapes, numbers without exponent. PostgreSQL's jsonb keeps the value but rewrites the text; written this way
/// it is the same before writing and after reading back, so a seal over it holds.
/// </summary>
public static class CanonicalJson
{
    private const int LongestNumber = 1000;

    /// <summary>The canonical bytes of a JSON text in UTF-8.</summary>
    /// <exception cref="JsonException">It is no JSON, or holds what jsonb cannot (the character U+0000).</exception>
    public static byte[] Of(ReadOnlySpan<byte> json)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + 16);
        Write(json, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes the canonical form of a JSON text.</summary>
    public static void Write(ReadOnlySpan<byte> json, ArrayBufferWriter<byte> output)
    {
        var start = output.WrittenCount;
        if (TryWriteInOrder(json, output))
        {
            return;
        }

        // some object's keys are out of order: read all of it, then sort
        output.ResetTo(start);
        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        WriteElement(document.RootElement, output);
    }

    /// <summary>One pass over a text whose keys are in order already; false: they are not.</summary>
    private static bool TryWriteInOrder(ReadOnlySpan<byte> json, ArrayBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return WriteValue(ref reader, output) && !reader.Read();
    }

    private static bool WriteValue(ref Utf8JsonReader reader, ArrayBufferWriter<byte> output)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return WriteObject(ref reader, output);
            case JsonTokenType.StartArray:
                return WriteArray(ref reader, output);
            case JsonTokenType.String:
                WriteString(ref reader, output);
                return true;
            case JsonTokenType.Number:
                WriteNumber(reader.ValueSpan, output);
                return true;
            case JsonTokenType.True:
            case JsonTokenType.False:
            case JsonTokenType.Null:
                output.Write(reader.ValueSpan);
                return true;
            default:
                throw new JsonException($"Unexpected {reader.TokenType}.");
        }
    }

    private static bool WriteObject(ref Utf8JsonReader reader, ArrayBufferWriter<byte> output)
    {
        output.WriteByte((byte)'{');
        var previousStart = -1;
        var previousLength = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueIsEscaped)
            {
                return false; // rare: let the sorting way compare the unescaped keys
            }

            if (previousStart >= 0)
            {
                output.WriteByte((byte)',');
                var previous = output.WrittenSpan.Slice(previousStart, previousLength);
                if (CompareKeys(previous, reader.ValueSpan) >= 0)
                {
                    return false;
                }
            }

            output.WriteByte((byte)'"');
            previousStart = output.WrittenCount;
            previousLength = reader.ValueSpan.Length;
            output.Write(reader.ValueSpan);
            output.Write("\":"u8);
            reader.Read();
            if (!WriteValue(ref reader, output))
            {
                return false;
            }
        }

        output.WriteByte((byte)'}');
        return true;
    }

    private static bool WriteArray(ref Utf8JsonReader reader, ArrayBufferWriter<byte> output)
    {
        output.WriteByte((byte)'[');
        for (var first = true; reader.Read() && reader.TokenType != JsonTokenType.EndArray; first = false)
        {
            if (!first)
            {
                output.WriteByte((byte)',');
            }

            if (!WriteValue(ref reader, output))
            {
                return false;
            }
        }

        output.WriteByte((byte)']');
        return true;
    }

    private static void WriteString(ref Utf8JsonReader reader, ArrayBufferWriter<byte> output)
    {
        if (!reader.ValueIsEscaped)
        {
            output.WriteByte((byte)'"');
            output.Write(reader.ValueSpan);
            output.WriteByte((byte)'"');
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            var length = reader.CopyString(buffer);
            WriteText(buffer.AsSpan(0, length), output);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void WriteElement(JsonElement element, ArrayBufferWriter<byte> output)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteSorted(element, output);
                break;
            case JsonValueKind.Array:
                output.WriteByte((byte)'[');
                var first = true;
                foreach (var item in element.EnumerateArray())
                {
                    if (!first)
                    {
                        output.WriteByte((byte)',');
                    }

                    first = false;
                    WriteElement(item, output);
                }

                output.WriteByte((byte)']');
                break;
            case JsonValueKind.String:
                WriteText(Encoding.UTF8.GetBytes(element.GetString()!), output);
                break;
            case JsonValueKind.Number:
                WriteNumber(Encoding.UTF8.GetBytes(element.GetRawText()), output);
                break;
            default:
                output.Write(Encoding.UTF8.GetBytes(element.GetRawText()));
                break;
        }
    }

    private static void WriteSorted(JsonElement element, ArrayBufferWriter<byte> output)
    {
        // a key twice: jsonb keeps the last value
        var properties = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            properties[property.Name] = property.Value;
        }

        var sorted = properties.Select(pair => (Key: Encoding.UTF8.GetBytes(pair.Key), pair.Value)).ToList();
        sorted.Sort((a, b) => CompareKeys(a.Key, b.Key));
        output.WriteByte((byte)'{');
        for (var i = 0; i < sorted.Count; i++)
        {
            if (i > 0)
            {
                output.WriteByte((byte)',');
            }

            WriteText(sorted[i].Key, output);
            output.WriteByte((byte)':');
            WriteElement(sorted[i].Value, output);
        }

        output.WriteByte((byte)'}');
    }

    /// <summary>jsonb's order of keys: the shorter first, then byte by byte.</summary>
    internal static int CompareKeys(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) =>
        a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.SequenceCompareTo(b);

    /// <summary>Writes a string with the escapes that JSON demands and no others, as PostgreSQL does.</summary>
    private static void WriteText(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> output)
    {
        output.WriteByte((byte)'"');
        foreach (var b in text)
        {
            switch (b)
            {
                case (byte)'"': output.Write("\\\""u8); break;
                case (byte)'\\': output.Write("\\\\"u8); break;
                case (byte)'\b': output.Write("\\b"u8); break;
                case (byte)'\f': output.Write("\\f"u8); break;
                case (byte)'\n': output.Write("\\n"u8); break;
                case (byte)'\r': output.Write("\\r"u8); break;
                case (byte)'\t': output.Write("\\t"u8); break;
                case 0: throw new JsonException("The character U+0000 cannot be stored.");
                case < 0x20:
                    output.Write("\\u00"u8);
                    output.WriteByte((byte)"0123456789abcdef"[b >> 4]);
                    output.WriteByte((byte)"0123456789abcdef"[b & 15]);
                    break;
                default: output.WriteByte(b); break;
            }
        }

        output.WriteByte((byte)'"');
    }

    /// <summary>A number as PostgreSQL's numeric prints it: scale kept, no exponent, no negative zero.</summary>
    private static void WriteNumber(ReadOnlySpan<byte> number, ArrayBufferWriter<byte> output)
    {
        if (number.ContainsAny((byte)'e', (byte)'E'))
        {
            number = WithoutExponent(number);
        }

        if (number[0] == (byte)'-' && !number.ContainsAnyInRange((byte)'1', (byte)'9'))
        {
            number = number[1..];
        }

        output.Write(number);
    }

    private static byte[] WithoutExponent(ReadOnlySpan<byte> number)
    {
        var text = Encoding.ASCII.GetString(number);
        var sign = text[0] == '-' ? "-" : "";
        var at = text.IndexOfAny(['e', 'E']);
        var mantissa = text[sign.Length..at];
        if (!int.TryParse(text[(at + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
            || Math.Abs(exponent) > LongestNumber)
        {
            throw new JsonException("A number is too long to be stored.");
        }

        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? mantissa : mantissa[..point];
        var fraction = point < 0 ? "" : mantissa[(point + 1)..];
        var digits = whole + fraction;
        var position = whole.Length + exponent;
        if (position <= 0)
        {
            digits = new string('0', 1 - position) + digits;
            position = 1;
        }
        else if (position > digits.Length)
        {
            digits = digits.PadRight(position, '0');
        }

        var integer = digits[..position].TrimStart('0');
        var rest = digits[position..];
        var plain = sign + (integer.Length == 0 ? "0" : integer) + (rest.Length == 0 ? "" : "." + rest);
        return Encoding.ASCII.GetBytes(plain);
    }

    private static void WriteByte(this ArrayBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private static void ResetTo(this ArrayBufferWriter<byte> output, int length)
    {
        var kept = output.WrittenSpan[..length].ToArray();
        output.ResetWrittenCount();
        output.Write(kept);
    }
}
