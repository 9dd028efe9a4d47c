using System.Text.Json;

namespace Settlement.Domain.Ocpi;

/// <summary>Limits and positions of JSON documents.</summary>
public static class JsonText
{
    /// <summary>The largest document that is read: 10 MB.</summary>
    public const int MaxBytes = 10 * 1024 * 1024;

    /// <summary>Without blanks and a byte order mark around it.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> json) =>
        (json.StartsWith("\uFEFF"u8) ? json[3..] : json).Trim(" \t\r\n"u8);

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
}
