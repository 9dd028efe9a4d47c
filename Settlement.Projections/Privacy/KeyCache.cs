using System.Collections.Concurrent;

namespace Settlement.Projections.Privacy;

/// <summary>
/// Drivers' keys in memory, for a minute at most, so that every process forgets an erased driver's key by then. What
/// was added stays for half a minute at least.
/// </summary>
internal sealed class KeyCache
{
    private const int MostPerHalf = 50_000;

    private const long HalfMs = 30_000;

    private readonly Lock turning = new();
    private ConcurrentDictionary<(string, string), byte[]> now = new();
    private ConcurrentDictionary<(string, string), byte[]> before = new();
    private long turnedAt = Environment.TickCount64;

    /// <summary>Whether it is here and stays for long enough to be used.</summary>
    public bool Has(string tenant, string driver)
    {
        Turn();
        return now.ContainsKey((tenant, driver));
    }

    public void Add(string tenant, string driver, byte[] key) => now[(tenant, driver)] = key;

    public void Forget(string tenant, string driver)
    {
        now.TryRemove((tenant, driver), out _);
        before.TryRemove((tenant, driver), out _);
    }

    /// <exception cref="KeyNotFoundException">It was not prepared.</exception>
    public byte[] Get(string tenant, string driver) =>
        now.TryGetValue((tenant, driver), out var key) || before.TryGetValue((tenant, driver), out key)
            ? key
            : throw new KeyNotFoundException("A driver's key was not prepared.");

    private void Turn()
    {
        if (Environment.TickCount64 - Interlocked.Read(ref turnedAt) < HalfMs && now.Count < MostPerHalf)
        {
            return;
        }

        lock (turning)
        {
            if (Environment.TickCount64 - turnedAt >= HalfMs || now.Count >= MostPerHalf)
            {
                (before, now) = (now, new());
                Interlocked.Exchange(ref turnedAt, Environment.TickCount64);
            }
        }
    }
}
