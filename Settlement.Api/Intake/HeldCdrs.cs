using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Settlement.Domain;
using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;
using Settlement.Projections.Statements;

namespace Settlement.Api.Intake;

/// <summary>Looks again at what is held after reference facts changed: whatever can be settled now is.</summary>
public sealed class HeldCdrs(NpgsqlDataSource database, CdrCases cases)
{
    /// <summary>
    /// Called for each CDR on which this program failed: it stays held, and the others are looked at. Unless somebody
    /// else listens, stderr has it.
    /// </summary>
    public Action<Refusal> Failed { get; set; } = static refusal => Console.Error.WriteLine(refusal);

    /// <summary>Of how many CDRs that was so since the program began.</summary>
    public long Failures { get; private set; }

    /// <summary>
    /// After a CDR was credited, chosen, rejected or came with other content: credits that wait for or were refused by
    /// another CDR, then second CDRs of sessions that may be free. Returns how many were settled.
    /// </summary>
    public async Task<int> ReviewLinked(CancellationToken stop, string? tenant = null) =>
        await Review("credit.%", stop, tenant) + await Review("session.second-cdr", stop, tenant);

    /// <summary>Looks at all, or at those held for one reason. Returns how many were settled.</summary>
    /// <param name="reason">A code, or a pattern of codes; null = all.</param>
    /// <param name="tenant">Only in this relationship; null = in all.</param>
    public async Task<int> Review(string? reason, CancellationToken stop, string? tenant = null)
    {
        var settled = 0;
        Terms? terms = null;
        string? read = null;
        foreach (var (of, stream) in await Open(reason, tenant, stop))
        {
            terms = of == read ? terms : await cases.Terms(of, stop);
            read = of;
            settled += await Guarded(of, CdrStreams.Key(stream), terms!, stop) ? 1 : 0;
        }

        return settled;
    }

    private async Task<bool> Guarded(string tenant, CdrKey key, Terms terms, CancellationToken stop)
    {
        try
        {
            return await cases.Load(tenant, key, terms, stop) is { } one && await Review(one, stop);
        }
#pragma warning disable CA1031 // an outage and a cancellation end all
        catch (Exception failure) when (SqlStates.IsOfOne(failure))
#pragma warning restore CA1031
        {
            Failures++;
            Failed(new Refusal(
                "review.failed",
                $"{key}: this program failed on it ({failure.GetType().Name}). It stays held; an update can look at it again."));
            return false;
        }
    }

    private async Task<bool> Review(CdrCase one, CancellationToken stop)
    {
        if (one.State.Counting is not { } received)
        {
            return false;
        }

        var (decision, session, linked) = received.Cdr.Credit
            ? await Credit(one, received, stop)
            : await Charge(one, received, stop);
        if (decision.Own.Count == 0)
        {
            return false;
        }

        var id = $"review/{one.Stream}/{one.State.Version}";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(
            $"{id} {one.Terms.Book.Number} {one.Terms.Agreements.Versions.Count}"));
        var answer = await cases.Append(one, decision, session, id, hash, "review", linked, stop);
        // a version conflict means that somebody else looked at it in between: theirs stands
        return answer is AppendAnswer.Stored { Repeated: false }
            && decision.Own[^1] is CdrFact.CdrRated or CdrFact.CreditPosted;
    }

    private async Task<(CdrDecision, SessionView, long)> Charge(
        CdrCase one, CdrFact.CdrReceived received, CancellationToken stop)
    {
        var session = await cases.Session(one, received, stop);
        var facts = ReviewHeldCdr.Decide(one.State, one.Terms, session.Holds);
        return (new CdrDecision(facts, null, []), session, 0);
    }

    private async Task<(CdrDecision, SessionView, long)> Credit(
        CdrCase one, CdrFact.CdrReceived received, CancellationToken stop)
    {
        var original = await cases.Original(one, received, stop);
        return (new ReceiveCdr(received, original, one.Terms).Again(one.State), SessionView.None, original.Version);
    }

    private async Task<IReadOnlyList<(string Tenant, string Stream)>> Open(
        string? reason, string? tenant, CancellationToken stop)
    {
        await using var command = database.CreateCommand(
            $"""
            select t.tenant_id, t.stream
            from cdrs t
            {LiveRows.Join}
            where t.state = 'held' and ($1 is null or t.reason like $1) and ($2 is null or t.tenant_id = $2)
            order by 1, 2
            """);
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = reason });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = tenant });
        var open = new List<(string, string)>();
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            open.Add((reader.GetString(0), reader.GetString(1)));
        }

        return open;
    }
}
