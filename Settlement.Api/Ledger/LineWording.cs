using Settlement.Domain;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;
using Settlement.Projections.Tables;

namespace Settlement.Api.Ledger;

/// <summary>How a priced line and a tax line are told, in a terminal and on a page alike.</summary>
public static class LineWording
{
    /// <summary>What a price is per.</summary>
    public static string Per(PricedLine line) => line.Unit switch
    {
        "kWh" => "/kWh",
        "s" => "/h",
        _ => "",
    };

    /// <summary>The multiplication behind a tax line, and its exact result before rounding.</summary>
    public static (string Formula, decimal Exact) Of(PostedTax tax, Currency currency)
    {
        var amount = new Money(tax.Base, currency).Amount;
        return tax switch
        {
            { PerKwh: { } perKwh, Kwh: { } kwh } =>
                ($"{Figures.Number(kwh)} kWh × {Figures.Number(perKwh)}", perKwh * kwh),
            { Rate: { } rate } =>
                ($"{Figures.Amount(tax.Base, currency)} × {TaxRows.Rate(tax)}", amount * rate),
            _ => (Figures.Amount(tax.Base, currency), 0m),
        };
    }

    /// <summary>Where in the document, or nothing for the whole.</summary>
    public static string At(Finding finding) => finding.Pointer.Length == 0 ? "" : $" at {finding.Pointer}";

    public static bool IsExempt(PostedTax tax) => tax.Disposition == Disposition.Exempt;

    /// <summary>A disposition in words.</summary>
    public static string Words(Disposition disposition) => Words(disposition.ToString());

    /// <inheritdoc cref="Words(Disposition)"/>
    public static string Words(string disposition) => disposition switch
    {
        nameof(Disposition.Charged) => "charged",
        nameof(Disposition.Exempt) => "exempt",
        nameof(Disposition.Included) => "included in the price",
        nameof(Disposition.RemittedByDebtor) => "remitted by the debtor",
        _ => disposition,
    };
}
