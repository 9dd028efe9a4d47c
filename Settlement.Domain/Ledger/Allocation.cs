namespace Settlement.Domain.Ledger;

/// <summary>Named rule <c>largest-remainder</c>: splits whole minor units so that nothing is lost.</summary>
public static class Allocation
{
    /// <summary>
    /// Shares of <paramref name="total"/> in proportion to <paramref name="weights"/>; leftover units go to the
    /// largest remainders, the earlier one on a tie. Weights that sum to zero: all to the last share.
    /// </summary>
    public static long[] LargestRemainder(long total, IReadOnlyList<decimal> weights)
    {
        var shares = new long[weights.Count];
        var sum = weights.Sum();
        if (sum == 0m)
        {
            shares[^1] = total;
            return shares;
        }

        var remainders = new decimal[weights.Count];
        for (var i = 0; i < shares.Length; i++)
        {
            // share = total × weight ÷ sum, rounded down; the remainder is kept exact
            var part = total * weights[i] * Math.Sign(sum);
            var over = part % Math.Abs(sum);
            remainders[i] = over < 0m ? over + Math.Abs(sum) : over;
            shares[i] = (long)((part - remainders[i]) / Math.Abs(sum));
        }

        var left = (int)(total - shares.Sum());
        foreach (var i in Enumerable.Range(0, shares.Length).OrderByDescending(i => remainders[i]).Take(left))
        {
            shares[i]++;
        }

        return shares;
    }
}
