using System.Globalization;
using System.Text;

namespace Settlement.Api.Files;

/// <summary>The cell formats of a workbook, by their number in styles.xml.</summary>
internal static class XlsxStyles
{
    public const int Plain = 0;
    public const int Head = 1;

    /// <summary>Text that looks like a formula: stays text also after somebody edits the cell.</summary>
    public const int QuotedText = 2;
    public const int Whole = 3;
    public const int Quantity = 4;
    public const int Day = 5;
    public const int Moment = 6;
    private const int FirstAmount = 7;
    private const int MostDecimals = 4; // of any currency in ISO 4217

    public static int Amount(int decimals) => FirstAmount + decimals;

    public static string Sheet()
    {
        var xml = new StringBuilder(XlsxText.Declaration);
        xml.Append("<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><numFmts count=\"9\">");
        Format(164, "#,##0");
        Format(165, "#,##0.######"); // the cell has all digits; more than six of them nobody reads in a column
        Format(166, "yyyy\\-mm\\-dd");
        Format(167, "yyyy\\-mm\\-dd\\ hh:mm:ss");
        for (var decimals = 0; decimals <= MostDecimals; decimals++)
        {
            Format(168 + decimals, "#,##0" + (decimals == 0 ? "" : "." + new string('0', decimals)));
        }

        xml.Append("</numFmts><fonts count=\"2\"><font><sz val=\"10\"/><name val=\"Arial\"/><family val=\"2\"/></font>")
            .Append("<font><b/><sz val=\"10\"/><name val=\"Arial\"/><family val=\"2\"/></font></fonts>")
            .Append("<fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill>")
            .Append("<fill><patternFill patternType=\"gray125\"/></fill><fill><patternFill patternType=\"solid\">")
            .Append("<fgColor rgb=\"FFEDF1EF\"/><bgColor indexed=\"64\"/></patternFill></fill></fills>")
            .Append("<borders count=\"2\"><border><left/><right/><top/><bottom/><diagonal/></border>")
            .Append("<border><left/><right/><top/><bottom style=\"thin\"><color rgb=\"FF1B2126\"/></bottom>")
            .Append("<diagonal/></border></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" ")
            .Append("borderId=\"0\"/></cellStyleXfs><cellXfs count=\"12\">");
        Cell(0, "");
        xml.Append("<xf numFmtId=\"0\" fontId=\"1\" fillId=\"2\" borderId=\"1\" xfId=\"0\" applyFont=\"1\" applyFill=\"1\" ")
            .Append("applyBorder=\"1\" applyAlignment=\"1\"><alignment vertical=\"bottom\" wrapText=\"1\"/></xf>");
        Cell(0, " quotePrefix=\"1\"");
        for (var format = 164; format <= 168 + MostDecimals; format++)
        {
            Cell(format, " applyNumberFormat=\"1\"");
        }

        return xml.Append("</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/>")
            .Append("</cellStyles></styleSheet>").ToString();

        void Format(int id, string code) => xml.Append(
            CultureInfo.InvariantCulture, $"<numFmt numFmtId=\"{id}\" formatCode=\"{code}\"/>");

        void Cell(int format, string more) => xml.Append(
            CultureInfo.InvariantCulture,
            $"<xf numFmtId=\"{format}\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"{more}/>");
    }
}
