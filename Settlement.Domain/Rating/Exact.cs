using System.Numerics;
using System.Runtime.CompilerServices;

namespace Settlement.Domain.Rating;

/// <summary>Sums and products that are exact or an error: <c>decimal</c> alone drops digits in silence.</summary>
public static class Exact
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static decimal Add(decimal a, decimal b)
    {
        var sum = a + b;
        // A sum that fits keeps the longer scale; a shorter one has been rounded.
        return sum.Scale == Math.Max(a.Scale, b.Scale) ? sum : AddShortened(a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static decimal Multiply(decimal a, decimal b)
    {
        var product = a * b;
        return product.Scale == a.Scale + b.Scale ? product : MultiplyShortened(a, b);
    }

    /// <summary>digits / divisor, where both are whole: 128 bits hold the product with a power of ten.</summary>
    private static decimal RoundWhole(long digits, long divisor, int decimals, bool halfToEven)
    {
        var high = Math.BigMul((ulong)Math.Abs(digits), (ulong)PowersOfTen[decimals], out var low);
        ulong whole;
        ulong rest;
        if (high == 0)
        {
            (whole, rest) = Math.DivRem(low, (ulong)divisor);
        }
        else
        {
            var (quotient, remainder) = UInt128.DivRem(new UInt128(high, low), (ulong)divisor);
            if (quotient > ulong.MaxValue - 1)
            {
                throw TooLong();
            }

            (whole, rest) = ((ulong)quotient, (ulong)remainder);
        }

        var isMore = rest > (ulong)divisor - rest;
        var isHalf = rest == (ulong)divisor - rest;
        if (isMore || (isHalf && (!halfToEven || (whole & 1) == 1)))
        {
            whole++;
        }

        return new decimal(
            unchecked((int)(uint)(whole & uint.MaxValue)), unchecked((int)(uint)(whole >> 32)), 0, digits < 0, (byte)decimals);
    }

    public static long PowerOfTen(int power) => PowersOfTen[power];

    private static readonly long[] PowersOfTen =
        [.. Enumerable.Range(0, 19).Select(power => (long)BigInteger.Pow(10, power))];

    /// <summary>The same value without trailing zeros.</summary>
    public static decimal Shortest(decimal value) => value / 1.0000000000000000000000000000m;

    /// <summary>Rounds numerator/denominator to a number of decimals, decided on the exact value.</summary>
    public static decimal Round(decimal numerator, long denominator, int decimals, bool halfToEven)
    {
        if (TryDigits(numerator, out var digits, out var places) && places <= 15 && decimals <= 12 && denominator <= 3600)
        {
            return RoundWhole(digits, PowersOfTen[places] * denominator, decimals, halfToEven);
        }

        var (integer, scale) = Parts(numerator);
        // integer / (10^scale × denominator) in units of 10^-decimals
        var dividend = BigInteger.Abs(integer) * BigInteger.Pow(10, decimals);
        var divisor = BigInteger.Pow(10, scale) * denominator;
        var whole = BigInteger.DivRem(dividend, divisor, out var rest);
        var half = (rest * 2).CompareTo(divisor);
        if (half > 0 || (half == 0 && (!halfToEven || !whole.IsEven)))
        {
            whole += 1;
        }

        return FromParts(integer.Sign < 0 ? -whole : whole, decimals);
    }

    /// <summary>The digits as a whole number, where they fit 63 bits: what whole-number arithmetic needs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryDigits(decimal value, out long digits, out int scale)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        scale = value.Scale;
        digits = (long)bits[1].Unsigned() << 32 | bits[0].Unsigned();
        if (bits[3] < 0)
        {
            digits = -digits;
        }

        return bits[2] == 0 && bits[1] >= 0;
    }

    private static uint Unsigned(this int bits) => unchecked((uint)bits);

    /// <summary>The integer and the power of ten it is divided by.</summary>
    public static (BigInteger Integer, int Scale) Parts(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var (low, middle, high) = unchecked(((uint)bits[0], (uint)bits[1], (uint)bits[2]));
        var magnitude = ((BigInteger)high << 64) | ((BigInteger)middle << 32) | low;
        return (bits[3] < 0 ? -magnitude : magnitude, value.Scale);
    }

    /// <exception cref="OverflowException">It does not fit a decimal.</exception>
    public static decimal FromParts(BigInteger integer, int scale)
    {
        while (scale > 28 || (scale > 0 && (integer % 10).IsZero))
        {
            if (!(integer % 10).IsZero)
            {
                throw TooLong();
            }

            integer /= 10;
            scale--;
        }

        if (BigInteger.Abs(integer) >> 96 != 0)
        {
            throw TooLong();
        }

        var magnitude = BigInteger.Abs(integer);
        return new decimal(
            unchecked((int)(uint)(magnitude & uint.MaxValue)), unchecked((int)(uint)((magnitude >> 32) & uint.MaxValue)),
            unchecked((int)(uint)(magnitude >> 64)), integer.Sign < 0, (byte)scale);
    }

    private static decimal AddShortened(decimal a, decimal b)
    {
        var (x, y) = (Shortest(a), Shortest(b));
        var sum = x + y;
        return sum.Scale == Math.Max(x.Scale, y.Scale) ? sum : throw TooLong();
    }

    private static decimal MultiplyShortened(decimal a, decimal b)
    {
        var (x, y) = (Shortest(a), Shortest(b));
        var product = x * y;
        return x == 0m || y == 0m || product.Scale == x.Scale + y.Scale ? product : throw TooLong();
    }

    private static OverflowException TooLong() =>
        new("The exact amount has more digits than can be kept; nothing is rounded in silence.");
}
