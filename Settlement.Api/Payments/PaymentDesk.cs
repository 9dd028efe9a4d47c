using NodaTime;
using Settlement.Api.Agreements;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Payments;
using Settlement.Domain.Statements;
using Settlement.Projections.Statements;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Payments;

/// <summary>What is open between two parties on a day, its ages, and how it ties out with the ledger now.</summary>
public sealed record OpenStanding(OpenItems Open, IReadOnlyList<AgeingRow> Ages, IReadOnlyList<TieOut> Ties);

/// <summary>
/// Payments, write-offs and opening balances of a relationship. What a document has open is read from the tables after
/// they caught up; two people who apply to one document at once are told apart by a claim on its next touch, so that
/// no cent is applied twice.
/// </summary>
public sealed class PaymentDesk(
    EventStore store, MoneyQueries queries, OpenItemTies ties, Books books)
{
    /// <summary>Records money and applies what matches: as the remittance says, else oldest first.</summary>
    public Task<Refusal?> Record(
        Relationship relationship, Payment payment, IReadOnlyList<RemittanceLine> remittance, LocalDate today, string by,
        CancellationToken stop) => Change(
        relationship, payment.Id, by,
        (state, open) => PaymentDecisions.Record(state, payment, relationship, open, remittance, today, by), stop);

    public Task<Refusal?> Apply(
        Relationship relationship, string id, IReadOnlyList<RemittanceLine> remittance, LocalDate today, string by,
        CancellationToken stop) => Change(
        relationship, id, by, (state, open) => PaymentDecisions.Apply(state, open, remittance, today, by), stop);

    /// <summary>The bank took it back: what it paid is open again.</summary>
    public Task<Refusal?> Reverse(
        Relationship relationship, string id, string because, LocalDate today, string by, CancellationToken stop) => Change(
        relationship, id, by, (state, _) => PaymentDecisions.Reverse(state, because, today, by), stop);

    /// <summary>What matches nothing goes back to the payer, or a part of it.</summary>
    public Task<Refusal?> Refund(
        Relationship relationship, string id, long? amount, LocalDate today, string by, CancellationToken stop) => Change(
        relationship, id, by, (state, _) => PaymentDecisions.Refund(state, amount, today, by), stop);

    /// <summary>Sets a credit note against an invoice.</summary>
    /// <param name="amount">Null = as much as both have open.</param>
    public Task<Refusal?> Offset(
        Relationship relationship, string credit, string document, long? amount, LocalDate today, string by,
        CancellationToken stop) => StreamDecision.Decide(store, relationship.ToString(), by, async () =>
        {
            var open = await Open(relationship, null, stop);
            var version = await store.ReadStream(relationship.ToString(), OffsetCredit.Stream(credit), stop: stop).CountAsync(stop);
            var attempt = Attempt.Of(
                OffsetCredit.Stream(credit), "offset", version,
                OffsetCredit.Decide(open, credit, document, amount, today, by));
            return attempt with { Claims = Touches(attempt.Facts, open) };
        }, stop);

    public async Task<PaymentState> Find(Relationship relationship, string id, CancellationToken stop)
    {
        var state = PaymentState.None;
        await foreach (var recorded in store.ReadStream(relationship.ToString(), await StreamOf(relationship, id, stop), stop: stop))
        {
            state = state.With((PaymentFact)recorded.Fact);
        }

        return state;
    }

    public Task<Refusal?> ProposeWriteOff(
        Relationship relationship, string document, string reason, LocalDate today, string by, CancellationToken stop) =>
        ChangeWriteOff(
            relationship, document, by, today,
            (state, item, limit) => state.Propose(item, document, limit, reason, today, by), stop);

    public Task<Refusal?> ApproveWriteOff(
        Relationship relationship, string document, LocalDate today, string by, CancellationToken stop) =>
        ChangeWriteOff(
            relationship, document, by, today,
            (state, item, limit) => state.Approve(item, document, limit, today, by), stop);

    /// <summary>All of it from one reading of the moves.</summary>
    public async Task<OpenStanding> Standing(Relationship relationship, LocalDate asOf, CancellationToken stop)
    {
        var moves = await queries.Moves(relationship, stop);
        return new OpenStanding(
            OpenItems.Of(moves, asOf), Ageing.Of(moves, asOf), await ties.Run(relationship, OpenItems.Of(moves), stop));
    }

    public async Task<OpenItems> Open(Relationship relationship, LocalDate? asOf, CancellationToken stop)
    {
        return OpenItems.Of(await queries.Moves(relationship, stop), asOf);
    }

    public async Task<IReadOnlyList<AgeingRow>> Age(Relationship relationship, LocalDate asOf, CancellationToken stop)
    {
        return Ageing.Of(await queries.Moves(relationship, stop), asOf);
    }

    /// <summary>Open items against the accounts of the ledger.</summary>
    public async Task<IReadOnlyList<TieOut>> TieOuts(Relationship relationship, CancellationToken stop) =>
        await ties.Run(relationship, await Open(relationship, null, stop), stop);

    private Task<Refusal?> Change(
        Relationship relationship, string id, string by, Func<PaymentState, OpenItems, Decision<PaymentFact>> decide,
        CancellationToken stop) => StreamDecision.Decide(store, relationship.ToString(), by, async () =>
        {
            var open = await Open(relationship, null, stop);
            var state = await Find(relationship, id, stop);
            var attempt = Attempt.Of(
                await StreamOf(relationship, id, stop), "payment", state.Version, decide(state, open));
            return attempt with { Claims = Touches(attempt.Facts, open) };
        }, stop);

    // one that was recorded before ids compared without case keeps its stream
    private async Task<string> StreamOf(Relationship relationship, string id, CancellationToken stop) =>
        await queries.PaymentStream(relationship, PaymentState.Stream(id), stop) ?? PaymentState.Stream(id);

    private async Task<Refusal?> ChangeWriteOff(
        Relationship relationship, string document, string by, LocalDate today,
        Func<WriteOff, OpenItem?, long, Decision<WriteOffFact>> decide, CancellationToken stop)
    {
        var limit = (await books.Agreements(relationship.ToString(), stop)).Versions
            .LastOrDefault(version => version.ValidFrom <= today)?.WriteOffLimitMinor ?? 0;
        return await StreamDecision.Decide(store, relationship.ToString(), by, async () =>
        {
            var open = await Open(relationship, null, stop);
            var state = WriteOff.None;
            await foreach (var recorded in store.ReadStream(relationship.ToString(), WriteOff.Stream(document), stop: stop))
            {
                state = state.With((WriteOffFact)recorded.Fact);
            }

            var attempt = Attempt.Of(
                WriteOff.Stream(document), "write_off", state.Version, decide(state, open.Find(document), limit));
            return attempt with { Claims = Touches(attempt.Facts, open) };
        }, stop);
    }

    /// <summary>Whoever touches a document next claims that touch: who saw fewer must look again.</summary>
    private static IReadOnlyList<string> Touches(IEnumerable<Fact> facts, OpenItems open) =>
        [.. facts.SelectMany(ItemMove.Of).Where(move => move.Item.Length > 0).GroupBy(move => move.Item)
            .SelectMany(item => item.Select((_, i) => $"item/{item.Key}/{(open.Find(item.Key)?.Touches ?? 0) + i + 1}"))];
}
