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
    /// <summary>Reads what a client may keep and ask for again with its ETag.</summary>
    public static RouteHandlerBuilder MapRead(
        this IEndpointRouteBuilder api, string pattern, Right right, Delegate handler, string summary) =>
        api.MapGet(pattern, handler).AddEndpointFilter(MayBeKept).Needs(right).Described(pattern, summary, right);

    /// <summary>Reads what nobody keeps.</summary>
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

    private static ValueTask<object?> MayBeKept(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        context.HttpContext.Response.Headers.CacheControl = "private, no-cache"; // a browser asks again, with the ETag
        return next(context);
    }

    private static ValueTask<object?> KeepNothing(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        PageEndpoints.KeepNothing(context, next);
}
