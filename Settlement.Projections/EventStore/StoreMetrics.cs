using System.Diagnostics.Metrics;

namespace Settlement.Projections.EventStore;

/// <summary>What the store and its workers do, as metrics of the meter <c>Settlement.Store</c>.</summary>
public static class StoreMetrics
{
    public const string MeterName = "Settlement.Store";

    private static readonly Meter Meter = new(MeterName);

    private static volatile IReadOnlyList<Workers.ProjectionLag> lags = [];

    private static readonly Counter<long> Appended =
        Meter.CreateCounter<long>("settlement.events.appended", "{event}", "Events stored by this process.");

    private static readonly Histogram<int> Gathered =
        Meter.CreateHistogram<int>("settlement.append.gathered", "{event}", "Events in one append transaction.");

    private static readonly Counter<long> Outages =
        Meter.CreateCounter<long>("settlement.append.outages", "{outage}", "Appends whose caller heard of an outage.");

    private static readonly Counter<long> Projected =
        Meter.CreateCounter<long>("settlement.events.projected", "{event}", "Events applied to tables.");

    private static readonly ObservableGauge<long> Lag = Meter.CreateObservableGauge(
        "settlement.projection.lag", () => Sum(lag => lag.Behind), "{event}", "Events not yet in the tables, per projection.");

    private static readonly ObservableGauge<long> Parked = Meter.CreateObservableGauge(
        "settlement.projection.parked", () => Sum(lag => lag.IsParked ? 1 : 0), "{tenant}", "Tenants that wait at an event.");

    internal static void Append(int events)
    {
        Appended.Add(events);
        Gathered.Record(events);
    }

    internal static void Outage() => Outages.Add(1);

    internal static void Apply(string projection, int events) =>
        Projected.Add(events, new KeyValuePair<string, object?>("projection", projection));

    /// <summary>What the workers saw when they last looked.</summary>
    internal static void Seen(IReadOnlyList<Workers.ProjectionLag> now)
    {
        lags = now;
        _ = (Lag, Parked);
    }

    private static IEnumerable<Measurement<long>> Sum(Func<Workers.ProjectionLag, long> of) =>
        lags.GroupBy(lag => lag.Projection, StringComparer.Ordinal).Select(group => new Measurement<long>(
            group.Sum(of), new KeyValuePair<string, object?>("projection", group.Key)));
}
