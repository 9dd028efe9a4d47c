using System.Text.Json.Serialization;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Rating;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Intake;

/// <summary>The OCPI version a document was written in.</summary>
public enum OcpiVersion
{
    V211,
    V221,
    V230,
}

/// <summary>The name of a CDR: unique per owner (OCPI 2.2.1 CDR object, field id), compared without case.</summary>
public readonly record struct CdrKey(PartyId Owner, string Id)
{
    /// <summary>The id folded for comparison: OCPI ids are CiString.</summary>
    public string Folded => Id.ToLowerInvariant();

    public bool Equals(CdrKey other) => Owner == other.Owner && Folded == other.Folded;

    public override int GetHashCode() => HashCode.Combine(Owner, Folded);

    public override string ToString() => $"{Owner}/{Id}";
}

/// <summary>
/// One charge detail record: a superset of OCPI 2.1.1, 2.2.1 and 2.3.0, without anything about the driver.
/// What identifies a driver is in <see cref="PersonalData"/> and leaves intake only sealed.
/// </summary>
public sealed record Cdr
{
    public required OcpiVersion Version { get; init; }

    public required CdrKey Key { get; init; }

    /// <summary>The eMSP that pays: owner of the token, or the addressee (2.1.1).</summary>
    public required PartyId TokenOwner { get; init; }

    /// <summary>AD_HOC_USER, APP_USER, OTHER, RFID, EMAID or what the partner wrote.</summary>
    public string? TokenType { get; init; }

    public string? AuthMethod { get; init; }

    public string? AuthorizationReference { get; init; }

    public required Instant Start { get; init; }

    /// <summary>End of the session, not of charging.</summary>
    public required Instant End { get; init; }

    public string? SessionId { get; init; }

    public required CdrLocation Location { get; init; }

    public string? MeterId { get; init; }

    /// <summary>ISO 4217, upper case; whether we know it is checked when the CDR is settled.</summary>
    public required string Currency { get; init; }

    /// <summary>Tariffs embedded in the CDR, as valid at session start.</summary>
    public IReadOnlyList<Tariff> Tariffs { get; init; } = [];

    public required IReadOnlyList<ChargingPeriod> Periods { get; init; }

    /// <summary>The CPO's claim. On a credit CDR only this is negative; quantities stay positive.</summary>
    public required Price TotalCost { get; init; }

    public Price? TotalFixedCost { get; init; }

    public Price? TotalEnergyCost { get; init; }

    public Price? TotalTimeCost { get; init; }

    public Price? TotalParkingCost { get; init; }

    public Price? TotalReservationCost { get; init; }

    public required decimal TotalEnergyKwh { get; init; }

    public required decimal TotalTimeHours { get; init; }

    public decimal? TotalParkingHours { get; init; }

    public string? InvoiceReferenceId { get; init; }

    public bool Credit { get; init; }

    /// <summary>The id of the CDR that this one credits; mandatory on a credit CDR.</summary>
    public string? CreditReferenceId { get; init; }

    public bool HomeChargingCompensation { get; init; }

    /// <summary>SHA-256 of the signed meter data as received, in hex; the data itself is sealed.</summary>
    public string? SignedDataSha256 { get; init; }

    public Instant? LastUpdated { get; init; }
}

/// <summary>Where the session took place, as sealed in the CDR at session start.</summary>
public sealed record CdrLocation
{
    public required string Id { get; init; }

    public string? Name { get; init; }

    /// <summary>Null for a home charger: the address of a person is sealed.</summary>
    public string? Address { get; init; }

    public string? City { get; init; }

    public string? PostalCode { get; init; }

    public string? State { get; init; }

    /// <summary>ISO 3166-1 alpha-3, as OCPI writes it.</summary>
    public required string Country { get; init; }

    /// <summary>IANA zone; only 2.1.1 carries one in a CDR.</summary>
    public string? TimeZone { get; init; }

    public string? EvseUid { get; init; }

    public string? EvseId { get; init; }

    public string? ConnectorId { get; init; }

    public string? ConnectorStandard { get; init; }

    public string? ConnectorFormat { get; init; }

    /// <summary>AC_1_PHASE, AC_2_PHASE, AC_2_PHASE_SPLIT, AC_3_PHASE, DC.</summary>
    public string? PowerType { get; init; }

    /// <summary>V and A, as the connector of a 2.1.1 location states them; later CDRs carry no power.</summary>
    public int? Voltage { get; init; }

