using System.Globalization;
using System.Text;

namespace Settlement.Api.Files;

/// <summary>
/// A PDF file (ISO 32000-1): text with embedded fonts, lines, tagged for screen readers, no scripts, nothing fetched from
/// elsewhere, no date of now. The same calls give the same bytes.
/// </summary>
internal sealed class PdfDocument(string title, string language)
{
    public const double PageWidth = 612; // US letter, as both countries use it
    public const double PageHeight = 792;

    private readonly List<PdfPage> pages = [];

    public PdfFont Regular { get; } = PdfFont.Regular();

    public PdfFont Bold { get; } = PdfFont.Bold();

    /// <summary>Root of what the document says, in reading order.</summary>
    public PdfElement Root { get; } = new("Document", null);

    public IReadOnlyList<PdfPage> Pages => pages;

    public PdfPage NewPage()
    {
        var page = new PdfPage(this, pages.Count);
        pages.Add(page);
        return page;
    }

    public void Write(Stream to)
    {
        var objects = new PdfObjects();
        var catalog = objects.Reserve();
        var tree = objects.Reserve();
        var numbers = pages.Select(_ => objects.Reserve()).ToList();
        var fonts = $"/F1 {Regular.Write(objects)} 0 R /F2 {Bold.Write(objects)} 0 R";
        var structure = new PdfStructure(objects, numbers).Write(Root, pages);
        for (var i = 0; i < pages.Count; i++)
        {
            var content = objects.AddStream("", pages[i].Content());
            objects.Set(numbers[i], string.Create(CultureInfo.InvariantCulture,
                $"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 {PageWidth} {PageHeight}] /Contents {content} 0 R "
                + $"/Resources << /Font << {fonts} >> >> /Tabs /S /StructParents {i} >>"));
        }

        objects.Set(tree, string.Create(CultureInfo.InvariantCulture,
            $"<< /Type /Pages /Kids [{string.Join(' ', numbers.Select(n => $"{n} 0 R"))}] /Count {pages.Count} >>"));
        var metadata = objects.Plain("/Type /Metadata /Subtype /XML", Encoding.UTF8.GetBytes(Metadata()));
        objects.Set(catalog,
            $"<< /Type /Catalog /Pages {tree} 0 R /Lang ({language}) /MarkInfo << /Marked true >> /StructTreeRoot {structure} 0 R "
            + $"/Metadata {metadata} 0 R /ViewerPreferences << /DisplayDocTitle true >> >>");
        var info = objects.Add($"<< /Title {PdfObjects.Text(title)} /Producer {PdfObjects.Text("Roaming settlement")} >>");
        objects.Write(to, catalog, info);
    }

    private string Metadata()
    {
        var escaped = XlsxText.Escape(title);
        return
            $"""
            <?xpacket begin="{'\uFEFF'}" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
            <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escaped}</rdf:li></rdf:Alt></dc:title>
            <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
            <pdf:Producer>Roaming settlement</pdf:Producer>
            </rdf:Description></rdf:RDF></x:xmpmeta>
            <?xpacket end="r"?>
            """;
    }
}

/// <summary>One page. Positions are points from the upper left corner; text stands on its baseline.</summary>
internal sealed class PdfPage(PdfDocument document, int index)
{
    private readonly StringBuilder content = new();
    private readonly List<PdfElement> marked = [];

    public int Index => index;

    /// <summary>The element of each marked piece of content, by its number.</summary>
    public IReadOnlyList<PdfElement> Marked => marked;

    /// <summary>What is drawn belongs to an element of the text; null = decoration that nobody reads aloud.</summary>
    public void Draw(PdfElement? element, Action draw)
    {
        if (element is null)
        {
            content.Append("/Artifact BMC\n");
        }
        else
        {
            element.Add(index, marked.Count);
            content.Append(CultureInfo.InvariantCulture, $"/{element.Type} << /MCID {marked.Count} >> BDC\n");
            marked.Add(element);
        }

        draw();
        content.Append("EMC\n");
    }

    public void Text(double x, double y, string text, PdfText style)
    {
        if (text.Length > 0)
        {
            var font = style.Bold ? document.Bold : document.Regular;
            content.Append(CultureInfo.InvariantCulture,
                $"BT {style.Color} rg /{(style.Bold ? "F2" : "F1")} {N(style.Size)} Tf {N(x)} {N(PdfDocument.PageHeight - y)} Td ")
                .Append('<').Append(font.Show(text)).Append("> Tj ET\n");
        }
    }

    public void Rule(double x, double y, double toX, double thickness, string color) => content.Append(
        CultureInfo.InvariantCulture,
        $"{color} RG {N(thickness)} w {N(x)} {N(PdfDocument.PageHeight - y)} m {N(toX)} {N(PdfDocument.PageHeight - y)} l S\n");

    public void Fill(double x, double y, double width, double height, string color) => content.Append(
        CultureInfo.InvariantCulture,
        $"{color} rg {N(x)} {N(PdfDocument.PageHeight - y - height)} {N(width)} {N(height)} re f\n");

    public byte[] Content() => Encoding.ASCII.GetBytes(content.ToString());

    private static string N(double points) =>
        Math.Round(points, 2, MidpointRounding.AwayFromZero).ToString("0.##", CultureInfo.InvariantCulture);
}

/// <summary>How a text looks.</summary>
/// <param name="Color">Red, green, blue from 0 to 1.</param>
internal sealed record PdfText(double Size, bool Bold, string Color)
{
    public const string Ink = "0.11 0.13 0.15";
    public const string Soft = "0.36 0.40 0.44";
    public const string Line = "0.80 0.82 0.80";
    public const string Accent = "0.04 0.36 0.35";
    public const string Alarm = "0.64 0.13 0.11";
    public const string Shade = "0.95 0.96 0.95";

    /// <summary>From one baseline to the next.</summary>
    public double Leading => Size * 1.35;

    public double Width(PdfDocument document, string text) =>
        Size * (Bold ? document.Bold : document.Regular).Width(text);
}
