using System.Text;
using NodaTime;
using Settlement.Api.Export;
using Settlement.Domain.Agreements;
using Settlement.Tests.Intake;
using Settlement.Tests.Payments;

namespace Settlement.Tests.Export;

/// <summary>A month with netting in it, in the books of each party, and its balances carried into the next.</summary>
public sealed class ClosedMonthTests
{
    private static readonly YearMonth October = new(2026, 10);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Netting_is_in_the_journal_and_both_tools_accept_it()
    {
        await using var town = await MoneyTown.Issued(Town.Month(300));

        foreach (var books in new[] { "", "CA-FLO", "US-CPI" })
        {
            foreach (var month in new[] { October, October.PlusMonths(1) })
            {
                var hledger = await Text(town, month, books, "hledger");
                hledger.ShouldContain(month == October ? "| netting statement 2026-10" : "(OPENING)");
                hledger.ShouldContain(books.Length == 0 ? "assets:setoff:CA-FLO:US-CPI:CAD" : "liabilities:set-off:");
                await Accepts("hledger", hledger, "check", "-s", "ordereddates", "payees");
                await Accepts("bean-check", await Text(town, month, books, "beancount"));
            }
        }
    }

    private static async Task<string> Text(Town town, YearMonth month, string books, string kind)
    {
        var (tenants, home) = await ExportVerb.Tenants(town.Engine, PartyId.Parse(books), null, Stop);
        await using var journal = await JournalExport.Open(town.Engine, month, home, tenants, Stop);
        using var memory = new MemoryStream();
        await ExportVerb.Write(memory, journal, kind, GlShape.Quickbooks, GlAccounts.OwnNames, Stop);
        return Encoding.UTF8.GetString(memory.ToArray());
    }

    private static async Task Accepts(string tool, string text, params string[] checks)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, text, Stop);
            string[] args = tool == "hledger" ? ["-f", "journal:" + path, .. checks] : [path];
            (await Tool.Run(tool, args)).ShouldBe((0, "", ""));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
