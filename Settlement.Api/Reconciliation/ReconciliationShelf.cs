using System.Security.Cryptography;
using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Api.Reconciliation;

/// <summary>A comparison that somebody asked for on a page.</summary>
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

    public ShelvedReconciliation Add(
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
