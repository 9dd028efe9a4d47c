using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Api.Demo;
using Settlement.Domain;
using Settlement.Domain.Intake;
using Settlement.Domain.Periods;
using Settlement.Domain.Tax;
using Settlement.Tests.Intake;
using static Settlement.Tests.Payments.MoneyTown;
using static Settlement.Tests.Periods.NovaScotia;

namespace Settlement.Tests.Periods;

/// <summary>
/// Whenever a credit comes and whenever it is taken back, around the day a month is issued: sessions of March 2025 in Nova
/// Scotia, whose document is of April and has another rate, with tax rounded line by line and once per document.
/// </summary>
public sealed class CreditAndIssueLawTests
{
    private static readonly LocalDate FifthOfMay = new(2025, 5, 5);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>When something happens to a session of March.</summary>
    public enum Moment
    {
        BeforeCutOff,
        BetweenCutOffAndIssue,
        AfterIssue,
    }

    [Fact]
    public void A_credit_that_is_taken_back_leaves_what_was_posted_alone_per_account_tax_and_month() => Holds(async month =>
    {
        await using var credited = await Months(month, bill => bill.TakenBackAt is null ? bill with { CreditedAt = null } : bill);
        await using var alone = await Months(month, bill => bill with { CreditedAt = null, TakenBackAt = null });
        var (left, expected) = (await Accounts(credited, month), await Accounts(alone, month));
        left.Balances.ShouldBe(expected.Balances);
        left.Taxes.ShouldBe(expected.Taxes);
        (await Documents(credited)).ShouldBe(await Documents(alone));
    });

    [Fact]
    public void Credit_and_issue_commute_per_CDR_and_each_tax_line_is_in_one_month() => Holds(async month =>
    {
        await using var town = await Months(month, bill => bill with { TakenBackAt = null });
        var left = await Accounts(town, month);
        left.Balances.ShouldBeEmpty();
        left.Taxes.GroupBy(tax => (tax.Session, tax.Tax, tax.Rate)).Select(tax => (tax.Sum(x => x.Base), tax.Sum(x => x.Amount)))
            .ShouldAllBe(sum => sum.Item1 == 0 && sum.Item2 == 0);
    });

    [Fact]
    public void A_credited_invoice_is_its_credit_notes_tax_by_tax() => Holds(async month =>
    {
        await using var town = await Months(month, bill => bill with { CreditedAt = Moment.AfterIssue, TakenBackAt = null });
        var invoice = (await Statement(town, March)).Draft.Documents.ShouldHaveSingleItem();
        var note = (await Statement(town, April)).Draft.Documents.ShouldHaveSingleItem();

        note.Kind.ShouldBe(DocumentKind.CreditNote);
        (note.Net, note.Tax, note.Due).ShouldBe((-invoice.Net, -invoice.Tax, -invoice.Due));
        note.Taxes.ShouldBe(invoice.Taxes.Select(tax => tax with { Base = -tax.Base, Kwh = -tax.Kwh, Amount = -tax.Amount }));
        (await Accounts(town, month)).Balances.ShouldBeEmpty();
    });

    /// <param name="CreditedAt">Null: never.</param>
    /// <param name="TakenBackAt">When other content comes under the credit's id; null: never.</param>
    private sealed record Bill(int Cents, Moment? CreditedAt, Moment? TakenBackAt)
    {
        public override string ToString() => $"{Cents / 100m} credited {CreditedAt}, taken back {TakenBackAt}";
    }

    private sealed record March2025(bool RoundedOnce, IReadOnlyList<Bill> Bills)
    {
        public override string ToString() =>
            $"rounded once per {(RoundedOnce ? "document" : "line")}: {string.Join("; ", Bills)}";
    }

    private static readonly Gen<Bill> AnyBill =
        from cents in Gen.Choose(101, 9999)
        from credited in Gen.Choose(0, 2)
        from takenBack in Gen.Choose(0, 3)
        // what was issued stays until a person decides: a credit of before the cut-off is taken back before it
        select new Bill(
            cents, (Moment)credited,
            takenBack == 3 ? null : credited == 0 ? Moment.BeforeCutOff : (Moment)Math.Max(credited, takenBack));

    private static readonly Gen<March2025> AnyMonth =
        from rounded in Gen.Elements(true, false)
        from bills in Gen.Choose(1, 5).SelectMany(count => AnyBill.ListOf(count))
        select new March2025(rounded, [.. bills]);

    private static IEnumerable<March2025> Smaller(March2025 month) =>
        month.Bills.Count == 1 ? [] : month.Bills.Select(bill => month with { Bills = [.. month.Bills.Where(each => each != bill)] });

    private static void Holds(Func<March2025, Task> law) => Prop.ForAll(
        Arb.From(AnyMonth, Smaller), month => Task.Run(() => law(month)).GetAwaiter().GetResult()).Check(Laws.Config(2));

