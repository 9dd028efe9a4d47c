using NodaTime;
using Settlement.Api.Payments;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Payments;
using Settlement.Projections.EventStore;
using Settlement.Projections.Statements;
using Settlement.Tests.Intake;
using static Settlement.Tests.Payments.MoneyTown;

namespace Settlement.Tests.Payments;

/// <summary>Payments, write-offs and opening balances on a real database (rules-money 1, 21, 25).</summary>
public sealed class PaymentDeskTests
{
    private static readonly LocalDate Day = new(2026, 11, 22);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<OpenItem> Largest(Town town) =>
        (await town.Engine.Payments.Open(Pair, null, Stop)).All.Where(item => item.Name.Length > 0).MaxBy(item => item.Open)!;

    private static Task<Town> ClosedOctober(int cdrs = 200) => Issued(Town.Month(cdrs));

    [Fact]
    public async Task A_payment_settles_what_netting_left_and_everything_ties_out()
    {
        await using var town = await ClosedOctober();
        await TiesOut(town);
        var item = await Largest(town);
        item.Open.ShouldBe(item.Total - item.SetOff);

        (await town.Engine.Payments.Record(Pair, Payment("BANK-1", item, item.Open), [], Day, "ana", Stop)).ShouldBeNull();

        var state = await town.Engine.Payments.Find(Pair, "BANK-1", Stop);
        (state.Match, state.Unapplied).ShouldBe((PaymentMatch.Exact, 0L));
        (await town.Engine.Payments.Open(Pair, null, Stop)).Find(item.Name)!.Open.ShouldBe(0);
        (await town.Engine.Money.Payments(null, long.MaxValue, 10, Stop)).ShouldHaveSingleItem().State.Match.ShouldBe(PaymentMatch.Exact);
        await TiesOut(town);
    }

