namespace Settlement.Domain.Tax;

/// <summary>
/// Spreads whole minor units over exact shares so that nothing is lost (largest remainder method).
/// </summary>
internal static class LargestRemainder
{
    /// <summary>
    /// Each share gets its floor; units left over go to the largest remainders, the earlier share first on a
    /// tie; units given too many are taken from the smallest remainders, the later share first.
    /// </summary>
    public static long[] Spread(long total, IReadOnlyList<Fraction> shares)
    {
        if (shares.Count == 0)
        {
            return total == 0
                ? []
                : throw new ArgumentException($"{total} minor units, and no share to take them.");
        }

        var parts = shares.Select(share => (long)share.Floor()).ToArray();
        var left = total - parts.Sum();
        var byRemainder = Enumerable.Range(0, parts.Length)
            .OrderByDescending(i => shares[i] - new Fraction(parts[i], 1)).ThenBy(i => i).ToArray();
        for (var i = 0; left > 0; i = (i + 1) % byRemainder.Length, left--)
        {
            parts[byRemainder[i]]++;
        }

        for (var i = 1; left < 0; i++, left++)
        {
            parts[byRemainder[^(1 + (i - 1) % byRemainder.Length)]]--;
        }

        return parts;
    }
}
