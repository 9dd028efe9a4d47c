using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Api.Files;
using Settlement.Domain.Ledger;

namespace Settlement.Tests.Files;

/// <summary>CSV and JSON lines: the same content, nothing that a spreadsheet evaluates, nothing that a culture changes.</summary>
public sealed class RowsTests
{
    private static readonly IReadOnlyList<Column> One = [new("cell")];

    private static readonly IReadOnlyList<Column> Two = [new("cell"), new("last")];

    private static readonly IReadOnlyList<Column> Several =
        [new("text"), new("flag"), new("whole"), new("number"), new("amount"), new("day"), new("moment"), new("nothing")];

    [Fact]
    public void A_csv_row_is_as_RFC_4180_and_Excel_want_it() => Csv(Several, Fill).ShouldBe(
        "\uFEFFtext,flag,whole,number,amount,day,moment,nothing\r\n"
        + "\"a \"\"b\"\", c\",true,-7,12.30,-0.05,2026-10-31,2026-10-31T23:59:59Z,\r\n");

    [Fact]
    public void A_json_line_tells_the_same_with_money_as_text() => JsonLines(Several, Fill).ShouldBe(
        """{"text":"a \"b\", c","flag":true,"whole":-7,"number":12.30,"amount":"-0.05","day":"2026-10-31","moment":"2026-10-31T23:59:59Z","nothing":null}""" + "\n");

    [Fact]
    public void A_fraction_of_a_second_is_kept() => Csv(One, rows =>
    {
        rows.Moment(Instant.FromUtc(2026, 1, 2, 3, 4, 5) + Duration.FromMilliseconds(120));
        rows.EndRow();
    }).ShouldEndWith("2026-01-02T03:04:05.12Z\r\n");

    [Fact]
    public void Any_text_comes_back_from_both() => Prop.ForAll(Texts(), text =>
    {
        using var reader = new CsvReader(
            new StringReader(Csv(Two, rows => Row(rows, text)).TrimStart('\uFEFF')), CultureInfo.InvariantCulture);
        reader.Read();
        reader.ReadHeader();
        reader.Read();
        var cell = reader.GetField(0)!;
        var plain = Formulas.Begins(text) ? cell[1..] : cell;
        var line = JsonDocument.Parse(JsonLines(Two, rows => Row(rows, text))).RootElement.GetProperty("cell").GetString() ?? "";
        return plain == text && line == text && (cell.Length == 0 || !Formulas.Begins(cell));
    }).Check(Laws.Config(500));

    [Fact]
    public void An_amount_is_written_as_money_writes_itself() =>
        Prop.ForAll(ArbMap.Default.ArbFor<long>(), Gen.Elements("CAD", "JPY", "TND").ToArbitrary(), (minor, code) =>
        {
            var currency = Currency.Of(code);
            return Cell(rows => rows.Amount(minor, currency)) == new Money(minor, currency).Text();
        }).Check(Laws.Config(1000));

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(0L)]
    [InlineData(-99L)]
    public void An_amount_at_the_edge_is_written_too(long minor) =>
        Cell(rows => rows.Amount(minor, Currency.Of("CAD"))).ShouldBe(new Money(minor, Currency.Of("CAD")).Text());

    [Fact]
    public void Another_culture_changes_no_byte()
    {
        var plain = (Csv(Several, Fill), JsonLines(Several, Fill));
        foreach (var culture in Cultures.Three)
        {
            Cultures.In(culture, () => (Csv(Several, Fill), JsonLines(Several, Fill))).ShouldBe(plain);
        }
    }

    private static void Fill(IRows rows)
    {
        rows.Text("a \"b\", c");
        rows.Flag(true);
        rows.Whole(-7);
        rows.Number(12.30m);
        rows.Amount(-5, Currency.Of("CAD"));
        rows.Day(new LocalDate(2026, 10, 31));
        rows.Moment(Instant.FromUtc(2026, 10, 31, 23, 59, 59));
        rows.Empty();
        rows.EndRow();
    }

    private static void Row(IRows rows, string text)
    {
        rows.Text(text);
        rows.Text("end");
        rows.EndRow();
    }

    private static string Cell(Action<IRows> cell) => Csv(One, rows =>
    {
        cell(rows);
        rows.EndRow();
    }).Split("\r\n")[1];

    private static Arbitrary<string> Texts() => Gen.Elements("=1+1", "+", "-5", "@x", "\tx", "＝A1", "a,b", "\"", "é 漢", "👍",
            "line\r\nbreak", "\\", "\u2028", "plain", " ", "'=1")
        .ListOf().Select(parts => string.Concat(parts))
        .Where(text => !text.Contains('\0', StringComparison.Ordinal)).ToArbitrary();

    private static string Csv(IReadOnlyList<Column> columns, Action<IRows> fill) =>
        Written(to => new CsvRows(to, columns), fill);

    private static string JsonLines(IReadOnlyList<Column> columns, Action<IRows> fill) =>
        Written(to => new JsonLineRows(to, columns), fill);

    private static string Written(Func<Stream, IRows> open, Action<IRows> fill)
    {
        using var to = new MemoryStream();
        var rows = open(to);
        fill(rows);
        rows.Finish();
        return Encoding.UTF8.GetString(to.ToArray());
    }
}
