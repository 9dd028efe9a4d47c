namespace Settlement.Domain.Ocpi;

internal enum NumberOutcome
{
    Exact,
    Malformed,

    /// <summary>More than 15 whole digits, 28 digits or 28 decimals: it would not be exact.</summary>
    OutOfRange,
}

/// <summary>Reads a number exactly or not at all: nothing is ever rounded on the way in.</summary>
/// <remarks>Trailing zeros are dropped, so that 1.50 and 1.5 are the same value in every output.</remarks>
internal static class JsonNumber
{
    private const int WholeDigits = 15;
    private const int Digits = 28;

    public static NumberOutcome Parse(ReadOnlySpan<byte> text, out decimal value)
    {
        var negative = text.Length > 0 && text[0] == '-';
        var body = negative ? text[1..] : text;
        if (body.Length is 0 or > 16)
        {
            return ParseLong(body, negative, out value);
        }

        // At most 16 characters cannot overflow 64 bits; anything but digits and one point goes the long way.
        var mantissa = 0UL;
        var point = -1;
        for (var i = 0; i < body.Length; i++)
        {
            var digit = unchecked((uint)(body[i] - '0'));
            if (digit <= 9)
            {
                mantissa = mantissa * 10 + digit;
            }
            else if (body[i] == '.' && point < 0 && i > 0 && i < body.Length - 1)
            {
                point = i;
            }
            else
            {
                return ParseLong(body, negative, out value);
            }
        }

        if (point < 0 && body.Length > WholeDigits)
        {
            return ParseLong(body, negative, out value);
        }

        value = Value(mantissa, negative, point < 0 ? 0 : body.Length - 1 - point);
        return NumberOutcome.Exact;
    }

    private static decimal Value(UInt128 mantissa, bool negative, int scale)
    {
        while (scale > 0 && mantissa % 10 == 0)
        {
            mantissa /= 10;
            scale--;
        }

        unchecked
        {
            return new decimal(
                (int)(uint)mantissa, (int)(uint)(mantissa >> 32), (int)(uint)(mantissa >> 64),
                negative && mantissa != 0, (byte)scale);
        }
    }

    private static decimal Value(ulong mantissa, bool negative, int scale)
    {
        while (scale > 0 && mantissa % 10 == 0)
        {
            mantissa /= 10;
            scale--;
        }

        unchecked
        {
            return new decimal(
                (int)mantissa, (int)(mantissa >> 32), 0, negative && mantissa != 0, (byte)scale);
        }
    }

    private static NumberOutcome ParseLong(ReadOnlySpan<byte> body, bool negative, out decimal value)
    {
        value = 0m;
        var split = body.IndexOfAny((byte)'e', (byte)'E');
        var plain = split < 0 ? body : body[..split];
        var exponent = 0;
        if (split >= 0 && !TryExponent(body[(split + 1)..], out exponent))
        {
            return NumberOutcome.Malformed;
        }

        var point = plain.IndexOf((byte)'.');
        if (!AllDigits(point < 0 ? plain : plain[..point])
            || (point >= 0 && !AllDigits(plain[(point + 1)..])))
        {
            return NumberOutcome.Malformed;
        }

        return Significant(plain, point, exponent, negative, out value);
    }

    /// <summary>mantissa × 10^shift, without leading and trailing zeros.</summary>
    private static NumberOutcome Significant(
        ReadOnlySpan<byte> plain, int point, long exponent, bool negative, out decimal value)
    {
        value = 0m;
        UInt128 mantissa = 0;
        var digits = 0;
        var zeros = 0; // not yet known whether they are trailing
        foreach (var b in plain)
        {
            if (b == '.')
            {
                continue;
            }

            if (b == '0')
            {
                zeros += digits > 0 ? 1 : 0;
                continue;
            }

            digits += zeros + 1;
            if (digits > Digits)
            {
                return NumberOutcome.OutOfRange;
            }

            for (; zeros >= 0; zeros--)
            {
                mantissa *= 10;
            }

            mantissa += (uint)(b - '0');
            zeros = 0;
        }

        if (mantissa == 0)
        {
            return NumberOutcome.Exact;
        }

        var shift = zeros + exponent - (point < 0 ? 0 : plain.Length - 1 - point);
        if (digits + shift > WholeDigits || shift < -Digits)
        {
            return NumberOutcome.OutOfRange;
        }

        for (; shift > 0; shift--)
        {
            mantissa *= 10;
        }

        value = Value(mantissa, negative, (int)-shift);
        return NumberOutcome.Exact;
    }

    private static bool TryExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        var negative = text.Length > 0 && text[0] == '-';
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+')
        {
            text = text[1..];
        }

        exponent = 0;
        if (!AllDigits(text))
        {
            return false;
        }

        foreach (var b in text)
        {
            exponent = Math.Min(exponent * 10 + (b - '0'), 99_999_999); // far out of range either way
        }

        exponent = negative ? -exponent : exponent;
        return true;
    }

    private static bool AllDigits(ReadOnlySpan<byte> text) =>
        text.Length > 0 && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
