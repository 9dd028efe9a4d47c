using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;

namespace Settlement.Domain.Rating;

/// <summary>What settlement takes of the comparison: the amount, or why the CDR is held (rules-money 9).</summary>
/// <param name="Claimed">On <paramref name="Side"/>, brought there where only the other is stated; null: not told.</param>
/// <param name="ReRated">By rule <c>line-scale</c>.</param>
/// <param name="Settled">Whole minor units; null where held.</param>
/// <param name="Side">Which side of tax all three are on: that of the tariff's prices.</param>
/// <param name="Notes">What else differs between the claim and the rating, for the record.</param>
public sealed record Claim(
    decimal? Claimed, decimal ReRated, Money? Settled, PriceSide Side, string Because, IReadOnlyList<Finding> Holds,
    IReadOnlyList<Finding> Notes)
{
    /// <summary>Of a session that could be rated; the tolerance is part of its policy.</summary>
    public static Claim Compare(RatedSession session)
    {
        var comparison = ClaimComparison.Of(session);
        var holds = Reasons(comparison);
        var total = comparison.Total is { } part && part.AfterTaxes == session.AmountsIncludeTax ? part : null;
        return new Claim(
            total?.Claimed.LineScale(), session.Total!.Value.LineScale(), comparison.Settled, session.Side,
            Words(comparison), holds, [.. comparison.Findings.Except(holds)]);
    }

    /// <summary>Why what is claimed cannot be settled as it is; none where it can.</summary>
    public static IReadOnlyList<Finding> Reasons(ClaimComparison comparison)
    {
        if (comparison.Settled is not null)
        {
            return [];
        }

        var leading = comparison.Findings
            .Where(finding => finding.Code is "claim.differs" or "claim.nothing" or "claim.overflow").ToList();
        return leading.Count > 0 ? leading : [new Finding("claim.missing", "/total_cost", comparison.Because)];
    }

    private static string Words(ClaimComparison comparison) => comparison.Total is { } total
        && comparison.Settled is { } settled
        && total.Claimed.RoundTo(settled.Currency.MinorUnits) == total.Rated.RoundTo(settled.Currency.MinorUnits)
            ? "claim and re-rated price agree"
            : comparison.Because;
}
