using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>
/// Facts as the tables read them. Most of a CDR's text is measurements, reasons and sealed data that no table shows;
/// building objects of it would be a third of what a replay costs.
/// </summary>
public static class TableFacts
{
    public static EventNames Names { get; } = EventNames.Standard.Without(
    [
        .. PassedOver.Of<CdrFact.CdrReceived>(
            nameof(CdrFact.CdrReceived.Sealed), nameof(CdrFact.CdrReceived.Tariffs), nameof(CdrFact.CdrReceived.Holds),
            nameof(CdrFact.CdrReceived.Findings)),
        .. PassedOver.Of<Cdr>(
            nameof(Cdr.TokenType), nameof(Cdr.AuthMethod), nameof(Cdr.MeterId), nameof(Cdr.Periods), nameof(Cdr.TotalFixedCost),
            nameof(Cdr.TotalEnergyCost), nameof(Cdr.TotalTimeCost), nameof(Cdr.TotalParkingCost), nameof(Cdr.TotalReservationCost),
            nameof(Cdr.TotalTimeHours), nameof(Cdr.TotalParkingHours), nameof(Cdr.InvoiceReferenceId),
            nameof(Cdr.CreditReferenceId), nameof(Cdr.SignedDataSha256)),
        .. PassedOver.Of<CdrLocation>(
            nameof(CdrLocation.Name), nameof(CdrLocation.Address), nameof(CdrLocation.PostalCode), nameof(CdrLocation.State),
            nameof(CdrLocation.Country), nameof(CdrLocation.TimeZone), nameof(CdrLocation.EvseUid),
            nameof(CdrLocation.ConnectorId), nameof(CdrLocation.ConnectorStandard), nameof(CdrLocation.ConnectorFormat)),
        .. PassedOver.Of<SettledCdr>(
            nameof(SettledCdr.PlaceFoundBy), nameof(SettledCdr.Zone), nameof(SettledCdr.ZoneFoundBy), nameof(SettledCdr.Policy),
            nameof(SettledCdr.SettledBecause), nameof(SettledCdr.Findings), nameof(SettledCdr.Release)),
        new PassedOver(typeof(SettledCdr), nameof(SettledCdr.Lines), new TariffsOfLines()),
    ]);
}
