using Npgsql;
using Settlement.Domain;
using Settlement.Projections.EventStore;

namespace Settlement.Api.Pages;

/// <summary>
/// What a person sees when there is no such page, or when something broke: words, never a stack trace.
/// The reason goes to the log.
/// </summary>
internal static partial class PageFailures
{
    public static async Task Answer(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (Exception e) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            var logs = http.RequestServices.GetRequiredService<ILoggerFactory>();
            Broke(logs.CreateLogger("Settlement.Pages"), http.Request.Path, e);
            await Of(e).ExecuteAsync(http);
            return;
        }

        if (http.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
        {
            await Of(http.Response.StatusCode).ExecuteAsync(http);
        }
    }

    private static IResult Of(Exception e) => e is StoreOutageException away
        ? PageAnswer.Problem(503, away.Refusal)
        : e is NpgsqlException { IsTransient: true }
        ? PageAnswer.Problem(503, new Refusal(
            "database.unreachable",
            "The database cannot be reached right now. Nothing is lost; try again in a moment."))
        : PageAnswer.Problem(500, new Refusal(
            "page.failed", "This page could not be made. The reason is in the program's log."));

    private static IResult Of(int status) => PageAnswer.Problem(status, status switch
    {
        404 => new Refusal("page.unknown", "There is no page at this address."),
        405 => new Refusal("page.read-only", "This page can only be read."),
        _ => new Refusal("request.malformed", "The address holds a value that cannot be understood."),
    });

    [LoggerMessage(Level = LogLevel.Error, Message = "The page {Path} could not be made")]
    private static partial void Broke(ILogger log, PathString path, Exception e);
}
