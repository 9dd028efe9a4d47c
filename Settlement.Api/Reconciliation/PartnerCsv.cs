using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Settlement.Domain;
using Settlement.Domain.Reconciliation;

namespace Settlement.Api.Reconciliation;

/// <summary>
/// A list of CDRs as CSV: our own detail file, or columns named by the caller. ISO times; decimals with a point, or with a
/// comma where the partner writes so. Empty rows are no rows, and a row of totals is one too if it is the sum of the
/// others. A cell that cannot be read is refused with line and column.
/// </summary>
internal static class PartnerCsv
{
    private static readonly char[] Delimiters = [',', ';', '\t'];

    public static IEnumerable<string> Names => CsvListTable.Names;

    public static async IAsyncEnumerable<ListedCdr> Read(
        string path, ListOptions options, [EnumeratorCancellation] CancellationToken stop)
    {
        var (delimiter, isDeclared) = await Delimiter(path, stop);
        await using var file = await PartnerList.Open(path, stop);
        using var text = new StreamReader(file, new UTF8Encoding(false, true), true, 1 << 16);
        using var parser = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter.ToString(),
            BadDataFound = bad => throw Refused(bad.Context.Parser!.RawRow, null, "a quote stands where none may"),
        });
        if (!await Next(parser, path, stop) || (isDeclared && !await Next(parser, path, stop)))
        {
            throw new UnreadableListException(new Refusal("list.empty", "The file is empty."));
        }

        var table = new CsvListTable(parser.Record!, options, parser.RawRow);
        var totals = new CsvTotals();
        while (await Next(parser, path, stop))
        {
            stop.ThrowIfCancellationRequested();
            if (CsvListTable.IsEmpty(parser))
            {
                continue;
            }

            if (totals.End is { } end)
            {
                throw Refused(end, null, "a row of totals stands before the end of the list");
            }

            if (table.Totals(parser) is { } said)
            {
                totals.Check(said, parser.RawRow);
                continue;
            }

            var row = table.Row(parser);
            totals.Add(row);
            yield return row;
        }
    }

    /// <summary>What the first line says or shows; spreadsheets write <c>sep=;</c> before the header.</summary>
    private static async Task<(char Delimiter, bool IsDeclared)> Delimiter(string path, CancellationToken stop)
    {
        await using var file = await PartnerList.Open(path, stop);
        using var text = new StreamReader(file, new UTF8Encoding(false, false), true);
        var head = new char[4096];
        int read;
        try
        {
            read = await text.ReadBlockAsync(head, stop);
        }
        catch (InvalidDataException)
        {
            return (',', false); // a broken gzip file: said where it is read
        }

        var line = new string(head, 0, read).TrimStart('\r', '\n').Split(['\r', '\n'], 2)[0];
        return line.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && line.Length == 5
            ? (line[4], true)
            : (Delimiters.MaxBy(each => line.Count(c => c == each)), false);
    }

    private static async Task<bool> Next(CsvParser parser, string path, CancellationToken stop)
    {
        try
        {
            return await parser.ReadAsync();
        }
        catch (DecoderFallbackException)
        {
            var (line, at) = await NotUtf8(path, stop);
            throw Refused(line, at.ToString(CultureInfo.InvariantCulture), "the text is not UTF-8");
        }
        catch (InvalidDataException e)
        {
            throw Refused(parser.RawRow + 1, null, e.Message);
        }
    }

    /// <summary>Line and byte of the first that is not UTF-8.</summary>
    private static async Task<(long Line, long Byte)> NotUtf8(string path, CancellationToken stop)
    {
        await using var file = await PartnerList.Open(path, stop);
        using var lines = new StreamReader(file, Encoding.Latin1);
        for (var line = 1L; await lines.ReadLineAsync(stop) is { } text; line++)
        {
            var bytes = Encoding.Latin1.GetBytes(text);
            for (var at = 0; at < bytes.Length;)
            {
                if (Rune.DecodeFromUtf8(bytes.AsSpan(at), out _, out var read) != OperationStatus.Done)
                {
                    return (line, at + 1);
                }

                at += read;
            }
        }

        return (1, 1);
    }

    internal static UnreadableListException Refused(long line, string? column, string why) => new(
        new Refusal("list.malformed", $"line {line}{(column is null ? "" : $", column {column}")}: {why}"));
}
