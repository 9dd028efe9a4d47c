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

/// <summary>Everything the tax of one supply of charging depends on. Amounts are net of tax unless said.</summary>
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
    bool AmountsIncludeTax = false);

public readonly record struct ComponentAmount(ChargeComponent Component, Money Amount);

/// <summary>A tax jurisdiction: country and province or state, and the locality where one is known.</summary>
/// <param name="Code">ISO 3166-2, such as CA-QC or US-NY.</param>
/// <param name="FoundBy">How it was found: "state", "postal code H2X…", for the evidence on each tax line.</param>
public sealed record Place(string Code, string? Locality, string FoundBy);

/// <summary>Facts about a station that some taxes depend on; null = not known.</summary>
public sealed record StationFacts
{
    /// <summary>Rated power of the connector or station in kW.</summary>
    public decimal? PowerKw { get; init; }

    /// <summary>1, 2, or 3 (DC fast).</summary>
    public int? Level { get; init; }

    public LocalDate? InstalledOn { get; init; }

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
}

/// <summary>A registration for one tax, or the recorded fact that there is none.</summary>
/// <param name="Tax">GST (covers GST and HST), QST, PST, RST, SALES, …</param>
/// <param name="Jurisdiction">CA for GST/HST; CA-QC, US-NY, … for the others.</param>
/// <param name="Number">Null = finance has recorded "not registered".</param>
public sealed record TaxRegistration(string Tax, string Jurisdiction, string? Number, LocalDate? From, LocalDate? To);

/// <summary>A certificate that the buyer resells, for one state or province.</summary>
public sealed record ResaleCertificate(string Jurisdiction, string Number, LocalDate? From, LocalDate? Expires);
