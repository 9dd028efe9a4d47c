using Npgsql;
using Settlement.Domain.Statements;

namespace Settlement.Projections.Statements;

/// <summary>Answers that are few enough to be held.</summary>
internal static class QueryRows
{
    /// <summary>Every row of the answer, in its order.</summary>
    public static async Task<List<T>> Rows<T>(
        this NpgsqlCommand command, Func<NpgsqlDataReader, T> row, CancellationToken stop)
    {
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    /// <summary>Rows of name, subject, and one number by two ways, put in order.</summary>
    public static async Task<IReadOnlyList<TieOut>> TieOuts(this NpgsqlCommand command, CancellationToken stop)
    {
        var ties = await command.Rows(
            r => new TieOut(r.GetString(0), r.GetString(1), r.GetDecimal(2), r.GetDecimal(3)), stop);
        return ties.InOrder();
    }
}
