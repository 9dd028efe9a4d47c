namespace Settlement.Api.Files;

/// <summary>A document as PDF, US letter.</summary>
public sealed class PdfPaper
{
    private const double ShortPart = 280;
    private const double LeastOfPart = 120;

    private static readonly PdfText Title = new(21, Bold: true, PdfText.Ink);
    private static readonly PdfText Subtitle = new(12, Bold: false, PdfText.Soft);
    private static readonly PdfText Heading = new(11.5, Bold: true, PdfText.Ink);
    private static readonly PdfText Body = new(8.8, Bold: false, PdfText.Ink);
    private static readonly PdfText Strong = new(8.8, Bold: true, PdfText.Ink);
    private static readonly PdfText Soft = new(8, Bold: false, PdfText.Soft);
    private static readonly PdfText Value = new(8, Bold: false, PdfText.Ink);
    private static readonly PdfText Name = new(11.5, Bold: true, PdfText.Ink);
    private static readonly PdfText Big = new(13.5, Bold: true, PdfText.Ink);
    private static readonly PdfText Figure = new(10.5, Bold: false, PdfText.Ink);

    private readonly Paper paper;
    private readonly PdfDocument document;
    private readonly PdfFlow flow;

    private PdfPaper(Paper paper)
    {
        this.paper = paper;
        document = new PdfDocument($"{paper.Title}, {paper.Subtitle}", paper.Language);
        flow = new PdfFlow(document, paper);
    }

    public static void Write(Stream to, Paper paper)
    {
        var pdf = new PdfPaper(paper);
        pdf.Head();
        foreach (var (index, block) in paper.Blocks.Index())
        {
            pdf.Draw(block, paper.Blocks.Skip(index + 1).TakeWhile(next => next is not PaperBlock.Heading));
        }

        pdf.flow.Finish();
        pdf.document.Write(to);
    }

    private double Width(string text, PdfText style) => style.Width(document, text);

    private void Head()
    {
        var top = flow.Y;
        var width = PdfFlow.Width * 0.54;
        flow.Lines(document.Root.Child("H1"), flow.Wrap(paper.Title, Title, width), PdfFlow.Left, Title);
        flow.Y += 2;
        flow.Lines(document.Root.Child("P"), flow.Wrap(paper.Subtitle, Subtitle, width), PdfFlow.Left, Subtitle);
        var below = flow.Y;
        flow.Y = top + 7;
        Pairs(paper.Facts, PdfFlow.Left + (PdfFlow.Width * 0.58), PdfFlow.Width * 0.42);
        flow.Y = Math.Max(flow.Y, below) + 12;
        flow.Rule(flow.Y, 1.4, PdfText.Accent);
        flow.Y += 12;
    }

    private void Draw(PaperBlock block, IEnumerable<PaperBlock> following)
    {
        switch (block)
        {
            case PaperBlock.Parties parties:
                Parties(parties.Each);
                break;
            case PaperBlock.Heading heading:
                DrawHeading(heading, following);
                break;
            case PaperBlock.Paragraph paragraph:
                var style = paragraph.Quiet ? Soft : Body;
                flow.Lines(document.Root.Child("P"), flow.Wrap(paragraph.Text, style, PdfFlow.Width), PdfFlow.Left, style);
                flow.Y += 5;
                break;
            case PaperBlock.Notice notice:
                DrawNotice(notice.Text);
                break;
            case PaperBlock.Cards cards:
                Cards(cards.Each, cards.AtRight);
                break;
            case PaperBlock.Facts facts:
                flow.Y += 2;
                Pairs(facts.Each, PdfFlow.Left, PdfFlow.Width);
                flow.Y += 6;
                break;
            case PaperBlock.Table table:
                new PdfTable(flow, table, paper.Continued).Draw();
                flow.Y += 6;
                break;
            default:
                throw new InvalidOperationException($"{block.GetType().Name} has no look on paper.");
        }
    }

    private void DrawHeading(PaperBlock.Heading heading, IEnumerable<PaperBlock> following)
    {
        // never alone at the foot of a page, and a short part stays whole
        var height = following.Sum(Height);
        flow.Need(34 + (height <= ShortPart ? height : Least(following)));
        flow.Y += 16;
        var element = document.Root.Child("H2");
        flow.Lines(element, flow.Wrap(heading.Text, Heading, PdfFlow.Width * (heading.Verdict is null ? 1 : 0.7)), PdfFlow.Left, Heading);
        if (heading.Verdict is { } verdict)
        {
            var at = flow.Y - (Heading.Leading * 0.25);
            var look = new PdfText(8.8, Bold: true, PdfTable.Color(verdict.Tone));
            flow.Page.Draw(element, () => flow.Page.Text(
                PdfFlow.Left + Width(heading.Text, Heading) + 10, at, verdict.Text, look));
        }

        flow.Y += 4;
    }

    // up to where the first table, or whatever it is, has begun
    private double Least(IEnumerable<PaperBlock> following)
    {
        var height = 0.0;
        foreach (var block in following)
        {
            if (block is not PaperBlock.Paragraph)
            {
                return height + (block is PaperBlock.Table table
                    ? new PdfTable(flow, table, paper.Continued).LeastHeight : LeastOfPart);
            }

            height += Height(block);
        }

        return height;
    }

