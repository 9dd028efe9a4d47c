using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Disputes;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Tax;

namespace Settlement.Tests.Disputes;

/// <summary>What holds for any sequence of steps of a dispute (rules-money 24).</summary>
public sealed class DisputeLawTests
{
    private static readonly LocalDate Day = new(2026, 11, 3);
    private static readonly PartyId Flo = PartyId.Parse("CA-FLO")!.Value;
    private static readonly PartyId Cpi = PartyId.Parse("US-CPI")!.Value;
    private static readonly DisputedCdr Cdr = new(Cpi, "C1", Flo, Cpi, "CAD", new YearMonth(2026, 10), 7);

    private static readonly Agreement Terms = new()
    {
        Relationship = Relationship.Between(Flo, Cpi),
        Version = 1,
        ValidFrom = new LocalDate(2020, 1, 1),
    };

    private static PostedTax Tax(string name, decimal rate, long amount) => new(
        name, "CA-QC", "rule", rate, null, 1134, null, amount, Disposition.Charged, "CPO", true, "", "700123456 RT0001", null);

    /// <summary>11.34 with 0.57 GST and 1.13 QST: 13.04.</summary>
    private static StandingCdr Standing(IEnumerable<DisputeFact.CreditNoteIssued> notes) => new StandingCdr(
        [new(ChargeComponent.ENERGY, 1074), new(ChargeComponent.PARKING_TIME, 60)],
        [Tax("GST", 0.05m, 57), Tax("QST", 0.09975m, 113)]) is var whole
        ? new StandingCdr(
            [.. whole.Charges.Select(charge => charge with
            {
                Amount = charge.Amount - notes.SelectMany(note => note.Charges)
                    .Where(each => each.Component == charge.Component).Sum(each => each.Amount),
            })],
            [.. whole.Taxes.Select(tax => tax with
            {
                Amount = tax.Amount + notes.SelectMany(note => note.Taxes)
                    .Where(each => each.Tax == tax.Tax).Sum(each => each.Amount),
            })])
        : null!;

    private static Gen<(int Step, long Amount)> Steps() =>
        from step in Gen.Choose(0, 9)
        from amount in Gen.Choose(-5, 1400)
        select (step, (long)amount);

    [Fact]
    public void Whatever_is_done_due_disputed_and_credited_stay_the_gross_of_the_CDR()
    {
        Prop.ForAll(Arb.From(Gen.ListOf(Steps())), steps =>
        {
            var (dispute, notes, entries) = (Dispute.None, new List<DisputeFact.CreditNoteIssued>(), new List<JournalEntry>());
            var number = 0L;
            foreach (var (step, amount) in steps)
            {
                if (Decide(dispute, notes, step, amount) is Decision<DisputeFact>.Accepted accepted)
                {
                    foreach (var fact in accepted.Facts)
                    {
                        dispute = dispute.With(fact, ++number);
                        notes.AddRange(fact is DisputeFact.CreditNoteIssued note ? [note] : []);
                        entries.AddRange(Journals.Of(fact)); // throws where one does not balance
                    }
                }
            }

            var due = Sum(entries, $"due:{Flo}:{Cpi}");
            var disputed = Sum(entries, $"disputed:{Flo}:{Cpi}");
            var credited = -entries.SelectMany(entry => entry.Lines)
                .Where(line => line.Posting.Account.Name.StartsWith("charge", StringComparison.Ordinal)
                    || line.Posting.Account.Name.StartsWith("tax", StringComparison.Ordinal))
                .Sum(line => line.Posting.Credit - line.Posting.Debit);
            return due + disputed + credited == 0
                && disputed == dispute.Withheld && credited == dispute.Credited
                && disputed >= 0 && credited >= 0 && 1304 + due >= 0
                && entries.All(entry => entry.Lines.All(line => line.Cdr == Cdr.Key));
        }).Check(Laws.Config(100));
    }

    /// <summary>A person whose answer got lost asks again: it is no error, and nothing changes.</summary>
    [Fact]
    public void A_step_asked_again_by_the_same_person_is_done_already() =>
        Prop.ForAll(Arb.From(Gen.ListOf(Steps())), steps =>
        {
            var (dispute, notes) = (Dispute.None, new List<DisputeFact.CreditNoteIssued>());
            var number = 0L;
            foreach (var (step, amount) in steps)
            {
                if (Decide(dispute, notes, step, amount) is not Decision<DisputeFact>.Accepted { Facts: [var fact] })
                {
                    continue;
                }

                dispute = dispute.With(fact, ++number);
                notes.AddRange(fact is DisputeFact.CreditNoteIssued note ? [note] : []);
                if (Decide(dispute, notes, step, amount) is not Decision<DisputeFact>.Accepted { Facts.Count: 0 })
                {
                    return false;
                }
            }

            return true;
        }).Check(Laws.Config(100));

