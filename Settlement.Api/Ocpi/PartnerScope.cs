using Settlement.Api.Auth;
using Settlement.Domain.Agreements;

namespace Settlement.Api.Ocpi;

/// <summary>Which relationships a caller may see. Everything that a partner asks for goes through here first.</summary>
public sealed class PartnerScope(Engine engine)
{
    /// <summary>The tenants of the caller's relationships; a hub's are those of the parties it submits for.</summary>
    public async Task<IReadOnlyList<string>> Tenants(Caller caller, CancellationToken stop)
    {
        var book = await engine.Books.Current(stop);
        var homes = caller.Parties.Select(book.Home).ToHashSet();
        return [.. (await engine.Store.Heads(stop)).Keys
            .Where(tenant => Relationship.Parse(tenant) is { } pair && (homes.Contains(pair.A) || homes.Contains(pair.B)))
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>The same for statements and what belongs to them, which a hub never reads (rules-money 28).</summary>
    public async Task<IReadOnlyList<string>> TenantsOfStatements(Caller caller, CancellationToken stop) =>
        caller.IsHub ? [] : await Tenants(caller, stop);

    /// <summary>The parties on the other side of the caller's agreements.</summary>
    public async Task<IReadOnlyList<PartyId>> Counterparties(Caller caller, CancellationToken stop)
    {
        var book = await engine.Books.Current(stop);
        var homes = caller.Parties.Select(book.Home).ToHashSet();
        var others = new SortedSet<PartyId>();
        foreach (var tenant in await Tenants(caller, stop))
        {
            var pair = Relationship.Parse(tenant)!.Value;
            if (!caller.IsHub || !homes.Contains(pair.A))
            {
                others.Add(homes.Contains(pair.A) ? pair.B : pair.A);
            }
        }

        return [.. others];
    }

    /// <summary>The tenant of a CPO of the caller and who pays; null: there is no agreement between them (rules-money 29).</summary>
    public async Task<string?> Between(PartyId cpo, PartyId emsp, CancellationToken stop)
    {
        var book = await engine.Books.Current(stop);
        var (one, other) = (book.Home(cpo), book.Home(emsp));
        if (one == other)
        {
            return null;
        }

        var tenant = Relationship.Between(one, other).ToString();
        return (await engine.Books.RecentAgreements(tenant, stop)).Versions.Count > 0 ? tenant : null;
    }

    /// <summary>
    /// Who pays where the message does not say (2.1.1): the other side of the caller's only relationship. Null: there
    /// is none, or more than one.
    /// </summary>
    public async Task<PartyId?> OnlyCounterparty(Caller caller, PartyId cpo, CancellationToken stop)
    {
        var book = await engine.Books.Current(stop);
        var home = book.Home(cpo);
        var pairs = (await Tenants(caller, stop)).Select(tenant => Relationship.Parse(tenant)!.Value)
            .Where(pair => pair.Has(home)).ToList();
        return pairs is [var only] ? only.Other(home) : null;
    }
}
