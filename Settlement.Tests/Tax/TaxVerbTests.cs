using System.CommandLine;
using System.Text.Json;
using Settlement.Api;
using Settlement.Api.Tax;

namespace Settlement.Tests.Tax;

/// <summary>The shape that people script against.</summary>
public class TaxVerbTests
{
    [Fact]
    public void The_answer_is_one_JSON_object_of_decimal_strings()
    {
        var (code, output) = Run(
            "--place", "CA-QC", "--amount", "100.00", "--currency", "CAD", "--on", "2026-10-01", "--json");
        code.ShouldBe(ExitCode.Done);
        output.ShouldBe("""
            {"outcome":"determined","lines":[
            {"tax":"GST","jurisdiction":"CA-QC","rule":"CA-QC:GST:2008-01-01","rate":"0.05",
            "base":"100.00","amount":"5.00","disposition":"charged","because":"5 % of the price"},
            {"tax":"QST","jurisdiction":"CA-QC","rule":"CA-QC:QST:2013-01-01","rate":"0.09975",
            "base":"100.00","amount":"9.98","disposition":"charged","because":"9.975 % of the price"}],
            "net":"100.00","tax":"14.98","total":"114.98","reason":null}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public void A_per_kWh_line_has_its_amount_per_kWh_instead_of_a_rate()
    {
        var (_, output) = Run(
            "--place", "US-IA", "--amount", "10", "--on", "2026-10-01", "--kwh", "30", "--buyer", "reseller",
            "--json");
        using var json = JsonDocument.Parse(output);
        var line = json.RootElement.GetProperty("lines")[0];
        line.GetProperty("per_kwh").GetString().ShouldBe("0.026");
        line.TryGetProperty("rate", out _).ShouldBeFalse();
        json.RootElement.GetProperty("total").GetString().ShouldBe("10.78");
    }

    [Theory]
    [InlineData("US-WA", "tax.undetermined")]
    [InlineData("US-IA", "tax.kwh-missing", "--buyer", "reseller")]
    [InlineData("US-NY", "local.not-loaded", "--locality", "Albany")]
    [InlineData("US-WI", "station.fact-missing", "--kwh", "30")]
    [InlineData("US-KY", "tax.undetermined", "--kwh", "30", "--kw", "50")]
    public void An_undetermined_answer_exits_with_1_and_gives_the_code_as_its_reason(
        string place, string reason, params string[] more)
    {
        var (code, output) = Run(
            ["--place", place, "--amount", "10", "--on", "2026-10-01", "--json", .. more]);
        code.ShouldBe(ExitCode.Found);
        using var json = JsonDocument.Parse(output);
        json.RootElement.GetProperty("outcome").GetString().ShouldBe("undetermined");
        json.RootElement.GetProperty("reason").GetString().ShouldBe(reason);
        json.RootElement.GetProperty("tax").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public void Without_a_locality_the_states_tax_is_told_with_its_reason()
    {
        var (code, output) = Run("--place", "US-NY", "--amount", "10", "--on", "2026-10-01", "--json");
        code.ShouldBe(ExitCode.Done);
        output.ShouldContain("\"total\":\"10.40\",\"reason\":\"local.not-loaded\"");
    }

    [Theory]
    [InlineData("Albany", "8.00")]
    [InlineData("albany", "8.00")]
    [InlineData("county-albany", "8.00")]
    [InlineData("Buffalo", null)]
    public void With_local_rates_a_locality_is_answered_in_full(string locality, string? tax)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.csv");
        File.WriteAllText(
            path, "state,area,code,name,rate,from,to\nUS-NY,Albany,county-albany,Albany County,0.04,,\n");
        try
        {
            var (_, output) = Run(
                "--place", "US-NY", "--amount", "100", "--on", "2026-10-01", "--json", "--locality", locality,
                "--local-rates", path);
            using var json = JsonDocument.Parse(output);
            json.RootElement.GetProperty("tax").GetString().ShouldBe(tax);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("2025-04-01", "114.00")]
    [InlineData("2025-03-31", "115.00")]
    public void The_document_date_decides_in_Nova_Scotia(string invoiced, string total) =>
        Run("--place", "CA-NS", "--amount", "100", "--on", "2025-03-31", "--invoiced", invoiced,
            "--json").Output
            .ShouldContain($"\"total\":\"{total}\"");

    [Fact]
    public void A_person_reads_the_source_of_every_rule() =>
        Run("--place", "CA-NS", "--amount", "100", "--on", "2026-10-01").Output.ShouldContain("SOR/2025-77");

    [Theory]
    [InlineData("--place", "US-ZZ", "--amount", "10", "--on", "2026-10-01")]
    [InlineData("--place", "CA-QC", "--amount", "10.001", "--on", "2026-10-01")]
    [InlineData("--place", "CA-QC", "--amount", "10", "--on", "2026-10-01", "--currency", "XQQ")]
    public void Wrong_use_exits_with_2(params string[] args) => Run(args).Code.ShouldBe(ExitCode.WrongUse);

    [Theory]
    [InlineData("--place", "CA-QC", "--amount", "10", "--on", "yesterday")]
    [InlineData("--place", "CA-QC", "--amount", "10", "--on", "2026-10-01", "--component", "FUN")]
    [InlineData("--place", "CA-QC", "--amount", "ten", "--on", "2026-10-01")]
    public void A_word_that_is_no_option_value_is_an_error_of_use(params string[] args) =>
        TaxVerb.Create().Parse(args).Errors.ShouldNotBeEmpty();

    private static (int Code, string Output) Run(params string[] args)
    {
        using var output = new StringWriter();
        var parsed = TaxVerb.Create().Parse(args);
        parsed.Errors.ShouldBeEmpty();
        var code = parsed
            .Invoke(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false });
        return (code, output.ToString().TrimEnd());
    }
}
