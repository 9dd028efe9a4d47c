using System.Net;
using System.Text;

namespace Settlement.Api.Files;

/// <summary>
/// A document as one HTML file: its style inside, no script, nothing fetched from elsewhere; looks like the pages and
/// prints like the PDF.
/// </summary>
public static class HtmlPaper
{
    private static readonly string Style = Resource("settlement.css") + Resource("paper.css");

    public static void Write(Stream to, Paper paper)
    {
        var html = new StringBuilder();
        html.Append($"<!DOCTYPE html>\n<html lang=\"{E(paper.Language)}\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
        html.Append($"<title>{E(paper.Title)}, {E(paper.Subtitle)}</title>\n<style>\n{Style}</style>\n</head>\n<body>\n<main>\n");
        if (paper.Mark is { } mark)
        {
            html.Append($"<p class=\"mark\">{E(mark)}</p>\n");
        }

        html.Append($"<header class=\"sheet-head\"><h1>{E(paper.Title)} <span>{E(paper.Subtitle)}</span></h1>\n");
        Facts(html, paper.Facts, "beside");
        html.Append("</header>\n");
        foreach (var block in paper.Blocks)
        {
            Block(html, block);
        }

        html.Append($"<footer class=\"made\"><p>{E(paper.Foot)}</p></footer>\n</main>\n</body>\n</html>\n");
        to.Write(Encoding.UTF8.GetBytes(html.ToString()));
    }

    private static void Block(StringBuilder html, PaperBlock block)
    {
        switch (block)
        {
            case PaperBlock.Parties parties:
                html.Append("<div class=\"parties\">\n");
                foreach (var party in parties.Each)
                {
                    Party(html, party);
                }

                html.Append("</div>\n");
                break;
            case PaperBlock.Heading heading:
                html.Append($"<h2>{E(heading.Text)}");
                if (heading.Verdict is { } verdict)
                {
                    html.Append($" <span class=\"{Class(verdict.Tone)}\">{E(verdict.Text)}</span>");
                }

                html.Append("</h2>\n");
                break;
            case PaperBlock.Paragraph paragraph:
                html.Append($"<p{(paragraph.Quiet ? " class=\"quiet\"" : "")}>{E(paragraph.Text)}</p>\n");
                break;
            case PaperBlock.Notice notice:
                html.Append($"<p class=\"notice\">{E(notice.Text)}</p>\n");
                break;
            case PaperBlock.Cards cards:
                Cards(html, cards);
                break;
            case PaperBlock.Facts facts:
                Facts(html, facts.Each, "proof");
                break;
            case PaperBlock.Table table:
                Table(html, table);
                break;
            default:
                throw new InvalidOperationException($"{block.GetType().Name} has no look on a page.");
        }
    }

    private static void Party(StringBuilder html, PaperParty party)
    {
        html.Append($"<div class=\"party\"><p class=\"role\">{E(party.Role)}</p><p class=\"legal\">{E(party.Name)}</p>");
        foreach (var line in party.Lines)
        {
            html.Append($"<p>{E(line)}</p>");
        }

        Facts(html, party.Numbers, "registrations");
        html.Append("</div>\n");
    }

    private static void Cards(StringBuilder html, PaperBlock.Cards cards)
    {
        html.Append(cards.AtRight ? "<div class=\"owes right\">\n" : "<div class=\"owes\">\n");
        foreach (var card in cards.Each)
        {
            html.Append($"<section class=\"owe\"><h3>{E(card.Title)}</h3><dl>");
            foreach (var line in card.Lines)
            {
                html.Append($"<div><dt>{E(line.Label)}</dt><dd>{E(line.Value)}</dd></div>");
            }

            html.Append($"<div class=\"net\"><dt>{E(card.Total.Label)}</dt><dd>{E(card.Total.Value)}</dd></div></dl></section>\n");
        }

        html.Append("</div>\n");
    }

    private static void Facts(StringBuilder html, IReadOnlyList<PaperFact> facts, string name)
    {
        html.Append($"<dl class=\"{name}\">");
        foreach (var fact in facts)
        {
            html.Append($"<div><dt>{E(fact.Label)}</dt><dd>{E(fact.Value)}</dd></div>");
        }

        html.Append("</dl>\n");
    }

    private static void Table(StringBuilder html, PaperBlock.Table table)
    {
        html.Append($"<div class=\"wide\"><table class=\"grouped\"><caption class=\"sr\">{E(table.Caption)}</caption>\n<thead><tr>");
        foreach (var column in table.Columns)
        {
            html.Append($"<th scope=\"col\"{(column.Figures ? " class=\"n\"" : "")}>{E(column.Head)}</th>");
        }

        html.Append("</tr></thead>\n");
        foreach (var group in table.Groups.Where(group => group.Rows.Count > 0))
        {
            html.Append("<tbody>\n");
            if (group.Heading is { } heading)
            {
                html.Append($"<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{table.Columns.Count}\">{E(heading)}</th></tr>\n");
            }

            foreach (var row in group.Rows)
            {
                Row(html, table.Columns, row, "");
            }

            if (group.Sum is { } sum)
            {
                Row(html, table.Columns, sum, " class=\"sum\"");
            }

            html.Append("</tbody>\n");
        }

        html.Append("</table></div>\n");
    }

    private static void Row(StringBuilder html, IReadOnlyList<PaperColumn> columns, PaperRow row, string name)
    {
        html.Append($"<tr{name}>");
        for (var i = 0; i < row.Cells.Count; i++)
        {
            var cell = row.Cells[i];
            var look = string.Join(' ', new[] { columns[i].Figures ? "n" : "", Class(cell.Tone) }.Where(c => c.Length > 0));
            var attribute = look.Length > 0 ? $" class=\"{look}\"" : "";
            html.Append(i == 0
                ? $"<th scope=\"row\"{attribute}>{E(cell.Text)}</th>" : $"<td{attribute}>{E(cell.Text)}</td>");
        }

        html.Append("</tr>\n");
    }

    private static string Class(PaperTone tone) => tone switch
    {
        PaperTone.Strong => "strong",
        PaperTone.Quiet => "quiet",
        PaperTone.Good => "pass",
        PaperTone.Bad => "fail",
        _ => "",
    };

    private static string E(string text) => WebUtility.HtmlEncode(text);

    private static string Resource(string name)
    {
        using var stream = typeof(HtmlPaper).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
