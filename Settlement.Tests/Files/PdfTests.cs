using System.Text;
using Settlement.Api.Files;

namespace Settlement.Tests.Files;

/// <summary>PDF files: sound, searchable, the same bytes every time; a table over many pages stays a table.</summary>
public sealed class PdfTests
{
    [Fact]
    public void Qpdf_finds_nothing_wrong() =>
        Tools.Run("qpdf", Pdf(Sample(200)), "--check", "FILE").ShouldContain("No syntax or stream encoding errors");

    [Fact]
    public void Text_comes_out_as_it_went_in()
    {
        var text = string.Join("\n", Tools.Pages(Pdf(Sample(1))));
        text.ShouldContain("Relevé de compte – Québec « œuvre » Łódź € ½");
        text.ShouldContain("1 234,56");
    }

    [Fact]
    public void Fonts_are_inside_as_subsets_with_a_way_back_to_text()
    {
        var fonts = Tools.Run("pdffonts", Pdf(Sample(3)), "FILE").Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2).ToList();
        fonts.Count.ShouldBe(2);
        fonts.ShouldAllBe(font => font.Contains("+LiberationSans", StringComparison.Ordinal)
            && font.Contains("CID TrueType", StringComparison.Ordinal) && font.Contains("yes yes yes", StringComparison.Ordinal));
    }

    [Fact]
    public void A_long_table_has_its_head_and_its_group_on_every_page_and_pages_are_counted()
    {
        var pages = Tools.Pages(Pdf(Sample(200)));
        pages.Length.ShouldBeGreaterThan(3);
        foreach (var (index, page) in pages.Index())
        {
            page.ShouldContain($"page {index + 1} of {pages.Length}");
            page.ShouldContain("PRELIMINARY");
        }

        pages[1..^1].ShouldAllBe(page => page.Contains("Amount", StringComparison.Ordinal)
            && page.Contains("A group (continued)", StringComparison.Ordinal));
        Enumerable.Range(1, 200).Where(row => !pages.Any(page => page.Contains($"row {row} ", StringComparison.Ordinal)))
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_sum_never_stands_alone_on_a_page()
    {
        for (var rows = 30; rows < 45; rows++)
        {
            var last = Tools.Pages(Pdf(Sample(rows))).Last(page => page.Contains("The sum", StringComparison.Ordinal));
            last.ShouldContain($"row {rows} ");
        }
    }

    [Fact]
    public void Figures_end_at_one_edge()
    {
        var boxes = Tools.Run("pdftotext", Pdf(Sample(12)), "-bbox", "FILE", "-").Split('\n')
            .Where(line => line.Contains(",00</word>", StringComparison.Ordinal))
            .Select(line => line.Split("xMax=\"")[1].Split('"')[0]).ToList();
        boxes.Count.ShouldBe(12);
        boxes.ShouldAllBe(edge => edge.StartsWith("561.99", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_font_cannot_show_does_not_stop_the_document() =>
        Tools.Pages(Pdf(Of(new PaperBlock.Paragraph("Ville 漢字 👍 fin"))))[0].ShouldContain("Ville ?? ? fin");

    [Fact]
    public void A_word_longer_than_the_page_is_broken_and_not_cut()
    {
        var word = new string('x', 400) + "END";
        var text = Tools.Pages(Pdf(Of(new PaperBlock.Paragraph(word))))[0];
        text.Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ShouldContain(word);
    }

    [Fact]
    public void It_is_tagged_and_tells_its_language_and_title()
    {
        var info = Tools.Run("pdfinfo", Pdf(Sample(5)), "FILE");
        info.ShouldMatch(@"Title:\s+Relevé – Sample, October 2026");
        info.ShouldMatch(@"Tagged:\s+yes");
        info.ShouldMatch(@"JavaScript:\s+no");
        info.ShouldNotContain("CreationDate");
        var structure = Tools.Run("pdfinfo", Pdf(Sample(5)), "-struct-text", "FILE");
        structure.ShouldContain("H1");
        structure.ShouldMatch("Table \\(block\\)\n\\s+TR\n\\s+TH");
        structure.ShouldContain("\"row 5 \"");
    }

    [Fact]
    public void The_same_document_gives_the_same_bytes_in_every_culture()
    {
        var bytes = Digest(50);
        foreach (var culture in Cultures.Three)
        {
            Cultures.In(culture, () => Digest(50)).ShouldBe(bytes);
        }

        Digest(51).ShouldNotBe(bytes);

        static string Digest(int rows) =>
            Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Pdf(Sample(rows))));
    }

    [Fact]
    public void An_html_document_needs_nothing_from_elsewhere_and_hides_no_markup()
    {
        using var to = new MemoryStream();
        HtmlPaper.Write(to, Of(new PaperBlock.Paragraph("<script>alert(1)</script>")));
        var html = Encoding.UTF8.GetString(to.ToArray());
        html.ShouldContain("&lt;script&gt;alert(1)&lt;/script&gt;");
        foreach (var outside in new[] { "<script", "src=", "<link", "@import", "url(", "http://", "https://" })
        {
            html.ShouldNotContain(outside);
        }
    }

    private static byte[] Pdf(Paper paper)
    {
        using var to = new MemoryStream();
        PdfPaper.Write(to, paper);
        return to.ToArray();
    }

    private static Paper Sample(int rows) => Of(
        new PaperBlock.Paragraph("Relevé de compte – Québec « œuvre » Łódź € ½"),
        new PaperBlock.Heading("A list"),
        new PaperBlock.Table(
            "A list", [new("Name"), new("Amount", Figures: true)],
            [
                new(
                    "A group",
                    [.. Enumerable.Range(1, rows).Select(row => PaperRow.Of($"row {row} ", $"{row * 7},00"))],
                    PaperRow.Of("The sum", "1\u00a0234,56")),
            ]));

    private static Paper Of(params PaperBlock[] blocks) => new("Relevé – Sample", "October 2026", [new("Period", "October")], blocks)
    {
        Language = "fr-CA",
        Mark = "PRELIMINARY",
        Foot = "Sample 1",
        PageOf = "page {0} of {1}",
        Continued = "(continued)",
    };
}
