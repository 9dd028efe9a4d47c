using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Settlement.Domain.Agreements;
using Settlement.Projections.EventStore;
using Settlement.Projections.Partners;

namespace Settlement.Api.Partners;

/// <summary>What a fact tells a partner; ids and digests only.</summary>
/// <param name="Type">As in <c>statement.issued</c>.</param>
/// <param name="Json">The whole payload; below 20 kB.</param>
public sealed record Notice(string Type, byte[] Json);

/// <summary>Which facts partners are told of, and how they read.</summary>
public interface INotices
{
    /// <summary>Stored names of the facts; nothing else is read.</summary>
    IReadOnlyList<string> EventTypes { get; }

    /// <summary>Null: this one is not told.</summary>
    Notice? Of(Recorded recorded);
}

/// <summary>
/// Tells partners by webhook, from the log, at least once and with retries over days; signed as Standard Webhooks has it.
/// </summary>
public sealed class Webhooks(Engine engine, INotices notices, bool allowPrivate) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly HttpClient client = new(Egress.Handler(allowPrivate)) { Timeout = Patience };

    private INotices Notices { get; } = notices;

    public async Task<int> DeliverDue(CancellationToken stop) =>
        await Subscribers(stop) is { Count: > 0 } subscribers
            ? await new Subscriptions(engine.Store, subscribers, engine.Clock).DeliverDue(stop)
            : 0;

    public async Task<IReadOnlyList<FailingDelivery>> Failing(CancellationToken stop) =>
        [.. (await new Subscriptions(engine.Store, [], engine.Clock).Failing(stop))
            .Where(f => f.Subscriber.StartsWith(Prefix, StringComparison.Ordinal))];

    /// <summary>From now on: what happened before the webhook was set is not told.</summary>
    public async Task Begin(string partner, CancellationToken stop)
    {
        var own = (await Subscribers(stop)).Where(s => s.Name == Prefix + partner).ToList();
        await new Subscriptions(engine.Store, own, engine.Clock).DeliverDue(stop);
    }

    /// <summary>32 random bytes, in the form receivers' libraries take.</summary>
    public static string NewSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Standard Webhooks 1.0.0: <c>v1,</c> and HMAC-SHA256 over id, timestamp and body.</summary>
    public static string Sign(string secret, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hash.AppendData(body);
        return $"v1,{Convert.ToBase64String(hash.GetHashAndReset())}";
    }

    public void Dispose() => client.Dispose();

    private const string Prefix = "webhook/";

    private async Task<IReadOnlyList<ISubscriber>> Subscribers(CancellationToken stop)
    {
        var book = await engine.Books.Current(stop);
        return [.. (await engine.Tokens.Current(stop)).Partners
            .Where(partner => partner is { Webhook: not null, Hub: null })
            .Select(partner => new Subscriber(this, partner, [.. partner.Parties.Select(book.Home)]))];
    }

    private async Task Send(AccessFact.WebhookSet webhook, string deliveryId, Notice notice, CancellationToken stop)
    {
        if (Egress.Check(webhook.Url, allowPrivate, out var uri) is { } refusal)
        {
            throw new EgressRefusedException(refusal);
        }

        var secret = Encoding.UTF8.GetString(engine.Vault.OpenDocument("@admin", webhook.SealedSecret));
        // an id of any length and letters as one of the form that receivers keep
        var id = "msg_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(deliveryId)).AsSpan(0, 16));
        var timestamp = engine.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new ByteArrayContent(notice.Json) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", Sign(secret, id, timestamp, notice.Json));
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"The receiver answered {(int)response.StatusCode}.");
        }
    }

    /// <summary>One partner's: its failures hold up nobody else.</summary>
    private sealed class Subscriber(Webhooks webhooks, Partner partner, HashSet<PartyId> homes) : ISubscriber
    {
        public string Name => Prefix + partner.Key;

        public bool FromStart => false;

        public IReadOnlyList<string>? EventTypes => webhooks.Notices.EventTypes;

        public Task Deliver(string deliveryId, Recorded e, CancellationToken stop) =>
            Relationship.Parse(e.Tenant) is { } pair && (homes.Contains(pair.A) || homes.Contains(pair.B))
            && webhooks.Notices.Of(e) is { } notice
                ? webhooks.Send(partner.Webhook!, deliveryId, notice, stop)
                : Task.CompletedTask;
    }

}