    [Fact]
    public void A_part_is_split_over_charges_and_taxes_without_losing_a_cent_and_never_over_what_stands()
    {
        Prop.ForAll(Arb.From(Gen.Choose(1, 1304)), amount =>
        {
            var standing = Standing([]);
            var (charges, taxes) = standing.Split(amount);
            return charges.Sum(charge => charge.Amount) - taxes.Sum(tax => tax.Amount) == amount
                && charges.All(charge => charge.Amount > 0
                    && charge.Amount <= standing.Charges.First(all => all.Component == charge.Component).Amount)
                && taxes.All(tax => tax.Amount < 0 && -tax.Amount <= standing.Taxes.First(all => all.Tax == tax.Tax).Amount);
        }).Check(Laws.Config(100));
    }

    // 3.00 of 13.04: 1074/1304 → 2.4708, 60/1304 → 0.1380, 57/1304 → 0.1311, 113/1304 → 0.2600
    [Fact]
    public void A_credit_note_of_three_dollars_can_be_checked_by_hand()
    {
        var (charges, taxes) = Standing([]).Split(300);

        charges.ShouldBe([new(ChargeComponent.ENERGY, 247), new(ChargeComponent.PARKING_TIME, 14)]);
        taxes.Select(tax => (tax.Tax, tax.Amount)).ShouldBe([("GST", -13), ("QST", -26)]);
        taxes[0].Base.ShouldBe(-261); // 1134 × 261 ÷ 1134: what is credited before tax
        taxes[0].Registration.ShouldBe("700123456 RT0001");
    }

    [Theory]
    [InlineData("AMOUNT_DIFFERS", 1305L, null, "too much", "dispute.over-due")]
    [InlineData("AMOUNT_DIFFERS", 0L, null, "nothing", "dispute.over-due")]
    [InlineData("AMOUNT_DIFFERS", -1L, null, "less than nothing", "dispute.over-due")]
    [InlineData("AMOUNT_DIFFERS", 304L, 900L, "1000 would be right", "dispute.sums-differ")]
    [InlineData("BECAUSE", 304L, null, "no code", "dispute.reason")]
    [InlineData("other:", 304L, null, "no words", "dispute.reason")]
    [InlineData("AMOUNT_DIFFERS", 304L, null, "  ", "dispute.evidence")]
    public void What_cannot_be_disputed_is_refused(
        string reason, long? disputed, long? proposed, string evidence, string code)
    {
        var refusal = Refused(Open(Day, reason, disputed, proposed, evidence).Decide(Dispute.None));

        refusal.Code.ShouldBe(code);
    }

    [Fact]
    public void More_than_the_due_is_refused_with_both_numbers() =>
        Refused(Open(Day, "AMOUNT_DIFFERS", 1305, null, "x").Decide(Dispute.None)).Message
            .ShouldBe("CDR US-CPI/C1 stands at 13.04 CAD, 13.05 CAD were to be disputed.");

    [Fact]
    public void The_window_ends_thirty_days_after_issue_and_is_open_before()
    {
        var last = new LocalDate(2026, 12, 3);
        Open(last, "TAX_DIFFERS", 100, null, "x").Decide(Dispute.None).ShouldBeOfType<Decision<DisputeFact>.Accepted>();
        var late = Refused(Open(last.PlusDays(1), "TAX_DIFFERS", 100, null, "x").Decide(Dispute.None));
        late.Code.ShouldBe("dispute.window-over");
        late.Message.ShouldContain("2026-12-03");
        late.Message.ShouldContain("2026-12-04");
        (Open(last.PlusDays(90), "TAX_DIFFERS", 100, null, "x") with { IssuedOn = null }).Decide(Dispute.None)
            .ShouldBeOfType<Decision<DisputeFact>.Accepted>();
    }

    [Fact]
    public void The_same_dispute_again_changes_nothing_and_another_one_is_refused()
    {
        var open = Opened();

        ((Decision<DisputeFact>.Accepted)Open(Day, "TAX_DIFFERS", 100, null, "x").Decide(open)).Facts.ShouldBeEmpty();
        Refused(Open(Day, "TAX_DIFFERS", 101, null, "x").Decide(open)).Code.ShouldBe("dispute.open-already");
    }

    [Fact]
    public void Unanswered_it_escalates_unless_the_agreement_says_otherwise()
    {
        var open = Opened();
        Facts(DisputeClock.Expire(open, Terms, Day.PlusDays(10), "clock")).ShouldBeEmpty();
        Facts(DisputeClock.Expire(open, Terms, Day.PlusDays(11), "clock")).ShouldHaveSingleItem()
            .ShouldBeOfType<DisputeFact.DisputeEscalated>();
        Facts(DisputeClock.Expire(open, Terms with { DisputeDefault = DisputeDefault.Denied }, Day.PlusDays(11), "clock"))
            .ShouldHaveSingleItem().ShouldBeOfType<DisputeFact.DisputeDenied>().Returned.ShouldBe(100);
        Facts(DisputeClock.Expire(open, Terms with { DisputeDefault = DisputeDefault.Upheld }, Day.PlusDays(11), "clock"))
            .ShouldHaveSingleItem().ShouldBeOfType<DisputeFact.DisputeUpheld>().Returned.ShouldBe(0);
    }

