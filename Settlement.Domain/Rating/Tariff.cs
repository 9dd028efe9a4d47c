using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Rating;

/// <summary>What a price component prices (OCPI 2.2.1 TariffDimensionType).</summary>
public enum Dimension
{
    ENERGY,
    TIME,
    PARKING_TIME,
    FLAT,
}

/// <summary>2.3.0 Tariff.tax_included; earlier versions never say, and mean NO.</summary>
public enum TaxIncluded
{
    NO,
    YES,
    NOT_APPLICABLE,
}

/// <summary>A tariff: a superset of OCPI 2.1.1, 2.2.1 and 2.3.0.</summary>
public sealed record Tariff
{
    public required OcpiVersion Version { get; init; }

    /// <summary>Null in 2.1.1.</summary>
    public PartyId? Owner { get; init; }

    public required string Id { get; init; }

    public required string Currency { get; init; }

    /// <summary>AD_HOC_PAYMENT, PROFILE_CHEAP, PROFILE_FAST, PROFILE_GREEN, REGULAR; null = all sessions.</summary>
    public string? Type { get; init; }

    public PriceLimit? MinPrice { get; init; }

    public PriceLimit? MaxPrice { get; init; }

    public TaxIncluded TaxIncluded { get; init; }

    public required IReadOnlyList<TariffElement> Elements { get; init; }

    /// <summary>What drivers are shown of it, in several languages; null: nothing was sent.</summary>
    public IReadOnlyList<DisplayText>? AltText { get; init; }

    /// <summary>Where drivers find more of it.</summary>
    public string? AltUrl { get; init; }

    public Instant? ValidFrom { get; init; }

    public Instant? ValidTo { get; init; }

    public Instant? LastUpdated { get; init; }

    /// <summary>SHA-256 of the tariff's own bytes in hex: the key under which it is compiled and remembered.</summary>
    public required string ContentHash { get; init; }

    /// <summary>Members that the reader does not know, by their place, as one JSON object; null = there were none.</summary>
    public string? Unread { get; init; }

    /// <summary>The compiled form, checked against this very object wherever it is used.</summary>
    internal CompiledMemo Compiled { get; } = new();
}

/// <param name="Language">ISO 639-1, two letters.</param>
public sealed record DisplayText(string Language, string Text);

/// <summary>A bound on the session total, before and after tax (OCPI 2.2.1 min_price, max_price); at least one is stated.</summary>
public sealed record PriceLimit(decimal? BeforeTaxes, decimal? AfterTaxes);

public sealed record TariffElement(IReadOnlyList<PriceComponent> Components, TariffRestrictions? Restrictions);

/// <summary>A price per kWh, per hour, or once.</summary>
/// <param name="StepSize">Wh for ENERGY, seconds for times; 0 or 1 = exact.</param>
/// <param name="VatPercent">Null: not stated, which is not the same as 0.</param>
public sealed record PriceComponent(Dimension Type, decimal Price, int StepSize, decimal? VatPercent);

/// <summary>When an element applies; all must match. Lower bounds inclusive, upper exclusive.</summary>
public sealed record TariffRestrictions
{
    public LocalTime? StartTime { get; init; }

    public LocalTime? EndTime { get; init; }

    public LocalDate? StartDate { get; init; }

    public LocalDate? EndDate { get; init; }

    public decimal? MinKwh { get; init; }

    public decimal? MaxKwh { get; init; }

    public decimal? MinCurrentA { get; init; }

    public decimal? MaxCurrentA { get; init; }

    public decimal? MinPowerKw { get; init; }

    public decimal? MaxPowerKw { get; init; }

    public int? MinDurationSeconds { get; init; }

    public int? MaxDurationSeconds { get; init; }

    /// <summary>Extension EVRF-001: how long the vehicle has not been requesting power.</summary>
    public int? MinNotRequestingPowerSeconds { get; init; }

    public int? MaxNotRequestingPowerSeconds { get; init; }

    /// <summary>Extension EVRF-001: state of charge of the vehicle, percent.</summary>
    public int? MinStateOfCharge { get; init; }

    public int? MaxStateOfCharge { get; init; }

    public IReadOnlyList<IsoDayOfWeek> DaysOfWeek { get; init; } = [];

    /// <summary>RESERVATION or RESERVATION_EXPIRES; null for charging.</summary>
    public string? Reservation { get; init; }

    /// <summary>Keys that are no restriction of OCPI (<c>dayOfWeek</c>): loud, because ignoring them widens the element.</summary>
    public IReadOnlyList<string> UnknownKeys { get; init; } = [];
}
