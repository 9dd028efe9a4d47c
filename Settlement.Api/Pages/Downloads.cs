using Microsoft.AspNetCore.Http.Features;

namespace Settlement.Api.Pages;

/// <summary>Files made while they are sent, in flat memory; the bytes are the command line's.</summary>
internal static class Downloads
{
    public static IResult Of(string format, string name, Func<Stream, Task> write) => format switch
    {
        "csv" => new Download("text/csv; charset=utf-8", $"{name}.csv", write),
        "json" => new Download("application/json; charset=utf-8", $"{name}.json", write),
        _ => PageAnswer.Unknown("format.unknown", $"There is no {format} of this; there are csv and json."),
    };

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
