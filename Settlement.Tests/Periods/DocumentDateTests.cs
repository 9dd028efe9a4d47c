using NodaTime;
using Settlement.Api.Tax;
using Settlement.Domain.Periods;
using Settlement.Tests.Intake;
using static Settlement.Tests.Payments.MoneyTown;
using static Settlement.Tests.Periods.NovaScotia;

namespace Settlement.Tests.Periods;

/// <summary>A document date is bounded, and each tax line stands in exactly one month's report (rules-money 18, 23).</summary>
public sealed class DocumentDateTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("2025-03-30", false)] // the month is not over
    [InlineData("2025-03-31", true)]
    [InlineData("2024-04-03", false)] // a year off
    [InlineData("9999-04-03", false)]
    public async Task A_document_is_dated_between_the_end_of_its_month_and_the_terms_of_payment(string date, bool isTaken)
    {
        await using var town = await Town.Begin();
        await town.Import([Session("A", 57.00m)]);
        await town.Engine.Closing.SoftClose(Pair, March, ThirdOfApril.AtMidnight().InUtc().ToInstant(), "ana", Stop);

        var (_, refusal) = await town.Engine.Closing.Prepare(
            Pair, March, NodaTime.Text.LocalDatePattern.Iso.Parse(date).Value, "ana", Stop);

        (refusal?.Code).ShouldBe(isTaken ? null : "document-date.out-of-bounds");
        if (!isTaken)
        {
            refusal!.Message.ShouldContain("2025-03-31");
            (await town.Engine.Closing.Book(Pair, Stop)).Month(March).State.ShouldBe(PeriodState.SoftClosed);
        }
    }

    [Fact]
    public async Task A_document_is_not_dated_before_the_last_one()
    {
        await using var town = await Town.Begin();
        await town.Import([Session("A", 57.00m)]);
        await Close(town, March, new LocalDate(2025, 5, 2));
        await town.Import([Credit("A-C", "A", 57.00m, new LocalDate(2025, 5, 3))]);
        await town.Engine.Closing.SoftClose(Pair, April, Instant.FromUtc(2025, 5, 3, 0, 0), "ana", Stop);

        var (_, refusal) = await town.Engine.Closing.Prepare(Pair, April, new LocalDate(2025, 5, 1), "ana", Stop);

        refusal!.Code.ShouldBe("document-date.out-of-bounds");
        refusal.Message.ShouldContain("2025-05-02 (the date of INV-US-CPI-CA-FLO-000001)");
    }

    [Fact]
    public async Task What_reverses_an_invoiced_session_is_reported_in_the_month_of_its_document()
    {
        await using var town = await Town.Begin();
        await town.Import([Session("A", 57.00m)]);
        await Close(town, March, ThirdOfApril);
        await town.Import([Credit("A-C", "A", 57.00m, new LocalDate(2025, 4, 20))]);
        (await Reports(town)).ShouldBe(["2025-04 Output 0.14: 57 7.98, 1", "2025-04 Output 0.14: -57 -7.98, -1 (awaits)"]);
        await Close(town, April, new LocalDate(2025, 5, 5));

        (await Reports(town)).ShouldBe(["2025-04 Output 0.14: 57 7.98, 1", "2025-05 Output 0.14: -57 -7.98, -1"]);
    }

    private static async Task<IReadOnlyList<string>> Reports(Town town)
    {
        var rows = new List<string>();
        foreach (var month in new[] { March.PlusMonths(-1), March, April, April.PlusMonths(1), April.PlusMonths(2) })
        {
            var report = await TaxReportVerb.Of(town.Engine, Cpo, month, Stop);
            report.TieOuts.Concat(report.AllMonths).ShouldAllBe(tie => tie.Holds);
            rows.AddRange(report.Rows.Select(row => FormattableString.Invariant(
                $"{month.Year}-{month.Month:D2} {row.Side} {row.Rate}: {Text(row.TaxableBase, "CAD")} {Text(row.OutputTax, "CAD")}, {row.Cdrs}")
                + (row.AwaitsInvoice ? " (awaits)" : "")));
        }

        return rows;
    }
}
