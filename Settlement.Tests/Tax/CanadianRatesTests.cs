using Settlement.Domain.Tax;
using static Settlement.Tests.Tax.TaxCase;

namespace Settlement.Tests.Tax;

/// <summary>
/// What a driver pays on 100.00 of energy: every province and territory today, and around every change. The
/// figures are 100 × the rate of the source named in the last column; who rounds what can be checked by hand.
/// </summary>
public class CanadianRatesTests
{
    private const string Cra = "CRA GST/HST rates table";

    [Theory]
    [InlineData("CA-AB", "2026-10-01", "GST 5.00 = 105.00", Cra)]
    [InlineData("CA-BC", "2026-10-01", "GST 5.00 + PST exempt = 105.00",
        "Bulletin PST 203 (Ryan 2019-04-02)")]
    [InlineData("CA-MB", "2026-10-01", "GST 5.00 + RST 7.00 = 112.00",
        "blg.com 2019-04; web40.gov.mb.ca electricity")]
    [InlineData("CA-NB", "2026-10-01", "HST 15.00 = 115.00", "Avalara 2016-05-30")]
    [InlineData("CA-NL", "2026-10-01", "HST 15.00 = 115.00", "Avalara 2016-05-30")]
    [InlineData("CA-NS", "2026-10-01", "HST 14.00 = 114.00", "SOR/2025-77")]
    [InlineData("CA-NT", "2026-10-01", "GST 5.00 = 105.00", Cra)]
    [InlineData("CA-NU", "2026-10-01", "GST 5.00 = 105.00", Cra)]
    [InlineData("CA-ON", "2026-10-01", "HST 13.00 = 113.00", Cra)]
    [InlineData("CA-PE", "2026-10-01", "HST 15.00 = 115.00", "Avalara 2016-05-30")]
    [InlineData("CA-QC", "2026-10-01", "GST 5.00 + QST 9.98 = 114.98",
        "Revenu Québec, Calculating the taxes")]
    [InlineData("CA-SK", "2026-10-01", "GST 5.00 + PST 6.00 = 111.00", "scaonline.ca; CTV Regina 2017-03-22")]
    [InlineData("CA-YT", "2026-10-01", "GST 5.00 = 105.00", Cra)]
    public void Every_province_and_territory_today(
        string place, string day, string expected, string source) =>
        Driver(place, day).Told().ShouldBe(expected, source);

    [Theory]
    [InlineData("CA-NS", "2010-06-30", "HST 13.00 = 113.00", Cra)]
    [InlineData("CA-NS", "2010-07-01", "HST 15.00 = 115.00", Cra)]
    [InlineData("CA-NS", "2025-03-31", "HST 15.00 = 115.00", "SOR/2025-77")]
    [InlineData("CA-NS", "2025-04-01", "HST 14.00 = 114.00", "SOR/2025-77")]
    [InlineData("CA-NB", "2016-06-30", "HST 13.00 = 113.00", "Avalara 2016-05-30")]
    [InlineData("CA-NB", "2016-07-01", "HST 15.00 = 115.00", "Avalara 2016-05-30")]
    [InlineData("CA-NL", "2016-06-30", "HST 13.00 = 113.00", "Avalara 2016-05-30")]
    [InlineData("CA-NL", "2016-07-01", "HST 15.00 = 115.00", "Avalara 2016-05-30")]
    [InlineData("CA-ON", "2010-06-30", "GST 5.00 = 105.00", Cra)]
    [InlineData("CA-ON", "2010-07-01", "HST 13.00 = 113.00", Cra)]
    [InlineData("CA-BC", "2010-06-30", "GST 5.00 = 105.00", Cra)]
    [InlineData("CA-BC", "2010-07-01", "HST 12.00 = 112.00", Cra)]
    [InlineData("CA-BC", "2013-03-31", "HST 12.00 = 112.00", Cra)]
    [InlineData("CA-BC", "2013-04-01", "GST 5.00 + PST 7.00 = 112.00", "canada.ca changes to HST")]
    [InlineData("CA-BC", "2017-12-31", "GST 5.00 + PST 7.00 = 112.00", "research, 50 % step unverified")]
    [InlineData("CA-BC", "2018-01-01", "GST 5.00 + PST 3.50 = 108.50", "research, 50 % step unverified")]
    [InlineData("CA-BC", "2019-03-31", "GST 5.00 + PST 3.50 = 108.50", "Bulletin PST 203")]
    [InlineData("CA-BC", "2019-04-01", "GST 5.00 + PST exempt = 105.00", "Bulletin PST 203")]
    [InlineData("CA-PE", "2013-03-31", "GST 5.00 + PST 10.50 = 115.50",
        "sbinfocanada: 10 % on price and GST")]
    [InlineData("CA-PE", "2013-04-01", "HST 14.00 = 114.00", Cra)]
    [InlineData("CA-PE", "2016-09-30", "HST 14.00 = 114.00", "Avalara 2016-05-30")]
    [InlineData("CA-PE", "2016-10-01", "HST 15.00 = 115.00", "Avalara 2016-05-30")]
    [InlineData("CA-QC", "2010-12-31", "GST 5.00 + QST 7.88 = 112.88",
        "research, unverified: 7.5 % on price and GST")]
    [InlineData("CA-QC", "2011-01-01", "GST 5.00 + QST 8.93 = 113.93",
        "research, unverified: 8.5 % on price and GST")]
    [InlineData("CA-QC", "2011-12-31", "GST 5.00 + QST 8.93 = 113.93",
        "research, unverified: 8.5 % on price and GST")]
    [InlineData("CA-QC", "2012-01-01", "GST 5.00 + QST 9.98 = 114.98",
        "Revenu Québec 2012-12-17: 9.5 % on price and GST")]
    [InlineData("CA-QC", "2012-12-31", "GST 5.00 + QST 9.98 = 114.98",
        "Revenu Québec 2012-12-17: 9.5 % on price and GST")]
    [InlineData("CA-QC", "2013-01-01", "GST 5.00 + QST 9.98 = 114.98",
        "Revenu Québec 2012-12-17: 9.975 % on the price")]
    [InlineData("CA-SK", "2017-03-22", "GST 5.00 + PST 5.00 = 110.00", "scaonline.ca")]
    [InlineData("CA-SK", "2017-03-23", "GST 5.00 + PST 6.00 = 111.00", "scaonline.ca")]
    [InlineData("CA-MB", "2013-06-30", "GST 5.00 + RST 7.00 = 112.00", "salestaxinstitute.com")]
    [InlineData("CA-MB", "2013-07-01", "GST 5.00 + RST 8.00 = 113.00", "salestaxinstitute.com")]
    [InlineData("CA-MB", "2019-06-30", "GST 5.00 + RST 8.00 = 113.00", "blg.com 2019-04")]
    [InlineData("CA-MB", "2019-07-01", "GST 5.00 + RST 7.00 = 112.00", "blg.com 2019-04")]
    public void The_day_before_and_the_day_of_every_change(
        string place, string day, string expected, string source) =>
        Driver(place, day).Told().ShouldBe(expected, source);

