using Settlement.Domain.Ledger;

namespace Settlement.Domain.Rating;

/// <summary>What becomes of a claim (rules of settlement: the lower of claim and rating, or held).</summary>
public enum ClaimOutcome
{
    /// <summary>Equal in minor units, or within the tolerance; the lower one is settled.</summary>
    Agrees,

    /// <summary>Outside the tolerance: held until a person decides.</summary>
    Differs,

    /// <summary>A claim of nothing for a session that is not free: held.</summary>
    ClaimsNothing,

    /// <summary>No price could be told to compare with: held.</summary>
    NotRateable,

    /// <summary>The claim tells no amount of the kind that was rated: held.</summary>
    NotComparable,
}

/// <summary>One part of the claim beside the same part of the rating, exact, in units of the currency.</summary>
/// <param name="Name">total_cost, total_fixed_cost, …</param>
public sealed record ClaimedPart(string Name, ExactAmount Claimed, ExactAmount Rated, bool AfterTaxes)
{
    /// <summary>Claimed minus rated: positive where the CPO asks for more.</summary>
    public ExactAmount Difference => Claimed - Rated;
}

/// <summary>The CPO's claim beside the rating: totals, per dimension, and the claim against itself.</summary>
public sealed record ClaimComparison
{
    public required ClaimOutcome Outcome { get; init; }

    /// <summary>The total compared; null where there is nothing to compare.</summary>
    public required ClaimedPart? Total { get; init; }

    /// <summary>What the CPO states per dimension, in OCPI's order; only what it states.</summary>
    public required IReadOnlyList<ClaimedPart> Parts { get; init; }

    /// <summary>
    /// The amount to settle in minor units: the lower of both, on the side of tax of the tariff's prices; null where held.
    /// </summary>
    public required Money? Settled { get; init; }

    /// <summary>Why: one sentence with both numbers.</summary>
    public required string Because { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    public static ClaimComparison Of(RatedSession rated)
    {
        try
        {
            return new ClaimReading(rated).Compare();
        }
        catch (OverflowException)
        {
            return new ClaimComparison
            {
                Outcome = ClaimOutcome.NotComparable,
                Total = null,
                Parts = [],
                Settled = null,
                Because = "The claim is too large or too long to be compared exactly.",
                Findings = [new Finding("claim.overflow", "/total_cost", "An amount claimed is too large or too long.")],
            };
        }
    }
}
