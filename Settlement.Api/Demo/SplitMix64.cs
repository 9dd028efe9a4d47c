namespace Settlement.Api.Demo;

/// <summary>
/// A small generator of numbers (Steele, Lea, Flood: SplitMix, 2014): the same seed gives the same numbers on
/// any machine and in any version of the runtime, which System.Random does not promise. Whole numbers only.
/// </summary>
public sealed class SplitMix64(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong state = seed;

    /// <summary>The seed of the n-th thing: what its neighbours draw does not change its numbers.</summary>
    public static ulong Derive(ulong seed, ulong n) => Mix(unchecked(Mix(seed) + Golden * (n + 1)));

    public ulong Next() => Mix(state = unchecked(state + Golden));

    /// <summary>From 0 up to, not including, <paramref name="count"/>.</summary>
    public int Below(int count) => (int)((UInt128)Next() * (uint)count >> 64);

    /// <summary>Both ends included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    public bool Percent(int chance) => Below(100) < chance;

    /// <summary>An index, chosen in proportion to the weights.</summary>
    public int Weighted(ReadOnlySpan<int> weights)
    {
        var total = 0;
        foreach (var weight in weights)
        {
            total += weight;
        }

        var at = Below(total);
        var index = 0;
        while (at >= weights[index])
        {
            at -= weights[index++];
        }

        return index;
    }

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
