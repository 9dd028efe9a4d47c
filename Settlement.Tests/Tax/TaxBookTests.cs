using System.Text.Json;
using NodaTime;
using Settlement.Domain.Tax;
using static Settlement.Tests.Tax.TaxCase;

namespace Settlement.Tests.Tax;

/// <summary>
/// The book is append-only and bitemporal: what was said on a day stays what was said on that day.
/// </summary>
public class TaxBookTests
{
    private static readonly Instant Monday = Instant.FromUtc(2026, 11, 23, 9, 0);

    private static TaxRule Kentucky2026 => TaxBook.Shipped.Named("US-KY:EV_EXCISE:2026-01-01")! with
    {
        Version = 2,
        Treatment = Treatment.Taxable,
        PerKwh = 0.0336m,
        Unit = null,
        Question = null,
        Source = "Department of Revenue notice",
        Confidence = "confirmed",
        ProposedBy = "ana",
        ApprovedBy = "ben",
    };

    [Fact]
    public void A_decision_of_finance_answers_the_open_question_from_then_on()
    {
        TaxRuleCheck.Against(Kentucky2026, TaxBook.Shipped).ShouldBeNull();
        var book = TaxBook.Shipped.Record(Kentucky2026, Monday);
        var question = Reseller("US-KY", "2026-06-01").Kwh(30m).At(facts => facts with { PowerKw = 50m });
        question.Told().ShouldBe("tax.undetermined");
        question.Told(book).ShouldBe("EV_EXCISE 1.01 + SALES exempt = 101.01");
        question.Determined(book).Lines[0].Rule.ShouldBe("US-KY:EV_EXCISE:2026-01-01/v2");
    }

    [Fact]
    public void As_known_before_it_was_recorded_the_answer_is_what_we_said_then()
    {
        var book = TaxBook.Shipped.Record(Kentucky2026, Monday);
        var question = Reseller("US-KY", "2026-06-01").Kwh(30m).At(facts => facts with { PowerKw = 50m });
        (question with { KnownAt = Monday - Duration.FromSeconds(1) }).Told(book)
            .ShouldBe("tax.undetermined");
        (question with { KnownAt = Monday }).Told(book).ShouldBe("EV_EXCISE 1.01 + SALES exempt = 101.01");
    }

    [Fact]
    public void What_was_recorded_at_the_very_instant_was_known()
    {
        var later = Kentucky2026 with { Version = 3, PerKwh = 0.04m };
        var book = TaxBook.Shipped.Record(Kentucky2026, Monday).Record(later, Monday + Duration.FromDays(1));
        var question = Reseller("US-KY", "2026-06-01").Kwh(30m).At(facts => facts with { PowerKw = 50m });
        (question with { KnownAt = Monday }).Told(book).ShouldBe("EV_EXCISE 1.01 + SALES exempt = 101.01");
        question.Told(book).ShouldBe("EV_EXCISE 1.20 + SALES exempt = 101.20");
    }

    [Fact]
    public void A_replaced_version_can_still_be_named() =>
        TaxBook.Shipped.Record(Kentucky2026, Monday).Named("US-KY:EV_EXCISE:2026-01-01")!.Treatment
            .ShouldBe(Treatment.Open);

    [Fact]
    public void A_new_rate_ends_the_old_rule_by_its_next_version_and_starts_its_own()
    {
        var old = TaxBook.Shipped.Named("CA-ON:HST:2010-07-01")!;
        var ended = old with { Version = 2, To = Day("2026-12-31"), ProposedBy = "ana", ApprovedBy = "ben" };
        var next = ended with { Id = "CA-ON:HST:2027-01-01", Version = 1, From = Day("2027-01-01"), To = null,
            Rate = 0.14m };
        TaxRuleCheck.Against(next, TaxBook.Shipped)!.Code.ShouldBe("rule.overlaps");
        var book = TaxBook.Shipped.Record(ended, Monday);
        TaxRuleCheck.Against(next, book).ShouldBeNull();
        book = book.Record(next, Monday);
        Driver("CA-ON", "2026-12-31").Told(book).ShouldBe("HST 13.00 = 113.00");
        Driver("CA-ON", "2027-01-01").Told(book).ShouldBe("HST 14.00 = 114.00");
    }

