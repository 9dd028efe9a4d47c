using Microsoft.AspNetCore.Http.Features;
using Settlement.Api.Files;

namespace Settlement.Api.Pages;

/// <summary>Files made while they are sent, in flat memory; the bytes are the command line's.</summary>
internal static class Downloads
{
    public static IResult Of(string format, string name, Func<Stream, Task> write) =>
        Of(format, ["csv", "json"], name, write);

    public static IResult Of(
        string format, IReadOnlyList<string> formats, string name, Func<Stream, Task> write) =>
        formats.Contains(format, StringComparer.Ordinal)
            ? new Download(FileTypes.Of(format), $"{name}.{format}", write)
            : PageAnswer.Unknown(
                "format.unknown", $"There is no {format} of this; there are {string.Join(", ", formats)}.");

    private sealed class Download(string type, string name, Func<Stream, Task> write) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            // the writers are the command line's: they fill a stream, as fast as the reader takes it
            httpContext.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
            httpContext.Response.ContentType = type;
            httpContext.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
            await write(httpContext.Response.Body);
        }
    }
}
