using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Net.Http.Headers;
using Settlement.Api.People;
using Settlement.Domain;

namespace Settlement.Api.V1;

/// <summary>An answer of the finance API: a record as JSON, a document as it is, or a refusal.</summary>
/// <remarks>Reads carry an ETag, the SHA-256 of what is sent: unchanged since last time costs no transfer.</remarks>
public sealed class ApiAnswer : IResult
{
    /// <summary>Names in snake_case, as OCPI and our files write them; null is left out.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private ApiAnswer(int status, byte[] body, Refusal? refusal) => (Status, Body, Refusal) = (status, body, refusal);

    public int Status { get; }

    public Refusal? Refusal { get; }

    internal byte[] Body { get; }

    /// <summary>Where the next page is; sent as a Link header too.</summary>
    internal string? Next { get; init; }

    public static ApiAnswer Of<T>(T value, int status = StatusCodes.Status200OK) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(value, Json), null);

    /// <summary>A document that something else writes, such as the report of the command line.</summary>
    public static ApiAnswer Document(Action<Stream> write)
    {
        using var body = new MemoryStream();
        write(body);
        return new ApiAnswer(StatusCodes.Status200OK, body.ToArray(), null);
    }

    internal ApiAnswer LinkedTo(string next) => new(Status, Body, Refusal) { Next = next };

    /// <summary>JSON that was made before.</summary>
    internal static ApiAnswer Again(int status, byte[] body) => new(status, body, null);

    /// <summary>No, as problem+json with the refusal's code: 404 for what is unknown, 400, 403 or 409.</summary>
    public static ApiAnswer No(Refusal refusal) => new(StatusOf(refusal.Code), [], refusal);

    public static ApiAnswer No(int status, Refusal refusal) => new(status, [], refusal);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (Refusal is { } refusal)
        {
            await Problems.Of(Status, refusal).ExecuteAsync(httpContext);
            return;
        }

        var (request, response) = (httpContext.Request, httpContext.Response);
        if (Next is { } next)
        {
            response.Headers.Link = $"<{next}>; rel=\"next\"";
        }

        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Body))[..32]}\"";
            response.Headers.ETag = tag;
            if (request.GetTypedHeaders().IfNoneMatch.Any(given => given.Compare(new EntityTagHeaderValue(tag), useStrongComparison: false)))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        response.StatusCode = Status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = Body.Length;
        await response.Body.WriteAsync(Body, httpContext.RequestAborted);
    }

    /// <summary>By the words of our codes: what is unknown is not found, what was decided otherwise conflicts.</summary>
    private static int StatusOf(string code) => code.Split('.')[^1] switch
    {
        "unknown" or "none" or "missing" or "not-proposed" => StatusCodes.Status404NotFound,
        "not-allowed" or "same-person" or "forbidden-pair" => StatusCodes.Status403Forbidden,
        "reused" or "conflict" or "exists" or "not-closed" or "already-issued" => StatusCodes.Status409Conflict,
        "behind" or "unreachable" => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };
}
