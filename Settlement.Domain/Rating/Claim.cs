using System.Globalization;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Rating;

/// <summary>The CPO's claim beside the re-rated price, and which of the two is settled (rules-money 9).</summary>
/// <param name="Claimed">As stated; before taxes, or after where the tariff includes them.</param>
/// <param name="ReRated">By rule <c>line-scale</c>.</param>
/// <param name="Settled">Whole minor units; meaningless while there are holds.</param>
public sealed record Claim(
    decimal Claimed, decimal? ReRated, Money Settled, bool IncludesTax, string Because, IReadOnlyList<Finding> Holds)
{
    public static Claim Compare(Cdr cdr, RatedSession session, Currency currency, Agreement agreement)
    {
        var includesTax = session.BeforeTaxes is null;
        var exact = session.BeforeTaxes ?? session.AfterTaxes!.Value;
        var claimed = includesTax ? cdr.TotalCost.AfterTaxes ?? cdr.TotalCost.BeforeTaxes : cdr.TotalCost.BeforeTaxes;
        var reRated = Money.Of(exact.RoundTo(currency.MinorUnits), currency);
        if (claimed is not { } claim)
        {
            return new(0m, exact.LineScale(), reRated, includesTax, "", [new("claim.missing", "/total_cost",
                $"The CDR states no total; re-rated it is {reRated}.")]);
        }

        var stated = Money.Of(ExactAmount.Of(claim).RoundTo(currency.MinorUnits), currency);
        var difference = Math.Abs(stated.Minor - reRated.Minor);
        if (difference > agreement.ToleranceMinor || (stated.Minor == 0 && reRated.Minor != 0))
        {
            return new(claim, exact.LineScale(), reRated, includesTax, "", [new("claim.differs", "/total_cost",
                $"Claimed {stated}, re-rated {reRated}: {stated - reRated} apart, the agreement takes "
                + $"{agreement.ToleranceMinor.ToString(CultureInfo.InvariantCulture)} minor units.")]);
        }

        return difference == 0
            ? new(claim, exact.LineScale(), reRated, includesTax, "claim and re-rated price agree", [])
            : new(claim, exact.LineScale(), stated.Minor < reRated.Minor ? stated : reRated, includesTax,
                $"within tolerance the lower of claim {stated} and re-rated {reRated}", []);
    }
}
