using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Intake;

/// <summary>CDR streams on their way into the log and out of it.</summary>
public static class Streams
{
    public static StreamFacts Of(CdrKey key, long expectedVersion, IReadOnlyList<CdrFact> facts) =>
        new(CdrStreams.Name(key), "cdr", expectedVersion, [.. facts.Select(fact => fact.ForLog())]);

    /// <summary>A decision on a CDR, with what it does to the one that it credits or is credited by.</summary>
    public static List<StreamFacts> Of(CdrKey key, long version, CdrDecision decision, long linkedVersion) =>
        decision.LinkedFacts.Count == 0
            ? [Of(key, version, decision.Own)]
            : [Of(key, version, decision.Own), Of(decision.Linked!.Value, linkedVersion, decision.LinkedFacts)];

    /// <summary>A CDR with everything recorded until now; absent where it never came.</summary>
    public static async Task<CdrState> ReadCdr(
        this EventStore store, string tenant, string stream, CancellationToken stop)
    {
        var state = CdrState.Absent;
        await foreach (var recorded in store.ReadStream(tenant, stream, stop: stop))
        {
            state = CdrState.Evolve(state, (CdrFact)recorded.Fact);
        }

        return state;
    }
}
