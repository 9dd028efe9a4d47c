using Settlement.Domain;
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
        PassedOver.List<Cdr, ChargingPeriod>(nameof(Cdr.Periods)),
        PassedOver.Text<CdrFact.CdrReceived>(nameof(CdrFact.CdrReceived.Sealed)),
        PassedOver.List<CdrFact.CdrReceived, string>(nameof(CdrFact.CdrReceived.Tariffs)),
        PassedOver.List<CdrFact.CdrReceived, Finding>(nameof(CdrFact.CdrReceived.Findings)),
        PassedOver.Text<CdrLocation>(nameof(CdrLocation.Name)),
        PassedOver.Text<CdrLocation>(nameof(CdrLocation.Address)),
        PassedOver.Text<CdrLocation>(nameof(CdrLocation.PostalCode)),
        PassedOver.Text<CdrLocation>(nameof(CdrLocation.State)),
        PassedOver.Text<CdrLocation>(nameof(CdrLocation.Country)),
        PassedOver.Text<SettledCdr>(nameof(SettledCdr.PlaceFoundBy)),
        PassedOver.Text<SettledCdr>(nameof(SettledCdr.Zone)),
        PassedOver.Text<SettledCdr>(nameof(SettledCdr.ZoneFoundBy)),
        PassedOver.Text<SettledCdr>(nameof(SettledCdr.SettledBecause)),
        PassedOver.List<SettledCdr, Finding>(nameof(SettledCdr.Findings)),
        new PassedOver(typeof(SettledCdr), nameof(SettledCdr.Lines), new TariffsOfLines()),
    ]);
}
