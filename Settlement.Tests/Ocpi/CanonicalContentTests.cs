using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Api.Demo;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Tests.Intake;

namespace Settlement.Tests.Ocpi;

/// <summary>Rule 13: identical is equal meaning, whatever a document looks like.</summary>
public sealed class CanonicalContentTests
{
    private static readonly byte[] Key = [1, 2, 3];

    private static readonly IReadOnlyList<DemoDocument> Documents =
        [.. Town.Month(400).DistinctBy(document => Id(document.Json))];

    [Fact]
    public void A_respelt_CDR_means_the_same() =>
        Prop.ForAll(Respelling.Some, Arb.From(Gen.Choose(0, Documents.Count - 1)), (respellings, i) =>
        {
            var json = Documents[i].Json;
            foreach (var isEscaped in new[] { false, true })
            {
                Digest(Respelling.Of(json, respellings, isEscaped)).ShouldBe(Digest(json), string.Join(", ", respellings));
            }
        }).Check(Laws.Config(300));

    [Fact]
    public void A_CDR_that_is_written_as_it_was_read_means_the_same()
    {
        foreach (var document in Documents)
        {
            var read = Read(document.Json);
            Digest(Written(read)).ShouldBe(Digest(document.Json), Id(document.Json));
        }
    }

    [Fact]
    public void Different_CDRs_mean_something_different() =>
        Documents.Select(document => Convert.ToHexString(Digest(document.Json))).Distinct().Count().ShouldBe(Documents.Count);

    [Fact]
    public void Without_the_key_the_digest_tells_nothing() =>
        CanonicalContent.Digest(Read(Documents[0].Json), Key)
            .ShouldNotBe(CanonicalContent.Digest(Read(Documents[0].Json), [9]));

    [Theory]
    [InlineData("invoice_reference_id", "\"INV-9\"")]
    [InlineData("remark", "\"thank you\"")]
    [InlineData("meter_id", "\"M-1\"")]
    [InlineData("x_revision", "7")]
    [InlineData("session_id", "\"another\"")]
    public void Other_remarks_are_the_same_money_and_not_the_same_content(string member, string value)
    {
        var (one, other) = (Received(Documents[0].Json), Received(Changed(Documents[0].Json, member, value)));

        CanonicalContent.SameMoney(one, other).ShouldBeTrue();
        CanonicalContent.Same(one, other).ShouldBeFalse();
        other.Digest.ShouldNotBe(one.Digest);
    }

    [Theory]
    [InlineData("total_energy", "10.001")]
    [InlineData("total_cost", """{"excl_vat":1.01}""")]
    [InlineData("total_cost", "\"4,00\"")]
    [InlineData("end_date_time", "\"2026-10-31T00:00:00Z\"")]
    [InlineData("currency", "\"EUR\"")]
    [InlineData("credit", "true")]
    [InlineData("charging_periods", "[]")]
    [InlineData("tariffs", "[]")]
    public void Another_claim_quantity_or_time_is_other_money(string member, string value) =>
        CanonicalContent.SameMoney(
            Received(Documents[0].Json), Received(Changed(Documents[0].Json, member, value))).ShouldBeFalse();

    [Fact]
    public void Two_values_that_could_not_be_read_are_two_contents() =>
        CanonicalContent.SameMoney(
            Received(Changed(Documents[0].Json, "total_cost", "\"4,00\"")),
            Received(Changed(Documents[0].Json, "total_cost", "\"5,00\""))).ShouldBeFalse();

    /// <summary>A member that is added to the model and forgotten here would make two CDRs one.</summary>
    [Fact]
    public void Every_member_that_is_read_counts()
    {
        var sample = Members.Sample<CdrReading.Read>();
        var digest = CanonicalContent.Digest(sample, Key);
        string[] without =
        [
            "Cdr.Version", "Cdr.LastUpdated", "Tariffs[]Version", "Tariffs[]LastUpdated",
            "UnknownKeys[]", // by the hash of the tariff
            "Personal.SignedData", // by its digest in the CDR
            "Personal.Misread", // by a digest of its own
        ];

        Members.Changed(sample)
            .Where(change => !change.Path.StartsWith("Findings", StringComparison.Ordinal)
                && !change.Path.StartsWith("Unknown", StringComparison.Ordinal)
                && !without.Any(member => change.Path.EndsWith(member, StringComparison.Ordinal)))
            .Where(change => CanonicalContent.Digest(change.Value, Key).AsSpan().SequenceEqual(digest))
            .Select(change => change.Path).ShouldBeEmpty("these members could be changed unnoticed");
    }

    private static byte[] Digest(ReadOnlyMemory<byte> json) => CanonicalContent.Digest(Read(json), Key);

    private static CdrReading.Read Read(ReadOnlyMemory<byte> json) =>
        CdrReader.Read(json, new CdrReadOptions()).ShouldBeOfType<CdrReading.Read>();

    private static byte[] Written(CdrReading.Read read)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            CdrJson.Write(json, Received(read), read.Personal, read.Cdr.Version);
        }

        return bytes.ToArray();
    }

    private static CdrFact.CdrReceived Received(ReadOnlyMemory<byte> json) => Received(Read(json));

    private static CdrFact.CdrReceived Received(CdrReading.Read read) => new(
        read.Cdr, Convert.ToHexStringLower(CanonicalContent.Digest(read, Key)), read.Personal.TokenUid!.ToLowerInvariant(),
        JsonSerializer.Serialize(read.Personal), read.Cdr.End, new YearMonth(2026, 10), "test", 0, [], [])
    {
        Unread = CanonicalContent.Unread(read, Key),
    };

    private static byte[] Changed(ReadOnlyMemory<byte> json, string member, string value)
    {
        var cdr = JsonNode.Parse(json.Span)!;
        cdr[member] = JsonNode.Parse(value);
        return Encoding.UTF8.GetBytes(cdr.ToJsonString());
    }

    private static string Id(ReadOnlyMemory<byte> json) => (string)JsonNode.Parse(json.Span)!["id"]!;
}
