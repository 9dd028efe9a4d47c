using System.Security.Cryptography;
using System.Text;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Projections.EventStore;
using Settlement.Projections.Privacy;
using Settlement.Projections.Statements;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.Intake;

/// <summary>What became of a document that could not be read when it came.</summary>
/// <param name="Answer">What the intake said to it now; null where it still cannot be read.</param>
public sealed record DocumentAnswer(UnreadDocument Document, IntakeAnswer? Answer, Refusal? Refusal);

/// <summary>
/// Documents kept sealed in the reserved tenant: read again from what was sealed, they go to their relationship as
/// if they came then. Their content is never shown.
/// </summary>
public sealed class HeldDocuments(EventStore store, DriverVault vault, CdrIntake intake, UnreadDocuments documents)
{
    /// <summary>Reads all of them again; those that are CDRs now are received.</summary>
    /// <param name="owner">The CPO of documents that do not name it (2.1.1).</param>
    public async Task<IReadOnlyList<DocumentAnswer>> Review(
        PartyId? owner, PartyId? payer, string by, CancellationToken stop)
    {
        const int PageSize = 200;
        var answers = new List<DocumentAnswer>();
        for (long after = 0; ;)
        {
            var page = await documents.Page(after, PageSize, stop);
            foreach (var document in page)
            {
                answers.Add(await Review(document, owner, payer, by, stop));
            }

            if (page.Count < PageSize)
            {
                return answers;
            }

            after = page[^1].Number;
        }
    }

    /// <summary>A person gives up on a document.</summary>
    public async Task<Refusal?> Reject(long number, string reason, string by, CancellationToken stop)
    {
        if (reason.Trim().Length == 0)
        {
            return new Refusal("reason.missing", "Say why: the reason is recorded with the decision.");
        }

        return await documents.Page(number - 1, 1, stop) is [var document] && document.Number == number
            ? await Record(document, new DocumentFact.DocumentRejected(reason.Trim(), by), by, stop)
            : new Refusal("document.unknown", $"No document {number} is kept unread.");
    }

    private async Task<DocumentAnswer> Review(
        UnreadDocument document, PartyId? owner, PartyId? payer, string by, CancellationToken stop)
    {
        var fact = (DocumentFact.DocumentHeld)(await store.FirstEvents(CdrIntake.Unread, [document.Stream], stop))[document.Stream].Fact;
        if (await vault.OpenKept(CdrIntake.Unread, document.Stream, fact.Sealed, stop) is not { } json)
        {
            return new DocumentAnswer(document, null, new Refusal(
                "document.erased", "It named a driver who was erased: nobody can read it any more; reject it."));
        }

        var options = new CdrReadOptions { Owner = owner ?? fact.Owner, TokenOwner = payer ?? fact.TokenOwner };
        var read = CdrIntake.Read([new IncomingCdr(json, fact.Source, fact.ReceivedAt)], options);
        var decided = await intake.Decide(read, stop);
        if (decided[0].Tenant == CdrIntake.Unread)
        {
            var why = read[0].Reading is CdrReading.Unreadable u
                ? u.Refusal
                : new Refusal("cdr.own-driver", "The CPO's own driver: nothing is owed between networks.");
            return new DocumentAnswer(document, null, why);
        }

        var answer = (await intake.Append(decided, stop))[0];
        var key = answer.Key!.Value;
        var refusal = await Record(
            document, new DocumentFact.DocumentReleased(answer.Tenant, key.Owner, key.Id, by), by, stop);
        return new DocumentAnswer(document, answer, refusal);
    }

    private async Task<Refusal?> Record(UnreadDocument document, DocumentFact fact, string by, CancellationToken stop)
    {
        var id = $"{document.Stream}/{fact.GetType().Name}";
        var answer = await store.Append(
            CdrIntake.Unread,
            new StoreCommand(
                id, SHA256.HashData(Encoding.UTF8.GetBytes(id)), [new StreamFacts(document.Stream, "document", 1, [fact])], by),
            stop);
        return (answer as AppendAnswer.Refused)?.Refusal;
    }
}
