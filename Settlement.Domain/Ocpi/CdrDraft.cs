using NodaTime;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// What was read of a CDR so far; what can be told of it is told even where it cannot be used.
/// </summary>
internal sealed partial class CdrDraft
{
    private List<(KnownTariff Tariff, int Index)>? tariffs;

    public ReadingNotes Notes { get; } = new() { KeepsUnread = true, IsSealed = true };

    public bool IsV230 { get; set; }

    public bool HasStop { get; set; }

    public bool HasToken { get; set; }

    public bool HasLocation { get; set; }

    public bool HasFullLocation { get; set; }

    public bool HasFlat { get; set; }

    public bool TotalCostIsNumber { get; set; }

    public string? CountryCode { get; set; }

    public string? PartyId { get; set; }

    public string? Id { get; set; }

    public Instant? Start { get; set; }

    public Instant? End { get; set; }

    public string? SessionId { get; set; }

    public string? AuthId { get; set; }

    public string? AuthMethod { get; set; }

    public string? AuthorizationReference { get; set; }

    public string? TokenCountryCode { get; set; }

    public string? TokenPartyId { get; set; }

    public string? TokenUid { get; set; }

    public string? TokenType { get; set; }

    public string? ContractId { get; set; }

    public DraftPlace Place { get; } = new();

    public string? Latitude { get; set; }

    public string? Longitude { get; set; }

    public string? MeterId { get; set; }

    public string? Currency { get; set; }

    public List<ChargingPeriod> Periods { get; private set; } = new(2);

    public Price? TotalCost { get; set; }

    public Price? TotalFixedCost { get; set; }

    public Price? TotalEnergyCost { get; set; }

    public Price? TotalTimeCost { get; set; }

    public Price? TotalParkingCost { get; set; }

    public Price? TotalReservationCost { get; set; }

    public decimal? TotalEnergy { get; set; }

    public decimal? TotalTime { get; set; }

    public decimal? TotalParking { get; set; }

    public string? Remark { get; set; }

    public string? InvoiceReferenceId { get; set; }

    public bool Credit { get; set; }

    public string? CreditReferenceId { get; set; }

    public bool HomeCharging { get; set; }

    public string? SignedData { get; set; }

    public string? SignedDataSha256 { get; set; }

    public Instant? LastUpdated { get; set; }

    public void AddTariff(KnownTariff tariff, int index)
    {
        (tariffs ??= new(1)).Add((tariff, index));
        IsV230 |= tariff.IsV230;
    }
}

/// <summary>The place as read so far.</summary>
internal sealed class DraftPlace
{
    public string? Id { get; set; }

    public string? Name { get; set; }

    public string? Address { get; set; }

    public string? City { get; set; }

    public string? PostalCode { get; set; }

    public string? State { get; set; }

    public string? Country { get; set; }

    public string? TimeZone { get; set; }

    public string? EvseUid { get; set; }

    public string? EvseId { get; set; }

    public string? ConnectorId { get; set; }

    public string? Standard { get; set; }

    public string? Format { get; set; }

    public string? PowerType { get; set; }

    public int? Voltage { get; private set; }

    public int? Amperage { get; private set; }

    public IReadOnlyList<CdrConnector> OtherConnectors { get; set; } = [];

    private readonly List<CdrConnector> connectors = [];

    /// <summary>More are not told apart: one that differs is enough to hold it.</summary>
    private const int MostConnectors = 500;

    public void Add(CdrConnector connector)
    {
        if (connectors.Count < MostConnectors)
        {
            connectors.Add(connector);
        }
    }

    /// <summary>Of several connectors the first by name, in whatever order they came.</summary>
    public void ChooseConnector()
    {
        if (connectors.Count == 0)
        {
            return;
        }

        var (one, others) = connectors is [var only] ? (only, []) : First();
        (EvseUid, EvseId, ConnectorId) = (one.EvseUid, one.EvseId, one.Id);
        (Standard, Format, PowerType) = (one.Standard, one.Format, one.PowerType);
        (Voltage, Amperage) = (one.Voltage, one.Amperage);
        OtherConnectors = others;
    }

    private (CdrConnector, IReadOnlyList<CdrConnector>) First()
    {
        var ordered = connectors.Distinct().OrderBy(each => each.EvseUid, StringComparer.OrdinalIgnoreCase)
            .ThenBy(each => each.Id, StringComparer.OrdinalIgnoreCase).ThenBy(each => each.ToString(), StringComparer.Ordinal)
            .ToList();
        return (ordered[0], ordered[1..]);
    }
}
