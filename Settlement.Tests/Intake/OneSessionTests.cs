using System.Text;
using System.Text.Json.Nodes;
using NodaTime;
using Settlement.Api.Demo;
using Settlement.Api.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Projections.Statements;

namespace Settlement.Tests.Intake;

/// <summary>One session is owed once, however its CDRs come: at the same time, in one file, for two networks; and a partner's bad day.</summary>
public sealed class OneSessionTests
{
    private static readonly CdrReadOptions Options = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_many_CDRs_of_one_session_that_come_at_once_one_is_owed()
    {
        await using var town = await Town.Begin();
        var cdrs = Enumerable.Range(0, 12).Select(n => Cdr(json => json["id"] = $"RACE-{n}")).ToList();

        var answers = await Task.WhenAll(cdrs.Select(cdr => Task.Run(() => town.Engine.Intake.Receive([cdr], Options, Stop))));

        answers.Count(answer => answer[0].Outcome == IntakeOutcome.Posted).ShouldBe(1);
        (await town.Count("select count(*) from cdrs where reason = 'session.second-cdr'")).ShouldBe(11);
        (await town.Count("select sum(sessions)::bigint from ledger_entries")).ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_CDRs_of_one_session_in_one_file_one_is_owed()
    {
        await using var town = await Town.Begin();
        var cdrs = Enumerable.Range(0, 12).Select(n => Cdr(json => json["id"] = $"FILE-{n}")).ToList();

        var answers = await town.Engine.Intake.Receive(cdrs, Options, Stop);

        answers[0].Outcome.ShouldBe(IntakeOutcome.Posted);
        answers.Skip(1).ShouldAllBe(answer => answer.Reason!.Code == "session.second-cdr");
    }

    [Fact]
    public async Task Of_two_networks_that_are_billed_one_session_at_once_one_owes_it()
    {
        await using var town = await Town.Begin();
        await town.Engine.Intake.Receive([Cdr(json => Other(json, "first-contact"))], Options, Stop); // the pair is known from here on
        for (var n = 0; n < 8; n++)
        {
            var (id, hour) = ($"TWO-{n}", n);
            var (one, other) = (Cdr(json => Moved(json, id, hour)), Cdr(json => Other(Moved(json, id, hour), id)));

            var answers = await Task.WhenAll(
                Task.Run(() => town.Engine.Intake.Receive([one], Options, Stop)),
                Task.Run(() => town.Engine.Intake.Receive([other], Options, Stop)));

            answers.Count(answer => answer[0].Reason?.Code == "session.second-cdr").ShouldBe(1, id);
        }
    }

    [Theory]
    [InlineData(BulkAction.ChooseFirst)]
    [InlineData(BulkAction.ChooseNewest)]
    public async Task The_conflicts_of_a_partners_bad_day_are_chosen_at_once(BulkAction action)
    {
        await using var town = await Town.Begin();
        var first = Enumerable.Range(0, 5).Select(n => Cdr(json => Moved(json, $"BAD-{n}", n))).ToList();
        var newer = Enumerable.Range(0, 5).Select(n => Cdr(json =>
        {
            Moved(json, $"BAD-{n}", n)["cdr_location"]!["city"] = "Sherbrooke";
            json["last_updated"] = "2026-10-31T00:00:00Z";
        })).ToList();
        await town.Engine.Intake.Receive([.. first, .. newer], Options, Stop);
        (await town.Ledger()).ShouldBe("");
        var filter = new HeldFilter(State: "conflict");

        var (preview, _) = await town.Engine.Bulk.Preview(filter, action, Stop);
        var (answers, refusal) = await town.Engine.Bulk.Apply(filter, action, "their letter", "ana", preview!.Digest, Stop);

        refusal.ShouldBeNull();
        answers.ShouldAllBe(answer => answer.Refusal == null);
        (await town.Count("select sum(due)::bigint from ledger_entries")).ShouldBe(preview.Totals.Sum(total => total.Due));
        (await town.Count($"select count(*) from cdrs where state = 'posted' and (city = 'Sherbrooke') = {action == BulkAction.ChooseNewest}")).ShouldBe(5);
        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);
    }

    private static JsonNode Moved(JsonNode json, string id, int hours)
    {
        json["id"] = id;
        json["session_id"] = id;
        foreach (var (parent, name) in new[]
            {
                (json, "start_date_time"), (json, "end_date_time"), (json["charging_periods"]![0]!, "start_date_time"),
            })
        {
            var time = NodaTime.Text.InstantPattern.ExtendedIso.Parse((string)parent[name]!).Value;
            parent[name] = (time - Duration.FromDays(hours + 1)).ToString();
        }

        return json;
    }

    private static JsonNode Other(JsonNode json, string id)
    {
        json["id"] = id;
        json["cdr_token"]!["party_id"] = "EVG";
        json["cdr_token"]!["uid"] = "OTHER-DRIVER";
        json["cdr_token"]!["contract_id"] = "CA-EVG-C00000007";
        return json;
    }

    private static IncomingCdr Cdr(Action<JsonNode> change)
    {
        var source = Town.Month(300).First(each => each.Story == DemoStory.Ordinary
            && JsonNode.Parse(each.Json.Span)! is var cdr && (string)cdr["party_id"]! == "CPI"
            && (string?)cdr["cdr_location"]!["state"] == "QC" && cdr["charging_periods"]!.AsArray().Count == 1);
        var json = JsonNode.Parse(source.Json.Span)!;
        json.AsObject().Remove("session_id");
        change(json);
        return new IncomingCdr(Encoding.UTF8.GetBytes(json.ToJsonString()), "town", source.ReceivedAt);
    }
}
