using System.Globalization;
using NodaTime;
using Settlement.Api;
using Settlement.Api.Pages;
using Settlement.Projections.Privacy;
using Settlement.Tests.EventStore;
using Settlement.Tests.Intake;

namespace Settlement.Tests.Pages;

/// <summary>Which month the first page opens.</summary>
public sealed class FirstMonthTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Months with their CDRs, newest first.</summary>
    [Theory]
    [InlineData("2026-11-15", "2026-11:40 2026-10:20000 2026-09:300", "2026-10")] // November is not over
    [InlineData("2026-12-01", "2026-11:40 2026-10:20000 2026-09:300", "2026-10")] // ended after October's last midnight
    [InlineData("2027-01-20", "2026-11:40 2026-10:20000 2026-09:300", "2026-10")]
    [InlineData("2027-01-20", "2026-12:12 2026-11:40 2026-10:20000", "2026-10")] // late lines, and late lines of those
    [InlineData("2027-01-20", "2026-12:9000 2026-11:18000 2026-10:20000", "2026-12")]
    [InlineData("2027-01-20", "2026-12:2000 2026-11:20000", "2026-12")] // a tenth
    [InlineData("2027-01-20", "2026-12:1999 2026-11:20000", "2026-11")]
    [InlineData("2028-01-20", "2027-12:12 2026-12:20000", "2027-12")] // that was business of another year
    [InlineData("2026-12-01", "2026-11:1", "2026-11")]
    [InlineData("2026-12-01", "2026-12:1", "2026-12")] // none is over
    [InlineData("2026-12-01", "2026-11:0", "2026-11")] // a CDR and its credit
    [InlineData("2026-12-01", "", null)]
    public void Is_the_newest_that_is_over_and_no_remainder_of_another(string today, string months, string? opened)
    {
        var listed = months.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(each => each.Split(':'))
            .Select(each => (Month(each[0]), long.Parse(each[1], CultureInfo.InvariantCulture))).ToList();

        FirstMonth.Among(listed, Month(today[..7])).ShouldBe(opened is null ? null : Month(opened));
    }

    [Theory]
    [InlineData(12, 2026)]
    [InlineData(1, 2027)]
    public async Task Of_the_sample_month_it_is_October(int month, int year)
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(400));
        await using var later = await Engine.Open(
            town.Database.ConnectionString, MasterKey.Of(Convert.FromBase64String(Town.KeyText)),
            new TestClock(new DateTimeOffset(year, month, 3, 0, 0, 0, TimeSpan.Zero)), Stop);

        (await later.Reports.Months(Stop)).ShouldContain(new YearMonth(2026, 11), "some sessions end after midnight");
        (await FirstMonth.Of(later, Stop)).ShouldBe(new YearMonth(2026, 10));
    }

    [Fact]
    public async Task Of_one_CDR_it_is_its_month()
    {
        await using var town = await Town.Begin();
        await town.Import([Town.Month(50)[0]]);

        (await FirstMonth.Of(town.Engine, Stop)).ShouldBe((await town.Engine.Reports.Months(Stop)).ShouldHaveSingleItem());
    }

    private static YearMonth Month(string text) =>
        new(int.Parse(text[..4], CultureInfo.InvariantCulture), int.Parse(text[5..], CultureInfo.InvariantCulture));
}
