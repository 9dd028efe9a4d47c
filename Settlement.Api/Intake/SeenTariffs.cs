using System.Collections.Concurrent;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;
using Settlement.Projections.EventStore;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Intake;

/// <summary>Contents of embedded tariffs: stored once per relationship and content, found again by their hash.</summary>
public sealed class SeenTariffs(EventStore store)
{
    private readonly ConcurrentDictionary<(string Tenant, string Hash), Tariff> known = new();

    /// <summary>Stores those that this relationship has not seen. Before the CDRs that name them.</summary>
    public async Task Remember(string tenant, IEnumerable<Tariff> tariffs, CancellationToken stop)
    {
        var unseen = tariffs.DistinctBy(tariff => tariff.ContentHash, StringComparer.Ordinal)
            .Where(tariff => !known.ContainsKey((tenant, tariff.ContentHash))).ToList();
        if (unseen.Count == 0)
        {
            return;
        }

        var commands = unseen.Select(tariff => new StoreCommand(
            Stream(tariff.ContentHash), Convert.FromHexString(tariff.ContentHash),
            [new StreamFacts(Stream(tariff.ContentHash), "tariff", 0, [new TariffFact.TariffSeen(tariff)])],
            "intake"));
        foreach (var answer in await store.AppendBulk(tenant, [.. commands], stop))
        {
            if (answer is AppendAnswer.Refused refused)
            {
                throw new InvalidOperationException(refused.Refusal.ToString());
            }
        }

        foreach (var tariff in unseen)
        {
            known[(tenant, tariff.ContentHash)] = tariff;
        }
    }

    /// <summary>A CDR's state with the tariffs of every content.</summary>
    public async Task<CdrState> Whole(string tenant, CdrState state, CancellationToken stop)
    {
        var whole = state with
        {
            Received = state.Received is { } first ? await Whole(tenant, first, stop) : null,
            Others = [],
        };
        foreach (var other in state.Others)
        {
            whole = whole with { Others = whole.Others.Add(await Whole(tenant, other, stop)) };
        }

        return whole;
    }

    /// <summary>A CDR as it came: with the tariffs that its fact only names.</summary>
    /// <exception cref="CorruptLogException">A CDR names a tariff that its relationship never stored.</exception>
    public async Task<CdrFact.CdrReceived> Whole(string tenant, CdrFact.CdrReceived received, CancellationToken stop)
    {
        var contents = new Dictionary<string, Tariff>(StringComparer.Ordinal);
        foreach (var hash in received.Tariffs)
        {
            contents[hash] = await Find(tenant, hash, stop);
        }

        return received.With(hash => contents[hash]);
    }

    private async Task<Tariff> Find(string tenant, string hash, CancellationToken stop)
    {
        if (known.TryGetValue((tenant, hash), out var tariff))
        {
            return tariff;
        }

        await foreach (var recorded in store.ReadStream(tenant, Stream(hash), stop: stop))
        {
            return known[(tenant, hash)] = ((TariffFact.TariffSeen)recorded.Fact).Tariff;
        }

        throw new CorruptLogException($"{tenant}: tariff {hash} is named by a CDR and is not in the log.");
    }

    private static string Stream(string hash) => $"tariff/{hash}";
}
