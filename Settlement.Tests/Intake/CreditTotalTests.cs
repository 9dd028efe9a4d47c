using System.Globalization;
using Settlement.Domain.Intake;
using static Settlement.Tests.Intake.Counter;
using static Settlement.Tests.Rating.Sessions;

namespace Settlement.Tests.Intake;

/// <summary>
/// A credit equals its original's total in minor units, on the same side of tax and in the same currency, whichever of
/// the two comes first (rules-money 14).
/// </summary>
public sealed class CreditTotalTests
{
    [Theory]
    [InlineData("4.00|", "-4.00|", true)]
    [InlineData("|4.60", "|-4.60", true)]
    [InlineData("4.00|4.60", "-4.00|-4.60", true)]
    [InlineData("4.00|4.60", "-4.00|", true)]
    [InlineData("4.00|4.60", "|-4.60", true)]
    [InlineData("4.00|", "-3.9984|", true)] // the same cents
    [InlineData("3.9984|", "-4.00|", true)]
    [InlineData("4.00|", "-1.00|", false)]
    [InlineData("|4.60", "|-1.00", false)]
    [InlineData("|4.60", "-4.60|", false)] // the number of the other side
    [InlineData("4.00|", "|-4.00", false)]
    [InlineData("4.00|4.60", "-4.00|-4.50", false)]
    [InlineData("4.00|", "4.00|", false)]
    public void A_credit_takes_effect_only_in_full_in_either_order(string original, string credit, bool inEffect)
    {
        foreach (var creditFirst in new[] { false, true })
        {
            var (first, second) = Pair(Claim(original), Claim(credit), "CAD");
            Posted(first, second, creditFirst).ShouldBe(
                inEffect ? "credited" : "held credit.differs", $"credit first: {creditFirst}");
        }
    }

    [Fact]
    public void A_credit_in_another_currency_is_held_in_either_order()
    {
        foreach (var creditFirst in new[] { false, true })
        {
            var (original, credit) = Pair(Before(4m), Before(-4m), "USD");
            Posted(original, credit, creditFirst).ShouldBe("held credit.differs");
        }
    }

    [Fact]
    public void A_free_session_is_credited_by_nothing()
    {
        var free = Charged(Tariff(Element(Energy(0m))), Before(0m));
        Posted(free, CreditOf(free, Before(0m)), creditFirst: false).ShouldBe("credited");
    }

    /// <summary>What the two streams come to: the credit in effect, or held and why.</summary>
    internal static string Posted(Cdr original, Cdr credit, bool creditFirst)
    {
        var terms = Terms();
        var (one, two) = (Received(original, "01"), Received(credit, "02"));
        var (own, other) = creditFirst ? (two, one) : (one, two);
        var first = new ReceiveCdr(own, CdrState.Absent, terms).Decide(CdrState.Absent);
        var firstState = CdrState.Of(first.Own);
        var secondState = first.Linked is null ? CdrState.Absent : CdrState.Of(first.LinkedFacts);
        var second = new ReceiveCdr(other, firstState, terms).Decide(secondState);
        firstState = second.LinkedFacts.Aggregate(firstState, CdrState.Evolve);
        secondState = second.Own.Aggregate(secondState, CdrState.Evolve);
        var (ofOriginal, ofCredit) = creditFirst ? (secondState, firstState) : (firstState, secondState);
        if (ofCredit.Effect is { } effect)
        {
            (effect.Negated?.Due).ShouldBe(ofOriginal.Posted?.Due, "all of it, and nothing computed anew");
            ofOriginal.CreditedBy.ShouldBe(credit.Key.Id);
            return "credited";
        }

        ofOriginal.CreditedBy.ShouldBeNull();
        return Words(ofCredit.Held!);
    }

    internal static Cdr CreditOf(Cdr original, Price claim) => original with
    {
        Key = original.Key with { Id = "C1-C" },
        Credit = true,
        CreditReferenceId = original.Key.Id,
        TotalCost = claim,
    };

    private static (Cdr Original, Cdr Credit) Pair(Price original, Price credit, string currency)
    {
        var cdr = Charged(Tariff(Element(Energy(0.40m))), original);
        return (cdr, CreditOf(cdr, credit) with { Currency = currency });
    }

    private static Price Claim(string text)
    {
        var amounts = text.Split('|')
            .Select(each => each.Length == 0 ? (decimal?)null : decimal.Parse(each, CultureInfo.InvariantCulture)).ToList();
        return new Price(amounts[0], amounts[1], []);
    }
}
