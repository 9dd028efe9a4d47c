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
        var (whole, hourly) = (default(Band), default(Band));
        var rates = 0;
        decimal? only = null;
        decimal? rate;
        var key = -2L;
        foreach (var line in lines)
        {
            var amount = line.Amount;
            if (amount.Numerator == 0m || (reserves is { } wanted && wanted != line.IsReservation))
            {
                continue;
            }

            var component = line.ActiveComponent;
            if (component.VatKey != key || key == -2)
            {
                key = component.VatKey;
                rate = Rate(component, policy);
                rates += rates == 0 || only != rate ? 1 : 0;
                only = rate;
                whole.Switch(rate);
                hourly.Switch(rate);
            }

            if (amount.Denominator == 1)
            {
                whole.Add(amount.Numerator);
            }
            else
            {
                hourly.Add(amount.Numerator);
            }
        }

        whole.Close();
        hourly.Close();
        return new Totals
        {
            Amount = Sum(whole.Amount, hourly.Amount),
            Tax = whole.IsUntold || hourly.IsUntold ? null : Sum(whole.Tax, hourly.Tax),
            OnlyRate = rates == 1 ? only : null,
        };
    }

    /// <summary>Lines of one rate after the other are summed first, so that tax is multiplied once for them.</summary>
    private struct Band
    {
        public decimal Amount;
        public decimal Tax;
        public bool IsUntold;
        private decimal run;
        private bool isOpen;
        private bool hasClosed;
        private decimal? rate;

        public void Switch(decimal? percent)
        {
            if (rate != percent)
            {
                Close();
                rate = percent;
            }
        }

        public void Add(decimal amount)
        {
            // assigned and not added to zero: an addition of decimals is what a rating costs most
            run = isOpen ? Exact.Add(run, amount) : amount;
            isOpen = true;
        }

        public void Close()
        {
            if (!isOpen)
            {
                return;
            }

            var tax = rate is { } percent && percent != 0m ? Exact.Multiply(run, Exact.Multiply(percent, 0.01m)) : 0m;
            Amount = hasClosed ? Exact.Add(Amount, run) : run;
            Tax = hasClosed ? Exact.Add(Tax, tax) : tax;
            IsUntold |= rate is null;
            hasClosed = true;

            run = 0m;
            isOpen = false;
        }
    }

    /// <summary>VAT percent of a line: 0 where none applies, null where the tariff does not say.</summary>
    public static decimal? Rate(ActiveComponent component, RatingPolicy policy) =>
        component.TaxIncluded == TaxIncluded.NOT_APPLICABLE ? 0m
        : component.VatPercent ?? (policy.AbsentVat == AbsentVat.None ? 0m : null);

    private static ExactAmount Sum(decimal whole, decimal hourly) =>
        hourly == 0m ? new(whole, 1)
        : whole == 0m ? new(hourly, 3600)
        : new(Exact.Add(Exact.Multiply(whole, 3600m), hourly), 3600);
}
