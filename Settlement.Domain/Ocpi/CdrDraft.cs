using NodaTime;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// What was read of a CDR so far; what can be told of it is told even where it cannot be used.
/// </summary>
internal sealed partial class CdrDraft
{
    private List<(KnownTariff Tariff, int Index)>? tariffs;

    public ReadingNotes Notes { get; } = new();

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
}
