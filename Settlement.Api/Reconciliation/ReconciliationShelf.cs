using System.Security.Cryptography;
using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Api.Reconciliation;

/// <summary>A comparison that somebody asked for on a page or through the API.</summary>
public sealed record ShelvedReconciliation(
    string Id, Relationship Relationship, YearMonth Month, PartyId? Cpo, string FileName, string By, Instant At,
    ReconciliationResult Result);

/// <summary>
/// Comparisons of this process, the last ones: their rows lie in temporary files. Nothing is lost with them, the same file
/// gives the same answer again.
/// </summary>
public sealed class ReconciliationShelf : IDisposable
{
    private const int Kept = 20;
    private readonly Lock gate = new();
    private readonly List<ShelvedReconciliation> kept = [];

    /// <summary>Compares a list with what is settled and held, and keeps what it came to.</summary>
    /// <param name="name">Of the list, for people.</param>
    /// <exception cref="UnreadableListException">The list cannot be read; nothing of it counts.</exception>
    public async Task<ShelvedReconciliation> Compare(
        Engine engine, (Relationship Relationship, YearMonth Month, PartyId? Cpo) what, ListOptions options, Stream list,
        string name, string by, CancellationToken stop)
    {
        var path = Path.GetTempFileName();
        try
        {
            await using (var copy = File.Create(path))
            {
                await list.CopyToAsync(copy, stop);
            }

            var terms = await ReconcileVerb.Terms(engine, what.Relationship, what.Month, stop);
            return Add(what.Relationship, what.Month, what.Cpo, name, by, engine.Now, await ReconcileVerb.Reconcile(
                engine, what.Relationship, what.Month, path, what.Cpo, options, terms, stop));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private ShelvedReconciliation Add(
        Relationship relationship, YearMonth month, PartyId? cpo, string fileName, string by, Instant at,
        ReconciliationResult result)
    {
        var one = new ShelvedReconciliation(
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), relationship, month, cpo, fileName, by, at, result);
        lock (gate)
        {
            kept.Add(one);
            if (kept.Count > Kept)
            {
                kept[0].Result.Dispose();
                kept.RemoveAt(0);
            }
        }

        return one;
    }

    public ShelvedReconciliation? Find(string id)
    {
        lock (gate)
        {
            return kept.Find(one => one.Id == id);
        }
    }

    /// <summary>The newest first.</summary>
    public IReadOnlyList<ShelvedReconciliation> All()
    {
        lock (gate)
        {
            return [.. Enumerable.Reverse(kept)];
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            kept.ForEach(one => one.Result.Dispose());
            kept.Clear();
        }
    }
}
