using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Settlement.Api.Agreements;
using Settlement.Domain;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;
using Settlement.Projections.EventStore;
using Settlement.Projections.Statements;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Intake;

/// <summary>Looks again at what is held after reference facts changed: whatever can be settled now is.</summary>
public sealed class HeldCdrs(
    EventStore store, NpgsqlDataSource database, Books books, SeenTariffs tariffs,
    ChargingSessions sessions)
{
    /// <summary>Looks at all, or at those held for one reason. Returns how many were settled.</summary>
    public async Task<int> Review(string? reason, CancellationToken stop)
    {
        var settled = 0;
        var book = await books.Current(stop);
        foreach (var (tenant, stream) in await Open(reason, stop))
        {
            var terms = new Terms(await books.Agreements(tenant, stop), book);
            settled += await Review(tenant, stream, terms, stop) ? 1 : 0;
        }

        return settled;
    }

    private async Task<bool> Review(string tenant, string stream, Terms terms, CancellationToken stop)
    {
        var state = CdrState.Absent;
        await foreach (var recorded in store.ReadStream(tenant, stream, stop: stop))
        {
            state = CdrState.Evolve(state, (CdrFact)recorded.Fact);
        }

        if (state.Received is not { } received)
        {
            return false;
        }

        var contents = new Dictionary<string, Tariff>(StringComparer.Ordinal);
        foreach (var hash in received.Tariffs)
        {
            contents[hash] = await tariffs.Find(tenant, hash, stop);
        }

        var session = await sessions.Look(tenant, received.Cdr, stop);
        var whole = state with { Received = received.With(hash => contents[hash]) };
        var facts = ReviewHeldCdr.Decide(whole, terms, session.Hold is { } hold ? [hold] : []);
        if (facts.Count == 0)
        {
            return false;
        }

        var id = $"review/{stream}/{state.Version}";
        var answer = await store.Append(
            tenant,
            new StoreCommand(
                id, SHA256.HashData(Encoding.UTF8.GetBytes($"{id} {terms.Book.Number}")),
                [new StreamFacts(stream, "cdr", state.Version, facts), .. TakeOver(session, facts)], "review"),
            stop);
        // a version conflict means that somebody else looked at it in between: theirs stands
        return answer is AppendAnswer.Stored { Repeated: false } && facts[^1] is CdrFact.CdrRated;
    }

    // a session is taken over by the CDR that is settled, not by one that stays held
    private static IEnumerable<StreamFacts> TakeOver(SessionView session, IReadOnlyList<CdrFact> facts) =>
        session.TakeOver is { } takeOver && facts[^1] is CdrFact.CdrRated ? [takeOver] : [];

    private async Task<IReadOnlyList<(string Tenant, string Stream)>> Open(string? reason, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select t.tenant_id, t.stream
            from cdrs t
            {LiveRows.Join}
            where t.state = 'held' and ($1 is null or t.reason = $1)
            order by 1, 2
            """);
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = reason });
        var open = new List<(string, string)>();
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            open.Add((reader.GetString(0), reader.GetString(1)));
        }

        return open;
    }
}
