using NpgsqlTypes;
using Settlement.Domain.Payments;
using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>What moved open items, in the order of the log; <see cref="OpenItems"/> folds it.</summary>
internal sealed class ItemRows
{
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

        await using var copy = await target.Connection.BeginBinaryImportAsync(
            """
            copy item_moves (tenant_id, generation, seq_id, line, kind, item, debtor, creditor, currency, amount, on_date,
              due_on, reference, period, after_seq, up_to_seq)
            from stdin (format binary)
            """, stop);
        foreach (var (recorded, line, move) in rows)
        {
            await copy.StartRowAsync(stop);
            await copy.WriteAsync(target.Tenant, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(target.Generation, NpgsqlDbType.Bigint, stop);
            await copy.WriteAsync(recorded.Number, NpgsqlDbType.Bigint, stop);
            await copy.WriteAsync(line, NpgsqlDbType.Integer, stop);
            await copy.WriteAsync(move.Kind.ToString(), NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(move.Item, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(move.Debtor.ToString(), NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(move.Creditor.ToString(), NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(move.Currency, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(move.Amount, NpgsqlDbType.Bigint, stop);
            await copy.WriteAsync(move.On.ToDateOnly(), NpgsqlDbType.Date, stop);
            await copy.WriteNullable(move.DueOn?.ToDateOnly(), NpgsqlDbType.Date, stop);
            await copy.WriteAsync(move.Reference, NpgsqlDbType.Varchar, stop);
            await copy.WriteNullable(move.Month is { } month ? Ids.Text(month) : null, NpgsqlDbType.Varchar, stop);
            await copy.WriteAsync(move.After, NpgsqlDbType.Bigint, stop);
            await copy.WriteAsync(move.UpTo, NpgsqlDbType.Bigint, stop);
        }

        await copy.CompleteAsync(stop);
    }
}
