using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Settlement.Api.Export;
using Settlement.Domain.Books;

namespace Settlement.Tests.Export;

/// <summary>hledger and beancount accept a month and find our balances; a fault in it, one at a time, is caught.</summary>
public sealed partial class PlainTextAccountingTests(ExportedMonth month) : IClassFixture<ExportedMonth>
{
    private static readonly string[] HledgerChecks = ["check", "-s", "ordereddates", "payees"];

    public static TheoryData<string> Books => ["", "CA-FLO", "US-CPI"];

    private async Task<(int Exit, string Output, string Errors)> Hledger(string text) =>
        await Tool.Run("hledger", ["-f", await month.File(text, ".journal"), .. HledgerChecks]);

    private async Task<(int Exit, string Output, string Errors)> BeanCheck(string text) =>
        await Tool.Run("bean-check", await month.File(text, ".beancount"));

    [Theory]
    [MemberData(nameof(Books))]
    public async Task Hledger_accepts_the_month_and_shows_our_balances(string books)
    {
        var text = await month.Text("hledger", books);
        (await Hledger(text)).ShouldBe((0, "", ""));

        var bal = await Tool.Run(
            "hledger", "-f", await month.File(text, ".journal"), "bal", "-N", "--flat", "-E", "-O", "json");
        bal.Exit.ShouldBe(0, bal.Errors);
        var shown = JsonDocument.Parse(bal.Output).RootElement[0].EnumerateArray()
            .SelectMany(row => row[3].EnumerateArray(), (row, amount) => (row[0].GetString()!,
                Minor: amount.GetProperty("aquantity").GetProperty("decimalMantissa").GetInt64(),
                Places: amount.GetProperty("aquantity").GetProperty("decimalPlaces").GetInt32()))
            .Where(row => row.Minor != 0)
            .ToDictionary(row => row.Item1, row => row.Minor / (row.Places == 2 ? 100m : 1m), StringComparer.Ordinal);
        shown.OrderBy(row => row.Key, StringComparer.Ordinal).ShouldBe(await Ledger(books, account => account.Name));
    }

