using System.Globalization;
using Settlement.Api.Export;
using Settlement.Domain.Books;

namespace Settlement.Tests.Export;

/// <summary>Journals for a general ledger: balanced, and the same sums as the ledger's.</summary>
public sealed class GlExportTests(ExportedMonth month) : IClassFixture<ExportedMonth>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static List<string[]> Rows(string csv) =>
        [.. csv.TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(','))];

    private static decimal Amount(string cell) => cell.Length == 0 ? 0m : decimal.Parse(cell, CultureInfo.InvariantCulture);

    [Fact]
    public async Task Each_quickbooks_journal_balances_and_its_number_is_short()
    {
        var rows = Rows(await month.Text("gl", "CA-FLO"));

        rows.Count.ShouldBeGreaterThan(100);
        foreach (var journal in rows.GroupBy(row => row[0]))
        {
            journal.Key.Length.ShouldBeLessThanOrEqualTo(21);
            journal.Sum(row => Amount(row[3])).ShouldBe(journal.Sum(row => Amount(row[4])), journal.Key);
            journal.Select(row => row[1]).Distinct().Count().ShouldBe(1);
        }

        rows.ShouldAllBe(row => (row[3].Length == 0) != (row[4].Length == 0), "the other side is left blank");
    }

    [Fact]
    public async Task Read_back_and_added_up_a_file_is_the_movement_of_the_ledger()
    {
        var rows = Rows(await month.Text("gl", "US-CPI"));

        foreach (var (account, sign, books) in new[]
        {
            ("due:CA-FLO:US-CPI", 1, "assets:receivable:CA-FLO"), ("due:US-CPI:CA-FLO", -1, "liabilities:payable:CA-FLO"),
            ("charge:US-CPI:ENERGY", 1, "revenue:roaming:ENERGY"), ("charge:CA-FLO:TIME", -1, "expenses:roaming:TIME"),
        })
        {
            foreach (var currency in new[] { "CAD", "USD" })
            {
                var moved = await month.Town.Count(
                    $"select coalesce(sum(t.debit - t.credit), 0)::bigint from balances t join tenant_heads l using (tenant_id, generation) "
                    + $"where t.period = '2026-10' and t.account = '{account}' and t.currency = '{currency}'");
                rows.Where(row => row[2] == $"{books}:{currency}").Sum(row => Amount(row[3]) - Amount(row[4]))
                    .ShouldBe(sign * moved / 100m, $"{account} {currency}");
            }
        }
    }

    [Fact]
    public async Task Netsuite_has_header_and_line_on_each_row()
    {
        var text = await month.Text("gl", "CA-FLO", GlShape.Netsuite);
        text.ShouldStartWith("\uFEFFExternal ID,Date,Currency,Memo,Account,Debit,Credit,Line Memo,Entity\r\n");
    }

    [Fact]
    public async Task What_somebody_posts_is_marked_and_a_second_export_says_so()
    {
        string[] export = ["export", "gl", "2026-10", "--books", "US-CPI"];
        var looked = await month.Town.Program(export);
        looked.Exit.ShouldBe(0);
        looked.Errors.ShouldContain("Not marked as exported");

        var posted = await month.Town.Program([.. export, "--actor", "ana"]);
        var twice = await month.Town.Program([.. export, "--actor", "ana"]);
        var again = await month.Town.Program([.. export, "--actor", "ana", "--again"]);
        var copy = await month.Town.Program(export);

        posted.Exit.ShouldBe(0, posted.Errors);
        posted.Output.ShouldBe(looked.Output);
        twice.Exit.ShouldBe(2);
        twice.Errors.ShouldContain("(export.already)");
        twice.Output.ShouldBeEmpty();
        again.Output.ShouldBe(posted.Output);
        copy.Exit.ShouldBe(1);
        copy.Errors.ShouldContain("went into the books of US-CPI");
        var done = await month.Town.Engine.Exports.Done(
            "CA-FLO~US-CPI", Domain.Agreements.PartyId.Parse("US-CPI")!.Value, ExportedMonth.Month, Stop);
        done.Count.ShouldBe(2);
        done[0].Sha256.ShouldBe(done[1].Sha256);
        // entries of free sessions have no line to export
        var entries = "from ledger_entries t join tenant_heads l using (tenant_id, generation) where t.period = '2026-10'";
        done[0].Entries.ShouldBe(await month.Town.Count($"select count(*) {entries} and t.due <> 0"));
        done[0].UpTo.ShouldBeLessThanOrEqualTo(await month.Town.Count($"select max(t.seq_id) {entries}"));
        (await month.Town.Engine.Exports.Done(
            "CA-FLO~US-CPI", Domain.Agreements.PartyId.Parse("CA-FLO")!.Value, ExportedMonth.Month, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_account_that_the_file_does_not_name_is_refused_before_a_byte_is_written()
    {
        var accounts = Path.GetTempFileName();
        var target = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(accounts, "account,gl_account\nassets:*,1200 Roaming\nrevenue:*,4000\n", Stop);
            var refused = await month.Town.Program(
                "export", "gl", "2026-10", "--books", "CA-FLO", "--accounts", accounts, "--out", target);
            refused.Exit.ShouldBe(2);
            refused.Errors.ShouldContain("expenses:roaming:");
            refused.Errors.TrimEnd().ShouldEndWith("(accounts.unmapped)");

            await File.AppendAllTextAsync(accounts, "liabilities:*,2100\nexpenses:*,=SUM(A1)\nassets:receivable:*,1210\n", Stop);
            var done = await month.Town.Program(
                "export", "gl", "2026-10", "--books", "CA-FLO", "--accounts", accounts, "--out", target);
            done.Exit.ShouldBe(0, done.Errors);
            var rows = Rows(await File.ReadAllTextAsync(target, Stop));
            rows.Select(row => row[2]).Distinct().Order(StringComparer.Ordinal)
                .ShouldBe(["'=SUM(A1)", "1200 Roaming", "1210", "2100", "4000"]);
        }
        finally
        {
            File.Delete(accounts);
            File.Delete(target);
        }
    }

    [Fact]
    public async Task A_general_ledger_needs_to_know_whose()
    {
        var answer = await month.Town.Program("export", "gl", "2026-10");
        (answer.Exit, answer.Errors.Contains("export.books-missing", StringComparison.Ordinal)).ShouldBe((2, true));
    }

    [Theory]
    [InlineData("account,gl_account\nassets:x\n", "line 2")]
    [InlineData("assets:*,1\nassets:*,2\n", "line 2")]
    public void A_file_of_accounts_that_cannot_be_read_is_refused_with_its_line(string text, string where) =>
        GlAccounts.Read(text, "map.csv").Refusal!.Message.ShouldContain(where);

    [Fact]
    public void The_longest_name_decides()
    {
        var (accounts, _) = GlAccounts.Read("assets:*,1\nassets:bank:*,2\nassets:bank:CAD,3\n", "map.csv");
        accounts!.Of(BookAccount.Of(BookRoot.Assets, "advance", "CAD")).ShouldBe("1");
        accounts.Of(BookAccount.Of(BookRoot.Assets, "bank", "USD")).ShouldBe("2");
        accounts.Of(BookAccount.Of(BookRoot.Assets, "bank", "CAD")).ShouldBe("3");
        accounts.Of(BookAccount.Of(BookRoot.Equity, "trading")).ShouldBeNull();
    }
}
