using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Rating;

/// <summary>Compares one claim with its rating. A credit's total is negated first: only that is negative in it.</summary>
internal sealed class ClaimReading(RatedSession rated)
{
    private readonly Findings findings = new();
    private readonly Cdr cdr = rated.Cdr;
    private readonly Currency? currency = Currency.Find(rated.Cdr.Currency);

    private int Decimals => currency?.MinorUnits ?? 2;

    public ClaimComparison Compare()
    {
        if (!rated.IsRateable)
        {
            return Result(ClaimOutcome.NotRateable, null, [], "No price could be told; the findings say why.");
        }

        var parts = Parts();
        if (Total() is not { } total)
        {
            return Result(
                ClaimOutcome.NotComparable, null, parts, "The claim has no total of the kind that was rated.");
        }

        CheckAfterTaxes();
        CheckSumOfParts();
        var (claimed, price) = (total.Claimed.RoundTo(Decimals), total.Rated.RoundTo(Decimals));
        var kind = total.AfterTaxes ? "after tax" : "before tax";
        var both = $"claimed {claimed} and rated {price} {cdr.Currency} {kind}";
        if (claimed == 0m && price != 0m)
        {
            findings.Add("claim.nothing", "/total_cost", $"The session is not free: {both}.");
            return Result(ClaimOutcome.ClaimsNothing, total, parts, $"A claim of nothing: {both}.");
        }

        var tolerance = rated.Policy.ToleranceMinorUnits / Scale();
        if (Math.Abs(claimed - price) > tolerance)
        {
            findings.Add("claim.differs", "/total_cost", $"Outside the tolerance of {tolerance}: {both}.");
            return Result(ClaimOutcome.Differs, total, parts, $"Outside the tolerance: {both}.");
        }

        var because = claimed == price ? $"Equal: {both}." : $"Within the tolerance the lower one holds: {both}.";
        var lower = Math.Min(claimed, price);
        return Result(
            ClaimOutcome.Agrees, total, parts, because,
            total.AfterTaxes && !rated.AmountsIncludeTax ? BeforeTax(lower, total.Rated) : lower);
    }

    /// <summary>
    /// What is compared after tax is settled before it: the same share of the price, by the tariff's own VAT.
    /// </summary>
    private decimal BeforeTax(decimal settled, ExactAmount after)
    {
        var price = rated.BeforeTaxes!.Value;
        if (settled == after.RoundTo(Decimals) || after.IsZero)
        {
            return price.RoundTo(Decimals);
        }

        var share = Fraction.Of(settled) * Fraction.Of(price.Numerator) * Fraction.Of(after.Denominator)
            / (Fraction.Of(after.Numerator) * Fraction.Of(price.Denominator));
        return (share * Fraction.Of(Scale())).RoundHalfAway() / Scale();
    }

    private decimal Scale() => currency?.Scale ?? 100m;

    private ClaimComparison Result(
        ClaimOutcome outcome, ClaimedPart? total, IReadOnlyList<ClaimedPart> parts, string because,
        decimal? settled = null) => new()
        {
            Outcome = outcome,
            Total = total,
            Parts = parts,
            Settled = settled is { } amount && currency is { } known ? Money.Of(amount, known) : null,
            Because = because,
            Findings = findings.All,
        };

    private decimal Sign => cdr.Credit ? -1m : 1m;

    private ClaimedPart? Total()
    {
        var cost = cdr.TotalCost;
        if (rated.BeforeTaxes is { } before && cost.BeforeTaxes is { } claimed)
        {
            return new("total_cost", ExactAmount.Of(claimed * Sign), before, AfterTaxes: false);
        }

        return rated.AfterTaxes is { } after && cost.AfterTaxes is { } whole
            ? new("total_cost", ExactAmount.Of(whole * Sign), after, AfterTaxes: true)
            : null;
    }

