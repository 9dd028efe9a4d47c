using System.Globalization;
using Settlement.Domain.Intake;
using Settlement.Domain.Tax;

namespace Settlement.Api.Ledger;

/// <summary>What is claimed, with the side of tax it is on.</summary>
public static class ClaimText
{
    public static string Of(CdrHeading cdr) => Of(cdr.Claimed, cdr.Currency);

    public static string Of(SidedAmount? claim, string currency) => claim is { } stated
        ? $"{stated.Amount.ToString(CultureInfo.InvariantCulture)} {currency} "
            + (stated.Side == PriceSide.AfterTax ? "after taxes" : "before taxes")
        : "of no amount";
}
