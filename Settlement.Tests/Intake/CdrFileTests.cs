using System.IO.Compression;
using System.Text;
using Settlement.Api.Intake;
using Settlement.Domain.Ocpi;

namespace Settlement.Tests.Intake;

public sealed class CdrFileTests
{
    private const string A = """{"id":"a","note":"} ] \" {","list":[1,{"x":[]}]}""";
    private const string B = """{"id":"b","data":"no page"}""";
    private const string C = """{"id":"c"}""";

    public static TheoryData<string, string> WholeFiles() => new()
    {
        { "array", $"[{A},{B},{C}]" },
        { "array over lines", $"[\n  {A},\n  {B},\n  {C}\n]\n" },
        { "array with nulls and stray commas", $"[null,{A},,{B},\nnull, {C},]" },
        { "page", $$"""{"data":[{{A}},{{B}},{{C}}],"status_code":1000,"timestamp":"2026-01-01"}""" },
        { "page, data last", $$"""{ "status_code" : 1000, "data" : [ {{A}}, {{B}}, {{C}} ] }""" },
        { "page and a line break", $$"""{"data":[{{A}},{{B}},{{C}}],"status_code":1000}""" + "\n" },
        { "two pages", $$"""{"data":[{{A}},{{B}}]}""" + "\n" + $$"""{"data":[{{C}}],"status_code":1000}""" },
        { "pages of one object", $$"""{"data":{{A}},"status_code":1000}{"data":{{B}}} {"data":{{C}}}""" },
        { "JSON lines", $"{A}\n{B}\n{C}\n" },
        { "JSON lines, blank lines, carriage returns, no last break", $"\uFEFF\n{A}\r\n\r\n{B}\r\n{C}" },
        { "objects one behind the other", $"{A}{B} {C}" },
        { "objects over several lines", A.Replace(",\"", ",\n\"") + "\n" + B + "\n" + C },
    };

    [Theory]
    [MemberData(nameof(WholeFiles))]
    public async Task Every_form_gives_the_objects_byte_for_byte_plain_and_gzipped(string form, string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        foreach (var bytes in new[] { plain, Gzip(plain) })
        {
            foreach (var step in new[] { 1, 7, 100_000 })
            {
                var items = await All(new Dribble(bytes, step));
                items.ShouldAllBe(item => item.Refusal == null, form);
                items.Select(item => Text(item).Replace("\n", "", StringComparison.Ordinal))
                    .ShouldBe([A, B, C], form);
                foreach (var item in items)
                {
                    plain.AsSpan((int)item.Offset).TrimStart("\r\n"u8).StartsWith(item.Json.Span)
                        .ShouldBeTrue(form);
                }
            }
        }
    }

