using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;
using static Settlement.Tests.Tax.TaxCase;

namespace Settlement.Tests.Tax;

/// <summary>What a party files for a month, by tax date, bridged to the ledger (rules-money 23).</summary>
public class TaxReportTests
{
    private static readonly YearMonth March = new(2025, 3);
    private static readonly YearMonth April = new(2025, 4);
    private static readonly Dictionary<YearMonth, Instant> NoFilings = [];

    [Fact]
    public void Output_of_the_supplier_is_input_of_the_buyer()
    {
        var lines = Lines("a", "CA-QC", "2025-03-10", "2025-03-31")
            .Concat(Lines("b", "CA-QC", "2025-03-11", "2025-03-31")).ToList();
        Told(Report(lines)).ShouldBe(
        [
            "Output CA-QC GST 0.05 CAD: base 200.00, exempt 0.00, output 10.00, input 0.00 + 0.00, 2 CDRs",
            "Output CA-QC QST 0.09975 CAD: base 200.00, exempt 0.00, output 19.96, input 0.00 + 0.00, 2 CDRs",
        ]);
        Told(TaxReport.Of(Emsp, March, lines, NoFilings, NoRate)).ShouldBe(
        [
            "Input CA-QC GST 0.05 CAD: base 200.00, exempt 0.00, output 0.00, input 10.00 + 0.00, 2 CDRs",
            "Input CA-QC QST 0.09975 CAD: base 200.00, exempt 0.00, output 0.00, input 19.96 + 0.00, 2 CDRs",
        ]);
    }

    [Fact]
    public void Exempt_sales_are_listed_with_their_reason() =>
        Told(Report([.. Lines("a", "US-CT", "2025-03-10", "2025-03-31")])).ShouldBe(
            ["Output US-CT SALES 0.0635 USD exempt: resale: base 0.00, exempt 100.00, output 0.00, "
                + "input 0.00 + 0.00, 1 CDRs"]);

    [Fact]
    public void The_document_date_decides_the_month_and_without_one_the_line_is_listed_as_such()
    {
        var invoiced = Lines("a", "CA-ON", "2025-03-31", "2025-04-02").ToList();
        Report(invoiced).Rows.ShouldBeEmpty();
        TaxReport.Of(Cpo, April, invoiced, NoFilings, NoRate).Rows.Single().AwaitsInvoice.ShouldBeFalse();
        Report([.. Lines("a", "CA-ON", "2025-03-31", null)]).Rows.Single().AwaitsInvoice.ShouldBeTrue();
    }

    [Fact]
    public void What_is_posted_after_its_month_was_filed_goes_to_the_next_one_marked()
    {
        var filings = new Dictionary<YearMonth, Instant> { [March] = Instant.FromUtc(2025, 4, 20, 12, 0) };
        var late = Lines("late", "CA-ON", "2025-03-31", "2025-03-31",
            recorded: Instant.FromUtc(2025, 4, 21, 9, 0)).ToList();
        TaxReport.Of(Cpo, March, late, filings, NoRate).Rows.ShouldBeEmpty();
        TaxReport.Of(Cpo, April, late, filings, NoRate).Rows.Single().PriorPeriod.ShouldBeTrue();
        var before = Lines("ok", "CA-ON", "2025-03-31", "2025-03-31").ToList();
        TaxReport.Of(Cpo, March, before, filings, NoRate).Rows.Single().PriorPeriod.ShouldBeFalse();
    }

    [Fact]
    public void The_bridge_leads_from_the_tax_month_to_the_settlement_month()
    {
        // posted to March, taxed in April by its document date; and a line posted and taxed in March
        var lines = Lines("a", "CA-ON", "2025-03-31", "2025-04-02")
            .Concat(Lines("b", "CA-ON", "2025-03-30", "2025-03-31", "50.00")).ToList();
        Report(lines).Bridge.Single()
            .ShouldBe(new TaxBridge(TaxSide.Output, "CA-ON", "HST", "CAD", 650, 0, 1300));
        Report(lines).Bridge.Single().Ledger.ShouldBe(1950);
        TaxReport.Of(Cpo, April, lines, NoFilings, NoRate).Bridge.Single()
            .ShouldBe(new TaxBridge(TaxSide.Output, "CA-ON", "HST", "CAD", 1300, 1300, 0));
    }

    [Fact]
    public void A_credit_takes_tax_base_and_CDR_out_again()
    {
        var lines = Lines("a", "CA-ON", "2025-03-10", "2025-03-31").ToList();
        var credit = lines.Select(line => line with { Line = line.Line.Negated(), IsCredit = true });
        Told(Report([.. lines, .. credit])).ShouldBe(
            ["Output CA-ON HST 0.13 CAD: base 0.00, exempt 0.00, output 0.00, input 0.00 + 0.00, 0 CDRs"]);
    }

