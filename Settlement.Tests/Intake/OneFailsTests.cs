using System.Text;
using System.Text.Json.Nodes;
using Settlement.Api.Demo;

namespace Settlement.Tests.Intake;

/// <summary>A CDR on which the program fails does not keep the others out: here its stored event cannot be read.</summary>
public sealed class OneFailsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_CDRs_that_came_before_one_fails_and_is_kept_and_the_other_is_compared()
    {
        await using var town = await Town.Begin();
        var both = Town.Month(100).Where(document => document.Story == DemoStory.Ordinary).Take(2).ToList();
        await town.Import(both);
        await Break(town, both[0]);

        var tally = await town.Import(both.Select(Dearer));

        (tally.Conflicts, tally.Unreadable, tally.Stopped).ShouldBe((1, 1, null));
        tally.FirstUnread.ShouldHaveSingleItem().Code.ShouldBe("document.failed");
    }

    [Fact]
    public async Task A_review_goes_on_after_a_CDR_that_fails_and_tells_of_it()
    {
        await using var town = await Town.Begin();
        var held = Town.Month(400).Where(document => document.Story == DemoStory.MissingTariff).ToList();
        await town.Import(held);
        await Break(town, held[0]);
        var told = new List<string>();
        town.Engine.Held.Failed = refusal => told.Add(refusal.ToString());

        await town.Engine.Held.Review(null, Stop);

        told.ShouldHaveSingleItem().ShouldContain(Id(held[0]));
        town.Engine.Held.Failures.ShouldBe(1);
    }

    [Fact]
    public async Task A_review_that_is_cancelled_ends()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(200).Where(document => document.Story == DemoStory.MissingTariff));
        await Should.ThrowAsync<OperationCanceledException>(() => town.Engine.Held.Review(null, new CancellationToken(true)));
        town.Engine.Held.Failures.ShouldBe(0);
    }

    private static Task Break(Town town, DemoDocument document) => town.Database.Execute(
        $"update log.mt_events set data = '[]' where type = 'cdr_received' and data::text like '%\"{Id(document)}\"%'");

    private static DemoDocument Dearer(DemoDocument document)
    {
        var cdr = JsonNode.Parse(document.Json.Span)!;
        cdr["total_energy"] = (decimal)cdr["total_energy"]! + 1m;
        return document with { Json = Encoding.UTF8.GetBytes(cdr.ToJsonString()) };
    }

    private static string Id(DemoDocument document) => (string)JsonNode.Parse(document.Json.Span)!["id"]!;
}
