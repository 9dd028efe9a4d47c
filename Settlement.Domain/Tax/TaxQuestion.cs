using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Tax;

/// <summary>What of a charging price an amount pays for.</summary>
public enum ChargeComponent
{
    ENERGY,
    TIME,
    PARKING_TIME,
    FLAT,
    RESERVATION,
}

/// <summary>Who buys on this leg.</summary>
public enum Buyer
{
    Driver,

    /// <summary>The eMSP, which sells on to its driver.</summary>
    Reseller,
}

/// <summary>
/// Everything the tax of one supply of charging depends on. Amounts are net of tax unless said.
/// </summary>
/// <param name="Place">Jurisdiction of the charger, with how it was found.</param>
/// <param name="Amounts">Settled amounts per component, whole minor units; a component at most once.</param>
/// <param name="EnergyKwh">Measured energy; per-kWh excises are computed on it.</param>
/// <param name="Delivery">Local date of session end at the charger.</param>
/// <param name="Invoiced">Document date; null = not yet known, provisionally the delivery date.</param>
/// <param name="KnownAt">Rules recorded after this instant are not known yet; null = all.</param>
/// <param name="Supplier">Supplier of this leg with its registrations.</param>
/// <param name="Recipient">Buyer of this leg with its certificates.</param>
/// <param name="AmountsIncludeTax">The amounts contain all taxes a driver bears there.</param>
public sealed record TaxQuestion(
    Place Place,
    StationFacts Station,
    IReadOnlyList<ComponentAmount> Amounts,
    Currency Currency,
    decimal EnergyKwh,
    LocalDate Delivery,
    LocalDate? Invoiced,
    Instant? KnownAt,
    Buyer Buyer,
    TaxParty Supplier,
    TaxParty Recipient,
    bool AmountsIncludeTax = false)
{
    /// <summary>What the agreement says about taxes on this leg.</summary>
    public SupplyTerms Terms { get; init; } = SupplyTerms.Default;

    /// <summary>
    /// How to round, whatever the supplier has elected; null = as it has elected on the tax date.
    /// </summary>
    public RoundingElection? Rounding { get; init; }

    /// <summary>
    /// Answer the state's tax where local rates exist and none is loaded; for questions, never to settle.
    /// </summary>
    public bool StateTaxOnly { get; init; }
}

/// <summary>Who bears or remits a tax by agreement.</summary>
public sealed record SupplyTerms
{
    public static readonly SupplyTerms Default = new();

    /// <summary>Excises on charging are inside the price: shown, not added.</summary>
    public bool ExciseAbsorbed { get; init; }

    /// <summary>States in which the debtor remits sales tax as marketplace facilitator.</summary>
    public IReadOnlyList<string> DebtorRemitsSalesTaxIn { get; init; } = [];
}

/// <summary>How a registration rounds; see <see cref="DatedElection"/>.</summary>
public sealed record RoundingElection
{
    public static readonly RoundingElection Default = new();

    /// <summary>HST as a federal and a provincial part, each rounded (CRA interpretation 125136).</summary>
    public bool HstInTwoParts { get; init; }

    /// <summary>
    /// State and local sales tax rounded together, then shared (SSUTA 324); else each for itself.
    /// </summary>
    public bool StateAndLocalTogether { get; init; }

    /// <summary>Tax of a document is rounded once per tax; else each line for itself.</summary>
    public bool PerDocument { get; init; }
}

public readonly record struct ComponentAmount(ChargeComponent Component, Money Amount);

/// <summary>A tax jurisdiction: country and province or state, and the locality where one is known.</summary>
/// <param name="Code">ISO 3166-2, such as CA-QC or US-NY.</param>
/// <param name="FoundBy">How it was found: "state", "postal code H2X…", for the evidence on each tax
/// line.</param>
public sealed record Place(string Code, string? Locality, string FoundBy)
{
    /// <summary>ZIP, ZIP+4 or Canadian postal code without blanks; null where it is not known.</summary>
    public string? PostalCode { get; init; }

    public string? City { get; init; }
}

/// <summary>Facts about a station that some taxes depend on; null = not known.</summary>
public sealed record StationFacts
{
    /// <summary>Rated power of the connector or station in kW.</summary>
    public decimal? PowerKw { get; init; }

    /// <summary>1, 2, or 3 (DC fast).</summary>
    public int? Level { get; init; }

    public LocalDate? InstalledOn { get; init; }

    /// <summary>
    /// The level, else what the power tells: AC charging ends at 19.2 kW (SAE J1772), Level 1 at 1.92 kW.
    /// </summary>
    public int? LevelOrDerived => Level ?? PowerKw switch
    {
        null => null,
        > 19.2m => 3,
        > 1.92m => 2,
        _ => 1,
    };

    public bool IsPublic { get; init; } = true;

    public bool OnStateProperty { get; init; }

    public bool IsResidence { get; init; }
}

/// <summary>A party as the tax rules see it.</summary>
public sealed record TaxParty
{
    public required PartyId Id { get; init; }

    public IReadOnlyList<TaxRegistration> Registrations { get; init; } = [];

    public IReadOnlyList<ResaleCertificate> Certificates { get; init; } = [];

    /// <summary>Rounding elections of its registrations.</summary>
    public IReadOnlyList<DatedElection> Elections { get; init; } = [];
}

/// <summary>A registration for one tax, or the recorded fact that there is none.</summary>
/// <param name="Tax">GST (covers GST and HST), QST, PST, RST, SALES, …</param>
/// <param name="Jurisdiction">CA for GST/HST; CA-QC, US-NY, … for the others.</param>
/// <param name="Number">Null = finance has recorded "not registered".</param>
public sealed record TaxRegistration(
    string Tax, string Jurisdiction, string? Number, LocalDate? From, LocalDate? To);

/// <summary>A certificate that the buyer resells, for one state or province.</summary>
public sealed record ResaleCertificate(
    string Jurisdiction, string Number, LocalDate? From, LocalDate? Expires)
{
    /// <summary><c>resale</c>, or <c>exemption</c> of a buyer that is exempt itself.</summary>
    public string Kind { get; init; } = "resale";
}

/// <summary>
/// How a registration rounds from a day to a day; elections of one registration do not overlap.
/// </summary>
/// <param name="Tax">As in <see cref="TaxRegistration"/>: GST covers GST and HST.</param>
public sealed record DatedElection(
    string Tax, string Jurisdiction, LocalDate? From, LocalDate? To, RoundingElection Rounding);
