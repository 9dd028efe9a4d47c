using System.Diagnostics;
using System.IO.Compression;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;
using NodaTime;
using Settlement.Api.Files;
using Settlement.Domain.Ledger;

namespace Settlement.Tests.Files;

/// <summary>Workbooks as Excel and LibreOffice want them: typed cells, several sheets, the same bytes every time.</summary>
public sealed class XlsxTests
{
    private static readonly IReadOnlyList<Column> Columns = [new("text", 20), new("number"), new("when", 19)];

    [Fact]
    public void The_standard_has_nothing_against_a_workbook() => Faults(Sample()).ShouldBeEmpty();

    [Fact]
    public void Money_is_a_number_with_the_decimals_of_its_currency()
    {
        var book = Book(rows =>
        {
            Row(rows, 123_456, "CAD");
            Row(rows, 123_456, "JPY");
            Row(rows, -5, "TND");
        });
        Cells(book, 1).ShouldBe(["1234.56", "123456", "-0.005"]);
        Formats(book, 1).ShouldBe(["#,##0.00", "#,##0", "#,##0.000"]);
        Faults(book).ShouldBeEmpty();

        static void Row(IRows rows, long minor, string currency)
        {
            rows.Text(currency);
            rows.Amount(minor, Currency.Of(currency));
            rows.EndRow();
        }
    }

