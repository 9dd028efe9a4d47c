using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Tax;

/// <summary>The taxes of one CDR's CPO→eMSP leg and the net charges they are on, or the question that holds it.</summary>
public sealed record Taxation(
    LocalDate Date, IReadOnlyList<PostedCharge> Charges, IReadOnlyList<PostedTax> Taxes, Finding? Hold)
{
    /// <summary>Before tax, minor units.</summary>
    public long Net => Charges.Sum(charge => charge.Amount);

    /// <summary>Charged tax, minor units.</summary>
    public long Tax => Taxes.Where(line => line.Disposition == Disposition.Charged).Sum(line => line.Amount);

    public long Due => Net + Tax;

    /// <summary>Worth knowing and no reason to hold it.</summary>
    public Finding? Note { get; init; }

    /// <param name="side">Which side of tax the charges are on.</param>
    public static Taxation Of(
        Cdr cdr, IReadOnlyList<ComponentAmount> charges, PriceSide side, Site site, Currency currency,
        Agreement agreement, ReferenceBook book)
    {
        if (site.Place is not { } place)
        {
            return Held(default, new("place.unknown", "/cdr_location",
                $"Country {cdr.Location.Country}, state '{cdr.Location.State}', postal code "
                + $"'{cdr.Location.PostalCode}': the jurisdiction cannot be told. Publish location "
                + $"{cdr.Location.Id} with its state."));
        }

        var dates = TaxDates(cdr.End, site.Zone);
        var answers = dates.Select(date => TaxEngine.Determine(
            Question(place, date, cdr, charges, side, site, currency, book) with
            {
                Buyer = agreement.Supply == SupplyModel.Resale ? Buyer.Reseller : Buyer.Driver,
                Terms = TermsOf(agreement),
            },
            book.Taxes)).ToList();
        return answers[0] switch
        {
            TaxAnswer.Undetermined u => Held(dates[0], new(u.Code, "/cdr_location", u.Question)),
            TaxAnswer.Determined first when answers.Count > 1 && !Same(first, answers[1]) => Held(dates[0],
                new("zone.unknown", "/cdr_location", $"The session ended {cdr.End}, on {dates[0].Text()} or "
                    + $"{dates[1].Text()} at the charger, and the taxes differ. Publish location "
                    + $"{cdr.Location.Id} with its time zone. {site.ZoneFault}".TrimEnd())),
            TaxAnswer.Determined first => StatedTaxes.Reconcile(dates[0], first, cdr.TotalCost, side),
            _ => throw new InvalidOperationException("A tax answer is determined or undetermined."),
        };
    }

    /// <summary>
    /// A price on the other side of tax, with the taxes that a driver bears there; null where they cannot be told.
    /// </summary>
    public static Money? OtherSide(
        Cdr cdr, IReadOnlyList<ComponentAmount> charges, PriceSide side, Site site, Currency currency, ReferenceBook book)
    {
        if (site.Place is not { } place || charges.Count == 0)
        {
            return site.Place is null ? null : Money.Zero(currency);
        }

        var answers = TaxDates(cdr.End, site.Zone)
            .Select(date => TaxEngine.Determine(Question(place, date, cdr, charges, side, site, currency, book), book.Taxes))
            .Select(answer => answer is TaxAnswer.Determined told
                ? side == PriceSide.AfterTax ? told.Net : told.Net + told.Tax
                : (Money?)null)
            .Distinct().ToList();
        return answers is [var only] ? only : null;
    }

    public static Taxation Held(LocalDate date, Finding hold) => new(date, [], [], hold);

    /// <summary>Of what a driver pays there.</summary>
    private static TaxQuestion Question(
        Place place, LocalDate date, Cdr cdr, IReadOnlyList<ComponentAmount> charges, PriceSide side, Site site,
        Currency currency, ReferenceBook book) => new(
            place, site.Station, charges, currency, cdr.TotalEnergyKwh, date, null, null, Buyer.Driver,
            PartyForTax(book, cdr.Key.Owner), PartyForTax(book, cdr.TokenOwner), side == PriceSide.AfterTax);

    /// <summary>The question as it was posted, to be asked again on the document date (rules-money 6, 18).</summary>
    public static TaxQuestion AsPosted(Cdr cdr, SettledCdr settled, Agreement agreement, ReferenceBook book)
    {
        var site = Site.Of(cdr, book);
        var currency = Currency.Of(settled.Cdr.Currency);
        return new TaxQuestion(
            site.Place ?? new Place(settled.Place, null, settled.PlaceFoundBy), site.Station,
            [.. settled.Charges.Select(charge =>
                new ComponentAmount(charge.Component, new Money(charge.Amount, currency)))],
            currency, settled.EnergyKwh, settled.TaxDate, null, null,
            agreement.Supply == SupplyModel.Resale ? Buyer.Reseller : Buyer.Driver,
            PartyForTax(book, cdr.Key.Owner), PartyForTax(book, cdr.TokenOwner))
        {
            Terms = TermsOf(agreement),
        };
    }

    private static SupplyTerms TermsOf(Agreement agreement) =>
        agreement is { ExciseAbsorbed: false, DebtorRemitsSalesTaxIn: [] }
            ? SupplyTerms.Default
            : new SupplyTerms
            {
                ExciseAbsorbed = agreement.ExciseAbsorbed,
                DebtorRemitsSalesTaxIn = agreement.DebtorRemitsSalesTaxIn,
            };

    private static TaxParty PartyForTax(ReferenceBook book, PartyId id) =>
        book.Party(id)?.ForTax() ?? new TaxParty { Id = id };

    /// <summary>One date where the zone is known; else the earliest and latest the continent allows, if they differ.</summary>
    private static IReadOnlyList<LocalDate> TaxDates(Instant end, DateTimeZone? zone)
    {
        if (zone is not null)
        {
            return [end.InZone(zone).Date];
        }

        var west = end.WithOffset(Offset.FromHours(-10)).Date;
        var east = end.WithOffset(Offset.FromHoursAndMinutes(-2, -30)).Date;
        return west == east ? [west] : [west, east];
    }

    private static bool Same(TaxAnswer.Determined one, TaxAnswer other) =>
        other is TaxAnswer.Determined two && one.IsSameAs(two);
}
