using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Settlement.Tests.Ocpi;

/// <summary>
/// A partner's platform, written against the specification and knowing nothing of ours: a client that registers and
/// pushes, and a server that is registered with and pulled from. One version of OCPI each.
/// </summary>
internal sealed class ScriptedPartner : IAsyncDisposable
{
    private readonly HttpClient client = new(new HttpClientHandler { AllowAutoRedirect = false });
    private readonly List<JsonNode> endpoints = [];
    private WebApplication? app;

    private ScriptedPartner(string version, string country, string party) =>
        (Version, Country, Party) = (version, country, party);

    public string Version { get; }

    public string Country { get; }

    public string Party { get; }

    /// <summary>What its version details announce beyond the version, as JSON.</summary>
    public string Features { get; set; } = "{}";

    public string Address { get; private set; } = "";

    /// <summary>What the other side may call us with.</summary>
    public HashSet<string> Accepts { get; } = new(StringComparer.Ordinal) { "the-partners-token-B" };

    /// <summary>What we call the other side with.</summary>
    public string Token { get; set; } = "";

    /// <summary>What its Sender interfaces offer, by module.</summary>
    public Dictionary<string, List<string>> Offers { get; } = new(StringComparer.Ordinal)
    {
        ["tariffs"] = [], ["locations"] = [], ["cdrs"] = [],
    };

    public int PageSize { get; set; } = 2;

    /// <summary>Requests that came in, method and path with query.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Answers instead of the script; false: the script goes on.</summary>
    public Func<HttpContext, Task<bool>>? Instead { get; set; }

    /// <summary>Webhooks that came: headers and body.</summary>
    public List<(Dictionary<string, string?> Headers, string Body)> Told { get; } = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Header(string token) =>
        $"Token {(Version == "2.1.1" ? token : Convert.ToBase64String(Encoding.UTF8.GetBytes(token)))}";

    public static async Task<ScriptedPartner> Start(string version, string country, string party)
    {
        var partner = new ScriptedPartner(version, country, party);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        partner.app = builder.Build();
        partner.app.Run(partner.Serve);
        await partner.app.StartAsync(Stop);
        partner.Address = partner.app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return partner;
    }

    /// <summary>The handshake of the credentials module, as its Sender: A in, B out, C back.</summary>
    public async Task<OcpiReply> Register(string versionsUrl, string tokenA)
    {
        var versions = await Call(HttpMethod.Get, versionsUrl, tokenA, null);
        var version = versions.Data!.AsArray().Single(v => (string?)v!["version"] == Version);
        var details = await Call(HttpMethod.Get, (string)version!["url"]!, tokenA, null);
        endpoints.Clear();
        endpoints.AddRange(details.Data!["endpoints"]!.AsArray().Select(e => e!.DeepClone()));
        var reply = await Call(HttpMethod.Post, Endpoint("credentials", null), tokenA, Credentials("the-partners-token-B"));
        Token = (string?)reply.Data?["token"] ?? "";
        return reply;
    }

    public async Task<OcpiReply> Rotate(string tokenB)
    {
        Accepts.Add(tokenB);
        var reply = await Call(HttpMethod.Put, Endpoint("credentials", null), Token, Credentials(tokenB));
        Token = (string?)reply.Data?["token"] ?? Token;
        return reply;
    }

    /// <summary>The URL the other side gave for a module; 2.1.1 has no roles.</summary>
    public string Endpoint(string module, string? role) => (string)endpoints.Single(e =>
        (string?)e["identifier"] == module && (Version == "2.1.1" || role is null || (string?)e["role"] == role))["url"]!;

    /// <summary>A client-owned object's URL (OCPI 2.2.1 §4.1.2).</summary>
    public string Owned(string module, string id) =>
        $"{Endpoint(module, "RECEIVER")}/{Country}/{Party}/{Uri.EscapeDataString(id)}";

    public Task<OcpiReply> Call(HttpMethod method, string url, string? body = null) => Call(method, url, Token, body);

