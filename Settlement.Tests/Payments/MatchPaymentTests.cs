using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Payments;

namespace Settlement.Tests.Payments;

/// <summary>Which documents a payment pays (rules-money 25: cash that matches nothing is unapplied).</summary>
public sealed class MatchPaymentTests
{
    private static readonly PartyId Flo = PartyId.Parse("CA-FLO")!.Value;
    private static readonly PartyId Cpi = PartyId.Parse("US-CPI")!.Value;
    private static readonly LocalDate Third = new(2026, 11, 3);

    private static readonly OpenItems Open = OpenItems.Of(
    [
        Invoice("INV-1", Flo, Cpi, "CAD", 300, 0), Invoice("INV-2", Flo, Cpi, "CAD", 500, 30),
        Invoice("INV-3", Flo, Cpi, "USD", 700, 0), Invoice("INV-4", Cpi, Flo, "CAD", 900, 0),
    ]);

    private static ItemMove Invoice(string number, PartyId debtor, PartyId creditor, string currency, long total, int later) =>
        new(ItemMoveKind.Document, number, debtor, creditor, currency, total, Third.PlusDays(later), "statement")
        {
            DueOn = Third.PlusDays(30 + later),
        };

    private static Payment Payment(long amount, string reference = "", string currency = "CAD") =>
        new("P-1", Flo, Cpi, currency, amount, Third, reference);

    private static string Told(long amount, string reference = "", params IReadOnlyList<RemittanceLine> lines)
    {
        var (match, refusal) = MatchPayment.Of(Payment(amount, reference), amount, Open, lines);
        return match is null
            ? refusal!.Code
            : $"{match.Match}: {string.Join(", ", match.Applications.Select(each => $"{each.Document} {each.Amount}"))} + {match.Rest}";
    }

    [Theory]
    [InlineData(300, "Exact: INV-1 300 + 0")]
    [InlineData(500, "Exact: INV-2 500 + 0")] // one document is open with exactly this
    [InlineData(800, "Exact: INV-1 300, INV-2 500 + 0")]
    [InlineData(299, "Part: INV-1 299 + 0")]
    [InlineData(400, "Part: INV-1 300, INV-2 100 + 0")] // oldest first
    [InlineData(801, "Over: INV-1 300, INV-2 500 + 1")]
    public void Money_matches_what_is_open(int amount, string match) => Told(amount).ShouldBe(match);

    [Fact]
    public void Documents_named_in_the_reference_come_first() =>
        Told(350, "our payment inv-2 thanks").ShouldBe("Part: INV-2 350 + 0");

    [Theory]
    [InlineData("INV-20")]
    [InlineData("INV-2-B")]
    [InlineData("REINV-2")]
    public void A_longer_number_names_no_shorter_one(string reference) =>
        Told(350, reference).ShouldBe("Part: INV-1 300, INV-2 50 + 0");

    [Theory]
    [InlineData("(INV-2)")]
    [InlineData("INV-20/INV-2")]
    public void A_number_is_found_beside_other_signs(string reference) =>
        Told(350, reference).ShouldBe("Part: INV-2 350 + 0");

    [Fact]
    public void A_remittance_is_followed_to_the_cent()
    {
        Told(350, "", new RemittanceLine("INV-2", 250), new RemittanceLine("INV-1", 50)).ShouldBe("Part: INV-2 250, INV-1 50 + 50".Replace("Part", "Over"));
        Told(350, "", new RemittanceLine("INV-1", null)).ShouldBe("Over: INV-1 300 + 50");
    }

    [Fact]
    public void More_than_is_open_is_refused_with_both_numbers()
    {
        var (_, refusal) = MatchPayment.Of(Payment(400), 400, Open, [new RemittanceLine("INV-1", 301)]);
        refusal.ShouldBe(new Refusal("payment.over-open", "INV-1 has 3.00 CAD open, 3.01 CAD were to be applied."));
        Told(400, "", new RemittanceLine("INV-1", 200), new RemittanceLine("INV-1", 101)).ShouldBe("payment.over-open");
        Told(100, "", new RemittanceLine("INV-1", 101)).ShouldBe("payment.over-paid");
        Told(100, "", new RemittanceLine("INV-1", -1)).ShouldBe("payment.over-open");
    }

    [Fact]
    public void Another_currency_or_the_other_direction_is_never_paid()
    {
        Told(100, "", new RemittanceLine("INV-3", 100)).ShouldBe("document.unknown");
        Told(100, "", new RemittanceLine("INV-4", 100)).ShouldBe("document.unknown");
        MatchPayment.Of(Payment(100, "", "EUR"), 100, Open, []).Match!.Match.ShouldBe(PaymentMatch.Unapplied);
    }

    [Fact]
    public void The_same_payment_again_is_the_same_and_another_content_is_refused()
    {
        var pair = Relationship.Between(Flo, Cpi);
        var facts = PaymentDecisions.Record(PaymentState.None, Payment(300), pair, Open, [], Third, "ana")
            .ShouldBeOfType<Decision<PaymentFact>.Accepted>().Facts;
        var known = facts.Aggregate(PaymentState.None, (state, fact) => state.With(fact));
        (known.Match, known.Unapplied).ShouldBe((PaymentMatch.Exact, 0L));

        PaymentDecisions.Record(known, Payment(300), pair, Open, [], Third, "bruno")
            .ShouldBeOfType<Decision<PaymentFact>.Accepted>().Facts.ShouldBeEmpty();
        var refusal = PaymentDecisions.Record(known, Payment(301), pair, Open, [], Third, "ana")
            .ShouldBeOfType<Decision<PaymentFact>.Refused>().Refusal;
        refusal.Code.ShouldBe("payment.differs");
        refusal.Message.ShouldContain("3.00 CAD");
        refusal.Message.ShouldContain("3.01 CAD");
        PaymentDecisions.Apply(known, Open, [], Third, "ana")
            .ShouldBeOfType<Decision<PaymentFact>.Refused>().Refusal.Code.ShouldBe("payment.nothing-unapplied");
    }

    [Theory]
    [InlineData("", 1, "payment.id")]
    [InlineData("a b", 1, "payment.id")]
    [InlineData("a/../b", 1, "payment.id")]
    [InlineData("P-1", 0, "payment.amount")]
    [InlineData("P-1", -5, "payment.amount")]
    public void What_is_no_payment_is_refused(string id, int amount, string code) =>
        PaymentDecisions.Fault(Payment(amount) with { Id = id }, Relationship.Between(Flo, Cpi))!.Code.ShouldBe(code);
}
