using System.Text;
using System.Text.Json.Nodes;
using NodaTime;
using Settlement.Api;
using Settlement.Api.Demo;
using Settlement.Api.Intake;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Tests.Ocpi;

namespace Settlement.Tests.Intake;

/// <summary>A CDR that came before its session ended is held; the same CDR received later settles it.</summary>
public sealed class SentBeforeItsEndTests
{
    private static readonly IReadOnlyList<DemoDocument> Documents = Town.Month(50);

    private static readonly DemoDocument Ordinary = Documents.First(one => one.Story == DemoStory.Ordinary);

    private static readonly Instant End = Vectors.Good(CdrReader.Read(Ordinary.Json, new CdrReadOptions())).Cdr.End;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_CDR_received_after_the_end_is_posted_and_then_it_is_a_repeat()
    {
        await using var town = await Town.Begin();
        var early = await Receive(town, End - Duration.FromHours(2));
        (early.Outcome, early.Reason?.Code).ShouldBe((IntakeOutcome.Held, Plausibility.EndsAfterReceipt));
        var events = await Events(town);

        (await Receive(town, End - Duration.FromHours(1))).Outcome.ShouldBe(IntakeOutcome.Repeated, "still running");
        (await Receive(town, End - Duration.FromHours(3))).Outcome.ShouldBe(IntakeOutcome.Repeated, "received before that");
        (await Events(town)).ShouldBe(events, "a repeat that settles nothing leaves nothing");

        (await Receive(town, End - Duration.FromMinutes(4))).Outcome.ShouldBe(IntakeOutcome.Posted, "within the agreed difference of clocks");
        (await Receive(town, End + Duration.FromHours(1))).Outcome.ShouldBe(IntakeOutcome.Repeated, "it is owed already");
        (await town.Database.Value<string>("select state || ' ' || (due > 0)::text from cdrs")).ShouldBe("posted true");
    }

    [Theory]
    [MemberData(nameof(Again))]
    public async Task However_it_is_written_and_among_others_it_is_as_if_it_had_come_late_only(string respelling)
    {
        var late = End + Duration.FromHours(1);
        var again = Ordinary with { ReceivedAt = late, Json = Written(respelling) };
        await using var once = await Town.Begin();
        await once.Import([.. Documents.Where(one => one != Ordinary), again]);

        await using var town = await Town.Begin();
        await town.Import(Documents.Select(one => one == Ordinary ? one with { ReceivedAt = End - Duration.FromHours(1) } : one));
        (await town.Ledger()).ShouldNotBe(await once.Ledger());
        await town.Import([.. Documents.Where(one => one != Ordinary), again]);

        (await town.Ledger()).ShouldBe(await once.Ledger());
        var ledger = await town.Ledger();
        await town.Rebuild();
        (await town.Ledger()).ShouldBe(ledger);
    }

    [Fact]
    public async Task Both_receipts_may_come_in_one_batch()
    {
        await using var town = await Town.Begin();

        var answers = await town.Engine.Intake.Receive(
            [new(Ordinary.Json, "file", End - Duration.FromHours(1)), new(Ordinary.Json, "file", End + Duration.FromHours(1)),
                new(Ordinary.Json, "file", End + Duration.FromHours(2))],
            new CdrReadOptions(), Stop);

        answers.Select(answer => answer.Outcome)
            .ShouldBe([IntakeOutcome.Held, IntakeOutcome.Posted, IntakeOutcome.Repeated]);
    }

    public static TheoryData<string> Again => ["", "respelled", "remarked"];

    [Fact]
    public async Task Its_explanation_says_when_it_was_received_again()
    {
        await using var town = await Town.Begin();
        await Receive(town, End - Duration.FromHours(2));
        await Receive(town, End + Duration.FromHours(1));
        var id = await town.Database.Value<string>("select cpo || '/' || cdr_id from cdrs");

        var (exit, output, _) = await town.Program("explain", id!);

        exit.ShouldBe(0);
        output.ShouldContain($"The same CDR came again from again, received {Figures.Time(End + Duration.FromHours(1))}");
    }

    [Fact]
    public async Task Its_rejection_stands_when_it_comes_again()
    {
        await using var town = await Town.Begin();
        await Receive(town, End - Duration.FromHours(2));
        var id = await town.Database.Value<string>("select cpo || '/' || cdr_id from cdrs");
        (await town.Program("held", "reject", id!, "--reason", "their clock", "--actor", "ana")).Exit.ShouldBe(0);

        (await Receive(town, End + Duration.FromHours(1))).Outcome.ShouldBe(IntakeOutcome.Repeated);
    }

    [Fact]
    public void Who_looks_at_it_is_told_what_settles_it()
    {
        HoldAnswers.Of(Plausibility.EndsAfterReceipt).ShouldBe(HoldAnswer.Resend);
        HoldAnswers.Words(HoldAnswer.Resend).ShouldBe(("resend",
            "Ask the CPO to send the same CDR again after the session's end, or amend the agreement; it is then "
            + "re-evaluated automatically. Or reject it."));
    }

    private static byte[] Written(string respelling)
    {
        var cdr = JsonNode.Parse(Ordinary.Json.Span)!;
        switch (respelling)
        {
            case "respelled":
                cdr["x_nothing"] = null;
                cdr["last_updated"] = "2026-11-30T00:00:00Z";
                break;
            case "remarked":
                cdr["remark"] = "sent again";
                break;
            default:
                return Ordinary.Json.ToArray();
        }

        return Encoding.UTF8.GetBytes(cdr.ToJsonString());
    }

    private static Task<long> Events(Town town) => town.Count("select count(*) from log.mt_events");

    private static async Task<IntakeAnswer> Receive(Town town, Instant at) => (await town.Engine.Intake.Receive(
        [new IncomingCdr(Ordinary.Json, "again", at)], new CdrReadOptions(), Stop))[0];
}
