using System.Globalization;
using Settlement.Domain.Ledger;
using Settlement.Domain.Rating;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Intake;

/// <summary>A person's decision to settle a held CDR at a named amount.</summary>
/// <param name="Amount">In units of the CDR's currency; before tax, or after where the tariff includes tax.</param>
public sealed record CdrRelease(decimal Amount, string Reason, string By)
{
    /// <summary>Set where no tariff proves the amount: then it takes a second person (rules-money 9).</summary>
    public ReleaseEvidence? Evidence { get; init; }

    /// <summary>The second person.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>
    /// The CDR settled at the named amount with our taxes on it, or why not: another reason holds it that no amount
    /// answers, no price can be told, or the amount is above the price (rules-money 9, 10).
    /// </summary>
    public static (CdrFact.CdrRated? Rated, Refusal? Refusal) Settle(
        CdrFact.CdrReceived received, Terms terms, CdrRelease release, params IReadOnlyList<Finding> known)
    {
        if (release.Evidence is not null)
        {
            return SettleOnEvidence(received, terms, release, known);
        }

        var (fact, bounds) = CdrSettlement.Settle(received, terms, release, known);
        return bounds is { } price && release.Fault(price) is { } wrong ? (null, wrong) : Answer(fact);
    }

    /// <summary>Above the price up to the claim, or where there is no price at all.</summary>
    private static (CdrFact.CdrRated? Rated, Refusal? Refusal) SettleOnEvidence(
        CdrFact.CdrReceived received, Terms terms, CdrRelease release, IReadOnlyList<Finding> known)
    {
        var (fact, bounds) = OnEvidence(received, terms, release, known);
        var (rated, held) = Answer(fact);
        if ((held ?? bounds?.Fault(release.Amount)) is { } refusal)
        {
            return (null, refusal);
        }

        return (new CdrFact.CdrRated(rated!.Settled with
        {
            Release = release,
            SettledBecause = release.OnEvidence(rated.Settled),
            Cause = $"price not provable, released on evidence {release.Evidence}: {release.Reason}",
            SurchargeReference = null, // what no tariff proves is not compared with one either
        }), null);
    }

    private static (CdrFact Fact, EvidenceBounds? Bounds) OnEvidence(
        CdrFact.CdrReceived received, Terms terms, CdrRelease release, IReadOnlyList<Finding> known)
    {
        var (fact, price) = CdrSettlement.Settle(received, terms, release, known);
        return price is not null ? (fact, EvidenceBounds.Of(price))
            : fact is CdrFact.CdrHeld held ? UnpricedSettlement.Settle(received, terms, release, held)
            : (fact, null);
    }

    /// <summary>Between what an amount that rests on evidence must be; null where evidence does not answer.</summary>
    public static EvidenceBounds? OfferOnEvidence(
        CdrFact.CdrReceived received, Terms terms, params IReadOnlyList<Finding> known) =>
        OnEvidence(received, terms, new CdrRelease(0m, "", ""), known) is (CdrFact.CdrRated, { IsOpen: true } bounds)
            ? bounds
            : null;

