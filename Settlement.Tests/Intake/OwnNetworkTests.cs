using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;
using Settlement.Domain.Tax;
using static Settlement.Tests.Intake.Counter;
using static Settlement.Tests.Rating.Sessions;

namespace Settlement.Tests.Intake;

/// <summary>
/// Zero surcharge: the price that the CPO publishes for that connector at that time, only what priced a period, both
/// sides before tax or both after it (rules-money 10).
/// </summary>
public sealed class OwnNetworkTests
{
    private static readonly Tariff Roaming = Named("ROAM", 0.45m);

    [Theory]
    [InlineData("0.45", "net 4.50 due 5.18")]
    [InlineData("0.50", "net 4.50 due 5.18")]
    [InlineData("0.40", "held surcharge")]
    [InlineData("0.4499999", "held surcharge")] // a millionth of a cent: an excess that repeats is one
    public void The_price_is_compared_with_the_one_published_for_the_connector(string own, string expected) =>
        Told(Roaming, Publishes(Named("OWN", Number(own))), Connector("OWN")).ShouldBe(expected);

    [Fact]
    public void Another_connectors_tariff_is_no_excuse()
    {
        var cheap = Named("L2", 0.32m);
        var dear = Named("DC", 0.65m);
        Told(dear, Publishes(cheap), Publishes(dear), Connectors(("1", ["L2"]), ("2", ["DC"]))).ShouldBe("held surcharge");
        Told(dear, Publishes(cheap), Publishes(dear), Connectors(("1", ["L2", "DC"]), ("2", ["DC"])))
            .ShouldBe("net 6.50 due 7.48");
    }

    [Fact]
    public void The_own_networks_version_of_the_very_tariff_counts_too()
    {
        Told(Roaming, Publishes(Named("roam", 0.40m))).ShouldBe("held surcharge");
        Told(Roaming, Publishes(Named("ROAM", 0.40m)), Publishes(Named("OWN", 0.45m)), Connector("OWN"))
            .ShouldBe("held surcharge");
    }

    [Fact]
    public void The_tariffs_count_that_the_connector_had_when_the_session_started()
    {
        var (cheap, same) = (Publishes(Named("CHEAP", 0.40m)), Publishes(Named("SAME", 0.45m)));
        var (before, after) = (Instant.FromUtc(2026, 9, 1, 0, 0), Morning + Duration.FromHours(1));
        Told(Roaming, cheap, same, Connectors(before, ("1", ["SAME"])), Connectors(after, ("1", ["CHEAP"])))
            .ShouldBe("net 4.50 due 5.18");
        Told(Roaming, cheap, same, Connectors(before, ("1", ["CHEAP"])), Connectors(after, ("1", ["SAME"])))
            .ShouldBe("held surcharge");
    }

    /// <summary>The connector publishes 0.65 before tax, and the tariff's own id 0.65 with tax in it: that is 0.57.</summary>
    [Fact]
    public void The_lower_of_both_published_prices_counts() =>
        Told(Named("INC", 0.65m),
            Publishes(Named("INC", 0.65m) with { TaxIncluded = TaxIncluded.YES, ContentHash = "with tax" }),
            Publishes(Named("OWN", 0.65m)), Connector("OWN")).ShouldBe("held surcharge");

    [Fact]
    public void A_tariff_that_priced_no_period_changes_nothing()
    {
        var unused = Named("UNUSED", 0.78m);
        var cdr = Charged(Roaming, Before(4.50m));
        cdr = cdr with
        {
            Periods = [.. cdr.Periods.Select(period => period with { TariffId = "ROAM" })],
            Tariffs = [Roaming, unused],
        };
        Words(Settle(cdr, Book(Publishes(Named("ROAM", 0.40m))))).ShouldBe("held surcharge");
    }

    [Theory]
    [InlineData("0.46", "0.45", "held surcharge")] // 4.60 with tax is 4.00 before it
    [InlineData("0.46", "0.40", "net 4.00 due 4.60")]
    [InlineData("0.65", "0.65", "held surcharge")]
    public void An_own_price_with_tax_in_it_is_brought_before_tax(string own, string roaming, string expected) =>
        Told(Named("ROAM", Number(roaming)),
            Publishes(Named("OWN", Number(own)) with { TaxIncluded = TaxIncluded.YES }), Connector("OWN")).ShouldBe(expected);

