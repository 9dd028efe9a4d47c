using System.Numerics;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Fx;

/// <summary>
/// An amount in one currency and what it is in another: two linked amounts, never added up. The sum is rounded once,
/// half away from zero on the exact product (rules-money 26).
/// </summary>
/// <param name="Parts">Each part converted and rounded for itself, in the order given.</param>
/// <param name="Residue">
/// <see cref="To"/> minus the parts, whole minor units, for the account <c>rounding</c>: at most half a unit for each
/// rounding, the parts' and the sum's.
/// </param>
/// <param name="Dropped"><see cref="To"/> minus the exact product, minor units, 12 decimals; at most ½.</param>
public sealed record Conversion(
    Money From, Money To, FxRate Rate, IReadOnlyList<Money> Parts, Money Residue, decimal Dropped)
{
    private const int DroppedDecimals = 12;

    /// <summary>Most that <see cref="Residue"/> can be, minor units.</summary>
    public long Bound => Parts.Count > 1 ? (Parts.Count + 1) / 2 : 0;

    public static Conversion Of(Money amount, FxRate rate) => Of([amount], rate);

    /// <summary>Converts what several accounts hold, and their sum.</summary>
    /// <exception cref="CurrencyMismatchException">A part is not in the currency the rate starts from.</exception>
    public static Conversion Of(IReadOnlyList<Money> parts, FxRate rate)
    {
        var sum = parts.Aggregate(Money.Zero(rate.From), (total, part) => total + part);
        var (to, dropped) = Convert(sum.Minor, rate);
        var converted = parts.Select(part => new Money(Convert(part.Minor, rate).Minor, rate.To)).ToList();
        var residue = converted.Aggregate(new Money(to, rate.To), (rest, part) => rest - part);
        return new Conversion(sum, new Money(to, rate.To), rate, converted, residue, dropped);
    }

    private static (long Minor, decimal Dropped) Convert(long minor, FxRate rate)
    {
        // minor ÷ scale × rate × scale, one fraction
        var numerator = new BigInteger(minor) * rate.Numerator * rate.To.Scale;
        var denominator = rate.Denominator * rate.From.Scale;
        var (whole, rest) = BigInteger.DivRem(BigInteger.Abs(numerator), denominator);
        var isUp = rest * 2 >= denominator;
        var rounded = isUp ? whole + 1 : whole;
        var over = isUp ? denominator - rest : -rest;
        var scale = BigInteger.Pow(10, DroppedDecimals);
        var dropped = (decimal)(over * scale / denominator) / (decimal)scale;
        return ((long)(rounded * numerator.Sign), dropped * numerator.Sign);
    }
}
