using System.Globalization;
using Settlement.Domain.Ledger;
using Settlement.Domain.Rating;

namespace Settlement.Domain.Intake;

/// <summary>A person's decision to settle a held CDR at a named amount.</summary>
/// <param name="Amount">In units of the CDR's currency; before tax, or after where the tariff includes tax.</param>
public sealed record CdrRelease(decimal Amount, string Reason, string By)
{
    /// <summary>
    /// The CDR settled at the named amount with our taxes on it, or why not: another reason holds it that no amount
    /// answers, no price can be told, or the amount is above the price (rules-money 9, 10).
    /// </summary>
    public static (CdrFact.CdrRated? Rated, Refusal? Refusal) Settle(
        CdrFact.CdrReceived received, Terms terms, CdrRelease release, params IReadOnlyList<Finding> known)
    {
        var (fact, bounds) = CdrSettlement.Settle(received, terms, release, known);
        if (bounds is { } price && release.Fault(price) is { } wrong)
        {
            return (null, wrong);
        }

        return fact switch
        {
            CdrFact.CdrRated rated => (rated, null),
            CdrFact.CdrHeld held => (null, Refuse(held)),
            _ => throw new InvalidOperationException("A CDR is settled or held."),
        };
    }

    /// <summary>Between what an amount must be, or why no amount answers what holds the CDR.</summary>
    public static (ReleaseBounds? Bounds, Refusal? Refusal) Offer(
        CdrFact.CdrReceived received, Terms terms, params IReadOnlyList<Finding> known)
    {
        var (fact, bounds) = CdrSettlement.Settle(received, terms, new CdrRelease(0m, "", ""), known);
        return fact is CdrFact.CdrHeld held ? (null, Refuse(held)) : (bounds, null);
    }

    /// <summary>What cannot be answered with an amount, by what would answer it.</summary>
    private static Refusal Refuse(CdrFact.CdrHeld held)
    {
        var reason = held.Reasons.FirstOrDefault(each => !Answers(each)) ?? held.Reasons[0];
        return HoldAnswers.Of(reason.Code) switch
        {
            HoldAnswer.Fact => new("release.fact-missing", $"{reason.Detail} ({reason.Code}) No amount answers that."),
            HoldAnswer.Amendment => new("release.needs-amendment",
                $"{reason.Detail} ({reason.Code}) Amend the agreement; then it is looked at again."),
            HoldAnswer.Release => new("release.no-price",
                $"No price can be told, so none can be released: {reason.Detail} ({reason.Code})"),
            _ => new("release.not-allowed", $"{reason.Detail} ({reason.Code}) No amount answers that."),
        };
    }

    /// <summary>Whether a person may decide about this reason by naming an amount.</summary>
    internal static bool Answers(Finding reason) => HoldAnswers.Of(reason.Code) == HoldAnswer.Release;

    internal string Because(Claim claim, string currency) =>
        $"released at {Text(Amount)} {currency} by {By}: {Reason} (claimed {Text(claim.Claimed)}, re-rated {Text(claim.ReRated)})";

    private Refusal? Fault(ReleaseBounds price)
    {
        var currency = price.Currency;
        if (Amount * currency.Scale != decimal.Truncate(Amount * currency.Scale))
        {
            return new("release.precision",
                $"{Text(Amount)} has more decimals than {currency} has ({currency.MinorUnits}).");
        }

        if (Amount > price.ReRated)
        {
            return new("release.above-rerated",
                $"{Text(Amount)} {currency} is above the re-rated price {Text(price.ReRated)} {currency}; "
                + "a release is never above it.");
        }

        if (price.OwnNetwork is { } own && Amount > own)
        {
            return new("release.above-own-network",
                $"{Text(Amount)} {currency} is above {Text(own)} {currency}, the price on the CPO's own network: "
                + "the difference would be a roaming surcharge.");
        }

        return Amount < price.Lowest
            ? new("release.below-nothing",
                $"{Text(Amount)} {currency} is below {Text(price.Lowest)} {currency}: neither the claim nor the price is that low.")
            : null;
    }

    private static string Text(decimal amount) => amount.ToString("0.00##########", CultureInfo.InvariantCulture);
}

/// <summary>Between what an amount of a release must be: units of the currency, whole minor units.</summary>
/// <param name="ReRated">The price by the CDR's own tariff.</param>
/// <param name="OwnNetwork">The price on the CPO's own network where that is lower; else null.</param>
/// <param name="Lowest">Zero, or less where claim or price are below zero.</param>
public sealed record ReleaseBounds(Currency Currency, decimal ReRated, decimal? OwnNetwork, decimal Claimed, decimal Lowest)
{
    internal static ReleaseBounds Of(RatedSession session, Claim claim, Currency currency)
    {
        var price = (session.BeforeTaxes ?? session.AfterTaxes!.Value).RoundTo(currency.MinorUnits);
        var own = session.Surcharge is { Outcome: SurchargeOutcome.Dearer, Reference: { } reference }
            ? reference.RoundTo(currency.MinorUnits)
            : (decimal?)null;
        var claimed = decimal.Round(claim.Claimed, currency.MinorUnits, MidpointRounding.AwayFromZero);
        return new ReleaseBounds(currency, price, own, claimed, Math.Min(0m, Math.Min(price, claimed)));
    }

    /// <summary>The highest amount a release may name.</summary>
    public decimal Highest => OwnNetwork is { } own ? Math.Min(own, ReRated) : ReRated;

    /// <summary>The lower of what the CPO asks for and what a release may name; the price where it asks for nothing.</summary>
    public decimal Lower => Claimed == 0m ? Highest : Math.Min(Claimed, Highest);
}
