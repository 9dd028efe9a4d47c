using Settlement.Domain.Intake;

namespace Settlement.Domain.Reconciliation;

/// <summary>A dispute as it could be opened, filled from a difference; a person decides whether it is.</summary>
/// <param name="Reason">The category, as reason code.</param>
/// <param name="Claimed">What is posted; gross where both lists tell it, else net.</param>
/// <param name="Proposed">What the other list says; 0 for what it does not have.</param>
/// <param name="Evidence">Both numbers of everything that differs; never a driver.</param>
public sealed record DisputeProposal(
    CdrKey Cdr, string Reason, string Currency, decimal Claimed, decimal Proposed, string Evidence)
{
    /// <summary>Null where nothing posted is in question: matched, held, timing, or only in the other list.</summary>
    public static DisputeProposal? Of(ReconciledRow row)
    {
        if (row is not { CountsOurs: true, Ours: { Cpo: { } cpo } ours } || ours.Id.Length == 0)
        {
            return null;
        }

        var key = new CdrKey(cpo, ours.Id);
        switch (row.Category)
        {
            case ReconciliationCategory.MISSING_THEIRS or ReconciliationCategory.DUPLICATE_OURS:
                return new DisputeProposal(
                    key, row.Category.ToString(), ours.Currency, ours.Total ?? ours.Net ?? 0m, 0m,
                    row.Category == ReconciliationCategory.MISSING_THEIRS
                        ? "The partner's list does not have it."
                        : "It is posted more than once.");
            case ReconciliationCategory.AMOUNT_DIFFERS or ReconciliationCategory.TAX_DIFFERS
                or ReconciliationCategory.CURRENCY_DIFFERS or ReconciliationCategory.QUANTITY_DIFFERS
                or ReconciliationCategory.TIME_DIFFERS when row.Theirs is { } theirs:
                var gross = ours.Total is not null && theirs.Total is not null;
                return new DisputeProposal(
                    key, row.Category.ToString(), ours.Currency, (gross ? ours.Total : ours.Net) ?? 0m,
                    (gross ? theirs.Total : theirs.Net) ?? 0m,
                    $"line {theirs.Line} of the partner's list: {CdrComparison.Words(ours, theirs)}");
            default:
                return null;
        }
    }
}
