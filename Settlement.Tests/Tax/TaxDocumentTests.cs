using System.Text;
using Settlement.Domain.Tax;
using static Settlement.Tests.Tax.TaxCase;

namespace Settlement.Tests.Tax;

/// <summary>
/// The tables of docs/tax.md are made from the rules, so that they cannot say anything else.
/// </summary>
/// <remarks>After a change of the rules: <c>UPDATE_DOCS=1</c> writes them anew.</remarks>
public class TaxDocumentTests
{
    private const string Begin = "<!-- tables: made from the rules -->";
    private const string End = "<!-- end of tables -->";

    [Fact]
    public void The_tables_of_the_document_are_what_the_rules_say()
    {
        var path = DocumentPath();
        var text = File.ReadAllText(path);
        var (start, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length,
            text.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            text = text[..start] + "\n" + Tables() + text[end..];
            File.WriteAllText(path, text);
            end = text.IndexOf(End, StringComparison.Ordinal);
        }

        text[start..end].Trim().ShouldBe(Tables().Trim());
    }

    private static string Tables()
    {
        var text = new StringBuilder();
        text.Append("### Open questions\n\n");
        text.Append("| rule | components | stations | days | question |\n| --- | --- | --- | --- | --- |\n");
        foreach (var rule in Rules(rule => rule.Treatment == Treatment.Open))
        {
            text.Append(
                $"| {rule.Id} | {All(rule.Components)} | {Stations(rule)} | {Days(rule)} "
                + $"| {rule.Question} |\n");
        }

        text.Append("\n### Rules that decide\n\n");
        text.Append("| rule | what it says | stations | days | tax point | local | confidence | source |\n");
        text.Append("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var rule in Rules(rule => rule.Treatment != Treatment.Open))
        {
            text.Append(
                $"| {rule.Id} | {Says(rule)} | {Stations(rule)} | {Days(rule)} | {rule.TaxPoint} | "
                + $"{rule.Local} | "
                + $"{rule.Confidence} | {rule.Source.Replace("|", "/", StringComparison.Ordinal)} |\n");
        }

        text.Append("\n### What became of each researched row\n\n");
        text.Append("| row | outcome | rules | reason |\n| --- | --- | --- | --- |\n");
        foreach (var row in TaxRulesFile.Shipped.Rows)
        {
            var rules = row.Rules.Count == 1 && row.Rules[0] == row.Row
                ? "same id"
                : string.Join(", ", row.Rules);
            text.Append($"| {row.Row} | {row.Outcome} | {rules} | {row.Reason} |\n");
        }

        return text.Append('\n').ToString();
    }

    private static IEnumerable<TaxRule> Rules(Func<TaxRule, bool> which) =>
        TaxRulesFile.Shipped.Rules.Where(which).OrderBy(rule => rule.Jurisdiction, StringComparer.Ordinal)
            .ThenBy(rule => rule.Tax, StringComparer.Ordinal).ThenBy(rule => rule.From ?? Day("0001-01-01"));

    private static string Says(TaxRule rule) => rule switch
    {
        { Treatment: Treatment.Exempt } => rule.Reason!,
        { Treatment: Treatment.SupplierCost } => $"{rule.PerKwh:0.#####} per kWh; {rule.Reason}",
        { PerKwh: { } perKwh } => $"{perKwh:0.#####} per kWh",
        _ => $"{rule.Rate * 100:0.####} % of "
            + (rule.BasePlus.Count == 0 ? "the price" : "price + " + string.Join(", ", rule.BasePlus))
            + (rule.Components.Count == 0 ? "" : $", {All(rule.Components)} only"),
    };

    private static string Stations(TaxRule rule) => rule.Stations.Count == 0
        ? "all"
        : string.Join(" or ", rule.Stations.Select(filter => string.Join(", ", Conditions(filter))));

    private static IEnumerable<string> Conditions(StationFilter filter) => new[]
    {
        filter.KwMin is { } min ? $"{min:0.#} kW or more" : null,
        filter.KwAbove is { } above ? $"more than {above:0.#} kW" : null,
        filter.KwBelow is { } below ? $"less than {below:0.#} kW" : null,
        filter.Levels.Count > 0 ? $"level {string.Join("/", filter.Levels)}" : null,
        filter.InstalledFrom is { } from ? $"installed from {from:uuuu-MM-dd}" : null,
        filter.InstalledBefore is { } before ? $"installed before {before:uuuu-MM-dd}" : null,
        filter.Public is { } open ? open ? "public" : "not public" : null,
        filter.StateProperty is { } state ? state ? "state property" : "not state property" : null,
        filter.Residence is { } home ? home ? "residence" : "no residence" : null,
        filter.Paid is { } paid ? paid ? "paid" : "free" : null,
    }.OfType<string>();

    private static string Days(TaxRule rule) =>
        (rule.From is { } from ? $"{from:uuuu-MM-dd} –" : "… –")
        + (rule.To is { } to ? $" {to:uuuu-MM-dd}" : "");

    private static string All(IReadOnlyList<string> components) =>
        components.Count == 0 ? "all" : string.Join(", ", components);

    private static string DocumentPath() => Path.Combine(Checkout.Root, "docs", "tax.md");
}
