using System.Globalization;

namespace Settlement.Domain.Ledger;

/// <summary>Whole minor units of one currency: what a posting, a statement and a payment carry.</summary>
/// <remarks>Nothing here rounds: an exact amount becomes money only by a named rule.</remarks>
public readonly record struct Money(long Minor, Currency Currency)
{
    public decimal Amount => (decimal)Minor / Currency.Scale;

    public static Money Zero(Currency currency) => new(0, currency);

    /// <summary>From an amount that already is whole minor units.</summary>
    /// <exception cref="ArgumentException">It is not; use a named rounding rule first.</exception>
    public static Money Of(decimal amount, Currency currency)
    {
        var minor = amount * currency.Scale;
        return minor == decimal.Truncate(minor)
            ? new Money((long)minor, currency)
            : throw new ArgumentException(
                $"{amount.ToString(CultureInfo.InvariantCulture)} is not whole minor units of {currency}");
    }

    public static Money operator +(Money a, Money b) => a with { Minor = a.Minor + b.In(a.Currency) };

    public static Money operator -(Money a, Money b) => a with { Minor = a.Minor - b.In(a.Currency) };

    public static Money operator -(Money a) => a with { Minor = -a.Minor };

    /// <summary>The amount with the currency's own number of decimals, invariant: <c>12.30</c>.</summary>
    public string Text() =>
        Amount.ToString("F" + Currency.MinorUnits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    public override string ToString() => $"{Text()} {Currency.Code}";

    private long In(Currency currency) =>
        Currency == currency ? Minor : throw new CurrencyMismatchException(currency, Currency);
}

/// <summary>Two currencies in one sum: a bug, never an answer.</summary>
public sealed class CurrencyMismatchException(Currency one, Currency other)
    : InvalidOperationException($"Cannot add {other.Code} to {one.Code}.");
