using System.Numerics;
using Settlement.Domain.Rating;

namespace Settlement.Tests.Rating;

/// <summary>An exact fraction of whole numbers, always reduced: the arithmetic of the reference rater.</summary>
internal readonly record struct Ratio
{
    private Ratio(BigInteger top, BigInteger bottom)
    {
        var common = BigInteger.GreatestCommonDivisor(top, bottom) * bottom.Sign;
        (Top, Bottom) = (top / common, bottom / common);
    }

    public BigInteger Top { get; }

    public BigInteger Bottom { get; }

    public static Ratio Zero { get; } = new(0, 1);

    public static Ratio Of(BigInteger top, BigInteger bottom) => new(top, bottom);

    public static Ratio Of(decimal value)
    {
        var bits = decimal.GetBits(value);
        var (low, middle, high) = unchecked(((uint)bits[0], (uint)bits[1], (uint)bits[2]));
        var whole = (BigInteger)low + ((BigInteger)middle << 32) + ((BigInteger)high << 64);
        return new Ratio(value < 0m ? -whole : whole, BigInteger.Pow(10, value.Scale));
    }

    public static Ratio Of(ExactAmount amount) => Of(amount.Numerator) / Of(amount.Denominator);

    public static Ratio operator +(Ratio a, Ratio b) => new(a.Top * b.Bottom + b.Top * a.Bottom, a.Bottom * b.Bottom);

    public static Ratio operator -(Ratio a, Ratio b) => new(a.Top * b.Bottom - b.Top * a.Bottom, a.Bottom * b.Bottom);

    public static Ratio operator *(Ratio a, Ratio b) => new(a.Top * b.Top, a.Bottom * b.Bottom);

    public static Ratio operator /(Ratio a, Ratio b) => new(a.Top * b.Bottom, a.Bottom * b.Top);

    public static bool operator <(Ratio a, Ratio b) => a.Top * b.Bottom < b.Top * a.Bottom;

    public static bool operator >(Ratio a, Ratio b) => b < a;

    /// <summary>The least whole number that is not below.</summary>
    public BigInteger Ceiling()
    {
        var whole = BigInteger.DivRem(Top, Bottom, out var rest);
        return rest.Sign > 0 ? whole + 1 : whole;
    }

    /// <summary>To the nearest whole number, half away from zero.</summary>
    public BigInteger Nearest()
    {
        var doubled = new Ratio(BigInteger.Abs(Top) * 2 + Bottom, Bottom * 2);
        return Top.Sign * BigInteger.Divide(doubled.Top, doubled.Bottom);
    }

    public override string ToString() => Bottom.IsOne ? $"{Top}" : $"{Top}/{Bottom}";
}
