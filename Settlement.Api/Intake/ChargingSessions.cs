using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Intake;

/// <summary>What the log knows of a CDR's charging session.</summary>
/// <param name="Hold">Why the CDR waits; null = it may be settled.</param>
/// <param name="Holder">The CDR that came first, where this one waits for it.</param>
/// <param name="Claims">To be claimed with the CDR: nobody holds these names of the session.</param>
/// <param name="TakeOvers">To be appended with the CDR: their former holder was credited.</param>
public sealed record SessionView(
    Finding? Hold, CdrKey? Holder, IReadOnlyList<string> Claims, IReadOnlyList<StreamFacts> TakeOvers)
{
    public static readonly SessionView None = new(null, null, [], []);

    /// <summary>Where the CDR and the session object that its CPO reported disagree.</summary>
    public IReadOnlyList<Finding> Differences { get; init; } = [];

    /// <summary>Every reason to hold the CDR that only the log knows.</summary>
    public IReadOnlyList<Finding> Holds => Hold is { } hold ? [hold, .. Differences] : Differences;
}

/// <summary>Finds who holds a charging session: in the CDR's relationship, and in every other one of its CPO.</summary>
public sealed class ChargingSessions(EventStore store, OtherRelationships others, ReportedSessions reported)
{
    /// <summary>Sessions of one driver at one EVSE within a day that are told apart; more are an error of the CPO's.</summary>
    private const int MostOfName = 500;

    public async Task<SessionView> Look(
        string tenant, CdrFact.CdrReceived received, Terms terms, CancellationToken stop) =>
        await Session(tenant, received, terms.Book, stop) with
        {
            Differences = await Differences(tenant, received, terms, stop),
        };

    /// <summary>Where the CDR and the session object disagree, beyond what the agreement tolerates.</summary>
    public async Task<IReadOnlyList<Finding>> Differences(
        string tenant, CdrFact.CdrReceived received, Terms terms, CancellationToken stop) =>
        (await reported.Holds(tenant, [received], terms, stop)).GetValueOrDefault(received.Cdr.Key) ?? [];

    private async Task<SessionView> Session(
        string tenant, CdrFact.CdrReceived received, ReferenceBook book, CancellationToken stop)
    {
        var (cdr, cpo) = (received.Cdr, book.Home(received.Cdr.Key.Owner));
        var claims = new List<string>();
        var takeOvers = new List<StreamFacts>();
        foreach (var name in ChargingSession.Names(received, cpo))
        {
            switch (await Look(tenant, name, received, stop))
            {
                case (null, { } holder, _):
                    return SessionView.None with { Hold = ChargingSession.Second(cdr, holder), Holder = holder };
                case ({ } free, _, null):
                    claims.Add(free);
                    break;
                case ({ } taken, _, { } version):
                    takeOvers.Add(new StreamFacts(
                        taken, "session", version, [new SessionFact.SessionTaken(cdr.Key.Id) { Owner = cdr.Key.Owner }]));
                    break;
                default:
                    break; // its own
            }
        }

        foreach (var (other, holder) in await others.Holders(tenant, [received], book, stop))
        {
            var state = await store.ReadCdr(other, CdrStreams.Name(holder), stop);
            if (!ChargingSession.IsFree(state)
                && (holder.Folded == cdr.Key.Folded || ChargingSession.IsOne(received, state.Counting!)))
            {
                return SessionView.None with { Hold = ChargingSession.Second(cdr, holder, other), Holder = holder };
            }
        }

        return new SessionView(null, null, claims, takeOvers);
    }

    /// <summary>
    /// A name to claim or to take over; or the CDR that holds it for the same session. Where it is held for another
    /// session, the next name of its series.
    /// </summary>
    private async Task<(string? Name, CdrKey? Holder, long? Version)> Look(
        string tenant, string name, CdrFact.CdrReceived received, CancellationToken stop)
    {
        for (var n = 1; n <= MostOfName; n++)
        {
            var numbered = n == 1 ? name : $"{name}#{n}";
            var (holder, version) = await Holder(tenant, numbered, received.Cdr.Key.Owner, stop);
            if (holder is not { } key)
            {
                return (numbered, null, null);
            }

            if (key == received.Cdr.Key)
            {
                return (null, null, null);
            }

            var state = await store.ReadCdr(tenant, CdrStreams.Name(key), stop);
            if (ChargingSession.IsFree(state))
            {
                return (numbered, null, version);
            }

            if (ChargingSession.IsOne(received, state.Counting!))
            {
                return (null, key, null);
            }
        }

        return (null, received.Cdr.Key, null);
    }

    private async Task<(CdrKey? Holder, long Version)> Holder(
        string tenant, string name, PartyId owner, CancellationToken stop)
    {
        CdrKey? taken = null;
        var version = 0L;
        await foreach (var recorded in store.ReadStream(tenant, name, stop: stop))
        {
            var fact = (SessionFact.SessionTaken)recorded.Fact;
            (taken, version) = (new CdrKey(fact.Owner ?? owner, fact.CdrId), recorded.Version);
        }

        return taken is not null ? (taken, version)
            : await store.Holder(tenant, name, stop) is { } stream ? (CdrStreams.Key(stream), 0)
            : (null, 0);
    }
}
