using Settlement.Projections.EventStore;

namespace Settlement.Projections.Tables;

/// <summary>Writes rows of a table by COPY. Each begins with its tenant and generation; the cells given follow.</summary>
/// <param name="columns">Separated by commas, in the order of the cells.</param>
internal sealed class TableCopy<T>(string table, string columns, Action<CopyRows, T> cells)
{
    private readonly string sql = $"copy {table} (tenant_id, generation, {columns}) from stdin (format binary)";
    private readonly short count = (short)(columns.Count(c => c == ',') + 3);

    public Task Write(RowTarget target, IEnumerable<T> rows, CancellationToken stop) =>
        CopyRows.Send(target.Connection, sql, Pieces(target, rows), stop);

    private IEnumerable<ReadOnlyMemory<byte>> Pieces(RowTarget target, IEnumerable<T> rows)
    {
        using var copy = new CopyRows(CopyRows.Piece);
        foreach (var row in rows)
        {
            copy.Row(count);
            copy.Add(target.Tenant);
            copy.Add(target.Generation);
            cells(copy, row);
            if (copy.IsPiece)
            {
                yield return copy.Take();
            }
        }

        yield return copy.Take();
    }
}
