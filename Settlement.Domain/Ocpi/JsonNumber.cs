namespace Settlement.Domain.Ocpi;

internal enum NumberOutcome
{
    Exact,

    /// <summary>Named rule <c>binary-noise</c>: what a program meant that computes in binary fractions.</summary>
    Noise,
    Malformed,

    /// <summary>Larger or longer than any number of OCPI; sums of such numbers could not be kept exactly.</summary>
    OutOfRange,
}

/// <summary>Reads a number exactly or not at all.</summary>
/// <remarks>
/// Trailing zeros are dropped, so that 1.50 and 1.5 are the same value in every output. Binary fractions keep 15
/// decimal digits: 0.30000000000000004 and 0.29999999999999999 are how a program writes 0.3. Where a number of 16 or
/// 17 digits rounds at the 15th to one of at most 11, that one is read. 1.3333333333333333 stays as it is.
/// </remarks>
internal static class JsonNumber
{
    public const int WholeDigits = 12;
    public const int Decimals = 24;
    public const int Digits = 18;
    private const int DigitsOfFraction = 15;
    private const int MostOfMeant = 11;

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

        if ((point < 0 ? body.Length : point) > WholeDigits)
        {
            return ParseLong(body, negative, out value);
        }

        value = Value(mantissa, negative, point < 0 ? 0 : body.Length - 1 - point);
        return NumberOutcome.Exact;
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
        var mantissa = 0UL;
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
        var isNoise = TryMeant(ref mantissa, ref digits, ref shift);
        if (digits + shift > WholeDigits || shift < -Decimals)
        {
            return NumberOutcome.OutOfRange;
        }

        for (; shift > 0; shift--)
        {
            mantissa *= 10;
        }

        value = Value(mantissa, negative, (int)-shift);
        return isNoise ? NumberOutcome.Noise : NumberOutcome.Exact;
    }

    /// <summary>Takes the error of a binary fraction off, where there is one.</summary>
    private static bool TryMeant(ref ulong mantissa, ref int digits, ref long shift)
    {
        if (digits is not (DigitsOfFraction + 1 or DigitsOfFraction + 2))
        {
            return false;
        }

        var unit = digits == DigitsOfFraction + 1 ? 10UL : 100UL;
        var (meant, left, moved) = ((mantissa + unit / 2) / unit, DigitsOfFraction, shift + (digits - DigitsOfFraction));
        while (meant % 10 == 0)
        {
            (meant, left, moved) = (meant / 10, left - 1, moved + 1);
        }

        if (left > MostOfMeant)
        {
            return false;
        }

        (mantissa, digits, shift) = (meant, Math.Max(left, 1), moved);
        return true;
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
