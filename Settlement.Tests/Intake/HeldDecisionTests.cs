using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using NodaTime;
using Settlement.Api.Demo;
using Settlement.Api.Intake;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Projections.Statements;

namespace Settlement.Tests.Intake;

/// <summary>A person's decisions on what is held, on a real database (rules-money 9, 10, 12 to 14, 16).</summary>
public sealed class HeldDecisionTests
{
    private static readonly YearMonth October = new(2026, 10);
    private static readonly Relationship Pair = Relationship.Parse("CA-FLO~US-CPI")!.Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_release_settles_at_the_named_amount_with_our_taxes_and_tells_why()
    {
        await using var town = await Town.Begin();
        var cdr = await Held(town, DemoStory.WrongClaim, "claim.differs");
        var one = (await town.Engine.Cases.Load(cdr.Tenant, Key(cdr), null, Stop))!;
        var (bounds, _) = await town.Engine.Decisions.Offer(one, Stop);
        var above = bounds!.ReRated + 0.01m;

        var refused = await town.Engine.Decisions.Release(cdr.Tenant, Key(cdr), above, "why not", "ana", null, Stop);
        var answer = await town.Engine.Decisions.Release(
            cdr.Tenant, Key(cdr), bounds.ReRated - 0.05m, "agreed by letter", "ana", null, Stop);

        refused.Refusal!.Code.ShouldBe("release.above-rerated");
        refused.Refusal.Message.ShouldContain(Text(above));
        refused.Refusal.Message.ShouldContain(Text(bounds.ReRated));
        var settled = answer.Fact.ShouldBeOfType<CdrFact.CdrRated>().Settled;
        settled.Net.ShouldBe((long)((bounds.ReRated - 0.05m) * 100m));
        settled.SettledBecause.ShouldContain("by ana: agreed by letter");
        (settled.Release!.By, settled.Cause).ShouldBe(("ana", "agreed by letter"));
        (await town.Count($"select count(*) from ledger_entries where cause = 'agreed by letter' and due = {settled.Due}")).ShouldBe(1);
        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);
    }

    [Fact]
    public async Task A_release_that_would_be_a_surcharge_is_refused_with_the_own_networks_price()
    {
        await using var town = await Town.Begin();
        var cdr = await Held(town, DemoStory.Surcharge, "surcharge");
        var one = (await town.Engine.Cases.Load(cdr.Tenant, Key(cdr), null, Stop))!;
        var (bounds, _) = await town.Engine.Decisions.Offer(one, Stop);

        bounds!.OwnNetwork!.Value.ShouldBeLessThan(bounds.ReRated);
        var dear = await town.Engine.Decisions.Release(cdr.Tenant, Key(cdr), bounds.ReRated, "x", "ana", null, Stop);
        var own = await town.Engine.Decisions.Release(cdr.Tenant, Key(cdr), bounds.OwnNetwork!.Value, "x", "ana", null, Stop);

        dear.Refusal!.Code.ShouldBe("release.above-own-network");
        own.Refusal.ShouldBeNull();
    }

    [Theory]
    [InlineData(DemoStory.MissingTariff, "tariff.missing", "release.fact-missing")]
    [InlineData(DemoStory.UnknownPlace, "place.unknown", "release.fact-missing")]
    [InlineData(DemoStory.NegativeEnergy, "volume.negative", "release.needs-amendment")]
    [InlineData(DemoStory.UnknownCurrency, "currency.unknown", "release.not-allowed")]
    public async Task What_no_amount_answers_is_not_released_but_can_be_rejected_and_looked_at_again(
        DemoStory story, string reason, string code)
    {
        await using var town = await Town.Begin();
        var cdr = await Held(town, story, reason);

        (await town.Engine.Decisions.Release(cdr.Tenant, Key(cdr), 1m, "x", "ana", null, Stop)).Refusal!.Code.ShouldBe(code);
        (await town.Engine.Decisions.Reject(cdr.Tenant, Key(cdr), " ", "ana", null, Stop)).Refusal!.Code.ShouldBe("reason.missing");
        (await town.Engine.Decisions.Reject(cdr.Tenant, Key(cdr), "never to be paid", "ana", null, Stop)).Refusal.ShouldBeNull();
        (await town.Database.Value<string>("select state from cdrs where stream = '" + cdr.Stream + "'")).ShouldBe("rejected");
        (await town.Engine.Held.Review(null, Stop)).ShouldBe(0);

        var again = await town.Engine.Decisions.LookAgain(cdr.Tenant, Key(cdr), "the CPO asks", "ana", Stop);

        again.Fact.ShouldBeOfType<CdrFact.CdrHeld>().Reasons[0].Code.ShouldBe(reason);
        (await town.Database.Value<string>("select state from cdrs where stream = '" + cdr.Stream + "'")).ShouldBe("held");
    }

    [Fact]
    public async Task Of_two_contents_one_is_chosen_the_other_kept_and_a_third_asks_again()
    {
        await using var town = await Town.Begin();
        var story = Town.Month(200).Where(document => document.Story == DemoStory.Conflict).Take(2).ToList();
        await town.Import(story);
        var cdr = (await Page(town, new HeldFilter(State: "conflict"))).ShouldHaveSingleItem();
        var one = (await town.Engine.Cases.Load(cdr.Tenant, Key(cdr), null, Stop))!;
        var contents = DecideHeldCdr.Contents(one.State);
        contents.Count.ShouldBe(2);

        (await town.Engine.Decisions.Choose(cdr.Tenant, Key(cdr), "abcdefabcdef", "x", "ana", null, Stop))
            .Refusal!.Code.ShouldBe("choice.unknown");
        var chosen = await town.Engine.Decisions.Choose(
            cdr.Tenant, Key(cdr), contents[0].Digest[..12], "the CPO confirms the first", "ana", null, Stop);

        chosen.Fact.ShouldBeOfType<CdrFact.CdrRated>();
        (await town.Count("select count(*) from cdrs where state = 'posted'")).ShouldBe(1);
        (await town.Ledger()).ShouldNotBe("");
        await town.Import([story[0] with { Json = Changed(story[0].Json, "third"), }]);
        (await town.Ledger()).ShouldBe("", "a third content puts it in conflict again");
        (await town.Engine.Cases.Load(cdr.Tenant, Key(cdr), null, Stop))!.State.Others.Count.ShouldBe(2);
        await town.Engine.Decisions.Choose(cdr.Tenant, Key(cdr), contents[1].Digest, "no, the second", "ana", null, Stop);
        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);
        (await town.Rebuild()).ShouldAllBe(tenant => tenant.IsEqual);
    }

    [Fact]
    public async Task The_row_of_a_CDR_tells_the_content_that_counts_and_a_rebuild_the_same()
    {
        await using var town = await Town.Begin();
        var ordinary = Town.Month(200).First(document => document.Story == DemoStory.Ordinary);
        var first = ordinary with { ReceivedAt = ordinary.ReceivedAt + Duration.FromTicks(7) }; // finer than a column keeps
        var json = System.Text.Json.Nodes.JsonNode.Parse(first.Json.Span)!;
        json["cdr_location"]!["city"] = "Elsewhere";
        json["session_id"] = "another session";
        await town.Import([first]);
        var city = await town.Database.Value<string>("select city from cdrs");
        await town.Import([first with { Json = Encoding.UTF8.GetBytes(json.ToJsonString()) }]);
        (await town.Count("select count(*) from cdrs where state = 'conflict' and city <> 'Elsewhere'")).ShouldBe(1);
        var cdr = (await Page(town, new HeldFilter(State: "conflict"))).ShouldHaveSingleItem();
        var contents = DecideHeldCdr.Contents((await town.Engine.Cases.Load(cdr.Tenant, Key(cdr), null, Stop))!.State);

        (await town.Engine.Decisions.Choose(cdr.Tenant, Key(cdr), contents[1].Digest, "the second", "ana", null, Stop))
            .Refusal.ShouldBeNull();

        (await town.Database.Value<string>("select city || ', ' || session_id from cdrs")).ShouldBe("Elsewhere, another session");
        (await town.Rebuild()).ShouldAllBe(tenant => tenant.IsEqual);
        await town.Import([first with { Json = Changed(first.Json, "third") }]);
        await town.Engine.Decisions.Choose(cdr.Tenant, Key(cdr), contents[0].Digest, "the first after all", "ana", null, Stop);
        (await town.Database.Value<string>("select city from cdrs")).ShouldBe(city);
        (await town.Rebuild()).ShouldAllBe(tenant => tenant.IsEqual);
    }

    [Fact]
    public async Task A_credit_waits_for_the_choice_between_its_originals_contents_and_then_takes_effect()
    {
        await using var town = await Town.Begin();
        var story = Town.Month(200).Where(document => document.Story == DemoStory.Credit).ToList();
        await town.Import([story[0], story[0] with { Json = Changed(story[0].Json, "other") }, story[1]]);
        (await town.Count("select count(*) from cdrs where reason = 'credit.original-in-conflict'")).ShouldBe(1);
        var cdr = (await Page(town, new HeldFilter(State: "conflict"))).ShouldHaveSingleItem();
        var contents = DecideHeldCdr.Contents((await town.Engine.Cases.Load(cdr.Tenant, Key(cdr), null, Stop))!.State);

        await town.Engine.Decisions.Choose(cdr.Tenant, Key(cdr), contents[0].Digest, "the first", "ana", null, Stop);

        (await town.Count("select count(*) from cdrs where state = 'credit'")).ShouldBe(1);
        (await town.Ledger()).ShouldBe("", "credit and original leave nothing");
    }

    [Fact]
    public async Task A_rejected_first_CDR_of_a_session_frees_it_for_the_second()
    {
        await using var town = await Town.Begin();
        var story = Town.Month(200).Where(document => document.Story == DemoStory.Credit).ToList();
        await town.Import([story[0] with { Json = Dearer(story[0].Json) }]); // held: claim.differs
        await town.Import([story[2]]);
        var first = (await Page(town, new HeldFilter(Reason: "claim.differs"))).ShouldHaveSingleItem();
        var second = (await Page(town, new HeldFilter(Reason: "session.second-cdr"))).ShouldHaveSingleItem();
        (await town.Engine.Decisions.Release(second.Tenant, Key(second), 0m, "x", "ana", null, Stop))
            .Refusal!.Code.ShouldBe("release.not-allowed");

        await town.Engine.Decisions.Reject(first.Tenant, Key(first), "sent in error", "ana", null, Stop);

        (await town.Count("select count(*) from cdrs where state = 'posted'")).ShouldBe(1);
        (await town.Engine.Decisions.LookAgain(first.Tenant, Key(first), "after all", "ana", Stop))
            .Fact.ShouldBeOfType<CdrFact.CdrHeld>().Reasons[0].Code.ShouldBe("session.second-cdr");
    }

    [Fact]
    public async Task A_credit_that_differs_can_be_rejected_and_the_original_stays_owed()
    {
        await using var town = await Town.Begin();
        var story = Town.Month(200).Where(document => document.Story == DemoStory.Credit).ToList();
        await town.Import([story[0], story[1] with { Json = Dearer(story[1].Json, -1m) }]);
        var credit = (await Page(town, new HeldFilter(Reason: "credit.differs"))).ShouldHaveSingleItem();

        (await town.Engine.Decisions.Release(credit.Tenant, Key(credit), 0m, "x", "ana", null, Stop))
            .Refusal!.Code.ShouldBe("release.credit");
        (await town.Engine.Decisions.Reject(credit.Tenant, Key(credit), "wrong total", "ana", null, Stop)).Refusal.ShouldBeNull();

        (await town.Count("select count(*) from cdrs where state = 'posted'")).ShouldBe(1);
        (await town.Count("select count(*) from cdrs where state = 'rejected'")).ShouldBe(1);
    }

    [Fact]
    public async Task Bulk_shows_the_money_first_and_applies_what_was_shown()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(2000));
        var filter = new HeldFilter(Month: October);
        var (preview, refusal) = await town.Engine.Bulk.Preview(filter, BulkAction.ReleaseLower, Stop);
        refusal.ShouldBeNull();
        var before = await town.Count("select coalesce(sum(due), 0)::bigint from ledger_entries");
        var held = await town.Count("select count(*) from cdrs where state = 'held'");
        preview!.Allowed.ShouldBeGreaterThan(0);
        preview.Lines.ShouldContain(line => line.Refusal != null, "some are held for what no amount answers");

        (await town.Engine.Bulk.Apply(filter, BulkAction.ReleaseLower, "x", "ana", "another digest", Stop))
            .Refusal!.Code.ShouldBe("held.changed");
        var (answers, _) = await town.Engine.Bulk.Apply(
            filter, BulkAction.ReleaseLower, "agreed for the month", "ana", preview.Digest, Stop);

        answers.Count(answer => answer.Refusal is null).ShouldBe(preview.Allowed);
        (await town.Count("select sum(due)::bigint from ledger_entries") - before).ShouldBe(preview.Totals.Sum(total => total.Due));
        (await town.Count("select count(*) from cdrs where state = 'held'")).ShouldBe(held - preview.Allowed);
        (await town.Count("select count(*) from ledger_entries where cause = 'agreed for the month'")).ShouldBe(preview.Allowed);
        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);
    }

    [Theory]
    [InlineData(false, "2026-10")]
    [InlineData(true, "2026-11")]
    public async Task A_CDR_released_before_prepare_is_in_its_month_and_later_a_late_line_of_the_next(bool isPrepared, string month)
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(200).Where(document => document.Story is DemoStory.WrongClaim or DemoStory.Ordinary).Take(20));
        await town.Import(Town.Month(200).Where(document => document.Story is DemoStory.WrongClaim));
        var closing = town.Engine.Closing;
        (await closing.SoftClose(Pair, October, Instant.FromUtc(2026, 11, 3, 15, 0), "ana", Stop)).ShouldBeNull();
        if (isPrepared)
        {
            (await closing.Prepare(Pair, October, new LocalDate(2026, 11, 3), "ana", Stop)).Refusal.ShouldBeNull();
        }

        var cdr = (await Page(town, new HeldFilter(Reason: "claim.differs")))[0];
        (await town.Engine.Decisions.Release(cdr.Tenant, Key(cdr), 0.01m, "x", "ana", null, Stop)).Refusal.ShouldBeNull();

        (await town.Database.Value<string>($"select period from ledger_entries where stream = '{cdr.Stream}'")).ShouldBe(month);
        (await town.Database.Value<string>($"select charge_period from ledger_entries where stream = '{cdr.Stream}'")).ShouldBe("2026-10");
    }

    [Fact]
    public async Task A_document_that_can_be_read_now_is_received_from_what_was_sealed()
    {
        await using var town = await Town.Begin();
        var plain = Town.Month(20)[0];
        var cdr = JsonNode.Parse(plain.Json.Span)!.AsObject();
        cdr.Remove("country_code"); // nobody can tell whose it is
        cdr.Remove("party_id");
        var incoming = new IncomingCdr(Encoding.UTF8.GetBytes(cdr.ToJsonString()), "old export line 1", plain.ReceivedAt);
        (await town.Engine.Intake.Receive([incoming], new CdrReadOptions(), Stop))[0].Outcome.ShouldBe(IntakeOutcome.Unreadable);
        (await town.Engine.Documents.Review(null, null, "ana", Stop)).ShouldHaveSingleItem().Answer.ShouldBeNull();

        var owner = PartyId.Of((string)JsonNode.Parse(plain.Json.Span)!["country_code"]!, (string)JsonNode.Parse(plain.Json.Span)!["party_id"]!);
        var answers = await town.Engine.Documents.Review(owner, null, "ana", Stop);

        answers.ShouldHaveSingleItem().Answer!.Tenant.ShouldBe("CA-FLO~US-CPI");
        (await town.Count("select count(*) from cdrs")).ShouldBe(1);
        (await town.Database.Value<string>("select source from cdrs")).ShouldBe("old export line 1");
        (await new UnreadDocuments(town.Engine.Database).Count(Stop)).ShouldBe(0);
    }

    [Fact]
    public async Task The_command_line_asks_for_the_right_and_explains_what_was_decided()
    {
        await using var town = await Town.Begin();
        var cdr = await Held(town, DemoStory.WrongClaim, "claim.differs");
        await DemoPeople.Make(town.Engine, Stop);

        var bruno = await town.Program("held", "release", cdr.CdrId, "--amount", "0.01", "--reason", "x", "--actor", "bruno");
        var ana = await town.Program("held", "release", cdr.CdrId, "--amount", "0.01", "--reason", "by letter", "--actor", "ana");
        var twice = await town.Program("held", "release", cdr.CdrId, "--amount", "0.01", "--reason", "by letter", "--actor", "ana");

        var other = await town.Program("held", "release", cdr.CdrId, "--amount", "0.02", "--reason", "by letter", "--actor", "ana");

        (bruno.Exit, ana.Exit, twice.Exit, other.Exit).ShouldBe((2, 0, 0, 2), ana.Errors + twice.Errors);
        bruno.Errors.ShouldContain("(user.not-allowed)");
        ana.Output.ShouldContain("posted");
        other.Errors.ShouldContain("(cdr.not-held)");
        (await town.Program("explain", cdr.CdrId)).Output.ShouldContain("by ana: by letter");
    }

    private static async Task<HeldCdr> Held(Town town, DemoStory story, string reason)
    {
        await town.Import(Town.Month(400).Where(document => document.Story == story).Take(1));
        return (await Page(town, new HeldFilter(Reason: reason))).ShouldHaveSingleItem();
    }

    private static Task<IReadOnlyList<HeldCdr>> Page(Town town, HeldFilter filter) =>
        new HeldQueries(town.Engine.Database).Page(filter, null, 100, Stop);

    private static CdrKey Key(HeldCdr cdr) => new(cdr.Cpo, cdr.CdrId);

    private static byte[] Changed(ReadOnlyMemory<byte> json, string remark)
    {
        var cdr = JsonNode.Parse(json.Span)!;
        cdr["cdr_location"]!["city"] = remark; // no matter for the price, and no mere remark
        return Encoding.UTF8.GetBytes(cdr.ToJsonString());
    }

    private static byte[] Dearer(ReadOnlyMemory<byte> json, decimal by = 3m)
    {
        var cdr = JsonNode.Parse(json.Span)!;
        var total = cdr["total_cost"]!["excl_vat"]!;
        cdr["total_cost"] = new JsonObject { ["excl_vat"] = decimal.Parse(total.ToJsonString(), CultureInfo.InvariantCulture) + by };
        return Encoding.UTF8.GetBytes(cdr.ToJsonString());
    }

    private static string Text(decimal amount) => amount.ToString("0.00##########", CultureInfo.InvariantCulture);
}
