using System.Collections.Immutable;
using NodaTime;
using Settlement.Domain.Fx;
using Settlement.Domain.Rating;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Agreements;

/// <summary>Facts of the reserved tenant <c>@book</c>: what is true for everybody.</summary>
public abstract record BookFact : Fact
{
    private BookFact() { }

    public sealed record PartyRegistered(Party Party) : BookFact;

    /// <summary>A version of a CPO's tariff; a version is never lost, a CDR is rated as at its session start.</summary>
    /// <param name="OwnNetwork">The price on the CPO's own network: the reference for zero surcharge.</param>
    public sealed record TariffPublished(PartyId Owner, Tariff Tariff, bool OwnNetwork, Instant ReceivedAt) : BookFact;

    /// <summary>The CPO withdrew a tariff: sessions from then on have none, earlier ones are rated as before.</summary>
    public sealed record TariffWithdrawn(PartyId Owner, string TariffId, Instant At) : BookFact;

    public sealed record LocationPublished(PartyId Owner, Location Location, Instant ReceivedAt) : BookFact;

    /// <summary>Somebody asks for a tax rule; it decides nothing until another person approves it.</summary>
    public sealed record TaxRuleProposed(TaxRule Rule, Instant At) : BookFact;

    /// <summary>A rule is in the tax book from here on; it names its proposer and its approver.</summary>
    public sealed record TaxRuleApproved(TaxRule Rule, Instant At) : BookFact;

    /// <summary>A state's local rates are asked for.</summary>
    public sealed record LocalRatesProposed(StoredLocalRates Rates, string ProposedBy, Instant At) : BookFact;

    /// <summary>A state's local rates count from here on, in place of those recorded before.</summary>
    public sealed record LocalRatesApproved(
        StoredLocalRates Rates, string ProposedBy, string ApprovedBy, Instant At) : BookFact;

    /// <summary>A published exchange rate; another value for the same day later on is a revision.</summary>
    /// <param name="Pair">Units of the second currency for one of the first: <c>USD/CAD</c>.</param>
    /// <param name="Date">The day the value is for; the first of the month for a monthly average.</param>
    /// <param name="Value">Decimal text as published.</param>
    /// <param name="FileSha256">Hex, of the file it came in.</param>
    public sealed record FxObserved(
        string Pair, string Series, string Source, LocalDate Date, string Value, string FileSha256, Instant At)
        : BookFact;
}

/// <summary>Local rates as a fact carries them.</summary>
public sealed record StoredLocalRates(
    string Jurisdiction, string Source, IReadOnlyList<LocalRate> Rates, IReadOnlyList<LocalArea> Areas)
{
    /// <summary>What a proposal is named by when it is approved.</summary>
    public string Name => $"local:{Jurisdiction}";

    public LocalRates ToRates() => new(Jurisdiction, Source, Rates, Areas);
}

/// <summary>All reference facts as known now. Immutable; a fold of <c>@book</c>.</summary>
public sealed record ReferenceBook
{
    public static readonly ReferenceBook Empty = new();

    private ImmutableDictionary<PartyId, Party> Parties { get; init; } = ImmutableDictionary<PartyId, Party>.Empty;

    private ImmutableDictionary<PartyId, PartyId> Homes { get; init; } = ImmutableDictionary<PartyId, PartyId>.Empty;

    private ImmutableDictionary<(PartyId, string), ImmutableList<TariffVersion>> Tariffs { get; init; } =
        ImmutableDictionary<(PartyId, string), ImmutableList<TariffVersion>>.Empty;

    private ImmutableDictionary<(PartyId, string), BookFact.LocationPublished> Locations { get; init; } =
        ImmutableDictionary<(PartyId, string), BookFact.LocationPublished>.Empty;

    /// <summary>Versions of locations that differ in the tariffs of their connectors, oldest first.</summary>
    private ImmutableDictionary<(PartyId, string), ImmutableList<BookFact.LocationPublished>> TariffsAtLocations
    {
        get; init;
    } = ImmutableDictionary<(PartyId, string), ImmutableList<BookFact.LocationPublished>>.Empty;

    public TaxBook Taxes { get; init; } = TaxBook.Shipped;

