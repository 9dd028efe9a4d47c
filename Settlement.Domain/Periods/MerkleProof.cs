namespace Settlement.Domain.Periods;

/// <summary>Shows that one line is on a statement, without the other lines (RFC 6962 §2.1.1).</summary>
/// <param name="Path">Sibling hashes from the leaf up, hex.</param>
public sealed record MerkleProof(long Index, long Count, IReadOnlyList<string> Path)
{
    /// <summary>The proof of one leaf among all leaf hashes.</summary>
    public static MerkleProof Of(IReadOnlyList<byte[]> leaves, int index)
    {
        var path = new List<string>();
        Walk(leaves, 0, leaves.Count, index, path);
        return new MerkleProof(index, leaves.Count, path);
    }

    /// <summary>The root that follows from the leaf and this path, hex.</summary>
    public string RootOf(ReadOnlySpan<byte> leaf)
    {
        var (hash, index, last) = (MerkleTree.Leaf(leaf), Index, Count - 1);
        foreach (var text in Path)
        {
            var sibling = Convert.FromHexString(text);
            if (index % 2 == 1 || index == last)
            {
                hash = MerkleTree.Node(sibling, hash);
                while (index % 2 == 0 && index != 0)
                {
                    (index, last) = (index >> 1, last >> 1);
                }
            }
            else
            {
                hash = MerkleTree.Node(hash, sibling);
            }

            (index, last) = (index >> 1, last >> 1);
        }

        return Convert.ToHexStringLower(hash);
    }

    private static byte[] Walk(IReadOnlyList<byte[]> leaves, int from, int count, int? index, List<string> path)
    {
        if (count == 1)
        {
            return leaves[from];
        }

        var left = 1;
        while (left * 2 < count)
        {
            left *= 2;
        }

        var inLeft = index - from < left;
        var one = Walk(leaves, from, left, index is { } && inLeft ? index : null, path);
        var other = Walk(leaves, from + left, count - left, index is { } && !inLeft ? index : null, path);
        if (index is { })
        {
            path.Add(Convert.ToHexStringLower(inLeft ? other : one));
        }

        return MerkleTree.Node(one, other);
    }
}
