
namespace Settlement.Api.Demo;

/// <summary>The tariffs of both networks, as they hold for the network's own drivers.</summary>
public static class DemoTariffs
{
    private const int Minute = 60;
    private const int Hour = 3600;

    public static IReadOnlyList<DemoTariff> All { get; } = [.. ChargePoint(), .. Flo()];

    private static readonly Dictionary<string, DemoTariff> ById =
        All.ToDictionary(tariff => tariff.Id, StringComparer.Ordinal);

    public static DemoTariff Of(string id) => ById[id];

    private static IEnumerable<DemoTariff> ChargePoint()
    {
        yield return Cpi("CPI-FREE-CAD", "CAD", [new(Flat: 0m, Step: 0)]);
        yield return Cpi("CPI-FREE-USD", "USD", [new(Flat: 0m, Step: 0)]);

        // by the hour while charging; whoever stays longer than four hours pays for the place
        yield return Cpi("CPI-L2-TIME-CAD", "CAD", [
            new(Time: 1.50m),
            new(Parking: 3.00m, AfterSeconds: 4 * Hour)]);
        yield return Cpi("CPI-L2-KWH-CAD", "CAD", [new(Energy: 0.32m)], max: 10.00m);
        yield return Cpi("CPI-L2-KWH-USD", "USD", [
            new(Energy: 0.30m, Parking: 2.00m, Step: 5 * Minute)], max: 40.00m);
        yield return Cpi("CPI-L2-TOU-USD", "USD", [
            new(Energy: 0.49m, From: new(16, 0), To: new(21, 0), WeekdaysOnly: true),
            new(Energy: 0.31m)]);
        yield return Cpi("CPI-DC-KWH-CAD", "CAD", [
            new(Energy: 0.65m),
            new(Parking: 18.00m, Step: Minute)], min: 2.00m);
        yield return Cpi("CPI-DC-KWH-USD", "USD", [
            new(Flat: 1.00m, Energy: 0.56m, Parking: 24.00m, Step: Minute)]);
        yield return Cpi("CPI-DC-TIME-USD", "USD", [new(Time: 18.00m, Parking: 12.00m, Step: Minute)]);
    }

    private static IEnumerable<DemoTariff> Flo()
    {
        yield return Own("FLO-FREE-CAD", "CAD", [new(Flat: 0m, Step: 0)]);
        yield return Own("FLO-L2-HOUR-CAD", "CAD", [new(Time: 1.00m, Parking: 1.00m)], max: 12.00m);

        // the place costs something in the daytime, after three hours
        yield return Own("FLO-L2-KWH-CAD", "CAD", [
            new(Energy: 0.35m),
            new(Parking: 2.50m, From: new(7, 0), To: new(21, 0), AfterSeconds: 3 * Hour)]);
        yield return Own("FLO-L2-KWH-USD", "USD", [new(Flat: 0.50m, Energy: 0.33m)]);
        yield return Own("FLO-DC-TOU-CAD", "CAD", [
            new(Energy: 0.59m, From: new(7, 0), To: new(22, 0)),
            new(Energy: 0.45m),
            new(Parking: 15.00m, Step: Minute)]);
        yield return Own("FLO-DC-KWH-CAD", "CAD", [
            new(Energy: 0.57m, Parking: 12.00m, Step: Minute)], min: 1.50m);
        yield return Own("FLO-DC-KWH-USD", "USD", [new(Energy: 0.54m, Parking: 15.00m, Step: Minute)]);
    }

    private static DemoTariff Cpi(
        string id, string currency, DemoElement[] elements, decimal? min = null, decimal? max = null) =>
        new(DemoParties.ChargePoint.Id, id, currency, elements, min, max);

    private static DemoTariff Own(
        string id, string currency, DemoElement[] elements, decimal? min = null, decimal? max = null) =>
        new(DemoParties.Flo.Id, id, currency, elements, min, max);
}