    /// <summary>Exchange rates, every version of each.</summary>
    public FxRates Fx { get; private init; } = FxRates.None;

    /// <summary>Rules and local rates that wait for a second person, by name.</summary>
    public ImmutableSortedDictionary<string, BookFact> Proposals { get; private init; } =
        ImmutableSortedDictionary.Create<string, BookFact>(StringComparer.Ordinal);

    /// <summary>Number of the last fact folded in.</summary>
    public long Number { get; init; }

    public IEnumerable<Party> AllParties => Parties.Values.OrderBy(party => party.Id);

    public ReferenceBook With(BookFact fact, long number) => (fact switch
    {
        BookFact.PartyRegistered e => this with
        {
            Parties = Parties.SetItem(e.Party.Id, e.Party),
            Homes = e.Party.Aliases.Aggregate(
                Homes.SetItem(e.Party.Id, e.Party.Id), (homes, alias) => homes.SetItem(alias, e.Party.Id)),
        },
        BookFact.TariffPublished e => this with
        {
            Tariffs = Tariffs.SetItem(
                (e.Owner, Fold(e.Tariff.Id)),
                Tariffs.GetValueOrDefault((e.Owner, Fold(e.Tariff.Id)), []).Add(new TariffVersion(e, null))),
        },
        BookFact.TariffWithdrawn e => this with
        {
            Tariffs = Tariffs.SetItem(
                (e.Owner, Fold(e.TariffId)),
                [.. Tariffs.GetValueOrDefault((e.Owner, Fold(e.TariffId)), [])
                    .Select(version => version with { Until = version.Until ?? e.At })]),
        },
        BookFact.LocationPublished e => this with
        {
            Locations = Locations.SetItem((e.Owner, Fold(e.Location.Id)), e),
            TariffsAtLocations = WithTariffsOf(e),
        },
        BookFact.TaxRuleProposed e => this with { Proposals = Proposals.SetItem(e.Rule.Name, e) },
        BookFact.LocalRatesProposed e => this with { Proposals = Proposals.SetItem(e.Rates.Name, e) },
        BookFact.TaxRuleApproved e => this with
        {
            Proposals = Proposals.Remove(e.Rule.Name),
            Taxes = Taxes.Record(e.Rule, e.At),
        },
        BookFact.LocalRatesApproved e => this with
        {
            Proposals = Proposals.Remove(e.Rates.Name),
            Taxes = Taxes.Record(e.Rates.ToRates(), e.At),
        },
        BookFact.FxObserved e => this with
        {
            Fx = Fx.With(new FxObservation(
                FxSeries.Parse(e.Series) ?? throw new InvalidOperationException($"{e.Series} is no series of rates."),
                e.Source, e.Date, e.Value, e.FileSha256, number)),
        },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of the reference book."),
    }) with
    { Number = number };

    /// <summary>The home id of a party, also of an alias; the id itself where the party is not registered.</summary>
    public PartyId Home(PartyId party) => Homes.GetValueOrDefault(party, party);

    public Party? Party(PartyId party) => Parties.GetValueOrDefault(Home(party));

    /// <summary>The legal name; of a party that is not registered its id.</summary>
    public string NameOf(PartyId party) => Party(party)?.LegalName ?? party.ToString();

    public Location? Location(PartyId owner, string id) =>
        ByAnyId(owner, name => Locations.GetValueOrDefault((name, Fold(id))))?.Location;

    /// <summary>With the tariffs its connectors had at an instant; before the first known version that one.</summary>
    public Location? LocationAt(PartyId owner, string id, Instant at) => ByAnyId(owner, name =>
        TariffsAtLocations.GetValueOrDefault((name, Fold(id))) switch
        {
            null => null,
            [var only] => only.Location,
            var versions => (versions.FindLast(version => Since(version) <= at) ?? versions[0]).Location,
        });

    private static Instant Since(BookFact.LocationPublished version) =>
        version.Location.LastUpdated ?? version.ReceivedAt;

