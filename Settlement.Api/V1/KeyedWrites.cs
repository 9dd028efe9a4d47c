using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.People;
using Settlement.Projections.EventStore;

namespace Settlement.Api.V1;

/// <summary>
/// A write with an <c>Idempotency-Key</c> is done once: asked again it gets the first answer, also where that was a
/// refusal; another request under the key is refused. Keys and answers are in the log, so that this holds on every
/// instance and after a restart. What was cut off in the middle is decided again on what is stored.
/// </summary>
internal static class KeyedWrites
{
    /// <summary>The reserved tenant of answers.</summary>
    public const string Tenant = "@api";

    private const string Header = "Idempotency-Key";

    private const int LongestKey = 100;

    private static readonly Duration Longest = Duration.FromMinutes(1);

    /// <summary>Bodies are read twice: for the digest and for the handler.</summary>
    public static Task Buffer(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Headers.ContainsKey(Header))
        {
            http.Request.EnableBuffering();
        }

        return next(http);
    }

    public static async ValueTask<object?> Once(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (Key(http) is not { } key)
        {
            return http.Request.Headers.ContainsKey(Header)
                ? ApiAnswer.No(new Refusal("idempotency-key.malformed", $"An {Header} has 1 to {LongestKey} printable characters."))
                : await next(context);
        }

        var asked = new Asked(http, $"answer/{http.Actor()}/{key}", await Digest(http));
        var (given, version) = await Begin(asked);
        if (given is not null)
        {
            return given;
        }

        ApiAnswer? answer = null;
        try
        {
            var told = await next(context);
            answer = told as ApiAnswer;
            return told;
        }
        finally
        {
            // what broke may be tried again at once
            var now = asked.Engine.Now;
            await Record(asked, version, answer is { Status: < StatusCodes.Status500InternalServerError } done
                ? new ApiFact.RequestAnswered(asked.Digest, done.Status, Encoding.UTF8.GetString(done.Body), now)
                {
                    Code = done.Refusal?.Code,
                    Message = done.Refusal?.Message,
                }
                : new ApiFact.RequestBegun(asked.Digest, now));
        }
    }

    private sealed record Asked(HttpContext Http, string Stream, string Digest)
    {
        public Engine Engine { get; } = Http.RequestServices.GetRequiredService<Engine>();
    }

    /// <summary>The answer there is already, or the version of the key's stream on which this request goes on.</summary>
    private static async Task<(ApiAnswer? Given, long Version)> Begin(Asked asked)
    {
        while (true)
        {
            var last = await asked.Engine.Store.LastEvent(Tenant, asked.Stream, asked.Http.RequestAborted);
            var now = asked.Engine.Now;
            switch (last?.Fact)
            {
                case ApiFact fact when fact.RequestSha256 != asked.Digest:
                    return (ApiAnswer.No(new Refusal(
                        "command.reused", $"This {Header} was used for another request; a new request needs a new key.")), 0);
                case ApiFact.RequestAnswered { Code: { } code } refused:
                    return (ApiAnswer.No(refused.Status, new Refusal(code, refused.Message ?? "")), 0);
                case ApiFact.RequestAnswered done:
                    return (ApiAnswer.Again(done.Status, Encoding.UTF8.GetBytes(done.Body)), 0);
                case ApiFact.RequestBegun begun when now < begun.Until:
                    asked.Http.Response.Headers.RetryAfter = "1";
                    return (ApiAnswer.No(StatusCodes.Status409Conflict, new Refusal(
                        "command.running", "The same request is being done; ask again in a moment.")), 0);
                default:
                    var version = last?.Version ?? 0;
                    if (await Record(asked, version, new ApiFact.RequestBegun(asked.Digest, now + Longest)))
                    {
                        return (null, version + 1);
                    }

                    break; // somebody else began it
            }
        }
    }

    private static async Task<bool> Record(Asked asked, long version, ApiFact fact)
    {
        var id = $"{asked.Stream}@{version + 1}/{Guid.CreateVersion7():N}";
        return await asked.Engine.Store.Append(
            Tenant,
            new StoreCommand(
                id, SHA256.HashData(Encoding.UTF8.GetBytes(id)), [new(asked.Stream, "answer", version, [fact])],
                asked.Http.Actor()),
            CancellationToken.None) is AppendAnswer.Stored;
    }

    private static async Task<string> Digest(HttpContext http)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}\n"));
        http.Request.Body.Position = 0;
        var buffer = new byte[16 * 1024];
        for (int read; (read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
        }

        http.Request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string? Key(HttpContext http) =>
        http.Request.Headers[Header].ToString() is { Length: > 0 and <= LongestKey } key
            && key.All(c => c is > ' ' and <= '~')
            ? key
            : null;
}
