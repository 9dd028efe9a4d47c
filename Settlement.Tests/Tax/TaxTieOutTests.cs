using System.Text;
using System.Text.Json.Nodes;
using NodaTime;
using Settlement.Api.Agreements;
using Settlement.Api.Demo;
using Settlement.Api.Tax;
using Settlement.Domain.Agreements;
using Settlement.Domain.Tax;
using Settlement.Tests.Intake;
using static Settlement.Tests.Tax.TaxCase;

namespace Settlement.Tests.Tax;

/// <summary>The tax report against the ledger's own tax accounts (rules-money 23).</summary>
public sealed class TaxTieOutTests
{
    private static readonly YearMonth October = new(2026, 10);

    private static readonly TaxBridge Sold = new(TaxSide.Output, "CA-ON", "HST", "CAD", 650, 0, 1300);
    private static readonly TaxBridge Bought = new(TaxSide.Input, "CA-ON", "HST", "CAD", 200, 50, 0);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Each_side_is_compared_with_its_own_accounts()
    {
        var ties = TaxTieOut.Of([Sold, Bought], [Move("CA-FLO", TaxSide.Output, 1950), Move("US-CPI", TaxSide.Input, 149)]);
        ties.Select(tie => (tie.Side, tie.Bridged, tie.Ledger, tie.Holds)).ShouldBe(
            [(TaxSide.Output, 1950m, 1950m, true), (TaxSide.Input, 150m, 149m, false)]);
    }

    [Fact]
    public void An_account_that_does_not_say_who_supplied_is_compared_with_both_sides_together()
    {
        var ties = TaxTieOut.Of([Sold, Bought], [Move("CA-FLO", TaxSide.Output, 1950), Move("STATION_OWNER", null, 150)]);
        var tie = ties.ShouldHaveSingleItem();
        (tie.Side, tie.Bridged, tie.Ledger, tie.Holds).ShouldBe((null, 2100m, 2100m, true));
    }

    [Fact]
    public void What_only_one_of_the_two_knows_is_a_difference()
    {
        TaxTieOut.Of([Sold], []).ShouldHaveSingleItem().Holds.ShouldBeFalse();
        TaxTieOut.Of([], [Move("CA-FLO", TaxSide.Output, 1)]).ShouldHaveSingleItem().Holds.ShouldBeFalse();
    }

    [Fact]
    public async Task The_report_of_a_month_ties_out_until_a_tax_account_is_altered_by_hand()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(120));
        foreach (var party in new[] { Cpo, Emsp })
        {
            var report = await TaxReportVerb.Of(town.Engine, party, October, Stop);
            report.TieOuts.Count.ShouldBeGreaterThan(2);
            report.TieOuts.ShouldAllBe(tie => tie.Holds);
            report.TieOuts.ShouldContain(tie => tie.Ledger > 0);
        }

        await town.Database.Execute(
            "update balances set credit = credit + 1 where ctid = (select min(ctid) from balances "
            + "where account like 'tax:CA-FLO:%' and period = '2026-10')");

        var altered = await TaxReportVerb.Of(town.Engine, Cpo, October, Stop);
        altered.TiesOut.ShouldBeFalse();
        var wrong = altered.TieOuts.Where(tie => !tie.Holds).ShouldHaveSingleItem();
        (wrong.Side, wrong.Ledger - wrong.Bridged).ShouldBe((TaxSide.Output, 1m));
    }

    [Fact]
    public async Task What_came_after_its_month_was_filed_is_in_one_report_and_all_months_tie_out()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(120));
        var filings = new Dictionary<YearMonth, Instant> { [October] = Instant.FromUtc(2020, 1, 1, 0, 0) };

        var filed = await TaxReportVerb.Of(town.Engine, Cpo, October, filings, Stop);
        var next = await TaxReportVerb.Of(town.Engine, Cpo, October.PlusMonths(1), filings, Stop);

        filed.Bridge.ShouldAllBe(line => line.Reported == 0);
        filed.TiesOut.ShouldBeTrue();
        next.Bridge.ShouldContain(line => line.Reported > 0);
        next.TiesOut.ShouldBeTrue();
    }

    [Fact]
    public async Task What_one_party_owes_in_tax_the_other_was_charged()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(120));
        var sold = await TaxReportVerb.Of(town.Engine, Cpo, October, Stop);
        var bought = await TaxReportVerb.Of(town.Engine, Emsp, October, Stop);
        sold.TieOuts.Where(tie => tie.Side == TaxSide.Output).Select(Account)
            .ShouldBe(bought.TieOuts.Where(tie => tie.Side == TaxSide.Input).Select(Account));

        static (string, string, string, decimal) Account(TaxTieOut tie) =>
            (tie.Jurisdiction, tie.Tax, tie.Currency, tie.Ledger);
    }

    [Fact]
    public async Task What_was_charged_under_an_alias_is_the_party_s_own()
    {
        await using var town = await Town.Begin();
        var alias = PartyId.Parse("CA-FL2")!.Value;
        var registered = new BookFact.PartyRegistered(
            (await town.Engine.Books.Current(Stop)).Party(Cpo)! with { Aliases = [alias] });
        await town.Engine.Books.Record([(ReferenceFiles.Stream(registered), registered)], "test", Stop);
        await town.Import(Town.Month(120).Select(UnderAlias));

        var report = await TaxReportVerb.Of(town.Engine, Cpo, October, Stop);
        report.TiesOut.ShouldBeTrue();
        report.TieOuts.ShouldContain(tie => tie.Side == TaxSide.Output && tie.Ledger > 0);
        report.Rows.Where(row => row.Side == TaxSide.Output).Sum(row => row.OutputTax).ShouldBeGreaterThan(0);
        var asked = await TaxReportVerb.Of(town.Engine, alias, October, Stop);
        asked.Party.ShouldBe(Cpo);
        asked.Rows.ShouldBe(report.Rows);
    }

    private static DemoDocument UnderAlias(DemoDocument document)
    {
        var cdr = JsonNode.Parse(document.Json.Span)!;
        if ((string?)cdr["party_id"] == "FLO")
        {
            cdr["party_id"] = "FL2";
        }

        return document with { Json = Encoding.UTF8.GetBytes(cdr.ToJsonString()) };
    }

    private static TaxAccountMove Move(string remitter, TaxSide? side, decimal credit) =>
        new(remitter, side, "CA-ON", "HST", "CAD", credit);
}
