using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Periods;

namespace Settlement.Tests.Periods;

/// <summary>Which month an entry belongs to (rules-money 16).</summary>
public sealed class PeriodCalendarTests
{
    private static readonly YearMonth October = new(2026, 10);
    private static readonly YearMonth November = new(2026, 11);

    [Fact]
    public void A_month_never_closed_is_open_however_old() =>
        PeriodCalendar.Open.With(Soft(October), 100).OfCdr(new YearMonth(2019, 3), 5000)
            .ShouldBe(new YearMonth(2019, 3));

    [Theory]
    [InlineData(99, false, "2026-10")] // received before soft close, released before prepare
    [InlineData(101, false, "2026-11")] // received after soft close
    [InlineData(99, true, "2026-11")] // received before, released after the cut
    public void A_released_CDR_belongs_to_its_month_until_the_statement_is_cut(int received, bool isCut, string expected)
    {
        var calendar = PeriodCalendar.Open.With(Soft(October), 100);
        calendar = isCut ? calendar.With(new PeriodFact.PeriodCut(October, "ana"), 200) : calendar;

        calendar.OfCdr(October, received).Text().ShouldBe(expected);
    }

    [Fact]
    public void A_late_line_goes_to_the_first_month_still_open()
    {
        var calendar = PeriodCalendar.Open.With(Soft(October), 100).With(Soft(November), 200);

        calendar.OfCdr(October, 300).ShouldBe(new YearMonth(2026, 12));
    }

    [Fact]
    public void A_reopened_month_takes_entries_again()
    {
        var calendar = PeriodCalendar.Open.With(Soft(October), 100).With(new PeriodFact.PeriodCut(October, "ana"), 101)
            .With(new PeriodFact.PeriodReopened(October, "late file", "ana", ["bruno", "chloe"]), 150);

        calendar.OfCdr(October, 300).ShouldBe(October);
    }

    [Fact]
    public void No_entry_ever_enters_a_month_that_is_cut() => Prop.ForAll(
        Gen.Choose(1, 24).ListOf().ToArbitrary(), Gen.Choose(0, 30).ToArbitrary(), Gen.Choose(1, 500).ToArbitrary(),
        (closed, charged, received) =>
        {
            var calendar = PeriodCalendar.Open;
            var number = 100L;
            foreach (var month in closed)
            {
                calendar = calendar.With(Soft(Month(month)), number++).With(new PeriodFact.PeriodCut(Month(month), "ana"), number++);
            }

            var period = calendar.OfCdr(Month(charged), received);
            return period >= Month(charged) && !closed.Select(Month).Contains(period);
        }).Check(Laws.Config(100));

    private static YearMonth Month(int number) => new YearMonth(2025, 1).PlusMonths(number);

    private static PeriodFact Soft(YearMonth month) => new PeriodFact.PeriodSoftClosed(month, "ana");
}
