using System.Net;
using Settlement.Api.Ocpi;
using Settlement.Api.Partners;
using static Settlement.Tests.Ocpi.OcpiSite;

namespace Settlement.Tests.Ocpi;

/// <summary>OWASP API 7: addresses that others name reach nothing of ours.</summary>
public sealed class EgressTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("198.18.0.1")]
    [InlineData("192.0.2.1")]
    [InlineData("203.0.113.9")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:0:1::")]
    public void Addresses_that_no_partner_has_are_not_public(string address) =>
        Egress.IsPublic(IPAddress.Parse(address)).ShouldBeFalse();

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("193.168.1.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:8.8.8.8")]
    public void Addresses_of_the_internet_are_public(string address) =>
        Egress.IsPublic(IPAddress.Parse(address)).ShouldBeTrue();

    [Theory]
    [InlineData("http://partner.example/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://user:secret@partner.example/")]
    [InlineData("ftp://partner.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("partner.example")]
    [InlineData(null)]
    public void Only_https_to_a_public_host_is_called(string? url) =>
        Egress.Check(url, allowPrivate: false, out _).ShouldNotBeNull();

    [Fact]
    public async Task A_name_that_leads_to_this_machine_is_refused_when_the_connection_is_made()
    {
        using var client = new HttpClient(Egress.Handler(allowPrivate: false));
        var failure = await Should.ThrowAsync<HttpRequestException>(client.GetAsync("https://localhost:1/", Stop));
        failure.InnerException.ShouldBeOfType<EgressRefusedException>().Refusal.Code.ShouldBe("url.private-address");
    }

    [Fact]
    public async Task Without_the_switch_a_partner_on_this_machine_cannot_be_registered_or_told()
    {
        await using var site = await Begin(new OcpiOptions());
        await using var partner = await ScriptedPartner.Start("2.2.1", "US", "CPI");
        var reply = await site.Post(await site.TokenA(Cpi), "/ocpi/2.2.1/credentials", partner.Credentials("the-partners-token-B"));
        reply.Status.ShouldBe(3001);
        var token = await site.Token(Cpi);
        foreach (var url in (string[])[$"{partner.Address}/hook", "https://169.254.169.254/", "https://[fd00::1]/"])
        {
            (await site.Put(token, "/ocpi/settlement/webhook", $$"""{"url":"{{url}}"}""")).Message!.ShouldContain("(url.");
        }

        partner.Calls.ShouldBeEmpty();
    }
}
