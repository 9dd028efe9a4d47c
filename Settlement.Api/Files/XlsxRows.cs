using System.Globalization;
using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Api.Files;

/// <summary>Rows of a sheet: frozen head, filter, widths, typed cells. Text is text and never a formula.</summary>
internal sealed class XlsxRows : IRows
{
    // Excel's day 0 for dates after February 1900
    private static readonly LocalDate DayZero = new(1899, 12, 30);

    private readonly XlsxBook book;
    private readonly string name;
    private readonly IReadOnlyList<Column> columns;
    private Stream stream = Stream.Null;
    private Utf8Buffer xml = new(Stream.Null);
    private XlsxPart part = null!;
    private bool inRow;

    public XlsxRows(XlsxBook book, string name, IReadOnlyList<Column> columns)
    {
        (this.book, this.name, this.columns) = (book, name, columns);
        Begin();
    }

    public void Text(string? text)
    {
        Next();
        if (string.IsNullOrEmpty(text))
        {
            xml.Raw("<c/>"u8);
            return;
        }

        Text(text, Formulas.Begins(text) ? XlsxStyles.QuotedText : XlsxStyles.Plain);
    }

    public void Flag(bool value)
    {
        Next();
        xml.Raw(value ? "<c t=\"b\"><v>1</v></c>"u8 : "<c t=\"b\"><v>0</v></c>"u8);
    }

    public void Whole(long number) => Number(number, XlsxStyles.Whole);

    public void Number(decimal number) => Number(number, XlsxStyles.Quantity);

    public void Amount(long minor, Currency currency)
    {
        if (!Fits(minor))
        {
            Text(new Money(minor, currency).Text());
            return;
        }

        Next();
        Cell(XlsxStyles.Amount(currency.MinorUnits));
        xml.Amount(minor, currency.MinorUnits);
        xml.Raw("</v></c>"u8);
    }

    public void Day(LocalDate day)
    {
        Next();
        Cell(XlsxStyles.Day);
        xml.Whole(NodaTime.Period.DaysBetween(DayZero, day));
        xml.Raw("</v></c>"u8);
    }

    public void Moment(Instant moment)
    {
        Next();
        Cell(XlsxStyles.Moment);
        var utc = moment.InUtc();
        xml.Whole(NodaTime.Period.DaysBetween(DayZero, utc.Date));
        var fraction = decimal.Round((decimal)utc.TickOfDay / NodaConstants.TicksPerDay, 10);
        if (fraction != 0)
        {
            xml.Text(fraction.ToString("0.##########", CultureInfo.InvariantCulture).AsSpan(1));
        }

        xml.Raw("</v></c>"u8);
    }

    public void EndRow()
    {
        xml.Raw(inRow ? "</row>"u8 : "<row/>"u8);
        inRow = false;
    }

    public void Finish()
    {
        xml.Raw("</sheetData><autoFilter ref=\""u8);
        xml.Text(XlsxText.Range(part));
        xml.Raw("\"/><pageMargins left=\"0.5\" right=\"0.5\" top=\"0.6\" bottom=\"0.6\" header=\"0.3\" footer=\"0.3\"/>"u8);
        xml.Raw("<pageSetup orientation=\"landscape\" fitToHeight=\"0\"/>"u8);
        xml.Raw("<headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter></worksheet>"u8);
        xml.Flush();
        stream.Dispose();
    }

    private void Begin()
    {
        stream = book.NewPart(name, out part);
        xml = new Utf8Buffer(stream);
        part.Columns = columns.Count;
        part.Rows = 1;
        xml.Raw(XlsxText.SheetBegin);
        for (var i = 1; i <= columns.Count; i++)
        {
            xml.Text(FormattableString.Invariant(
                $"<col min=\"{i}\" max=\"{i}\" width=\"{columns[i - 1].Width}\" customWidth=\"1\"/>"));
        }

        xml.Raw("</cols><sheetData><row>"u8);
        foreach (var column in columns)
        {
            Text(column.Name, XlsxStyles.Head);
        }

        xml.Raw("</row>"u8);
    }

    private void Next()
    {
        if (inRow)
        {
            return;
        }

        if (part.Rows > book.RowsPerSheet)
        {
            Finish();
            Begin();
        }

        part.Rows++;
        inRow = true;
        xml.Raw("<row>"u8);
    }

    private void Number(decimal number, int style)
    {
        // a spreadsheet keeps 15 digits: more stay readable as text
        if (!Fits(number))
        {
            Text(number.ToString(CultureInfo.InvariantCulture));
            return;
        }

        Next();
        Cell(style);
        xml.Number(number);
        xml.Raw("</v></c>"u8);
    }

    private static bool Fits(decimal number)
    {
        var digits = Math.Abs(number);
        while (digits != decimal.Truncate(digits))
        {
            digits *= 10;
        }

        return digits <= 999_999_999_999_999m;
    }

    private void Cell(int style)
    {
        xml.Raw("<c s=\""u8);
        xml.Whole(style);
        xml.Raw("\"><v>"u8);
    }

    private void Text(string text, int style)
    {
        xml.Raw("<c s=\""u8);
        xml.Whole(style);
        xml.Raw("\" t=\"inlineStr\"><is><t xml:space=\"preserve\">"u8);
        xml.Text(XlsxText.Escape(text));
        xml.Raw("</t></is></c>"u8);
    }
}