    [Fact]
    public void What_nobody_disputed_in_time_counts_as_accepted()
    {
        DisputeClock.Accepted("INV-1", Day, 1304, 100, Terms, new LocalDate(2026, 12, 3))
            .ShouldBe(new DocumentAcceptance("INV-1", new LocalDate(2026, 12, 3), false, 1204));
        DisputeClock.Accepted("INV-1", Day, 1304, 100, Terms, new LocalDate(2026, 12, 4)).IsAccepted.ShouldBeTrue();
    }

    // Bruno asks twice; Ana answers both times with the same contract.
    [Fact]
    public void An_answer_to_a_second_question_is_recorded_even_where_it_is_the_same_evidence()
    {
        var (asked, number) = (Opened(), 1L);
        Dispute Then(Decision<DisputeFact> decision) => asked = asked.With(Facts(decision).ShouldHaveSingleItem(), ++number);

        Then(AnswerDispute.RequestEvidence(asked, "which price?", Day, "bruno"));
        Then(AnswerDispute.ProvideEvidence(asked, "contract, annex 2", "", Day, "ana"));
        Facts(AnswerDispute.ProvideEvidence(asked, "contract, annex 2", "", Day, "ana")).ShouldBeEmpty("the same step again");
        Then(AnswerDispute.RequestEvidence(asked, "and which tax?", Day, "bruno"));
        Then(AnswerDispute.ProvideEvidence(asked, "contract, annex 2", "", Day, "ana"));
        Then(AnswerDispute.RequestEvidence(asked, "which price?", Day, "bruno"));

        asked.Evidence.Count.ShouldBe(3, "one with the opening, two answers");
    }

    [Fact]
    public void All_of_a_CDR_waits_for_a_credit_CDR_unless_the_partner_is_on_2_1_1()
    {
        var open = Opened(1304);
        var upheld = open.With(Facts(AnswerDispute.Uphold(open, null, "right", Day, "ana")).Single(), 2);

        Refused(AnswerDispute.Credit(upheld, Standing([]), "DCN-1", Day, "bruno")).Code.ShouldBe("dispute.credit-cdr-expected");
        var old = upheld with { IsOcpi211 = true };
        Refused(AnswerDispute.Credit(old, Standing([]), "DCN-1", Day, "ana")).Code.ShouldBe("user.same-person");
        Facts(AnswerDispute.Credit(old, Standing([]), "DCN-1", Day, "bruno")).ShouldHaveSingleItem()
            .ShouldBeOfType<DisputeFact.CreditNoteIssued>().Amount.ShouldBe(1304);
    }

    private static Dispute Opened(long amount = 100) =>
        Dispute.None.With(Facts(Open(Day, "TAX_DIFFERS", amount, null, "x").Decide(Dispute.None)).Single(), 1);

    private static OpenDispute Open(LocalDate today, string reason, long? disputed, long? proposed, string evidence) => new(
        Cdr, 1304, "INV-1", Day, false, Terms, reason, disputed, proposed, evidence, "", null, today, "ana");

    private static Decision<DisputeFact> Decide(
        Dispute dispute, List<DisputeFact.CreditNoteIssued> notes, int step, long amount) => step switch
        {
            0 or 1 => (Open(Day, "TAX_DIFFERS", amount, null, "x") with { Standing = Standing(notes).Gross }).Decide(dispute),
            2 => AnswerDispute.Acknowledge(dispute, Day, "ana"),
            3 => AnswerDispute.RequestEvidence(dispute, "which meter?", Day, "ana"),
            4 => AnswerDispute.ProvideEvidence(dispute, "this one", "", Day, "ana"),
            5 => AnswerDispute.Uphold(dispute, amount % 7 == 0 ? null : amount, "right", Day, "ana"),
            6 => AnswerDispute.Deny(dispute, "wrong", Day, "ana"),
            7 => AnswerDispute.Withdraw(dispute, "", Day, "ana"),
            8 => AnswerDispute.Credit(dispute with { IsOcpi211 = true }, Standing(notes), "DCN-1", Day, "bruno"),
            _ => AnswerDispute.Close(dispute, "", Day, "ana"),
        };

    private static long Sum(IEnumerable<JournalEntry> entries, string account) => entries.SelectMany(entry => entry.Lines)
        .Where(line => line.Posting.Account.Name == account).Sum(line => line.Posting.Debit - line.Posting.Credit);

    private static IReadOnlyList<DisputeFact> Facts(Decision<DisputeFact> decision) =>
        decision.ShouldBeOfType<Decision<DisputeFact>.Accepted>().Facts;

    private static Refusal Refused(Decision<DisputeFact> decision) =>
        decision.ShouldBeOfType<Decision<DisputeFact>.Refused>().Refusal;
}
