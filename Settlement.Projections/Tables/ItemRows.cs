using Settlement.Domain.Payments;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>What moved open items, in the order of the log; <see cref="OpenItems"/> folds it.</summary>
internal sealed class ItemRows
{
    private static readonly TableCopy<(Recorded Event, int Line, ItemMove Move)> Table = new(
        "item_moves",
        """
        seq_id, line, kind, item, debtor, creditor, currency, amount, on_date, due_on, reference, period, after_seq, up_to_seq
        """,
        static (cells, row) =>
        {
            var move = row.Move;
            cells.Add(row.Event.Number);
            cells.Add(row.Line);
            cells.Add(move.Kind.ToString());
            cells.Add(move.Item);
            cells.Add(move.Debtor.ToString());
            cells.Add(move.Creditor.ToString());
            cells.Add(move.Currency);
            cells.Add(move.Amount);
            cells.Add(move.On);
            cells.Add(move.DueOn);
            cells.Add(move.Reference);
            cells.Add(move.Month is { } month ? Ids.Text(month) : null);
            cells.Add(move.After);
            cells.Add(move.UpTo);
        });

    private readonly List<(Recorded Event, int Line, ItemMove Move)> rows = [];

    public void Add(Recorded recorded, IReadOnlyList<ItemMove> moves)
    {
        var line = rows.Count > 0 && rows[^1].Event.Number == recorded.Number ? rows[^1].Line + 1 : 0;
        rows.AddRange(moves.Select((move, i) => (recorded, line + i, move)));
    }

    public async Task Write(RowTarget target, CancellationToken stop)
    {
        if (rows.Count == 0)
        {
            return;
        }

        await Table.Write(target, rows, stop);
    }
}
