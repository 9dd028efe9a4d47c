using System.Globalization;
using System.Text;

namespace Settlement.Api.Files;

/// <summary>A piece of the document's structure: heading, paragraph, table, row, cell.</summary>
/// <param name="type">A standard structure type of ISO 32000-1, 14.8.4.</param>
/// <param name="attributes">Of tables: Scope of a head cell, ColSpan.</param>
internal sealed class PdfElement(string type, PdfElement? parent, string? attributes = null)
{
    public string Type => type;

    public PdfElement? Parent => parent;

    public string? Attributes => attributes;

    /// <summary>Elements, or places of content as page and number, in reading order.</summary>
    public List<object> Kids { get; } = [];

    public PdfElement Child(string kind, string? with = null)
    {
        var child = new PdfElement(kind, this, with);
        Kids.Add(child);
        return child;
    }

    public void Add(int page, int number) => Kids.Add((page, number));
}

/// <summary>Writes the structure tree and the way back from each page's content to it.</summary>
internal sealed class PdfStructure(PdfObjects objects, IReadOnlyList<int> pageNumbers)
{
    private readonly Dictionary<PdfElement, int> numbers = [];

    public int Write(PdfElement root, IReadOnlyList<PdfPage> pages)
    {
        var tree = objects.Reserve();
        Number(root);
        Describe(root, tree);
        var back = new StringBuilder("<< /Nums [");
        foreach (var page in pages)
        {
            var elements = string.Join(' ', page.Marked.Select(element => $"{numbers[element]} 0 R"));
            back.Append(CultureInfo.InvariantCulture, $"{page.Index} [{elements}] ");
        }

        var parents = objects.Add(back.Append("] >>").ToString());
        objects.Set(tree, string.Create(CultureInfo.InvariantCulture,
            $"<< /Type /StructTreeRoot /K {numbers[root]} 0 R /ParentTree {parents} 0 R /ParentTreeNextKey {pages.Count} >>"));
        return tree;
    }

    private void Number(PdfElement element)
    {
        numbers[element] = objects.Reserve();
        foreach (var child in element.Kids.OfType<PdfElement>())
        {
            Number(child);
        }
    }

    private void Describe(PdfElement element, int parent)
    {
        var kids = string.Join(' ', element.Kids.Select(kid => kid switch
        {
            PdfElement child => $"{numbers[child]} 0 R",
            (int page, int number) => $"<< /Type /MCR /Pg {pageNumbers[page]} 0 R /MCID {number} >>",
            _ => throw new InvalidOperationException($"{kid} is no part of a structure."),
        }));
        var attributes = element.Attributes is null ? "" : $" /A << /O /Table {element.Attributes} >>";
        objects.Set(numbers[element],
            $"<< /Type /StructElem /S /{element.Type} /P {parent} 0 R /K [{kids}]{attributes} >>");
        foreach (var child in element.Kids.OfType<PdfElement>())
        {
            Describe(child, numbers[element]);
        }
    }
}
