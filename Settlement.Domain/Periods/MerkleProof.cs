namespace Settlement.Domain.Periods;

/// <summary>Shows that one line is on a statement, without the other lines (RFC 6962 §2.1.1).</summary>
/// <param name="Path">Sibling hashes from the leaf up, hex.</param>
public sealed record MerkleProof(long Index, long Count, IReadOnlyList<string> Path)
{
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
}
