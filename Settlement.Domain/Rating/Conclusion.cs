namespace Settlement.Domain.Rating;

/// <summary>From lines to the rated session: tax, price limits, totals.</summary>
internal static class Conclusion
{
    public static RatedSession Of(
        RatingRequest request, ReadOnlySpan<Slice> slices, RatedLine[] lines, in Measured measured, Findings findings)
    {
        var policy = request.Policy;
        var tariff = Governing(slices, findings);
        if (tariff is null)
        {
            return RatingRun.NotRateable(request, findings);
        }

        var onlyCharging = policy.LimitScope == LimitScope.Charging;
        var totals = Totals.Of(lines, policy, onlyCharging ? false : null);
        var result = new Limits.Result(null, null, null, false);
        if (tariff.MinPrice is null && tariff.MaxPrice is null)
        {
            result = tariff.TaxIncluded == TaxIncluded.YES
                ? new(null, totals.Amount, null, false)
                : new(totals.Amount, totals.Tax is { } tax ? totals.Amount + tax : null, null, false);
        }
        else
        {
            var mayRaise = policy.MinPriceUnused == MinPriceUnused.Applied || AnyEnergy(slices);
            result = Limits.Apply(totals, tariff, mayRaise, policy, findings);
        }

        var (before, after) = (result.Before, result.After);
        if (onlyCharging)
        {
            var reserved = Totals.Of(lines, policy, true);
            before += reserved.Amount;
            after = tariff.TaxIncluded == TaxIncluded.YES ? after + reserved.Amount
                : reserved.Tax is { } tax && after is not null ? after + reserved.Amount + tax
                : null;
        }

        CheckSize(before);
        CheckSize(after);
        if (result.PendsTax)
        {
            findings.Add("price-limit.pending", "", "A price limit can be held only once the tax is determined.");
        }

        return new RatedSession
        {
            Cdr = request.Cdr,
            Policy = policy,
            Lines = result.Adjustment is { } line ? [.. lines, line] : lines,
            BeforeTaxes = before,
            AfterTaxes = after,
            Findings = findings.All,
            Measured = measured,
            PendingMin = result.PendsTax ? tariff.MinPrice : null,
            PendingMax = result.PendsTax ? tariff.MaxPrice : null,
        };
    }

    /// <summary>No session costs this much, and whole minor units of it must still fit wherever they go.</summary>
    private static void CheckSize(ExactAmount? amount)
    {
        if (amount is { } total && Math.Abs(total.Numerator) > Largest * total.Denominator)
        {
            throw new OverflowException("A session total of more than a million millions.");
        }
    }

    private const decimal Largest = 1_000_000_000_000m;

    private static bool AnyEnergy(ReadOnlySpan<Slice> slices)
    {
        foreach (ref readonly var slice in slices)
        {
            if (slice.Kwh != 0m)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The tariff whose limits and tax reading hold: that of the first period that charges, else the first.</summary>
    private static Tariff? Governing(ReadOnlySpan<Slice> slices, Findings findings)
    {
        var governing = slices[0].Tariff!.Tariff;
        foreach (ref readonly var slice in slices)
        {
            if (slice.Charges)
            {
                governing = slice.Tariff!.Tariff;
                break;
            }
        }

        foreach (ref readonly var slice in slices)
        {
            var other = slice.Tariff!.Tariff;
            if (ReferenceEquals(other, governing))
            {
                continue;
            }

            if (other.TaxIncluded != governing.TaxIncluded)
            {
                findings.StopPeriod(
                    "tariff.tax-included-mixed", slice.Index,
                    $"Tariff '{other.Id}' and '{governing.Id}' differ in tax_included; one total cannot be told.");
                return null;
            }

            if (other.MinPrice != governing.MinPrice || other.MaxPrice != governing.MaxPrice)
            {
                findings.AddOnce(
                    "price-limit.several-tariffs", "/tariffs",
                    $"The tariffs of this session differ in their limits; those of '{governing.Id}' hold.");
            }
        }

        return governing;
    }
}
