using System.Text.RegularExpressions;

namespace Settlement.Tests.Tidy;

/// <summary>Rules about the code that no compiler holds.</summary>
public sealed partial class CodeTests
{
    [Fact]
    public void No_floating_point_stands_in_the_domain() =>
        Offenders("Settlement.Domain", FloatingPoint()).ShouldBeEmpty();

    [Fact]
    public void Nothing_that_is_stored_is_inserted_and_forgotten_on_a_conflict() =>
        // keys of drivers are the exception: whoever comes second uses the first one's key
        Offenders("Settlement.Projections", DoNothing())
            .Where(line => !line.Contains("DriverVault.cs", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void A_file_is_short_enough_to_be_read_in_one_go() =>
        new[] { "Settlement.Domain", "Settlement.Projections", "Settlement.Api" }.SelectMany(Checkout.Sources)
            .Select(file => (file, Lines: File.ReadAllLines(file).Length)).Where(source => source.Lines > 400)
            .ShouldBeEmpty();

    [Fact]
    public void The_product_refers_to_nothing_outside_itself() =>
        new[] { "Settlement.Domain", "Settlement.Projections", "Settlement.Api", "ops" }
            .SelectMany(Checkout.Sources)
            .Where(file => Outside().IsMatch(File.ReadAllText(file))).ShouldBeEmpty();

    /// <summary>By <see cref="Laws"/> alone: else a run fails on a case that the next one cannot find again.</summary>
    [Fact]
    public void Every_law_is_tried_from_the_seed_of_the_run() =>
        Offenders("Settlement.Tests", OwnSeed())
            .Where(line => !line.StartsWith("Settlement.Tests/Laws.cs", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void The_log_is_written_in_one_place_and_by_Marten()
    {
        string[] folders = ["Settlement.Domain", "Settlement.Projections", "Settlement.Api"];
        folders.SelectMany(folder => Offenders(folder, WritingSession()))
            .Where(line => !line.StartsWith("Settlement.Projections/EventStore/TenantWriter.cs:", StringComparison.Ordinal))
            .ShouldBeEmpty();
        folders.SelectMany(Checkout.Sources)
            .Concat(Directory.EnumerateFiles(Path.Combine(Checkout.Root, "Settlement.Projections", "Migrations")))
            .Where(file => WrittenByHand().IsMatch(File.ReadAllText(file)))
            .ShouldBeEmpty();
    }

    private static IEnumerable<string> Offenders(string folder, Regex banned) =>
        from file in Checkout.Sources(folder)
        from line in File.ReadAllLines(file).Select((text, index) => (text, index))
        where banned.IsMatch(Code(line.text))
        select $"{Path.GetRelativePath(Checkout.Root, file)}:{line.index + 1}: {line.text.Trim()}";

    private static string Code(string line)
    {
        var comment = line.IndexOf("//", StringComparison.Ordinal);
        return comment < 0 ? line : line[..comment];
    }

    [GeneratedRegex(@"\b(double|float|Double|Single)\b(?!\w)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FloatingPoint();

    [GeneratedRegex("on conflict.*do nothing", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex DoNothing();

    [GeneratedRegex(@"\bConfig\.(Quick|Verbose|Default)|\b(Quick|Verbose)Check|\bCheck\.(One|All|Quick|Verbose)|\.Sample\(|\[Propert[y]|new Random\(\)|Random\.Shared",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OwnSeed();

    [GeneratedRegex(@"\.\./shared|facts/\w+\.md", RegexOptions.None, 1000)]
    private static partial Regex Outside();

    // every way in which Marten opens a session that can store something, or stores without one
    [GeneratedRegex(
        @"\b(LightweightSession|OpenSession|IdentitySession|DirtyTrackedSession|\w+SerializableSession|BulkInsert\w*)(Async)?\(",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WritingSession();

    [GeneratedRegex(
        @"\b(insert\s+into|copy|update|delete\s+from|truncate)\s+(log\.)?mt_(events|streams)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WrittenByHand();
}