    [Fact]
    public void A_moment_is_a_date_with_its_share_of_the_day() => Cells(Book(rows =>
    {
        rows.Text("a");
        rows.Whole(1);
        rows.Moment(Instant.FromUtc(2026, 10, 31, 18, 0));
        rows.EndRow();
        rows.Text("b");
        rows.Whole(2);
        rows.Day(new LocalDate(1970, 1, 1));
        rows.EndRow();
    }), 2).ShouldBe(["46326.75", "25569"]);

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\")")]
    [InlineData("+1")]
    [InlineData("@SUM(A1)")]
    [InlineData("<b>&\"'")]
    [InlineData("_x0041_ and \u0001 and \ud800")]
    [InlineData(" é 漢 👍 ")]
    public void Text_stays_text_whatever_it_looks_like(string text)
    {
        var book = Book(rows =>
        {
            rows.Text(text);
            rows.EndRow();
        });
        Faults(book).ShouldBeEmpty();
        using var document = SpreadsheetDocument.Open(new MemoryStream(book), isEditable: false);
        var cell = Sheets(document)[0].Worksheet.Descendants<DocumentFormat.OpenXml.Spreadsheet.Cell>()
            .ElementAt(Columns.Count);
        cell.DataType!.Value.ShouldBe(DocumentFormat.OpenXml.Spreadsheet.CellValues.InlineString);
        cell.CellFormula.ShouldBeNull();
        cell.InnerText.Replace("_x0001_", "\u0001", StringComparison.Ordinal).Replace("_x005F_", "_", StringComparison.Ordinal)
            .ShouldBe(text.Replace(" \ud800", " \uFFFD", StringComparison.Ordinal));
    }

    [Fact]
    public void More_digits_than_a_spreadsheet_keeps_are_not_lost()
    {
        var book = Book(rows =>
        {
            rows.Text("fits");
            rows.Number(123.456789012345m);
            rows.EndRow();
            rows.Text("does not");
            rows.Number(123.4567890123456m);
            rows.EndRow();
        });
        Cells(book, 1).ShouldBe(["123.456789012345", "123.4567890123456"]);
        Types(book, 1).ShouldBe(["", "inlineStr"]);
    }

    [Fact]
    public void What_does_not_fit_on_a_sheet_goes_on_in_the_next_with_its_own_head()
    {
        var book = Book(
            rows =>
            {
                for (var i = 1; i <= 7; i++)
                {
                    rows.Text($"row {i}");
                    rows.EndRow();
                }
            },
            rowsPerSheet: 3);
        Faults(book).ShouldBeEmpty();
        using var document = SpreadsheetDocument.Open(new MemoryStream(book), isEditable: false);
        document.WorkbookPart!.Workbook.Descendants<DocumentFormat.OpenXml.Spreadsheet.Sheet>()
            .Select(sheet => sheet.Name!.Value).ShouldBe(["Lines", "Lines (2)", "Lines (3)"]);
        Sheets(document).Select(sheet => sheet.Worksheet.InnerText).ShouldBe(
        [
            "textnumberwhenrow 1row 2row 3&L&A&R&P / &N", "textnumberwhenrow 4row 5row 6&L&A&R&P / &N",
            "textnumberwhenrow 7&L&A&R&P / &N",
        ]);
    }

    [Fact]
    public void A_sheet_holds_no_more_than_Excel_opens() => new XlsxBook(Stream.Null, "").RowsPerSheet.ShouldBe(1_048_576 - 1);

    [Fact]
    public void The_same_rows_give_the_same_bytes_wherever_they_go()
    {
        using var file = new MemoryStream();
        using var pipe = new MemoryStream();
        Write(file, Fill, null);
        using (var gzip = new GZipStream(pipe, CompressionLevel.NoCompression, leaveOpen: true))
        {
            Write(gzip, Fill, null);
        }

        pipe.Position = 0;
        using var unpacked = new MemoryStream();
        using (var gunzip = new GZipStream(pipe, CompressionMode.Decompress))
        {
            gunzip.CopyTo(unpacked);
        }

        unpacked.ToArray().AsSpan().SequenceEqual(file.ToArray()).ShouldBeTrue();
    }

    [Fact]
    public void LibreOffice_opens_it()
    {
        var office = new[] { "/usr/bin/soffice", "/usr/bin/libreoffice" }.FirstOrDefault(File.Exists);
        if (office is null)
        {
            Assert.Skip("LibreOffice is not on this machine.");
        }

        var folder = Directory.CreateTempSubdirectory("settlement-xlsx-");
        try
        {
            File.WriteAllBytes(Path.Combine(folder.FullName, "book.xlsx"), Sample());
            var arguments = $"-env:UserInstallation=file://{folder.FullName}/profile --headless "
                // separator, quote, UTF-8, from line 1, cells as they are shown
                + "--convert-to \"csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,true\" --outdir "
                + $"{folder.FullName} {folder.FullName}/book.xlsx";
            using var run = Process.Start(new ProcessStartInfo(office, arguments) 
            {
                RedirectStandardOutput = true, UseShellExecute = false,
            })!;
            run.WaitForExit(120_000).ShouldBeTrue();
            File.ReadAllText(Path.Combine(folder.FullName, "book.csv")).Trim()
                .ShouldBe("text,number,when\nQuébec,\"1,234.56\",2026-10-31 18:00:00");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static byte[] Sample() => Book(Fill);

    private static void Fill(IRows rows)
    {
        rows.Text("Québec");
        rows.Amount(123_456, Currency.Of("CAD"));
        rows.Moment(Instant.FromUtc(2026, 10, 31, 18, 0));
        rows.EndRow();
    }

    private static byte[] Book(Action<IRows> fill, int? rowsPerSheet = null)
    {
        using var file = new MemoryStream();
        Write(file, fill, rowsPerSheet);
        return file.ToArray();
    }

    private static void Write(Stream to, Action<IRows> fill, int? rowsPerSheet)
    {
        using var book = rowsPerSheet is { } most
            ? new XlsxBook(to, "A <title>") { RowsPerSheet = most } : new XlsxBook(to, "A <title>");
        var rows = book.Sheet("Lines", Columns);
        fill(rows);
        rows.Finish();
        book.Finish();
    }

    private static List<string> Faults(byte[] book)
    {
        using var document = SpreadsheetDocument.Open(new MemoryStream(book), isEditable: false);
        return [.. new OpenXmlValidator(DocumentFormat.OpenXml.FileFormatVersions.Office2019).Validate(document)
            .Select(fault => $"{fault.Part?.Uri} {fault.Path?.XPath}: {fault.Description}")];
    }

    private static List<WorksheetPart> Sheets(SpreadsheetDocument document) =>
        [.. document.WorkbookPart!.WorksheetParts.OrderBy(part => part.Uri.ToString(), StringComparer.Ordinal)];

    private static List<T> Each<T>(
        byte[] book, int column, Func<DocumentFormat.OpenXml.Spreadsheet.Cell, WorkbookPart, T> read)
    {
        using var document = SpreadsheetDocument.Open(new MemoryStream(book), isEditable: false);
        return [.. Sheets(document)[0].Worksheet.Descendants<DocumentFormat.OpenXml.Spreadsheet.Row>().Skip(1)
            .Select(row => read(
                row.Elements<DocumentFormat.OpenXml.Spreadsheet.Cell>().ElementAt(column), document.WorkbookPart!))];
    }

    private static List<string> Cells(byte[] book, int column) => Each(book, column, (cell, _) => cell.InnerText);

    private static List<string> Types(byte[] book, int column) =>
        Each(book, column, (cell, _) => cell.DataType?.InnerText ?? "");

    private static List<string> Formats(byte[] book, int column) => Each(book, column, (cell, workbook) =>
    {
        var styles = workbook.WorkbookStylesPart!.Stylesheet;
        var format = styles.CellFormats!.Elements<DocumentFormat.OpenXml.Spreadsheet.CellFormat>()
            .ElementAt((int)cell.StyleIndex!.Value).NumberFormatId!.Value;
        return styles.NumberingFormats!.Elements<DocumentFormat.OpenXml.Spreadsheet.NumberingFormat>()
            .Single(each => each.NumberFormatId!.Value == format).FormatCode!.Value!;
    });
}
