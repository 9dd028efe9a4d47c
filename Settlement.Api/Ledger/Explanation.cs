using Settlement.Api.Disputes;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;
using Settlement.Projections.Privacy;

namespace Settlement.Api.Ledger;

/// <summary>A CDR's whole story: what its stream says, in order.</summary>
public sealed record Explanation(string Tenant, CdrKey Key, IReadOnlyList<Recorded> Events)
{
    /// <summary>The driver's key was destroyed: what was sealed with the CDR is unreadable for good.</summary>
    public bool DriverErased { get; init; }

    /// <summary>What is due of it now, with its dispute and our credit notes; null where nothing was posted.</summary>
    public CdrDue? Due { get; init; }

    /// <summary>What can be told of the driver beside the pseudonym.</summary>
    public string DriverData => DriverErased ? "[erased]" : "sealed";

    /// <summary>Where the CDR and the session object that its CPO reported disagree.</summary>
    public IReadOnlyList<Finding> SessionDifferences { get; init; } = [];

    public CdrState State { get; } = CdrState.Of(Events.Select(recorded => (CdrFact)recorded.Fact));

    /// <summary>
    /// Finds a CDR by <c>US-CPI/ID</c>, or by its id alone where only one owner has it.
    /// </summary>
    public static async Task<IReadOnlyList<Explanation>> Find(Engine engine, string name, CancellationToken stop)
    {
        var (owner, id) = name.Split('/', 2) is [var first, var rest] && PartyId.Parse(first) is { } party
            ? ((PartyId?)party, rest)
            : (null, name);
        var found = new List<Explanation>();
        var book = await engine.Books.Current(stop);
        foreach (var relationship in await engine.Books.Relationships(stop))
        {
            foreach (var candidate in Owners(relationship, book).Where(one => owner is null || one == owner))
            {
                var key = new CdrKey(candidate, id);
                if (await Read(engine, relationship.ToString(), key, stop) is { } explanation)
                {
                    found.Add(explanation);
                }
            }
        }

        return found;
    }

    /// <summary>The CDR at an address; null where there is none.</summary>
    public static async Task<Explanation?> At(
        Engine engine, string tenant, string owner, string id, CancellationToken stop) =>
        Relationship.OfTenant(tenant) is not null && PartyId.Parse(owner) is { } party
            ? await Read(engine, tenant, new CdrKey(party, id), stop)
            : null;

    public static async Task<Explanation?> Read(Engine engine, string tenant, CdrKey key, CancellationToken stop)
    {
        var events = new List<Recorded>();
        await foreach (var recorded in engine.Store.ReadStream(tenant, CdrStreams.Name(key), stop: stop))
        {
            events.Add(recorded);
        }

        if (events.Count == 0)
        {
            return null;
        }

        var explanation = new Explanation(tenant, key, events)
        {
            Due = Relationship.OfTenant(tenant) is { } pair ? await engine.Disputes.Due(pair, key, stop) : null,
        };
        if (explanation.State.Counting is { } counting && await engine.Reported.Of(tenant, counting.Cdr, stop) is { } report)
        {
            explanation = explanation with { SessionDifferences = ReportedDifference.Of(counting.Cdr, report.Session) };
        }

        var driver = explanation.State.Received?.Driver;
        return driver is null || await new DriverKeys(engine.Database).Exists(tenant, driver, stop)
            ? explanation
            : explanation with { DriverErased = true };
    }

    // A CDR's owner may be an alias of a party of the relationship.
    private static IEnumerable<PartyId> Owners(Relationship relationship, ReferenceBook book) =>
        new[] { relationship.A, relationship.B }
            .SelectMany(home => (book.Party(home)?.Aliases ?? []).Prepend(home));
}
