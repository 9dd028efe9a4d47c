using System.Text.Json.Serialization;
using NodaTime;

namespace Settlement.Domain.Tax;

/// <summary>What a rule says about the supplies it covers.</summary>
public enum Treatment
{
    Taxable,

    /// <summary>No tax, with a reason.</summary>
    Exempt,

    /// <summary>Nobody knows yet: finance must answer <see cref="TaxRule.Question"/> first.</summary>
    Open,

    /// <summary>Collected from the station owner upstream (Montana): a cost, never a line.</summary>
    SupplierCost,
}

/// <summary>Which day decides the rate.</summary>
public enum TaxPoint
{
    /// <summary>Local date of session end at the charger.</summary>
    Delivery,

    /// <summary>The document date; provisionally the delivery date (Excise Tax Act s.152, 168).</summary>
    EarlierOfPaidOrDue,
}

/// <summary>Whether counties, cities and districts tax too.</summary>
public enum LocalTax
{
    None,

    /// <summary>Local rates apply to what the state taxes, and to nothing it exempts.</summary>
    Follows,

    /// <summary>Local rates have a treatment of their own (home rule).</summary>
    Own,
}

/// <summary>One dated tax rule. Never changed: a correction is the next version under the same id.</summary>
/// <remarks>
/// Serialises with plain System.Text.Json as strings, numbers and lists, so that it can be an event's
/// payload. A rule has a rate or an amount per kWh. An empty list means "all".
/// </remarks>
public sealed record TaxRule
{
    public required string Id { get; init; }

    public int Version { get; init; } = 1;

    /// <summary>ISO 3166-2: CA-QC, US-NY.</summary>
    public required string Jurisdiction { get; init; }

    /// <summary>Code of a county, city or district; null for the state or province itself.</summary>
    public string? Locality { get; init; }

    /// <summary>GST, HST, QST, PST, RST, SALES, EV_EXCISE, EV_SURTAX.</summary>
    public required string Tax { get; init; }

    public required string NameEn { get; init; }

    public required string NameFr { get; init; }

    [JsonConverter(typeof(JsonStringEnumConverter<Treatment>))]
    public Treatment Treatment { get; init; }

    /// <summary>As a fraction: 0.05.</summary>
    public decimal? Rate { get; init; }

    /// <summary>
    /// Amount per kWh in the currency of the place (CAD in Canada, USD in the United States).
    /// </summary>
    public decimal? PerKwh { get; init; }

    /// <summary><c>kwh</c> for an amount per kWh that is not known yet; else null.</summary>
    public string? Unit { get; init; }

    /// <summary>HST: the federal part of the rate.</summary>
    public decimal? FederalPart { get; init; }

    /// <summary>Taxes that are part of the base: GST for the Quebec tax to 2012.</summary>
    public IReadOnlyList<string> BasePlus { get; init; } = [];

    public IReadOnlyList<string> Components { get; init; } = [];

    /// <summary>Stations it covers: any of these.</summary>
    public IReadOnlyList<StationFilter> Stations { get; init; } = [];

    /// <summary>First day; null = no lower bound is known.</summary>
    [JsonConverter(typeof(IsoDateConverter))]
    public LocalDate? From { get; init; }

    /// <summary>Last day; null = open.</summary>
    [JsonConverter(typeof(IsoDateConverter))]
    public LocalDate? To { get; init; }

    [JsonConverter(typeof(JsonStringEnumConverter<TaxPoint>))]
    public TaxPoint TaxPoint { get; init; }

    /// <summary>CPO, STATION_OWNER, EMSP or UTILITY.</summary>
    public string Remitter { get; init; } = "CPO";

    /// <summary>A registered buyer claims it as an input tax credit.</summary>
    public bool Recoverable { get; init; }

    /// <summary>Not charged to a buyer with a valid resale certificate for the place.</summary>
    public bool ResaleExempt { get; init; }

    [JsonConverter(typeof(JsonStringEnumConverter<LocalTax>))]
    public LocalTax Local { get; init; }

    /// <summary>Why exempt, or why a supplier's cost.</summary>
    public string? Reason { get; init; }

    /// <summary>Open: what finance must decide.</summary>
    public string? Question { get; init; }

    public required string Source { get; init; }

    /// <summary>confirmed, confirmed-secondary, partial, unverified.</summary>
    public required string Confidence { get; init; }

    public string? Note { get; init; }

    public string? ProposedBy { get; init; }

    /// <summary>Someone else than the proposer.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>Id, and the version from the second on: what a tax line names.</summary>
    [JsonIgnore]
    public string Name => Version == 1 ? Id : $"{Id}/v{Version}";

    /// <summary>The taxing place: the jurisdiction, and the locality where it is a local tax.</summary>
    [JsonIgnore]
    public string Place => Locality is null ? Jurisdiction : $"{Jurisdiction}:{Locality}";

    [JsonIgnore]
    public bool IsPerKwh => PerKwh is not null || Unit == "kwh";

    /// <summary>An excise on charging follows the station, not the seller or the buyer.</summary>
    [JsonIgnore]
    public bool IsExcise => Tax.StartsWith("EV_", StringComparison.Ordinal);

    public bool InForceOn(LocalDate date) => (From is null || From <= date) && (To is null || date <= To);

    public bool Covers(ChargeComponent component) =>
        Components.Count == 0 || Components.Contains(component.ToString());
}
