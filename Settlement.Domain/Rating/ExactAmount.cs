using System.Globalization;
using System.Numerics;

namespace Settlement.Domain.Rating;

/// <summary>An exact amount: a decimal numerator over a whole denominator. Nothing here rounds but the named rules.</summary>
/// <remarks>
/// Prices per hour times whole seconds are exact over 3600; percentages only lengthen the numerator.
/// Equal by value. What cannot be kept exactly throws <see cref="OverflowException"/>.
/// </remarks>
public readonly record struct ExactAmount(decimal Numerator, long Denominator) : IComparable<ExactAmount>
{
    public static readonly ExactAmount Zero = new(0m, 1);

    public bool IsZero => Numerator == 0m;

    public static ExactAmount Of(decimal amount) => new(amount, 1);

    public static ExactAmount operator +(ExactAmount a, ExactAmount b)
    {
        if (a.Denominator == b.Denominator)
        {
            return new(Exact.Add(a.Numerator, b.Numerator), a.Denominator);
        }

        var common = (long)BigInteger.GreatestCommonDivisor(a.Denominator, b.Denominator);
        var (forA, forB) = (b.Denominator / common, a.Denominator / common);
        return new(
            Exact.Add(Exact.Multiply(a.Numerator, forA), Exact.Multiply(b.Numerator, forB)),
            a.Denominator * forA);
    }

    public static ExactAmount operator -(ExactAmount a, ExactAmount b) => a + -b;

    public static ExactAmount operator -(ExactAmount a) => a with { Numerator = -a.Numerator };

    public static bool operator <(ExactAmount a, ExactAmount b) => a.CompareTo(b) < 0;

    public static bool operator >(ExactAmount a, ExactAmount b) => a.CompareTo(b) > 0;

    public static bool operator <=(ExactAmount a, ExactAmount b) => a.CompareTo(b) <= 0;

    public static bool operator >=(ExactAmount a, ExactAmount b) => a.CompareTo(b) >= 0;

    /// <summary>This share of the amount: a percentage is <c>Times(percent, 100)</c>.</summary>
    public ExactAmount Percent(decimal percent) =>
        // percent / 100 is exact in decimal as long as its scale fits: multiply by 0.01, never divide
        this with { Numerator = Exact.Multiply(Numerator, Exact.Multiply(percent, 0.01m)) };

    /// <summary>The amount before a percentage that is contained in it.</summary>
    public ExactAmount WithoutPercent(decimal percent)
    {
        var (digits, scale) = Exact.Parts(Exact.Add(100m, percent));
        return digits > 0 && digits * Denominator <= long.MaxValue
            ? new(Exact.Multiply(Numerator, Exact.Multiply(100m, (decimal)BigInteger.Pow(10, scale))), (long)digits * Denominator)
            : throw new OverflowException("A percentage of this kind is not taken out.");
    }

    public int CompareTo(ExactAmount other)
    {
        if (Denominator == other.Denominator)
        {
            return Numerator.CompareTo(other.Numerator);
        }

        var (one, scale) = Exact.Parts(Numerator);
        var (two, otherScale) = Exact.Parts(other.Numerator);
        var left = one * other.Denominator * BigInteger.Pow(10, otherScale);
        return left.CompareTo(two * Denominator * BigInteger.Pow(10, scale));
    }

    public bool Equals(ExactAmount other) => CompareTo(other) == 0;

    public override int GetHashCode() => LineScale().GetHashCode();

    /// <summary>Named rule <c>line-scale</c>: 12 decimal places, half to even. For output only.</summary>
    public decimal LineScale() => Denominator == 1
        ? Math.Round(Numerator, 12, MidpointRounding.ToEven)
        : Exact.Round(Numerator, Denominator, 12, halfToEven: true);

    /// <summary>
    /// Named rule <c>minor-units</c>: half away from zero, decided on the exact value, never on a pre-rounded one.
    /// </summary>
    public decimal RoundTo(int decimals) => Denominator == 1
        ? Math.Round(Numerator, decimals, MidpointRounding.AwayFromZero)
        : Exact.Round(Numerator, Denominator, decimals, halfToEven: false);

    public override string ToString() => LineScale().ToString(CultureInfo.InvariantCulture);
}
