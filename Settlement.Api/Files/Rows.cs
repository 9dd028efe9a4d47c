using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Api.Files;

/// <summary>A column of a table in a file.</summary>
/// <param name="Name">As programs read it, in snake_case.</param>
/// <param name="Width">In characters, where the format has widths.</param>
public sealed record Column(string Name, int Width = 14);

/// <summary>
/// Where the rows of a table go, cell by cell in the order of the columns. One list of calls, several formats: that
/// is why they have identical content.
/// </summary>
public interface IRows
{
    /// <summary>Null and empty are an empty cell.</summary>
    void Text(string? text);

    void Flag(bool value);

    void Whole(long number);

    /// <summary>A quantity or rate, with the digits it has.</summary>
    void Number(decimal number);

    /// <summary>An exact amount of money, with the digits it has: in JSON a decimal string.</summary>
    void Exact(decimal amount) => Number(amount);

    /// <summary>Whole minor units of a currency.</summary>
    void Amount(long minor, Currency currency);

    void Day(LocalDate day);

    void Moment(Instant moment);

    void EndRow();

    /// <summary>After the last row; nothing is complete before.</summary>
    void Finish();
}

/// <summary>Cells that may be empty.</summary>
public static class RowsExtensions
{
    public static void Empty(this IRows rows) => rows.Text(null);

    public static void Number(this IRows rows, decimal? number)
    {
        if (number is { } known)
        {
            rows.Number(known);
        }
        else
        {
            rows.Empty();
        }
    }

    public static void Exact(this IRows rows, decimal? amount)
    {
        if (amount is { } known)
        {
            rows.Exact(known);
        }
        else
        {
            rows.Empty();
        }
    }

    public static void Day(this IRows rows, LocalDate? day)
    {
        if (day is { } known)
        {
            rows.Day(known);
        }
        else
        {
            rows.Empty();
        }
    }

    public static void Moment(this IRows rows, Instant? moment)
    {
        if (moment is { } known)
        {
            rows.Moment(known);
        }
        else
        {
            rows.Empty();
        }
    }
}
