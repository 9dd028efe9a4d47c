using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Settlement.Domain.Ocpi;

namespace Settlement.Tests.Ocpi;

/// <summary>
/// Whatever bytes come: an answer, never an exception, and the same answer with and without memory.
/// </summary>
public sealed class HostileDocumentTests
{
    private static readonly byte[] Sound = Encoding.UTF8.GetBytes(LenientReadTests.Swap("ref-1", "ref-2"));
    private static readonly byte[] Key = [7];

    /// <summary>Read twice: the first reading may remember the tariff, and the second finds its own tariff known.</summary>
    [Fact]
    public void Damaged_documents_are_read_or_refused_alike_with_and_without_known_tariffs()
    {
        var cache = new TariffCache();
        Vectors.Good(CdrReader.Read(Sound, new CdrReadOptions { Tariffs = cache }));
        Alike(1953560846, cache); // a member twice in its tariff, and no JSON behind it
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue - 1)), seed => Alike(seed, cache))
            .Check(Laws.Config(3000));
    }

    private static void Alike(int seed, TariffCache cache)
    {
        var json = Damage(seed);
        var plain = CdrReader.Read(json, new CdrReadOptions());
        for (var time = 1; time <= 2; time++)
        {
            Said(CdrReader.Read(json, new CdrReadOptions { Tariffs = cache })).ShouldBe(Said(plain), $"time {time}");
        }

        if (plain is CdrReading.Read)
        {
            IsJson(json).ShouldBeTrue();
            CanonicalContent.Digest((CdrReading.Read)plain, Key).Length.ShouldBe(32);
        }
    }

    /// <summary>A member twice in the tariff, and behind it no JSON: the first fault is told, each time.</summary>
    [Theory]
    [InlineData("\"id\":\"T1\"", "\"id\":\"T1\",\"id\":\"T2\"")]
    [InlineData("\"id\":\"T1\"", "\"id\":\"T1\",\"x_vendor\":{\"a\":1,\"a\":2}")]
    [InlineData("\"id\":\"T1\"", "\"id\":\"\\ud83d\"")]
    [InlineData("\"currency\":\"USD\",\"elements\"", "\"currency\":\"USD\",\"elements\":[],\"elements\"")]
    public void Which_fault_is_told_first_does_not_depend_on_the_tariffs_read_before(string sound, string fault)
    {
        var cache = new TariffCache();
        foreach (var end in new[] { "\"total_energy\":10", "\"total_energy\":1O", "\"id\":\"C3\"" })
        {
            var json = Encoding.UTF8.GetBytes(LenientReadTests.Swap(sound, fault)
                .Replace("\"total_energy\":10", end, StringComparison.Ordinal));
            var plain = Said(CdrReader.Read(json, new CdrReadOptions()));
            plain.ShouldContain("/tariffs/0");
            for (var time = 1; time <= 2; time++)
            {
                Said(CdrReader.Read(json, new CdrReadOptions { Tariffs = cache })).ShouldBe(plain, end);
            }
        }
    }

    [Fact]
    public void Documents_that_are_not_JSON_are_never_read() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue - 1)), seed =>
        {
            var json = Damage(seed);
            (IsJson(
                json) || CdrReader.Read(json, new CdrReadOptions()) is CdrReading.Unreadable).ShouldBeTrue();
        }).Check(Laws.Config(1000));

    [Fact]
    public void A_document_of_odd_members_only_costs_little()
    {
        var many = string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"\"m{i}\":{{\"a\":[1,{i}]}}"));
        var reading = CdrReader.Read(Encoding.UTF8.GetBytes($"{{{many}}}"), new CdrReadOptions());
        reading.UnknownFields.ShouldBe(200_000);
        reading.UnknownFieldNames.Count.ShouldBe(20);
    }

    [Fact]
    public void Lists_of_millions_of_empty_objects_are_refused_before_they_fill_the_memory()
    {
        var many = string.Join(',', Enumerable.Repeat("{}", 600_000));
        var location = $"{{\"id\":\"L\",\"country\":\"CAN\",\"evses\":[{many}]}}";
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = LocationReader.Read(Encoding.UTF8.GetBytes(location)).ShouldBeOfType<LocationReading.Unreadable>().Refusal;
        refusal.Code.ShouldBe("json.too-many-elements");
        refusal.Message.ShouldStartWith("/evses/");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000_000);

        Vectors.Read(LenientReadTests.Swap("{\"type\":\"ENERGY\",\"volume\":10}", many))
            .ShouldBeOfType<CdrReading.Unreadable>().Refusal.Code.ShouldBe("json.too-many-elements");
    }

    [Fact]
    public void A_document_of_faults_only_keeps_a_bounded_number_of_findings()
    {
        var faults = string.Join(',', Enumerable.Repeat("{\"type\":\"POWER\",\"volume\":\"1\"}", 1000));
        var json = LenientReadTests.Swap("{\"type\":\"ENERGY\",\"volume\":10}", faults);
        var reading = Vectors.Good(Vectors.Read(json));
        reading.Findings.Count.ShouldBe(ReadingNotes.MaxFindings);
        reading.Findings[^1].Code.ShouldBe(IntakeFindings.FindingsTruncated);
        IntakeFindings.Holds(reading.Findings[^1]).ShouldBeTrue();
    }

    /// <summary>One to three bytes changed, dropped, doubled, or a stretch repeated elsewhere.</summary>
    private static byte[] Damage(int seed)
    {
        var random = new Random(seed);
        var bytes = Sound.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, "{}[]\",:\\0e-. n"u8.ToArray()[random.Next(14)]);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(40), bytes.Count - at)));
                    break;
                default:
                    bytes[at] = "0123456789"u8[random.Next(10)];
                    break;
            }
        }

        return [.. bytes];
    }

    private static string Said(CdrReading reading) => JsonSerializer.Serialize(reading switch
    {
        CdrReading.Read(var cdr, var personal) => new object[]
        {
            cdr.ToString(), cdr.Periods, personal.SignedData ?? "", personal.TokenUid ?? "", reading.Findings,
            cdr.Tariffs.Select(tariff => tariff.ContentHash), reading.UnknownFieldNames,
        },
        CdrReading.Unreadable unreadable => [unreadable.Refusal, unreadable.Id ?? "", reading.Findings],
        _ => throw new InvalidOperationException(),
    });

    private static bool IsJson(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(JsonText.Trim(json).ToArray());
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
