using Settlement.Domain.Statements;

namespace Settlement.Api.Intake;

/// <summary>What a code means in a few words, and what to do about it: held-reasons.txt.</summary>
/// <param name="Title">A few words for tables and headings.</param>
/// <param name="Do">One sentence for the person who must answer.</param>
/// <param name="French">The title in French, for a partner's statement.</param>
public sealed record HeldReason(string Title, string Do, string French)
{
    // whole codes, then the nouns they begin with (as in "time.*"), the first that fits counts
    private static readonly IReadOnlyList<(string Code, HeldReason Reason)> Table = Read();

    /// <summary>Every code and noun that has words.</summary>
    public static IEnumerable<HeldReason> All => Table.Select(row => row.Reason);

    /// <summary>Every code has an answer: its own, or that of its noun.</summary>
    public static HeldReason Of(string code) => Table.First(row => row.Code == code
        || (row.Code[^1] == '*' && code.StartsWith(row.Code[..^1], StringComparison.Ordinal))).Reason;

    /// <summary>A state in words.</summary>
    public static string State(string state) => state switch
    {
        "held" => "Held",
        "conflict" => "In conflict",
        "awaited" => "Awaited",
        "unbilled" => "Not billed",
        _ => state,
    };

    public string TitleIn(Language language) => language.IsFrench ? French : Title;

    private static List<(string, HeldReason)> Read()
    {
        using var stream = typeof(HeldReason).Assembly.GetManifestResourceStream("held-reasons.txt")
            ?? throw new InvalidOperationException("The reasons are not in the program.");
        using var text = new StreamReader(stream);
        return [.. text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(row => row.Split(" | "))
            .Select(cells => (cells[0], new HeldReason(cells[1], cells[2], cells.ElementAtOrDefault(3) ?? "")))];
    }
}
