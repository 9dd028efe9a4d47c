using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Periods;
using Settlement.Projections.EventStore;
using Settlement.Projections.Tables;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Periods;

/// <summary>The stream <c>periods</c> of a relationship: read, decide, append on top of what was read.</summary>
public sealed class PeriodStore(EventStore store)
{
    private const int MostTries = 5;

    public async Task<PeriodBook> Load(Relationship relationship, CancellationToken stop)
    {
        var book = PeriodBook.Empty;
        await foreach (var recorded in store.ReadStream(relationship.ToString(), PeriodBook.Stream, stop: stop))
        {
            book = book.With((PeriodFact)recorded.Fact, recorded.Number);
        }

        return book;
    }

    /// <summary>What happened to a month, in order, with when and by whom.</summary>
    public async Task<IReadOnlyList<PeriodStep>> History(Relationship relationship, YearMonth month, CancellationToken stop)
    {
        var steps = new List<PeriodStep>();
        await foreach (var recorded in store.ReadStream(relationship.ToString(), PeriodBook.Stream, stop: stop))
        {
            if (PeriodStep.Of((PeriodFact)recorded.Fact, recorded.Time) is { } step && step.Month == month)
            {
                steps.Add(step);
            }
        }

        return steps;
    }

    /// <summary>
    /// Records what a decision says; where somebody else was faster, decides again on what is there then. Null = done.
    /// </summary>
    public async Task<Refusal?> Decide(
        Relationship relationship, string actor, Func<PeriodBook, Decision<PeriodFact>> decide, CancellationToken stop)
    {
        for (var tries = 1; ; tries++)
        {
            var book = await Load(relationship, stop);
            switch (decide(book))
            {
                case Decision<PeriodFact>.Refused refused:
                    return refused.Refusal;
                case Decision<PeriodFact>.Accepted { Facts.Count: 0 }:
                    return null;
                case Decision<PeriodFact>.Accepted accepted:
                    var answer = await Append(relationship, book, accepted.Facts, actor, stop);
                    if (answer is AppendAnswer.Refused { Refusal: var refusal }
                        && (refusal.Code != "stream.version-conflict" || tries == MostTries))
                    {
                        return refusal;
                    }

                    if (answer is AppendAnswer.Stored)
                    {
                        return null;
                    }

                    break;
                default:
                    throw new InvalidOperationException("A decision is accepted or refused.");
            }
        }
    }

    private Task<AppendAnswer> Append(
        Relationship relationship, PeriodBook book, IReadOnlyList<PeriodFact> facts, string actor, CancellationToken stop)
    {
        var id = $"{PeriodBook.Stream}@{book.Version + 1}/{actor}/{facts[0].GetType().Name}";
        var content = string.Join('\n', facts.Select(fact => JsonSerializer.Serialize(fact, fact.GetType(), RowJson.Options)));
        return store.Append(
            relationship.ToString(),
            new StoreCommand(
                id, SHA256.HashData(Encoding.UTF8.GetBytes(content)),
                [new StreamFacts(PeriodBook.Stream, "periods", book.Version, facts)], actor),
            stop);
    }
}
