using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Domain.Ocpi;

internal sealed partial class CdrDraft
{
    private string? driversReference;
    private string? homeAddress;
    private string? homePostalCode;
    private string? homeMeterId;
    private List<KeyValuePair<string, string>>? tellingTariffs;

    private Cdr Cdr(OcpiVersion version, CdrKey key, PartyId tokenOwner, List<Tariff> readTariffs) => new()
    {
        Version = version,
        Key = key,
        TokenOwner = tokenOwner,
        TokenType = TokenType,
        AuthMethod = AuthMethod,
        AuthorizationReference = AuthorizationReference,
        Start = Start!.Value,
        End = End!.Value,
        SessionId = SessionId,
        Location = Location(),
        MeterId = MeterId,
        Currency = Currency!,
        Tariffs = readTariffs,
        Periods = Periods,
        TotalCost = TotalCost ?? new Price(null, null, []),
        TotalFixedCost = TotalFixedCost,
        TotalEnergyCost = TotalEnergyCost,
        TotalTimeCost = TotalTimeCost,
        TotalParkingCost = TotalParkingCost,
        TotalReservationCost = TotalReservationCost,
        TotalEnergyKwh = TotalEnergy ?? 0m,
        TotalTimeHours = TotalTime ?? 0m,
        TotalParkingHours = TotalParking,
        InvoiceReferenceId = InvoiceReferenceId,
        Credit = Credit,
        CreditReferenceId = CreditReferenceId,
        HomeChargingCompensation = HomeCharging,
        SignedDataSha256 = SignedDataSha256,
        LastUpdated = LastUpdated,
    };

    private CdrLocation Location() => new()
    {
        Id = Place.Id ?? "#NA",
        Name = Place.Name,
        Address = Place.Address,
        City = Place.City,
        PostalCode = Place.PostalCode,
        State = Place.State,
        Country = Place.Country ?? "",
        TimeZone = Place.TimeZone,
        EvseUid = Place.EvseUid,
        EvseId = Place.EvseId,
        ConnectorId = Place.ConnectorId,
        ConnectorStandard = Place.Standard,
        ConnectorFormat = Place.Format,
        PowerType = Place.PowerType,
        Voltage = Place.Voltage,
        Amperage = Place.Amperage,
        OtherConnectors = Place.OtherConnectors is { Count: > 0 } others ? others : null,
    };

    private PersonalData Personal() => new()
    {
        TokenUid = TokenUid,
        ContractId = ContractId,
        AuthorizationReference = driversReference,
        Latitude = Latitude,
        Longitude = Longitude,
        Remark = Remark,
        HomeAddress = homeAddress,
        HomePostalCode = homePostalCode,
        HomeMeterId = homeMeterId,
        SignedData = SignedData,
        Unread = Notes.Unread(more: tellingTariffs),
        Misread = Notes.Unread(onlyKnown: true),
    };
}
