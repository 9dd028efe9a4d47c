using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Settlement.Api.Files;

/// <summary>
/// A font as one document uses it: embedded as a subset, with a map back to Unicode so that text can be searched,
/// copied and read aloud.
/// </summary>
internal sealed class PdfFont(string name, TrueType face)
{
    private static readonly Lazy<TrueType> RegularFace = new(() => TrueType.Read("LiberationSans-Regular.ttf"));
    private static readonly Lazy<TrueType> BoldFace = new(() => TrueType.Read("LiberationSans-Bold.ttf"));

    // glyph to the character it stands for; a space and one that must not break share theirs
    private readonly SortedDictionary<int, int> used = [];

    public static PdfFont Regular() => new("LiberationSans", RegularFace.Value);

    public static PdfFont Bold() => new("LiberationSans-Bold", BoldFace.Value);

    /// <summary>Width of a text in points at size 1.</summary>
    public double Width(string text)
    {
        var width = 0L;
        foreach (var rune in text.EnumerateRunes())
        {
            width += face.Advance(GlyphOf(rune.Value).Glyph);
        }

        return (double)width / face.UnitsPerEm;
    }

    /// <summary>The text as glyph numbers in hex, as a content stream shows it.</summary>
    public string Show(string text)
    {
        var hex = new StringBuilder(4 * text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var (glyph, shown) = GlyphOf(rune.Value);
            used[glyph] = used.TryGetValue(glyph, out var known) ? Math.Min(known, shown) : shown;
            hex.Append(CultureInfo.InvariantCulture, $"{glyph:X4}");
        }

        return hex.ToString();
    }

    /// <summary>Adds the font's objects and gives the number of the one that pages name.</summary>
    public int Write(PdfObjects objects)
    {
        var file = face.Subset(used.Keys);
        var tagged = Tag(file) + "+" + name;
        var program = objects.AddStream($"/Length1 {file.Length}", file);
        var flags = 32; // not symbolic
        var box = string.Join(' ', face.Box.Select(edge => Per1000(edge).ToString(CultureInfo.InvariantCulture)));
        var descriptor = objects.Add(string.Create(CultureInfo.InvariantCulture,
            $"<< /Type /FontDescriptor /FontName /{tagged} /Flags {flags} /FontBBox [{box}] "
            + $"/ItalicAngle 0 /Ascent {Per1000(face.Ascent)} /Descent {Per1000(face.Descent)} "
            + $"/CapHeight {Per1000(face.CapHeight)} /StemV {(name.EndsWith("Bold", StringComparison.Ordinal) ? 138 : 88)} "
            + $"/FontFile2 {program} 0 R >>"));
        var widths = string.Join(' ', used.Keys.Select(glyph =>
            string.Create(CultureInfo.InvariantCulture, $"{glyph} [{Per1000(face.Advance(glyph))}]")));
        var descendant = objects.Add(
            $"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{tagged} /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
            + $"/Supplement 0 >> /FontDescriptor {descriptor} 0 R /CIDToGIDMap /Identity /DW 500 /W [{widths}] >>");
        var unicode = objects.AddStream("", Encoding.ASCII.GetBytes(ToUnicode()));
        return objects.Add(
            $"<< /Type /Font /Subtype /Type0 /BaseFont /{tagged} /Encoding /Identity-H /DescendantFonts [{descendant} 0 R] "
            + $"/ToUnicode {unicode} 0 R >>");
    }

    // what the font cannot show appears as a question mark, as in any other program
    private (int Glyph, int Character) GlyphOf(int character) =>
        face.Glyph(character) is { } glyph ? (glyph, character) : (face.Glyph('?')!.Value, '?');

    private int Per1000(int units) =>
        (int)Math.Round(1000m * units / face.UnitsPerEm, MidpointRounding.AwayFromZero);

    // six letters that differ where the subsets differ (ISO 32000-1, 9.6.4)
    private static string Tag(byte[] file) =>
        new([.. SHA256.HashData(file).Take(6).Select(b => (char)('A' + (b % 26)))]);

    private string ToUnicode()
    {
        var map = new StringBuilder(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) "
            + "/Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            + "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
        foreach (var block in used.Chunk(100))
        {
            map.Append(CultureInfo.InvariantCulture, $"{block.Length} beginbfchar\n");
            foreach (var (glyph, character) in block)
            {
                var utf16 = Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(char.ConvertFromUtf32(character)));
                map.Append(CultureInfo.InvariantCulture, $"<{glyph:X4}> <{utf16}>\n");
            }

            map.Append("endbfchar\n");
        }

        return map.Append("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n").ToString();
    }
}