    public int? Amperage { get; init; }

    /// <summary>
    /// 2.1.1 sends a whole location: where it lists several connectors and not only the one used, those beside the one
    /// named above. Which was used is not stated.
    /// </summary>
    public IReadOnlyList<CdrConnector>? OtherConnectors { get; init; }

    /// <summary>The connector named above.</summary>
    public CdrConnector Used => new(
        EvseUid, EvseId, ConnectorId, ConnectorStandard, ConnectorFormat, PowerType, Voltage, Amperage);

    /// <summary>Every connector that it lists, the one named above first.</summary>
    public IEnumerable<CdrConnector> Connectors => (OtherConnectors ?? []).Prepend(Used);

    /// <summary>As if another of its connectors had been used.</summary>
    public CdrLocation At(CdrConnector used) => this with
    {
        EvseUid = used.EvseUid,
        EvseId = used.EvseId,
        ConnectorId = used.Id,
        ConnectorStandard = used.Standard,
        ConnectorFormat = used.Format,
        PowerType = used.PowerType,
        Voltage = used.Voltage,
        Amperage = used.Amperage,
        OtherConnectors = null,
    };

    /// <summary>W, the most of the connectors listed; null where the CDR does not tell it of each.</summary>
    public long? RatedPowerW()
    {
        var most = Connector.PowerOf(PowerType, Voltage, Amperage);
        foreach (var other in OtherConnectors ?? [])
        {
            most = Connector.PowerOf(other.PowerType, other.Voltage, other.Amperage) is { } power && most is { } known
                ? Math.Max(known, power)
                : null;
        }

        return most;
    }
}

/// <summary>A connector that a CDR's location lists.</summary>
public sealed record CdrConnector(
    string? EvseUid, string? EvseId, string? Id, string? Standard, string? Format, string? PowerType,
    int? Voltage, int? Amperage);

/// <summary>An amount as a partner states it; nothing is derived from it.</summary>
/// <param name="BeforeTaxes">2.1.1 total_cost; 2.2.1 excl_vat; 2.3.0 before_taxes.</param>
/// <param name="AfterTaxes">2.2.1 incl_vat; 2.3.0 before_taxes + Σ taxes where taxes are listed.</param>
/// <param name="Taxes">2.3.0 only.</param>
public sealed record Price(decimal? BeforeTaxes, decimal? AfterTaxes, IReadOnlyList<StatedTax> Taxes)
{
    /// <summary>The amount with its side of tax: before taxes where that is stated, else after them; null: neither.</summary>
    public SidedAmount? Stated => BeforeTaxes is { } before ? new SidedAmount(before, PriceSide.BeforeTax)
        : AfterTaxes is { } after ? new SidedAmount(after, PriceSide.AfterTax)
        : null;
}

/// <summary>OCPI 2.3.0 TaxAmount.</summary>
public sealed record StatedTax(string Name, string? AccountNumber, decimal? Percentage, decimal Amount);

/// <summary>What a CDR tells about a person. Never stored, logged or printed as it is.</summary>
public sealed record PersonalData
{
    public string? TokenUid { get; init; }

    public string? ContractId { get; init; }

    /// <summary>An authorization_reference that names the driver; else it stays in the Cdr.</summary>
    public string? AuthorizationReference { get; init; }

    public string? Latitude { get; init; }

    public string? Longitude { get; init; }

    public string? Remark { get; init; }

    /// <summary>The address of a home charger.</summary>
    public string? HomeAddress { get; init; }

    /// <summary>The whole postal code of a home charger; the CDR keeps the area alone, for its taxes.</summary>
    public string? HomePostalCode { get; init; }

    /// <summary>The meter of a home charger.</summary>
    public string? HomeMeterId { get; init; }

    /// <summary>Signed meter data, verbatim.</summary>
    public string? SignedData { get; init; }

    /// <summary>
    /// Members that the reader does not know or could not read, by their place, as one JSON object: kept, because a later
    /// reader may know them, and sealed, because any of them may name the driver.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Unread { get; init; }

    /// <summary>Of them, those that OCPI knows; null = all could be read. Only a keyed digest of it is stored.</summary>
    [JsonIgnore]
    public string? Misread { get; init; }

    /// <summary>Nothing of a person's data goes through text formatting.</summary>
    public override string ToString() => "[personal data]";
}
