using System.Globalization;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;

namespace Settlement.Api.Tax;

/// <summary>
/// What a person asks: which taxes an amount bears at a charger on a day. The command line and the page ask the
/// same. The supplier is taken to be registered, a reseller to have a certificate for the place.
/// </summary>
/// <param name="Place">ISO 3166-2: CA-QC, US-NY, in any case.</param>
/// <param name="Amount">Before tax, or with <see cref="Inclusive"/> after a driver's taxes; in the currency.</param>
/// <param name="On">Local day of delivery at the charger.</param>
public sealed record TaxInquiry(string Place, decimal Amount, LocalDate On)
{
    /// <summary>ISO 4217; null = the currency of the place.</summary>
    public string? Currency { get; init; }

    public ChargeComponent Component { get; init; } = ChargeComponent.ENERGY;

    /// <summary>Energy delivered; null = not told.</summary>
    public decimal? Kwh { get; init; }

    public StationFacts Station { get; init; } = new();

    /// <summary>Document date; null = the day of delivery.</summary>
    public LocalDate? Invoiced { get; init; }

    public Buyer Buyer { get; init; } = Buyer.Driver;

    /// <summary>A reseller without a resale certificate for the place.</summary>
    public bool NoCertificate { get; init; }

    /// <summary>City, county or ZIP; null = the state's tax only.</summary>
    public string? Locality { get; init; }

    public bool Inclusive { get; init; }

    /// <summary>Answer with what was known at the end of that day (UTC); null = all.</summary>
    public LocalDate? AsKnown { get; init; }

    /// <summary>The question to the tax engine, or why there is none.</summary>
    public (TaxQuestion? Question, Refusal? Refusal) Question(TaxBook book)
    {
        if (Places.Named(Place) is not { } place)
        {
            return (null, new Refusal("place.unknown", $"{Place} is no place such as CA-QC or US-NY."));
        }

        var code = Currency ?? (place.Code.StartsWith("CA", StringComparison.Ordinal) ? "CAD" : "USD");
        if (Domain.Ledger.Currency.Find(code.ToUpperInvariant()) is not { } currency)
        {
            return (null, new Refusal("currency.unknown", $"{code} is no ISO 4217 currency."));
        }

        if (Amount * currency.Scale != decimal.Truncate(Amount * currency.Scale))
        {
            return (null, new Refusal("amount.not-minor-units",
                $"{Amount.ToString(CultureInfo.InvariantCulture)} {currency} has more than "
                + $"{currency.MinorUnits} decimals."));
        }

        return (Question(place, currency, book), null);
    }

    /// <summary>
    /// The answer. Where the energy is not told and would change it, no zero is made up for it.
    /// </summary>
    public TaxAnswer Answer(TaxQuestion question, TaxBook book)
    {
        var answer = TaxEngine.Determine(question, book);
        if (Kwh is not null)
        {
            return answer;
        }

        return TaxEngine.Determine(question with { EnergyKwh = 1000m }, book) switch
        {
            TaxAnswer.Determined probe when answer is TaxAnswer.Determined first && probe.Tax == first.Tax =>
                answer,
            TaxAnswer.Undetermined probe when probe.Code != "tax.exceeds-price" => probe,
            _ => new TaxAnswer.Undetermined(
                "tax.kwh-missing",
                $"A tax per kWh applies in {question.Place.Code}: tell the energy delivered (kWh).",
                question.Place.Code, null),
        };
    }

    private TaxQuestion Question(Place place, Currency currency, TaxBook book) => new(
        place with { Locality = Locality }, Station,
        [new ComponentAmount(Component, Money.Of(Amount, currency))], currency, Kwh ?? 0m, On, Invoiced ?? On,
        AsKnown?.PlusDays(1).AtMidnight().InUtc().ToInstant(), Buyer, Supplier(place.Code, book),
        Recipient(place.Code), Inclusive)
    {
        StateTaxOnly = Locality is null,
    };

    private static TaxParty Supplier(string place, TaxBook book) => new()
    {
        Id = PartyId.Of(place[..2], "CPO")!.Value,
        Registrations =
        [
            new TaxRegistration("GST", "CA", "assumed", null, null),
            .. book.Of(place, null).Select(rule => rule.Tax).Distinct(StringComparer.Ordinal)
                .Select(tax => new TaxRegistration(tax, place, "assumed", null, null)),
        ],
    };

    private TaxParty Recipient(string place) => new()
    {
        Id = PartyId.Of(place[..2], "MSP")!.Value,
        Certificates = Buyer == Buyer.Reseller && !NoCertificate
            ? [new ResaleCertificate(place, "assumed", null, null)]
            : [],
    };
}
