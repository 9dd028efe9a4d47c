using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Rating;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Intake;

/// <summary>
/// A CDR whose price no reading can determine, settled at an amount that rests on evidence (rules-money 9): its own
/// claim is the only bound. Taxes are ours, as on any price.
/// </summary>
internal static class UnpricedSettlement
{
    /// <summary>
    /// The amount with our taxes on it; or what still holds it, with bounds where evidence could answer the rest.
    /// </summary>
    /// <param name="held">Why it is held, rated or not.</param>
    public static (CdrFact Fact, EvidenceBounds? Bounds) Settle(
        CdrFact.CdrReceived received, Terms terms, CdrRelease release, CdrFact.CdrHeld held)
    {
        var cdr = received.Cdr;
        var open = held.Reasons.Where(reason => !Answers(reason)).ToList();
        if (open.Count > 0 || Currency.Find(cdr.Currency) is not { } currency
            || terms.Agreements.At(cdr.Start)?.For(terms.Book.Home(cdr.Key.Owner)) is not { } agreement)
        {
            return (held with { Reasons = open.Count > 0 ? open : held.Reasons }, null);
        }

        if (cdr.TotalCost.Stated is not { } stated)
        {
            return (held with { Reasons = [new Finding("cost.total-missing", "/total_cost", "The CDR states no total.")] }, null);
        }

        var site = Site.Of(cdr, terms.Book);
        var session = Claimed(cdr, stated, agreement, held);
        var taxed = Taxation.Of(
            cdr with { TotalCost = new Price(cdr.TotalCost.BeforeTaxes, null, []) },
            Components(cdr, stated, release.In(currency), currency), stated.Side, site, currency, agreement, terms.Book);
        if (taxed.Hold is { } question)
        {
            return (held with { Reasons = [question] }, null);
        }

        var claim = new Claim(stated.Amount, 0m, release.In(currency), stated.Side, "", [], []);
        var settled = CdrSettlement.Settled(
            received, received.Heading, agreement, site, session, new Pricing(session, [], null), claim, taxed);
        var claimed = decimal.Round(stated.Amount, currency.MinorUnits, MidpointRounding.AwayFromZero);
        var own = OwnNetworkPrice(cdr, session, site, terms.Book)?.RoundTo(currency.MinorUnits);
        var (creditor, debtor) = (terms.Book.Home(cdr.Key.Owner), terms.Book.Home(cdr.TokenOwner));
        return (new CdrFact.CdrRated(settled with
        {
            ReRated = null,
            Creditor = creditor == cdr.Key.Owner ? null : creditor,
            Debtor = debtor == cdr.TokenOwner ? null : debtor,
        }), new EvidenceBounds(currency, claimed, null, own));
    }

    /// <summary>
    /// Evidence stands in for a price: also where the tariff is not known and cannot be had. Facts about place and tax
    /// it does not replace.
    /// </summary>
    public static bool Answers(Finding reason) =>
        CdrRelease.Answers(reason)
        || reason.Code is "tariff.missing" or "tariff.not-found" or "tariff.not-valid" or "rating.impossible"
            or "price-limit.needs-tax";

    /// <summary>A session with the claim as its total, on the claim's side of tax, and no line.</summary>
    private static RatedSession Claimed(Cdr cdr, SidedAmount claim, Agreement agreement, CdrFact.CdrHeld held)
    {
        var total = ExactAmount.Of(claim.Amount);
        return new()
        {
            Cdr = cdr,
            Policy = agreement.Policies.Aggregate(
                RatingPolicy.Default with { ToleranceMinorUnits = agreement.ToleranceMinor },
                (policy, setting) => policy.With(setting).Policy),
            Lines = [],
            BeforeTaxes = claim.Side == PriceSide.BeforeTax ? total : null,
            AfterTaxes = claim.Side == PriceSide.AfterTax ? total : null,
            Findings = held.Reasons,
        };
    }

    /// <summary>What the session would cost on the CPO's own network, where that is known although its own tariff is not.</summary>
    private static ExactAmount? OwnNetworkPrice(Cdr cdr, RatedSession claimed, Site site, ReferenceBook book)
    {
        var unnamed = cdr.Tariffs.Count == 0 ? "" : null;
        var named = cdr with { Periods = [.. cdr.Periods.Select(period => period with { TariffId = period.TariffId ?? unnamed })] };
        var unknown = named.Periods.Select(period => period.TariffId).OfType<string>()
            .Except(cdr.Tariffs.Select(tariff => tariff.Id), StringComparer.OrdinalIgnoreCase)
            .Select(id => new Tariff
            {
                Version = cdr.Version,
                Id = id,
                Currency = cdr.Currency,
                Elements = [],
                ContentHash = "",
            });
        return new OwnNetwork(
            new RatingRequest(named, [.. cdr.Tariffs, .. unknown], claimed.Policy, site.Zone), claimed, site, book)
            .Compare().Surcharge.Reference;
    }

    /// <summary>By the parts of the claim where they add up to it; else one sum that no component explains.</summary>
    private static IReadOnlyList<ComponentAmount> Components(Cdr cdr, SidedAmount claim, Money amount, Currency currency)
    {
        decimal Part(Price? price) => (claim.Side == PriceSide.BeforeTax ? price?.BeforeTaxes : price?.AfterTaxes) ?? 0m;
        (ChargeComponent Component, decimal Amount)[] parts =
        [
            (ChargeComponent.ENERGY, Part(cdr.TotalEnergyCost)), (ChargeComponent.TIME, Part(cdr.TotalTimeCost)),
            (ChargeComponent.PARKING_TIME, Part(cdr.TotalParkingCost)), (ChargeComponent.FLAT, Part(cdr.TotalFixedCost)),
            (ChargeComponent.RESERVATION, Part(cdr.TotalReservationCost)),
        ];
        var stated = parts.Where(part => part.Amount != 0m).OrderBy(part => part.Component).ToList();
        if (amount.Minor == 0 || stated.Count == 0 || stated.Exists(part => part.Amount < 0m)
            || stated.Sum(part => part.Amount) != claim.Amount)
        {
            return [new ComponentAmount(ChargeComponent.FLAT, amount)];
        }

        var shares = Allocation.LargestRemainder(amount.Minor, [.. stated.Select(part => part.Amount)]);
        return [.. stated.Select((part, i) => new ComponentAmount(part.Component, new Money(shares[i], currency)))];
    }
}
