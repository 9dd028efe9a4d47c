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
    public static Task<IResult> Get(string tenant, string owner, string id, Engine engine, CancellationToken stop) =>
        Show(tenant, owner, id, engine, null, stop);

    /// <param name="refused">Why a decision on it was not taken.</param>
    internal static async Task<IResult> Show(
        string tenant, string owner, string id, Engine engine, Refusal? refused, CancellationToken stop)
    {
        if (Relationship.Parse(tenant) is not { } relationship || relationship.ToString() != tenant
            || PartyId.Parse(owner) is not { } party
            || await Explanation.Read(engine, tenant, new CdrKey(party, id), stop) is not { } explanation)
        {
            return PageAnswer.Unknown("cdr.unknown", $"{tenant} has no CDR {owner}/{id}.");
        }

        var book = await engine.Books.Current(stop);
        var (bounds, noRelease) = await engine.Cases.Load(tenant, explanation.Key, null, stop) is { } one
            ? await engine.Decisions.Offer(one, stop)
            : (null, null);
        return PageAnswer.Page<CdrPage>(new
        {
            Bounds = bounds,
            NoRelease = noRelease,
            Refused = refused,
            Explanation = explanation,
            Book = book,
            Held = explanation.State is { IsOpen: true, Counting: { Cdr.Credit: false } received }
                ? await Price(engine, tenant, received, book, stop)
                : null,
        }, refused is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    private static async Task<HeldPrice?> Price(
        Engine engine, string tenant, CdrFact.CdrReceived received, ReferenceBook book,
        CancellationToken stop)
    {
        if ((await engine.Books.Agreements(tenant, stop)).At(received.Cdr.Start) is not { } agreement)
        {
            return null;
        }

        var cdr = (await engine.Tariffs.Whole(tenant, received, stop)).Cdr;
        return Pricing.Rate(cdr, Site.Of(cdr, book), agreement, book).Session is { } session
            && (session.BeforeTaxes ?? session.AfterTaxes) is { } total
            ? new HeldPrice(
                [.. session.Lines.Select(CdrSettlement.Priced)], total.LineScale(), session.AmountsIncludeTax)
            : null;
    }
}