    [Fact]
    public async Task A_single_object_is_one()
    {
        var items = await All(new Dribble(Encoding.UTF8.GetBytes($"\n\n {A}\n"), 5));
        items.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            item => item.Line.ShouldBe(3),
            item => item.Offset.ShouldBe(3),
            item => item.Refusal.ShouldBeNull());
    }

    [Theory]
    [InlineData("{\"id\":\"x\"")]              // not closed
    [InlineData("{\"id\":\"x}")]               // a text not closed
    [InlineData("{\"id\":\"x\"}}")]            // closed twice
    [InlineData("plain text")]
    [InlineData("[{\"id\":1}")]
    public async Task In_JSON_lines_a_malformed_line_is_refused_by_number_and_the_rest_is_read(string bad)
    {
        var items = await All(new Dribble(Encoding.UTF8.GetBytes($"{A}\n{bad}\n{B}\n{C}"), 9));
        items.Select(item => (item.Line, item.Refusal?.Code))
            .ShouldBe([(1, null), (2, "json.malformed"), (3, null), (4, null)]);
        items[1].Refusal!.Message.ShouldStartWith($"line 2, byte ");
    }

    [Fact]
    public async Task A_malformed_first_line_does_not_hide_that_these_are_JSON_lines()
    {
        var items = await All(new Dribble(Encoding.UTF8.GetBytes($"{{\"id\":\"broken\n{A}\n{B}"), 6));
        items.Select(item => item.Refusal?.Code).ShouldBe(["json.malformed", null, null]);
    }

    [Fact]
    public async Task In_an_array_a_malformed_object_ends_the_readable_part_and_names_its_byte()
    {
        var text = $"[{A},{{\"id\":[1}},{B}]";
        var items = await All(new Dribble(Encoding.UTF8.GetBytes(text), 11));
        items.Select(item => item.Refusal?.Code).ShouldBe([null, "json.malformed"]);
        items[1].Refusal!.Message.ShouldBe(
            $"line 1, byte {text.IndexOf("1}", StringComparison.Ordinal) + 1}: "
            + "the object that begins in line 1 is malformed; "
            + "what came before was read, nothing after it");
    }

    [Theory]
    [InlineData("{\"id\":[1}")]
    [InlineData("{\"id\":\"not closed}")]
    [InlineData("{\"id\":{\"x\":1}")]
    [InlineData("oops")]
    public async Task Where_every_object_begins_its_own_line_reading_goes_on_at_the_next(string bad)
    {
        var items = await All(
            new Dribble(Encoding.UTF8.GetBytes($"[\n  {A},\n  {bad},\n  {B},\n  {C}\n]"), 13));
        items.Select(item => item.Refusal?.Code).ShouldBe([null, "json.malformed", null, null]);
        Encoding.UTF8.GetString(items[3].Json.Span).ShouldBe(C);
        items[1].Refusal!.Message.ShouldEndWith("the rest was read");
    }

    [Fact]
    public async Task Where_objects_inside_objects_begin_lines_alike_nothing_is_guessed()
    {
        var nested = "{\n\"id\":\"n\",\n\"inner\":\n{\n\"x\":1\n}\n}";
        var items = await All(
            new Dribble(Encoding.UTF8.GetBytes($"[\n{nested},\n{{\"id\":[1}},\n{nested}\n]"), 13));
        items.Select(item => item.Refusal?.Code).ShouldBe([null, "json.malformed"]);
    }

    [Fact]
    public async Task A_value_that_is_well_formed_in_brackets_only_is_left_to_the_reader()
    {
        var items = await All(new Dribble(Encoding.UTF8.GetBytes($"[{A},{{\"id\":tru}},{B}]"), 13));
        items.Count.ShouldBe(3);
        items.ShouldAllBe(item => item.Refusal == null);
        CdrReader.Read(items[1].Json, new CdrReadOptions()).ShouldBeOfType<CdrReading.Unreadable>()
            .Refusal.ShouldBe(new Domain.Refusal(
                "json.malformed", "stops being JSON of at most 64 levels at line 1, byte 10"));
    }

    [Theory]
    [InlineData("lines")]
    [InlineData("array")]
    public async Task An_object_over_10_MB_is_left_out_and_the_rest_is_read(string form)
    {
        var large = "{\"id\":\"" + new string('x', JsonText.MaxBytes) + "\\\"\"}";
        var text = form == "lines" ? $"{A}\n{large}\n{B}" : $"[{A},{large},{B}]";
        var items = await All(new Dribble(Encoding.UTF8.GetBytes(text), 100_000));
        items.Select(item => item.Refusal?.Code).ShouldBe([null, "cdr.too-large", null]);
        Encoding.UTF8.GetString(items[2].Json.Span).ShouldBe(B);
    }

    [Theory]
    [InlineData("", "file.empty")]
    [InlineData(" \n ", "file.empty")]
    [InlineData("id;kwh\n1;2\n", "file.not-json")]
    [InlineData("[{\"id\":1},{\"id\"", "file.truncated")]
    [InlineData("[{\"id\":1}", "file.truncated")]
    [InlineData("{\"data\":[{\"id\":1}]", "file.truncated")]
    [InlineData("[{\"id\":1}] x", "json.malformed")]
    public async Task A_file_that_cannot_be_read_to_its_end_says_why(string text, string code)
    {
        var items = await All(new Dribble(Encoding.UTF8.GetBytes(text), 3));
        items[^1].Refusal!.Code.ShouldBe(code);
        items.Count(
            item => item.Refusal is null).ShouldBe(text.Contains("1}", StringComparison.Ordinal) ? 1 : 0);
    }

    [Fact]
    public async Task A_broken_off_gzip_keeps_what_came_before()
    {
        var lines = string.Concat(
            Enumerable.Range(0, 20_000).Select(i => $"{{\"id\":\"{i}\",\"x\":\"{i * 7919L % 104_729}\"}}\n"));
        var whole = Gzip(Encoding.UTF8.GetBytes(lines));
        var items = await All(new Dribble(whole[..(whole.Length / 2)], 5000));
        items[^1].Refusal!.Code.ShouldBe("file.truncated");
        var good = items.TakeWhile(item => item.Refusal is null).Count();
        good.ShouldBeInRange(1000, 19_000);
        items.Count.ShouldBeInRange(good + 1, good + 2); // the line it broke off in, and why
    }

    private static string Text(RawObject item) => Encoding.UTF8.GetString(item.Json.Span);

    private static async Task<List<RawObject>> All(Stream stream)
    {
        var items = new List<RawObject>();
        await foreach (var chunk in CdrFile.Read(stream, TestContext.Current.CancellationToken))
        {
            items.AddRange(chunk.Objects);
        }

        return items;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            zip.Write(bytes);
        }

        return packed.ToArray();
    }

    /// <summary>Gives a few bytes at a time, as a slow pipe does.</summary>
    private sealed class Dribble(byte[] bytes, int step) : Stream
    {
        private int at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => at;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(Math.Min(step, buffer.Length), bytes.Length - at);
            bytes.AsSpan(at, count).CopyTo(buffer);
            at += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read(buffer.Span));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
