using Settlement.Api.Intake;
using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;
using Settlement.Projections.Privacy;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Ocpi;

/// <param name="Personal">Null: the driver was erased.</param>
public sealed record StoredCdr(string Stream, CdrFact.CdrReceived Received, PersonalData? Personal);

/// <summary>CDRs as they came in, put together again from their facts: the content that came first under an id.</summary>
public sealed class StoredCdrs(EventStore store, DriverVault vault, SeenTariffs tariffs)
{
    public async Task<IReadOnlyList<StoredCdr>> Find(
        string tenant, IReadOnlyList<string> streams, CancellationToken stop)
    {
        var first = await store.FirstEvents(tenant, streams, stop);
        var received = new List<(string Stream, CdrFact.CdrReceived Fact)>(streams.Count);
        foreach (var stream in streams)
        {
            if (first.TryGetValue(stream, out var recorded) && await Received(tenant, recorded, stop) is { } fact)
            {
                received.Add((stream, await tariffs.Whole(tenant, fact, stop)));
            }
        }

        var keys = await vault.Keys(tenant, [.. received.Select(cdr => cdr.Fact.Driver)], stop);
        return [.. received.Select(cdr => new StoredCdr(
            cdr.Stream, cdr.Fact,
            keys.TryGetValue(cdr.Fact.Driver, out var key)
                ? DriverVault.Open(key, tenant, cdr.Fact.Cdr.Key, cdr.Fact.Sealed)
                : null))];
    }

    // A stream may begin with the credit that came before its original.
    private async Task<CdrFact.CdrReceived?> Received(string tenant, Recorded first, CancellationToken stop)
    {
        if (first.Fact is CdrFact.CdrReceived received)
        {
            return received;
        }

        await foreach (var recorded in store.ReadStream(tenant, first.Stream, stop: stop))
        {
            if (recorded.Fact is CdrFact.CdrReceived later)
            {
                return later;
            }
        }

        return null;
    }
}
