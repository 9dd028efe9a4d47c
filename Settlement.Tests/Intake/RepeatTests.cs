using System.Text;
using System.Text.Json.Nodes;
using Settlement.Api.Demo;
using Settlement.Api.Intake;
using Settlement.Domain.Intake;

namespace Settlement.Tests.Intake;

/// <summary>The same CDR again: what is kept of it, and of what was stored before meanings were compared.</summary>
public sealed class RepeatTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_stored_under_a_digest_of_its_bytes_is_recognised_by_what_was_read()
    {
        await using var town = await Town.Begin();
        var document = Town.Month(50).First(one => one.Story == DemoStory.Ordinary);
        await town.Import([document]);
        var one = await Case(town);
        var old = one.State.Received! with { Digest = new string('a', 64) };
        var known = one.State with { Received = old, Digests = [old.Digest] };

        Decide(one, known, one.State.Received!).Own.ShouldBeEmpty("the same was read");
        Decide(one, known, one.State.Received! with { Digest = "b", Sealed = "with another remark" })
            .Own.ShouldHaveSingleItem().ShouldBeOfType<CdrFact.CdrRemarked>();
    }

    [Fact]
    public async Task Members_that_no_reader_knows_are_kept_sealed_and_can_be_read_back()
    {
        await using var town = await Town.Begin();
        var document = Town.Month(50).First(one => one.Story == DemoStory.Ordinary);
        var cdr = JsonNode.Parse(document.Json.Span)!;
        cdr["x_meter"] = new JsonObject { ["start"] = 12.5m };
        cdr["cdr_location"]!["x_bay"] = "7";
        cdr["charging_periods"]![0]!["dimensions"]!.AsArray().Add(new JsonObject { ["type"] = "X_HEAT", ["volume"] = 3 });
        cdr["tariffs"]![0]!["x_campaign"] = "autumn";
        await town.Import([document with { Json = Encoding.UTF8.GetBytes(cdr.ToJsonString()) }]);

        var received = (await Case(town)).State.Received!;
        var personal = await town.Engine.Vault.Open("CA-FLO~US-CPI", received.Driver, received.Cdr.Key, received.Sealed, Stop);

        JsonNode.DeepEquals(JsonNode.Parse(personal!.Unread!), JsonNode.Parse(
            """
            {"/cdr_location/x_bay": "7", "/charging_periods/0/dimensions/2": {"type": "X_HEAT", "volume": 3},
             "/x_meter": {"start": 12.5}}
            """)).ShouldBeTrue(personal.Unread);
        received.Cdr.Tariffs[0].Unread.ShouldBe("""{"/x_campaign":"autumn"}""");
    }

    [Fact]
    public async Task What_nobody_has_read_of_a_tariff_and_names_the_driver_is_sealed_with_the_CDR()
    {
        await using var town = await Town.Begin();
        var document = Town.Month(50).First(one => one.Story == DemoStory.Ordinary);
        var cdr = JsonNode.Parse(document.Json.Span)!;
        var uid = (string)cdr["cdr_token"]!["uid"]!;
        cdr["tariffs"]![0]!["x_customer"] = uid;
        await town.Import([document with { Json = Encoding.UTF8.GetBytes(cdr.ToJsonString()) }]);

        var received = (await Case(town)).State.Received!;

        received.Cdr.Tariffs[0].Unread.ShouldBeNull();
        var personal = await town.Engine.Vault.Open("CA-FLO~US-CPI", received.Driver, received.Cdr.Key, received.Sealed, Stop);
        personal!.Unread!.ShouldContain(uid);
        (await town.Count($"select count(*) from mt_events where data::text ilike '%{uid}%'")).ShouldBe(0);
    }

    private static CdrDecision Decide(CdrCase one, CdrState known, CdrFact.CdrReceived received) =>
        new ReceiveCdr(received, CdrState.Absent, one.Terms).Decide(known);

    private static async Task<CdrCase> Case(Town town)
    {
        var stream = await town.Database.Value<string>("select stream from cdrs");
        return (await town.Engine.Cases.Load("CA-FLO~US-CPI", CdrStreams.Key(stream!), null, Stop))!;
    }
}
