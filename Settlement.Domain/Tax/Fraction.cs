using System.Numerics;

namespace Settlement.Domain.Tax;

/// <summary>
/// An exact quotient: backing taxes out of a price divides, and a tie must be seen as a tie.
/// </summary>
internal readonly record struct Fraction(BigInteger Numerator, BigInteger Denominator) : IComparable<Fraction>
{
    public static readonly Fraction Zero = new(0, 1);

    public static Fraction Of(decimal value)
    {
        var bits = decimal.GetBits(value);
        var scale = (bits[3] >> 16) & 0xFF;
        var unscaled = unchecked(
            (new BigInteger((uint)bits[2]) << 64) | (new BigInteger((uint)bits[1]) << 32) | (uint)bits[0]);
        return new Fraction(value < 0m ? -unscaled : unscaled, BigInteger.Pow(10, scale));
    }

    public static Fraction operator +(Fraction a, Fraction b) =>
        new(a.Numerator * b.Denominator + b.Numerator * a.Denominator, a.Denominator * b.Denominator);

    public static Fraction operator *(Fraction a, Fraction b) =>
        new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Fraction operator /(Fraction a, Fraction b) =>
        b.Numerator.Sign < 0
            ? new(-a.Numerator * b.Denominator, a.Denominator * -b.Numerator)
            : new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static Fraction operator -(Fraction a, Fraction b) =>
        a + new Fraction(-b.Numerator, b.Denominator);

    public static bool operator <(Fraction a, Fraction b) => a.CompareTo(b) < 0;

    public static bool operator >(Fraction a, Fraction b) => a.CompareTo(b) > 0;

    public static bool operator <=(Fraction a, Fraction b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Fraction a, Fraction b) => a.CompareTo(b) >= 0;

    public int CompareTo(Fraction other) =>
        (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    /// <summary>Largest whole number that is not above it.</summary>
    public BigInteger Floor()
    {
        var quotient = BigInteger.DivRem(Numerator, Denominator, out var rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>
    /// Named rule <c>minor-units</c> on a value that is in minor units: half away from zero.
    /// </summary>
    public long RoundHalfAway()
    {
        var magnitude = BigInteger.Abs(Numerator);
        var whole = (magnitude * 2 + Denominator) / (Denominator * 2);
        return (long)(Numerator.Sign < 0 ? -whole : whole);
    }
}
