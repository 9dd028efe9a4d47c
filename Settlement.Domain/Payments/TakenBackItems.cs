using Settlement.Domain.Disputes;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Payments;

/// <summary>
/// What of the open items goes when a CDR is taken back: nothing of it is withheld or credited by us any more, and what
/// its document changed in its tax is due no longer (rules-money 14).
/// </summary>
public static class TakenBackItems
{
    /// <param name="beside">The entry that takes back what stood beside the CDR's own.</param>
    /// <param name="dispute">As it was before; null = there was none.</param>
    public static IReadOnlyList<ItemMove> Of(Movement movement, JournalEntry beside, Dispute? dispute)
    {
        var settled = movement.Settled;
        var due = Account.Due(settled.OwedBy, settled.OwedTo);
        var rest = beside.Lines.Where(line => line.Posting.Account == due)
            .Sum(line => line.Posting.Debit - line.Posting.Credit);
        var moves = new List<ItemMove>();
        if (dispute is { Cdr: { } cdr } && dispute.Withheld + dispute.Credited != 0)
        {
            var both = dispute.Withheld + dispute.Credited;
            moves.Add(ItemMove.About(cdr, ItemMoveKind.Credited, -dispute.Credited, beside.On));
            moves.Add(ItemMove.About(cdr, ItemMoveKind.Disputed, -both, beside.On));
            rest -= both;
        }

        if (rest != 0)
        {
            moves.Add(new ItemMove(
                ItemMoveKind.Beside, "", settled.OwedBy, settled.OwedTo, beside.Currency, rest, beside.On, beside.Reference));
        }

        return moves;
    }
}