    [Fact]
    public async Task The_same_payment_sent_many_times_counts_once_and_other_content_is_refused()
    {
        await using var town = await ClosedOctober(60);
        var item = await Largest(town);
        var payment = Payment("BANK-1", item, 100);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ =>
            town.Engine.Payments.Record(Pair, payment, [], Day, "ana", Stop)));
        answers.ShouldAllBe(refusal => refusal == null);
        (await town.Engine.Payments.Record(Pair, payment with { Amount = 101 }, [], Day, "ana", Stop))!
            .Code.ShouldBe("payment.differs");

        (await town.Count("select count(*) from log.mt_events where type = 'payment_recorded'")).ShouldBe(1);
        (await town.Count("select sum(debit - credit)::bigint from balances where account like 'payment:%'")).ShouldBe(100);
        await TiesOut(town);
    }

    [Fact]
    public async Task Two_payments_for_one_document_at_once_never_pay_more_than_is_open()
    {
        await using var town = await ClosedOctober(60);
        var item = await Largest(town);
        RemittanceLine[] told = [new(item.Name, item.Open)];

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i =>
            town.Engine.Payments.Record(Pair, Payment($"BANK-{i}", item, item.Open), told, Day, "ana", Stop)));

        answers.Count(refusal => refusal is null).ShouldBe(1);
        answers.OfType<Refusal>().ShouldAllBe(refusal => refusal.Code == "payment.over-open"
            && refusal.Message.Contains("has 0.00 ", StringComparison.Ordinal));
        (await town.Engine.Payments.Open(Pair, null, Stop)).Find(item.Name)!.Open.ShouldBe(0);
        await TiesOut(town);
    }

    [Fact]
    public async Task What_matches_nothing_waits_and_is_applied_later_once()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(60));
        var early = new Payment("EARLY", Pair.A, Pair.B, "CAD", 1_000, new LocalDate(2026, 10, 5), "advance");
        (await town.Engine.Payments.Record(Pair, early, [], Day, "ana", Stop)).ShouldBeNull();
        (await town.Engine.Payments.Find(Pair, "EARLY", Stop)).Match.ShouldBe(PaymentMatch.Unapplied);
        (await town.Engine.Payments.Apply(Pair, "EARLY", [], Day, "ana", Stop))!.Code.ShouldBe("payment.nothing-open");
        await TiesOut(town);
        var opening = town.Engine.Openings;
        (await opening.Propose(Pair, "old", "account,debtor,creditor,currency,amount,date,reference\ndue,CA-FLO,US-CPI,CAD,15.00,2026-09-30,OLD-1", "ana", Stop)).ShouldBeNull();
        (await opening.Approve(Pair, "old", "bruno", Stop)).ShouldBeNull();
        (await opening.Approve(Pair, "old", "chloe", Stop)).ShouldBeNull();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            town.Engine.Payments.Apply(Pair, "EARLY", [], Day, "ana", Stop)));

        // the same command at the same moment is one command; whoever comes later finds nothing left
        answers.ShouldAllBe(refusal => refusal == null || refusal.Code == "payment.nothing-unapplied");
        (await town.Engine.Payments.Apply(Pair, "EARLY", [], Day, "ana", Stop))!.Code.ShouldBe("payment.nothing-unapplied");
        (await town.Count("select count(*) from log.mt_events where type = 'payment_applied'")).ShouldBe(1);
        (await town.Engine.Payments.Open(Pair, null, Stop)).Find("OLD-1")!.Open.ShouldBe(500);
        await TiesOut(town);

        (await town.Engine.Payments.Reverse(Pair, "EARLY", "no funds", Day, "ana", Stop)).ShouldBeNull();
        (await town.Engine.Payments.Reverse(Pair, "EARLY", "no funds", Day, "ana", Stop)).ShouldBeNull();
        (await town.Engine.Payments.Open(Pair, null, Stop)).Find("OLD-1")!.Open.ShouldBe(1_500);
        (await town.Count("select coalesce(sum(debit - credit), 0)::bigint from balances where account like 'payment:%'")).ShouldBe(0);
        await TiesOut(town);
    }

    [Fact]
    public async Task A_small_rest_is_written_off_by_two_people_up_to_the_limit()
    {
        await using var town = await ClosedOctober(60);
        var item = await Largest(town);
        var desk = town.Engine.Payments;
        (await desk.ProposeWriteOff(Pair, item.Name, "too small to chase", Day, "ana", Stop))!.Code.ShouldBe("write-off.over-limit");
        await desk.Record(Pair, Payment("BANK-1", item, item.Open - 100), [new(item.Name, null)], Day, "ana", Stop);

        (await desk.ApproveWriteOff(Pair, item.Name, Day, "bruno", Stop))!.Code.ShouldBe("write-off.not-proposed");
        (await desk.ProposeWriteOff(Pair, item.Name, "too small to chase", Day, "ana", Stop)).ShouldBeNull();
        (await town.Engine.Money.Waiting<WriteOff>("write-off", Stop)).ShouldHaveSingleItem();
        (await desk.ApproveWriteOff(Pair, item.Name, Day, "ana", Stop))!.Code.ShouldBe("user.same-person");
        (await desk.ApproveWriteOff(Pair, item.Name, Day, "bruno", Stop)).ShouldBeNull();
        (await desk.ApproveWriteOff(Pair, item.Name, Day, "bruno", Stop)).ShouldBeNull(); // said again
        (await desk.ApproveWriteOff(Pair, item.Name, Day, "chloe", Stop))!.Code.ShouldBe("write-off.not-proposed");

        (await desk.Open(Pair, null, Stop)).Find(item.Name)!.Open.ShouldBe(0);
        (await town.Count($"select sum(debit - credit)::bigint from balances where account = 'writeoff:{item.Creditor}'")).ShouldBe(100);
        await TiesOut(town);
    }

    [Fact]
    public async Task Without_a_limit_in_the_agreement_nothing_is_written_off()
    {
        await using var town = await ClosedOctober(60);
        var terms = (await town.Engine.Books.Agreements(Pair.ToString(), Stop)).Versions[^1];
        await town.Engine.Store.Append(
            Pair.ToString(),
            new StoreCommand("amend", [1], [new StreamFacts("agreement", "agreement", 1,
                [new AgreementFact.AgreementMade(terms with { Version = 2, WriteOffLimitMinor = 0 })])], "dora"),
            Stop);
        using var books = new Api.Agreements.Books(town.Engine.Store);
        var desk = new PaymentDesk(
            town.Engine.Store, town.Engine.Money, new OpenItemTies(town.Engine.Database), books);
        var item = await Largest(town);
        await desk.Record(Pair, Payment("BANK-1", item, item.Open - 1), [new(item.Name, null)], Day, "ana", Stop);

        var refusal = await desk.ProposeWriteOff(Pair, item.Name, "one cent", Day, "ana", Stop);

        refusal!.Code.ShouldBe("write-off.over-limit");
        refusal.Message.ShouldContain("0.01");
        refusal.Message.ShouldContain("0.00");
    }

    [Fact]
    public async Task Balances_of_before_take_three_people_and_are_open_items_and_money()
    {
        await using var town = await Town.Begin();
        const string File =
            """
            account,debtor,creditor,currency,amount,date,reference,due_date
            due,CA-FLO,US-CPI,CAD,1234.50,2026-09-30,INV-OLD-1,2026-10-30
            due,US-CPI,CA-FLO,USD,-20.00,2026-09-30,CN-OLD-2,
            unapplied,US-CPI,CA-FLO,USD,75.25,2026-09-29,WIRE-9,
            """;
        var desk = town.Engine.Openings;
        (await desk.Propose(Pair, "cut-over", File, "ana", Stop)).ShouldBeNull();
        (await desk.Propose(Pair, "cut-over", File, "ana", Stop)).ShouldBeNull(); // again: nothing new
        (await desk.Approve(Pair, "cut-over", "ana", Stop))!.Code.ShouldBe("user.same-person");
        (await desk.Approve(Pair, "cut-over", "bruno", Stop)).ShouldBeNull();
        (await desk.Approve(Pair, "cut-over", "bruno", Stop)).ShouldBeNull(); // said again: it counts once
        (await desk.Find(Pair, "cut-over", Stop)).IsImported.ShouldBeFalse();
        (await desk.Propose(Pair, "cut-over", File + "\n", "ana", Stop))!.Code.ShouldBe("opening.decided");
        (await desk.Approve(Pair, "cut-over", "chloe", Stop)).ShouldBeNull();
        (await desk.Approve(Pair, "cut-over", "chloe", Stop)).ShouldBeNull();

        var open = await town.Engine.Payments.Open(Pair, null, Stop);
        open.Find("INV-OLD-1")!.ShouldSatisfyAllConditions(
            item => item.Open.ShouldBe(123_450), item => item.DueOn.ShouldBe(new LocalDate(2026, 10, 30)));
        open.Find("CN-OLD-2")!.Open.ShouldBe(-2_000);
        open.Unapplied(Pair.B, Pair.A, "USD").ShouldBe(7_525);
        (await town.Engine.Payments.Find(Pair, "WIRE-9", Stop)).Unapplied.ShouldBe(7_525);
        (await town.Count("select sum(debit - credit)::bigint from balances where account = 'opening' and currency = 'CAD'")).ShouldBe(-123_450);
        var row = (await town.Engine.Payments.Age(Pair, new LocalDate(2026, 11, 30), Stop)).Single(each => each.Currency == "CAD");
        row.To60.ShouldBe(123_450); // 31 days after it was due
        await TiesOut(town);
    }

    [Theory]
    [InlineData("charge,CA-FLO,US-CPI,CAD,1.00,2026-09-30,X", "opening.account")]
    [InlineData("due,CA-FLO,CA-FLO,CAD,1.00,2026-09-30,X", "opening.parties")]
    [InlineData("due,CA-FLO,US-XYZ,CAD,1.00,2026-09-30,X", "opening.parties")]
    [InlineData("due,CA-FLO,US-CPI,CAD,1.001,2026-09-30,X", "csv.cell")]
    [InlineData("due,CA-FLO,US-CPI,XXX,1.00,2026-09-30,X", "csv.cell")]
    [InlineData("due,CA-FLO,US-CPI,CAD,1.00,30.9.2026,X", "csv.cell")]
    [InlineData("due,CA-FLO,US-CPI,CAD,0.00,2026-09-30,X", "opening.amount")]
    [InlineData("due,CA-FLO,US-CPI,CAD,1.00,2026-09-30,", "opening.reference")]
    [InlineData("unapplied,CA-FLO,US-CPI,CAD,-1.00,2026-09-30,X", "opening.amount")]
    public void A_file_that_cannot_be_brought_along_is_refused_whole(string row, string code)
    {
        var (lines, refusal) = OpeningFile.Read(
            $"account,debtor,creditor,currency,amount,date,reference\ndue,CA-FLO,US-CPI,CAD,1.00,2026-09-30,OK\n{row}", Pair);

        lines.ShouldBeNull();
        refusal!.Code.ShouldBe(code);
        refusal.Message.ShouldContain("line 3");
    }

    [Fact]
    public async Task Verbs_record_apply_list_and_age()
    {
        await using var town = await ClosedOctober(60);
        var item = await Largest(town);
        var file = Path.GetTempFileName();
        await System.IO.File.WriteAllTextAsync(
            file,
            $"id,payer,payee,currency,amount,value_date,reference\nWIRE-1,{item.Debtor},{item.Creditor},{item.Currency},"
            + $"{Text(item.Open + 150, item.Currency)},2026-11-20,{item.Name}\n", Stop);

        var (exit, output, errors) = await town.Program("payments", "import", Pair.ToString(), file, "--actor", "ana");
        (exit, errors).ShouldBe((0, ""));
        output.ShouldContain("over");
        output.ShouldContain("1.50 unapplied");
        (exit, output, _) = await town.Program("payments", "items", Pair.ToString(), "--as-of", "2026-12-31");
        exit.ShouldBe(0);
        output.ShouldContain(item.Name);
        output.ShouldContain(" 0 differ");
        (_, output, _) = await town.Program("payments", "ageing", Pair.ToString(), "--as-of", "2026-12-31");
        output.ShouldContain("1.50");
        (exit, _, errors) = await town.Program(
            "payments", "apply", Pair.ToString(), "WIRE-1", "--to", $"{item.Name}=1.00", "--actor", "ana");
        exit.ShouldBe(2);
        errors.ShouldContain("(payment.over-open)");
        System.IO.File.Delete(file);
    }
}
