using System.Text.RegularExpressions;
using Settlement.Domain.Rating;

namespace Settlement.Tests.Rating;

/// <summary>docs/rating.md lists every policy, value and code there is.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void Every_policy_and_each_of_its_values_is_documented()
    {
        var lines = Document().Split('\n');
        foreach (var entry in RatingPolicies.All)
        {
            lines.ShouldContain(
                line => line.StartsWith($"| {entry.Name} | {string.Join(", ", entry.Values)} |", StringComparison.Ordinal),
                entry.Name);
        }
    }

    [Fact]
    public void Every_code_that_rating_can_find_is_documented()
    {
        var document = Document();
        var sources = Directory.GetFiles(Path.Combine(Checkout.Root, "Settlement.Domain", "Rating"), "*.cs");
        var codes = sources.SelectMany(file => Code().Matches(File.ReadAllText(file)).Select(match => match.Groups["code"].Value))
            .Distinct().ToList();
        codes.Count.ShouldBeGreaterThan(50);
        codes.Where(code => !document.Contains(code, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [GeneratedRegex("\"(?<code>(lint|claim|tariff|periods?|session|energy|time|parking|component|restriction|signal|zone"
        + "|price-limit|amount|surcharge|policy)\\.[a-z-]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    private static string Document() => File.ReadAllText(Path.Combine(Checkout.Root, "docs", "rating.md"));
}
