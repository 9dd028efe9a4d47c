using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Periods;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Periods;

/// <summary>The stream <c>periods</c> of a relationship: read, decide, append on top of what was read.</summary>
public sealed class PeriodStore(EventStore store)
{
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
    public Task<Refusal?> Decide(
        Relationship relationship, string actor, Func<PeriodBook, Decision<PeriodFact>> decide, CancellationToken stop) =>
        StreamDecision.Decide(store, relationship.ToString(), actor, async () =>
        {
            var book = await Load(relationship, stop);
            return Attempt.Of(PeriodBook.Stream, "periods", book.Version, decide(book));
        }, stop);
}
