using System.Net;
using System.Text.Json.Nodes;
using Settlement.Api.Ocpi;
using Settlement.Api.Partners;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using static Settlement.Tests.Ocpi.OcpiSite;

namespace Settlement.Tests.Ocpi;

/// <summary>OCPI 2.2.1 §6 and §7 (2.1.1 and 2.3.0 alike): versions and credentials, in both directions.</summary>
public sealed class HandshakeTests
{
    public static TheoryData<string> Versions => ["2.1.1", "2.2.1", "2.3.0"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Token_A_is_exchanged_for_B_and_C_and_then_dead(string version)
    {
        await using var site = await Begin();
        await using var partner = await ScriptedPartner.Start(version, "US", "CPI");
        var tokenA = await site.TokenA(Cpi);

        var reply = await partner.Register($"{site.Address}/ocpi/versions", tokenA);

        reply.Status.ShouldBe(1000);
        partner.Token.ShouldNotBe(tokenA);
        ((string?)reply.Data!["url"]).ShouldBe($"{site.Address}/ocpi/versions");
        var roles = version == "2.1.1"
            ? [$"{reply.Data["country_code"]}-{reply.Data["party_id"]}"]
            : reply.Data["roles"]!.AsArray().Select(r => $"{r!["role"]} {r["country_code"]}-{r["party_id"]}").ToArray();
        roles.ShouldBe(version == "2.1.1" ? ["CA-FLO"] : ["CPO CA-FLO", "EMSP CA-FLO"]);
        OcpiObjects.Faults("Credentials", version, reply.Data).ShouldBeEmpty();
        partner.Calls.ShouldBe(["GET /versions", $"GET /{version}"]);
        (await partner.Call(HttpMethod.Get, $"{site.Address}/ocpi/versions", tokenA, null)).Http.ShouldBe(HttpStatusCode.Unauthorized);
        (await partner.Call(HttpMethod.Get, partner.Endpoint("credentials", null))).Data!["token"]!.ToString().ShouldBe(partner.Token);
        (await partner.Call(HttpMethod.Get, partner.Endpoint("cdrs", "SENDER"))).Status.ShouldBe(1000);
        var known = (await site.Town.Engine.Tokens.Fresh(Stop)).Partner("US-CPI")!;
        known.Credentials!.Version.ShouldBe(version);
        site.Services.Handshake.TokenFor(known).Token.ShouldBe("the-partners-token-B");
    }

    /// <summary>OCPI allows a name of 100 characters; ours may be longer.</summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public void Credentials_are_to_the_letter_whatever_a_party_is_called(string version)
    {
        var read = Enum.GetValues<OcpiVersion>().Single(each => each.Name() == version);
        foreach (var name in new[] { "FLO", "", new string('x', 99) + "\ud83d\ude00" })
        {
            var written = OcpiMerge.Bytes(json => Handshake.Write(
                json, read, "token", "https://settlement.example/ocpi/versions", [new PartnerRole("CPO", PartyId.Of("US", "CPI")!.Value, name)]));

            OcpiObjects.Faults("Credentials", version, JsonNode.Parse(written)).ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("""{"loitering":{},"bookings":{"since":"2025"}}""", "bookings loitering")]
    [InlineData("{}", "")]
    [InlineData("[\"loitering\"]", "")]
    public async Task The_features_that_a_partner_announces_are_kept(string announced, string kept)
    {
        await using var site = await Begin();
        await using var partner = await ScriptedPartner.Start("2.3.0", "US", "CPI");
        partner.Features = announced;

        (await partner.Register($"{site.Address}/ocpi/versions", await site.TokenA(Cpi))).Status.ShouldBe(1000);

        var known = (await site.Town.Engine.Tokens.Fresh(Stop)).Partner("US-CPI")!;
        string.Join(' ', known.Credentials!.Features).ShouldBe(kept);
        var ours = await partner.Call(HttpMethod.Get, $"{site.Address}/ocpi/2.3.0");
        ours.Data!["features"]!.ToJsonString().ShouldBe("""{"loitering":{}}""");
    }

    [Fact]
    public async Task A_token_of_registration_opens_versions_and_credentials_only()
    {
        await using var site = await Begin();
        var tokenA = await site.TokenA(Cpi);
        (await site.Get(tokenA, "/ocpi/versions")).Status.ShouldBe(1000);
        (await site.Get(tokenA, "/ocpi/2.2.1")).Status.ShouldBe(1000);
        foreach (var path in (string[])["/ocpi/2.2.1/cdrs", "/ocpi/2.2.1/tariffs", "/ocpi/settlement/webhook", "/ocpi/nowhere"])
        {
            (await site.Get(tokenA, path)).Http.ShouldBe(HttpStatusCode.Unauthorized, path);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task PUT_exchanges_the_tokens_again_and_DELETE_ends_the_connection(string version)
    {
        await using var site = await Begin();
        await using var partner = await ScriptedPartner.Start(version, "US", "CPI");
        await partner.Register($"{site.Address}/ocpi/versions", await site.TokenA(Cpi));
        var first = partner.Token;

        (await partner.Rotate("the-partners-second-B")).Status.ShouldBe(1000);

        partner.Token.ShouldNotBe(first);
        (await partner.Call(HttpMethod.Get, partner.Endpoint("cdrs", "SENDER"), first, null)).Http.ShouldBe(HttpStatusCode.Unauthorized);
        (await partner.Call(HttpMethod.Get, partner.Endpoint("cdrs", "SENDER"))).Status.ShouldBe(1000);
        (await partner.Call(HttpMethod.Delete, partner.Endpoint("credentials", null))).Status.ShouldBe(1000);
        (await partner.Call(HttpMethod.Get, partner.Endpoint("cdrs", "SENDER"))).Http.ShouldBe(HttpStatusCode.Unauthorized);
        (await site.Town.Engine.Tokens.Fresh(Stop)).Partner("US-CPI")!.Credentials.ShouldBeNull();
    }

    [Fact]
    public async Task POST_of_the_registered_and_PUT_and_DELETE_of_the_unregistered_are_405()
    {
        await using var site = await Begin();
        await using var partner = await ScriptedPartner.Start("2.2.1", "US", "CPI");
        var tokenA = await site.TokenA(Cpi);
        const string Path = "/ocpi/2.2.1/credentials";
        (await site.Put(tokenA, Path, partner.Credentials("b"))).Http.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await site.Send(HttpMethod.Delete, tokenA, Path, null)).Http.ShouldBe(HttpStatusCode.MethodNotAllowed);
        await partner.Register($"{site.Address}/ocpi/versions", tokenA);
        (await site.Post(partner.Token, Path, partner.Credentials("b"))).Http.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task A_partner_that_cannot_be_called_is_told_3001_and_token_A_stays_good()
    {
        await using var site = await Begin();
        await using var partner = await ScriptedPartner.Start("2.2.1", "US", "CPI");
        partner.Accepts.Clear();
        var tokenA = await site.TokenA(Cpi);
        (await partner.Register($"{site.Address}/ocpi/versions", tokenA)).Status.ShouldBe(3001);
        (await site.Get(tokenA, "/ocpi/versions")).Status.ShouldBe(1000);
    }

    [Fact]
    public async Task A_partner_without_the_version_is_told_3002_and_one_without_credentials_3003()
    {
        await using var site = await Begin();
        await using var partner = await ScriptedPartner.Start("2.2.1", "US", "CPI");
        var tokenA = await site.TokenA(Cpi);
        (await site.Post(tokenA, "/ocpi/2.3.0/credentials", partner.Credentials("the-partners-token-B"))).Status.ShouldBe(3002);
        partner.Instead = async http =>
        {
            if (http.Request.Path != "/2.2.1")
            {
                return false;
            }

            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
                http.Response, """{"data":{"version":"2.2.1","endpoints":[]},"status_code":1000}""", Stop);
            return true;
        };
        (await site.Post(tokenA, "/ocpi/2.2.1/credentials", partner.Credentials("the-partners-token-B"))).Status.ShouldBe(3003);
    }

    [Fact]
    public async Task A_token_registers_only_the_parties_it_was_given_out_for()
    {
        await using var site = await Begin();
        await using var partner = await ScriptedPartner.Start("2.2.1", "US", "CPI");
        var reply = await site.Post(await site.TokenA(Flo), "/ocpi/2.2.1/credentials", partner.Credentials("b"));
        reply.Status.ShouldBe(2001);
        reply.Message!.ShouldContain("(credentials.foreign-party)");
        partner.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_two_registrations_with_one_token_one_wins()
    {
        await using var site = await Begin();
        await using var partner = await ScriptedPartner.Start("2.2.1", "US", "CPI");
        var tokenA = await site.TokenA(Cpi);
        var replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            site.Post(tokenA, "/ocpi/2.2.1/credentials", partner.Credentials("the-partners-token-B"))));
        replies.Count(reply => reply.Status == 1000).ShouldBe(1);
        replies.Count(reply => reply.Http is HttpStatusCode.MethodNotAllowed or HttpStatusCode.Unauthorized).ShouldBe(3);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task We_register_with_a_partner_and_are_called_with_what_we_gave(string version)
    {
        await using var site = await Begin();
        await using var partner = await ScriptedPartner.Start(version, "US", "CPI");
        partner.Accepts.Clear();
        partner.Accepts.Add("their-token-A");

        (await site.Services.Registration.Register(
            [Cpi], $"{partner.Address}/versions", "their-token-A", site.Address, null, "test", Stop)).ShouldBeNull();

        var known = (await site.Town.Engine.Tokens.Fresh(Stop)).Partner("US-CPI")!;
        site.Services.Handshake.TokenFor(known).Token.ShouldBe("the-partners-token-C");
        (await partner.Call(HttpMethod.Get, partner.Endpoint("cdrs", "SENDER"))).Status.ShouldBe(1000);
        var before = partner.Token;
        (await site.Services.Registration.Rotate(known, site.Address, "test", Stop)).ShouldBeNull();
        (await partner.Call(HttpMethod.Get, partner.Endpoint("cdrs", "SENDER"))).Status.ShouldBe(1000);
        (await partner.Call(HttpMethod.Get, partner.Endpoint("cdrs", "SENDER"), before, null)).Http.ShouldBe(HttpStatusCode.Unauthorized);
        known = (await site.Town.Engine.Tokens.Fresh(Stop)).Partner("US-CPI")!;
        var last = partner.Token;
        (await site.Services.Registration.Unregister(known, "test", Stop)).ShouldBeNull();
        (await partner.Call(HttpMethod.Get, partner.Endpoint("cdrs", "SENDER"), last, null)).Http.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Tokens_are_in_no_table_in_clear()
    {
        await using var site = await Begin();
        await using var partner = await ScriptedPartner.Start("2.2.1", "US", "CPI");
        var tokenA = await site.TokenA(Cpi);
        await partner.Register($"{site.Address}/ocpi/versions", tokenA);
        var facts = await site.Town.Database.Value<string>("select string_agg(data::text, ' ') from log.mt_events where tenant_id = '@admin'");
        facts.ShouldNotContain(tokenA);
        facts.ShouldNotContain(partner.Token);
        facts.ShouldNotContain("the-partners-token-B");
    }

    [Fact]
    public async Task A_token_is_listed_by_its_hash_and_ended_by_it()
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        var hash = Api.Auth.PartnerTokens.Hash(token);
        (await site.Town.Program("tokens")).Output.ShouldContain(hash[..12]);
        (await site.Town.Program("tokens", "--revoke", hash[..12])).Exit.ShouldBe(0);
        await site.Town.Engine.Tokens.Fresh(Stop);
        (await site.Get(token, "/ocpi/versions")).Http.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_version_details_name_every_module_of_the_table_once_per_role()
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        (await site.Get(token, "/ocpi/2.1.1")).Data!["endpoints"]!.AsArray().Select(e => (string?)e!["identifier"])
            .ShouldBe(["credentials", "cdrs", "tariffs", "locations", "sessions"]);
        (await site.Get(token, "/ocpi/2.3.0")).Data!["endpoints"]!.AsArray()
            .Select(e => $"{e!["identifier"]} {e["role"]}").ShouldBe(
            [
                "credentials SENDER", "cdrs SENDER", "cdrs RECEIVER", "tariffs SENDER", "tariffs RECEIVER",
                "locations RECEIVER", "sessions RECEIVER", "invoicereconciliation SENDER", "invoicereconciliation RECEIVER",
            ]);
    }
}
