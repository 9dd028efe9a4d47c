using System.Security.Cryptography;
using System.Text;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Payments;
using Settlement.Projections.EventStore;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Payments;

/// <summary>Balances brought along from before: one person proposes a file, two others approve it.</summary>
public sealed class OpeningDesk(EventStore store, PaymentDesk payments)
{
    public async Task<Refusal?> Propose(
        Relationship relationship, string name, string csv, string by, CancellationToken stop)
    {
        var (lines, refusal) = OpeningFile.Read(csv, relationship);
        if (lines is null)
        {
            return refusal;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(csv)));
        return await StreamDecision.Decide(store, relationship.ToString(), by, async () =>
        {
            var state = await Find(relationship, name, stop);
            return Attempt.Of(Opening.Stream(name), "opening", state.Version, state.Propose(name, hash, lines, by));
        }, stop);
    }

    public Task<Refusal?> Approve(Relationship relationship, string name, string by, CancellationToken stop) =>
        StreamDecision.Decide(store, relationship.ToString(), by, async () =>
        {
            var state = await Find(relationship, name, stop);
            var open = await payments.Open(relationship, null, stop);
            var attempt = Attempt.Of(Opening.Stream(name), "opening", state.Version, state.Approve(name, open, by));
            if (attempt.Facts is not [OpeningFact.OpeningImported imported])
            {
                return attempt;
            }

            var money = Opening.Payments(state.Proposed!, by);
            return attempt with
            {
                // two files with one document: whoever imports it second is refused
                Claims = [.. imported.Dues.Select(line => $"item/{line.Reference}/0")],
                Also = [.. money.Select(fact => new StreamFacts(PaymentState.Stream(fact.Payment.Id), "payment", 0, [fact]))],
            };
        }, stop);

    public async Task<Opening> Find(Relationship relationship, string name, CancellationToken stop)
    {
        var state = Opening.None;
        await foreach (var recorded in store.ReadStream(relationship.ToString(), Opening.Stream(name), stop: stop))
        {
            state = state.With((OpeningFact)recorded.Fact);
        }

        return state;
    }
}
