using System.Globalization;
using System.Text;

namespace Settlement.Api.Files;

/// <summary>The fixed texts of a workbook, and how names and cells become XML.</summary>
internal static class XlsxText
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Package = "http://schemas.openxmlformats.org/package/2006";

    public const string Declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

    public const string Relations = Declaration
        + $"<Relationships xmlns=\"{Package}/relationships\"><Relationship Id=\"rId1\" Type=\"{Office}/officeDocument\" "
        + $"Target=\"xl/workbook.xml\"/><Relationship Id=\"rId2\" Type=\"{Package}/relationships/metadata/core-properties\" "
        + "Target=\"docProps/core.xml\"/></Relationships>";

    private const int LongestCell = 32_767;

    public static ReadOnlySpan<byte> SheetBegin =>
        """
        <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
        <worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="13"/><cols>
        """u8;

    public static string Workbook(IReadOnlyList<XlsxPart> parts)
    {
        var xml = new StringBuilder(Declaration);
        xml.Append($"<workbook xmlns=\"{Main}\" xmlns:r=\"{Office}\"><sheets>");
        for (var i = 0; i < parts.Count; i++)
        {
            xml.Append(CultureInfo.InvariantCulture,
                $"<sheet name=\"{Escape(parts[i].Name)}\" sheetId=\"{i + 1}\" r:id=\"rId{i + 1}\"/>");
        }

        xml.Append("</sheets><definedNames>");
        for (var i = 0; i < parts.Count; i++)
        {
            xml.Append(CultureInfo.InvariantCulture,
                $"<definedName name=\"_xlnm._FilterDatabase\" localSheetId=\"{i}\" hidden=\"1\">{Quoted(parts[i])}!")
                .Append(Absolute(parts[i])).Append("</definedName>");
        }

        for (var i = 0; i < parts.Count; i++)
        {
            xml.Append(CultureInfo.InvariantCulture,
                $"<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"{i}\">{Quoted(parts[i])}!$1:$1</definedName>");
        }

        return xml.Append("</definedNames></workbook>").ToString();
    }

    public static string WorkbookRelations(int sheets)
    {
        var xml = new StringBuilder(Declaration).Append($"<Relationships xmlns=\"{Package}/relationships\">");
        for (var i = 1; i <= sheets; i++)
        {
            xml.Append(CultureInfo.InvariantCulture,
                $"<Relationship Id=\"rId{i}\" Type=\"{Office}/worksheet\" Target=\"worksheets/sheet{i}.xml\"/>");
        }

        return xml.Append(CultureInfo.InvariantCulture,
            $"<Relationship Id=\"rId{sheets + 1}\" Type=\"{Office}/styles\" Target=\"styles.xml\"/></Relationships>").ToString();
    }

    public static string ContentTypes(int sheets)
    {
        const string Types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
        var xml = new StringBuilder(Declaration).Append($"<Types xmlns=\"{Package}/content-types\">")
            .Append("<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>")
            .Append("<Default Extension=\"xml\" ContentType=\"application/xml\"/>")
            .Append($"<Override PartName=\"/xl/workbook.xml\" ContentType=\"{Types}.sheet.main+xml\"/>");
        for (var i = 1; i <= sheets; i++)
        {
            xml.Append(CultureInfo.InvariantCulture,
                $"<Override PartName=\"/xl/worksheets/sheet{i}.xml\" ContentType=\"{Types}.worksheet+xml\"/>");
        }

        return xml.Append($"<Override PartName=\"/xl/styles.xml\" ContentType=\"{Types}.styles+xml\"/>")
            .Append("<Override PartName=\"/docProps/core.xml\" ")
            .Append("ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/></Types>").ToString();
    }

    public static string Core(string title) => Declaration
        + $"<cp:coreProperties xmlns:cp=\"{Package}/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">"
        + $"<dc:title>{Escape(title)}</dc:title><dc:creator>Roaming settlement</dc:creator></cp:coreProperties>";

    /// <summary><c>A1:F20</c>: all that the sheet holds.</summary>
    public static string Range(XlsxPart part) =>
        string.Create(CultureInfo.InvariantCulture, $"A1:{Letters(part.Columns)}{part.Rows}");

    /// <summary>
    /// Text as XML. What XML cannot hold is written as _xHHHH_, as ECMA-376 says (ST_Xstring), and so is text that looks
    /// like that.
    /// </summary>
    public static string Escape(string text)
    {
        var cut = text.Length > LongestCell ? string.Concat(text.AsSpan(0, LongestCell - 1), "…") : text;
        if (!NeedsEscape(cut))
        {
            return cut;
        }

        var xml = new StringBuilder(cut.Length + 16);
        for (var i = 0; i < cut.Length; i++)
        {
            var c = cut[i];
            _ = c switch
            {
                '&' => xml.Append("&amp;"),
                '<' => xml.Append("&lt;"),
                '>' => xml.Append("&gt;"),
                '"' => xml.Append("&quot;"),
                '_' when LooksEscaped(cut.AsSpan(i)) => xml.Append("_x005F_"),
                < ' ' and not ('\t' or '\n') or '\uFFFE' or '\uFFFF' => xml.Append(
                    CultureInfo.InvariantCulture, $"_x{(int)c:X4}_"),
                _ when char.IsHighSurrogate(c) && i + 1 < cut.Length && char.IsLowSurrogate(cut[i + 1]) =>
                    xml.Append(c).Append(cut[++i]),
                _ when char.IsSurrogate(c) => xml.Append('\uFFFD'),
                _ => xml.Append(c),
            };
        }

        return xml.ToString();
    }

    private static bool NeedsEscape(string text)
    {
        foreach (var c in text)
        {
            if (c is '&' or '<' or '>' or '"' or '_' or < ' ' or >= '\uD800')
            {
                return true;
            }
        }

        return false;
    }

    private static bool LooksEscaped(ReadOnlySpan<char> text) => text.Length >= 7 && text[1] == 'x' && text[6] == '_'
        && char.IsAsciiHexDigit(text[2]) && char.IsAsciiHexDigit(text[3]) && char.IsAsciiHexDigit(text[4])
        && char.IsAsciiHexDigit(text[5]);

    private static string Quoted(XlsxPart part) =>
        $"'{Escape(part.Name.Replace("'", "''", StringComparison.Ordinal))}'";

    private static string Absolute(XlsxPart part) => string.Create(
        CultureInfo.InvariantCulture, $"$A$1:${Letters(part.Columns)}${part.Rows}");

    private static string Letters(int column)
    {
        var letters = "";
        for (var left = column; left > 0; left = (left - 1) / 26)
        {
            letters = (char)('A' + ((left - 1) % 26)) + letters;
        }

        return letters;
    }
}