    [Fact]
    public void Canadian_tax_billed_in_another_currency_is_told_in_CAD_with_its_rate()
    {
        var usd = Currency.Of("USD");
        var question = Reseller("CA-ON", "2025-03-10") with
        {
            Currency = usd,
            Amounts = [new ComponentAmount(ChargeComponent.ENERGY, Money.Of(100m, usd))],
        };
        var lines = question.Determined().Lines
            .Select(line => Posted("a", line, "2025-03-10", "2025-03-31", null)).ToList();
        TaxReport.Of(Cpo, March, lines, NoFilings, (_, _) => new CadRate(1.4376m, "Bank of Canada FXUSDCAD"))
            // 13.00 × 1.4376 = 18.6888
            .CadEquivalents.Single().InCad.ShouldBe(Money.Of(18.69m, Currency.Of("CAD")));
        Report(lines).CadEquivalents.Single().InCad.ShouldBeNull();
    }

    private static readonly Gen<PostedTaxLine[]> PostedLines =
        (from place in Gen.Elements("CA-ON", "CA-QC", "US-CT", "CA-SK")
         from day in Gen.Choose(0, 80)
         from wait in Gen.Choose(-1, 40)
         from period in Gen.Choose(0, 3)
         from minor in Gen.Choose(0, 5000)
         from recorded in Gen.Choose(0, 90)
         let delivered = new LocalDate(2025, 2, 10).PlusDays(day)
         let question = Reseller(place, $"{delivered:uuuu-MM-dd}")
         let line = (question with
         {
             Amounts = [new ComponentAmount(ChargeComponent.ENERGY, new Money(minor, question.Currency))],
         }).Determined().Lines[0]
         select new PostedTaxLine(
             $"{place}{day}{minor}", Cpo, Emsp, line, delivered, wait < 0 ? null : delivered.PlusDays(wait),
             line.Provisional,
             new YearMonth(2025, 2).PlusMonths(period),
             Instant.FromUtc(2025, 2, 10, 0, 0) + Duration.FromDays(recorded))).ArrayOf();

    [Fact]
    public void Over_all_months_the_report_and_the_ledger_are_the_same_tax_and_each_month_bridges() =>
        Prop.ForAll(PostedLines.ToArbitrary(), lines =>
        {
            Dictionary<YearMonth, Instant> filings = new() { [March] = Instant.FromUtc(2025, 4, 20, 12, 0) };
            var reports = Enumerable.Range(0, 12)
                .Select(i => TaxReport.Of(Cpo, new YearMonth(2025, 1).PlusMonths(i), lines, filings, NoRate))
                .ToList();
            var tax = lines.Where(line => line.Line.Disposition == Disposition.Charged).ToList();
            return reports.Sum(report => report.Rows.Sum(row => row.OutputTax)) == tax
                .Sum(line => line.Line.Amount.Minor)
                && reports.All(report => report.Bridge.Sum(row => row.Ledger)
                    == tax.Where(line => line.Period == report.Month).Sum(line => line.Line.Amount.Minor));
        }).Check(Laws.Config(200));

    private static TaxReport Report(IReadOnlyList<PostedTaxLine> lines) =>
        TaxReport.Of(Cpo, March, lines, NoFilings, NoRate);

    private static CadRate? NoRate(string currency, LocalDate date) => null;

    private static IEnumerable<PostedTaxLine> Lines(
        string cdr, string place, string delivered, string? invoiced, string amount = "100.00",
        Instant? recorded = null) =>
        Reseller(place, delivered, amount).Determined().Lines
            .Select(line => Posted(cdr, line, delivered, invoiced, recorded));

    private static PostedTaxLine Posted(
        string cdr, TaxLine line, string delivered, string? invoiced, Instant? recorded) =>
        new(cdr, Cpo, Emsp, line, Day(delivered), invoiced is null ? null : Day(invoiced), line.Provisional,
            Day(delivered).ToYearMonth(), recorded ?? Instant.FromUtc(2025, 4, 3, 9, 0));

    private static IEnumerable<string> Told(TaxReport report) => report.Rows.Select(row =>
        $"{row.Side} {row.Jurisdiction} {row.Tax} {row.Rate:0.#####} {row.Currency}"
        + (row.Reason.Length == 0 ? ": " : $" {row.Reason}: ")
        + $"base {Text(row.TaxableBase)}, exempt {Text(row.ExemptBase)}, output {Text(row.OutputTax)}, "
        + $"input {Text(row.InputRecoverable)} + {Text(row.InputNotRecoverable)}, {row.Cdrs} CDRs");

    private static string Text(long minor) => $"{minor / 100m:0.00}";
}