    private double Height(PaperBlock block) => block switch
    {
        PaperBlock.Table table => new PdfTable(flow, table, paper.Continued).TotalHeight + 6,
        PaperBlock.Paragraph paragraph => 5 + (Body.Leading * flow.Wrap(paragraph.Text, Body, PdfFlow.Width).Count),
        PaperBlock.Facts facts => 8 + (facts.Each.Count * Body.Leading),
        _ => LeastOfPart,
    };

    private void DrawNotice(string text)
    {
        var lines = flow.Wrap(text, Body, PdfFlow.Width - 24);
        flow.Need((lines.Count * Body.Leading) + 14);
        var (top, height) = (flow.Y, (lines.Count * Body.Leading) + 10);
        flow.Page.Draw(null, () =>
        {
            flow.Page.Fill(PdfFlow.Left, top, PdfFlow.Width, height, PdfText.Shade);
            flow.Page.Fill(PdfFlow.Left, top, 2.5, height, PdfText.Alarm);
        });
        flow.Y += 4;
        flow.Lines(document.Root.Child("P"), lines, PdfFlow.Left + 12, Body);
        flow.Y = top + height + 8;
    }

    private void Parties(IReadOnlyList<PaperParty> parties)
    {
        var gap = 24.0;
        var width = (PdfFlow.Width - (gap * (parties.Count - 1))) / parties.Count;
        var (top, below) = (flow.Y, flow.Y);
        for (var i = 0; i < parties.Count; i++)
        {
            flow.Y = top;
            var x = PdfFlow.Left + (i * (width + gap));
            var party = parties[i];
            flow.Lines(document.Root.Child("P"), [party.Role], x, Soft);
            flow.Lines(document.Root.Child("P"), flow.Wrap(party.Name, Name, width), x, Name);
            flow.Y += 1;
            foreach (var line in party.Lines)
            {
                flow.Lines(document.Root.Child("P"), flow.Wrap(line, Body, width), x, Body);
            }

            flow.Y += 4;
            Pairs(party.Numbers, x, width);
            below = Math.Max(below, flow.Y);
        }

        flow.Y = below + 6;
    }

    // label and value below each other in two columns
    private void Pairs(IReadOnlyList<PaperFact> facts, double x, double width)
    {
        if (facts.Count == 0)
        {
            return;
        }

        var labels = Math.Min(facts.Max(fact => Width(fact.Label, Soft)) + 12, width * 0.6);
        foreach (var fact in facts)
        {
            var label = flow.Wrap(fact.Label, Soft, labels - 6);
            var value = flow.Wrap(fact.Value, Value, width - labels);
            flow.Need(Math.Max(label.Count, value.Count) * Soft.Leading);
            var top = flow.Y;
            var element = document.Root.Child("P");
            flow.Lines(element, label, x, Soft);
            var below = flow.Y;
            flow.Y = top;
            flow.Lines(element, value, x + labels, Value);
            flow.Y = Math.Max(below, flow.Y) + 0.6;
        }
    }

    private void Cards(IReadOnlyList<PaperCard> cards, bool atRight)
    {
        const double Gap = 24;
        foreach (var row in cards.Chunk(2))
        {
            var width = (PdfFlow.Width - Gap) / 2;
            flow.Need(30 + row.Max(card => card.Lines.Sum(line => CardLine(line, width).Count)) * 15 + 40);
            var (top, below) = (flow.Y + 6, flow.Y);
            for (var i = 0; i < row.Length; i++)
            {
                flow.Y = top;
                Card(row[i], PdfFlow.Left + ((atRight && row.Length == 1 ? 1 : i) * (width + Gap)), width);
                below = Math.Max(below, flow.Y);
            }

            flow.Y = below + 10;
        }
    }

    private List<string> CardLine(PaperFact line, double width) =>
        flow.Wrap(line.Label, Body, width - Width(line.Value, Figure) - 14);

    private void Card(PaperCard card, double x, double width)
    {
        flow.Rule(flow.Y, 1, PdfText.Ink, x, x + width);
        flow.Y += 3;
        flow.Lines(document.Root.Child("H3"), [card.Title], x, Strong);
        flow.Y += 3;
        foreach (var line in card.Lines)
        {
            Figures(line, CardLine(line, width), Figure, x, width);
        }

        flow.Y += 3;
        flow.Rule(flow.Y, 0.5, PdfText.Line, x, x + width);
        flow.Y += 4;
        Figures(card.Total, flow.Wrap(card.Total.Label, Strong, width - Width(card.Total.Value, Big) - 14), Big, x, width);
    }

    private void Figures(PaperFact line, List<string> label, PdfText look, double x, double width)
    {
        var top = flow.Y;
        var element = document.Root.Child("P");
        var first = top + (look.Leading * 0.75);
        var words = look == Big ? Strong : Body;
        flow.Y = first - (words.Leading * 0.75);
        flow.Lines(element, label, x, words);
        flow.Page.Draw(element, () => flow.Page.Text(x + width - Width(line.Value, look), first, line.Value, look));
        flow.Y = Math.Max(flow.Y, top + look.Leading);
    }
}
