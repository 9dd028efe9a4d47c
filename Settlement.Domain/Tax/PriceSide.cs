using Settlement.Domain.Ledger;

namespace Settlement.Domain.Tax;

/// <summary>Which side of tax an amount stands on: one is never used as the other (rules-money 8).</summary>
public enum PriceSide
{
    BeforeTax,
    AfterTax,
}

/// <summary>An amount as a document states it, with the side of tax it is on.</summary>
public readonly record struct SidedAmount(decimal Amount, PriceSide Side);

/// <summary>Whole minor units with the side of tax they are on.</summary>
public readonly record struct SidedMoney(Money Money, PriceSide Side);

internal static class PriceSides
{
    public static string Words(this PriceSide side) => side == PriceSide.AfterTax ? "after tax" : "before tax";
}
