using System.Globalization;
using System.Text;
using Settlement.Domain;
using Settlement.Domain.Rating;

namespace Settlement.Api.Rating;

/// <summary>A rating as a person reads it: lines with their reasons, totals, the claim, what was found.</summary>
internal static class RatedText
{
    public static string Of(RatedSession rated, ClaimComparison claim, IReadOnlyList<Finding> faults, IReadOnlyList<Finding> notes)
    {
        var text = new StringBuilder();
        var cdr = rated.Cdr;
        text.Append(CultureInfo.InvariantCulture, $"CDR {cdr.Key.Id}  {cdr.Start} to {cdr.End}  {cdr.Currency}\n");
        if (rated.Lines.Count > 0)
        {
            text.Append('\n');
            Table(rated, text);
        }

        text.Append('\n');
        Total(text, "before tax", rated.BeforeTaxes, cdr.Currency, "not told: prices include tax", rated);
        Total(text, "after tax", rated.AfterTaxes, cdr.Currency, "not told by the tariff", rated);
        text.Append(CultureInfo.InvariantCulture, $"claim       {OutcomeText(claim)}\n");
        foreach (var departure in rated.Policy.Departures())
        {
            text.Append(CultureInfo.InvariantCulture, $"policy      {departure}\n");
        }

        if (rated.Surcharge.Outcome != SurchargeOutcome.NotProvable)
        {
            text.Append(CultureInfo.InvariantCulture, $"own network {rated.Surcharge.Reference} {cdr.Currency} ({rated.Surcharge.Code})\n");
        }

        foreach (var fault in faults)
        {
            text.Append(CultureInfo.InvariantCulture, $"HELD        {fault.Pointer} {fault.Detail} ({fault.Code})\n");
        }

        foreach (var finding in notes.Concat(rated.Findings).Concat(claim.Findings))
        {
            text.Append(CultureInfo.InvariantCulture, $"found       {finding.Pointer} {finding.Detail} ({finding.Code})\n");
        }

        return text.ToString();
    }

    private static string OutcomeText(ClaimComparison claim) => claim.Outcome switch
    {
        ClaimOutcome.Agrees => claim.Because + (claim.Settled is { } settled ? $" Settled: {settled}." : ""),
        ClaimOutcome.NotComparable => claim.Because,
        _ => "HELD. " + claim.Because,
    };

    private static void Total(
        StringBuilder text, string name, ExactAmount? amount, string currency, string otherwise, RatedSession rated) =>
        text.Append(name.PadRight(12)).Append(
            amount is { } known ? $"{Amount(known)} {currency}"
            : rated.IsRateable ? otherwise : "the price cannot be determined").Append('\n');

    private static void Table(RatedSession rated, StringBuilder text)
    {
        var amountHead = rated.AmountsIncludeTax ? "with tax" : "amount";
        var rows = new List<string[]> { new[] { "period", "what", "quantity", "billed", "price", amountHead, "VAT", "why" } };
        rows.AddRange(rated.Lines.Select(line => new[]
        {
            line.IsAdjustment ? "" : line.Period.ToString(CultureInfo.InvariantCulture),
            What(line),
            line.IsAdjustment ? "" : Quantity(line.Quantity, line),
            line.IsAdjustment ? "" : Quantity(line.BilledQuantity, line),
            line.IsAdjustment ? "" : Price(line),
            Amount(line.Amount),
            line.VatPercent is { } vat ? Plain(vat) + "%" : "-",
            line.Because,
        }));
        var widths = Enumerable.Range(0, 8).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            for (var column = 0; column < 7; column++)
            {
                text.Append(column is 1 ? row[column].PadRight(widths[column]) : row[column].PadLeft(widths[column])).Append("  ");
            }

            text.Append(row[7]).Append('\n');
        }
    }

    private static string What(RatedLine line) =>
        line.IsAdjustment ? "LIMIT" : line.IsReservation ? $"reserved {line.Dimension}" : line.Dimension.ToString();

    private static string Quantity(decimal quantity, RatedLine line) => line.Unit switch
    {
        "kWh" => $"{Plain(quantity)} kWh",
        "s" => Clock((long)quantity),
        _ => Plain(quantity),
    };

    private static string Clock(long seconds) => string.Create(
        CultureInfo.InvariantCulture, $"{seconds / 3600}:{seconds / 60 % 60:00}:{seconds % 60:00}");

    private static string Price(RatedLine line) => line.Unit switch
    {
        "kWh" => $"{Plain(line.Price)}/kWh",
        "s" => $"{Plain(line.Price)}/h",
        _ => Plain(line.Price),
    };

    private static string Amount(ExactAmount amount) =>
        amount.LineScale().ToString("0.00##########", CultureInfo.InvariantCulture);

    private static string Plain(decimal value) =>
        value.ToString("0.##########################", CultureInfo.InvariantCulture);
}
