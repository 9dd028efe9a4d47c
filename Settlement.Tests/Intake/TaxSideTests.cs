using System.Globalization;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;
using static Settlement.Tests.Intake.Counter;
using static Settlement.Tests.Rating.Sessions;

namespace Settlement.Tests.Intake;

/// <summary>An amount before tax and one after tax are two things (rules-money 7, 8).</summary>
public sealed class TaxSideTests
{
    [Theory]
    [InlineData("QC", "14.975", "4.60", "net 4.00 due 4.60")]
    [InlineData("ON", "13", "4.52", "net 4.00 due 4.52")]
    [InlineData("QC", null, "4.60", "net 4.00 due 4.60")] // the tariff tells no tax: the taxes of the place are put on
    [InlineData("QC", "14.975", "4.61", "net 4.00 due 4.61")] // a cent of tax, as with stated taxes
    [InlineData("QC", "14.975", "4.62", "held claim.differs")]
    [InlineData("QC", "14.975", "4.00", "held claim.differs")]
    [InlineData("QC", "5", "4.20", "held claim.differs")] // never more than the CPO asks for in all
    [InlineData("TX", "8.25", "4.33", "held claim.differs")] // exempt for resale: 4.00 would be due
    [InlineData("TX", "8.25", "4.00", "net 4.00 due 4.00")]
    [InlineData("QC", null, "0", "held claim.nothing")]
    public void A_claim_that_tells_only_its_total_after_tax_is_compared_after_tax_and_settled_before_it(
        string state, string? vat, string claim, string expected)
    {
        var tariff = Tariff(Element(Energy(0.40m, vat: vat is null ? null : Number(vat))));
        Words(Settle(In(state, Charged(tariff, After(Number(claim)), state)))).ShouldBe(expected);
    }

    [Theory]
    [InlineData("4.58", 5, "net 3.98 due 4.58")]
    [InlineData("4.55", 5, "net 3.95 due 4.55")]
    [InlineData("4.54", 5, "held claim.differs")]
    [InlineData("4.65", 5, "net 4.00 due 4.60")]
    [InlineData("4.66", 5, "held claim.differs")]
    public void Within_the_tolerance_the_lower_total_after_tax_is_due(string claim, int tolerance, string expected) =>
        Words(Settle(
            Charged(Tariff(Element(Energy(0.40m))), After(Number(claim))), null, Agreed with { ToleranceMinor = tolerance }))
            .ShouldBe(expected);

    [Fact]
    public void The_claim_is_shown_on_the_side_of_the_price_it_is_compared_with()
    {
        var settled = Settle(Charged(Tariff(Element(Energy(0.40m))), After(4.60m))).ShouldBeOfType<CdrFact.CdrRated>().Settled;
        (settled.Claimed, settled.ReRated, settled.PricesIncludeTax).ShouldBe((4.00m, 4.00m, false));
        settled.SettledBecause.ShouldContain("4.60");
    }

    [Fact]
    public void A_price_limit_holds_before_tax_where_the_claim_is_after_it()
    {
        var tariff = Tariff(Element(Energy(0.40m, vat: 13m))) with { MinPrice = new PriceLimit(6m, 6.78m) };
        Words(Settle(Charged(tariff, After(6.78m), "ON"))).ShouldBe("net 6.00 due 6.78");
    }

    [Fact]
    public void Where_tax_is_on_one_part_only_the_claim_after_tax_is_held()
    {
        var tariff = Tariff(Element(Fee(1m, vat: 14.975m)), Element(Energy(0.40m)));
        Words(Settle(Charged(tariff, After(5.15m)))).ShouldBe("held claim.differs");
    }

    [Theory]
    [InlineData(null, "4.60", "net 4.00 due 4.60")]
    [InlineData("4.60", null, "held claim.missing")] // the inclusive price written as one before tax
    [InlineData("4.00", null, "held claim.missing")]
    public void A_tariff_with_tax_in_its_prices_is_compared_after_tax_only(string? before, string? after, string expected)
    {
        var tariff = Tariff(Element(Energy(0.46m))) with { TaxIncluded = TaxIncluded.YES };
        Words(Settle(Charged(tariff, new Price(Maybe(before), Maybe(after), [])))).ShouldBe(expected);
    }

    [Theory]
    [InlineData("-0.01")]
    [InlineData("0.01")]
    public void Tax_on_a_free_session_is_unexpected(string tax)
    {
        var free = Tariff(Element(Fee(0m)));
        Words(Settle(Charged(free, new Price(0m, Number(tax), []), "ON"))).ShouldBe("held tax.unexpected");
        Words(Settle(Charged(free, new Price(0m, Number(tax), [new StatedTax("HST", null, null, Number(tax))]), "ON")))
            .ShouldBe("held tax.unexpected");
    }

    [Theory]
    [InlineData("GST 0.50, Ontario PVAT 0.80", "net 10.00 due 11.30")]
    [InlineData("TPS 0.50, TVH provinciale 0.80", "net 10.00 due 11.30")]
    [InlineData("HST 0.50, HST 0.80", "net 10.00 due 11.30")]
    [InlineData("GST 0.50, PVAT 0.81", "net 10.00 due 11.31")]
    [InlineData("GST 0.50, PVAT 0.83", "held tax.differs")]
    [InlineData("GST 0.50, HST 1.30", "held tax.differs")]
    [InlineData("GST 1.30", "held tax.differs")]
    [InlineData("GST 0.50, PVAT 0.40, RST 0.40", "held tax.differs")]
    public void HST_stated_as_its_federal_and_its_provincial_part_counts_by_its_sum(string taxes, string expected)
    {
        var stated = taxes.Split(", ").Select(tax => new StatedTax(
            tax[..tax.LastIndexOf(' ')], null, null, Number(tax[(tax.LastIndexOf(' ') + 1)..]))).ToList();
        var claim = new Price(10m, 10m + stated.Sum(tax => tax.Amount), stated);
        Words(Settle(Charged(Tariff(Element(Energy(1m))), claim, "ON"))).ShouldBe(expected);
    }

    [Fact]
    public void A_stated_tax_a_cent_off_posts_and_is_told()
    {
        var claim = new Price(13m, 14.70m, [new StatedTax("HST", null, null, 1.70m)]);
        var settled = Settle(Charged(Tariff(Element(Energy(1.30m))), claim, "ON")).ShouldBeOfType<CdrFact.CdrRated>().Settled;
        (settled.Net, settled.Due).ShouldBe((1300, 1470));
        settled.Findings.ShouldContain(finding => finding.Code == "tax.stated-posted");
    }

    private static Cdr In(string state, Cdr cdr) => state is not ("TX" or "CA") ? cdr : cdr with
    {
        Currency = "USD",
        Tariffs = [.. cdr.Tariffs.Select(tariff => tariff with { Currency = "USD" })],
    };

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private static decimal? Maybe(string? text) => text is null ? null : Number(text);
}