    private static (CdrFact.CdrRated? Rated, Refusal? Refusal) Answer(CdrFact fact) => fact switch
    {
        CdrFact.CdrRated rated => (rated, null),
        CdrFact.CdrHeld held => (null, Refuse(held)),
        _ => throw new InvalidOperationException("A CDR is settled or held."),
    };

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
                $"{reason.Detail} ({reason.Code}) Amend the agreement; the CDR is then re-evaluated."),
            HoldAnswer.Resend => new("release.needs-amendment",
                $"{reason.Detail} ({reason.Code}) {HoldAnswers.Words(HoldAnswer.Resend).Sentence}"),
            HoldAnswer.Release => new("release.no-price",
                "No price can be determined, so an amount can be released only on evidence, by two people: "
                + $"{reason.Detail} ({reason.Code})"),
            _ => new("release.not-allowed", $"{reason.Detail} ({reason.Code}) No amount answers that."),
        };
    }

    /// <summary>Whether a person may decide about this reason by naming an amount.</summary>
    internal static bool Answers(Finding reason) => HoldAnswers.Of(reason.Code) == HoldAnswer.Release;

    internal string Because(Claim claim, string currency) =>
        $"released at {Text(Amount)} {currency} by {By}: {Reason} ("
        + $"claimed {(claim.Claimed is { } claimed ? Text(claimed) : "none")}, re-rated {Text(claim.ReRated)})";

    internal Money In(Currency currency) => new((long)decimal.Truncate(Amount * currency.Scale), currency);

    private string OnEvidence(SettledCdr settled) =>
        $"price not provable: released at {Text(Amount)} {settled.Cdr.Currency} on evidence {Evidence}, proposed by {By}, "
        + $"approved by {ApprovedBy}: {Reason} (claimed {Text(settled.Claimed)}, "
        + (settled.ReRated is { } price ? $"re-rated {Text(price)})" : "no reading gives a price)");

    internal static Refusal Precision(decimal amount, Currency currency) => new("release.precision",
        $"{Text(amount)} has more decimals than {currency} has ({currency.MinorUnits}).");

    internal static Refusal AboveOwnNetwork(decimal amount, decimal own, Currency currency) => new("release.above-own-network",
        $"{Text(amount)} {currency} is above {Text(own)} {currency}, the price on the CPO's own network: "
        + "the difference would be a roaming surcharge.");

    private Refusal? Fault(ReleaseBounds price)
    {
        var currency = price.Currency;
        if (Amount * currency.Scale != decimal.Truncate(Amount * currency.Scale))
        {
            return Precision(Amount, currency);
        }

        if (price.NeedsEvidence(Amount))
        {
            return new("release.above-rerated",
                $"{Text(Amount)} {currency} is above the re-rated price {Text(price.ReRated)} {currency}; "
                + "above it, up to the claim, only evidence and a second person release.");
        }

        if (price.OwnNetwork is { } own && Amount > own)
        {
            return AboveOwnNetwork(Amount, own, currency);
        }

        if (price.Claimed is { } claimed && Amount > claimed)
        {
            return new("release.above-claim",
                $"{Text(Amount)} {currency} is above the {Text(claimed)} {currency} that the CPO claims; "
                + "a release is never above it.");
        }

        return Amount < price.Lowest
            ? new("release.below-nothing",
                $"{Text(Amount)} {currency} is below {Text(price.Lowest)} {currency}: neither the claim nor the price is that low.")
            : null;
    }

    internal static string Text(decimal amount) => amount.ToString("0.00##########", CultureInfo.InvariantCulture);
}

/// <summary>Between what an amount of a release must be (rules-money 9): whole minor units.</summary>
/// <param name="Side">Which side of tax all of them are on.</param>
/// <param name="ReRated">The price by the CDR's own tariff.</param>
/// <param name="OwnNetwork">The price on the CPO's own network; null where it is not known.</param>
/// <param name="Claimed">Null where the claim cannot be told on this side of tax.</param>
/// <param name="Lowest">Zero, or less where claim or price are below zero.</param>
public sealed record ReleaseBounds(
    Currency Currency, PriceSide Side, decimal ReRated, decimal? OwnNetwork, decimal? Claimed, decimal Lowest)
{
    internal static ReleaseBounds Of(RatedSession session, Claim claim, Currency currency)
    {
        var price = session.Total!.Value.RoundTo(currency.MinorUnits);
        var claimed = claim.Claimed is { } stated
            ? decimal.Round(stated, currency.MinorUnits, MidpointRounding.AwayFromZero)
            : (decimal?)null;
        return new ReleaseBounds(
            currency, session.Side, price, session.Surcharge.Reference?.RoundTo(currency.MinorUnits), claimed,
            Math.Min(0m, Math.Min(price, claimed ?? 0m)));
    }

    /// <summary>The highest amount that one person may name: of claim, re-rated and own-network price the lowest.</summary>
    public decimal Highest => Math.Min(ReRated, HighestWithEvidence);

    /// <summary>
    /// The highest of all: with a second person and evidence, above the re-rated price, never above the claim or the
    /// price on the CPO's own network.
    /// </summary>
    public decimal HighestWithEvidence => Math.Min(Claimed ?? ReRated, OwnNetwork ?? decimal.MaxValue);

    /// <summary>Takes a second person and evidence, as far as it can be released at all.</summary>
    public bool NeedsEvidence(decimal amount) => amount > ReRated;
}
