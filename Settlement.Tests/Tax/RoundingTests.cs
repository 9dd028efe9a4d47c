using FsCheck;
using FsCheck.Fluent;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;
using static Settlement.Tests.Tax.TaxCase;

namespace Settlement.Tests.Tax;

/// <summary>Rounding elections: HST in parts, and a document's tax rounded once.</summary>
public class RoundingTests
{
    [Fact] // CRA interpretation 125136: on 31.95 both 4.15 and 4.16 are acceptable
    public void HST_is_rounded_once_or_in_its_two_parts()
    {
        var question = Driver("CA-ON", "2026-10-01", "31.95");
        question.Told().ShouldBe("HST 4.15 = 36.10");
        var parts = (question with { Rounding = new RoundingElection { HstInTwoParts = true } })
            .Determined().Lines;
        parts.Select(line => (line.Jurisdiction, line.Rate, line.Amount.Text()))
            .ShouldBe([("CA", 0.05m, "1.60"), ("CA-ON", 0.08m, "2.56")]);
    }

    [Fact]
    public void An_election_counts_from_its_day_to_its_day()
    {
        var parts = new RoundingElection { HstInTwoParts = true };
        TaxQuestion On(string day)
        {
            var question = Driver("CA-ON", day, "31.95");
            return question with
            {
                Supplier = question.Supplier with
                {
                    Elections = [new DatedElection("GST", "CA", Day("2026-01-01"), Day("2026-12-31"), parts)],
                },
            };
        }

        On("2025-12-31").Told().ShouldBe("HST 4.15 = 36.10");
        On("2026-01-01").Told().ShouldBe("HST 1.60 + HST 2.56 = 36.11");
        On("2027-01-01").Told().ShouldBe("HST 4.15 = 36.10");
    }

    [Fact]
    public void A_price_that_includes_HST_in_parts_stays_that_price()
    {
        var question = Driver("CA-ON", "2026-10-01", "36.11") with
        {
            Rounding = new RoundingElection { HstInTwoParts = true },
        };
        (question with { AmountsIncludeTax = true }).Told().ShouldBe("HST 1.60 + HST 2.56 = 36.11");
    }

    [Fact]
    public void A_documents_tax_is_rounded_once_and_the_cents_go_where_most_was_lost()
    {
        // 0.09 × 5 % = 0.0045 and 0.05 × 5 % = 0.0025 post as 0.00; five CDRs make 0.0185 → 0.02
        var document = DocumentRounding.Of([
            Line("a", "0.09"), Line("b", "0.05"), Line("c", "0.09"), Line("d", "0.05"),
            Line("e", "0.09")]).Single();
        (document.Base.Text(), document.Posted.Text(), document.Tax.Text(), document.Difference.Text())
            .ShouldBe(("0.37", "0.00", "0.02", "0.02"));
        document.Shares.Select(share => (share.Cdr, share.Share.Text()))
            .ShouldBe([("a", "0.01"), ("c", "0.01")]);
    }

    [Fact]
    public void A_documents_tax_may_be_less_than_its_lines_posted()
    {
        // 0.10 × 5 % = 0.005 posts as 0.01, three times; together 0.015 → 0.02
        var document = DocumentRounding.Of([Line("a", "0.10"), Line("b", "0.10"), Line("c", "0.10")])
            .Single();
        (document.Posted.Text(), document.Tax.Text()).ShouldBe(("0.03", "0.02"));
        document.Shares.Select(share => (share.Cdr, share.Share.Text())).ShouldBe([("a", "-0.01")]);
    }

    [Fact]
    public void Exempt_lines_and_other_rules_stay_apart()
    {
        var nova = new[] { "2025-03-31", "2025-04-01" }
            .Select(day => new DocumentLine(day, Driver("CA-NS", day).Determined().Lines.Single()));
        DocumentRounding.Of([.. nova, new("x", Reseller("US-CT", "2026-10-01").Determined().Lines.Single())])
            .Select(tax => (tax.Rule, tax.Tax.Text()))
            .ShouldBe([("CA-NS:HST:2010-07-01", "15.00"), ("CA-NS:HST:2025-04-01", "14.00")]);
    }

    private static readonly Gen<int[]> Amounts = Gen.Choose(-2_000, 2_000).ArrayOf();

    [Fact]
    public void Per_document_and_per_line_differ_at_most_half_a_cent_per_line_and_shares_sum_to_it() =>
        Prop.ForAll(Amounts.ToArbitrary(), amounts =>
        {
            var lines = amounts.Select((minor, i) => Line($"{i:D4}", minor)).ToList();
            return DocumentRounding.Of(lines).All(tax =>
                Math.Abs(tax.Difference.Minor) * 2 <= amounts.Length
                && tax.Shares.Sum(share => share.Share.Minor) == tax.Difference.Minor
                && tax.Shares.All(share => Math.Abs(share.Share.Minor) <= 1));
        }).Check(Laws.Config(300));

    [Fact]
    public void The_order_of_the_CDRs_does_not_matter() =>
        Prop.ForAll(Amounts.ToArbitrary(), amounts =>
        {
            var lines = amounts.Select((minor, i) => Line($"{i:D4}", minor)).ToList();
            var there = DocumentRounding.Of(lines).SelectMany(tax => tax.Shares)
                .OrderBy(share => share.Cdr, StringComparer.Ordinal);
            lines.Reverse();
            var back = DocumentRounding.Of(lines).SelectMany(tax => tax.Shares)
                .OrderBy(share => share.Cdr, StringComparer.Ordinal);
            return there.SequenceEqual(back);
        }).Check(Laws.Config(300));

    private static DocumentLine Line(string cdr, string amount) =>
        new(cdr, Driver("CA-AB", "2026-10-01", amount).Determined().Lines.Single());

    private static DocumentLine Line(string cdr, int minor)
    {
        var question = Driver("CA-AB", "2026-10-01");
        return new(cdr, (question with
        {
            Amounts = [new ComponentAmount(ChargeComponent.ENERGY, new Money(minor, question.Currency))],
        }).Determined().Lines.Single());
    }
}
