using System.Security.Cryptography;

namespace Settlement.Domain.Periods;

/// <summary>
/// The Merkle tree hash of RFC 6962 §2.1 over a growing list, in memory that grows with the logarithm of its length:
/// one complete subtree per bit of the count.
/// </summary>
public sealed class MerkleTree
{
    private readonly List<(int Level, byte[] Hash, bool IsProved)> peaks = [];
    private readonly List<string> path = [];
    private long? proved;

    public long Count { get; private set; }

    /// <param name="isProved">This is the leaf that <see cref="Proof"/> is wanted of.</param>
    public void Add(ReadOnlySpan<byte> leaf, bool isProved = false)
    {
        var (level, node, holds) = (0, Leaf(leaf), isProved);
        proved = isProved ? Count : proved;
        while (peaks.Count > 0 && peaks[^1].Level == level)
        {
            var left = peaks[^1];
            Pass(left.Hash, left.IsProved, node, holds, path);
            (node, holds) = (Node(left.Hash, node), holds || left.IsProved);
            peaks.RemoveAt(peaks.Count - 1);
            level++;
        }

        peaks.Add((level, node, holds));
        Count++;
    }

    /// <summary>Hex; the hash of nothing for an empty list.</summary>
    public string Root() => Fold([]);

    /// <summary>The proof of the leaf that was to be proved; null: it did not come.</summary>
    public MerkleProof? Proof()
    {
        if (proved is not { } index)
        {
            return null;
        }

        var whole = new List<string>(path);
        Fold(whole);
        return new MerkleProof(index, Count, whole);
    }

    private string Fold(List<string> siblings)
    {
        if (peaks.Count == 0)
        {
            return Convert.ToHexStringLower(SHA256.HashData([]));
        }

        var (_, root, holds) = peaks[^1];
        for (var i = peaks.Count - 2; i >= 0; i--)
        {
            Pass(peaks[i].Hash, peaks[i].IsProved, root, holds, siblings);
            (root, holds) = (Node(peaks[i].Hash, root), holds || peaks[i].IsProved);
        }

        return Convert.ToHexStringLower(root);
    }

    // where the proved leaf is below one of two nodes, the other one is on its path
    private static void Pass(byte[] left, bool isLeft, byte[] right, bool isRight, List<string> siblings)
    {
        if (isLeft || isRight)
        {
            siblings.Add(Convert.ToHexStringLower(isLeft ? right : left));
        }
    }

    /// <summary>SHA-256(0x00 ‖ leaf): a leaf can never be taken for a node.</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> leaf) => SHA256.HashData([0, .. leaf]);

    /// <summary>SHA-256(0x01 ‖ left ‖ right).</summary>
    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        SHA256.HashData([1, .. left, .. right]);
}
