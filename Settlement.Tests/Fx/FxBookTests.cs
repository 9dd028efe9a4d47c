using System.Text;
using NodaTime;
using Settlement.Api.Fx;
using Settlement.Api.Tax;
using Settlement.Domain.Agreements;
using Settlement.Domain.Fx;
using Settlement.Tests.Intake;

namespace Settlement.Tests.Fx;

/// <summary>Rates as facts of @book, and what reads them.</summary>
public sealed class FxBookTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly LocalDate Day = new(2026, 10, 30);

    private static ReadOnlyMemory<byte> File(string value) => Encoding.UTF8.GetBytes(
        """{"observations":[{"d":"2026-10-30","FXUSDCAD":{"v":"RATE"},"FXEURCAD":{"v":""}}]}"""
            .Replace("RATE", value, StringComparison.Ordinal));

    [Fact]
    public async Task A_rate_is_recorded_once_and_its_revision_is_another_version()
    {
        await using var town = await Town.Begin();

        (await Record("1.4049")).ShouldBe((1, 0, 0));
        var number = (await town.Engine.Books.Current(Stop)).Number;
        (await Record("1.4049")).ShouldBe((0, 0, 1));
        (await town.Engine.Books.Current(Stop)).Number.ShouldBe(number);
        (await Record("1.4050")).ShouldBe((0, 1, 0));
        (await Record("1.4049")).ShouldBe((0, 1, 0)); // back again is a version too

        var fx = (await town.Engine.Books.Current(Stop)).Fx;
        fx.Versions("FXUSDCAD", Day).Select(v => v.Text).ShouldBe(["1.4049", "1.4050", "1.4049"]);
        fx.On("FXUSDCAD", Day, asOf: number)!.Text.ShouldBe("1.4049");
        fx.On("FXUSDCAD", Day, asOf: number + 1)!.Text.ShouldBe("1.4050");
        fx.On("FXUSDCAD", Day, asOf: number + 1)!.FileSha256.Length.ShouldBe(64);

        async Task<(int, int, int)> Record(string value)
        {
            var (tally, _) = await FxImport.Record(town.Engine, File(value), ValetFile.Source, "ann", Stop);
            return (tally!.Added, tally.Revised, tally.Same);
        }
    }

    [Fact]
    public async Task The_command_line_records_a_file_and_answers_with_a_rate_and_its_source()
    {
        await using var town = await Town.Begin();
        var path = Path.GetTempFileName();
        try
        {
            await System.IO.File.WriteAllBytesAsync(path, File("1.3987").ToArray(), Stop);
            (await town.Program("fx", path)).Output.ShouldStartWith("1 rates added, 0 revised");

            var answer = await town.Program("fx", "usd", "cad", "--on", "2026-11-01", "--amount", "8.25");
            answer.Exit.ShouldBe(0, answer.Errors);
            answer.Output.ShouldBe(
                "1 USD = 1.3987 CAD for 2026-11-01: FXUSDCAD 1.3987 of 2026-10-30 (Bank of Canada Valet)\n"
                + "8.25 USD = 11.54 CAD\n");

            var none = await town.Program("fx", "EUR", "CAD", "--on", "2026-11-01");
            (none.Exit, none.Errors.TrimEnd().EndsWith("(fx.unavailable)", StringComparison.Ordinal)).ShouldBe((2, true));

            await System.IO.File.WriteAllTextAsync(path, "date,FXUSDCAD\n2026-10-30,oops\n", Stop);
            var malformed = await town.Program("fx", path);
            malformed.Exit.ShouldBe(2);
            malformed.Errors.ShouldContain("line 2, column 2: 'oops' is no rate of FXUSDCAD. (fx.malformed)");
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    [Fact]
    public void Canadian_tax_in_dollars_of_the_other_country_gets_its_equivalent_from_the_rate_of_its_tax_date()
    {
        var book = ReferenceBook.Empty.With(
            new BookFact.FxObserved("USD/CAD", "FXUSDCAD", "Bank of Canada Valet", Day, "1.4049", "00", default), 1);

        TaxReportVerb.CadRate(book, "USD", Day.PlusDays(1)).ShouldBe(new Domain.Tax.CadRate(
            1.4049m, "FXUSDCAD 1.4049 of 2026-10-30 (Bank of Canada Valet)"));
        TaxReportVerb.CadRate(book, "USD", Day.PlusDays(-1)).ShouldBeNull();
    }
}
