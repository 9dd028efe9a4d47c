using Settlement.Domain.Agreements;

namespace Settlement.Domain.Reconciliation;

/// <summary>Compares two lists of CDRs (rules-money 24 starts from its outcome). Pure.</summary>
public static class Reconciling
{
    /// <summary>
    /// Every row of both lists in exactly one category, whatever their order. For lists that fit into memory; larger ones
    /// go through the same tiers in pieces.
    /// </summary>
    /// <param name="ours">With what is known besides the list: held, and settled in adjacent months.</param>
    public static IReadOnlyList<ReconciledRow> Of(
        IReadOnlyList<ListedCdr> ours, IReadOnlyList<ListedCdr> theirs, ReconciliationTerms terms)
    {
        var byKey = MatchTiers.ByKey(ours, theirs, terms);
        // another month's CDR is known by its own id only
        var here = byKey.Ours.Where(row => row.Standing != ListStanding.Adjacent).ToList();
        var bySession = MatchTiers.BySession(here, byKey.Theirs, terms);
        var byAuthorization = MatchTiers.ByAuthorization(bySession.Ours, bySession.Theirs, terms);
        var byMoment = MatchTiers.ByMoment(byAuthorization.Ours, byAuthorization.Theirs, terms);
        IReadOnlyList<ReconciledRow> rows =
        [
            .. byKey.Found, .. bySession.Found, .. byAuthorization.Found, .. byMoment.Found,
            .. MatchTiers.Alone(byMoment.Ours, byMoment.Theirs),
        ];
        var over = ReconciliationSummary.Of(rows).OverTheCap(terms);
        return [.. rows.Select(row => Capped(row, over))];
    }

    /// <summary>A tolerated money difference counts again where those of its direction and currency exceed the cap.</summary>
    public static ReconciledRow Capped(ReconciledRow row, IReadOnlySet<(PartyId? Cpo, string Currency)> over) =>
        row.UsesMoneyTolerance && over.Contains((row.Cpo, row.Currency))
            ? row with { Category = ReconciliationCategory.AMOUNT_DIFFERS, Reason = "rounding" }
            : row;
}