    [Fact]
    public void Two_different_people_propose_and_approve()
    {
        TaxRuleCheck.Against(Kentucky2026 with { ApprovedBy = "Ana" }, TaxBook.Shipped)!.Code
            .ShouldBe("rule.same-person");
        TaxRuleCheck.Against(Kentucky2026 with { ApprovedBy = null }, TaxBook.Shipped)!.Code
            .ShouldBe("rule.not-approved");
    }

    public static TheoryData<string, TaxRule> Faulty => new()
    {
        { "rule.nameless", Kentucky2026 with { Id = "" } },
        { "rule.place-unknown", Kentucky2026 with { Jurisdiction = "US-ZZ" } },
        { "rule.no-source", Kentucky2026 with { Source = " " } },
        { "rule.confidence", Kentucky2026 with { Confidence = "sure" } },
        { "rule.amount", Kentucky2026 with { Rate = 0.1m } },
        { "rule.amount", Kentucky2026 with { PerKwh = null } },
        { "rule.amount", Kentucky2026 with { PerKwh = 3m } },
        { "rule.no-reason", Kentucky2026 with { Treatment = Treatment.Exempt } },
        { "rule.no-question", Kentucky2026 with { Treatment = Treatment.Open } },
        { "rule.dates", Kentucky2026 with { To = Day("2025-12-31") } },
        { "rule.base", Kentucky2026 with { BasePlus = ["EV_EXCISE"] } },
        { "rule.version", Kentucky2026 with { Version = 4 } },
    };

    public static TheoryData<StationFilter, StationFilter, bool> Filters => new()
    {
        { new() { KwMin = 50m }, new() { KwBelow = 50m }, true },
        { new() { KwAbove = 50m }, new() { KwBelow = 50m }, true },
        { new() { KwMin = 50m }, new() { KwBelow = 51m }, false },
        { new() { Levels = [1, 2] }, new() { Levels = [3] }, true },
        { new() { Levels = [1, 2] }, new() { Levels = [2, 3] }, false },
        { new() { InstalledFrom = Day("2024-03-22") }, new() { InstalledBefore = Day("2024-03-22") }, true },
        { new() { InstalledFrom = Day("2024-03-21") }, new() { InstalledBefore = Day("2024-03-22") }, false },
        { new() { Public = true }, new() { Public = false }, true },
        { new() { Paid = true }, new() { Residence = true }, false },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public void Two_filters_exclude_each_other_when_no_station_fits_both(
        StationFilter one, StationFilter other, bool excludes)
    {
        one.ExcludesAll(other).ShouldBe(excludes);
        other.ExcludesAll(one).ShouldBe(excludes);
    }

    [Theory]
    [MemberData(nameof(Faulty))]
    public void A_faulty_rule_is_refused_by_its_code(string code, TaxRule rule) =>
        TaxRuleCheck.Against(rule, TaxBook.Shipped)!.Code.ShouldBe(code);

    [Theory]
    [InlineData("CA-QC:QST:2012-01-01")]
    [InlineData("US-WI:EV_EXCISE:2025-01-01")]
    [InlineData("US-KY:EV_EXCISE:2026-01-01")]
    public void A_rule_survives_plain_JSON_so_that_it_can_be_an_events_payload(string id)
    {
        var rule = TaxBook.Shipped.Named(id)!;
        var text = JsonSerializer.Serialize(rule);
        var back = JsonSerializer.Deserialize<TaxRule>(text)!;
        JsonSerializer.Serialize(back).ShouldBe(text);
        back.From.ShouldBe(rule.From);
        back.Stations.Count.ShouldBe(rule.Stations.Count);
        text.ShouldContain($"\"From\":\"{rule.From:uuuu-MM-dd}\"");
        text.ShouldContain($"\"Treatment\":\"{rule.Treatment}\"");
    }
}
