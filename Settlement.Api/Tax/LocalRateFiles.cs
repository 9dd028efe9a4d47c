using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Tax;

namespace Settlement.Api.Tax;

/// <summary>
/// Reads files of local rates into a book: plain CSV by its header, else a rate and a boundary file.
/// </summary>
public static class LocalRateFiles
{
    public static (TaxBook? Book, Refusal? Refusal) AddTo(TaxBook book, IReadOnlyList<string> paths)
    {
        var files = paths.Select(
            path => (Name: Path.GetFileName(path), Text: File.ReadAllText(path))).ToList();
        var plain = files
            .Where(file => Body(file.Text).StartsWith(LocalRatesCsv.Header, StringComparison.Ordinal))
            .ToList();
        foreach (var (name, text) in plain)
        {
            var (states, refusal) = LocalRatesCsv.Read(text, name);
            if (refusal is not null)
            {
                return (null, refusal);
            }

            book = states.Aggregate(book, (each, rates) => each.Record(rates, Instant.MinValue));
        }

        var sst = files.Where(file => !plain.Contains(file)).ToList();
        // A boundary record begins with Z, 4 or A; a rate with the number of its state.
        var boundary = sst.FindIndex(file => Body(file.Text) is ['Z' or 'z' or 'A' or 'a' or '4', ',', ..]);
        return sst.Count switch
        {
            0 => (book, null),
            2 when boundary >= 0 => Add(book, sst[1 - boundary], sst[boundary]),
            _ => (null, new Refusal("local.malformed",
                $"{string.Join(" and ", sst.Select(file => file.Name))}: neither {LocalRatesCsv.Header} "
                + "nor a rate file with its boundary file.")),
        };
    }

    private static string Body(string text) => text.TrimStart('\uFEFF');

    private static (TaxBook?, Refusal?) Add(
        TaxBook book, (string Name, string Text) rates, (string Name, string Text) boundary)
    {
        var import = SstFiles.Read(rates.Text, boundary.Text, rates.Name);
        return import.Rates is { } local
            ? (book.Record(local, Instant.MinValue), null)
            : (null, import.Refusal);
    }
}
