using Settlement.Api.Agreements;
using Settlement.Domain;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;
using Settlement.Projections.EventStore;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Intake;

/// <summary>A CDR with all that a decision on it needs: its stream with every tariff, and the terms known now.</summary>
public sealed record CdrCase(string Tenant, CdrKey Key, CdrState State, Terms Terms)
{
    public string Stream => Streams.Name(Key);
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
        var state = await sessions.Load(tenant, key, stop);
        if (state.Version == 0)
        {
            return null;
        }

        var whole = state with
        {
            Received = state.Received is { } first ? await Whole(tenant, first, stop) : null,
            Others = [],
        };
        foreach (var other in state.Others)
        {
            whole = whole with { Others = whole.Others.Add(await Whole(tenant, other, stop)) };
        }

        return new CdrCase(tenant, key, whole, terms ?? await Terms(tenant, stop));
    }

    /// <summary>State of the CDR that a credit credits; absent for every other CDR.</summary>
    public async Task<CdrState> Original(CdrCase credit, CancellationToken stop) =>
        credit.State.Counting is { Cdr: { Credit: true, CreditReferenceId: { } original } }
            && await Load(credit.Tenant, new CdrKey(credit.Key.Owner, original), credit.Terms, stop) is { } known
            ? known.State
            : CdrState.Absent;

    public Task<SessionView> Session(CdrCase one, CdrFact.CdrReceived content, CancellationToken stop) =>
        sessions.Look(one.Tenant, content.Cdr, stop);

    /// <summary>Appends on the version that was read; the session goes to the CDR where it is settled by this.</summary>
    public Task<AppendAnswer> Append(
        CdrCase one, CdrDecision decision, SessionView session, string id, byte[] hash, string by, long linkedVersion,
        CancellationToken stop)
    {
        List<StreamFacts> streams = [Streams.Of(one.Key, one.State.Version, decision.Own)];
        if (decision.LinkedFacts.Count > 0)
        {
            streams.Add(Streams.Of(decision.Linked!.Value, linkedVersion, decision.LinkedFacts));
        }

        var isSettled = decision.Own[^1] is CdrFact.CdrRated;
        if (isSettled && session.TakeOver is { } takeOver)
        {
            streams.Add(takeOver);
        }

        return store.Append(
            one.Tenant,
            new StoreCommand(id, hash, streams, by) { Claims = isSettled && session.Claim is { } claim ? [claim] : [] },
            stop);
    }

    private async Task<CdrFact.CdrReceived> Whole(string tenant, CdrFact.CdrReceived received, CancellationToken stop)
    {
        var contents = new Dictionary<string, Tariff>(StringComparer.Ordinal);
        foreach (var hash in received.Tariffs)
        {
            contents[hash] = await tariffs.Find(tenant, hash, stop);
        }

        return received.With(hash => contents[hash]);
    }
}
