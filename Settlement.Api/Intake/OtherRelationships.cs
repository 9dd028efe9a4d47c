using Npgsql;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Intake;

/// <summary>
/// A CPO that settles with several networks may bill one session to two of them. Each relationship is a log of its own, so
/// what such a CPO sends is looked up in the others, and appended while nobody else appends for that CPO.
/// </summary>
public sealed class OtherRelationships(EventStore store, NpgsqlDataSource database)
{
    /// <summary>CDRs of other relationships with the id, or the session's id, of one of these.</summary>
    public async Task<IReadOnlyList<(string Tenant, CdrKey Holder)>> Holders(
        string tenant, IReadOnlyList<CdrFact.CdrReceived> received, ReferenceBook book, CancellationToken stop)
    {
        var found = new List<(string, CdrKey)>();
        foreach (var of in received.GroupBy(one => book.Home(one.Cdr.Key.Owner)))
        {
            var tenants = await Of(of.Key, tenant, stop);
            if (tenants.Count > 0)
            {
                found.AddRange((await store.Holders(tenants, [.. of.SelectMany(one => Names(one, of.Key)).Distinct(StringComparer.Ordinal)], stop))
                    .Where(holder => holder.Stream.StartsWith("cdr/", StringComparison.Ordinal))
                    .Select(holder => (holder.Tenant, CdrStreams.Key(holder.Stream))).Distinct());
            }
        }

        return found;
    }

    /// <summary>Those of the CDRs that may be another relationship's: they are decided one by one.</summary>
    public async Task<IReadOnlySet<CdrKey>> Doubtful(
        string tenant, IReadOnlyList<CdrFact.CdrReceived> received, ReferenceBook book, CancellationToken stop)
    {
        var doubtful = new HashSet<CdrKey>();
        foreach (var of in received.Where(one => !one.Cdr.Credit).GroupBy(one => book.Home(one.Cdr.Key.Owner)))
        {
            var tenants = await Of(of.Key, tenant, stop);
            if (tenants.Count > 0)
            {
                var held = (await store.Holders(tenants, [.. of.SelectMany(one => Names(one, of.Key)).Distinct(StringComparer.Ordinal)], stop))
                    .Select(holder => holder.Claim).ToHashSet(StringComparer.Ordinal);
                doubtful.UnionWith(of.Where(one => Names(one, of.Key).Any(held.Contains)).Select(one => one.Cdr.Key));
            }
        }

        return doubtful;
    }

    /// <summary>Until it is disposed nobody else appends CDRs of these CPOs, where they settle with others too.</summary>
    public async Task<IAsyncDisposable?> Turn(
        string tenant, IEnumerable<PartyId> cpos, CancellationToken stop)
    {
        var shared = new SortedSet<string>(StringComparer.Ordinal); // in one order, so that two do not wait for each other
        foreach (var cpo in cpos.Distinct())
        {
            if ((await Of(cpo, tenant, stop)).Count > 0)
            {
                shared.Add(cpo.ToString());
            }
        }

        if (shared.Count == 0)
        {
            return null;
        }

        var connection = await database.OpenConnectionAsync(stop);
        try
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
            foreach (var cpo in shared)
            {
                batch.BatchCommands.Add(new NpgsqlBatchCommand("select pg_advisory_xact_lock(hashtextextended($1, 17))")
                {
                    Parameters = { new() { Value = cpo } },
                });
            }

            await batch.ExecuteNonQueryAsync(stop);
            return new Held(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<IReadOnlyList<string>> Of(PartyId cpo, string tenant, CancellationToken stop) =>
        [.. (await store.Tenants(stop)).Where(other => other != tenant && Relationship.OfTenant(other) is { } pair && pair.Has(cpo))];

    private static IEnumerable<string> Names(CdrFact.CdrReceived one, PartyId cpo) =>
        ChargingSession.IdName(one.Cdr, cpo) is { } session ? [CdrStreams.Name(one.Cdr.Key), session] : [CdrStreams.Name(one.Cdr.Key)];

    private sealed class Held(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await using (connection)
            {
                await using var end = new NpgsqlCommand("rollback", connection);
                await end.ExecuteNonQueryAsync(CancellationToken.None);
            }
        }
    }
}