    [Theory]
    [InlineData("0.45", "0.50", "net 4.35 due 5.00")] // 4.50 with the taxes on it is 5.18
    [InlineData("0.40", "0.50", "held surcharge")]
    public void A_price_with_tax_in_it_is_compared_with_the_own_price_after_tax(string own, string roaming, string expected)
    {
        var tariff = Named("ROAM", Number(roaming)) with { TaxIncluded = TaxIncluded.YES };
        var cdr = Charged(tariff, After(Number(roaming) * 10m));
        Words(Settle(cdr, Book(Publishes(Named("OWN", Number(own))), Connector("OWN")))).ShouldBe(expected);
    }

    [Fact]
    public void What_the_CPO_published_and_cannot_be_compared_is_held_unless_agreed_otherwise()
    {
        var book = Book(Publishes(Named("OWN", 0.40m) with { Currency = "USD" }), Connector("OWN"));
        Words(Settle(Charged(Roaming, Before(4.50m)), book)).ShouldBe("held surcharge.not-comparable");
        Words(Settle(Charged(Roaming, Before(4.50m)), book, Agreed with { SettleNotComparable = true }))
            .ShouldBe("net 4.50 due 5.18");
    }

    [Fact]
    public void Where_the_connector_is_not_told_and_its_neighbours_cost_otherwise_nothing_is_compared()
    {
        var book = Book(
            Publishes(Named("A", 0.40m)), Publishes(Named("B", 0.50m)), Connectors(("1", ["A"]), ("2", ["B"])));
        var cdr = Charged(Roaming, Before(4.50m));
        cdr = cdr with { Location = cdr.Location with { ConnectorId = null } };
        Words(Settle(cdr, book)).ShouldBe("held surcharge.not-comparable");
        Words(Settle(cdr, Book(Publishes(Named("A", 0.40m)), Connectors(("1", ["A"]), ("2", ["A"])))))
            .ShouldBe("held surcharge");
    }

    [Fact]
    public void Without_any_published_price_it_is_not_provable_and_settled()
    {
        var settled = Settle(Charged(Roaming, Before(4.50m)), Book(Publishes(Roaming, ownNetwork: false), Connector("ROAM")))
            .ShouldBeOfType<CdrFact.CdrRated>().Settled;
        settled.SurchargeReference.ShouldBeNull();
    }

    [Fact]
    public void An_alias_finds_the_tariffs_and_locations_of_its_home()
    {
        var cdr = Charged(Roaming, Before(4.50m));
        cdr = cdr with { Key = cdr.Key with { Owner = PartyId.Parse("US-FLO")!.Value } };
        Words(Settle(cdr, Book(Publishes(Named("OWN", 0.40m)), Connector("OWN")))).ShouldBe("held surcharge");
    }

    [Fact]
    public void What_was_compared_is_recorded()
    {
        var settled = Settle(
            Charged(Roaming, Before(4.50m)), Book(Publishes(Named("OWN", 0.46m)), Connector("OWN")))
            .ShouldBeOfType<CdrFact.CdrRated>().Settled;
        settled.SurchargeReference.ShouldBe("OWN");
        settled.OwnNetwork.ShouldBe(new OwnNetworkPrice("OWN", "L/E/1", 4.60m, PriceSide.BeforeTax));
    }

    [Fact]
    public void An_ad_hoc_tariff_is_no_price_for_a_roaming_driver()
    {
        var adHoc = Named("AH", 0.90m) with { Type = "AD_HOC_PAYMENT" };
        var regular = Named("REG", 0.40m) with { Type = "REGULAR" };
        var cdr = Charged(adHoc, Before(4.00m)) with { TokenType = "RFID" };

        Words(Settle(cdr with { Tariffs = [adHoc, regular] })).ShouldBe("net 4.00 due 4.60");
        Words(Settle(cdr with { TotalCost = Before(9m) }, Book(Publishes(adHoc), Publishes(regular), Connector("AH", "REG"))))
            .ShouldBe("held surcharge");
        Settle(cdr with { TotalCost = Before(9m) }).ShouldBeOfType<CdrFact.CdrRated>().Settled
            .Findings.Select(finding => finding.Code).ShouldContain("tariff.ad-hoc");
    }

    private static string Told(Tariff tariff, params BookFact[] facts)
    {
        var rated = Charged(tariff, Before(0m)).Rate().BeforeTaxes!.Value.RoundTo(2);
        return Words(Settle(Charged(tariff, Before(rated)), Book(facts)));
    }

    internal static Tariff Named(string id, decimal kwh) =>
        Tariff(Element(Energy(kwh))) with { Id = id, ContentHash = $"{id} {kwh}" };

    private static decimal Number(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
