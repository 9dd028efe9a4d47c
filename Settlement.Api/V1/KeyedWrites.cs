using System.Security.Cryptography;
using System.Text;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Domain.People;
using Settlement.Projections.EventStore;

namespace Settlement.Api.V1;

/// <summary>
/// A write with an <c>Idempotency-Key</c> is done once: asked again it gets the first answer, another request under
/// the key is refused. The answers are in the log, so that this holds on every instance and after a restart.
/// </summary>
internal static class KeyedWrites
{
    /// <summary>The reserved tenant of answers.</summary>
    public const string Tenant = "@api";

    private const string Header = "Idempotency-Key";

    private const int LongestKey = 100;

    /// <summary>
    /// The id for the store's command of this request: with the same key the same, so that a write is stored once
    /// even where its answer was lost. Without a key each request is its own.
    /// </summary>
    public static string CommandId(this HttpContext http) =>
        Key(http) is { } key ? $"api/{http.Actor()}/{key}" : $"api/{Guid.CreateVersion7():N}";

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

        var store = http.RequestServices.GetRequiredService<Engine>().Store;
        var stream = $"answer/{http.Actor()}/{key}";
        var digest = await Digest(http);
        await foreach (var recorded in store.ReadStream(Tenant, stream, stop: http.RequestAborted))
        {
            return Again((ApiFact.RequestAnswered)recorded.Fact, digest);
        }

        var answer = await next(context);
        if (answer is ApiAnswer { Refusal: null } done)
        {
            await Keep(http, store, stream, digest, done);
        }

        return answer;
    }

    private static ApiAnswer Again(ApiFact.RequestAnswered given, string digest) => given.RequestSha256 == digest
        ? ApiAnswer.Again(given.Status, Encoding.UTF8.GetBytes(given.Body))
        : ApiAnswer.No(new Refusal(
            "command.reused", $"This {Header} was used for another request; a new request needs a new key."));

    private static async Task Keep(HttpContext http, EventStore store, string stream, string digest, ApiAnswer done)
    {
        var now = http.RequestServices.GetRequiredService<Engine>().Now;
        var fact = new ApiFact.RequestAnswered(digest, done.Status, Encoding.UTF8.GetString(done.Body), now);
        await store.Append(
            Tenant,
            new StoreCommand(stream, Convert.FromHexString(digest), [new(stream, "answer", 0, [fact])], http.Actor()),
            http.RequestAborted);
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