    private ImmutableDictionary<(PartyId, string), ImmutableList<BookFact.LocationPublished>> WithTariffsOf(
        BookFact.LocationPublished e)
    {
        static IEnumerable<string> Tariffs(Location location) => location.Evses.SelectMany(evse =>
            evse.Connectors.SelectMany(connector => connector.TariffIds.Prepend($"{evse.Uid} {connector.Id}")));
        var key = (e.Owner, Fold(e.Location.Id));
        return !TariffsAtLocations.TryGetValue(key, out var versions) ? TariffsAtLocations.Add(key, [e])
            : Tariffs(versions[^1].Location).SequenceEqual(Tariffs(e.Location), StringComparer.Ordinal) ? TariffsAtLocations
            : TariffsAtLocations.SetItem(key, versions.Add(e));
    }

    /// <summary>The version received last, with when.</summary>
    public BookFact.LocationPublished? PublishedLocation(PartyId owner, string id) =>
        Locations.GetValueOrDefault((owner, Fold(id)));

    /// <summary>
    /// A tariff or location that its CPO changed before the one that is known: it never replaces that (OCPI 2.2.1,
    /// last_updated).
    /// </summary>
    public bool IsOutdated(BookFact fact) => fact switch
    {
        BookFact.TariffPublished e => e.Tariff.LastUpdated < LatestTariff(e.Owner, e.Tariff.Id)?.Tariff.LastUpdated,
        BookFact.LocationPublished e => e.Location.LastUpdated < PublishedLocation(e.Owner, e.Location.Id)?.Location.LastUpdated,
        _ => false,
    };

    /// <summary>Tariffs in force now, of these owners, oldest first by receipt.</summary>
    public IEnumerable<BookFact.TariffPublished> TariffsOf(IReadOnlySet<PartyId> owners) => Tariffs
        .Where(tariff => owners.Contains(tariff.Key.Item1))
        .Select(tariff => tariff.Value[^1]).Where(version => version.Until is null)
        .Select(version => version.Fact).OrderBy(fact => fact.ReceivedAt).ThenBy(fact => fact.Tariff.Id, StringComparer.Ordinal);

    /// <summary>The version received last; null where it was withdrawn or never came.</summary>
    public BookFact.TariffPublished? LatestTariff(PartyId owner, string id) =>
        Tariffs.GetValueOrDefault((owner, Fold(id)))?[^1] is { Until: null } latest ? latest.Fact : null;

    /// <summary>The version of a tariff that was valid at an instant.</summary>
    public Tariff? Tariff(PartyId owner, string id, Instant at) =>
        ByAnyId(owner, name => InForce(Tariffs.GetValueOrDefault((name, Fold(id))), at));

    /// <summary>The CPO's own-network version of a tariff valid at session start (rules-money 10).</summary>
    public Tariff? OwnNetworkTariff(PartyId owner, string id, Instant at) => ByAnyId(owner, name =>
        InForce(Tariffs.GetValueOrDefault((name, Fold(id)))?.FindAll(version => version.Fact.OwnNetwork), at));

    /// <summary>Under the id that was named; else under the party's home id, then its other aliases.</summary>
    private T? ByAnyId<T>(PartyId party, Func<PartyId, T?> find)
        where T : class =>
        find(party) ?? (Party(party) is { } known
            ? known.Aliases.Prepend(known.Id).Where(id => id != party).Select(find)
                .FirstOrDefault(found => found is not null)
            : null);

    // A PUT replaces a tariff from its receipt on, or from the start it states itself. Where nothing was known at
    // that time yet, as with a month imported afterwards, the last version that does not exclude it.
    private static Tariff? InForce(ImmutableList<TariffVersion>? versions, Instant at) =>
        (versions?.FindLast(version => version.IsValid(at) && version.From <= at)
            ?? versions?.FindLast(version => version.IsValid(at)))?.Fact.Tariff;

    /// <summary>A version with the time from which it was withdrawn.</summary>
    private sealed record TariffVersion(BookFact.TariffPublished Fact, Instant? Until)
    {
        public Instant From => Fact.Tariff.ValidFrom ?? Fact.ReceivedAt;

        public bool IsValid(Instant at) =>
            (Fact.Tariff.ValidFrom is not { } from || from <= at) && (Fact.Tariff.ValidTo is not { } to || at < to)
            && (Until is not { } until || at < until);
    }

    private static string Fold(string id) => id.ToLowerInvariant();
}
