using Settlement.Api.Pages;
using Settlement.Api.People;
using Settlement.Domain.People;

namespace Settlement.Api.V1;

/// <summary>
/// How the finance API gets a route, in one line:
/// <code>
/// api.MapRead("/periods", Right.Read, List, "Months and their states");
/// api.MapWrite("/periods/{tenant}/{month}/prepare", Right.PreparePeriod, Prepare, "Prepares a month");
/// </code>
/// The handler is a method with services and route values as parameters; it returns <see cref="ApiAnswer"/>:
/// <c>ApiAnswer.Of(record)</c> or <c>ApiAnswer.No(refusal)</c>. Who did it is <c>http.Actor()</c>.
/// </summary>
public static class ApiRoutes
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Reads what workers bring into tables: waits until they have what is in the log now.</summary>
    public static RouteHandlerBuilder MapRead(
        this IEndpointRouteBuilder api, string pattern, Right right, Delegate handler, string summary) =>
        api.MapGet(pattern, handler).AddEndpointFilter(WaitForWorkers).Needs(right).Described(pattern, summary, right);

    /// <summary>Reads the log itself, or what does not need the tables.</summary>
    public static RouteHandlerBuilder MapReadAtOnce(
        this IEndpointRouteBuilder api, string pattern, Right right, Delegate handler, string summary) =>
        api.MapGet(pattern, handler).AddEndpointFilter(KeepNothing).Needs(right).Described(pattern, summary, right);

    /// <summary>Changes something: POST, once per Idempotency-Key.</summary>
    public static RouteHandlerBuilder MapWrite(
        this IEndpointRouteBuilder api, string pattern, Right right, Delegate handler, string summary) =>
        api.MapPost(pattern, handler).DisableAntiforgery().AddEndpointFilter(Visits.Told).AddEndpointFilter(KeyedWrites.Once)
            .AddEndpointFilter(KeepNothing).Needs(right).Described(pattern, summary, right);

    /// <summary>What a 200 holds, for the document.</summary>
    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder route) =>
        route.Produces<T>(StatusCodes.Status200OK, "application/json");

    private static RouteHandlerBuilder Described(
        this RouteHandlerBuilder route, string pattern, string summary, Right right) => route
        .WithTags(pattern.Split('/')[1])
        .WithSummary(summary)
        .WithDescription($"Takes the right {right}: {Roles.Any(Rights.RolesWith(right))}.")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status401Unauthorized)
        .ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async ValueTask<object?> WaitForWorkers(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.CacheControl = "private, no-cache"; // a browser asks again, with the ETag
        var engine = http.RequestServices.GetRequiredService<Engine>();
        var behind = await engine.Workers.WaitFor("settlement", Patience, http.RequestAborted);
        return behind is null ? await next(context) : ApiAnswer.No(StatusCodes.Status503ServiceUnavailable, behind);
    }

    private static ValueTask<object?> KeepNothing(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        PageEndpoints.KeepNothing(context, next);
}
