using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Rating;
using Settlement.Domain.Tax;

namespace Settlement.Domain;

/// <summary>The agreement a CDR is bound to and the reference facts it is settled with.</summary>
public sealed record Terms(AgreementHistory Agreements, ReferenceBook Book);

/// <summary>One charging session, from the CDR to what is owed. Pure: same input, same cents.</summary>
public static class CdrSettlement
{
    /// <summary>
    /// Accept → rate → compare with the claim → compare with the CPO's own price → tax → charges. The answer is
    /// <see cref="CdrFact.CdrRated"/>, or <see cref="CdrFact.CdrHeld"/> with every reason found up to there.
    /// </summary>
    /// <param name="received">The CDR with its tariffs.</param>
    /// <param name="terms">Agreement and reference facts.</param>
    /// <param name="known">Reasons to hold it that only the log knows, such as a second CDR of its session.</param>
    public static CdrFact Settle(
        CdrFact.CdrReceived received, Terms terms, params IReadOnlyList<Finding> known) =>
        Settle(received, terms, null, known).Fact;

    /// <summary>As above; with a release a person's amount is settled, and reasons that it answers hold no longer.</summary>
    /// <returns>With a release also between what its amount must be, where a price can be told.</returns>
    internal static (CdrFact Fact, ReleaseBounds? Bounds) Settle(
        CdrFact.CdrReceived received, Terms terms, CdrRelease? release, IReadOnlyList<Finding> known)
    {
        try
        {
            var (fact, bounds) = Decide(received, terms, release, known);
            return EvseNotStated.Decides(received, fact, other => Decide(other, terms, release, known).Fact) is { } held
                ? (held, null)                                       // Intake/EvseNotStated.cs
                : (fact, bounds);
        }
        catch (OverflowException)
        {
            // its own reason to hold it, and nobody else's: others are received and looked at beside it
            return (Held(received.Heading, [TooLarge, .. known, .. received.Holds], null), null);
        }
    }

    private static readonly Finding TooLarge = new(
        "amount.overflow", "", "A quantity or amount is too large or too long to be kept exactly; ask the CPO to resend.");

    private static (CdrFact Fact, ReleaseBounds? Bounds) Decide(
        CdrFact.CdrReceived received, Terms terms, CdrRelease? release, IReadOnlyList<Finding> known)
    {
        var cdr = received.Cdr;
        var (creditor, debtor) = (terms.Book.Home(cdr.Key.Owner), terms.Book.Home(cdr.TokenOwner));
        var agreement = terms.Agreements.At(cdr.Start)?.For(creditor);
        var heading = received.Heading;
        if (agreement is null)
        {
            return (Held(heading, [Acceptance.NoAgreement(cdr)], null), null);
        }

        var site = Site.Of(cdr, terms.Book);                                // Agreements/Site.cs
        IReadOnlyList<Finding> holds = [.. known, .. Acceptance.Check(received, site, agreement)]; // Intake/Acceptance.cs
        if (Currency.Find(cdr.Currency) is not { } currency)
        {
            return (Held(heading, holds, null), null);
        }

        var rating = Pricing.Rate(cdr, site, agreement, terms.Book);        // Rating/Pricing.cs
        holds = [.. holds, .. rating.Holds];
        if (rating.Session is not { } session)
        {
            return (Held(heading, holds, null), null);
        }

        if (session.PendingMin is not null || session.PendingMax is not null)
        {
            holds = [.. holds, new Finding("price-limit.needs-tax", "/tariffs",
                "The tariff limits the total on the other side of a tax that it does not state.")];
        }

        Taxation Taxed(Cdr document, Money amount) => Taxation.Of(          // Tax/Taxation.cs
            document, Charges.Of(session, amount, currency),                // Ledger/Charges.cs
            session.Side, site, currency, agreement, terms.Book);

        var claim = Claim.Compare(session);                                 // Rating/Claim.cs
        Taxation? inclusive = null;
        if (InclusiveClaim.Is(session))                                     // Rating/InclusiveClaim.cs
        {
            (claim, inclusive) = new InclusiveClaim(session, currency, amount => Taxed(cdr, amount)).Compare(claim);
        }

        holds = [.. holds, .. claim.Holds];
        if (release is not null)
        {
            holds = [.. holds.Where(hold => !CdrRelease.Answers(hold))];    // Intake/CdrRelease.cs
            claim = claim.Claimed is null && cdr.TotalCost.BeforeTaxes is { } before ? claim with
            {
                Claimed = Taxation.OtherSide(
                    cdr, Charges.Of(session, Rounded(before, currency), currency), PriceSide.BeforeTax, site, currency,
                    terms.Book)?.Amount,
            } : claim;
            var bounds = holds.Count == 0 ? ReleaseBounds.Of(session, claim, currency) : null;
            // our taxes, not the stated
            var released = cdr with { TotalCost = new Price(cdr.TotalCost.BeforeTaxes, null, []) };
            return (bounds is null
                ? Held(heading, holds, claim)
                : Rated(claim, Taxed(released, release.In(currency)), release), bounds);
        }

        return (holds.Count > 0 || claim.Settled is not { } settled
            ? Held(heading, holds, claim)
            : Rated(claim, inclusive ?? Taxed(cdr, settled), null), null);

        CdrFact Rated(Claim claim, Taxation taxed, CdrRelease? release) => taxed.Hold is { } question
            ? Held(heading, [question], claim)
            : new CdrFact.CdrRated(Settled(received, heading, agreement, site, session, rating, claim, taxed) with
            {
                Creditor = creditor == heading.Cpo ? null : creditor,
                Debtor = debtor == heading.Emsp ? null : debtor,
                SettledBecause = release?.Because(claim, currency.Code) ?? claim.Because,
                Release = release,
                Cause = release?.Reason,
            });
    }

