using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Settlement.Api.Demo;
using Settlement.Api.Intake;
using Settlement.Api.Pages;
using Settlement.Domain.Ocpi;
using Settlement.Projections.Statements;
using Settlement.Tests.People;

namespace Settlement.Tests.Pages;

/// <summary>Releases that no tariff proves: one person proposes, another approves.</summary>
public sealed partial class EvidencePagesTests(PagesFixture site) : IClassFixture<PagesFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_release_on_evidence_takes_two_people_and_is_marked_as_not_provable()
    {
        await Unpriced();
        var cdr = await Held("tariff.not-found");
        var page = Links.Cdr(cdr.Tenant, cdr.Cpo, cdr.CdrId);
        using var ana = await SignedIn("ana");
        using var bruno = await SignedIn("bruno");
        var amount = cdr.Claimed.ToString(System.Globalization.CultureInfo.InvariantCulture);
        WebUtility.HtmlDecode(await ana.Text(page)).ShouldContain("Or propose an amount on evidence: at most");

        using var asked = JsonContent.Create(new
        {
            relationship = cdr.Tenant, owner = cdr.Cpo.ToString(), id = cdr.CdrId, reason = "price list agreed",
            amount = cdr.Claimed, evidence = "contract, annex <2>",
        });
        (await ana.Send(HttpMethod.Post, "/api/v1/held/release", asked)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var approve = Links.Decide("approve", cdr.Tenant, new(cdr.Cpo, cdr.CdrId));
        (await ana.Post(approve)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, "an analyst approves nothing");
        var waiting = await bruno.Text(page);
        WebUtility.HtmlDecode(waiting).ShouldContain($"ana proposes to release it at");
        waiting.ShouldContain("contract, annex &lt;2&gt;");
        (await bruno.Post(approve, ("version", Field(waiting, "version")))).StatusCode.ShouldBe(HttpStatusCode.Redirect);

        var posted = WebUtility.HtmlDecode(await ana.Text(page));
        posted.ShouldContain("No reading of the tariff gives a price for this session");
        posted.ShouldContain("the amount rests on evidence and not on a tariff: contract, annex <2>");
        var answer = JsonNode.Parse(await ana.Text(
            $"/api/v1/cdrs/{cdr.Tenant}/{cdr.Cpo}/{Uri.EscapeDataString(cdr.CdrId)}"))!.ToJsonString();
        answer.ShouldContain("price not provable");
        answer.ShouldContain($"released at {amount}");
    }

    [Fact]
    public async Task A_proposal_without_evidence_or_amount_is_refused_on_the_page()
    {
        var cdr = await Held("claim.differs");
        var form = Links.Decide("propose", cdr.Tenant, new(cdr.Cpo, cdr.CdrId));
        using var ana = await SignedIn("ana");

        var bare = await ana.Post(form, ("amount", "1.00"), ("reason", "x"));
        var malformed = await ana.Post(form, ("amount", "a lot"), ("reason", "x"), ("evidence", "letter"));

        (await bare.Content.ReadAsStringAsync(Stop)).ShouldContain("evidence.missing");
        (await malformed.Content.ReadAsStringAsync(Stop)).ShouldContain("amount.malformed");
    }

    /// <summary>A CDR of the month whose periods name a tariff that nobody has.</summary>
    private async Task Unpriced()
    {
        var plain = DemoMonth.Generate(PagesFixture.Month, 300, 7).Documents
            .First(each => each.Story == DemoStory.Ordinary
                && (decimal?)JsonNode.Parse(each.Json.Span)!["total_cost"]?["excl_vat"] > 1m);
        var json = JsonNode.Parse(plain.Json.Span)!;
        json["id"] = "unpriced";
        json["session_id"] = "unpriced";
        json["cdr_token"]!["uid"] = "unpriced-driver";
        json["cdr_token"]!["contract_id"] = "US-CPI-unpriced";
        json["cdr_location"]!["evse_uid"] = "unpriced-evse";
        foreach (var period in json["charging_periods"]!.AsArray())
        {
            period!["tariff_id"] = "never-published";
        }

        await site.Engine.Intake.Receive(
            [new IncomingCdr(Encoding.UTF8.GetBytes(json.ToJsonString()), "unpriced", plain.ReceivedAt)],
            new CdrReadOptions(), Stop);
    }

    private async Task<HeldCdr> Held(string reason) =>
        (await new HeldQueries(site.Engine.Database).Page(new HeldFilter(Reason: reason), null, 1, Stop)).ShouldHaveSingleItem();

    private Task<Browser> SignedIn(string name) => Browser.SignedIn(site.Http.BaseAddress!, name);

    private static string Field(string page, string name) =>
        Hidden().Matches(page).First(match => match.Groups["name"].Value == name).Groups["value"].Value;

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hidden();
}
