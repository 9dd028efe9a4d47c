using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Settlement.Domain.Ocpi;

/// <summary>Limits and positions of JSON documents.</summary>
public static class JsonText
{
    /// <summary>The largest document that is read: 10 MB.</summary>
    public const int MaxBytes = 10 * 1024 * 1024;

    private const string HalfPair = "a text contains half a surrogate pair";

    /// <summary>Without blanks and a byte order mark around it.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> json) =>
        (json.StartsWith("\uFEFF"u8) ? json[3..] : json).Trim(" \t\r\n"u8);

    /// <summary>As <see cref="JsonDocument.Parse(ReadOnlyMemory{byte}, JsonDocumentOptions)"/>, and every text in it can be read.</summary>
    /// <exception cref="JsonException">It is not JSON in UTF-8, or one of its texts is not Unicode.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, JsonDocumentOptions options = default)
    {
        if (!Utf8.IsValid(json.Span))
        {
            throw new JsonException("the document is not UTF-8");
        }

        // before the document is parsed: a parser that compares names fails on half a pair
        return WhereHalfPair(json.Span) is { } half ? throw new JsonException(half) : JsonDocument.Parse(json, options);
    }

    /// <inheritdoc cref="Parse(ReadOnlyMemory{byte}, JsonDocumentOptions)"/>
    public static JsonDocument Parse(string json, JsonDocumentOptions options = default) =>
        Parse(Encoding.UTF8.GetBytes(json).AsMemory(json.StartsWith('\uFEFF') ? 3 : 0), options);

    /// <summary>Whether an item of a list in it is null: then a list of records has holes.</summary>
    public static bool HasNullItem(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Array => json.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.Null || HasNullItem(item)),
        JsonValueKind.Object => json.EnumerateObject().Any(member => HasNullItem(member.Value)),
        _ => false,
    };

    /// <summary>Line and byte where the text stops being JSON; nothing of the text itself.</summary>
    internal static string WhereMalformed(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            return "stops being JSON of at most 64 levels at "
                + $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";
        }

        return "is not readable JSON";
    }

    /// <summary>Where an escaped half of a surrogate pair stands without its other half; null: nowhere.</summary>
    internal static string? WhereHalfPair(ReadOnlySpan<byte> json)
    {
        for (var at = 0; at < json.Length;)
        {
            var next = json[at..].IndexOf("\\u"u8);
            if (next < 0)
            {
                return null;
            }

            at += next;
            if (!IsEscape(json, at))
            {
                at += 2;
                continue;
            }

            switch (Surrogate(json, at))
            {
                case 'h' when Surrogate(json, at + 6) == 'l':
                    at += 12;
                    break;
                case '\0':
                    at += 6;
                    break;
                default:
                    var before = json[..at];
                    return $"line {before.Count((byte)'\n') + 1}, byte {at - before.LastIndexOf((byte)'\n')}: {HalfPair}";
            }
        }

        return null;
    }

    /// <summary>An odd number of backslashes: the last one begins an escape.</summary>
    private static bool IsEscape(ReadOnlySpan<byte> json, int at)
    {
        var first = at;
        while (first > 0 && json[first - 1] == '\\')
        {
            first--;
        }

        return ((at - first) & 1) == 0;
    }

    /// <summary>Whether the escape at this place is the high or the low half of a pair, or none.</summary>
    private static char Surrogate(ReadOnlySpan<byte> json, int at) =>
        at + 6 > json.Length || !json[at..].StartsWith("\\u"u8) || (json[at + 2] | 0x20) != 'd' ? '\0'
        : (char)(json[at + 3] | 0x20) switch
        {
            '8' or '9' or 'a' or 'b' => 'h',
            >= 'c' and <= 'f' => 'l',
            _ => '\0',
        };
}
