using System.Numerics;
using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Fx;

/// <summary>One step of a rate, as published or fixed by law.</summary>
/// <param name="Pair">Units of the second currency for one of the first: <c>USD/CAD</c>.</param>
/// <param name="Value">Decimal text as published.</param>
/// <param name="IsInverted">The step goes from the second currency to the first: divided by the value.</param>
/// <param name="Date">The day the value is for.</param>
public sealed record FxLeg(
    string Pair, string Value, bool IsInverted, string Series, string Source, LocalDate Date);

/// <summary>
/// A rate between two currencies with the steps it was made of. The rate is their exact ratio: nothing is rounded
/// here, an inverse neither. Holds only what a fact may hold, so that it can be recorded as it was used.
/// </summary>
/// <param name="Requested">The day it was asked for; each leg tells the day it was observed.</param>
/// <param name="Legs">Empty between a currency and itself.</param>
public sealed record FxRate(Currency From, Currency To, LocalDate Requested, IReadOnlyList<FxLeg> Legs)
{
    /// <summary>Units of <see cref="To"/> for one of <see cref="From"/>, over <see cref="Denominator"/>.</summary>
    public BigInteger Numerator => Product(inverted: false);

    public BigInteger Denominator => Product(inverted: true);

    /// <summary>The same rate the other way round, exactly.</summary>
    public FxRate Inverse => this with
    {
        From = To,
        To = From,
        Legs = [.. Legs.Reverse().Select(leg => leg with { IsInverted = !leg.IsInverted })],
    };

    /// <summary>The published value itself where there is one step; else 12 decimals, half to even, to look at.</summary>
    public decimal Shown => Legs switch
    {
        [] => 1m,
        [{ IsInverted: false } only] => ValueOf(only),
        _ => Scaled(12),
    };

    /// <summary>Where it comes from, for a statement: <c>FXUSDCAD 1.4049 of 2026-10-30 (Bank of Canada)</c>.</summary>
    public string Path => Legs.Count == 0
        ? "same currency"
        : string.Join(", ", Legs.Select(leg =>
            $"{(leg.IsInverted ? "1 ÷ " : "")}{leg.Series} {leg.Value} of {leg.Date.Text()} ({leg.Source})"));

    private BigInteger Product(bool inverted)
    {
        var product = BigInteger.One;
        foreach (var leg in Legs)
        {
            var value = ValueOf(leg);
            // value = mantissa ÷ 10^scale
            var mantissa = new BigInteger(value * Power(value.Scale));
            product *= leg.IsInverted == inverted ? mantissa : BigInteger.Pow(10, value.Scale);
        }

        return product;
    }

    private decimal Scaled(int decimals)
    {
        var scale = BigInteger.Pow(10, decimals);
        var (whole, rest) = BigInteger.DivRem(Numerator * scale, Denominator);
        var twice = (rest * 2).CompareTo(Denominator);
        if (twice > 0 || (twice == 0 && !whole.IsEven))
        {
            whole += 1;
        }

        return (decimal)whole / (decimal)scale;
    }

    private static decimal ValueOf(FxLeg leg) => FxObservation.ValueOf(leg.Value)
        ?? throw new FormatException($"'{leg.Value}' is no exchange rate.");

    private static decimal Power(int exponent)
    {
        var power = 1m;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10m;
        }

        return power;
    }
}
