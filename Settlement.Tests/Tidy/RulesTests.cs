using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Settlement.Tests.Tidy;

/// <summary>The list of numbered rules is whole, and each names tests that exist.</summary>
public sealed partial class RulesTests
{
    // rules that nothing holds yet keep their numbers
    [Theory]
    [InlineData("rules-money", 31)]
    [InlineData("rules-store", 23, 10, 23)]
    public void Every_rule_is_listed_once_in_order_and_held_by_tests_that_exist(string list, int count, params int[] notYet)
    {
        var tests = typeof(RulesTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null)
                .Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet(StringComparer.Ordinal);

        var rows = Rows(list);

        rows.Select(row => row.Number).ShouldBe(Enumerable.Range(1, count).Except(notYet));
        rows.Where(row => row.Tests.Count == 0).ShouldBeEmpty();
        rows.SelectMany(row => row.Tests).Where(test => !tests.Contains(test)).ShouldBeEmpty();
    }

    [Fact]
    public void No_rule_is_cited_that_is_not_listed()
    {
        var known = new[] { "rules-money", "rules-store" }
            .SelectMany(list => Rows(list).Select(row => $"{list} {row.Number}")).ToHashSet(StringComparer.Ordinal);
        var cited = Checkout.Sources("")
            .SelectMany(file => Citation().Matches(File.ReadAllText(file)))
            .SelectMany(match => match.Groups["number"].Captures.Select(number => $"{match.Groups["list"]} {number}"))
            .Distinct();

        cited.Where(rule => !known.Contains(rule)).ShouldBeEmpty();
    }

    private static List<(int Number, List<string> Tests)> Rows(string list)
    {
        var text = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "rules.md"));
        var section = text[text.IndexOf($"## {list}:", StringComparison.Ordinal)..];
        var end = section.IndexOf("\n## ", StringComparison.Ordinal);
        return [.. (end < 0 ? section : section[..end]).Split('\n')
            .Select(line => Row().Match(line)).Where(match => match.Success)
            .Select(match => (
                int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture),
                TestName().Matches(match.Groups["tests"].Value).Select(name => name.Groups["name"].Value).ToList()))];
    }

    [GeneratedRegex(@"^\| (?<number>\d+) \| .* \| (?<tests>.*) \|$", RegexOptions.None, 1000)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<name>[^`]+)`", RegexOptions.None, 1000)]
    private static partial Regex TestName();

    // rules-money 14; rules-store 1 to 3, 8 and 9
    [GeneratedRegex(
        @"(?<list>rules-(money|store)) (?<number>\d+)((, | to | and )(?<number>\d+)\b)*",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Citation();
}