    public async Task<OcpiReply> Call(HttpMethod method, string url, string token, string? body)
    {
        using var request = new HttpRequestMessage(method, url);
        request.Headers.TryAddWithoutValidation("Authorization", Header(token));
        request.Headers.Add("X-Request-ID", Guid.NewGuid().ToString());
        request.Headers.Add("X-Correlation-ID", Guid.NewGuid().ToString());
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        var response = await client.SendAsync(request, Stop);
        return new OcpiReply(
            response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop)), response);
    }

    public string Credentials(string token, string? party = null)
    {
        var role = $$"""
            "business_details":{"name":"Scripted"},"party_id":"{{party ?? Party}}","country_code":"{{Country}}"
            """;
        return Version == "2.1.1"
            ? $$"""{"token":"{{token}}","url":"{{Address}}/versions",{{role}}}"""
            : $$"""{"token":"{{token}}","url":"{{Address}}/versions","roles":[{"role":"CPO",{{role}}}]}""";
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app!.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }

    private async Task Serve(HttpContext http)
    {
        lock (Calls)
        {
            Calls.Add($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}");
        }

        if (Instead is { } instead && await instead(http))
        {
            return;
        }

        if (http.Request.Path == "/hook")
        {
            using var reader = new StreamReader(http.Request.Body);
            Told.Add((
                http.Request.Headers.ToDictionary(h => h.Key, h => (string?)h.Value, StringComparer.OrdinalIgnoreCase),
                await reader.ReadToEndAsync(Stop)));
            return;
        }

        if (!Accepts.Any(token => http.Request.Headers.Authorization == Header(token)))
        {
            http.Response.StatusCode = 401;
            await Answer(http, 2000, null);
            return;
        }

        var path = http.Request.Path.Value!;
        await (path switch
        {
            "/versions" => Answer(http, 1000, $$"""[{"version":"2.0","url":"{{Address}}/2.0"},{"version":"{{Version}}","url":"{{Address}}/{{Version}}"}]"""),
            _ when path == $"/{Version}" => Answer(http, 1000, Details()),
            _ when path == $"/{Version}/credentials" => Registered(http),
            _ when path.Split('/') is ["", _, var module] && Offers.ContainsKey(module) => Page(http, module),
            _ => NotThere(http),
        });
    }

    private string Details()
    {
        var modules = Offers.Keys.Append("credentials").Select(module => Version == "2.1.1"
            ? $$"""{"identifier":"{{module}}","url":"{{Address}}/{{Version}}/{{module}}"}"""
            : $$"""{"identifier":"{{module}}","role":"SENDER","url":"{{Address}}/{{Version}}/{{module}}"}""");
        return $$"""{"version":"{{Version}}","endpoints":[{{string.Join(',', modules)}}],"features":{{Features}}}""";
    }

    /// <summary>The Receiver of the handshake: looks at the caller's versions with its token B, then gives C.</summary>
    private async Task Registered(HttpContext http)
    {
        if (http.Request.Method == "DELETE")
        {
            Token = "";
            await Answer(http, 1000, null);
            return;
        }

        using var reader = new StreamReader(http.Request.Body);
        var theirs = JsonNode.Parse(await reader.ReadToEndAsync(Stop))!;
        var token = (string)theirs["token"]!;
        var versions = await Call(HttpMethod.Get, (string)theirs["url"]!, token, null);
        if (versions.Status != 1000)
        {
            await Answer(http, 3001, null);
            return;
        }

        var url = (string)versions.Data!.AsArray().Single(v => (string?)v!["version"] == Version)!["url"]!;
        var details = await Call(HttpMethod.Get, url, token, null);
        endpoints.Clear();
        endpoints.AddRange(details.Data!["endpoints"]!.AsArray().Select(e => e!.DeepClone()));
        Token = token;
        Accepts.Clear();
        Accepts.Add("the-partners-token-C");
        await Answer(http, 1000, Credentials("the-partners-token-C"));
    }

    private Task Page(HttpContext http, string module)
    {
        var all = Offers[module];
        var offset = int.Parse(http.Request.Query["offset"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
        http.Response.Headers["X-Total-Count"] = all.Count.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["X-Limit"] = PageSize.ToString(CultureInfo.InvariantCulture);
        if (offset + PageSize < all.Count)
        {
            http.Response.Headers.Link = $"<{Address}/{Version}/{module}?offset={offset + PageSize}&limit={PageSize}>; rel=\"next\"";
        }

        return Answer(http, 1000, $"[{string.Join(',', all.Skip(offset).Take(PageSize))}]");
    }

    private static Task NotThere(HttpContext http)
    {
        http.Response.StatusCode = 404;
        return Answer(http, 2000, null);
    }

    private static Task Answer(HttpContext http, int status, string? data)
    {
        http.Response.ContentType = "application/json";
        var member = data is null ? "" : $"\"data\":{data},";
        return http.Response.WriteAsync(
            $$"""{{{member}}"status_code":{{status}},"timestamp":"2026-11-01T00:00:00Z"}""", Stop);
    }
}
