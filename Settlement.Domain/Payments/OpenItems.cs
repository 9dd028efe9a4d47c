using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Payments;

/// <summary>
/// Everything open of a relationship, a fold of its moves in the order of the log. Pure: which document a set-off or a
/// withheld CDR belongs to follows from the moves alone.
/// </summary>
public sealed class OpenItems
{
    private readonly List<OpenItem> items = [];
    private readonly Dictionary<string, int> byName = new(StringComparer.Ordinal);
    private readonly List<ItemMove> pending = [];
    private readonly SortedDictionary<(string Debtor, string Creditor, string Currency), long> unapplied = [];
    private readonly Dictionary<string, ItemMove> money = new(StringComparer.Ordinal);

    private OpenItems() { }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<OpenItem> All => [.. items.OrderBy(item => item.DueOn).ThenBy(item => item.On)
        .ThenBy(item => item.Name, StringComparer.Ordinal)];

    /// <summary>Payments with money that matches nothing, the oldest first; <c>Amount</c> is what is left of each.</summary>
    public IReadOnlyList<ItemMove> Money => [.. money.Values.Where(each => each.Amount != 0)
        .OrderBy(each => each.On).ThenBy(each => each.Reference, StringComparer.Ordinal)];

    /// <param name="asOf">Only what is dated up to this day; null = everything.</param>
    public static OpenItems Of(IEnumerable<ItemMove> moves, LocalDate? asOf = null)
    {
        var open = new OpenItems();
        foreach (var move in moves.Where(move => asOf is not { } day || move.On <= day))
        {
            open.Add(move);
        }

        return open;
    }

    public OpenItem? Find(string name) => byName.TryGetValue(name, out var at) ? items[at] : null;

    /// <summary>Money of one direction that matches nothing.</summary>
    public long Unapplied(PartyId debtor, PartyId creditor, string currency) =>
        unapplied.GetValueOrDefault(($"{debtor}", $"{creditor}", currency));

    /// <summary>Directions and currencies in which anything moved.</summary>
    public IReadOnlyList<(PartyId Debtor, PartyId Creditor, string Currency)> Directions =>
        [.. items.Select(item => (item.Debtor, item.Creditor, item.Currency))
            .Concat(unapplied.Keys.Select(key =>
                (PartyId.Parse(key.Debtor)!.Value, PartyId.Parse(key.Creditor)!.Value, key.Currency)))
            .Distinct().OrderBy(key => key.Item1).ThenBy(key => key.Item2).ThenBy(key => key.Item3, StringComparer.Ordinal)];

    private void Add(ItemMove move)
    {
        switch (move.Kind)
        {
            case ItemMoveKind.Document or ItemMoveKind.Opening or ItemMoveKind.ConvertedInto:
                Change(Begin(move), move);
                Attach(items[byName[move.Item]]);
                break;
            case ItemMoveKind.Amend:
                Amend(move);
                break;
            case ItemMoveKind.SetOff or ItemMoveKind.Converted:
                Allocate(move);
                break;
            case ItemMoveKind.Disputed or ItemMoveKind.Credited:
                Dispute(move);
                break;
            case ItemMoveKind.Unapplied:
                var key = ($"{move.Debtor}", $"{move.Creditor}", move.Currency);
                unapplied[key] = unapplied.GetValueOrDefault(key) + move.Amount;
                money[move.Reference] = money.TryGetValue(move.Reference, out var before)
                    ? before with { Amount = before.Amount + move.Amount }
                    : move;
                break;
            default:
                Change(byName.TryGetValue(move.Item, out var at) ? at : Beside(move), move);
                break;
        }
    }

    private int Begin(ItemMove move)
    {
        if (!byName.TryGetValue(move.Item, out var at))
        {
            byName[move.Item] = at = items.Count;
            items.Add(new OpenItem(
                move.Item, move.Debtor, move.Creditor, move.Currency, move.On, move.DueOn ?? move.On)
            {
                Month = move.Month,
                After = move.After,
                UpTo = move.UpTo,
            });
        }

        return at;
    }

    /// <summary>What belongs to no document, one item for each direction and currency.</summary>
    private int Beside(ItemMove move)
    {
        var at = items.FindIndex(item => item.Name.Length == 0 && item.IsOf(move.Debtor, move.Creditor, move.Currency));
        if (at < 0)
        {
            at = items.Count;
            items.Add(new OpenItem("", move.Debtor, move.Creditor, move.Currency, move.On, move.On));
        }

        return at;
    }

    /// <summary>What was disputed before issue goes to the document it was issued on.</summary>
    private void Attach(OpenItem document)
    {
        foreach (var move in pending.Where(move => Belongs(move, document)).ToList())
        {
            pending.Remove(move);
            Change(Beside(move), move with { Amount = -move.Amount });
            Change(byName[document.Name], move);
        }
    }

    private void Dispute(ItemMove move)
    {
        var at = items.FindIndex(item => Belongs(move, item));
        if (at < 0)
        {
            pending.Add(move);
            at = Beside(move);
        }

        Change(at, move);
    }

    private static bool Belongs(ItemMove dispute, OpenItem document) =>
        document.Month is { } month && month == dispute.Month && dispute.UpTo > document.After
        && dispute.UpTo <= document.UpTo && document.Total > 0
        && document.IsOf(dispute.Debtor, dispute.Creditor, dispute.Currency);

    /// <summary>A credit note settles what is open of the invoice it is about; the rest of it stays open.</summary>
    private void Amend(ItemMove move)
    {
        if (byName.TryGetValue(move.Item, out var invoice) && byName.TryGetValue(move.Reference, out var note))
        {
            var amount = Math.Min(move.Amount, Math.Min(items[invoice].Open, -items[note].Open));
            if (amount > 0)
            {
                Change(invoice, move with { Amount = amount });
                Change(note, move with { Amount = -amount });
            }
        }
    }

    /// <summary>Over the items that are open on that side, oldest first; what no item takes is on none.</summary>
    private void Allocate(ItemMove move)
    {
        var sign = Math.Sign(move.Amount);
        var left = Math.Abs(move.Amount);
        foreach (var item in All.Where(item => item.IsOf(move.Debtor, move.Creditor, move.Currency) && item.Name.Length > 0))
        {
            var amount = Math.Min(left, Math.Max(item.Open * sign, 0));
            if (amount > 0)
            {
                Change(byName[item.Name], move with { Amount = amount * sign });
                left -= amount;
            }
        }

        if (left > 0)
        {
            Change(Beside(move), move with { Amount = left * sign });
        }
    }

    private void Change(int at, ItemMove move) => items[at] = items[at].With(move);
}
