using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Settlement.Api.Ocpi;
using static Settlement.Tests.Ocpi.OcpiSite;

namespace Settlement.Tests.Ocpi;

/// <summary>OCPI 2.2.1 §4 (transport and format), the same for every endpoint; and what hostile callers get.</summary>
public sealed class FrameTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ids_are_echoed_and_routing_headers_change_places()
    {
        await using var site = await Begin();
        var reply = await site.Send(
            HttpMethod.Get, await site.Token(Cpi), "/ocpi/2.2.1/cdrs", null,
            ("X-Request-ID", "r-1"), ("X-Correlation-ID", "c-1"),
            ("OCPI-from-country-code", "US"), ("OCPI-from-party-id", "CPI"),
            ("OCPI-to-country-code", "CA"), ("OCPI-to-party-id", "FLO"));
        reply.Header("X-Request-ID").ShouldBe("r-1");
        reply.Header("X-Correlation-ID").ShouldBe("c-1");
        (reply.Header("OCPI-to-country-code"), reply.Header("OCPI-to-party-id")).ShouldBe(("US", "CPI"));
        (reply.Header("OCPI-from-country-code"), reply.Header("OCPI-from-party-id")).ShouldBe(("CA", "FLO"));
    }

    [Fact]
    public async Task A_list_is_paged_with_links_that_carry_all_filters()
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        foreach (var cdr in Ordinary("US-CPI", 3))
        {
            (await site.Post(token, "/ocpi/2.2.1/cdrs", cdr)).Status.ShouldBe(1000);
        }

        var first = await site.Get(token, "/ocpi/2.2.1/cdrs?date_from=2026-01-01T00:00:00Z&limit=2&x=1");
        first.Header("X-Total-Count").ShouldBe("3");
        first.Header("X-Limit").ShouldBe("500");
        first.Data!.AsArray().Count.ShouldBe(2);
        var link = first.Header("Link")!;
        link.ShouldBe($"<{site.Address}/ocpi/2.2.1/cdrs?date_from=2026-01-01T00%3A00%3A00Z&offset=2&limit=2>; rel=\"next\"");
        var second = await site.Get(token, link[1..link.IndexOf('>', StringComparison.Ordinal)]);
        second.Data!.AsArray().Count.ShouldBe(1);
        second.Header("Link").ShouldBeNull(); // absent on the last page
        (await site.Get(token, "/ocpi/2.2.1/cdrs?date_to=2026-01-01T00:00:00Z")).Header("X-Total-Count").ShouldBe("0");
        (await site.Get(token, "/ocpi/2.2.1/cdrs?limit=100000")).Data!.AsArray().Count.ShouldBe(3);
        foreach (var wrong in (string[])["limit=-1", "limit=0", "offset=x", "date_from=yesterday", "offset=99999999999999999999"])
        {
            (await site.Get(token, $"/ocpi/2.2.1/cdrs?{wrong}")).Status.ShouldBe(2001, wrong);
        }
    }

    [Fact]
    public async Task Unknown_paths_and_methods_are_told_in_the_envelope()
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        (await site.Get(token, "/ocpi/2.2.1/bookings")).Http.ShouldBe(HttpStatusCode.NotFound);
        (await site.Send(HttpMethod.Delete, token, "/ocpi/2.2.1/cdrs", null)).Http.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await site.Send(HttpMethod.Delete, null, "/ocpi/2.2.1/cdrs", null)).Http.ShouldBe(HttpStatusCode.Unauthorized);
        (await site.Get(token, "/ocpi/2.2.1/cdrs/US/CPI/a%2Fb")).Http.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_id_with_a_slash_is_stored_and_found()
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        var posted = await site.Post(token, "/ocpi/2.2.1/cdrs", With(Ordinary("US-CPI", 1)[0], node => node["id"] = "a/b %41&c"));
        posted.Http.ShouldBe(HttpStatusCode.Created);
        ((string?)(await site.Get(token, posted.Header("Location")!)).Data!["id"]).ShouldBe("a/b %41&c");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("{\"id\":\"1\",\"id\":\"2\"}")]
    [InlineData("{\"total_energy\":1e999999}")]
    [InlineData("{\"total_energy\":NaN}")]
    [InlineData("{\"id\":\"\\u0000\"}")]
    [InlineData("")]
    public async Task Hostile_bodies_are_refused_in_words_and_never_a_fault_of_ours(string body)
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        foreach (var (method, path) in Writing)
        {
            var reply = await site.Send(new HttpMethod(method), token, path, body);
            ((int)reply.Http).ShouldBeLessThan(500, $"{method} {path}");
            reply.Status.ShouldBeInRange(2000, 2999, $"{method} {path}");
            reply.Message!.ShouldNotContain("   at ");
        }
    }

    [Fact]
    public async Task Deep_and_huge_numbers_are_refused()
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        var deep = $"{{\"id\":{new string('[', 5000)}{new string(']', 5000)}}}";
        var number = With(Ordinary("US-CPI", 1)[0], node => node["total_energy"] = 1).Replace(
            "\"total_energy\":1", $"\"total_energy\":{new string('9', 5000)}", StringComparison.Ordinal);
        (await site.Post(token, "/ocpi/2.2.1/cdrs", deep)).Http.ShouldBe(HttpStatusCode.BadRequest);
        ((int)(await site.Post(token, "/ocpi/2.2.1/cdrs", number)).Http).ShouldBeLessThan(500);
        (await site.Put(token, "/ocpi/2.2.1/sessions/US/CPI/1", deep)).Http.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Over_ten_megabytes_is_413_with_and_without_a_length()
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        var big = new string(' ', (10 * 1024 * 1024) + 1);
        (await site.Post(token, "/ocpi/2.2.1/cdrs", big)).Http.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        using var client = new HttpClient { BaseAddress = new Uri(site.Address) };
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/ocpi/2.2.1/cdrs")
        {
            Content = new StreamContent(new MemoryStream(Encoding.ASCII.GetBytes(big))),
        };
        chunked.Headers.TransferEncodingChunked = true;
        chunked.Headers.TryAddWithoutValidation("Authorization", $"Token {token}");
        (await client.SendAsync(chunked, Stop)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_token_that_calls_too_often_and_an_address_that_guesses_wait()
    {
        await using var site = await Begin(Open with { RequestsPerSecond = 3, FailuresPerMinute = 3 });
        var token = await site.Token(Cpi);
        var other = await site.Token(Flo);
        var replies = new List<OcpiReply>();
        for (var i = 0; i < 20; i++)
        {
            replies.Add(await site.Get(token, "/ocpi/versions"));
        }

        var refused = replies.First(reply => reply.Http == HttpStatusCode.TooManyRequests);
        refused.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        (await site.Get(other, "/ocpi/versions")).Status.ShouldBe(1000); // the limit is the token's
        for (var i = 0; i < 3; i++)
        {
            (await site.Get("guess", "/ocpi/versions")).Http.ShouldBe(HttpStatusCode.Unauthorized);
        }

        (await site.Get("guess", "/ocpi/versions")).Http.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Fifty_clients_with_ten_megabytes_each_leave_memory_flat()
    {
        await using var site = await Begin(Open with { BodyPatience = TimeSpan.FromSeconds(60) });
        var token = await site.Token(Cpi);
        var body = Encoding.UTF8.GetBytes(With(Ordinary("US-CPI", 1)[0], node => node["x"] = new string('y', 9_900_000)));
        var port = new Uri(site.Address).Port;
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;

        var sending = Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Send(port, token, body)));
        while (!sending.IsCompleted)
        {
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
            await Task.WhenAny(sending, Task.Delay(20, Stop));
        }

        (await sending).ShouldAllBe(status => status.Contains("200") || status.Contains("201"));
        // the budget of 40 MB, what reading them takes, and nothing that grows with the number of clients
        ((most - before) / (1024 * 1024)).ShouldBeLessThan(250);
    }

    [Fact]
    public async Task Tariffs_with_unknown_members_are_taken()
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        var tariff = new JsonObject
        {
            ["country_code"] = "US", ["party_id"] = "CPI", ["id"] = "N", ["currency"] = "USD", ["status"] = "approved",
            ["elements"] = JsonNode.Parse("""[{"price_components":[{"type":"FLAT","price":1,"step_size":1}]}]"""),
            ["last_updated"] = "2026-09-01T00:00:00Z",
        };
        (await site.Put(token, "/ocpi/2.3.0/tariffs/US/CPI/N", tariff.ToJsonString())).Http.ShouldBe(HttpStatusCode.Created);
    }

    private static IEnumerable<(string Method, string Path)> Writing => OcpiEndpoints.All
        .Where(route => route.TakesBody && route.Module != "locations")
        .Select(route => (route.Method, route.Pattern.Replace("{country_code}", "US", StringComparison.Ordinal)
            .Replace("{party_id}", "CPI", StringComparison.Ordinal).Replace("{id}", "1", StringComparison.Ordinal)))
        .Where(route => route.Method != "PATCH" && !route.Item2.EndsWith("credentials", StringComparison.Ordinal));

    // by hand, so that the client does not hold fifty copies of the body itself
    private static async Task<string> Send(int port, string token, byte[] body)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Stop);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /ocpi/2.2.1/cdrs HTTP/1.1\r\nHost: x\r\nAuthorization: Token {token}\r\nContent-Type: application/json\r\n"
            + $"Connection: close\r\nContent-Length: {body.Length}\r\n\r\n"), Stop);
        await stream.WriteAsync(body, Stop);
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync(Stop) ?? "";
    }
}
