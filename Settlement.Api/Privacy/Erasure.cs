using System.Security.Cryptography;
using System.Text;
using Settlement.Api.Intake;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Privacy;
using Settlement.Projections.EventStore;
using Settlement.Projections.Privacy;

namespace Settlement.Api.Privacy;

/// <summary>A driver in one relationship, or a document in which it is named.</summary>
/// <param name="Tenant">The relationship, or <c>@intake</c>.</param>
/// <param name="Driver">Pseudonym, or the document's name.</param>
/// <param name="Emsp">Whose driver it is, where that is known: two eMSPs may have given out the same uid.</param>
public sealed record SealedUnder(string Tenant, string Driver, PartyId? Emsp = null);

/// <summary>
/// Erasure by destroying keys: nothing in the log, the ledger or a statement changes, what was sealed reads
/// <c>[erased]</c>. What is asked for by a token or contract id is found by its pseudonym; the id itself is compared
/// in memory and goes nowhere.
/// </summary>
public sealed class Erasure(Engine engine)
{
    private readonly DriverKeys keys = new(engine.Database);

    /// <summary>Everything under which a driver's data is sealed; empty where nobody knows the driver.</summary>
    /// <param name="emsp">Only drivers of this party.</param>
    public async Task<IReadOnlyList<SealedUnder>> Find(string given, PartyId? emsp, CancellationToken stop)
    {
        var text = given.Trim();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        IReadOnlyList<SealedUnder> found;
        if (IsPseudonym(text))
        {
            found = [.. (await keys.Seen(text.ToLowerInvariant(), stop)).Select(row => new SealedUnder(row.Tenant, row.Driver))];
        }
        else
        {
            names.Add(text);
            found = Of(emsp, await ByToken(text, stop));
            found = found.Count > 0 ? found : Of(emsp, await ByContract(text, stop));
        }

        foreach (var place in found)
        {
            names.UnionWith(await Identifiers(place, stop));
        }

        return [.. found, .. await Documents(names, stop)];
    }

    /// <summary>Destroys the key and records that; null, or why not. A second time changes nothing.</summary>
    public async Task<Refusal?> Erase(SealedUnder place, string actor, CancellationToken stop)
    {
        var record = await Record(place, stop);
        if (record.Refuse(place.Driver, await keys.OpenDisputes(place.Tenant, place.Driver, stop)) is { } refusal)
        {
            return refusal;
        }

        var destroyed = await keys.Destroy(place.Tenant, place.Driver, stop);
        engine.Vault.Forget(place.Tenant, place.Driver);
        if (destroyed || record.Erased is null)
        {
            await Tell(place, new DriverFact.DriverErased(place.Tenant, place.Driver, engine.Now), actor, stop);
        }

        await keys.Vacuum(stop);
        return null;
    }

    /// <summary>Asks that the data be kept, for a case or a letter; or that it need not be any more.</summary>
    public Task Hold(SealedUnder place, string? reason, string actor, CancellationToken stop) => Tell(
        place,
        reason is null
            ? new DriverFact.LegalHoldLifted(place.Tenant, place.Driver, engine.Now)
            : new DriverFact.LegalHoldSet(place.Tenant, place.Driver, reason, engine.Now),
        actor, stop);

    public async Task<DriverRecord> Record(SealedUnder place, CancellationToken stop)
    {
        var facts = new List<DriverFact>();
        await foreach (var recorded in engine.Store.ReadStream(PeopleStore.Tenant, Stream(place), stop: stop))
        {
            facts.Add((DriverFact)recorded.Fact);
        }

        return DriverRecord.Of(facts);
    }

    private async Task Tell(SealedUnder place, DriverFact fact, string actor, CancellationToken stop)
    {
        var answer = await engine.Store.Append(
            PeopleStore.Tenant,
            new StoreCommand(
                $"driver/{Guid.CreateVersion7():N}", SHA256.HashData(Encoding.UTF8.GetBytes(fact.ToString())),
                [new StreamFacts(Stream(place), "driver", null, [fact])], actor),
            stop);
        if (answer is AppendAnswer.Refused refused)
        {
            throw new InvalidOperationException(refused.Refusal.ToString());
        }
    }

    private static string Stream(SealedUnder place) => $"driver/{place.Tenant}/{place.Driver}";

    // the form that DriverVault gives a pseudonym
    private static bool IsPseudonym(string text) => text.Length == 20 && text.All(char.IsAsciiHexDigit);

    /// <summary>What the text is called in each relationship, as a token of either party.</summary>
    private async Task<IReadOnlyList<SealedUnder>> ByToken(string text, CancellationToken stop)
    {
        var book = await engine.Books.Current(stop);
        var personal = new PersonalData { TokenUid = text };
        var candidates = new Dictionary<(string, string), PartyId>();
        foreach (var pair in await engine.Books.Relationships(stop))
        {
            foreach (var home in new[] { pair.A, pair.B })
            {
                foreach (var owner in (book.Party(home)?.Aliases ?? []).Prepend(home))
                {
                    candidates[(pair.ToString(), engine.Vault.Pseudonym(pair.ToString(), owner, personal))] = home;
                }
            }
        }

        return [.. (await keys.Find(candidates.Keys, stop)).Select(row => new SealedUnder(row.Tenant, row.Driver, candidates[row]))];
    }

