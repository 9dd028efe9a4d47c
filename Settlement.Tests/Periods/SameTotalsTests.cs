using System.Globalization;
using NodaTime;
using Settlement.Api.Statements;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Tests.Intake;
using static Settlement.Tests.Payments.MoneyTown;
using static Settlement.Tests.Periods.NovaScotia;

namespace Settlement.Tests.Periods;

/// <summary>
/// Report, statement, detail file, documents and ledger show the same totals, with what issuing posts (rules-money 20).
/// </summary>
public sealed class SameTotalsTests
{
    private static readonly PartyId Flo = PartyId.Parse("CA-FLO")!.Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_issued_month_has_one_total_wherever_one_looks(bool roundedOncePerDocument)
    {
        await using var town = await Town.Begin();
        if (roundedOncePerDocument)
        {
            await RoundOncePerDocument(town);
        }

        await town.Import([Session("A", 57.00m), Session("B", 6.45m, day: 10), Session("C", 50.05m, day: 11)]);
        await Close(town, March, ThirdOfApril);
        await Agrees(town, March, documents: 1);

        await town.Import([Credit("A-C", "A", 57.00m, new LocalDate(2025, 4, 20))]);
        await Agrees(town, April, documents: 0);
        await Close(town, April, new LocalDate(2025, 5, 5));
        await Agrees(town, April, documents: 1);
    }

    // T: report = ledger = statement = detail file, and the rows of each document are the document
    private static async Task Agrees(Town town, YearMonth month, int documents)
    {
        var report = await town.Engine.Report(month, null, null, Stop);
        report.TieOuts.Where(tie => !tie.Holds).ShouldBeEmpty();
        var due = report.Directions.ShouldHaveSingleItem().Sums;
        due.Due.ShouldBe(await town.Count(
            $"select sum(debit - credit)::bigint from balances where period = '{month.Text()}' and account like 'due:%'"));
        due.Tax.ShouldBe(report.Taxes.Sum(tax => tax.Amount));

        var rows = await Detail(town, month);
        rows.Sum(row => row.Gross).ShouldBe(due.Due);
        var issued = (await town.Engine.Closing.Book(Pair, Stop)).Month(month).Issued
            .SelectMany(statement => statement.Draft.Documents.Zip(statement.Numbers)).ToList();
        issued.Count.ShouldBe(documents);
        foreach (var (document, number) in issued)
        {
            rows.Where(row => row.Document == number).Sum(row => row.Gross).ShouldBe(document.Due);
        }

        var (exit, output, _) = await town.Program("statement", "US-CPI", month.Text(), "--format", "json");
        exit.ShouldBe(0);
        output.ShouldContain($"\"due\": \"{Text(due.Due, "CAD")}\"");
    }

    private static async Task<IReadOnlyList<(string Document, long Gross)>> Detail(Town town, YearMonth month)
    {
        using var file = new MemoryStream();
        await StatementFiles.Write(file, "csv", Cpo, Flo, month, town.Engine, null, Stop);
        var table = Domain.Payments.CsvTable.Read(System.Text.Encoding.UTF8.GetString(file.ToArray()), "gross").Table!;
        return [.. table.Rows.Select(row => (
            row.Text("invoice_reference_id"),
            Money.Of(decimal.Parse(row.Text("gross"), CultureInfo.InvariantCulture), Currency.Of("CAD")).Minor))];
    }
}
