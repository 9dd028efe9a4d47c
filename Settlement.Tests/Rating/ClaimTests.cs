using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Rating;
using static Settlement.Tests.Rating.Sessions;

namespace Settlement.Tests.Rating;

/// <summary>The claim beside the rating (rules of settlement 9 and 10).</summary>
public sealed class ClaimTests
{
    [Theory]
    [InlineData("1.005", 0, ClaimOutcome.Agrees, 101)] // both are 1.01 in minor units
    [InlineData("1.00", 0, ClaimOutcome.Differs, null)]
    [InlineData("1.00", 1, ClaimOutcome.Agrees, 100)] // the lower one
    [InlineData("1.02", 1, ClaimOutcome.Agrees, 101)] // the lower one
    [InlineData("1.03", 1, ClaimOutcome.Differs, null)]
    [InlineData("0", 200, ClaimOutcome.ClaimsNothing, null)]
    public void Within_the_tolerance_the_lower_amount_is_settled(string claim, int tolerance, ClaimOutcome outcome, int? minor)
    {
        var rated = Claimed(decimal.Parse(claim, System.Globalization.CultureInfo.InvariantCulture)).Rate($"tolerance={tolerance}");
        var compared = ClaimComparison.Of(rated);
        compared.Outcome.ShouldBe(outcome);
        compared.Settled.ShouldBe(minor is { } units ? new Money(units, Currency.Of("CAD")) : null);
    }

    [Fact]
    public void What_is_not_rateable_is_not_compared() =>
        ClaimComparison.Of((Claimed(1m) with { Tariffs = [] }).Rate()).Outcome.ShouldBe(ClaimOutcome.NotRateable);

    [Fact]
    public void A_claim_without_the_kind_of_total_that_was_rated_is_not_comparable() =>
        ClaimComparison.Of((Claimed(1m) with { TotalCost = new Price(null, null, []) }).Rate()).Outcome
            .ShouldBe(ClaimOutcome.NotComparable);

    [Fact]
    public void Parts_are_compared_each_with_its_dimension()
    {
        var cdr = Claimed(1.01m) with { TotalEnergyCost = Cost(0.9m), TotalFixedCost = Cost(0.11m) };
        var compared = ClaimComparison.Of(cdr.Rate());
        compared.Parts.Select(part => (part.Name, part.Difference.LineScale()))
            .ShouldBe([("total_fixed_cost", 0.11m), ("total_energy_cost", -0.1075m)]);
        compared.Findings.Select(finding => finding.Code).ShouldBe(["claim.part-differs", "claim.part-differs"]);
    }

    [Fact]
    public void Parts_that_do_not_make_the_total_are_told() =>
        ClaimComparison.Of((Claimed(1.01m) with { TotalEnergyCost = Cost(1.0075m), TotalTimeCost = Cost(3m) }).Rate()).Findings
            .Select(finding => finding.Code).ShouldContain("claim.parts-differ");

    [Fact]
    public void A_fee_beside_parking_belongs_to_either()
    {
        var tariff = Tariff(Element(Fee(1m), Parking(6m)));
        var cdr = Session(tariff, Parked(10)) with
        {
            TotalCost = new Price(2m, null, []),
            TotalFixedCost = Cost(0m),
            TotalParkingCost = Cost(2m),
        };
        ClaimComparison.Of(cdr.Rate()).Findings.Select(finding => finding.Code).ShouldBe(["claim.flat-not-attributable"]);
    }

    [Fact]
    public void Only_the_total_of_a_credit_is_negative() =>
        ClaimComparison.Of((Claimed(-1.01m) with { Credit = true }).Rate()).Outcome.ShouldBe(ClaimOutcome.Agrees);

    [Fact]
    public void The_tax_claimed_is_compared_too()
    {
        var cdr = Session(Tariff(Element(Energy(1m, vat: 10m))), Charging(10, 1m)) with { TotalCost = new Price(1m, 1.2m, []) };
        ClaimComparison.Of(cdr.Rate()).Findings.Select(finding => finding.Code).ShouldBe(["claim.after-taxes-differs"]);
    }

    [Theory]
    [InlineData("79228162514264337593543950335")]
    [InlineData("0.0000000000000000000000000001")]
    public void A_claim_that_cannot_be_kept_is_told_and_shown_without_a_difference(string amount)
    {
        var claim = decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture);
        var rated = (Session(Tariff(Element(Time(1.0075m))), Charging(11)) with { TotalCost = new Price(claim, claim, []) }).Rate();
        ClaimComparison.Of(rated).Settled.ShouldBeNull();
        var json = new JsonBytes();
        RatedJson.Write(rated, ClaimComparison.Of(rated), [], [], json);
        System.Text.Json.JsonDocument.Parse(json.Written).RootElement.GetProperty("cdr").GetString().ShouldBe("C1");
    }

    [Fact]
    public void Dearer_than_in_the_own_network_is_a_surcharge()
    {
        var cdr = Claimed(1.01m);
        Surcharged(cdr, 1m).ShouldBe(("surcharge", 0.0075m));
        Surcharged(cdr, 1.0075m).ShouldBe(("surcharge.none", null));
        Surcharged(cdr, 2m).ShouldBe(("surcharge.none", null));
        cdr.Rate().Surcharge.Code.ShouldBe("surcharge.not-provable");
    }

    [Fact]
    public void A_reference_that_has_every_named_tariff_prices_period_by_period()
    {
        var night = Tariff(Element(Energy(5m))) with { Id = "NIGHT", ContentHash = "NIGHT" };
        var cdr = Session(Tariff(Element(Energy(1m))),
            Charging(10, 1m).With(p => p with { TariffId = "T" }), Charging(10, 1m).With(p => p with { TariffId = "NIGHT" }));
        cdr = cdr with { Tariffs = [cdr.Tariffs[0], night] };
        Rater.Rate(new RatingRequest(cdr, cdr.Tariffs, RatingPolicy.Default, Toronto, Reference: cdr.Tariffs))
            .Surcharge.ShouldBe(new Surcharge(SurchargeOutcome.None, ExactAmount.Of(6m), null));
    }

    private static (string, decimal?) Surcharged(Cdr cdr, decimal ownPrice)
    {
        var own = Tariff(Element(Energy(ownPrice))) with { Id = "OWN" };
        var rated = Rater.Rate(new RatingRequest(cdr, cdr.Tariffs, RatingPolicy.Default, Toronto, Reference: [own]));
        rated.Findings.Any(finding => finding.Code == "surcharge").ShouldBe(rated.Surcharge.Code == "surcharge");
        return (rated.Surcharge.Code, rated.Surcharge.Excess?.LineScale());
    }

    /// <summary>1 kWh at 1.0075, which is 1.01 in minor units.</summary>
    private static Cdr Claimed(decimal total) =>
        Session(Tariff(Element(Energy(1.0075m))), Charging(10, 1m)) with { TotalCost = new Price(total, null, []) };

    private static Price Cost(decimal amount) => new(amount, null, []);
}
