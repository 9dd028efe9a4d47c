using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Settlement.Domain.Periods;

namespace Settlement.Tests.Periods;

/// <summary>The root on a statement (RFC 6962 §2.1): one line can be proved without the others.</summary>
public sealed class MerkleTests
{
    [Fact]
    public void The_root_of_nothing_is_the_hash_of_nothing() =>
        new MerkleTree().Root().ShouldBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    [Fact]
    public void Three_leaves_make_the_tree_of_the_standard()
    {
        var (a, b, c) = (Leaf("a"), Leaf("b"), Leaf("c"));
        var tree = new MerkleTree();
        foreach (var text in new[] { "a", "b", "c" })
        {
            tree.Add(Encoding.UTF8.GetBytes(text));
        }

        tree.Root().ShouldBe(Convert.ToHexStringLower(Node(Node(a, b), c)));
    }

    [Fact]
    public void Every_line_proves_itself_and_no_other_does() => Prop.ForAll(
        Gen.Choose(1, 70).ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (count, pick) =>
        {
            var leaves = Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes($"line {i}")).ToList();
            var tree = new MerkleTree();
            var index = pick % count;
            for (var i = 0; i < count; i++)
            {
                tree.Add(leaves[i], isProved: i == index);
            }

            var proof = tree.Proof()!;
            return proof.RootOf(leaves[index]) == tree.Root() && (proof.Index, proof.Count) == (index, count)
                && proof.Path.Count <= Math.Ceiling(Math.Log2(count) + 1)
                && proof.RootOf(Encoding.UTF8.GetBytes("line that is not there")) != tree.Root();
        }).Check(Laws.Config(100));

    private static byte[] Leaf(string text) => SHA256.HashData([0, .. Encoding.UTF8.GetBytes(text)]);

    private static byte[] Node(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);
}
