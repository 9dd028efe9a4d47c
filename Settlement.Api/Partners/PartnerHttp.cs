using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Polly;
using Polly.Retry;
using Settlement.Domain;

namespace Settlement.Api.Partners;

/// <summary>How a partner is called.</summary>
/// <param name="IsRaw">The token as it is; else in base64, as OCPI 2.2 asks.</param>
public sealed record PartnerToken(string Token, bool IsRaw)
{
    public string Header => $"Token {(IsRaw ? Token : Convert.ToBase64String(Encoding.UTF8.GetBytes(Token)))}";
}

/// <summary>What a partner answered; the caller disposes of it.</summary>
/// <param name="Body">The envelope; null where the answer is no JSON object.</param>
public sealed record PartnerReply(
    HttpStatusCode Http, JsonDocument? Body, string? Next, long? Total, string? Reason) : IDisposable
{
    /// <summary>The OCPI status; 0 = there is none.</summary>
    public int Status => Body is { RootElement.ValueKind: JsonValueKind.Object } body
        && body.RootElement.TryGetProperty("status_code", out var code) && code.TryGetInt32(out var number) ? number : 0;

    public bool IsGood => (int)Http is >= 200 and < 300 && Status is >= 1000 and < 2000;

    public JsonElement? Data => Body is { RootElement.ValueKind: JsonValueKind.Object } body
        && body.RootElement.TryGetProperty("data", out var data) ? data : null;

    /// <summary>For a log or a page: numbers only, because the rest is the partner's text.</summary>
    public string Verdict => Reason ?? $"HTTP {(int)Http}, OCPI status {Status}";

    public void Dispose() => Body?.Dispose();
}

/// <summary>Calls partners: bounded in time and size, tried again with growing pauses where that may help.</summary>
public sealed class PartnerHttp : IDisposable
{
    private const int MostBytes = 32 * 1024 * 1024;
    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 64 };
    private readonly HttpClient client;
    private readonly ResiliencePipeline<PartnerReply> pipeline;

    /// <param name="pause">The first pause; each following one is twice as long, with some chance in it.</param>
    public PartnerHttp(bool allowPrivate, TimeSpan? pause = null, TimeProvider? clock = null)
    {
        AllowsPrivate = allowPrivate;
        client = new HttpClient(Egress.Handler(allowPrivate)) { Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("settlement", "1.0"));
        pipeline = new ResiliencePipelineBuilder<PartnerReply> { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions<PartnerReply>
            {
                MaxRetryAttempts = 3,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = pause ?? TimeSpan.FromSeconds(1),
                MaxDelay = TimeSpan.FromSeconds(30),
                ShouldHandle = new PredicateBuilder<PartnerReply>()
                    .HandleResult(reply => (int)reply.Http is 408 or 429 or 0 or >= 500),
            })
            .Build();
    }

    public bool AllowsPrivate { get; }

    public Task<PartnerReply> Get(string url, PartnerToken token, CancellationToken stop) =>
        Send(HttpMethod.Get, url, token, null, stop);

    /// <summary>Sends until it is answered or tried often enough; an outage is an answer too.</summary>
    public async Task<PartnerReply> Send(
        HttpMethod method, string url, PartnerToken token, byte[]? body, CancellationToken stop)
    {
        if (Egress.Check(url, AllowsPrivate, out var uri) is { } refusal)
        {
            return Failed(refusal);
        }

        var correlation = Guid.NewGuid().ToString();
        return await pipeline.ExecuteAsync(
            async inner =>
            {
                using var request = new HttpRequestMessage(method, uri);
                request.Headers.TryAddWithoutValidation("Authorization", token.Header);
                request.Headers.Add("X-Request-ID", Guid.NewGuid().ToString());
                request.Headers.Add("X-Correlation-ID", correlation);
                if (body is not null)
                {
                    request.Content = new ByteArrayContent(body);
                    request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                }

                return await Once(request, inner);
            },
            stop);
    }

    public void Dispose() => client.Dispose();

    private async Task<PartnerReply> Once(HttpRequestMessage request, CancellationToken stop)
    {
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            if ((int)response.StatusCode is >= 300 and < 400)
            {
                return new PartnerReply(response.StatusCode, null, null, null, "It redirects; redirects are not followed.");
            }

            await response.Content.LoadIntoBufferAsync(MostBytes, stop);
            var bytes = await response.Content.ReadAsByteArrayAsync(stop);
            return new PartnerReply(
                response.StatusCode, Parse(bytes), Next(response), Total(response), null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException
            || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return e.InnerException is EgressRefusedException refused ? Failed(refused.Refusal)
                : e is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded }
                    ? new PartnerReply(HttpStatusCode.BadRequest, null, null, null, "It answers with more than 32 MB.")
                    : new PartnerReply(default, null, null, null, "It cannot be reached.");
        }
    }

    private static PartnerReply Failed(Refusal refusal) =>
        new(HttpStatusCode.Forbidden, null, null, null, refusal.ToString());

    private static JsonDocument? Parse(byte[] bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes, Limits); // what is wrong with one object of a page is for its reader to say
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static long? Total(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Total-Count", out var values) && long.TryParse(values.First(), out var total)
            ? total
            : null;

    private static string? Next(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Link", out var values) ? LinkHeader.Next(values) : null;
}
