using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Settlement.Api.Disputes;
using Settlement.Domain;
using Settlement.Domain.Disputes;
using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;
using Settlement.Tests.Intake;
using static Settlement.Tests.Payments.MoneyTown;

namespace Settlement.Tests.Disputes;

/// <summary>Disputes on a real database (rules-money 14, 24).</summary>
public sealed class DisputeDeskTests
{
    private static readonly LocalDate Day = new(2026, 11, 22);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static DisputeAsked Asked(CdrKey cdr, long? disputed = null) =>
        new(cdr, "AMOUNT_DIFFERS", disputed, null, "the display said less");

    [Fact]
    public async Task The_running_program_lets_what_nobody_answered_expire_once_and_says_that_no_person_did_it()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(60));
        var cdr = await FirstPosted(town);
        (await town.Engine.Disputes.Open(Pair, Asked(cdr), Day, "ana", Stop)).ShouldBeNull();
        // 2 December is the last day: in Toronto it ends at 05:00 UTC of the third
        (await DisputeDays.Run(town.Engine, Instant.FromUtc(2026, 12, 3, 4, 59), Stop)).ShouldBe(0);

        (await DisputeDays.Run(town.Engine, Instant.FromUtc(2026, 12, 3, 5, 0), Stop)).ShouldBe(1);
        (await DisputeDays.Run(town.Engine, Instant.FromUtc(2026, 12, 4, 5, 0), Stop)).ShouldBe(0);

        (await Of(town, cdr)).State.ShouldBe(DisputeState.Escalated);
        var last = await town.Engine.Store.ReadStream(Pair.ToString(), Dispute.Stream(cdr), stop: Stop).LastAsync(Stop);
        ((DisputeFact.DisputeEscalated)last.Fact).By.ShouldBe(DisputeDays.Actor);
        await using var app = Api.Serve.Server.Build(town.Engine, 0, isDemo: true);
        app.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().ShouldContain(service => service is DisputeDays);
    }

    private static Task<Refusal?> Answer(Town town, CdrKey cdr, string step, string by = "ana", string? amount = null) =>
        DisputeSteps.Take(town.Engine, Pair, cdr, new DisputeStep(step, amount, "as agreed", ""), by, Stop);

    private static async Task<Dispute> Of(Town town, CdrKey cdr) =>
        (await town.Engine.Disputes.Find(Pair, cdr, Stop)).Dispute;

    [Fact]
    public async Task Disputed_before_issue_it_is_not_netted_and_denied_afterwards_it_is_due_again()
    {
        await using var town = await Town.Begin();
        var documents = Month(200);
        await town.Import(documents);
        var (_, _, key) = CreditStory(Month(200));
        var cdr = await FirstPosted(town);
        (await town.Engine.Disputes.Open(Pair, Asked(cdr), Day, "ana", Stop)).ShouldBeNull();
        var opened = await Of(town, cdr);
        opened.Document.ShouldBeNull();

        await Close(town, October, Third);

        var account = $"disputed:{opened.Cdr!.Debtor}:{opened.Cdr.Creditor}";
        (await town.Count($"select sum(debit - credit)::bigint from balances where period = '2026-10' and account = '{account}'"))
            .ShouldBe(opened.Disputed);
        await TiesOut(town);
        var item = (await town.Engine.Payments.Open(Pair, null, Stop)).All
            .Where(each => each.Disputed != 0).ShouldHaveSingleItem();
        item.Name.ShouldStartWith("INV-");

        (await Answer(town, cdr, "deny")).ShouldBeNull();
        (await Answer(town, cdr, "deny")).ShouldBeNull(); // said twice, done once
        await TiesOut(town);
        (await town.Count($"select sum(debit - credit)::bigint from balances where account = '{account}'")).ShouldBe(0);
        (await town.Count("select count(*) from balances where period > '2026-10' and kind = 'dispute'")).ShouldBe(2);
        key.ShouldNotBe(cdr);
    }

    [Fact]
    public async Task Upheld_it_stays_withheld_until_the_credit_CDR_takes_everything_back()
    {
        await using var town = await Town.Begin();
        var documents = Month(400);
        var (original, credit, cdr) = CreditStory(documents);
        await town.Import(documents.Where(document => document.Story != Api.Demo.DemoStory.Credit).Append(original));
        await Close(town, October, Third);
        (await town.Engine.Disputes.Open(Pair, Asked(cdr), Day, "ana", Stop)).ShouldBeNull();
        (await Answer(town, cdr, "acknowledge")).ShouldBeNull();
        (await Answer(town, cdr, "uphold")).ShouldBeNull();
        (await Answer(town, cdr, "uphold")).ShouldBeNull(); // said again
        (await Answer(town, cdr, "acknowledge")).ShouldBeNull();
        (await Answer(town, cdr, "credit", "bruno"))!.Code.ShouldBe("dispute.credit-cdr-expected");
        var withheld = (await Of(town, cdr)).Withheld;
        (await Balances(town, cdr, Key(credit).Id)).Where(each => each.Key.StartsWith("disputed", StringComparison.Ordinal))
            .ShouldHaveSingleItem().Value.ShouldBe(withheld);

        await town.Import([credit]);

        (await Balances(town, cdr, Key(credit).Id)).ShouldBeEmpty();
        var after = await Of(town, cdr);
        (after.State, after.Withheld).ShouldBe((DisputeState.Credited, 0L));
        (await Answer(town, cdr, "deny"))!.Code.ShouldBe("dispute.wrong-state");
        (await town.Engine.Money.Disputes(null, null, long.MaxValue, 10, Stop)).ShouldHaveSingleItem()
            .State.State.ShouldBe(DisputeState.Credited);
        await TiesOut(town);
    }

    [Fact]
    public async Task Our_credit_note_settles_a_part_and_a_later_credit_CDR_posts_only_the_difference()
    {
        await using var town = await Town.Begin();
        var documents = Month(400);
        var (original, credit, cdr) = CreditStory(documents);
        await town.Import(documents.Where(document => document.Story != Api.Demo.DemoStory.Credit).Append(original));
        await Close(town, October, Third);
        (await town.Engine.Disputes.Open(Pair, Asked(cdr, 500), Day, "ana", Stop)).ShouldBeNull();
        (await Answer(town, cdr, "uphold", amount: "5.01"))!.Code.ShouldBe("dispute.over-withheld");
        (await Answer(town, cdr, "uphold", amount: "3.00")).ShouldBeNull();
        (await Answer(town, cdr, "credit", "ana"))!.Code.ShouldBe("user.same-person");
        (await Answer(town, cdr, "credit", "bruno")).ShouldBeNull();
        (await Answer(town, cdr, "credit", "bruno")).ShouldBeNull(); // said twice, credited once

        var noted = await Of(town, cdr);
        noted.Notes.ShouldHaveSingleItem().ShouldEndWith("-000001");
        (noted.Withheld, noted.Credited).ShouldBe((0L, 300L));
        await TiesOut(town);
        var gross = (await Balances(town, cdr, "")).Single(each => each.Key.StartsWith("due", StringComparison.Ordinal)).Value;
        gross.ShouldBe(noted.Gross - 300);

        await town.Import([credit]);

        (await Balances(town, cdr, Key(credit).Id)).ShouldBeEmpty();
        await TiesOut(town);
        await Close(town, new YearMonth(2026, 11), new LocalDate(2026, 12, 2));
        await TiesOut(town);
        (await town.Rebuild()).ShouldAllBe(tenant => tenant.IsEqual);
    }

    [Fact]
    public async Task Replayed_or_raced_a_CDR_is_disputed_once()
    {
        await using var town = await Town.Begin();
        await town.Import(Month(60));
        var cdr = await FirstPosted(town);

        var same = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ =>
            town.Engine.Disputes.Open(Pair, Asked(cdr, 100), Day, "ana", Stop)));
        same.ShouldAllBe(refusal => refusal == null);
        var other = await Task.WhenAll(Enumerable.Range(0, 3).Select(n =>
            town.Engine.Disputes.Open(Pair, Asked(cdr, 101 + n), Day, "ana", Stop)));
        other.ShouldAllBe(refusal => refusal!.Code == "dispute.open-already");

        (await town.Count("select count(*) from log.mt_events where type = 'dispute_opened'")).ShouldBe(1);
        var over = await FirstPosted(town, 1);
        var due = await town.Count($"select due from cdrs where cdr_id = '{over.Id}'");
        var refused = await town.Engine.Disputes.Open(Pair, Asked(over, due + 1), Day, "ana", Stop);
        refused!.Code.ShouldBe("dispute.over-due");
        await TiesOut(town);
    }

    [Fact]
    public async Task A_step_is_stored_only_while_the_CDR_is_as_it_was_read()
    {
        await using var town = await Town.Begin();
        await town.Import(Month(20));
        var cdr = await FirstPosted(town);
        var found = await town.Engine.Disputes.Find(Pair, cdr, Stop);
        var stale = new StoreCommand(
            "stale", [1],
            [new StreamFacts("dispute/stale", "dispute", 0, [new DisputeFact.DisputeAcknowledged(Day, "ana")])], "ana")
        {
            Requires = [new StreamVersion(CdrStreams.Name(cdr), found.CdrVersion - 1)],
        };

        (await town.Engine.Store.Append(Pair.ToString(), stale, Stop))
            .ShouldBeOfType<AppendAnswer.Refused>().Refusal.Code.ShouldBe("stream.version-conflict");
        (await town.Count("select count(*) from log.mt_streams where id = 'dispute/stale'")).ShouldBe(0);
    }

    [Fact]
    public async Task Rows_of_a_file_open_disputes_each_for_itself_and_the_file_again_opens_none()
    {
        await using var town = await Town.Begin();
        await town.Import(Month(60));
        var (one, two) = (await FirstPosted(town), await FirstPosted(town, 1));
        var currency = await town.Database.Value<string>($"select currency from cdrs where cdr_id = '{one.Id}'");
        var (rows, refusal) = DisputeBatch.Read(
            $"cdr,reason,currency,proposed,evidence\n{one},AMOUNT_DIFFERS,{currency},0.01,\"net 3 here, \"\"1\"\" there\"\n"
            + $"{two},NO_REASON,{currency},0.00,none\nUS-CPI/unknown,MISSING_THEIRS,CAD,0,not in the list");
        refusal.ShouldBeNull();

        for (var i = 0; i < 2; i++)
        {
            var outcomes = await DisputeBatch.Open(town.Engine.Disputes, Pair, rows!, "rec.csv", Day, "ana", Stop);
            outcomes.Select(outcome => outcome.Refusal?.Code).ShouldBe([null, "dispute.reason", "cdr.not-due"]);
        }

        var dispute = await Of(town, one);
        (dispute.Batch, dispute.Proposed, dispute.Disputed).ShouldBe(("rec.csv", 1L, dispute.Gross - 1));
        (await town.Count("select count(*) from log.mt_events where type = 'dispute_opened'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("US-CPI,1.00,0.50", "line 2: ")]
    [InlineData("US-CPI/1,much,0.50", "line 2, claimed: ")]
    [InlineData("US-CPI/1,1.00,much", "line 2, proposed: ")]
    public void A_row_that_cannot_be_read_is_told_with_its_line(string row, string told)
    {
        var (rows, refusal) = DisputeBatch.Read($"cdr,claimed,proposed,reason,currency,evidence\n{row},TAX_DIFFERS,CAD,none");
        rows.ShouldBeNull();
        refusal!.Message.ShouldStartWith(told);
        refusal.Message.Split("line 2").Length.ShouldBe(2);
    }

    [Fact]
    public async Task What_a_reconciliation_proposes_is_opened_unless_the_CDR_changed_since()
    {
        await using var town = await Town.Begin();
        await town.Import(Month(60));
        var cdr = await FirstPosted(town);
        var settled = (await town.Engine.Disputes.Find(Pair, cdr, Stop)).State.Standing!;
        var currency = settled.Cdr.Currency;
        string Row(long claimed, long proposed) =>
            $"{cdr},AMOUNT_DIFFERS,{currency},{Text(claimed, currency)},{Text(proposed, currency)},total differs";
        var (rows, refusal) = DisputeBatch.Read(
            $"cdr,reason,currency,claimed,proposed,evidence\r\n{Row(settled.Due + 1, 1)}\r\n{Row(-100, 1)}\r\n{Row(settled.Due, 350)}\r\n");
        refusal.ShouldBeNull();

        var outcomes = await DisputeBatch.Open(town.Engine.Disputes, Pair, rows!, "october", Day, "ana", Stop);

        outcomes.Select(outcome => outcome.Refusal?.Code).ShouldBe(
            ["dispute.claim-changed", "dispute.claim-changed", null]);
        var dispute = await Of(town, cdr);
        (dispute.Proposed, dispute.Withheld).ShouldBe((350L, settled.Due - 350));
        await TiesOut(town);
    }

    [Fact]
    public async Task Nobody_answers_and_it_escalates_and_the_document_counts_as_accepted_otherwise()
    {
        await using var town = await Town.Begin();
        await town.Import(Month(60));
        var cdr = await FirstPosted(town);
        await Close(town, October, Third);
        (await town.Engine.Disputes.Open(Pair, Asked(cdr, 100), Day, "ana", Stop)).ShouldBeNull();

        (await town.Engine.Disputes.Expire(Pair, Day.PlusDays(10), "ana", Stop)).ShouldBe(0);
        (await town.Engine.Disputes.Expire(Pair, Day.PlusDays(11), "ana", Stop)).ShouldBe(1);
        (await town.Engine.Disputes.Expire(Pair, Day.PlusDays(11), "ana", Stop)).ShouldBe(0);
        var dispute = await Of(town, cdr);
        (dispute.State, dispute.Withheld).ShouldBe((DisputeState.Escalated, 100L));

        var issued = await town.Engine.Disputes.Acceptances(Pair, new LocalDate(2030, 1, 1), Stop);
        issued.ShouldAllBe(each => each.IsAccepted);
        var own = issued.Single(each => each.Document == dispute.Document);
        own.Undisputed.ShouldBe(await town.Count($"select due - 100 from documents where number = '{own.Document}'"));
        var late = await town.Engine.Disputes.Open(
            Pair, Asked(await FirstPosted(town, 1)), new LocalDate(2030, 1, 1), "ana", Stop);
        late!.Code.ShouldBe("dispute.window-over");
    }

    [Fact]
    public async Task An_issued_statement_keeps_the_window_and_the_default_it_was_issued_under()
    {
        await using var town = await Town.Begin();
        await town.Import(Month(60));
        await Close(town, October, Third);
        var before = await town.Engine.Disputes.Acceptances(Pair, Day, Stop);
        var last = before.Select(each => each.LastDay).Distinct().ShouldHaveSingleItem();
        var changes = new System.Text.Json.Nodes.JsonObject
        {
            ["valid_from"] = "2026-11-01",
            ["dispute_window_days"] = 1,
            ["dispute_answer_days"] = 1,
            ["dispute_default"] = "Denied",
        };
        (await town.Engine.Amendments.Amend(
            Pair, changes, "shorter from November", null, "chloe", town.Engine.Now, Stop)).Refusals.ShouldBeEmpty();

        (await town.Engine.Disputes.Acceptances(Pair, last, Stop)).ShouldBe(before);
        var cdr = await FirstPosted(town);
        (await town.Engine.Disputes.Open(Pair, Asked(cdr), last.PlusDays(1), "ana", Stop))!.Code.ShouldBe("dispute.window-over");
        (await town.Engine.Disputes.Open(Pair, Asked(cdr), last, "ana", Stop)).ShouldBeNull();
        var dispute = await Of(town, cdr);
        dispute.AnswerBy.ShouldBe(last.PlusDays(10));
        (await town.Engine.Disputes.Expire(Pair, dispute.AnswerBy.PlusDays(1), "ana", Stop)).ShouldBe(1);
        (await Of(town, cdr)).State.ShouldBe(DisputeState.Escalated, "it was issued without a default");
    }

    private static IReadOnlyList<Api.Demo.DemoDocument> Month(int cdrs) => Town.Month(cdrs);

    private static async Task<CdrKey> FirstPosted(Town town, int skip = 0)
    {
        var stream = await town.Database.Value<string>(
            $"select stream from cdrs where state = 'posted' and due > 500 order by stream offset {skip} limit 1");
        var id = await town.Database.Value<string>($"select cdr_id from cdrs where stream = '{stream}'");
        return CdrStreams.Key(stream) with { Id = id };
    }
}