    private void CheckAfterTaxes()
    {
        if (rated.BeforeTaxes is not null && rated.AfterTaxes is { } after && cdr.TotalCost.AfterTaxes is { } claimed
            && after.RoundTo(Decimals) != Round(claimed * Sign))
        {
            findings.Add(
                "claim.after-taxes-differs", "/total_cost",
                $"Claimed {Round(claimed * Sign)} and rated {after.RoundTo(Decimals)} {cdr.Currency} after tax.");
        }
    }

    private decimal Round(decimal amount) => Math.Round(amount, Decimals, MidpointRounding.AwayFromZero);

    private bool HasParts => (cdr.TotalFixedCost ?? cdr.TotalEnergyCost ?? cdr.TotalTimeCost ?? cdr.TotalParkingCost
        ?? cdr.TotalReservationCost) is not null;

    private List<ClaimedPart> Parts()
    {
        if (!HasParts)
        {
            return [];
        }

        var parts = new List<ClaimedPart>();
        Add(parts, "total_fixed_cost", cdr.TotalFixedCost, Dimension.FLAT);
        Add(parts, "total_energy_cost", cdr.TotalEnergyCost, Dimension.ENERGY);
        Add(parts, "total_time_cost", cdr.TotalTimeCost, Dimension.TIME);
        Add(parts, "total_parking_cost", cdr.TotalParkingCost, Dimension.PARKING_TIME);
        Add(parts, "total_reservation_cost", cdr.TotalReservationCost, null);
        var (fixedPart, parking) = (parts.Find(p => p.Name == "total_fixed_cost"), parts.Find(p => p.Name == "total_parking_cost"));
        foreach (var part in parts.Where(part => !Agrees(part)))
        {
            if ((part == fixedPart || part == parking) && fixedPart is not null && parking is not null
                && (fixedPart.Claimed + parking.Claimed).RoundTo(Decimals)
                    == (fixedPart.Rated + parking.Rated).RoundTo(Decimals))
            {
                findings.AddOnce(
                    "claim.flat-not-attributable", "/total_parking_cost",
                    "Fixed and parking cost agree together; which of them a FLAT fee belongs to cannot be told.");
                continue;
            }

            findings.Add(
                "claim.part-differs", "/" + part.Name, $"Claimed {part.Claimed} and rated {part.Rated} {cdr.Currency}.");
        }

        return parts;
    }

    private bool Agrees(ClaimedPart part) => part.Claimed.RoundTo(Decimals) == part.Rated.RoundTo(Decimals);

    private void Add(List<ClaimedPart> parts, string name, Price? claimed, Dimension? dimension)
    {
        var afterTaxes = rated.AmountsIncludeTax;
        if ((afterTaxes ? claimed?.AfterTaxes : claimed?.BeforeTaxes) is not { } amount)
        {
            return;
        }

        var sum = ExactAmount.Zero;
        foreach (var line in rated.Lines)
        {
            var reserves = line.Phase == "RESERVATION";
            if (!line.IsAdjustment && (dimension is null ? reserves : !reserves && line.Dimension == dimension))
            {
                sum += line.Amount;
            }
        }

        parts.Add(new(name, ExactAmount.Of(amount), sum, afterTaxes));
    }

    /// <summary>The five parts are all the cost there is before a price limit; a missing part counts nothing.</summary>
    private void CheckSumOfParts()
    {
        if (!HasParts)
        {
            return;
        }

        var stated = new[]
        {
            cdr.TotalFixedCost, cdr.TotalEnergyCost, cdr.TotalTimeCost, cdr.TotalParkingCost, cdr.TotalReservationCost,
        };
        if (cdr.TotalCost.BeforeTaxes is not { } total || stated.All(part => part?.BeforeTaxes is null)
            || rated.Lines.Any(line => line.IsAdjustment))
        {
            return;
        }

        var sum = stated.Sum(part => part?.BeforeTaxes ?? 0m);
        if (Round(sum) != Round(total * Sign))
        {
            findings.Add(
                "claim.parts-differ", "/total_cost", $"The parts claimed make {sum}, total_cost says {total * Sign}.");
        }
    }
}
