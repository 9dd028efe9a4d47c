using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Settlement.Api;
using Settlement.Api.Demo;
using Settlement.Api.Intake;
using Settlement.Api.Ledger;
using Settlement.Api.Pages;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Tests.People;

namespace Settlement.Tests.Pages;

/// <summary>What the page of a CDR says of its events, and what <c>explain</c> says of them.</summary>
public sealed class CdrHistoryPagesTests(PagesFixture site) : IClassFixture<PagesFixture>
{
    private static readonly ILookup<DemoStory, DemoDocument> Documents =
        DemoMonth.Generate(PagesFixture.Month, 300, 7).Documents.ToLookup(one => one.Story);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_CDR_with_other_remarks_is_an_event_that_changes_nothing()
    {
        var posted = await Posted();

        var (page, explained) = await After(await Sent(posted, cdr => cdr["remark"] = "gate 2"));

        page.ShouldContain("The same CDR came again from the partner with other remarks; nothing changes");
        explained.ShouldContain("The same CDR came again from the partner, received "
            + Figures.Time(posted.ReceivedAt) + ", content ");
        explained.ShouldContain("; its remarks are kept and change nothing.");
    }

    [Fact]
    public async Task While_it_is_held_what_came_last_counts()
    {
        var held = Documents[DemoStory.MissingTariff].First();

        var (page, explained) = await After(await Sent(held, cdr => cdr["remark"] = "gate 2"));

        page.ShouldContain($"The same CDR came again from the partner, received {Figures.Time(held.ReceivedAt)}; it counts from here on");
        explained.ShouldContain("; it counts from here on.");
    }

    [Fact]
    public async Task A_session_that_a_person_separated_names_the_CDR_that_it_was_held_for()
    {
        var first = await Posted();
        var (tenant, key) = await Sent(first, cdr => cdr["id"] = "second-of-it");
        var by = await site.Engine.Decisions.AnotherSession(tenant, key, "the charger was restarted", "ana", null, Stop);
        by.Refusal.ShouldBeNull();

        var (page, explained) = await After((tenant, key));

        var other = (string)JsonNode.Parse(first.Json.Span)!["id"]!;
        page.ShouldContain("Stated to be another session (the charger was restarted) than that of");
        page.ShouldContain($"href=\"{Links.Cdr(tenant, key.Owner, other)}\"");
        explained.ShouldContain($"ana stated that its session is not that of {key.Owner}/{other}: the charger was restarted");
    }

    private async Task<DemoDocument> Posted()
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        await using var command = site.Engine.Database.CreateCommand("select cdr_id from cdrs where state = 'posted'");
        await using var reader = await command.ExecuteReaderAsync(Stop);
        while (await reader.ReadAsync(Stop))
        {
            ids.Add(reader.GetString(0));
        }

        return Documents[DemoStory.Ordinary].First(one => ids.Contains((string)JsonNode.Parse(one.Json.Span)!["id"]!));
    }

    private async Task<(string Tenant, CdrKey Key)> Sent(DemoDocument document, Action<JsonNode> change)
    {
        var json = JsonNode.Parse(document.Json.Span)!;
        change(json);
        var answer = (await site.Engine.Intake.Receive(
            [new IncomingCdr(Encoding.UTF8.GetBytes(json.ToJsonString()), "the partner", document.ReceivedAt)],
            new CdrReadOptions(), Stop)).ShouldHaveSingleItem();
        return (answer.Tenant, answer.Key!.Value);
    }

    private async Task<(string Page, string Explained)> After((string Tenant, CdrKey Key) cdr)
    {
        using var ana = await Browser.SignedIn(site.Http.BaseAddress!, "ana");
        var page = WebUtility.HtmlDecode(await ana.Text(Links.Cdr(cdr.Tenant, cdr.Key.Owner, cdr.Key.Id)));
        var explained = (await Explanation.Find(site.Engine, cdr.Key.ToString(), Stop)).ShouldHaveSingleItem();
        return (page, string.Join('\n', ExplanationText.Lines(explained)));
    }
}
