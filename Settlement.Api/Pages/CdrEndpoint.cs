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
        if (await Explanation.At(engine, tenant, owner, id, stop) is not { } explanation)
        {
            return PageAnswer.Unknown("cdr.unknown", $"{tenant} has no CDR {owner}/{id}.");
        }

        var one = await engine.Cases.Of(
            tenant, explanation.Key, explanation.State, await engine.Cases.Terms(tenant, stop), stop);
        var (bounds, noRelease) = await engine.Decisions.Offer(one, stop);
        return PageAnswer.Page<CdrPage>(new
        {
            Bounds = bounds,
            NoRelease = noRelease,
            Evidence = await engine.Decisions.OfferOnEvidence(one, stop),
            Refused = refused,
            Explanation = explanation,
            one.Terms.Book,
            Held = one.State is { IsOpen: true, Counting.Cdr: { Credit: false } cdr } ? Price(cdr, one.Terms) : null,
        }, refused is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    private static HeldPrice? Price(Cdr cdr, Terms terms) =>
        terms.Agreements.At(cdr.Start) is { } agreement
        && Pricing.Rate(cdr, Site.Of(cdr, terms.Book), agreement, terms.Book).Session is { } session
        && session.Total is { } total
            ? new HeldPrice(
                [.. session.Lines.Select(CdrSettlement.Priced)], total.LineScale(), session.AmountsIncludeTax)
            : null;
}
