using Microsoft.AspNetCore.Http.Features;

namespace Settlement.Api.Serve;

/// <summary>
/// How much of a request's body is read: before it is known who sends it as much as a sign-in takes, afterwards what
/// the route needs. What is over the limit is not read from the connection, which then closes.
/// </summary>
internal static class BodyLimits
{
    /// <summary>From somebody unknown.</summary>
    public const long Stranger = 16 * 1024;

    /// <summary>A form that brings no file.</summary>
    public const long Form = 1024 * 1024;

    /// <summary>A file, or a document for an API.</summary>
    public const long Document = 11 * 1024 * 1024;

    /// <summary>Sets the limit, unless the body is being read already.</summary>
    public static void Allow(HttpContext http, long bytes)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = bytes;
        }
    }

    /// <summary>The length that the request announces is over its limit.</summary>
    public static bool IsTooLong(HttpContext http) =>
        http.Request.ContentLength > http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
}
