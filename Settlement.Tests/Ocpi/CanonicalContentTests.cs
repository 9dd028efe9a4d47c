using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Settlement.Domain.Ocpi;

namespace Settlement.Tests.Ocpi;

/// <summary>
/// Rule 13: identical is equal canonical content, ignoring key order, number format and last_updated.
/// </summary>
public sealed class CanonicalContentTests
{
    private static readonly byte[] Key = [1, 2, 3];
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Theory]
    [InlineData("""{"a":1,"b":"x"}""", """ { "b" : "x", "a" : 1 } """)]
    [InlineData("""{"a":1.50}""", """{"a":15e-1}""")]
    [InlineData("""{"a":1.50}""", """{"a":0.015E+2}""")]
    [InlineData("""{"a":0}""", """{"a":-0.000e5}""")]
    [InlineData("""{"a":100}""", """{"a":1e2}""")]
    [InlineData("""{"a":"é\/\""}""", """{"a":"\u00e9/\u0022"}""")]
    [InlineData("""{"a":"\n"}""", """{"a":"\u000A"}""")]
    [InlineData("""{"\u0061":1}""", """{"a":1}""")]
    [InlineData("""{"a":1}""", """{"a":1,"last_updated":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"a":1}""", """{"a":1,"b":null,"c":[]}""")]
    [InlineData("""{"x":{"z":1,"y":[{"b":2,"a":[]}]}}""", """{"x":{"y":[{"a":null,"b":2.0}],"z":1}}""")]
    public void These_say_the_same(string one, string other) => Digest(other).ShouldBe(Digest(one));

    [Theory]
    [InlineData("""{"a":1}""", """{"a":2}""")]
    [InlineData("""{"a":1}""", """{"a":-1}""")]
    [InlineData("""{"a":1}""", """{"a":"1"}""")]
    [InlineData("""{"a":10}""", """{"a":1}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[12]}""")]
    [InlineData("""{"a":{"last_updated":1}}""", """{"a":{}}""")]
    [InlineData("""{"a":false}""", """{"a":null}""")]
    [InlineData("""{"a":{"b":1},"c":2}""", """{"a":{"b":1,"c":2}}""")]
    [InlineData("""{"a":1e999}""", """{"a":1e998}""")]
    public void These_do_not(string one, string other) => Digest(other).ShouldNotBe(Digest(one));

    [Theory]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"a":null,"b":{"c":1,"\u0063":2}}""")]
    [InlineData("""{"a":1,"a":null}""")]
    [InlineData("""{"a":}""")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    public void What_has_no_one_meaning_has_no_digest(string json) =>
        Should.Throw<JsonException>(() => Digest(json));

    [Fact]
    public void Without_the_key_the_digest_tells_nothing() =>
        CanonicalContent.Digest("{}"u8, Key).ShouldNotBe(CanonicalContent.Digest("{}"u8, [9]));

    [Fact]
    public void Shuffled_and_respelt_documents_keep_their_digest() =>
        Prop.ForAll(
            Arb.From(Gen.ArrayOf(Gen.Choose(-100_000, 100_000), 12)),
            Arb.From(Gen.Choose(0, int.MaxValue - 1)),
            (values, seed) => Digest(Write(values, seed)).AsSpan().SequenceEqual(Digest(Write(values, 0))))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Every_CDR_of_the_specification_has_its_own_digest_that_survives_being_rewritten()
    {
        var digests = Vectors.All("Spec", "cdr").Select(vector =>
        {
            using var document = JsonDocument.Parse(vector.Json);
            var indented = JsonSerializer.SerializeToUtf8Bytes(document.RootElement, Indented);
            var digest = CanonicalContent.Digest(vector.Json, Key);
            CanonicalContent.Digest(indented, Key).ShouldBe(digest, vector.Name);
            return Convert.ToHexString(digest);
        }).ToList();
        digests.Distinct().Count().ShouldBe(digests.Count);
    }

    private static byte[] Digest(string json) => CanonicalContent.Digest(Encoding.UTF8.GetBytes(json), Key);

    /// <summary>
    /// The same members in another order, numbers with or without an exponent, an object inside.
    /// </summary>
    private static string Write(int[] values, int seed)
    {
        var random = new Random(seed);
        var members = values.Select(
            (value, i) => (Name: $"m{i}", Value: seed % 2 == 0 ? $"{value}.0" : $"{value}0e-1"))
            .ToArray();
        if (seed != 0)
        {
            random.Shuffle(members);
        }

        var inner = string.Join(", ", members.Select(member => $"\"{member.Name}\":{member.Value}"));
        return seed % 3 == 0 ? $"{{\"x\":{{{inner}}},\"y\":[{{{inner}}}]}}"
            : $"{{\"y\":[{{{inner}}}],\"n\":null,\"x\":{{{inner}}}}}";
    }
}
