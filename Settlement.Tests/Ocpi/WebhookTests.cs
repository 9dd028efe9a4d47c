using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Settlement.Api.Partners;
using Settlement.Domain.Intake;
using Settlement.Projections.EventStore;
using static Settlement.Tests.Ocpi.OcpiSite;

namespace Settlement.Tests.Ocpi;

/// <summary>Standard Webhooks 1.0.0, delivered from the log (rules-store 20).</summary>
public sealed class WebhookTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void The_signature_is_that_of_the_standards_own_example() =>
        // from the specification of Standard Webhooks, section on verifying
        Webhooks.Sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
            Encoding.UTF8.GetBytes("""{"test": 2432232314}"""))
        .ShouldBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");

    [Fact]
    public async Task A_partner_is_told_signed_and_once_and_only_of_its_own()
    {
        await using var site = await Begin(Open with { Notices = new EveryCdr() });
        await using var partner = await ScriptedPartner.Start("2.2.1", "US", "CPI");
        var token = await site.Token(Cpi);
        await site.Post(token, "/ocpi/2.2.1/cdrs", Ordinary("US-CPI", 2)[1]); // before: not told
        var set = await site.Put(token, "/ocpi/settlement/webhook", $$"""{"url":"{{partner.Address}}/hook"}""");
        var secret = (string)set.Data!["secret"]!;
        (await site.Get(token, "/ocpi/settlement/webhook")).Data!.ToJsonString().ShouldNotContain("whsec_"); // shown once

        await site.Post(token, "/ocpi/2.2.1/cdrs", Ordinary("US-CPI", 1)[0]);
        while (await site.Services.Webhooks.DeliverDue(Stop) > 0)
        {
        }

        var (headers, body) = partner.Told.ShouldHaveSingleItem();
        var (id, timestamp) = (headers["webhook-id"], headers["webhook-timestamp"]);
        id!.ShouldStartWith("msg_");
        long.Parse(timestamp!, CultureInfo.InvariantCulture).ShouldBeGreaterThan(1_700_000_000);
        headers["webhook-signature"].ShouldBe(Webhooks.Sign(secret, id, timestamp!, Encoding.UTF8.GetBytes(body)));
        (await site.Send(HttpMethod.Delete, token, "/ocpi/settlement/webhook", null)).Status.ShouldBe(1000);
        (await site.Get(token, "/ocpi/settlement/webhook")).Http.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_fails_is_tried_again_under_the_same_id_and_shown_meanwhile()
    {
        await using var site = await Begin(Open with { Notices = new EveryCdr() });
        await using var partner = await ScriptedPartner.Start("2.2.1", "US", "CPI");
        var token = await site.Token(Cpi);
        await site.Put(token, "/ocpi/settlement/webhook", $$"""{"url":"{{partner.Address}}/hook"}""");
        var ids = new List<string?>();
        var fails = true;
        partner.Instead = http =>
        {
            ids.Add(http.Request.Headers["webhook-id"]);
            http.Response.StatusCode = 500;
            return Task.FromResult(fails);
        };
        await site.Post(token, "/ocpi/2.2.1/cdrs", Ordinary("US-CPI", 1)[0]);
        await site.Services.Webhooks.DeliverDue(Stop);

        var failing = (await site.Services.Webhooks.Failing(Stop)).ShouldHaveSingleItem();
        (failing.Subscriber, failing.Attempts).ShouldBe(("webhook/US-CPI", 1));
        fails = false;
        (await new Projections.Partners.Subscriptions(site.Town.Engine.Store, []).Resume(failing.Tenant, failing.Subscriber, Stop)).ShouldBeTrue();
        while (await site.Services.Webhooks.DeliverDue(Stop) > 0)
        {
        }

        ids.Distinct().ShouldHaveSingleItem();
        partner.Told.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_foreign_partner_hears_nothing_and_a_hub_cannot_ask_to()
    {
        await using var site = await Begin(Open with { Notices = new EveryCdr() });
        await using var partner = await ScriptedPartner.Start("2.2.1", "MX", "EVX");
        var foreign = await site.Town.Engine.Tokens.Issue([Domain.Agreements.PartyId.Parse("MX-EVX")!.Value], site.Town.Engine.Now, "test", Stop);
        await site.Put(foreign, "/ocpi/settlement/webhook", $$"""{"url":"{{partner.Address}}/hook"}""");
        await site.Post(await site.Token(Cpi), "/ocpi/2.2.1/cdrs", Ordinary("US-CPI", 1)[0]);
        await site.Services.Webhooks.DeliverDue(Stop);
        partner.Told.ShouldBeEmpty();
        (await site.Put(await site.HubToken("NL-HUB", Cpi), "/ocpi/settlement/webhook", """{"url":"https://x.example/"}"""))
            .Http.ShouldBe(HttpStatusCode.NotFound);
    }

    /// <summary>Stands in for statements: any fact will do to try the machinery.</summary>
    private sealed class EveryCdr : INotices
    {
        public IReadOnlyList<string> EventTypes => ["cdr_received"];

        public Notice? Of(Recorded recorded) => recorded.Fact is CdrFact.CdrReceived cdr
            ? new Notice("test", JsonSerializer.SerializeToUtf8Bytes(new { type = "test", id = cdr.Cdr.Key.Id }))
            : null;
    }
}
