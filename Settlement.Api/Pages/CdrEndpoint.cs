using Settlement.Api.Ledger;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Api.Pages;

/// <summary>What a held CDR would be priced at with today's reference facts. Nothing posts from it.</summary>
public sealed record HeldPrice(IReadOnlyList<PricedLine> Lines, decimal ReRated, bool IncludesTax);

/// <summary>One CDR: every cent of it, from the document to the postings.</summary>
internal static class CdrEndpoint
{
    public static async Task<IResult> Get(
        string tenant, string owner, string id, Engine engine, CancellationToken stop)
    {
        if (Relationship.Parse(tenant) is not { } relationship || relationship.ToString() != tenant
            || PartyId.Parse(owner) is not { } party
            || await Explanation.Read(engine, tenant, new CdrKey(party, id), stop) is not { } explanation)
        {
            return PageAnswer.Unknown("cdr.unknown", $"{tenant} has no CDR {owner}/{id}.");
        }

        var book = await engine.Books.Current(stop);
        return PageAnswer.Page<CdrPage>(new
        {
            Explanation = explanation,
            Book = book,
            Held = explanation.State is { IsOpen: true, Received: { Cdr.Credit: false } received }
                ? await Price(engine, tenant, received, book, stop)
                : null,
        });
    }

    private static async Task<HeldPrice?> Price(
        Engine engine, string tenant, CdrFact.CdrReceived received, ReferenceBook book,
        CancellationToken stop)
    {
        if ((await engine.Books.Agreements(tenant, stop)).At(received.Cdr.Start) is not { } agreement)
        {
            return null;
        }

        var contents = new Dictionary<string, Tariff>(StringComparer.Ordinal);
        foreach (var hash in received.Tariffs)
        {
            contents[hash] = await engine.Tariffs.Find(tenant, hash, stop);
        }

        var cdr = received.With(hash => contents[hash]).Cdr;
        return Pricing.Rate(cdr, Site.Of(cdr, book), agreement, book).Session is { } session
            && (session.BeforeTaxes ?? session.AfterTaxes) is { } total
            ? new HeldPrice(
                [.. session.Lines.Select(CdrSettlement.Priced)], total.LineScale(), session.AmountsIncludeTax)
            : null;
    }
}
