using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Intake;

/// <summary>What the log knows of a CDR's charging session.</summary>
/// <param name="Hold">Why the CDR waits; null = it may be settled.</param>
/// <param name="Claim">To be claimed with the CDR: nobody holds the session.</param>
/// <param name="TakeOver">To be appended with the CDR: its former holder was credited.</param>
public sealed record SessionView(Finding? Hold, string? Claim, StreamFacts? TakeOver)
{
    public static readonly SessionView None = new(null, null, null);
}

/// <summary>Finds who holds a charging session.</summary>
public sealed class ChargingSessions(EventStore store)
{
    public async Task<SessionView> Look(string tenant, Cdr cdr, CancellationToken stop)
    {
        if (ChargingSession.Name(cdr) is not { } name)
        {
            return SessionView.None;
        }

        var (holder, version) = await Holder(tenant, name, cdr.Key.Owner, stop);
        if (holder is not { } key)
        {
            return SessionView.None with { Claim = name };
        }

        var state = key == cdr.Key ? CdrState.Absent : await store.ReadCdr(tenant, CdrStreams.Name(key), stop);
        var hold = ChargingSession.Hold(cdr, key, state);
        return hold is not null || key == cdr.Key
            ? SessionView.None with { Hold = hold }
            : SessionView.None with
            {
                TakeOver = new StreamFacts(name, "session", version, [new SessionFact.SessionTaken(cdr.Key.Id)]),
            };
    }

    private async Task<(CdrKey? Holder, long Version)> Holder(
        string tenant, string name, PartyId owner, CancellationToken stop)
    {
        CdrKey? taken = null;
        var version = 0L;
        await foreach (var recorded in store.ReadStream(tenant, name, stop: stop))
        {
            taken = new CdrKey(owner, ((SessionFact.SessionTaken)recorded.Fact).CdrId);
            version = recorded.Version;
        }

        return taken is not null ? (taken, version)
            : await store.Holder(tenant, name, stop) is { } stream ? (CdrStreams.Key(stream), 0)
            : (null, 0);
    }
}
