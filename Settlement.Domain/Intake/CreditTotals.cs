using System.Globalization;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Intake;

/// <summary>
/// The total of a credit beside its original's: in minor units, in one currency, and on every side of tax that both
/// state; on one at least (rules-money 14).
/// </summary>
internal static class CreditTotals
{
    /// <summary>Null: it negates the whole total.</summary>
    public static Finding? Difference(Price credit, string currency, Cdr original)
    {
        var total = original.TotalCost;
        var decimals = Currency.Find(currency)?.MinorUnits ?? 2;
        var before = Negates(credit.BeforeTaxes, total.BeforeTaxes, decimals);
        var after = Negates(credit.AfterTaxes, total.AfterTaxes, decimals);
        return currency == original.Currency && (before ?? after) is not null && (before ?? true) && (after ?? true)
            ? null
            : new("credit.differs", "/total_cost",
                $"The credit is {Text(credit)} {currency}, its original {Text(total)} {original.Currency}: a credit negates "
                + "the whole total, on the same side of tax and in the same currency; ask the CPO to resend.");
    }

    /// <summary>Null where one of them does not state this side.</summary>
    private static bool? Negates(decimal? credit, decimal? original, int decimals) =>
        credit is { } one && original is { } other ? Minor(one, decimals) == -Minor(other, decimals) : null;

    private static decimal Minor(decimal amount, int decimals) =>
        decimal.Round(amount, decimals, MidpointRounding.AwayFromZero);

    private static string Text(Price price) => price switch
    {
        { BeforeTaxes: { } before, AfterTaxes: { } after } => $"{Number(before)} before tax and {Number(after)} after tax",
        { BeforeTaxes: { } before } => $"{Number(before)} before tax",
        { AfterTaxes: { } after } => $"{Number(after)} after tax",
        _ => "no amount",
    };

    private static string Number(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);
}
