using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Periods;
using Settlement.Projections.EventStore;
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

    /// <summary>Whether the last entry of a CDR is on an issued statement, and the months as they were read for that.</summary>
    public async Task<(bool IsIssued, StreamVersion? Periods)> IssuedEntry(string tenant, string cdr, CancellationToken stop)
    {
        var (received, entry) = (0L, ((long Number, long Received, YearMonth Charge)?)null);
        await foreach (var recorded in store.ReadStream(tenant, cdr, stop: stop))
        {
            received = recorded.Fact is CdrFact.CdrReceived or CdrFact.CdrConflicted or CdrFact.CreditTakenBack
                ? recorded.Number
                : received;
            entry = Movement.Of(recorded.Fact) is { } movement
                ? (recorded.Number, received == 0 ? recorded.Number : received, movement.Settled.Cdr.ChargePeriod)
                : entry;
        }

        if (entry is not { } last)
        {
            return (false, null);
        }

        var (then, now) = (PeriodBook.Empty, PeriodBook.Empty);
        await foreach (var recorded in store.ReadStream(tenant, PeriodBook.Stream, stop: stop))
        {
            now = now.With((PeriodFact)recorded.Fact, recorded.Number);
            then = recorded.Number < last.Number ? now : then;
        }

        var month = then.Calendar.OfCdr(last.Charge, last.Received); // where the entry was placed when it was made
        return (now.StatementOf(month, last.Number) is not null, new StreamVersion(PeriodBook.Stream, now.Version));
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
