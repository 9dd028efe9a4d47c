using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Settlement.Api.Demo;
using Settlement.Api.Serve;
using Settlement.Domain.Agreements;
using Settlement.Tests.Intake;

namespace Settlement.Tests.Ocpi;

/// <summary>POST /ocpi/2.2.1/cdrs as a partner's system calls it.</summary>
public sealed class PostCdrTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_CDR_is_created_once_and_a_repeat_gets_the_same_location()
    {
        await using var site = await Site.Begin();
        var cdr = Ordinary()[0];

        var first = await site.Post(cdr);
        var second = await site.Post(cdr);

        first.Status.ShouldBe(HttpStatusCode.Created);
        first.OcpiStatus.ShouldBe(1000);
        second.Status.ShouldBe(HttpStatusCode.OK);
        second.OcpiStatus.ShouldBe(1000);
        second.Location.ShouldBe(first.Location);
        first.Location!.ShouldContain("/ocpi/2.2.1/cdrs/US/CPI/");
        (await site.Town.Count("select count(*) from cdrs where state = 'posted'")).ShouldBe(1);
    }

    [Fact]
    public async Task Other_content_under_the_same_id_is_told_with_a_2xxx_status_and_nothing_is_owed()
    {
        await using var site = await Site.Begin();
        var cdr = Ordinary()[0];
        await site.Post(cdr);

        var other = await site.Post(With(cdr, node => node["total_energy"] = 999.0));

        other.Status.ShouldBe(HttpStatusCode.OK);
        other.OcpiStatus.ShouldBe(2001);
        other.Message!.ShouldContain("(cdr.conflict)");
        (await site.Town.Ledger()).ShouldBe("");
    }

    [Fact]
    public async Task Without_a_known_token_nothing_is_read()
    {
        await using var site = await Site.Begin();
        (await site.Post(Ordinary()[0], "Token nonsense")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await site.Post(Ordinary()[0], null)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await site.Town.Count("select count(*) from log.mt_events where type like 'cdr%'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_token_may_be_sent_raw_in_base64_and_with_a_trailing_newline()
    {
        await using var site = await Site.Begin();
        var cdrs = Ordinary();
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(site.Token));
        var newline = Convert.ToBase64String(Encoding.UTF8.GetBytes(site.Token + "\n"));

        (await site.Post(cdrs[0], $"Token {site.Token}")).Status.ShouldBe(HttpStatusCode.Created);
        (await site.Post(cdrs[1], $"Token {base64}")).Status.ShouldBe(HttpStatusCode.Created);
        (await site.Post(cdrs[2], $"Token {newline}")).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_partner_may_not_post_another_ones_CDR_nor_one_for_a_pair_without_agreement()
    {
        await using var site = await Site.Begin();
        var foreign = await site.Post(With(Ordinary()[0], node => node["party_id"] = "XYZ"));
        var stranger = await site.Post(With(Ordinary()[0], node => node["cdr_token"]!["party_id"] = "NEW"));

        foreign.OcpiStatus.ShouldBe(2001);
        foreign.Message!.ShouldContain("(cdr.foreign-owner)");
        stranger.OcpiStatus.ShouldBe(2001);
        stranger.Message!.ShouldContain("(agreement.none)");
        (await site.Town.Count("select count(*) from log.mt_events where type like 'cdr%'")).ShouldBe(0);
    }

    [Fact]
    public async Task Malformed_JSON_is_400_and_a_body_over_ten_megabytes_413()
    {
        await using var site = await Site.Begin();
        (await site.Post("{\"id\": oops")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await site.Post(new string(' ', 10 * 1024 * 1024 + 1))).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    private static List<string> Ordinary() =>
        [.. Town.Month(200)
            .Where(document => document is { Story: DemoStory.Ordinary, IsOcpi230: false } && document.Cpo.ToString() == "US-CPI")
            .Select(document => Encoding.UTF8.GetString(document.Json.Span))
            .Where(text => text.Contains("\"state\":\"ON\"", StringComparison.Ordinal)).Take(3)];

    private static string With(string json, Action<JsonNode> change)
    {
        var node = JsonNode.Parse(json)!;
        change(node);
        return node.ToJsonString();
    }

    private sealed record Reply(HttpStatusCode Status, int OcpiStatus, string? Message, string? Location);

    private sealed class Site(Town town, WebApplication app, HttpClient client, string token) : IAsyncDisposable
    {
        public Town Town => town;

        public string Token => token;

        public static async Task<Site> Begin()
        {
            var town = await Town.Begin();
            var token = await town.Engine.Tokens.Issue([PartyId.Parse("US-CPI")!.Value], town.Engine.Now, "test", Stop);
            var app = Server.Build(town.Engine, 0);
            await app.StartAsync(Stop);
            return new Site(town, app, new HttpClient { BaseAddress = new Uri(Server.Address(app)) }, token);
        }

        public Task<Reply> Post(string body) => Post(body, $"Token {token}");

        public async Task<Reply> Post(string body, string? authorization)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/ocpi/2.2.1/cdrs");
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            if (authorization is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            }

            using var response = await client.SendAsync(request, Stop);
            var json = JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop));
            return new Reply(
                response.StatusCode, (int?)json?["status_code"] ?? 0, (string?)json?["status_message"],
                response.Headers.Location?.ToString());
        }

        public async ValueTask DisposeAsync()
        {
            client.Dispose();
            await app.StopAsync(CancellationToken.None);
            await app.DisposeAsync();
            await town.DisposeAsync();
        }
    }
}