    /// <summary>A contract id is not what pseudonyms are made of where a token was told: all are opened and compared.</summary>
    private async Task<IReadOnlyList<SealedUnder>> ByContract(string text, CancellationToken stop)
    {
        var found = new HashSet<SealedUnder>();
        var book = await engine.Books.Current(stop);
        foreach (var pair in await engine.Books.Relationships(stop))
        {
            var tenant = pair.ToString();
            var opened = new Opened(engine.Vault, tenant);
            await foreach (var recorded in engine.Store.ReadLog(tenant, 0, stop: stop))
            {
                foreach (var (driver, emsp, personal) in await opened.In(recorded, stop))
                {
                    if (Same(personal.ContractId, text) || Same(personal.TokenUid, text))
                    {
                        found.Add(new SealedUnder(tenant, driver, book.Home(emsp)));
                    }
                }
            }
        }

        return [.. found.OrderBy(place => place.Tenant, StringComparer.Ordinal).ThenBy(place => place.Driver, StringComparer.Ordinal)];
    }

    /// <summary>The ids by which unreadable documents may name the driver.</summary>
    private async Task<IReadOnlyList<string>> Identifiers(SealedUnder place, CancellationToken stop)
    {
        const int MostLooked = 100;
        await using var select = engine.Database.CreateCommand(
            "select distinct stream from cdrs where tenant_id = $1 and driver = $2 limit $3");
        select.Parameters.Add(new() { Value = place.Tenant });
        select.Parameters.Add(new() { Value = place.Driver });
        select.Parameters.Add(new() { Value = MostLooked });
        var streams = new List<string>();
        await using (var reader = await select.ExecuteReaderAsync(stop))
        {
            while (await reader.ReadAsync(stop))
            {
                streams.Add(reader.GetString(0));
            }
        }

        var opened = new Opened(engine.Vault, place.Tenant);
        var names = new List<string>();
        foreach (var stream in streams)
        {
            await foreach (var recorded in engine.Store.ReadStream(place.Tenant, stream, stop: stop))
            {
                names.AddRange((await opened.In(recorded, stop)).Where(one => one.Driver == place.Driver)
                    .SelectMany(one => new[] { one.Personal.TokenUid, one.Personal.ContractId }).OfType<string>());
            }
        }

        return names;
    }

    private async Task<IReadOnlyList<SealedUnder>> Documents(IReadOnlyCollection<string> names, CancellationToken stop)
    {
        const int ShortestTelling = 4; // a shorter id stands in any document by chance
        var telling = names.Where(name => name.Length >= ShortestTelling).ToList();
        var found = new List<SealedUnder>();
        if (telling.Count == 0)
        {
            return found;
        }

        await foreach (var recorded in engine.Store.ReadLog(CdrIntake.Unread, 0, stop: stop))
        {
            if (recorded.Fact is DocumentFact.DocumentHeld held
                && await engine.Vault.OpenFor(CdrIntake.Unread, recorded.Stream, recorded.Stream, held.Sealed, stop) is { } bytes
                && Encoding.UTF8.GetString(bytes) is var content
                && telling.Exists(name => content.Contains(name, StringComparison.OrdinalIgnoreCase)))
            {
                found.Add(new SealedUnder(CdrIntake.Unread, recorded.Stream));
            }
        }

        return found;
    }

    private static List<SealedUnder> Of(PartyId? emsp, IReadOnlyList<SealedUnder> places) =>
        [.. places.Where(place => emsp is null || place.Emsp == emsp)];

    private static bool Same(string? one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens what facts of one relationship seal; each driver's key is asked for once.</summary>
    private sealed class Opened(DriverVault vault, string tenant)
    {
        private readonly Dictionary<string, byte[]?> known = new(StringComparer.Ordinal);

        public async Task<IReadOnlyList<(string Driver, PartyId Emsp, PersonalData Personal)>> In(Recorded recorded, CancellationToken stop)
        {
            var received = recorded.Fact switch
            {
                CdrFact.CdrReceived e => e,
                CdrFact.CdrConflicted e => e.Other,
                CdrFact.CdrRemarked e => e.Content,
                _ => null,
            };
            if (received is not null)
            {
                return await Key(received.Driver, stop) is { } key
                    && DriverVault.Open(key, tenant, received.Cdr.Key, received.Sealed) is { } personal
                    ? [(received.Driver, received.Cdr.TokenOwner, personal)]
                    : [];
            }

            return recorded.Fact is SessionReportFact.SessionReported session
                && await vault.OpenFor(tenant, session.Driver, recorded.Stream, session.Sealed, stop) is { } json
                && SessionReader.Read(json, new CdrReadOptions { Owner = session.Session.Cpo, TokenOwner = session.Session.Emsp })
                    is SessionReading.Read read
                ? [(session.Driver, session.Session.Emsp, read.Personal)]
                : [];
        }

        private async Task<byte[]?> Key(string driver, CancellationToken stop)
        {
            if (!known.TryGetValue(driver, out var key))
            {
                key = (await vault.Keys(tenant, [driver], stop)).GetValueOrDefault(driver);
                known[driver] = key;
            }

            return key;
        }
    }
}
