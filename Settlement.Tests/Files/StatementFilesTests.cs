using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsvHelper;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;
using Settlement.Api.Statements;
using Settlement.Domain.Agreements;
using Settlement.Domain.Periods;

namespace Settlement.Tests.Files;

/// <summary>A demo month, issued, in every format: the same figures, the same bytes, nothing about a driver.</summary>
public sealed class StatementFilesTests(IssuedMonthFixture month) : IClassFixture<IssuedMonthFixture>
{
    private static readonly PartyId Flo = PartyId.Parse("CA-FLO")!.Value;

    private static readonly PartyId Cpi = PartyId.Parse("US-CPI")!.Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(StatementFormats))]
    public async Task A_culture_changes_no_byte_of_a_statement(string format)
    {
        var plain = await Digest(format);
        foreach (var culture in Cultures.Three)
        {
            (await Cultures.In(culture, () => Digest(format))).ShouldBe(plain);
        }
    }

    [Theory]
    [MemberData(nameof(ReportFormats))]
    public async Task A_culture_changes_no_byte_of_the_report(string format)
    {
        var plain = Hash(await month.Report(format));
        foreach (var culture in Cultures.Three)
        {
            (await Cultures.In(culture, async () => Hash(await month.Report(format)))).ShouldBe(plain);
        }
    }

    [Theory]
    [MemberData(nameof(StatementFormats))]
    public async Task No_driver_is_in_any_file(string format)
    {
        var text = Text(await month.Statement(Flo, Cpi, format), format);
        month.Drivers.Count.ShouldBeGreaterThan(100);
        month.Drivers.Where(driver => text.Contains(driver, StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_amendment_for_later_months_changes_nothing_that_was_issued()
    {
        var issued = (await month.Document(Flo, Cpi)).Issue.ShouldNotBeNull();
        var changes = JsonNode.Parse("""{"valid_from":"2027-01-01","dispute_window_days":7}""")!.AsObject();
        var amended = await month.Engine.Amendments.Amend(
            Relationship.Between(Flo, Cpi), changes, "letter of 1 December", null, "ana", month.Engine.Now, Stop);
        amended.Refusals.ShouldBeEmpty();
        (await month.Document(Flo, Cpi)).Issue.ShouldBe(issued);
    }

    [Fact]
    public async Task Csv_and_json_lines_have_identical_content()
    {
        using var csv = new CsvReader(
            new StreamReader(new MemoryStream(await month.Statement(Flo, Cpi, "csv"))), CultureInfo.InvariantCulture);
        await csv.ReadAsync();
        csv.ReadHeader();
        var rows = 0;
        foreach (var line in Encoding.UTF8.GetString(await month.Statement(Flo, Cpi, "jsonl")).Split('\n')[..^1])
        {
            (await csv.ReadAsync()).ShouldBeTrue();
            rows++;
            foreach (var member in JsonDocument.Parse(line).RootElement.EnumerateObject())
            {
                csv.GetField(member.Name).ShouldBe(member.Value.ValueKind switch
                {
                    JsonValueKind.Null => "",
                    JsonValueKind.String => member.Value.GetString(),
                    _ => member.Value.GetRawText(),
                });
            }
        }

        (await csv.ReadAsync()).ShouldBeFalse();
        rows.ShouldBeGreaterThan(200);
    }

    [Fact]
    public async Task The_document_names_the_digest_and_the_rows_of_its_detail_file()
    {
        var csv = await month.Statement(Flo, Cpi, "csv");
        var document = await month.Document(Flo, Cpi);
        document.Detail.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(csv)));
        document.Detail.Rows.ShouldBe(Encoding.UTF8.GetString(csv).Split("\r\n").Length - 2);
        document.TieOuts.Where(tie => !tie.Holds).ShouldBeEmpty();
        var pdf = string.Concat(Tools.Pages(await month.Statement(Flo, Cpi, "pdf")));
        pdf.ShouldContain(document.Detail.Sha256);
        pdf.ShouldContain(document.Detail.Name);
    }

    [Fact]
    public async Task A_partner_computes_the_statements_root_from_the_detail_file()
    {
        var tree = new MerkleTree();
        foreach (var row in await Rows("csv"))
        {
            row["leaf_index"].ShouldBe(tree.Count.ToString(CultureInfo.InvariantCulture));
            var creditor = $"{row["cdr_country_code"]}-{row["cdr_party_id"]}";
            tree.Add(Encoding.UTF8.GetBytes(string.Join('|',
                row["log_number"], row["kind"], creditor, row["debtor"], row["cdr_id"], row["currency"], row["start_utc"],
                row["end_utc"],
                decimal.Parse(row["kwh"], CultureInfo.InvariantCulture).ToString("0.############", CultureInfo.InvariantCulture),
                Minor(row["net_total"]), Minor(row["tax_total"]), Minor(row["gross"]))));
        }

        var document = await month.Document(Flo, Cpi);
        tree.Root().ShouldBe(document.Issue!.MerkleRoot);
        string.Concat(Tools.Pages(await month.Statement(Flo, Cpi, "pdf"))).ShouldContain(tree.Root());
    }

    [Fact]
    public async Task Every_line_is_on_a_document_and_adds_up_to_it()
    {
        var document = await month.Document(Flo, Cpi);
        var sums = (await Rows("csv")).GroupBy(row => row["invoice_reference_id"], StringComparer.Ordinal).ToDictionary(
            group => group.Key, group => group.Sum(row => Minor(row["gross"])), StringComparer.Ordinal);
        sums.Keys.Order(StringComparer.Ordinal)
            .ShouldBe(document.Invoices.Select(invoice => invoice.Number!).Order(StringComparer.Ordinal));
        foreach (var invoice in document.Invoices)
        {
            sums[invoice.Number!].ShouldBe(invoice.Total);
        }
    }

    [Fact]
    public async Task A_French_partner_reads_French_and_an_English_one_English()
    {
        var french = string.Concat(Tools.Pages(await month.Statement(Flo, Cpi, "pdf")));
        foreach (var word in new[] { "Relevé de compte", "octobre 2026", "Émis", "TPS/TVH", "TVQ", "Québec", "Comment contester" })
        {
            french.ShouldContain(word);
        }

        french.ShouldNotContain("PRÉLIMINAIRE");
        var english = string.Concat(Tools.Pages(await month.Statement(Cpi, Flo, "pdf")));
        foreach (var word in new[] { "Reconciliation statement", "October 2026", "Issued", "GST/HST", "How to dispute" })
        {
            english.ShouldContain(word);
        }
    }

    [Fact]
    public async Task What_one_is_owed_the_other_owes()
    {
        var (to, from) = (await month.Document(Flo, Cpi), await month.Document(Cpi, Flo));
        to.Balances.Select(balance => (balance.Currency, balance.Closing, balance.Receivable))
            .ShouldBe(from.Balances.Select(balance => (balance.Currency, -balance.Closing, balance.Payable)));
        to.Balances.Count.ShouldBe(2);
        to.Balances.ShouldAllBe(balance => balance.Closing != 0);
    }

    [Fact]
    public async Task A_month_that_is_not_issued_is_marked_preliminary_in_both_languages()
    {
        var october = month.Month;
        month.Month = IssuedMonthFixture.Open;
        try
        {
            string.Concat(Tools.Pages(await month.Statement(Flo, Cpi, "pdf"))).ShouldContain("PRÉLIMINAIRE");
            string.Concat(Tools.Pages(await month.Statement(Cpi, Flo, "pdf"))).ShouldContain("PRELIMINARY");
            (await month.Document(Flo, Cpi)).Invoices.ShouldBeEmpty();
        }
        finally
        {
            month.Month = october;
        }
    }

    [Fact]
    public async Task One_currency_gives_only_its_own_lines_and_the_same_places_in_the_tree()
    {
        var all = (await Rows("csv")).Where(row => row["currency"] == "USD")
            .Select(row => (row["cdr_id"], row["leaf_index"], row["gross"])).ToList();
        var usd = (await Rows("csv", "USD")).Select(row => (row["cdr_id"], row["leaf_index"], row["gross"])).ToList();
        usd.ShouldBe(all);
        (await month.Document(Flo, Cpi, "USD")).Balances.ShouldHaveSingleItem().Currency.ShouldBe("USD");
    }

    [Fact]
    public async Task Workbooks_are_valid_and_their_sums_are_the_reports()
    {
        foreach (var book in new[] { await month.Statement(Flo, Cpi, "xlsx"), await month.Report("xlsx") })
        {
            using var document = SpreadsheetDocument.Open(new MemoryStream(book), isEditable: false);
            new OpenXmlValidator(DocumentFormat.OpenXml.FileFormatVersions.Office2019).Validate(document, Stop)
                .Select(fault => fault.Description).ShouldBeEmpty();
        }

        var names = SheetNames(await month.Report("xlsx"));
        names.ShouldBe(
        [
            "Control", "Summary", "By jurisdiction", "Roll-forward", "Taxes", "Energy", "Prior period", "Held", "Exceptions",
            "Accruals (memo)", "Ageing", "FX", "How it ties out", "Lines",
        ]);
        SheetNames(await month.Statement(Flo, Cpi, "xlsx")).ShouldBe(
        [
            "Contrôle", "Solde", "Évolution des soldes", "Factures et notes de crédit", "Sommaire", "Par territoire",
            "Taxes", "En suspens", "Exceptions", "Concordance", "Détail",
        ]);
    }

    [Fact]
    public async Task An_issued_document_is_found_by_its_number_in_every_format()
    {
        var number = (await month.Document(Flo, Cpi)).Invoices.First(invoice => invoice.Customer == Flo).Number!;
        var found = await InvoiceFiles.Find(month.Engine, number, Stop);
        var book = await month.Engine.Books.Current(Stop);
        foreach (var format in InvoiceFiles.Formats)
        {
            using var file = new MemoryStream();
            InvoiceFiles.Write(file, format, found!.Value.Invoice, book);
            file.Length.ShouldBeGreaterThan(500);
        }

        (await InvoiceFiles.Find(month.Engine, "INV-NOBODY", Stop)).ShouldBeNull();
    }

    public static TheoryData<string> StatementFormats => [.. StatementFiles.Formats];

    public static TheoryData<string> ReportFormats => [.. ReportFiles.Formats];

    private async Task<string> Digest(string format) => Hash(await month.Statement(Flo, Cpi, format));

    private static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private async Task<List<Dictionary<string, string>>> Rows(string format, string? currency = null)
    {
        using var csv = new CsvReader(
            new StreamReader(new MemoryStream(await month.Statement(Flo, Cpi, format, currency))), CultureInfo.InvariantCulture);
        await csv.ReadAsync();
        csv.ReadHeader();
        var rows = new List<Dictionary<string, string>>();
        while (await csv.ReadAsync())
        {
            rows.Add(csv.HeaderRecord!.ToDictionary(name => name, name => csv.GetField(name)!, StringComparer.Ordinal));
        }

        return rows;
    }

    private static long Minor(string amount) => (long)(decimal.Parse(amount, CultureInfo.InvariantCulture) * 100);

    private static List<string> SheetNames(byte[] book)
    {
        using var document = SpreadsheetDocument.Open(new MemoryStream(book), isEditable: false);
        return [.. document.WorkbookPart!.Workbook.Descendants<DocumentFormat.OpenXml.Spreadsheet.Sheet>()
            .Select(sheet => sheet.Name!.Value!)];
    }

    private static string Text(byte[] file, string format)
    {
        if (format == "pdf")
        {
            return string.Concat(Tools.Pages(file));
        }

        if (format != "xlsx")
        {
            return Encoding.UTF8.GetString(file);
        }

        using var zip = new ZipArchive(new MemoryStream(file));
        return string.Concat(zip.Entries.Select(entry => new StreamReader(entry.Open()).ReadToEnd()));
    }
}
