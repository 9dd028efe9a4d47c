namespace Settlement.Api.Files;

/// <summary>
/// A document for people, told once and rendered as PDF or HTML: texts and figures are already in its language. The
/// renderers know no business words, the document knows no layout.
/// </summary>
/// <param name="Subtitle">What tells it from its siblings: the month.</param>
/// <param name="Facts">Label and value, beside the title.</param>
public sealed record Paper(
    string Title, string Subtitle, IReadOnlyList<PaperFact> Facts, IReadOnlyList<PaperBlock> Blocks)
{
    /// <summary>BCP 47: en-CA, fr-CA.</summary>
    public required string Language { get; init; }

    /// <summary>Stands on every page where given: PRELIMINARY.</summary>
    public string? Mark { get; init; }

    /// <summary>At the foot of every page.</summary>
    public string Foot { get; init; } = "";

    /// <summary>With {0} and {1}: page 1 of 3.</summary>
    public required string PageOf { get; init; }

    /// <summary>Behind a heading that is repeated on the next page.</summary>
    public required string Continued { get; init; }
}

public sealed record PaperFact(string Label, string Value);

/// <summary>A piece of a document, in reading order.</summary>
public abstract record PaperBlock
{
    private PaperBlock() { }

    /// <summary>Legal entities side by side, as a letter names them.</summary>
    public sealed record Parties(IReadOnlyList<PaperParty> Each) : PaperBlock;

    /// <param name="Verdict">Beside it, where the part has one.</param>
    public sealed record Heading(string Text, PaperCell? Verdict = null) : PaperBlock;

    public sealed record Paragraph(string Text) : PaperBlock
    {
        /// <summary>Explains; not needed to read the figures.</summary>
        public bool Quiet { get; init; }
    }

    /// <summary>Must not be overlooked.</summary>
    public sealed record Notice(string Text) : PaperBlock;

    /// <summary>The few figures a reader looks for first, one card per currency.</summary>
    public sealed record Cards(IReadOnlyList<PaperCard> Each) : PaperBlock
    {
        /// <summary>Under the column of amounts it adds up, at the right.</summary>
        public bool AtRight { get; init; }
    }

    public sealed record Facts(IReadOnlyList<PaperFact> Each) : PaperBlock;

    /// <param name="Caption">What it lists, for those who cannot see its place on the page.</param>
    public sealed record Table(
        string Caption, IReadOnlyList<PaperColumn> Columns, IReadOnlyList<PaperGroup> Groups) : PaperBlock;
}

/// <param name="Lines">Address.</param>
public sealed record PaperParty(
    string Role, string Name, IReadOnlyList<string> Lines, IReadOnlyList<PaperFact> Numbers);

/// <param name="Total">The last line, set apart.</param>
public sealed record PaperCard(string Title, IReadOnlyList<PaperFact> Lines, PaperFact Total);

/// <param name="Figures">Right-aligned, never wrapped.</param>
public sealed record PaperColumn(string Head, bool Figures = false);

/// <summary>Rows under one heading, with their sum.</summary>
public sealed record PaperGroup(string? Heading, IReadOnlyList<PaperRow> Rows, PaperRow? Sum = null);

public sealed record PaperRow(IReadOnlyList<PaperCell> Cells)
{
    public static PaperRow Of(params IEnumerable<PaperCell> cells) => new([.. cells]);
}

public enum PaperTone
{
    Plain,
    Strong,
    Quiet,
    Good,
    Bad,
}

public readonly record struct PaperCell(string Text, PaperTone Tone = PaperTone.Plain)
{
    public static implicit operator PaperCell(string text) => new(text);
}
