using NodaTime;
using Settlement.Api.Demo;
using Settlement.Domain;
using Settlement.Domain.Periods;
using Settlement.Tests.Intake;
using static Settlement.Tests.Payments.MoneyTown;

namespace Settlement.Tests.Periods;

/// <summary>A month-end on a real database (rules-money 16 to 21, 25).</summary>
public sealed class CloseTests
{
    private static readonly YearMonth November = new(2026, 11);
    private static readonly Instant Now = Instant.FromUtc(2026, 11, 3, 15, 0);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Three_people_close_a_month_and_everything_ties_out()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(300));
        var closing = town.Engine.Closing;
        (await closing.SoftClose(Pair, October, Now, "ana", Stop)).ShouldBeNull();
        var (draft, refusal) = await closing.Prepare(Pair, October, Third, "ana", Stop);
        refusal.ShouldBeNull();
        (await closing.TieOuts(draft!, Stop)).ShouldAllBe(tie => tie.Holds);

        (await closing.Approve(Pair, October, "ana", Stop))!.Code.ShouldBe("user.same-person");
        (await closing.Approve(Pair, October, "bruno", Stop)).ShouldBeNull();
        (await closing.Issue(Pair, October, "bruno", Stop))!.Code.ShouldBe("user.same-person");
        (await closing.Issue(Pair, October, "ana", Stop))!.Code.ShouldBe("user.same-person");
        (await closing.Issue(Pair, October, "chloe", Stop)).ShouldBeNull();
        (await closing.HardClose(Pair, October, "chloe", Stop)).ShouldBeNull();

        var issued = (await closing.Book(Pair, Stop)).Month(October).Issued.ShouldHaveSingleItem();
        issued.Numbers.ShouldBe(
        [
            "INV-CA-FLO-US-CPI-000001", "INV-CA-FLO-US-CPI-000002", "INV-US-CPI-CA-FLO-000001", "INV-US-CPI-CA-FLO-000002",
        ]);
        (await town.Count("select count(*) from ledger_entries where period = '2026-10'")).ShouldBe(draft!.Lines);
        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);
        await Nets(town, draft);
    }

    [Fact]
    public async Task An_issued_month_shows_the_tie_outs_that_were_signed_at_its_approval()
    {
        await using var town = await Issued(Town.Month(200));
        var closing = town.Engine.Closing;
        var issued = (await closing.Book(Pair, Stop)).Month(October).Issued.ShouldHaveSingleItem();

        issued.ApprovedBy.ShouldBe("bruno");
        issued.Ties.ShouldAllBe(tie => tie.Holds);
        issued.Ties.Select(tie => tie.Name.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal)
            .ShouldBe(["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9"]); // T10 compares with a month issued before

        await using (var damage = town.Engine.Database.CreateCommand("update balances set debit = debit + 1 where period = '2026-10'"))
        {
            await damage.ExecuteNonQueryAsync(Stop);
        }

        var (period, draft, _) = await closing.Shown(Pair, October, Now, Stop);
        (await closing.TieOuts(draft!, Stop)).ShouldContain(tie => !tie.Holds, "computed again they would tell the damage");
        (await closing.TieOuts(period, draft!, Stop)).ShouldBe(issued.Ties);
    }

    // Rule 25: both set-off balances are equal, and what is left is owed by one side only.
    private static async Task Nets(Town town, StatementDraft draft)
    {
        draft.Netting.ShouldNotBeEmpty();
        foreach (var set in draft.Netting)
        {
            set.Amount.ShouldBe(Math.Min(set.OwedByA, set.OwedByB));
            foreach (var (from, to) in new[] { ("CA-FLO", "US-CPI"), ("US-CPI", "CA-FLO") })
            {
                (await town.Count(
                    $"select sum(debit - credit)::bigint from balances where account = 'setoff:{from}:{to}' and currency = '{set.Currency}'"))
                    .ShouldBe(set.Amount);
            }
        }
    }

    [Fact]
    public async Task A_CDR_that_comes_after_the_soft_close_is_a_late_line_of_the_next_month()
    {
        await using var town = await Town.Begin();
        var documents = Town.Month(300);
        await town.Import(documents.Take(250));
        await town.Engine.Closing.SoftClose(Pair, October, Now, "ana", Stop);
        await town.Import(documents.Skip(250));

        var late = await town.Count(
            "select count(*) from ledger_entries where charge_period = '2026-10' and period = '2026-11'");
        late.ShouldBeGreaterThan(0);
        (await town.Count("select count(*) from ledger_entries where seq_id > (select soft_closed_seq from periods "
            + "where period = '2026-10') and period = '2026-10' and kind = 'cdr'")).ShouldBe(0);
        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);
    }

    [Fact]
    public async Task A_credit_after_issue_goes_out_as_a_credit_note_that_names_the_invoice()
    {
        var documents = Town.Month(400);
        var story = documents.Where(document => document.Story == DemoStory.Credit).ToList();
        await using var town = await HardClosed(documents.Except(story.Skip(1)));
        await town.Import(story.Skip(1).Take(1)); // the credit of a CDR that is on the October invoice

        await town.Engine.Closing.SoftClose(Pair, November, Instant.FromUtc(2026, 12, 2, 15, 0), "ana", Stop);
        var (draft, refusal) = await town.Engine.Closing.Prepare(Pair, November, new LocalDate(2026, 12, 2), "ana", Stop);
        refusal.ShouldBeNull();
        var note = draft!.Documents.Where(document => document.Kind == DocumentKind.CreditNote).ShouldHaveSingleItem();
        note.Due.ShouldBeLessThan(0);
        var amended = note.Amends.ShouldHaveSingleItem();
        amended.Due.ShouldBe(note.Due);
        var invoices = (await town.Engine.Closing.Book(Pair, Stop)).Documents.Where(each => each.Number == amended.Number);
        invoices.ShouldHaveSingleItem().Document.Supplier.ShouldBe(note.Supplier);
        (await town.Engine.Closing.TieOuts(draft, Stop)).ShouldAllBe(tie => tie.Holds);
    }

    [Fact]
    public async Task What_was_prepared_and_changed_since_cannot_be_approved()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(120));
        var closing = town.Engine.Closing;
        await closing.SoftClose(Pair, October, Now, "ana", Stop);
        await closing.Prepare(Pair, October, Third, "ana", Stop);
        await town.Count("update ledger_entries set due = due + 1 where seq_id = (select min(seq_id) from ledger_entries) returning seq_id");

        (await closing.Approve(Pair, October, "bruno", Stop))!.Code.ShouldBe("statement.changed");
    }

    [Fact]
    public async Task The_same_cut_off_gives_the_same_digest_and_a_rebuild_the_same_rows()
    {
        await using var town = await HardClosed(Town.Month(200));
        var before = await town.Ledger();
        var digest = (await town.Engine.Closing.Book(Pair, Stop)).Month(October).Digest;

        (await town.Rebuild()).ShouldAllBe(tenant => tenant.IsEqual);

        (await town.Ledger()).ShouldBe(before);
        (await town.Engine.Closing.Book(Pair, Stop)).Month(October).Digest.ShouldBe(digest);
    }

    [Fact]
    public async Task Reopening_takes_two_more_people_and_a_second_version_holds_only_what_came_since()
    {
        var documents = Town.Month(200);
        await using var town = await HardClosed(documents.Take(190));
        var closing = town.Engine.Closing;
        (await closing.ProposeReopen(Pair, October, "ten CDRs of a lost file", "ana", Stop)).ShouldBeNull();
        (await closing.ApproveReopen(Pair, October, "ana", Stop))!.Code.ShouldBe("user.same-person");
        (await closing.ApproveReopen(Pair, October, "bruno", Stop)).ShouldBeNull();
        (await closing.ApproveReopen(Pair, October, "bruno", Stop)).ShouldBeNull(); // said again: it counts once
        (await closing.ProposeReopen(Pair, October, "ten CDRs of a lost file", "ana", Stop)).ShouldBeNull();
        (await closing.ApproveReopen(Pair, October, "chloe", Stop)).ShouldBeNull();
        foreach (var again in new[] { "bruno", "chloe" })
        {
            (await closing.ApproveReopen(Pair, October, again, Stop)).ShouldBeNull();
        }

        await town.Import(documents.Skip(190));

        await Close(town, October, new LocalDate(2026, 11, 12));

        var issued = (await closing.Book(Pair, Stop)).Month(October).Issued;
        issued.Count.ShouldBe(2);
        issued[1].Draft.PreviousCutOff.ShouldBe(issued[0].Draft.CutOff);
        issued[1].Draft.Documents.ShouldAllBe(document => document.Kind == DocumentKind.DebitNote);
        (issued[0].Draft.Lines + issued[1].Draft.Lines)
            .ShouldBe(await town.Count("select count(*) from ledger_entries where period = '2026-10'"));
    }

    // Rule 17: a later run says what changed, CDR by CDR, and why.
    [Fact]
    public async Task What_came_after_the_statement_is_told_with_its_cause()
    {
        var documents = Town.Month(400);
        var credited = documents.Where(document => document.Story == DemoStory.Credit).Take(2).ToList();
        await using var town = await HardClosed(documents.Take(380).Except(credited.Skip(1)));
        await town.Import(documents.Skip(380).Concat(credited));

        var changes = await town.Engine.Closing.Changes(Pair, October, 1000, Stop);

        changes.Where(change => change.Cause == "credit").ShouldNotBeEmpty();
        changes.Where(change => change.Cause == "late").ShouldNotBeEmpty();
        changes.ShouldAllBe(change => change.Period == November);
        changes.Sum(change => change.Change).ShouldBe(await town.Count(
            "select sum(due)::bigint from ledger_entries where charge_period = '2026-10' and period = '2026-11'"));
    }

    [Theory]
    [InlineData("approve", "period.not-prepared")]
    [InlineData("issue", "period.not-approved")]
    [InlineData("hard", "period.not-issued")]
    public async Task Steps_are_taken_in_order(string step, string code)
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(20));
        var closing = town.Engine.Closing;

        var refusal = step switch
        {
            "approve" => await closing.Approve(Pair, October, "bruno", Stop),
            "issue" => await closing.Issue(Pair, October, "chloe", Stop),
            _ => await closing.HardClose(Pair, October, "chloe", Stop),
        };

        refusal!.Code.ShouldBe(code);
    }

    [Fact]
    public async Task A_month_cannot_be_closed_before_it_is_over()
    {
        await using var town = await Town.Begin();
        // 31 October, 23:30 in Toronto; in UTC it is November already
        var refusal = await town.Engine.Closing.SoftClose(
            Pair, October, Instant.FromUtc(2026, 11, 1, 3, 30), "ana", Stop);

        refusal!.Code.ShouldBe("period.not-over");
        refusal.Message.ShouldContain("2026-10-31");
    }

    private static async Task<Town> HardClosed(IEnumerable<DemoDocument> documents)
    {
        var town = await Issued(documents);
        (await town.Engine.Closing.HardClose(Pair, October, "chloe", Stop)).ShouldBeNull();
        return town;
    }
}
