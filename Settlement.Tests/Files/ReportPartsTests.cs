using System.Text;
using System.Text.Json;
using NodaTime;
using Settlement.Api.Statements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Statements;
using Settlement.Projections.EventStore;
using Settlement.Tests.Intake;
using static Settlement.Tests.Payments.MoneyTown;

namespace Settlement.Tests.Files;

/// <summary>What stands beside a report's totals, and a party's side of it (rules-money 22).</summary>
public sealed class ReportPartsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_without_a_CDR_belongs_to_the_month_of_the_agreements_zone_at_the_cost_it_reported()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(60));
        await Report(town, "last of October", Instant.FromUtc(2026, 11, 1, 3, 30), 12.345m); // 23:30 in Toronto
        await Report(town, "first of November", Instant.FromUtc(2026, 11, 1, 4, 0), 99m);
        await Report(town, "last of September", Instant.FromUtc(2026, 10, 1, 3, 59), 99m);
        await Report(town, "no cost", Instant.FromUtc(2026, 10, 15, 12, 0), null);

        var report = await town.Engine.Report(October, null, null, Stop);

        report.Held.Where(total => total.State == "unbilled").ShouldHaveSingleItem().Count.ShouldBe(2);
        ExpectedValue.Of(report).Where(line => line.Basis == "session-without-cdr")
            .Select(line => (line.Count, line.Method, line.Amount))
            .ShouldBe([(1L, "own-cost", (decimal?)12.345m), (1L, "none", null)]);
        var statement = await town.Engine.Reports.Statement(
            Pair.A, Pair.B, October, await town.Engine.Books.Terms(Pair, October, Stop), Stop);
        statement.Held.ShouldBe(report.Held);
    }

    [Fact]
    public async Task A_statement_of_one_currency_shows_the_other_in_no_format()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(60));

        var (exit, table, errors) = await town.Program("statement", Pair.ToString(), "2026-10", "--currency", "CAD");

        exit.ShouldBe(0, errors);
        table.ShouldContain("CAD");
        table.ShouldNotContain("USD");
    }

    [Fact]
    public async Task The_memo_holds_every_held_CDR_once_at_the_re_rated_price_or_else_at_the_claim()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(600));

        var report = await town.Engine.Report(October, null, null, Stop);

        var memo = ExpectedValue.Of(report).Where(line => line.Basis == "held-cdr").ToList();
        memo.Sum(line => line.Count).ShouldBe(report.Held.Sum(total => total.Count));
        memo.Where(line => line.Method == "re-rated").Sum(line => line.Amount)
            .ShouldBe(report.Held.Sum(total => total.Expected ?? 0m));
        memo.ShouldContain(line => line.Method == "claim");
    }

    [Fact]
    public async Task A_CDR_that_comes_after_the_close_is_in_the_memo_of_its_month_and_late_in_the_next()
    {
        var documents = Town.Month(120);
        await using var town = await Issued(documents.Take(100));
        await town.Import(documents.Skip(100));

        var october = await town.Engine.Report(October, null, null, Stop);
        var november = await town.Engine.Report(October.PlusMonths(1), null, null, Stop);

        var late = ExpectedValue.Of(october).Where(line => line.Basis == "late-cdr").ToList();
        late.ShouldNotBeEmpty();
        late.ShouldAllBe(line => line.Reason == "2026-11" && line.Method == "posted");
        late.Sum(line => line.Count).ShouldBe(november.Late.Where(each => each.ChargePeriod == October).Sum(each => each.Sessions));
        november.Ageing.Sum(each => each.Row.Open + each.Row.Disputed + each.Row.Unapplied).ShouldBeGreaterThan(0);
        october.Ageing.ShouldBeEmpty(); // the documents are of the third of November
    }

    [Fact]
    public async Task A_partys_side_balances_ties_out_and_mirrors_the_other_partys()
    {
        await using var town = await Issued(Town.Month(200));

        var one = await town.Engine.Report(October, null, Pair.A, Stop);
        var other = await town.Engine.Report(October, null, Pair.B, Stop);

        one.TiesOut.ShouldBeTrue();
        other.TiesOut.ShouldBeTrue();
        one.TieOuts.Count.ShouldBeGreaterThan(one.Side!.Accounts.Count);
        foreach (var currency in new[] { "CAD", "USD" })
        {
            Of(one, "assets:receivable", currency).ShouldBe(-Of(other, "liabilities:payable", currency));
            Of(one, "revenue:roaming", currency).ShouldBe(-Of(other, "expenses:roaming", currency));
            Of(one, "revenue:roaming", currency).ShouldBe(
                -one.Directions.Where(total => total.Direction.Creditor == Pair.A && total.Direction.CurrencyCode == currency)
                    .Sum(total => total.Sums.Net));
        }
    }

    [Fact]
    public async Task Every_part_is_the_same_in_CSV_and_JSON_in_any_culture()
    {
        await using var town = await Issued(Town.Month(300));
        var report = await town.Engine.Report(October, null, Pair.A, Stop);
        var json = Cultures.Three.Select(culture => Cultures.In(culture, () => Json(report))).ToList();
        json.ShouldAllBe(text => text == json[0]);
        using var whole = JsonDocument.Parse(json[0]);
        foreach (var part in ReportParts.Of(withSide: true))
        {
            var csv = Cultures.Three.Select(culture => Cultures.In(culture, () => Csv(report, part.Name))).ToList();
            csv.ShouldAllBe(text => text == csv[0]);
            var rows = csv[0].TrimEnd().Split("\r\n");
            rows[0].TrimStart('\uFEFF').Split(',').ShouldBe(part.Columns.Select(column => column.Name));
            whole.RootElement.GetProperty(part.Name).GetArrayLength().ShouldBe(rows.Length - 1);
        }
    }

    private static long Of(MonthlyReport report, string account, string currency) => report.Side!.Accounts
        .Where(each => each.Account.StartsWith(account + ":", StringComparison.Ordinal) && each.Currency == currency)
        .Sum(each => each.Closing);

    private static string Json(MonthlyReport report)
    {
        using var file = new MemoryStream();
        ReportJson.Write(file, report);
        return Encoding.UTF8.GetString(file.ToArray());
    }

    private static string Csv(MonthlyReport report, string part)
    {
        using var file = new MemoryStream();
        ReportCsv.Write(file, report, part);
        return Encoding.UTF8.GetString(file.ToArray());
    }

    private static Task Report(Town town, string id, Instant end, decimal? cost) => town.Engine.Store.Append(
        Pair.ToString(),
        new StoreCommand(
            id, [1],
            [
                new StreamFacts($"session/{id}", "session", null,
                [
                    new SessionReportFact.SessionReported(
                        new ReportedSession(
                            OcpiVersion.V221, Pair.A, Pair.B, id, "COMPLETED", end - Duration.FromHours(1), end, 10m, "CAD",
                            null, null, cost, end),
                        "driver", "", end, "test"),
                ]),
            ],
            "test"),
        Stop);
}
