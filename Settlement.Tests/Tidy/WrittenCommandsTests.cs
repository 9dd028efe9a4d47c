using System.Text.RegularExpressions;
using Settlement.Api;

namespace Settlement.Tests.Tidy;

/// <summary>What the documentation tells people to type is there.</summary>
public sealed partial class WrittenCommandsTests
{
    [Fact]
    public void Every_command_that_is_written_down_exists_with_its_options()
    {
        var verbs = Verbs.All.Select(verb => verb.Create())
            .ToDictionary(verb => verb.Name, StringComparer.Ordinal);
        string[] files =
        [
            Path.Combine(Checkout.Root, "README.md"),
            .. Directory.GetFiles(Path.Combine(Checkout.Root, "docs"), "*.md"),
        ];
        var written = files.SelectMany(file => Line().Matches(File.ReadAllText(file)))
            .Select(match => match.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]).ToList();

        written.ShouldNotBeEmpty();
        written.Where(words => !Exists(words)).Select(words => string.Join(' ', words)).ShouldBeEmpty();

        bool Exists(string[] words)
        {
            if (!verbs.TryGetValue(words[0], out var command))
            {
                return false;
            }

            while (words.Length > 1
                && command.Subcommands.FirstOrDefault(below => below.Name == words[1]) is { } below)
            {
                (command, words) = (below, words[1..]);
            }

            var options = command.Options.Select(option => option.Name).ToHashSet(StringComparer.Ordinal);
            return words.SelectMany(word => Option().Matches(word))
                .All(option => options.Contains(option.Value));
        }
    }

    [GeneratedRegex("ops/settle [a-z][^`#|\n]*", RegexOptions.None, 1000)]
    private static partial Regex Line();

    [GeneratedRegex("--[a-z-]+", RegexOptions.None, 1000)]
    private static partial Regex Option();
}
