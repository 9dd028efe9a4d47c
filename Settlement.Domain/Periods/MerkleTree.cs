using System.Security.Cryptography;

namespace Settlement.Domain.Periods;

/// <summary>
/// The Merkle tree hash of RFC 6962 §2.1 over a growing list, in memory that grows with the logarithm of its length:
/// one complete subtree per bit of the count.
/// </summary>
public sealed class MerkleTree
{
    private readonly List<(int Level, byte[] Hash)> peaks = [];

    public long Count { get; private set; }

    public void Add(ReadOnlySpan<byte> leaf)
    {
        var node = Leaf(leaf);
        var level = 0;
        while (peaks.Count > 0 && peaks[^1].Level == level)
        {
            node = Node(peaks[^1].Hash, node);
            peaks.RemoveAt(peaks.Count - 1);
            level++;
        }

        peaks.Add((level, node));
        Count++;
    }

    /// <summary>Hex; the hash of nothing for an empty list.</summary>
    public string Root()
    {
        if (peaks.Count == 0)
        {
            return Convert.ToHexStringLower(SHA256.HashData([]));
        }

        var root = peaks[^1].Hash;
        for (var i = peaks.Count - 2; i >= 0; i--)
        {
            root = Node(peaks[i].Hash, root);
        }

        return Convert.ToHexStringLower(root);
    }

    /// <summary>SHA-256(0x00 ‖ leaf): a leaf can never be taken for a node.</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> leaf) => SHA256.HashData([0, .. leaf]);

    /// <summary>SHA-256(0x01 ‖ left ‖ right).</summary>
    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        SHA256.HashData([1, .. left, .. right]);
}
