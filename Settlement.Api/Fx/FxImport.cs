using System.Security.Cryptography;
using Settlement.Api.Agreements;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Fx;

namespace Settlement.Api.Fx;

/// <summary>What an import of rates did.</summary>
/// <param name="Revised">Another value than the one recorded for that day.</param>
/// <param name="Empty">Cells without a value.</param>
public sealed record FxTally(int Added, int Revised, int Same, int Empty, IReadOnlyList<string> Skipped)
{
    public string Text => $"{Added:N0} rates added, {Revised:N0} revised, {Same:N0} as before; {Empty:N0} empty cells"
        + (Skipped.Count > 0 ? $"; no rate between two currencies: {string.Join(", ", Skipped)}" : "");
}

/// <summary>Published rates into the reference book. A file counts whole or not at all.</summary>
public static class FxImport
{
    /// <summary>All daily rates since 2017 are 2 MB.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    public static async Task<(FxTally? Tally, Refusal? Refusal)> Record(
        Engine engine, ReadOnlyMemory<byte> file, string source, string actor, CancellationToken stop)
    {
        var (content, refusal) = ValetFile.Read(file);
        if (content is null)
        {
            return (null, refusal);
        }

        var known = (await engine.Books.Current(stop)).Fx;
        var hash = Convert.ToHexStringLower(SHA256.HashData(file.Span));
        var (added, revised) = (0, 0);
        var facts = new List<(string, BookFact)>();
        foreach (var value in content.Values)
        {
            var before = known.On(value.Series.Name, value.Date);
            if (before is not null && before.Text == value.Text && before.Source == source)
            {
                continue;
            }

            added += before is null ? 1 : 0;
            revised += before is null ? 0 : 1;
            BookFact fact = new BookFact.FxObserved(
                value.Series.Pair, value.Series.Name, source, value.Date, value.Text, hash, engine.Now);
            facts.Add((ReferenceFiles.Stream(fact), fact));
        }

        await engine.Books.Record(facts, actor, stop);
        return (new FxTally(added, revised, content.Values.Count - facts.Count, content.Empty, content.Skipped), null);
    }
}