    [Theory]
    [MemberData(nameof(Books))]
    public async Task Beancount_accepts_the_month_and_shows_our_balances(string books)
    {
        var text = await month.Text("beancount", books);
        (await BeanCheck(text)).ShouldBe((0, "", ""));

        var query = await Tool.Run(
            "bean-query", "-f", "csv", await month.File(text, ".beancount"),
            "select account, sum(position) as n group by account");
        query.Exit.ShouldBe(0, query.Errors);
        var shown = query.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => line.Split(',', StringSplitOptions.TrimEntries))
            .Where(cells => cells[1].Length > 0)
            .Select(cells => (Account: cells[0], Amount: decimal.Parse(cells[1].Split(' ')[0], CultureInfo.InvariantCulture)))
            .Where(row => row.Amount != 0m)
            .ToDictionary(row => row.Account, row => row.Amount, StringComparer.Ordinal);
        shown.OrderBy(row => row.Key, StringComparer.Ordinal).ShouldBe(await Ledger(books, BeancountWriter.Name));
    }

    /// <summary>
    /// Our own figures, not by way of the exporter: balances of the table for the ledger, and for a party's books the sum
    /// of the postings with their direction.
    /// </summary>
    private async Task<IEnumerable<KeyValuePair<string, decimal>>> Ledger(string books, Func<BookAccount, string> name)
    {
        var sums = new Dictionary<string, decimal>(StringComparer.Ordinal);
        await using var command = month.Town.Engine.Database.CreateCommand(
            """
            select t.account, t.currency, sum(t.debit - t.credit) / 100 as balance
            from balances t join tenant_heads l using (tenant_id, generation)
            where t.period <= '2026-10' group by 1, 2
            """);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            var (account, currency, balance) = (reader.GetString(0), reader.GetString(1), reader.GetDecimal(2));
            var (own, sign) = books.Length == 0
                ? (NeutralBooks.AccountOf(account, currency), 1)
                : Own(books, NeutralAccount.Parse(account), currency);
            var key = name(own);
            sums[key] = sums.GetValueOrDefault(key) + sign * balance;
        }

        return sums.Where(sum => sum.Value != 0m).OrderBy(sum => sum.Key, StringComparer.Ordinal);
    }

    // The demo's debtors recover every tax that is charged to them (resale certificates everywhere).
    private static (BookAccount, int) Own(string party, NeutralAccount account, string currency)
    {
        var other = party == "CA-FLO" ? "US-CPI" : "CA-FLO";
        var isCreditor = (account.Creditor?.ToString() ?? account.Remitter) == party;
        return (account.Kind switch
        {
            NeutralKind.Due when isCreditor => BookAccount.Of(BookRoot.Assets, "receivable", other, currency),
            NeutralKind.Due => BookAccount.Of(BookRoot.Liabilities, "payable", other, currency),
            NeutralKind.Charge => BookAccount.Of(
                isCreditor ? BookRoot.Income : BookRoot.Expenses, "roaming", account.Detail, currency),
            NeutralKind.Tax when isCreditor => BookAccount.Of(BookRoot.Liabilities, "tax", account.Detail, currency),
            NeutralKind.Tax => BookAccount.Of(BookRoot.Assets, "input-tax", account.Detail, currency),
            _ => throw new InvalidOperationException($"The demo posts nothing to {account.Kind}."),
        }, isCreditor ? 1 : -1);
    }

    /// <summary>Name of the fault, and which of the two must catch it: h, b or both.</summary>
    public static TheoryData<string, string> Faults => new()
    {
        { "one cent out of balance", "hb" },
        { "0.4 cent out of balance", "hb" },
        { "undeclared account", "hb" },
        { "undeclared commodity", "hb" },
        { "two currencies without a price", "hb" },
        { "a unit price that leaves a remainder", "b" },
        { "a wrong total cost", "hb" },
        { "dates out of order", "h" },
        { "undeclared payee", "h" },
        { "the same CDR twice", "hb" },
        { "a posting that need not balance", "h" },
        { "the other currency in an account", "hb" },
        { "three decimals that balance", "hb" },
        { "balanced and wrong", "hb" },
        { "a transaction left out", "hb" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_is_caught(string fault, string by)
    {
        foreach (var tool in by)
        {
            var isHledger = tool == 'h';
            var text = await month.Text(isHledger ? "hledger" : "beancount", "US-CPI");
            var faulty = Fault(fault, text, isHledger);
            faulty.ShouldNotBe(text);
            var answer = isHledger ? await Hledger(faulty) : await BeanCheck(faulty);
            answer.Exit.ShouldNotBe(0, $"{fault}, {tool}");
        }
    }

    private static string Fault(string fault, string text, bool isHledger)
    {
        var blocks = text.Split("\n\n").ToList();
        // the third transaction of the month, with a receivable or payable of CAD first
        var at = blocks.FindIndex(3, block => block.Contains("CA/FLO", StringComparison.Ordinal)
            && CadAmount().IsMatch(block) && !block.Contains("USD", StringComparison.Ordinal));
        var block = blocks[at];
        var lines = block.Split('\n').ToList();
        var first = lines.FindIndex(line => CadAmount().IsMatch(line));
        string On(string line, Func<decimal, decimal> change, string format = "0.00") => CadAmount().Replace(line, m =>
        {
            var amount = change(decimal.Parse(m.Groups["n"].Value, CultureInfo.InvariantCulture));
            var number = amount.ToString(format, CultureInfo.InvariantCulture);
            return isHledger ? $"CAD {number}" : $"{number} CAD";
        });

        switch (fault)
        {
            case "one cent out of balance": lines[first] = On(lines[first], n => n + 0.01m); break;
            case "0.4 cent out of balance": lines[first] = On(lines[first], n => n + 0.004m, "0.000"); break;
            case "undeclared account": lines[first] = lines[first].Replace("ayable:", "ayables:", StringComparison.Ordinal); break;
            case "undeclared commodity": lines = [.. lines.Select(l => l.Replace("CAD 0", "XXX 0", StringComparison.Ordinal).Replace("CAD ", "XXX ", StringComparison.Ordinal).Replace(" CAD", " XXX", StringComparison.Ordinal))]; break;
            case "two currencies without a price": lines[first] = lines[first].Replace("CAD ", "USD ", StringComparison.Ordinal).Replace(" CAD", " USD", StringComparison.Ordinal); break;
            case "a unit price that leaves a remainder":
                lines[first] = CadAmount().Replace(lines[first], m => $"{m.Groups["n"].Value} USD @ 1.00007 CAD").Replace(":CAD ", ":USD ", StringComparison.Ordinal);
                break;
            case "a wrong total cost":
                lines[first] = isHledger
                    ? CadAmount().Replace(lines[first], m => $"USD {m.Groups["n"].Value} @@ CAD 999.99")
                    : CadAmount().Replace(lines[first], m => $"{m.Groups["n"].Value} USD @@ 999.99 CAD");
                break;
            case "dates out of order": lines[0] = "2026-10-31" + lines[0][10..]; break;
            case "undeclared payee": lines[0] = lines[0].Replace(") CA-FLO |", ") CA-FLU |", StringComparison.Ordinal); break;
            case "the same CDR twice": lines = [.. lines, "", .. lines]; break;
            case "a posting that need not balance": lines.Add("    (liabilities:payable:CA-FLO:CAD)  CAD 1.00"); break;
            case "the other currency in an account":
                lines = [.. lines.Select(l => l.Replace("CAD ", "USD ", StringComparison.Ordinal).Replace(" CAD", " USD", StringComparison.Ordinal).Replace(":USD ", ":CAD ", StringComparison.Ordinal))];
                break;
            case "three decimals that balance":
                lines[first] = On(lines[first], n => n - 0.004m, "0.000");
                lines[first + 1] = On(lines[first + 1], n => n + 0.004m, "0.000");
                break;
            case "balanced and wrong":
                lines[first] = On(lines[first], n => n - 1m);
                lines[first + 1] = On(lines[first + 1], n => n + 1m);
                break;
            case "a transaction left out": lines = []; break;
            default: throw new ArgumentOutOfRangeException(nameof(fault), fault, "unknown");
        }

        blocks[at] = string.Join('\n', lines);
        return string.Join("\n\n", blocks);
    }

    [Theory]
    [MemberData(nameof(Books))]
    public async Task Every_amount_is_written_with_the_currencys_decimals_and_every_code_is_used_once(string books)
    {
        var text = await month.Text("hledger", books);
        var postings = text.Split('\n').Where(line => line.StartsWith("    ", StringComparison.Ordinal)).ToList();
        postings.Where(line => !Written().IsMatch(line)).ShouldBeEmpty("no amount is left out, none has a price");
        var codes = Code().Matches(text).Select(match => match.Value).ToList();
        codes.Count.ShouldBeGreaterThan(300);
        codes.Distinct(StringComparer.Ordinal).Count().ShouldBe(codes.Count);
    }

    [Fact]
    public async Task The_tags_give_the_balance_of_one_cdr()
    {
        var text = await month.Text("hledger", "US-CPI");
        var cdr = Tag().Matches(text)[5].Groups["cdr"].Value;
        var answer = await Tool.Run(
            "hledger", "-f", await month.File(text, ".journal"), "bal", "-N", "--flat", "-E", $"tag:cdr=^{cdr}$");
        answer.Exit.ShouldBe(0, answer.Errors);
        answer.Output.ShouldContain(":CA-FLO:");
    }

    [GeneratedRegex(@"(?:CAD (?<n>-?\d+\.\d+)|(?<n>-?\d+\.\d+) CAD)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CadAmount();

    [GeneratedRegex(@"^    [a-z]+:\S+  (?<c>CAD|USD) -?\d+\.\d\d( == \k<c> -?\d+\.\d\d)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Written();

    [GeneratedRegex(@"^\S+ \* \([^)]*\)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    [GeneratedRegex("; cdr:(?<cdr>[^,]+),", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tag();
}
