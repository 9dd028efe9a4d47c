using System.Buffers;
using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Api.Files;

/// <summary>
/// CSV: RFC 4180, UTF-8 with a byte order mark and CRLF so that Excel reads accents, '.' decimals, ISO dates. A text
/// cell that a spreadsheet would take for a formula gets a quote before it (OWASP ASVS 1.2.10); numbers stay numbers.
/// </summary>
public sealed class CsvRows : IRows
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    private readonly Utf8Buffer buffer;
    private bool begun;

    public CsvRows(Stream to, IReadOnlyList<Column> columns)
    {
        buffer = new Utf8Buffer(to);
        buffer.Raw([0xEF, 0xBB, 0xBF]);
        foreach (var column in columns)
        {
            Text(column.Name);
        }

        EndRow();
    }

    public void Text(string? text)
    {
        Next();
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        var harmless = Formulas.Begins(text) ? "'" + text : text;
        if (harmless.AsSpan().ContainsAny(Quoted))
        {
            buffer.Raw((byte)'"');
            buffer.Text(harmless.Replace("\"", "\"\"", StringComparison.Ordinal));
            buffer.Raw((byte)'"');
        }
        else
        {
            buffer.Text(harmless);
        }
    }

    public void Flag(bool value)
    {
        Next();
        buffer.Raw(value ? "true"u8 : "false"u8);
    }

    public void Whole(long number)
    {
        Next();
        buffer.Whole(number);
    }

    public void Number(decimal number)
    {
        Next();
        buffer.Number(number);
    }

    public void Amount(long minor, Currency currency)
    {
        Next();
        buffer.Amount(minor, currency.MinorUnits);
    }

    public void Day(LocalDate day)
    {
        Next();
        buffer.Day(day);
    }

    public void Moment(Instant moment)
    {
        Next();
        buffer.Moment(moment);
    }

    public void EndRow()
    {
        buffer.Raw("\r\n"u8);
        begun = false;
    }

    public void Finish() => buffer.Flush();

    private void Next()
    {
        if (begun)
        {
            buffer.Raw((byte)',');
        }

        begun = true;
    }
}

/// <summary>What a spreadsheet would evaluate instead of showing it (OWASP: CSV injection).</summary>
public static class Formulas
{
    public static bool Begins(string text) => text.Length > 0
        && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '\0' or '＝' or '＋' or '－' or '＠';
}
