using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Rating;

/// <summary>
/// A claim that tells only its total after tax, for a tariff whose prices are before it: compared after tax, with the
/// taxes of this leg on the re-rated price, and settled before it (rules-money 8).
/// </summary>
/// <param name="taxesOf">The taxes on a settled amount before tax.</param>
internal sealed class InclusiveClaim(RatedSession session, Currency currency, Func<Money, Taxation> taxesOf)
{
    private const decimal Largest = 1_000_000_000m;

    public static bool Is(RatedSession session) => session is
    {
        AmountsIncludeTax: false, Cdr.TotalCost: { BeforeTaxes: null, AfterTaxes: not null },
    };

    /// <returns>With the taxes of what is settled; null where it is held.</returns>
    public (Claim Claim, Taxation? Taxed) Compare(Claim told)
    {
        if (Math.Abs(session.Cdr.TotalCost.AfterTaxes!.Value) > Largest)
        {
            return (told with { Holds = [new("claim.overflow", "/total_cost", "An amount claimed is too large.")] }, null);
        }

        var price = new Money(Minor(session.BeforeTaxes!.Value), currency);
        var stated = Minor(ExactAmount.Of(session.Cdr.TotalCost.AfterTaxes!.Value));
        var taxed = taxesOf(price);
        var claim = told with { Claimed = null, Settled = null };
        if (taxed.Hold is { } question)
        {
            return (claim with { Holds = [question], Because = question.Detail }, null);
        }

        var both = $"claimed {Text(stated)} and rated {price.Text()} with the taxes of "
            + $"{session.Cdr.Location.State ?? "the place"} {Text(taxed.Due)} {currency} after tax";
        claim = claim with { Claimed = NetOf(stated) / (decimal)currency.Scale };
        if (stated == 0 && price.Minor != 0)
        {
            return (Held(claim, "claim.nothing", $"The session is not free: {both}."), null);
        }

        var isCharged = taxed.Taxes.Any(line => line.Disposition == Disposition.Charged);
        if (isCharged && Math.Abs(stated - taxed.Due) <= 1 && price.Minor != 0)
        {
            return (
                claim with { Claimed = price.Amount, Settled = price, Holds = [], Because = $"Equal: {both}." },
                StatedTaxes.WithTotal(taxed, stated, currency));
        }

        if (Math.Abs(stated - taxed.Due) > session.Policy.ToleranceMinorUnits)
        {
            return (Held(claim, "claim.differs",
                $"Outside the tolerance of {Text(session.Policy.ToleranceMinorUnits)}: {both}."), null);
        }

        var net = stated < taxed.Due ? new Money(NetOf(stated), currency) : price;
        claim = claim with
        {
            Settled = net,
            Holds = [],
            Because = stated == taxed.Due ? $"Equal: {both}." : $"Within the tolerance the lower one holds: {both}.",
        };
        if (net == price)
        {
            return (claim, taxed);
        }

        var lower = taxesOf(net);
        return (claim, stated - lower.Due <= 1 ? StatedTaxes.WithTotal(lower, stated, currency) : lower);
    }

    private static Claim Held(Claim claim, string code, string detail) =>
        claim with { Holds = [new(code, "/total_cost", detail)], Because = detail };

    /// <summary>The largest amount before tax that with its taxes is not above a total after tax.</summary>
    private long NetOf(long total)
    {
        // taxes are close to straight: two points of them tell the amount to a cent or two
        var (none, whole) = (Due(0), Due(total));
        var net = whole == none ? total : (long)((decimal)(total - none) * total / (whole - none));
        while (net > 0 && Due(net) > total)
        {
            net--;
        }

        while (net < total && Due(net + 1) <= total)
        {
            net++;
        }

        return net;
    }

    private long Due(long net) => taxesOf(new Money(net, currency)) is { Hold: null } taxed ? taxed.Due : net;

    private long Minor(ExactAmount amount) => Money.Of(amount.RoundTo(currency.MinorUnits), currency).Minor;

    private string Text(long minor) => new Money(minor, currency).Text();
}
