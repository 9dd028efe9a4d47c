using System.Collections.Concurrent;

namespace Settlement.Projections.Privacy;

/// <summary>
/// Drivers' keys in memory, for a minute at most, so that every process forgets an erased driver's key by then.
/// </summary>
internal sealed class KeyCache
{
    private const int Most = 100_000;

    private const long LongestMs = 60_000;

    private readonly Lock emptying = new();
    private readonly ConcurrentDictionary<(string, string), byte[]> keys = new();
    private long emptiedAt = Environment.TickCount64;

    /// <summary>Null: not here.</summary>
    public byte[]? Find(string tenant, string driver) =>
        IsOld() ? null : keys.GetValueOrDefault((tenant, driver));

    public void Add(string tenant, string driver, byte[] key)
    {
        if (IsOld() || keys.Count >= Most)
        {
            Empty();
        }

        keys[(tenant, driver)] = key;
    }

    public void Forget(string tenant, string driver) => keys.TryRemove((tenant, driver), out _);

    private bool IsOld() => Environment.TickCount64 - Interlocked.Read(ref emptiedAt) >= LongestMs;

    private void Empty()
    {
        lock (emptying)
        {
            if (IsOld() || keys.Count >= Most)
            {
                keys.Clear();
                Interlocked.Exchange(ref emptiedAt, Environment.TickCount64);
            }
        }
    }
}
