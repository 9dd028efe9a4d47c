using Settlement.Domain.Intake;

namespace Settlement.Domain.Reconciliation;

/// <summary>A dispute as it could be opened, filled from a difference; a person decides whether it is.</summary>
/// <param name="Reason">The category, as reason code.</param>
/// <param name="Claimed">Gross that is posted; null where a list of one's own does not say it.</param>
/// <param name="Proposed">
/// Gross that the other list says, less than what is posted, whole minor units; 0 for what it does not have. Where it tells
/// the net alone, the gross in proportion, and the evidence says so.
/// </param>
/// <param name="Evidence">Both numbers of everything that differs; never a driver.</param>
public sealed record DisputeProposal(
    CdrKey Cdr, string Reason, string Currency, decimal? Claimed, decimal Proposed, string Evidence)
{
    /// <summary>
    /// Null where nothing posted is in question: matched, held, timing, only in the other list, or the other list has as
    /// much or more.
    /// </summary>
    public static DisputeProposal? Of(ReconciledRow row)
    {
        if (row is not { CountsOurs: true, Ours: { Cpo: { } cpo, Total: { } claimed and > 0m } ours } || ours.Id.Length == 0)
        {
            return null;
        }

        var (proposed, evidence) = row.Category switch
        {
            ReconciliationCategory.MISSING_THEIRS => (0m, "The partner's list does not have it."),
            ReconciliationCategory.DUPLICATE_OURS => (0m, "It is posted more than once."),
            ReconciliationCategory.CURRENCY_DIFFERS => (0m, Words(row)),
            ReconciliationCategory.AMOUNT_DIFFERS or ReconciliationCategory.TAX_DIFFERS
                or ReconciliationCategory.QUANTITY_DIFFERS or ReconciliationCategory.TIME_DIFFERS => Gross(row),
            _ => (claimed, ""),
        };
        return proposed < claimed
            ? new DisputeProposal(
                new CdrKey(cpo, ours.Id), row.Category.ToString(), ours.Currency, claimed, Math.Max(0m, proposed), evidence)
            : null;
    }

    private static (decimal Proposed, string Evidence) Gross(ReconciledRow row)
    {
        var (ours, theirs) = (row.Ours!, row.Theirs!);
        var decimals = Domain.Ledger.Currency.Find(ours.Currency)?.MinorUnits ?? 2;
        if (theirs.Total is { } total)
        {
            return (decimal.Round(total, decimals, MidpointRounding.AwayFromZero), Words(row));
        }

        return ours.Net is { } net and > 0m && theirs.Net is { } other
            ? (decimal.Round(ours.Total!.Value * other / net, decimals, MidpointRounding.AwayFromZero),
                $"{Words(row)}; their list tells the net alone, the gross is in proportion")
            : (ours.Total!.Value, "");
    }

    private static string Words(ReconciledRow row) =>
        $"line {row.Theirs!.Line} of the partner's list: {CdrComparison.Words(row.Ours!, row.Theirs)}";
}
