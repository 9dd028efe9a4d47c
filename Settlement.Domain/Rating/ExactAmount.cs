using System.Globalization;

namespace Settlement.Domain.Rating;

/// <summary>An exact amount: a decimal numerator over a whole denominator. Nothing here rounds but the named rules.</summary>
/// <remarks>Prices per hour times whole seconds are exact over 3600; percentages over 100 more.</remarks>
public readonly record struct ExactAmount(decimal Numerator, long Denominator) : IComparable<ExactAmount>
{
    public static readonly ExactAmount Zero = new(0m, 1);

    public static ExactAmount Of(decimal amount) => new(amount, 1);

    public static ExactAmount operator +(ExactAmount a, ExactAmount b) =>
        a.Denominator == b.Denominator
            ? new(a.Numerator + b.Numerator, a.Denominator)
            : new(a.Numerator * b.Denominator + b.Numerator * a.Denominator, a.Denominator * b.Denominator);

    public static ExactAmount operator -(ExactAmount a, ExactAmount b) => a + -b;

    public static ExactAmount operator -(ExactAmount a) => a with { Numerator = -a.Numerator };

    public static bool operator <(ExactAmount a, ExactAmount b) => a.CompareTo(b) < 0;

    public static bool operator >(ExactAmount a, ExactAmount b) => a.CompareTo(b) > 0;

    public static bool operator <=(ExactAmount a, ExactAmount b) => a.CompareTo(b) <= 0;

    public static bool operator >=(ExactAmount a, ExactAmount b) => a.CompareTo(b) >= 0;

    public int CompareTo(ExactAmount other) =>
        (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    /// <summary>Named rule <c>line-scale</c>: 12 decimal places, half to even. For output only.</summary>
    public decimal LineScale() => Math.Round(Numerator / Denominator, 12, MidpointRounding.ToEven);

    /// <summary>
    /// Named rule <c>minor-units</c>: half away from zero, decided on the exact value, never on a pre-rounded one.
    /// </summary>
    public decimal RoundTo(int decimals)
    {
        var scale = 1m;
        for (var i = 0; i < decimals; i++)
        {
            scale *= 10m;
        }

        var magnitude = Math.Abs(Numerator) * scale;
        var whole = decimal.Floor(magnitude / Denominator);
        // The quotient may be off in its last digit: settle it by the exact remainder.
        while (whole * Denominator > magnitude)
        {
            whole -= 1m;
        }

        while ((whole + 1m) * Denominator <= magnitude)
        {
            whole += 1m;
        }

        if ((magnitude - whole * Denominator) * 2m >= Denominator)
        {
            whole += 1m;
        }

        return Math.Sign(Numerator) * whole / scale;
    }

    public override string ToString() => LineScale().ToString(CultureInfo.InvariantCulture);
}
