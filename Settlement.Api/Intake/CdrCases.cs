using Settlement.Api.Agreements;
using Settlement.Domain;
using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Intake;

/// <summary>A CDR with all that a decision on it needs: its stream with every tariff, and the terms known now.</summary>
public sealed record CdrCase(string Tenant, CdrKey Key, CdrState State, Terms Terms)
{
    public string Stream => CdrStreams.Name(Key);
}

/// <summary>Loads CDRs to be decided again, and records what was decided on top of what was read.</summary>
public sealed class CdrCases(EventStore store, Books books, SeenTariffs tariffs, ChargingSessions sessions)
{
    public async Task<Terms> Terms(string tenant, CancellationToken stop) =>
        new(await books.Agreements(tenant, stop), await books.Current(stop));

    /// <summary>Null: there is no such CDR.</summary>
    /// <param name="terms">Read before, for many CDRs at once; null = as known now.</param>
    public async Task<CdrCase?> Load(string tenant, CdrKey key, Terms? terms, CancellationToken stop)
    {
        var state = await store.ReadCdr(tenant, CdrStreams.Name(key), stop);
        return state.Version == 0 ? null : await Of(tenant, key, state, terms ?? await Terms(tenant, stop), stop);
    }

    /// <summary>Of a stream that was read already.</summary>
    public async Task<CdrCase> Of(string tenant, CdrKey key, CdrState state, Terms terms, CancellationToken stop) =>
        new(tenant, key, await tariffs.Whole(tenant, state, stop), terms);

    /// <summary>State of the CDR that a credit credits; absent for every other CDR.</summary>
    public async Task<CdrState> Original(CdrCase credit, CdrFact.CdrReceived content, CancellationToken stop) =>
        ReceiveCdr.Original(content.Cdr) is { } original
            && await Load(credit.Tenant, original, credit.Terms, stop) is { } known
            ? known.State
            : CdrState.Absent;

    public async Task<SessionView> Session(CdrCase one, CdrFact.CdrReceived content, CancellationToken stop) =>
        one.State.IsOwnSession
            ? SessionView.None with { Differences = await sessions.Differences(one.Tenant, content, one.Terms, stop) }
            : await sessions.Look(one.Tenant, content, one.Terms, stop);

    /// <summary>Appends on the version that was read; the session goes to the CDR where it is settled by this.</summary>
    public Task<AppendAnswer> Append(
        CdrCase one, CdrDecision decision, SessionView session, string id, byte[] hash, string by, long linkedVersion,
        CancellationToken stop)
    {
        var streams = Streams.Of(one.Key, one.State.Version, decision, linkedVersion);
        var isSettled = decision.Own[^1] is CdrFact.CdrRated;
        if (isSettled)
        {
            streams.AddRange(session.TakeOvers);
        }

        return store.Append(
            one.Tenant,
            new StoreCommand(id, hash, streams, by) { Claims = isSettled ? session.Claims : [] },
            stop);
    }
}