    [Fact]
    public void Quebec_compounded_to_2012_on_the_rounded_GST() =>
        Driver("CA-QC", "2012-06-01", "9.90").Determined().Lines
            .Select(line => (line.Tax, line.Base.Text(), line.Amount.Text()))
            .ShouldBe([("GST", "9.90", "0.50"), ("QST", "10.40", "0.99")]);

    [Fact]
    public void Half_a_cent_counts_as_a_cent() => // 0.10 × 5 % = 0.005
        Driver("CA-AB", "2026-10-01", "0.10").Told().ShouldBe("GST 0.01 = 0.11");

    [Fact]
    public void Less_than_half_a_cent_does_not_even_if_rounding_twice_would() => // 0.0996 × 5 % is 0.00498
        Driver("CA-QC", "2026-10-01", "0.04").Told().ShouldBe("GST 0.00 + QST 0.00 = 0.04");

    [Theory] // rules-money 6: the rate follows the earlier of paid or due (dmainc.com on Nova Scotia)
    [InlineData(null, "HST 15.00 = 115.00")]
    [InlineData("2025-03-31", "HST 15.00 = 115.00")]
    [InlineData("2025-04-01", "HST 14.00 = 114.00")]
    public void A_session_of_31_March_2025_in_Nova_Scotia_is_taxed_by_its_document_date(
        string? invoiced, string expected) =>
        (Driver("CA-NS", "2025-03-31") with { Invoiced = invoiced is null ? null : Day(invoiced) })
            .Told().ShouldBe(expected);

    [Fact]
    public void Without_a_document_date_the_line_says_that_it_is_provisional()
    {
        var question = Driver("CA-NS", "2025-03-31");
        question.Determined().Lines.Single().Provisional.ShouldBeTrue();
        (question with { Invoiced = Day("2025-04-01") }).Determined().Lines.Single().Provisional
            .ShouldBeFalse();
    }

    [Theory] // rules-money 30
    [InlineData("CA-SK", ChargeComponent.TIME)]
    [InlineData("CA-SK", ChargeComponent.PARKING_TIME)]
    [InlineData("CA-MB", ChargeComponent.FLAT)]
    [InlineData("CA-MB", ChargeComponent.RESERVATION)]
    [InlineData("CA-BC", ChargeComponent.TIME)]
    public void Provincial_tax_on_anything_but_energy_is_an_open_question(
        string place, ChargeComponent component) =>
        Driver(place, "2026-10-01", of: component).Told().ShouldBe("tax.undetermined");

    [Fact]
    public void An_open_question_about_nothing_does_not_hold() =>
        Driver("CA-SK", "2026-10-01").Parts((ChargeComponent.ENERGY, "10.00"), (ChargeComponent.FLAT, "0.00"))
            .Told().ShouldBe("GST 0.50 + PST 0.60 = 11.10");

    [Fact]
    public void Before_the_first_rule_nothing_is_known() =>
        Driver("CA-ON", "2007-12-31").Told().ShouldBe("tax.no-rule");

    [Fact] // rules-money 11
    public void A_free_session_has_its_lines_with_base_zero() =>
        Driver("CA-QC", "2026-10-01", "0.00").Told().ShouldBe("GST 0.00 + QST 0.00 = 0.00");
}
