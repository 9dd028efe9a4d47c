using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Domain.Ledger;
using Settlement.Tests.Intake;

namespace Settlement.Tests.Ledger;

/// <summary>The ledger against itself, on a month with every oddity in it.</summary>
public sealed class LedgerTests
{
    private static readonly YearMonth October = new(2026, 10);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Report_statement_lines_and_balances_are_the_same_numbers()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(700));
        var report = await town.Engine.Reports.Report(October, null, Stop);
        var lines = new List<Domain.Statements.StatementLine>();
        await foreach (var line in town.Engine.Reports.Lines(new("CA-FLO~US-CPI", October), stop: Stop))
        {
            lines.Add(line);
        }

        report.TieOuts.Count.ShouldBeGreaterThan(6);
        report.TieOuts.ShouldAllBe(tie => tie.Holds);
        foreach (var (direction, sums) in report.Directions)
        {
            var detail = lines.Where(line => line.Direction == direction).ToList();
            detail.Sum(line => line.Due).ShouldBe(sums.Due);
            detail.Sum(line => line.Tax).ShouldBe(sums.Tax);
            detail.Sum(line => line.EnergyKwh).ShouldBe(sums.EnergyKwh);
            detail.Sum(line => line.Sessions).ShouldBe((int)sums.Sessions);
            report.Taxes.Where(tax => tax.Direction == direction).Sum(tax => tax.Amount).ShouldBe(sums.Tax);
        }
    }

    [Theory]
    [InlineData("update ledger_entries set due = due + 1 where seq_id = (select min(seq_id) from ledger_entries)")]
    [InlineData("update ledger_entries set debits[1] = debits[1] + 1 where seq_id = (select min(seq_id) from ledger_entries)")]
    [InlineData("update balances set credit = credit + 1 where ctid = (select min(ctid) from balances)")]
    [InlineData("update period_totals set net = net - 1 where ctid = (select min(ctid) from period_totals)")]
    [InlineData("update period_taxes set amount = amount + 1 where ctid = (select min(ctid) from period_taxes where disposition = 'Charged')")]
    [InlineData("update cdrs set due = due + 1 where ctid = (select min(ctid) from cdrs where state = 'posted')")]
    [InlineData("update ledger_entries set accounts = '{}', debits = '{}', credits = '{}' where seq_id = (select min(seq_id) from ledger_entries)")]
    public async Task A_row_altered_by_hand_is_found(string alteration)
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(60));
        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);

        await town.Database.Execute(alteration);

        (await town.Engine.LedgerChecks.Run(Stop)).ShouldContain(tie => !tie.Holds);
    }

    [Fact]
    public async Task A_rebuild_gives_the_same_rows()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(400));
        foreach (var tenant in await town.Rebuild())
        {
            tenant.IsEqual.ShouldBeTrue(tenant.ToString());
        }

        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);
    }

    [Fact]
    public void Allocation_loses_nothing_and_stays_within_a_unit_of_the_exact_share() =>
        Prop.ForAll(
            Arb.From(Gen.Choose(-1_000_000, 1_000_000)),
            Arb.From(Gen.NonEmptyListOf(Gen.Choose(0, 100_000))),
            (total, weights) =>
            {
                var exact = weights.Select(weight => weight / 100m).ToList();
                var shares = Allocation.LargestRemainder(total, exact);
                var sum = exact.Sum();
                return shares.Sum() == total
                    && (sum == 0m || shares.Zip(exact).All(pair =>
                        Math.Abs(pair.First * sum - total * pair.Second) < sum));
            }).Check(Laws.Config(10_000));

    [Fact]
    public void An_unbalanced_entry_cannot_be_made() =>
        Should.Throw<UnbalancedEntryException>(() => Entry.Of(Currency.Of("CAD"), [new(default, 10, 0), new(default, 0, 9)]));
}
