using System.IO.Compression;
using System.Text;
using Settlement.Api.Intake;
using Settlement.Tests.Intake;

namespace Settlement.Tests.Readers;

/// <summary>Files as platforms write them: every CDR gets in, and what cannot be cut into documents is kept.</summary>
public sealed class KeptFileTests
{
    private const string A = """{"id":"a"}""";
    private const string B = """{"id":"b"}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>File, objects cut out of it, code of what could not be, and how that begins.</summary>
    public static TheoryData<string, int, string, string> Files => new()
    {
        { "a-bom.jsonl", 2, "", "" },
        { "b-crlf-blank.jsonl", 2, "", "" },
        { "c-utf16.json", 2, "", "" },
        { "d-multi.jsonl.gz", 2, "", "" },
        { "e-gz-noext.json", 1, "", "" },
        { "f-gz-trailing.jsonl.gz", 1, "", "" },
        { "g-gz-truncated.jsonl.gz", 37, "file.truncated", "{\"country_code\"" },
        { "h-bad-line.jsonl", 2, "json.malformed", "{\"id\": \"broken\"" },
        { "i-concat.json", 2, "", "" },
        { "j-trailing-comma.json", 2, "", "" },
        { "k-single.json", 1, "", "" },
        { "l-envelope.json", 2, "", "" },
        { "m-envelope-error.json", 1, "", "" },
        { "n-envelope-single.json", 1, "", "" },
        { "o-dup-key.jsonl", 2, "", "" },
        { "p-rs.json", 2, "", "" },
        { "q-empty.json", 0, "file.empty", "" },
        { "r-empty-array.json", 0, "", "" },
        { "s-nested.json", 0, "json.malformed", "[{\"country_code\"" },
        { "t-no-newline-gz.jsonl.gz", 2, "", "" },
        { "u-latin1.jsonl", 2, "", "" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Each_file_gives_its_objects(string file, int objects, string code, string kept)
    {
        await using var stream = File.OpenRead(FaultVectors.Path("Files", file));
        var items = await All(stream);

        items.Count(item => item.Refusal is null).ShouldBe(objects);
        items.Select(item => item.Refusal?.Code).OfType<string>().ShouldBe(code.Length == 0 ? [] : [code]);
        if (code.Length > 0)
        {
            Text(items.Single(item => item.Refusal is not null)).ShouldStartWith(kept);
        }
    }

    [Theory]
    [InlineData($"{A}\n}}{{\n{B}\n", 2, "}{")]
    [InlineData($"{A}\n{B} rubbish\n{A}\n", 2, $"{B} rubbish")]
    [InlineData($"{A} rubbish {B}", 1, $"rubbish {B}")]
    [InlineData($"[{A},{{\"id\":[1}},{B}]", 1, $"{{\"id\":[1}},{B}]")]
    [InlineData($"[\n{A},\n{{\"id\":[1}},\n{B}\n]", 2, "{\"id\":[1},")]
    [InlineData($"{{\"data\":[{A}],]", 1, "],]")]
    [InlineData($"{A}{{\"id\":", 1, "{\"id\":")]
    public async Task What_cannot_be_cut_into_documents_is_handed_on_with_its_line(string text, int objects, string kept)
    {
        var items = await All(new MemoryStream(Encoding.UTF8.GetBytes(text)));

        items.Count(item => item.Refusal is null).ShouldBe(objects);
        var refused = items.Single(item => item.Refusal is not null);
        refused.Refusal!.Message.ShouldStartWith("line ");
        kept.ShouldEndWith(Text(refused));
        Text(refused).Length.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task The_rest_of_a_file_that_is_kept_is_no_longer_than_a_document_may_be()
    {
        var text = $"{A}rubbish{new string('x', 11 * 1024 * 1024)}";
        var items = await All(new MemoryStream(Encoding.UTF8.GetBytes(text)));

        items.Select(item => item.Refusal?.Code).ShouldBe([null, "json.malformed"]);
        items[1].Json.Length.ShouldBe(10 * 1024 * 1024);
    }

    [Fact]
    public async Task Blanks_without_end_are_read_in_flat_memory_and_refused_at_a_bound()
    {
        var packed = new MemoryStream();
        await using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var blanks = Encoding.UTF8.GetBytes(new string(' ', 1 << 20));
            for (var i = 0; i < 64; i++)
            {
                await zip.WriteAsync(blanks, Stop);
            }
        }

        packed.Position = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var items = new List<RawObject>();
        await foreach (var chunk in CdrFile.Read(packed, 32 << 20, Stop))
        {
            items.AddRange(chunk.Objects);
        }

        items.ShouldHaveSingleItem().Refusal!.Code.ShouldBe("file.no-object");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 << 20);
    }

    [Fact]
    public async Task A_file_of_other_documents_is_not_read_to_its_end()
    {
        await using var town = await Town.Begin();
        var import = new CdrImport(town.Engine.Intake, new()) { MostUnreadable = 1500 };

        var tally = await import.Run(Same(100_000, town), null, Stop);

        tally.Stopped!.Code.ShouldBe("file.unreadable");
        tally.Total.ShouldBe(2000, "two batches");
        tally.FirstUnread.Count.ShouldBe(ImportTally.MostShown);
        (await town.Count("select count(*) from log.mt_events where tenant_id = '@intake'")).ShouldBe(1, "the same is kept once");
    }

    [Fact]
    public async Task One_bad_line_of_an_import_leaves_the_others_and_each_is_told_by_line_and_field()
    {
        await using var town = await Town.Begin();
        var good = await File.ReadAllLinesAsync(FaultVectors.Path("Files", "b-crlf-blank.jsonl"), Stop);
        var cdr = good[0].Trim();
        var lines = new[]
        {
            Named(cdr, "ONE"),
            Named(cdr, "TWO").Replace("\"2026-10-05T03:59:59Z\"", "\"12:39:093Z\"", StringComparison.Ordinal),
            "}{",
            Named(cdr, "FOUR").Replace("\"total_energy\": 10", "\"total_energy\": \"\\ud800\"", StringComparison.Ordinal),
            Named(cdr, "FIVE"),
            Named(cdr, "SIX") + " rubbish",
            Named(cdr, "SEVEN"),
        };
        var file = Path.Combine(Path.GetTempPath(), $"readers-{Guid.NewGuid():N}.jsonl");
        await File.WriteAllLinesAsync(file, lines, Stop);
        var (exit, output, errors) = await town.Program("import", file);
        File.Delete(file);

        exit.ShouldBe(1, errors);
        output.ShouldContain("7 CDRs:");
        output.ShouldContain("4 unreadable (kept), 0 no JSON object");
        errors.ShouldContain("line 2: /end_date_time: is not a time");
        errors.ShouldContain("line 3, byte");
        errors.ShouldContain("line 4: /total_energy: a text contains half a surrogate pair");
        errors.ShouldContain("line 6, byte");
        (await town.Count("select count(*) from log.mt_events where tenant_id = '@intake' and type = 'document_held'"))
            .ShouldBe(4);
        (await town.Count("select count(*) from cdrs where cdr_id in ('ONE', 'FIVE', 'SEVEN')")).ShouldBe(3);
    }

    private static string Named(string cdr, string id) => cdr
        .Replace("\"id\": \"BUG-F-003\"", $"\"id\": \"{id}\"", StringComparison.Ordinal)
        .Replace("\"session_id\": \"", $"\"session_id\": \"{id}", StringComparison.Ordinal);

    private static async IAsyncEnumerable<IncomingCdr> Same(int count, Town town)
    {
        for (var i = 1; i <= count; i++)
        {
            yield return new IncomingCdr("{}"u8.ToArray(), $"file line {i}", town.Engine.Now);
        }

        await Task.CompletedTask;
    }

    private static async Task<List<RawObject>> All(Stream stream)
    {
        var items = new List<RawObject>();
        await foreach (var chunk in CdrFile.Read(stream, Stop))
        {
            items.AddRange(chunk.Objects);
        }

        return items;
    }

    private static string Text(RawObject item) => Encoding.UTF8.GetString(item.Json.Span);
}
