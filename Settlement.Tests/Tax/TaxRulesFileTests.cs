using System.Text.Json;
using Settlement.Domain.Tax;

namespace Settlement.Tests.Tax;

/// <summary>
/// The rules file is data: complete, sourced, without overlap, and every researched row accounted for.
/// </summary>
public class TaxRulesFileTests
{
    public static TheoryData<string> Ids => [.. TaxRulesFile.Shipped.Rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_rule_is_complete_and_names_its_source(string id)
    {
        var rule = TaxRulesFile.Shipped.Rules.Single(each => each.Id == id);
        TaxRuleCheck.Incomplete(rule).ShouldBeNull();
        rule.NameFr.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void No_two_rules_overlap_in_place_tax_component_station_and_day()
    {
        var rules = TaxRulesFile.Shipped.Rules;
        var overlaps = from one in rules
                       from other in rules
                       where string.CompareOrdinal(one.Id, other.Id) < 0 && TaxRuleCheck.Overlap(one, other)
                       select $"{one.Id} and {other.Id}";
        overlaps.ShouldBeEmpty();
    }

    [Fact]
    public void Every_row_has_an_outcome_and_every_rule_comes_from_a_row()
    {
        var file = TaxRulesFile.Shipped;
        file.Rows.ShouldAllBe(
            row => row.Reason.Length > 0 && (row.Outcome == "skipped") == (row.Rules.Count == 0));
        file.Rows.SelectMany(row => row.Rules).Order(StringComparer.Ordinal)
            .ShouldBe(file.Rules.Select(rule => rule.Id).Order(StringComparer.Ordinal));
    }

    [Fact] // rules-money 30
    public void The_researched_rows_are_all_there_with_their_rates_and_days()
    {
        var path = Checkout.Vectors("TaxResearch", "tax-rules.json");
        using var research = JsonDocument.Parse(File.ReadAllText(path));
        var accounted = TaxRulesFile.Shipped.Rows.ToDictionary(row => row.Row);
        foreach (var row in research.RootElement.EnumerateArray())
        {
            var id = row.GetProperty("id").GetString()!;
            var outcome = accounted[id];
            var rules = TaxRulesFile.Shipped.Rules.Where(rule => outcome.Rules.Contains(rule.Id)).ToList();
            var status = row.TryGetProperty("status", out var said) ? said.GetString() : null;
            (outcome.Outcome == "skipped")
                .ShouldBe(status?.StartsWith("proposed", StringComparison.Ordinal) == true, id);
            foreach (var rule in rules.Where(rule => rule.Id == id))
            {
                rule.Rate.ShouldBe(Number(row, "rate"), id);
                rule.PerKwh.ShouldBe(Number(row, "amount_per_kwh"), id);
                (rule.From is { } day ? $"{day:uuuu-MM-dd}" : "unknown")
                    .ShouldBe(row.GetProperty("effective_from").GetString(), id);
            }
        }

        accounted.Count.ShouldBe(research.RootElement.GetArrayLength());
    }

    [Theory] // rules-money 30
    [InlineData("US-KY:EV_EXCISE:2026-01-01", Treatment.Open)]
    [InlineData("US-PA:EV_EXCISE:2026-01-01", Treatment.Open)]
    [InlineData("US-WA:SALES:unknown", Treatment.Open)]
    [InlineData("US-GA:SALES:2011-01-01", Treatment.Open)]
    [InlineData("US-WY:EV_EXCISE:2025-10-01", Treatment.Taxable)]
    [InlineData("US-MN:EV_EXCISE:2027-07-01", Treatment.Taxable)]
    [InlineData("US-MT:EV_EXCISE:2023-07-01", Treatment.SupplierCost)]
    public void Rows_become_what_their_status_says(string id, Treatment treatment) =>
        TaxRulesFile.Shipped.Rules.Single(rule => rule.Id == id).Treatment.ShouldBe(treatment);

    [Fact]
    public void A_key_that_nobody_knows_stops_the_reading() =>
        Should.Throw<FormatException>(() => TaxRulesFile.Parse(
            """
            {"rules":[{"id":"X","jurisdiction":"US-NY","tax":"SALES","name_en":"","name_fr":"","source":"s",
            "confidence":"partial","rat":1}]}
            """))
            .Message.ShouldBe("X: rat is no field of a tax rule.");

    private static decimal? Number(JsonElement row, string name) =>
        row.GetProperty(name).GetString() is { } text
            ? decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
            : null;
}
