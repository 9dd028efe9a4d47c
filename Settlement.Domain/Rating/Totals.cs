namespace Settlement.Domain.Rating;

/// <summary>Sums of the lines before and after tax, with what the limits made of them.</summary>
internal struct Totals
{
    public ExactAmount Amount;

    /// <summary>Null: the tax of some line is not told.</summary>
    public ExactAmount? Tax;

    /// <summary>The one VAT percentage of all lines that cost something; null where there are several or none.</summary>
    public decimal? OnlyRate;

    public static Totals Of(ReadOnlySpan<RatedLine> lines, RatingPolicy policy, bool? reserves)
    {
        var (whole, hourly) = (0m, 0m);
        var (wholeTax, hourlyTax) = (0m, 0m);
        var taxKnown = true;
        decimal? only = null;
        var rates = 0;
        foreach (var line in lines)
        {
            if (reserves is { } wanted && wanted != (line.Phase == "RESERVATION"))
            {
                continue;
            }

            var amount = line.Amount;
            if (amount.Numerator == 0m)
            {
                continue;
            }

            var rate = Rate(line.ActiveComponent, policy);
            taxKnown &= rate is not null;
            if (rates == 0 || only != rate)
            {
                (only, rates) = (rate, rates + 1);
            }

            if (amount.Denominator == 1)
            {
                whole = Exact.Add(whole, amount.Numerator);
                wholeTax = AddTax(wholeTax, amount.Numerator, rate);
            }
            else
            {
                hourly = Exact.Add(hourly, amount.Numerator);
                hourlyTax = AddTax(hourlyTax, amount.Numerator, rate);
            }
        }

        return new Totals
        {
            Amount = Sum(whole, hourly),
            Tax = taxKnown ? Sum(wholeTax, hourlyTax) : null,
            OnlyRate = rates == 1 ? only : null,
        };
    }

    /// <summary>VAT percent of a line: 0 where none applies, null where the tariff does not say.</summary>
    public static decimal? Rate(ActiveComponent component, RatingPolicy policy) =>
        component.TaxIncluded == TaxIncluded.NOT_APPLICABLE ? 0m
        : component.VatPercent ?? (policy.AbsentVat == AbsentVat.None ? 0m : null);

    private static decimal AddTax(decimal sum, decimal amount, decimal? rate) =>
        rate is null or 0m ? sum : Exact.Add(sum, Exact.Multiply(amount, Exact.Multiply(rate.Value, 0.01m)));

    private static ExactAmount Sum(decimal whole, decimal hourly) =>
        hourly == 0m ? new(whole, 1)
        : whole == 0m ? new(hourly, 3600)
        : new(Exact.Add(Exact.Multiply(whole, 3600m), hourly), 3600);
}
