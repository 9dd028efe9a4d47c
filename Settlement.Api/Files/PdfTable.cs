namespace Settlement.Api.Files;

/// <summary>
/// A table over as many pages as it needs: its head on each of them, a group's heading never without a row, a sum never
/// without the row above it. Figures stay whole; text wraps; what is too wide gets a smaller size.
/// </summary>
internal sealed class PdfTable
{
    private const double Padding = 5;

    // points up to which a group is kept on one page
    private const double SmallGroup = 170;

    private readonly PdfFlow flow;
    private readonly PaperBlock.Table table;
    private readonly string continued;
    private readonly double size;
    private readonly double[] widths = [];
    private PdfElement element = null!; // from the first line drawn
    private readonly HashSet<PaperRow> sums;

    public PdfTable(PdfFlow flow, PaperBlock.Table table, string continued)
    {
        (this.flow, this.table, this.continued) = (flow, table, continued);
        sums = [.. table.Groups.Select(group => group.Sum).OfType<PaperRow>()];
        foreach (var candidate in new[] { 8.2, 7.8, 7.4, 7.0, 6.6, 6.2 })
        {
            size = candidate;
            widths = Natural(candidate);
            if (widths.Sum() <= PdfFlow.Width)
            {
                break;
            }
        }

        Fit(widths);
    }

    public static string Color(PaperTone tone) => tone switch
    {
        PaperTone.Quiet => PdfText.Soft,
        PaperTone.Good => PdfText.Accent,
        PaperTone.Bad => PdfText.Alarm,
        _ => PdfText.Ink,
    };

    private double Leading => size * 1.3;

    private double RowGap => size * 0.62;

    public void Draw()
    {
        var rows = table.Groups.Sum(group => group.Rows.Count);
        if (rows == 0)
        {
            return;
        }

        flow.Need(LeastHeight);
        element = flow.Document.Root.Child("Table");
        Head(repeated: false);
        foreach (var group in table.Groups.Where(group => group.Rows.Count > 0))
        {
            Group(group);
        }
    }

    /// <summary>The least that may stand at the foot of a page: the head with its first group, or the start of it.</summary>
    public double LeastHeight
    {
        get
        {
            var first = table.Groups.FirstOrDefault(group => group.Rows.Count > 0);
            var start = HeadHeight + (4 * (Leading + RowGap));
            return first?.Heading is null ? start : HeadHeight + Math.Max(
                GroupHeight(first) is var whole && whole <= SmallGroup ? whole : 0, start - HeadHeight);
        }
    }

    /// <summary>Of the whole table, if it stood on one page.</summary>
    public double TotalHeight => HeadHeight + table.Groups.Sum(GroupHeight);

    private double GroupHeight(PaperGroup group) => (group.Heading is null ? 0 : Leading + RowGap + 4)
        + group.Rows.Sum(Height) + (group.Sum is { } sum ? Height(sum) + 4 : 0);

    private double HeadHeight => (table.Columns.Select((column, i) => HeadLines(column, i).Count).Max() * Leading) + RowGap;

    private void Group(PaperGroup group)
    {
        var whole = GroupHeight(group);
        for (var i = 0; i < group.Rows.Count; i++)
        {
            var last = i == group.Rows.Count - 1;
            var needed = Height(group.Rows[i]) + (last && group.Sum is { } sum ? Height(sum) + 4 : 0)
                + (i == 0 && group.Heading is not null ? Leading + RowGap + 6 : 0);
            var moved = flow.Need(i == 0 && group.Heading is not null && whole <= SmallGroup ? whole : needed);
            if (moved)
            {
                Head(repeated: true);
            }

            if (group.Heading is { } heading && (i == 0 || moved))
            {
                GroupHeading(i == 0 ? heading : $"{heading} {continued}", repeated: i > 0);
            }

            Row(group.Rows[i], sum: false, last && group.Sum is not null);
        }

        if (group.Sum is { } total)
        {
            Row(total, sum: true, last: true);
            flow.Y += 4;
        }
    }

    private List<string> HeadLines(PaperColumn column, int i) =>
        flow.Wrap(column.Head, new PdfText(size - 0.6, Bold: false, PdfText.Soft), widths[i] - (2 * Padding) + 0.01);

    private void Head(bool repeated)
    {
        var style = new PdfText(size - 0.6, Bold: false, PdfText.Soft);
        var lines = table.Columns.Select(HeadLines).ToList();
        var height = lines.Max(each => each.Count);
        var row = repeated ? null : element.Child("TR");
        for (var i = 0; i < lines.Count; i++)
        {
            var head = row?.Child("TH", "/Scope /Column");
            for (var line = 0; line < lines[i].Count; line++)
            {
                var y = flow.Y + ((height - lines[i].Count + line + 1) * Leading) - (Leading * 0.25);
                Put(head, lines[i][line], i, y, style);
            }
        }

        flow.Y += (height * Leading) + (RowGap * 0.4);
        flow.Rule(flow.Y, 0.8, PdfText.Ink);
        flow.Y += RowGap * 0.4;
    }

    private void GroupHeading(string text, bool repeated)
    {
        flow.Y += 4;
        var style = new PdfText(size, Bold: true, PdfText.Soft);
        var cell = repeated ? null : element.Child("TR").Child("TH", $"/ColSpan {table.Columns.Count} /Scope /Column");
        flow.Y += Leading;
        var y = flow.Y - (Leading * 0.25);
        flow.Page.Draw(cell, () => flow.Page.Text(PdfFlow.Left, y, text, style));
        flow.Y += RowGap * 0.5;
        flow.Rule(flow.Y, 0.4, PdfText.Line);
        flow.Y += RowGap * 0.5;
    }

