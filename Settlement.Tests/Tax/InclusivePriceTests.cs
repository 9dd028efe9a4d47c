using Settlement.Domain.Tax;
using static Settlement.Tests.Tax.TaxCase;

namespace Settlement.Tests.Tax;

/// <summary>
/// Prices that include tax: what a driver bears is taken out at once, the residual cent stays on the net.
/// </summary>
public class InclusivePriceTests
{
    [Theory]
    [InlineData("CA-QC", "114.98", "100.00", "GST 5.00 + QST 9.98 = 114.98")]
    [InlineData("CA-QC", "100.00", "86.97", "GST 4.35 + QST 8.68 = 100.00")]
    [InlineData("CA-ON", "0.04", "0.04", "HST 0.00 = 0.04")]
    [InlineData("CA-ON", "10.00", "8.85", "HST 1.15 = 10.00")]
    [InlineData("CA-SK", "50.00", "45.05", "GST 2.25 + PST 2.70 = 50.00")]
    public void What_a_driver_pays_stays_what_the_driver_pays(
        string place, string price, string net, string expected)
    {
        var question = Driver(place, "2026-10-01", price) with { AmountsIncludeTax = true };
        question.Told().ShouldBe(expected);
        question.Determined().Net.Text().ShouldBe(net);
    }

    [Fact]
    public void Compound_taxes_are_taken_out_by_their_effective_rate() => // 115.50 ÷ (1.05 × 1.10) = 100
        (Driver("CA-PE", "2013-01-01", "115.50") with { AmountsIncludeTax = true })
            .Told().ShouldBe("GST 5.00 + PST 10.50 = 115.50");

    [Fact] // rules-money 7: the driver's PST was in the price, and this leg is exempt from it
    public void A_resale_is_taxed_on_the_net_of_the_drivers_price()
    {
        var question = Reseller("CA-SK", "2026-10-01", "111.00") with { AmountsIncludeTax = true };
        question.Told().ShouldBe("GST 5.00 + PST exempt = 105.00");
        question.Determined().Net.Text().ShouldBe("100.00");
    }

    [Fact] // rules-money 7
    public void A_resale_is_held_where_the_retail_tax_in_the_price_is_not_known() =>
        (Reseller("US-WA", "2026-10-01") with { AmountsIncludeTax = true }).Told()
            .ShouldBe("tax.undetermined");

    [Fact]
    public void An_excise_per_kWh_is_taken_out_before_the_rates() => // 107.06 − 0.96 = 106.10 ÷ 1.06 = 100.09
        (Driver("US-KY", "2025-06-01", "107.06") with { AmountsIncludeTax = true })
            .Kwh(30m).At(facts => facts with { PowerKw = 50m })
            .Told().ShouldBe("EV_EXCISE 0.96 + SALES 6.01 = 107.06");

    [Fact] // 107.06 − 0.96 on ENERGY; the idle fee keeps its share: 10.60 ÷ 1.06 = 10.00
    public void An_excise_per_kWh_is_part_of_the_price_of_energy()
    {
        var question = Driver("US-KY", "2025-06-01").Kwh(30m).At(facts => facts with { PowerKw = 50m })
            .Parts((ChargeComponent.PARKING_TIME, "10.60"), (ChargeComponent.ENERGY, "96.46"));
        (question with { AmountsIncludeTax = true }).Determined().NetAmounts
            .Select(each => each.Amount.Text()).ShouldBe(["10.00", "90.09"]);
    }

    [Fact]
    public void An_excise_above_the_price_cannot_be_in_it() =>
        (Driver("US-KY", "2025-06-01", "0.50") with { AmountsIncludeTax = true })
            .Kwh(30m).At(facts => facts with { PowerKw = 50m }).Told().ShouldBe("tax.exceeds-price");

    [Fact]
    public void The_net_is_shared_over_the_components_without_losing_a_cent()
    {
        var question = Driver("CA-QC", "2026-10-01").Parts(
            (ChargeComponent.ENERGY, "33.33"), (ChargeComponent.TIME, "33.33"),
            (ChargeComponent.FLAT, "33.34"));
        var answer = (question with { AmountsIncludeTax = true }).Determined();
        answer.NetAmounts.Select(each => each.Amount.Text()).ShouldBe(["28.99", "28.99", "28.99"]);
        answer.NetAmounts.Sum(each => each.Amount.Minor).ShouldBe(answer.Net.Minor);
        (answer.Net + answer.Tax).Text().ShouldBe("100.00");
    }
}
