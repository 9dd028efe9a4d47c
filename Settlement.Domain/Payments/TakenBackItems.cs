using Settlement.Domain.Disputes;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Payments;

/// <summary>
/// What of the open items goes when a CDR is reversed: nothing of it is withheld any more. All else that stood beside it
/// goes out on the document of the reversal (rules-money 14).
/// </summary>
public static class TakenBackItems
{
    /// <param name="beside">The entry that reverses what stood beside the CDR's own.</param>
    /// <param name="dispute">As it was before; null = there was none.</param>
    public static IReadOnlyList<ItemMove> Of(JournalEntry beside, Dispute? dispute) =>
        dispute is { Cdr: { } cdr, Withheld: not 0 and var withheld }
            ? [ItemMove.About(cdr, ItemMoveKind.Disputed, -withheld, beside.On)]
            : [];
}
