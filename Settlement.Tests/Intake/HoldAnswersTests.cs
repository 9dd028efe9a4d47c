using Settlement.Domain.Intake;

namespace Settlement.Tests.Intake;

/// <summary>What can be done about each reason to hold is written down as the program does it.</summary>
public sealed class HoldAnswersTests
{
    [Fact]
    public void Every_reason_stands_in_the_document_with_what_answers_it()
    {
        var reasons = File.ReadAllLines(Path.Combine(Checkout.Root, "Settlement.Api/Intake/held-reasons.txt"))
            .Select(row => row.Split(" | ")).ToList();
        var document = File.ReadAllLines(Path.Combine(Checkout.Root, "docs/settling.md"));

        var missing = reasons.Where(cells => cells[0] != "*")
            .Select(cells => $"| `{cells[0]}` | {cells[1]} | {HoldAnswers.Words(HoldAnswers.Of(Sample(cells[0]))).Word} |")
            .Where(row => !document.Contains(row, StringComparer.Ordinal)).ToList();

        missing.ShouldBeEmpty("lines for the table of reasons in docs/settling.md");
    }

    // a noun stands for codes that have no line of their own
    private static string Sample(string code) => code.Replace("*", "any", StringComparison.Ordinal);
}
