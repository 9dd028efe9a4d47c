using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Tax;

namespace Settlement.Api.Tax;

/// <summary>
/// Reads files of local rates: plain CSV by its header, else a Streamlined Sales Tax rate file with its boundary file.
/// </summary>
public static class LocalRateFiles
{
    /// <summary>The book with the rates of these files.</summary>
    public static (TaxBook? Book, Refusal? Refusal) AddTo(TaxBook book, IReadOnlyList<string> paths)
    {
        var (states, refusal) = Read(paths);
        return refusal is null
            ? (states.Aggregate(book, (each, rates) => each.Record(rates, Instant.MinValue)), null)
            : (null, refusal);
    }

    /// <summary>The rates of each state in these files, or the first reason why they cannot be read.</summary>
    public static (IReadOnlyList<LocalRates> States, Refusal? Refusal) Read(IReadOnlyList<string> paths)
    {
        var files = paths.Select(
            path => (Name: Path.GetFileName(path), Text: File.ReadAllText(path))).ToList();
        var plain = files
            .Where(file => Body(file.Text).StartsWith(LocalRatesCsv.Header, StringComparison.Ordinal))
            .ToList();
        var all = new List<LocalRates>();
        foreach (var (name, text) in plain)
        {
            var (states, refusal) = LocalRatesCsv.Read(text, name);
            if (refusal is not null)
            {
                return ([], refusal);
            }

            all.AddRange(states);
        }

        var sst = files.Where(file => !plain.Contains(file)).ToList();
        // A boundary record begins with Z, 4 or A; a rate with the number of its state.
        var boundary = sst.FindIndex(file => Body(file.Text) is ['Z' or 'z' or 'A' or 'a' or '4', ',', ..]);
        if (sst.Count == 2 && boundary >= 0)
        {
            var import = SstFiles.Read(sst[1 - boundary].Text, sst[boundary].Text, sst[1 - boundary].Name);
            return import.Rates is { } local ? ([.. all, local], null) : ([], import.Refusal);
        }

        return sst.Count == 0
            ? (all, null)
            : ([], new Refusal("local.malformed",
                $"{string.Join(" and ", sst.Select(file => file.Name))}: neither {LocalRatesCsv.Header} "
                + "nor a rate file with its boundary file."));
    }

    private static string Body(string text) => text.TrimStart('\uFEFF');
}