    private static Money Rounded(decimal amount, Currency currency) =>
        Money.Of(decimal.Round(amount, currency.MinorUnits, MidpointRounding.AwayFromZero), currency);

    private static CdrFact.CdrHeld Held(CdrHeading cdr, IReadOnlyList<Finding> reasons, Claim? claim) =>
        new(cdr, reasons, claim?.ReRated) { ExpectedSide = claim?.Side == PriceSide.AfterTax ? PriceSide.AfterTax : null };

    internal static SettledCdr Settled(
        CdrFact.CdrReceived received, CdrHeading heading, Agreement agreement, Site site, RatedSession session,
        Pricing rating, Claim claim, Taxation taxed)
    {
        var parking = Seconds(received.Cdr.TotalParkingHours ?? 0m);
        return new SettledCdr
        {
            Cdr = heading,
            ReceivedAt = received.ReceivedAt,
            Agreement = agreement.Version,
            Place = site.Place!.Code,
            PlaceFoundBy = site.Place.FoundBy,
            Zone = site.Zone?.Id,
            ZoneFoundBy = site.ZoneFoundBy,
            TaxDate = taxed.Date,
            Policy = [.. session.Policy.Departures()],
            Lines = [.. session.Lines.Select(Priced)],
            ReRated = claim.ReRated,
            Claimed = claim.Claimed ?? 0m,
            SettledBecause = claim.Because,
            PricesIncludeTax = claim.Side == PriceSide.AfterTax,
            Charges = taxed.Charges,
            Taxes = taxed.Taxes,
            Net = taxed.Net,
            Tax = taxed.Tax,
            Due = taxed.Due,
            EnergyKwh = ExactAmount.Of(received.Cdr.TotalEnergyKwh).LineScale(), // months of it are summed up
            ChargingSeconds = Seconds(received.Cdr.TotalTimeHours) - parking,
            ParkingSeconds = parking,
            SurchargeReference = rating.Compared?.Tariffs,
            OwnNetworkAmount = rating.Compared?.Price,
            OwnNetworkConnector = rating.Compared?.Connector,
            Findings =
            [
                .. session.Findings, .. rating.Notes, .. claim.Notes, .. NoneOrOne(taxed.Note),
                .. Acceptance.Notes(received, agreement),
            ],
        };
    }

    private static IReadOnlyList<Finding> NoneOrOne(Finding? note) => note is null ? [] : [note];

    // A quantity for reports only; prices are computed from timestamps.
    private static long Seconds(decimal hours) =>
        (long)decimal.Round(hours * 3600m, MidpointRounding.AwayFromZero);

    /// <summary>A line as it is recorded and shown.</summary>
    public static PricedLine Priced(RatedLine line) => new(
        line.Dimension.ToString(), line.Phase, line.Period, line.TariffId, line.Element, line.Component,
        line.Quantity, line.BilledQuantity, line.Unit, line.Price, line.Amount.LineScale(), line.Because);
}
