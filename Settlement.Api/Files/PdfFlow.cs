namespace Settlement.Api.Files;

/// <summary>Where on which page the next thing goes, and what stands on every page.</summary>
internal sealed class PdfFlow
{
    public const double Left = 50;
    public const double Right = PdfDocument.PageWidth - 50;
    public const double Width = Right - Left;
    private const double Top = 50;
    private const double Bottom = PdfDocument.PageHeight - 58;

    private static readonly PdfText Small = new(7.5, Bold: false, PdfText.Soft);
    private static readonly PdfText Mark = new(7.5, Bold: true, PdfText.Alarm);

    private readonly Paper paper;

    public PdfFlow(PdfDocument document, Paper paper)
    {
        (Document, this.paper) = (document, paper);
        Page = document.NewPage();
        Y = Top;
    }

    public PdfDocument Document { get; }

    public PdfPage Page { get; private set; }

    /// <summary>Points from the upper edge.</summary>
    public double Y { get; set; }

    /// <summary>Goes to the next page unless this much still fits here.</summary>
    public bool Need(double height)
    {
        if (Y + height <= Bottom || Y <= Top + 20)
        {
            return false;
        }

        Page = Document.NewPage();
        Y = Top + 26;
        return true;
    }

    /// <summary>Text broken into lines that fit.</summary>
    public List<string> Wrap(string text, PdfText style, double width)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var word in text.Split(' '))
        {
            var longer = line.Length == 0 ? word : line + " " + word;
            if (line.Length > 0 && style.Width(Document, longer) > width)
            {
                lines.Add(line);
                longer = word;
            }

            line = longer;
            while (line.Length > 1 && style.Width(Document, line) > width)
            {
                var fits = Fitting(line, style, width);
                lines.Add(line[..fits]);
                line = line[fits..];
            }
        }

        lines.Add(line);
        return lines;
    }

    /// <summary>Lines of one element below each other; leaves Y on the last baseline's foot.</summary>
    public void Lines(PdfElement element, IReadOnlyList<string> lines, double x, PdfText style)
    {
        foreach (var line in lines)
        {
            Need(style.Leading);
            Y += style.Leading;
            var at = Y - (style.Leading * 0.25);
            Page.Draw(element, () => Page.Text(x, at, line, style));
        }
    }

    public void Rule(double y, double thickness, string color, double from = Left, double to = Right) =>
        Page.Draw(null, () => Page.Rule(from, y, to, thickness, color));

    /// <summary>What only is known when all pages are there.</summary>
    public void Finish()
    {
        for (var i = 0; i < Document.Pages.Count; i++)
        {
            var (page, number) = (Document.Pages[i], i + 1);
            page.Draw(null, () =>
            {
                const double Foot = PdfDocument.PageHeight - 34;
                page.Rule(Left, Foot - 12, Right, 0.4, PdfText.Line);
                page.Text(Left, Foot, paper.Foot, Small);
                var text = string.Format(
                    System.Globalization.CultureInfo.InvariantCulture, paper.PageOf, number, Document.Pages.Count);
                page.Text(Right - Small.Width(Document, text), Foot, text, Small);
                if (number > 1)
                {
                    page.Text(Left, Top - 4, $"{paper.Title} · {paper.Subtitle}", Small);
                    page.Rule(Left, Top + 3, Right, 0.4, PdfText.Line);
                }

                if (paper.Mark is { } mark)
                {
                    page.Text(Right - Mark.Width(Document, mark), number > 1 ? Top - 4 : 34, mark, Mark);
                }
            });
        }
    }

    private int Fitting(string line, PdfText style, double width)
    {
        var fits = 1;
        while (fits < line.Length && style.Width(Document, line[..(fits + 1)]) <= width)
        {
            fits++;
        }

        return char.IsHighSurrogate(line[fits - 1]) && fits > 1 ? fits - 1 : fits;
    }
}
