using Settlement.Api.Ledger;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;

namespace Settlement.Api.Pages;

/// <summary>One CDR: every cent of it, from the document to the postings.</summary>
internal static class CdrEndpoint
{
    public static async Task<IResult> Get(
        string tenant, string owner, string id, Engine engine, CancellationToken stop) =>
        Relationship.Parse(tenant) is { } relationship && relationship.ToString() == tenant
        && PartyId.Parse(owner) is { } party
        && await Explanation.Read(engine, tenant, new CdrKey(party, id), stop) is { } explanation
            ? PageAnswer.Page<CdrPage>(new { Explanation = explanation, Book = await engine.Books.Current(stop) })
            : PageAnswer.Unknown("cdr.unknown", $"{tenant} has no CDR {owner}/{id}.");
}
