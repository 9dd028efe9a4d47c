using System.Text.RegularExpressions;
using Settlement.Tests.EventStore;
using Settlement.Tests.Export;
using Settlement.Tests.Files;
using Settlement.Tests.Intake;
using Settlement.Tests.Ocpi;
using Settlement.Tests.Pages;
using Settlement.Tests.Rating;
using Settlement.Tests.Tax;

namespace Settlement.Tests.Tidy;

/// <summary>What ops/check runs and needs.</summary>
public sealed partial class TestSizesTests
{
    [Theory]
    [InlineData(typeof(RaterTests))]
    [InlineData(typeof(CdrValidatorTests))]
    [InlineData(typeof(VectorsReadTests))]
    [InlineData(typeof(AmericanTaxesTests))]
    public void What_calculates_is_quick(Type test) => TestSizes.IsPure(test).ShouldBeTrue();

    [Theory]
    [InlineData(typeof(AppendTests))] // a fixture
    [InlineData(typeof(KillTests))] // its own set-up
    [InlineData(typeof(GarageSummerTests))] // in an asynchronous method
    [InlineData(typeof(PagesTests))] // a fixture of a fixture
    [InlineData(typeof(PdfTests))] // another program
    [InlineData(typeof(PlainTextAccountingTests))]
    public void What_needs_a_database_or_another_program_is_not(Type test) => TestSizes.IsPure(test).ShouldBeFalse();

    [Fact]
    public void Every_program_that_a_test_starts_is_one_that_ops_check_installs()
    {
        var listed = Listed().Match(File.ReadAllText(Path.Combine(Checkout.Root, "ops/check"))).Groups["tools"].Value
            .Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(tool => tool.Split(':')[0]).ToList();
        var started = Checkout.Sources("Settlement.Tests").SelectMany(file => Started().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["tool"].Value).Distinct().ToList();
        started.ShouldContain("pdftotext");
        started.Except(listed).ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_read_from_outside_the_checkout() =>
        new[] { "Settlement.Tests", "Settlement.Api", "Settlement.Projections", "Settlement.Domain", "ops" }
            .SelectMany(Checkout.Sources)
            .Where(file => Outside().IsMatch(File.ReadAllText(file))).ShouldBeEmpty();

    [GeneratedRegex(@"tools=\((?<tools>[^)]*)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listed();

    [GeneratedRegex("""Tools?\.(?:Run|RunWith)\(\s*(?:\w+, )?"(?<tool>[a-z0-9-]+)",""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Started();

    // a folder beside the one of Settlement.sln
    [GeneratedRegex("Root, \"\\.\\.\"|Root, @?\"\\.\\./", RegexOptions.None, 1000)]
    private static partial Regex Outside();
}
