using System.Diagnostics.Metrics;

namespace Settlement.Projections.EventStore;

/// <summary>What the store does, as metrics of the meter <c>Settlement.Store</c>.</summary>
public static class StoreMetrics
{
    public const string MeterName = "Settlement.Store";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Appended =
        Meter.CreateCounter<long>("settlement.events.appended", "{event}", "Events stored by this process.");

    private static readonly Histogram<int> Gathered =
        Meter.CreateHistogram<int>("settlement.append.gathered", "{event}", "Events in one append transaction.");

    private static readonly Counter<long> Outages =
        Meter.CreateCounter<long>("settlement.append.outages", "{outage}", "Appends whose caller heard of an outage.");

    internal static void Append(int events)
    {
        Appended.Add(events);
        Gathered.Record(events);
    }

    internal static void Outage() => Outages.Add(1);
}