    private double Height(PaperRow row) => (Lines(row).Max(lines => lines.Count) * Leading) + RowGap;

    private List<List<string>> Lines(PaperRow row) => [.. row.Cells.Select((cell, i) =>
        table.Columns[i].Figures ? [cell.Text] : flow.Wrap(cell.Text, Style(cell.Tone), Room(row, i)))];

    // text may use empty cells to its right
    private double Room(PaperRow row, int i)
    {
        var room = widths[i] - Padding;
        for (var next = i + 1; next < row.Cells.Count && row.Cells[next].Text.Length == 0; next++)
        {
            room += widths[next];
        }

        return room;
    }

    private void Row(PaperRow row, bool sum, bool last)
    {
        if (sum)
        {
            flow.Rule(flow.Y - (RowGap * 0.5), 0.6, PdfText.Ink);
        }

        var lines = Lines(row);
        var tagged = element.Child("TR");
        for (var i = 0; i < lines.Count; i++)
        {
            var cell = tagged.Child(i == 0 ? "TH" : "TD", i == 0 ? "/Scope /Row" : null);
            var tone = sum && row.Cells[i].Tone == PaperTone.Plain ? PaperTone.Strong : row.Cells[i].Tone;
            for (var line = 0; line < lines[i].Count; line++)
            {
                Put(cell, lines[i][line], i, flow.Y + ((line + 1) * Leading) - (Leading * 0.25), Style(tone));
            }
        }

        flow.Y += (lines.Max(each => each.Count) * Leading) + (RowGap * 0.5);
        if (sum)
        {
            flow.Rule(flow.Y, 0.5, PdfText.Ink);
            flow.Rule(flow.Y + 1.6, 0.5, PdfText.Ink);
        }
        else if (!last)
        {
            flow.Rule(flow.Y, 0.3, PdfText.Line);
        }

        flow.Y += RowGap * 0.5;
    }

    private PdfText Style(PaperTone tone) =>
        new(size, tone is PaperTone.Strong or PaperTone.Good or PaperTone.Bad, Color(tone));

    private void Put(PdfElement? cell, string text, int column, double y, PdfText style)
    {
        var left = PdfFlow.Left + widths.Take(column).Sum();
        var x = table.Columns[column].Figures
            ? left + widths[column] - (column == widths.Length - 1 ? 0 : Padding) - style.Width(flow.Document, text)
            : left + (column == 0 ? 0 : Padding);
        flow.Page.Draw(cell, () => flow.Page.Text(x, y, text, style));
    }

    // what each column would like: figures whole, heads broken at blanks
    private double[] Natural(double at)
    {
        var head = new PdfText(at - 0.6, Bold: false, PdfText.Soft);
        var rows = table.Groups.SelectMany(group => group.Sum is { } sum ? group.Rows.Append(sum) : group.Rows).ToList();
        return [.. table.Columns.Select((column, i) =>
        {
            var words = column.Head.Split(' ').Max(word => head.Width(flow.Document, word));
            var cells = rows.Select(row => Cell(row, i, at)).DefaultIfEmpty(0).Max();
            return Math.Max(words, cells) + (2 * Padding);
        })];
    }

    private double Cell(PaperRow row, int i, double at)
    {
        var strong = row.Cells[i].Tone is not (PaperTone.Plain or PaperTone.Quiet) || sums.Contains(row);
        var style = new PdfText(at, strong, PdfText.Ink);
        var spans = !table.Columns[i].Figures && i + 1 < row.Cells.Count && row.Cells[i + 1].Text.Length == 0;
        return spans ? 0 : style.Width(flow.Document, row.Cells[i].Text);
    }

    // too wide: text columns give way, the widest first; room left: shared out
    private void Fit(double[] natural)
    {
        var texts = Enumerable.Range(0, natural.Length).Where(i => !table.Columns[i].Figures).ToList();
        var over = natural.Sum() - PdfFlow.Width;
        while (over > 0.5 && texts.Count > 0)
        {
            var widest = texts.MaxBy(i => natural[i]);
            if (natural[widest] < 40)
            {
                break;
            }

            var step = Math.Min(over, 4);
            natural[widest] -= step;
            over -= step;
        }

        if (over < 0)
        {
            Spread(natural, texts, -over);
        }
    }

    // room left: first the heads need no second line, then figures stand apart, the rest is the first text column's
    private void Spread(double[] natural, List<int> texts, double room)
    {
        var head = new PdfText(size - 0.6, Bold: false, PdfText.Soft);
        for (var i = 0; i < natural.Length; i++)
        {
            var wanted = head.Width(flow.Document, table.Columns[i].Head) + (2 * Padding) + 0.1 - natural[i];
            if (wanted > 0 && wanted <= room)
            {
                natural[i] += wanted;
                room -= wanted;
            }
        }

        var first = texts.Count > 0 ? texts[0] : 0;
        var share = Math.Min(room * 0.75 / natural.Length, 16);
        for (var i = 0; i < natural.Length; i++)
        {
            natural[i] += i == first ? room - (share * (natural.Length - 1)) : share;
        }
    }
}
