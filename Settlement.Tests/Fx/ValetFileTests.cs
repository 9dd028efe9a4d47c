using System.Text;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Fx;

namespace Settlement.Tests.Fx;

/// <summary>Files of the Bank of Canada's Valet service.</summary>
public sealed class ValetFileTests
{
    private const string Json =
        """
        {"terms":{"url":"https://www.bankofcanada.ca/terms/"},
         "seriesDetail":{"FXUSDCAD":{"label":"USD/CAD"},"FXTRYCAD":{"label":"TRY/CAD"}},
         "observations":[
          {"d":"2026-10-29","FXUSDCAD":{"v":"1.4021"},"FXTRYCAD":{"v":"0.03340"}},
          {"d":"2026-10-30","FXUSDCAD":{"v":"1.4049"},"FXTRYCAD":{"v":""},"V39079":{"v":"2.25"}}]}
        """;

    private const string Csv =
        "\"TERMS AND CONDITIONS\"\r\n\"https://www.bankofcanada.ca/terms/\"\r\n\r\n\"SERIES\"\r\n"
        + "\"id\",\"label\",\"description\"\r\n\"FXUSDCAD\",\"USD/CAD\",\"US dollar to Canadian dollar, daily\"\r\n\r\n"
        + "\"OBSERVATIONS\"\r\n\"date\",\"FXUSDCAD\",\"FXTRYCAD\"\r\n\"2026-10-29\",\"1.4021\",\"0.03340\"\r\n"
        + "\"2026-10-30\",\"1.4049\",\"\"\r\n";

    private static (ValetContent? Content, Refusal? Refusal) Read(string text) =>
        ValetFile.Read(Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData(Json)]
    [InlineData("\uFEFF" + Json)]
    [InlineData(Csv)]
    [InlineData("\uFEFF" + Csv)]
    public void Values_are_kept_as_published_and_an_empty_cell_is_no_observation(string file)
    {
        var content = Read(file).Content!;

        content.Values.Select(v => (v.Series.Pair, v.Date, v.Text)).ShouldBe(
        [
            ("USD/CAD", new LocalDate(2026, 10, 29), "1.4021"), ("TRY/CAD", new LocalDate(2026, 10, 29), "0.03340"),
            ("USD/CAD", new LocalDate(2026, 10, 30), "1.4049"),
        ], ignoreOrder: true);
        content.Empty.ShouldBe(1);
    }

    [Fact]
    public void A_series_that_is_no_rate_is_passed_over_and_named() => Read(Json).Content!.Skipped.ShouldBe(["V39079"]);

    [Theory]
    [InlineData("""{"observations":[{"d":"2026-10-30","FXUSDCAD":{"v":"1,4049"}}]}""", "'1,4049' is no rate of FXUSDCAD")]
    [InlineData("""{"observations":[{"d":"2026-10-30","FXUSDCAD":{"v":"Bank holiday"}}]}""", "observation 1")]
    [InlineData("""{"observations":[{"d":"2026-10-30","FXUSDCAD":{"v":"-1.4"}}]}""", "'-1.4'")]
    [InlineData("""{"observations":[{"d":"2026-10-30","FXUSDCAD":{"v":"0"}}]}""", "'0'")]
    [InlineData("""{"observations":[{"d":"2026-10-30","FXUSDCAD":{"v":1e2}}]}""", "'1e2'")]
    [InlineData("""{"observations":[{"d":"2026-13-30","FXUSDCAD":{"v":"1.4"}}]}""", "'2026-13-30' is no day")]
    [InlineData("""{"observations":[{"FXUSDCAD":{"v":"1.4"}}]}""", "observation 1 has no day")]
    [InlineData("""{"observations":[{"d":"2026-10-30","FXUSDCAD":{"v":"1.4"}},{"d":"2026-10-30","FXUSDCAD":{"v":"1.5"}}]}""", "two values")]
    [InlineData("""{"observations":[{"d":"2026-10-02","FXMUSDCAD":{"v":"1.4"}}]}""", "not the first")]
    [InlineData("""{"observations":""", "no JSON")]
    [InlineData("""{"message":"Series not found"}""", "no list of observations")]
    [InlineData("date;FXUSDCAD\n2026-10-30;1.4\n", "no line that begins with date")]
    [InlineData("date,FXUSDCAD\n2026-10-30,1.4,2\n", "line 2 has 3 cells, its head 2")]
    [InlineData("date,FXUSDCAD\n2026-10-30,NA\n", "line 2, column 2: 'NA'")]
    public void What_cannot_be_read_is_refused_with_its_place_and_nothing_of_the_file_counts(string file, string says)
    {
        var (content, refusal) = Read(file);

        content.ShouldBeNull();
        refusal!.Code.ShouldBe("fx.malformed");
        refusal.Message.ShouldContain(says);
    }

    [Fact]
    public void A_number_in_json_is_taken_with_its_own_digits() =>
        Read("""{"observations":[{"d":"2026-10-30","FXKRWCAD":{"v":0.000990}}]}""").Content!.Values[0].Text
            .ShouldBe("0.000990");
}
