using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Settlement.Api;
using Settlement.Api.Demo;
using Settlement.Api.Serve;

using Settlement.Domain.Agreements;
using Settlement.Projections.EventStore;
using Settlement.Tests.Intake;

namespace Settlement.Tests.Messages;

/// <summary>What follows facts is stored with them and done once they are: by a server, at any time later, after any kill.</summary>
public sealed class MessageTests
{
    private const string Incoming = "select count(*) from wolverine.wolverine_incoming_envelopes where status <> 'Handled'";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tariff_settles_what_was_held_for_it_without_anybody_asking()
    {
        await using var town = await Town.Begin();
        var held = await Held(town);
        await using var app = await Serve(town);
        await town.Engine.Books.Record([Tariff()], "partner", Stop);
        await Until(town, async () => await StillHeld(town) == 0);
        (await StillHeld(town)).ShouldBe(0, $"{held} were held for want of a tariff");
        await app.StopAsync(Stop);
    }

    [Fact]
    public async Task A_server_killed_after_the_commit_leaves_the_message_and_the_next_server_does_what_it_says()
    {
        await using var town = await Town.Begin();
        var held = await Held(town);
        (await Child(town)).ShouldBe(128 + 9);

        (await town.Count("select count(*) from log.mt_events where type = 'tariff_published' and headers ->> 'actor' = 'killed'"))
            .ShouldBe(1, "the tariff is stored");
        (await town.Count(Incoming)).ShouldBe(1, "and what follows it, in the same commit");
        (await StillHeld(town)).ShouldBe(held, "and nobody has done it");

        await using var app = await Serve(town);
        await Until(town, async () => await StillHeld(town) == 0);
        (await StillHeld(town)).ShouldBe(0);
        await app.StopAsync(Stop);
    }

    [Fact]
    public async Task What_is_refused_or_fails_sends_nothing()
    {
        await using var town = await Town.Begin();
        await using var app = await Serve(town);
        var (stream, fact) = Tariff();
        var wrong = await town.Engine.Store.Append(
            Api.Agreements.Books.Tenant, new StoreCommand("wrong", [1], [new StreamFacts(stream, "tariff", 99, [fact])], "test"), Stop);
        wrong.ShouldBeOfType<AppendAnswer.Refused>().Refusal.Code.ShouldBe("stream.version-conflict");
        town.Engine.Store.Writer.At = point =>
        {
            if (point == "append.before-commit")
            {
                throw new InvalidOperationException("It fails at the last moment.");
            }
        };
        await Should.ThrowAsync<InvalidOperationException>(town.Engine.Books.Record([(stream, fact)], "test", Stop));
        (await town.Count("select count(*) from wolverine.wolverine_incoming_envelopes")).ShouldBe(0);
        (await town.Count($"select count(*) from log.mt_events where stream_id = '{stream}' and type <> 'tombstone'")).ShouldBe(0);
    }

    [Fact]
    public async Task Messages_name_nobody_and_hold_no_amount()
    {
        await using var town = await Town.Begin();
        await using var app = await Serve(town);
        await town.Import(Town.Month(40));
        await town.Engine.Books.Record([Tariff()], "test", Stop);
        (await town.Count("select count(*) from wolverine.wolverine_incoming_envelopes")).ShouldBePositive();
        var bodies = await town.Database.Value<string>(
            "select string_agg(distinct encode(body, 'escape'), ' ') from wolverine.wolverine_incoming_envelopes");
        bodies.ShouldContain("ReviewHeld");
        bodies.ShouldNotContain("CA-FLO");
        bodies.ShouldNotContain("tariff/late");
    }

    /// <summary>The child of the kill test: serves, records a tariff and is gone as soon as it is committed.</summary>
    internal static async Task Die(string connection)
    {
        await using var engine = await Engine.Open(
            connection, Projections.Privacy.MasterKey.Of(Convert.FromBase64String(Town.KeyText)), TimeProvider.System, default);
        await using var app = Server.Build(engine, 0);
        await app.StartAsync();
        engine.Store.Writer.At = point =>
        {
            if (point == "append.committed")
            {
                Process.GetCurrentProcess().Kill();
                Thread.Sleep(Timeout.Infinite);
            }
        };
        await engine.Books.Record([Tariff()], "killed", default);
    }

    private static async Task<long> Held(Town town)
    {
        await town.Import([WithoutTariff()]);
        var held = await StillHeld(town);
        held.ShouldBe(1);
        return held;
    }

    private static DemoDocument WithoutTariff() => Town.Month(200).First(document => document.Story == DemoStory.MissingTariff);

    /// <summary>The tariff that the CDR names, and nobody has published.</summary>
    private static (string Stream, BookFact Fact) Tariff()
    {
        var cdr = JsonNode.Parse(WithoutTariff().Json.Span)!;
        var owner = PartyId.Of((string)cdr["country_code"]!, (string)cdr["party_id"]!)!.Value;
        return ("tariff/late", ReleaseTests.Tariff(owner, (string)cdr["charging_periods"]![0]!["tariff_id"]!, (string)cdr["currency"]!));
    }

    private static async Task<int> Child(Town town)
    {
        var start = new ProcessStartInfo(Path.ChangeExtension(typeof(MessageTests).Assembly.Location, null)) { UseShellExecute = false };
        foreach (var argument in (string[])["child", "tariff", town.Database.ConnectionString, "append.committed", "0"])
        {
            start.ArgumentList.Add(argument);
        }

        using var child = Process.Start(start)!;
        await child.WaitForExitAsync(Stop);
        return child.ExitCode;
    }

    private static Task<long> StillHeld(Town town) => town.Count("select count(*) from cdrs where state = 'held' and reason = 'tariff.missing'");

    private static async Task<WebApplication> Serve(Town town)
    {
        var app = Server.Build(town.Engine, 0);
        await app.StartAsync(Stop);
        return app;
    }

    private static async Task Until(Town town, Func<Task<bool>> isSo)
    {
        for (var i = 0; i < 600 && !await isSo(); i++)
        {
            await Task.Delay(50, Stop);
        }
    }
}
