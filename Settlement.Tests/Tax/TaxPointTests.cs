using Settlement.Domain.Tax;
using static Settlement.Tests.Tax.TaxCase;

namespace Settlement.Tests.Tax;

/// <summary>A document date under another rule than the delivery date (rules-money 6 and 18).</summary>
public class TaxPointTests
{
    [Fact]
    public void A_session_of_31_March_2025_invoiced_on_1_April_differs_by_one_percent()
    {
        var question = Reseller("CA-NS", "2025-03-31");
        var posted = question.Determined().Lines;
        TaxPointDifference.MayDiffer(posted[0], Day("2025-04-01"), TaxBook.Shipped).ShouldBeTrue();
        var (differences, asked) = TaxPointDifference
            .Of(question, posted, Day("2025-04-01"), TaxBook.Shipped);
        asked.ShouldBeNull();
        var difference = differences.Single();
        (difference.Tax, difference.PostedRule, difference.DocumentRule, difference.Posted.Text(),
            difference.Due.Text())
            .ShouldBe(("HST", "CA-NS:HST:2010-07-01", "CA-NS:HST:2025-04-01", "15.00", "14.00"));
        difference.Difference.Text().ShouldBe("-1.00");
    }

    [Fact]
    public void A_document_under_the_same_rule_changes_nothing()
    {
        var question = Reseller("CA-NS", "2025-04-01");
        var posted = question.Determined().Lines;
        TaxPointDifference.MayDiffer(posted[0], Day("2025-05-03"), TaxBook.Shipped).ShouldBeFalse();
        TaxPointDifference.Of(question, posted, Day("2025-05-03"), TaxBook.Shipped).Differences
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_tax_that_ends_and_one_that_begins_are_two_lines()
    {
        var question = Reseller("CA-ON", "2010-06-30");
        var (differences, _) = TaxPointDifference
            .Of(question, question.Determined().Lines, Day("2010-07-02"), TaxBook.Shipped);
        differences.Select(
            each => (each.Tax, each.PostedRule, each.DocumentRule, each.Difference.Text())).ShouldBe(
        [
            ("GST", "CA-ON:GST:2008-01-01", null, "-5.00"),
            ("HST", null, "CA-ON:HST:2010-07-01", "13.00"),
        ]);
    }

    [Fact]
    public void Taxes_with_delivery_as_their_tax_point_stay() =>
        TaxPointDifference.MayDiffer(
            Driver("US-DC", "2026-09-30").Determined().Lines.Single(), Day("2026-10-05"),
            TaxBook.Shipped).ShouldBeFalse();

    [Fact] // the driver paid on the spot: what was in the price does not change with the document
    public void The_net_of_a_price_that_included_tax_does_not_move_with_the_document_date()
    {
        var question = Reseller("CA-NS", "2025-03-31", "115.00") with { AmountsIncludeTax = true };
        question.Told().ShouldBe("HST 15.00 = 115.00");
        (question with { Invoiced = Day("2025-04-01") }).Told().ShouldBe("HST 14.00 = 114.00");
    }
}
