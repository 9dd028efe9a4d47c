using System.Net;
using System.Net.Sockets;
using System.Text;
using Settlement.Api.Ocpi;
using static Settlement.Tests.Ocpi.OcpiSite;

namespace Settlement.Tests.Ocpi;

/// <summary>One partner's bodies, many, large and slow, on a real connection: nobody else waits for them.</summary>
public sealed class BodyTurnsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_partner_that_sends_large_bodies_slowly_holds_up_its_own_and_nobody_elses()
    {
        await using var site = await OcpiSite.Begin(Open with { BodyPatience = TimeSpan.FromSeconds(1) });
        var (slow, prompt) = (await site.Token(Cpi), await site.Token(Flo));
        var trickling = new List<TcpClient>();
        for (var i = 0; i < 8; i++)
        {
            trickling.Add(await Begin(site, slow, 5_000_000, "[")); // the rest does not come
        }

        var body = With(Ordinary("CA-FLO", 1)[0], node => node["x"] = new string('y', 1_000_000));
        (await site.Post(prompt, "/ocpi/2.2.1/cdrs", body)).Http.ShouldBe(HttpStatusCode.Created);
        // it would have been told to come again after a second of waiting
        // its own wait for their turn, and are told to come again
        (await site.Post(slow, "/ocpi/2.2.1/cdrs", new string(' ', 100_000))).Http.ShouldBe(HttpStatusCode.TooManyRequests);
        // what is small needs no turn
        (await site.Post(slow, "/ocpi/2.2.1/cdrs", Ordinary("US-CPI", 1)[0])).Http.ShouldBe(HttpStatusCode.Created);
        trickling.ForEach(client => client.Dispose());
    }

    [Theory]
    [InlineData(5_000_000)] // with a turn
    [InlineData(1000)]
    public async Task A_body_that_does_not_arrive_in_time_is_given_up_and_its_turn_is_free(int length)
    {
        await using var site = await OcpiSite.Begin(Open with
        {
            BodyBudget = BodyGate.MostBytes, BodyDeadline = TimeSpan.FromSeconds(1), BodyPatience = TimeSpan.FromSeconds(10),
        });
        var token = await site.Token(Cpi);
        using var late = await Begin(site, token, length, "[");
        var next = site.Post(token, "/ocpi/2.2.1/cdrs", new string(' ', 100_000)); // waits for the only turn

        using var reader = new StreamReader(late.GetStream());
        (await reader.ReadLineAsync(Stop)).ShouldBe("HTTP/1.1 408 Request Timeout");
        (await next).Http.ShouldBe(HttpStatusCode.BadRequest); // its turn came: read, and no CDR
    }

    [Fact]
    public async Task A_turn_that_nobody_takes_in_time_is_left_and_none_is_lost()
    {
        var turns = new SharedTurns(2, 1);
        var first = await turns.Take("a", TimeSpan.Zero, Stop);
        (await turns.Take("a", TimeSpan.FromMilliseconds(20), Stop)).ShouldBeNull(); // its share
        var other = await turns.Take("b", TimeSpan.Zero, Stop);
        (await turns.Take("c", TimeSpan.FromMilliseconds(20), Stop)).ShouldBeNull(); // none left
        using var gone = new CancellationTokenSource();
        var waiting = turns.Take("c", TimeSpan.FromMinutes(1), gone.Token);
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
        first!.Dispose();
        first.Dispose(); // given back once
        other!.Dispose();

        var again = await Task.WhenAll(turns.Take("c", TimeSpan.Zero, Stop), turns.Take("d", TimeSpan.Zero, Stop));
        again.ShouldAllBe(turn => turn != null);
        (await turns.Take("e", TimeSpan.Zero, Stop)).ShouldBeNull();
    }

    private static async Task<TcpClient> Begin(OcpiSite site, string token, int length, string start)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(site.Address).Port, Stop);
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST /ocpi/2.2.1/cdrs HTTP/1.1\r\nHost: x\r\nAuthorization: Token {token}\r\n"
                + $"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{start}"),
            Stop);
        return client;
    }
}
