using System.Globalization;
using System.Text;
using System.Text.Json;
using NodaTime;

namespace Settlement.Domain.Ocpi;

internal ref partial struct JsonCursor
{
    /// <summary>
    /// Longer texts than this are left out: nothing in OCPI that settlement needs is longer.
    /// </summary>
    private const int LongestText = 1024;

    /// <summary>No time and no number is longer; many serialisers write <c>+</c> as an escape.</summary>
    private const int LongestEscaped = 256;

    /// <summary>
    /// A text of many values, at most <paramref name="limit"/> long; null where empty or none.
    /// </summary>
    public string? Text(string name, int limit) => Text(name, limit, pooled: false);

    /// <summary>A text that comes back in many documents.</summary>
    public string? Word(string name, int limit) => Text(name, limit, pooled: true);

    /// <summary>A code that OCPI writes in upper case.</summary>
    public string? Code(string name, int limit)
    {
        var text = Text(name, limit, pooled: true);
        if (text is null || !text.AsSpan().ContainsAnyInRange('a', 'z'))
        {
            return text;
        }

        Notes.Find(IntakeFindings.TextCase, name, "is written in lower case");
        return text.ToUpperInvariant();
    }

    public decimal? Number(string name)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return Checked(name, JsonNumber.Parse(reader.ValueSpan, out var value), value);
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            WrongKind(name, "a number");
            return null;
        }

        if (reader.ValueSpan.Length == 0)
        {
            return null;
        }

        if (reader.ValueIsEscaped)
        {
            PlainText(name); // half a surrogate pair is refused under the member's name
        }

        var parsed = 0m;
        var outcome = JsonNumber.Parse(Unescaped(stackalloc byte[LongestEscaped]), out parsed);
        if (outcome is NumberOutcome.Exact or NumberOutcome.Noise)
        {
            Notes.Find(IntakeFindings.NumberAsString, name, "the number is written as a text");
        }

        return Checked(name, outcome, parsed);
    }

    /// <summary>A whole number of at most nine digits; anything else is a finding and null.</summary>
    public int? Whole(string name)
    {
        if (Number(name) is not { } number)
        {
            return null;
        }

        if (number == decimal.Truncate(number) && Math.Abs(number) < 1_000_000_000m)
        {
            return (int)number;
        }

        Notes.Find(IntakeFindings.NumberOutOfRange, name, "is not a whole number of at most nine digits");
        Notes.Keep(name, Scalar, isKnown: true);
        return null;
    }

    public bool? Flag(string name)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            case JsonTokenType.String when PlainText(name) is "true" or "false":
                Notes.Find(IntakeFindings.BooleanAsText, name, "the truth value is written as a text");
                return reader.ValueTextEquals("true"u8);
            default:
                WrongKind(name, "true or false");
                return null;
        }
    }

    /// <summary>A time that may be missing, as the bound of a tariff: one that stands for none is left out.</summary>
    public Instant? Optional(string name) => Time(name, isOptional: true);

    public Instant? Time(string name) => Time(name, isOptional: false);

    private Instant? Time(string name, bool isOptional)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            WrongKind(name, "a time");
            return null;
        }

        switch (OcpiTime.Parse(Unescaped(stackalloc byte[LongestEscaped]), out var instant))
        {
            case TimeOutcome.Malformed:
                Notes.Find(IntakeFindings.TimeMalformed, name, "is not a time as RFC 3339 writes it, in UTC");
                Notes.Keep(name, Scalar, isKnown: true);
                return null;
            case TimeOutcome.Sentinel when isOptional:
                Notes.Find(IntakeFindings.TimeUnbounded, name, OcpiTime.OutOfRange + "; left out");
                return null;
            case TimeOutcome.Sentinel:
                Notes.Find(IntakeFindings.TimeSentinel, name, OcpiTime.OutOfRange);
                Notes.Keep(name, Scalar, isKnown: true);
                return null;
            case TimeOutcome.OddForm:
                Notes.Find(IntakeFindings.TimeForm, name, "is a time, but not in UTC as OCPI writes it");
                break;
        }

        if (instant.ToUnixTimeSeconds() is >= 0 and < 86_400)
        {
            Notes.Find(IntakeFindings.TimeSentinel, name, "1970-01-01 stands for a time that is not known");
        }

        return instant;
    }

    /// <summary>The current text without escapes; one that is too long, or half a character, stays as it is.</summary>
    private readonly ReadOnlySpan<byte> Unescaped(Span<byte> room)
    {
        if (!reader.ValueIsEscaped || reader.ValueSpan.Length > room.Length)
        {
            return reader.ValueSpan;
        }

        try
        {
            return room[..reader.CopyString(room)];
        }
        catch (InvalidOperationException)
        {
            return reader.ValueSpan;
        }
    }

    /// <summary>The bytes of the current value where it is a plain text; else empty.</summary>
    public readonly ReadOnlySpan<byte> WordBytes =>
        reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped ? reader.ValueSpan : default;

    private string? Text(string name, int limit, bool pooled)
    {
        string text;
        switch (reader.TokenType)
        {
            case JsonTokenType.String when reader.ValueIsEscaped:
                text = WithoutNul(name, PlainText(name));
                break;
            case JsonTokenType.String:
                text = pooled ? TextPool.Get(reader.ValueSpan) : Encoding.UTF8.GetString(reader.ValueSpan);
                break;
            case JsonTokenType.Number:
                text = Encoding.UTF8.GetString(reader.ValueSpan);
                Notes.Find(IntakeFindings.TextAsNumber, name, "the text is written as a number");
                break;
            default:
                WrongKind(name, "a text");
                return null;
        }

        if (text is [' ' or '\t', ..] or [.., ' ' or '\t'])
        {
            text = text.Trim(); // blanks around an id or a text say nothing
        }

        if (text.Length <= limit)
        {
            return text.Length == 0 ? null : text;
        }

        Notes.Find(IntakeFindings.TextTooLong, name, $"has {text.Length} characters; OCPI allows {limit}");
        if (text.Length <= LongestText)
        {
            return text;
        }

        Notes.Keep(name, Scalar, isKnown: true);
        return null;
    }

    /// <summary>PostgreSQL cannot keep U+0000 in a text.</summary>
    private readonly string WithoutNul(string name, string text)
    {
        if (!text.Contains('\0', StringComparison.Ordinal))
        {
            return text;
        }

        Notes.Find(IntakeFindings.TextNul, name, "holds U+0000; replaced by U+FFFD");
        return text.Replace('\0', '\uFFFD');
    }

    private readonly decimal? Checked(string name, NumberOutcome outcome, decimal value)
    {
        switch (outcome)
        {
            case NumberOutcome.Exact:
                return value;
            case NumberOutcome.Noise:
                Notes.Find(
                    IntakeFindings.NumberBinaryNoise, name,
                    $"is read as {value.ToString(CultureInfo.InvariantCulture)}: the digits after the 15th are a binary rounding error");
                return value;
            case NumberOutcome.OutOfRange:
                Notes.Find(
                    IntakeFindings.NumberOutOfRange, name,
                    $"has more than {JsonNumber.WholeDigits} digits before the point, {JsonNumber.Decimals} after it or "
                    + $"{JsonNumber.Digits} in all");
                Notes.Keep(name, Scalar, isKnown: true);
                return null;
            default:
                Notes.Find(IntakeFindings.NumberMalformed, name, "is not a number");
                Notes.Keep(name, Scalar, isKnown: true);
                return null;
        }
    }
}
