using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Settlement.Api.Ocpi;
using Settlement.Api.Serve;

namespace Settlement.Tests.People;

/// <summary>
/// On a real connection: a request is answered from its headers, before its body is sent, until it is known that the
/// sender may send one. No body of a stranger is read or kept.
/// </summary>
public sealed class StrangerTests(OfficeFixture office) : IClassFixture<OfficeFixture>
{
    private const int Announced = 10_000_000;

    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(20);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_address_answers_a_stranger_without_reading_what_the_stranger_would_send()
    {
        var paths = office.Routes.Where(route => Methods(route).Contains("POST") || Methods(route).Contains("PUT"))
            .Select(route => (Method: Methods(route).Contains("POST") ? "POST" : "PUT", Path: Filled(route.RoutePattern.RawText!)))
            .Append(("POST", "/no/such/page")).Append(("POST", "/")).Append(("POST", "/api/v1/no-such")).Distinct().ToList();
        paths.Count.ShouldBeGreaterThan(60);
        foreach (var (method, path) in paths)
        {
            foreach (var type in new[] { "multipart/form-data; boundary=x", "application/json" })
            {
                var answer = await Headers(
                    $"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {type}\r\nContent-Length: {Announced}\r\n\r\n");
                answer.ShouldNotBe("", $"{method} {path} waits for the body");
                Status(answer).ShouldBeOneOf([302, 400, 401, 403, 404, 405, 413, 415, 429], $"{method} {path}: {answer}");
            }
        }
    }

    [Fact]
    public async Task A_sign_in_without_a_length_is_cut_off_where_no_name_and_password_would_be_that_long()
    {
        using var client = await Connect();
        var stream = client.GetStream();
        await Write(stream,
            "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\n");
        var chunk = "2000\r\n" + new string('a', 0x2000) + "\r\n";
        for (var i = 0; i < 4; i++)
        {
            await Write(stream, chunk);
        }

        Status(await Answer(stream)).ShouldBe(413);
    }

    [Fact]
    public async Task A_form_of_somebody_who_may_send_it_has_a_limit_and_a_file_a_larger_one()
    {
        using var controller = await Browser.SignedIn(office.Site, "controller");
        Status(await Headers(
            $"POST /payments HTTP/1.1\r\nHost: {office.Site.Authority}\r\nCookie: {controller.Cookies.GetCookieHeader(office.Site)}\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 2000000\r\n\r\n")).ShouldBe(413);

        using var file = new MultipartFormDataContent { { new ByteArrayContent(new byte[2_000_000]), "file", "fx.csv" } };
        var answer = await controller.Send(HttpMethod.Post, "/fx", file);
        answer.StatusCode.ShouldNotBe(HttpStatusCode.RequestEntityTooLarge);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldNotContain("request.too-large");
    }

    [Fact]
    public async Task Who_may_not_do_it_is_refused_before_the_file_is_read()
    {
        using var auditor = await Browser.SignedIn(office.Site, "auditor");
        var cookie = auditor.Cookies.GetCookieHeader(office.Site);
        var answer = await Headers(
            $"POST /reconcile HTTP/1.1\r\nHost: {office.Site.Authority}\r\nCookie: {cookie}\r\n"
            + $"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {Announced}\r\n\r\n");
        Status(answer).ShouldBe(403);
    }

    [Fact]
    public async Task More_connections_than_the_limit_are_closed_and_taken_again_when_one_ends()
    {
        await using var app = Server.Build(office.Engine, 0, ocpi: new OcpiOptions { MostConnections = 3 });
        await app.StartAsync(Stop);
        var site = new Uri(Server.Address(app));
        var open = new List<TcpClient>();
        for (var i = 0; i < 3; i++)
        {
            open.Add(await Connect(site));
            await Write(open[i].GetStream(), "GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
            Status(await Answer(open[i].GetStream())).ShouldBe(200);
        }

        (await Health(site)).ShouldBe(0);
        open[0].Dispose();
        var patience = Stopwatch.StartNew();
        int status;
        while ((status = await Health(site)) != 200 && patience.Elapsed < Prompt)
        {
        }

        status.ShouldBe(200);
        open.ForEach(client => client.Dispose());
        await app.StopAsync(Stop);
    }

    private static async Task<int> Health(Uri site)
    {
        using var client = await Connect(site);
        try
        {
            await Write(client.GetStream(), "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            return await Answer(client.GetStream()) is { Length: > 0 } answer ? Status(answer) : 0;
        }
        catch (IOException)
        {
            return 0; // closed at once
        }
    }

    private static IReadOnlyList<string> Methods(Microsoft.AspNetCore.Routing.RouteEndpoint route) =>
        route.Metadata.OfType<Microsoft.AspNetCore.Routing.IHttpMethodMetadata>().LastOrDefault()?.HttpMethods ?? [];

    private static string Filled(string pattern) =>
        "/" + string.Join('/', pattern.Trim('/').Split('/').Select(part => part.Contains('{', StringComparison.Ordinal) ? "1" : part));

    private async Task<string> Headers(string request)
    {
        using var client = await Connect();
        await Write(client.GetStream(), request);
        return await Answer(client.GetStream());
    }

    private Task<TcpClient> Connect() => Connect(office.Site);

    private static async Task<TcpClient> Connect(Uri site)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, site.Port, Stop);
        return client;
    }

    private static Task Write(NetworkStream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text), Stop).AsTask();

    /// <summary>The first line of the answer; empty: none came.</summary>
    private static async Task<string> Answer(NetworkStream stream)
    {
        var buffer = new byte[256];
        try
        {
            var read = await stream.ReadAsync(buffer, Stop).AsTask().WaitAsync(Prompt, Stop);
            return Encoding.ASCII.GetString(buffer, 0, read).Split('\r')[0];
        }
        catch (TimeoutException)
        {
            return "";
        }
    }

    private static int Status(string line) => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
}