    /// <summary>March and April, issued.</summary>
    private static async Task<Town> Months(March2025 month, Func<Bill, Bill> of)
    {
        var bills = month.Bills.Select(of).ToList();
        var town = await Town.Begin();
        if (month.RoundedOnce)
        {
            await RoundOncePerDocument(town);
        }

        await town.Import(bills.Select((bill, i) => Session($"S{i}", bill.Cents / 100m, day: 10 + i)));
        var closing = town.Engine.Closing;
        await Happens(Moment.BeforeCutOff, new LocalDate(2025, 3, 28));
        (await closing.SoftClose(Pair, March, ThirdOfApril.AtMidnight().InUtc().ToInstant(), "ana", Stop)).ShouldBeNull();
        (await closing.Prepare(Pair, March, ThirdOfApril, "ana", Stop)).Refusal.ShouldBeNull();
        (await closing.Approve(Pair, March, "bruno", Stop)).ShouldBeNull();
        await Happens(Moment.BetweenCutOffAndIssue, new LocalDate(2025, 4, 4));
        (await closing.Issue(Pair, March, "chloe", Stop)).ShouldBeNull();
        await Happens(Moment.AfterIssue, new LocalDate(2025, 4, 20));
        await Close(town, April, FifthOfMay);
        await TiesOut(town);
        (await town.Rebuild()).ShouldAllBe(tenant => tenant.IsEqual);
        return town;

        async Task Happens(Moment moment, LocalDate day)
        {
            await town.Import(bills.SelectMany((bill, i) => bill.CreditedAt == moment ? [Sent(bill, i, 0m)] : Nothing));
            await town.Import(bills.SelectMany((bill, i) =>
                bill.CreditedAt is not null && bill.TakenBackAt == moment ? [Sent(bill, i, 1m)] : Nothing));

            DemoDocument Sent(Bill bill, int i, decimal more) =>
                Credit($"S{i}-C", $"S{i}", bill.Cents / 100m + more, day, day: 10 + i);
        }
    }

    private static readonly IReadOnlyList<DemoDocument> Nothing = [];

    private sealed record SessionTax(int Session, YearMonth Month, string Tax, decimal? Rate, long Base, long Amount);

    /// <summary>Balances of each session's accounts, and its tax by rate and month of the report; every month ties out.</summary>
    private static async Task<(IReadOnlyList<string> Balances, IReadOnlyList<SessionTax> Taxes)> Accounts(
        Town town, March2025 march)
    {
        var (balances, taxes) = (new List<string>(), new List<SessionTax>());
        var sessions = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < march.Bills.Count; i++)
        {
            sessions[CdrStreams.Name(Key($"S{i}"))] = sessions[CdrStreams.Name(Key($"S{i}-C"))] = i;
            balances.AddRange((await Balances(town, Key($"S{i}"), $"S{i}-C"))
                .Select(each => $"S{i} {each.Key} {each.Value}").Order(StringComparer.Ordinal));
        }

        var book = await town.Engine.Books.Current(Stop);
        bool DocumentDateDecides(string rule) => book.Taxes.Named(rule)?.TaxPoint == TaxPoint.EarlierOfPaidOrDue;
        var filings = new Dictionary<YearMonth, Instant>();
        foreach (var month in Enumerable.Range(3, 3).Select(month => new YearMonth(2025, month)))
        {
            var posted = await town.Engine.TaxLines.Of(Cpo, [], month, DocumentDateDecides, filings, Stop);
            taxes.AddRange(posted.Lines.Where(line => TaxReport.ReportedIn(line, filings) == month)
                .GroupBy(line => (Session: sessions[line.Cdr], line.Line.Tax, line.Line.Rate))
                .Select(group => new SessionTax(
                    group.Key.Session, month, group.Key.Tax, group.Key.Rate, group.Sum(line => line.Line.Base.Minor),
                    group.Sum(line => line.Line.Amount.Minor)))
                .Where(sum => sum.Base != 0 || sum.Amount != 0).OrderBy(sum => sum.Session).ThenBy(sum => sum.Rate));
            TaxReport.Of(Cpo, month, posted.Lines, filings, (_, _) => null)
                .Against(posted.Accounts).AgainstAll(posted.Months, posted.AllAccounts)
                .TiesOut.ShouldBeTrue($"tax report of {month.Text()}");
        }

        return (balances, taxes);
    }

    private static async Task<string> Documents(Town town)
    {
        var lines = new List<string>();
        foreach (var month in new[] { March, April })
        {
            var statement = await Statement(town, month);
            lines.AddRange(statement.Draft.Documents.Select(document =>
                $"{month.Text()} {document.Kind} {document.Net} {document.Tax}: "
                + string.Join(", ", document.Taxes.Select(tax => $"{tax.Tax} {tax.Rate} {tax.Amount} on {tax.Base}"))));
        }

        return string.Join('\n', lines);
    }
}
