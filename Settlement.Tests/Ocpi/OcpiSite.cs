using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Settlement.Api.Demo;
using Settlement.Api.Ocpi;
using Settlement.Api.Serve;
using Settlement.Domain.Agreements;
using Settlement.Tests.Intake;

namespace Settlement.Tests.Ocpi;

/// <summary>An answer of an OCPI endpoint.</summary>
internal sealed record OcpiReply(HttpStatusCode Http, JsonNode? Body, HttpResponseMessage Response)
{
    public int Status => (int?)Body?["status_code"] ?? 0;

    public string? Message => (string?)Body?["status_message"];

    public JsonNode? Data => Body?["data"];

    public string? Header(string name) =>
        Response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}

/// <summary>The real server on a real database, with the two networks of the demo and their agreement.</summary>
internal sealed class OcpiSite : IAsyncDisposable
{
    public static readonly PartyId Cpi = PartyId.Parse("US-CPI")!.Value;
    public static readonly PartyId Flo = PartyId.Parse("CA-FLO")!.Value;

    private readonly WebApplication app;
    private readonly HttpClient client;

    private OcpiSite(Town town, WebApplication app) =>
        (Town, this.app, client) = (town, app, new HttpClient { BaseAddress = new Uri(Server.Address(app)) });

    public Town Town { get; }

    public string Address => Server.Address(app);

    public OcpiServices Services => app.Services.GetRequiredService<OcpiServices>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<OcpiSite> Begin(OcpiOptions? options = null)
    {
        var town = await Town.Begin();
        var server = Server.Build(town.Engine, 0, ocpi: options ?? Open);
        await server.StartAsync(Stop);
        return new OcpiSite(town, server);
    }

    /// <summary>The scripted partners stand on this machine.</summary>
    public static OcpiOptions Open { get; } = new()
    {
        AllowPrivatePartners = true,
        RetryPause = TimeSpan.FromMilliseconds(1),
        FailuresPerMinute = 100_000,
    };

    public Task<string> Token(PartyId party) => Town.Engine.Tokens.Issue([party], Town.Engine.Now, "test", Stop);

    public Task<string> TokenA(PartyId party) =>
        Town.Engine.Tokens.IssueRegistration([party], Town.Engine.Now, "test", Stop);

    public Task<string> HubToken(string hub, params PartyId[] parties) =>
        Town.Engine.Tokens.Issue(parties, Town.Engine.Now, "test", Stop, PartyId.Parse(hub));

    public Task<OcpiReply> Get(string token, string path) => Send(HttpMethod.Get, token, path, null);

    public Task<OcpiReply> Put(string token, string path, string body) => Send(HttpMethod.Put, token, path, body);

    public Task<OcpiReply> Patch(string token, string path, string body) => Send(HttpMethod.Patch, token, path, body);

    public Task<OcpiReply> Post(string token, string path, string body) => Send(HttpMethod.Post, token, path, body);

    public async Task<OcpiReply> Send(
        HttpMethod method, string? token, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Token {token}");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await client.SendAsync(request, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        return new OcpiReply(response.StatusCode, text.Length > 0 ? JsonNode.Parse(text) : null, response);
    }

    /// <summary>CDRs of the demo that settle without a question, as their CPO writes them.</summary>
    public static List<string> Ordinary(string cpo, int count, bool is230 = false) =>
        [.. Town.Month(600)
            .Where(document => document is { Story: DemoStory.Ordinary } && document.IsOcpi230 == is230
                && document.Cpo.ToString() == cpo)
            .Select(document => Encoding.UTF8.GetString(document.Json.Span)).Take(count)];

    public static string With(string json, Action<JsonNode> change)
    {
        var node = JsonNode.Parse(json)!;
        change(node);
        return node.ToJsonString();
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        await Town.DisposeAsync();
    }
}
