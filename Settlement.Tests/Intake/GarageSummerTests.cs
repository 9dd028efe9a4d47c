using NodaTime;

namespace Settlement.Tests.Intake;

/// <summary>1,500 sessions of a garage in Pasadena from May to August: a file and four months at once.</summary>
public sealed class GarageSummerTests
{
    [Fact]
    public async Task Every_session_is_settled_at_its_claim_to_the_cent_and_every_month_reports()
    {
        var stop = TestContext.Current.CancellationToken;
        var file = Path.GetTempFileName();
        await File.WriteAllLinesAsync(file, GarageSummer.Lines(), stop);
        await using var town = await Town.Begin();
        var (exit, output, errors) = await town.Program("import", file);
        File.Delete(file);

        exit.ShouldBe(0, errors);
        output.ShouldContain("1,500 CDRs: 1,500 posted, 0 held");
        (await town.Count("select count(*) from ledger_entries where net <> round(claimed * 100)")).ShouldBe(0);
        var sessions = 0L;
        foreach (var month in Enumerable.Range(5, 4))
        {
            var report = await town.Engine.Reports.Report(new YearMonth(2021, month), ["CA-FLO~US-ACN"], stop);
            report.TieOuts.ShouldAllBe(tie => tie.Holds);
            report.TieOuts.ShouldNotBeEmpty();
            sessions += report.Directions.Single().Sums.Sessions;
        }

        sessions.ShouldBe(1500);
    }
}
