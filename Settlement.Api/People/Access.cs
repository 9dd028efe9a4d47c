using Settlement.Domain.People;

namespace Settlement.Api.People;

/// <summary>Who may use a route. A route that says nothing is used by nobody.</summary>
/// <param name="Right">What the caller must be allowed; null with <see cref="Open"/>.</param>
/// <param name="Open">For everybody, signed in or not: the sign-in page, the style sheet, the health check.</param>
/// <param name="AnyUser">For whoever is signed in, whatever the roles: the own password.</param>
public sealed record Access(Right? Right, bool Open = false, bool AnyUser = false);

/// <summary>How routes say who may use them.</summary>
public static class AccessExtensions
{
    /// <summary>
    /// The route, or the group, takes this right. The innermost word counts. A route that changes something needs a
    /// right that is not one of reading.
    /// </summary>
    public static TBuilder Needs<TBuilder>(this TBuilder builder, Right right)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Access(right));

    /// <summary>Anybody may use it.</summary>
    public static TBuilder OpenToAll<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Access(null, Open: true));

    /// <summary>Whoever is signed in may use it.</summary>
    public static TBuilder ForAnyUser<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Access(null, AnyUser: true));

    /// <summary>
    /// A form that changes something: POST, with the right it takes. The gate checks the right and the form's
    /// antiforgery token; the handler finds who it is with <c>http.Actor()</c>.
    /// </summary>
    public static RouteHandlerBuilder MapForm(
        this IEndpointRouteBuilder routes, string pattern, Right right, Delegate handler) =>
        routes.MapPost(pattern, handler).DisableAntiforgery().AddEndpointFilter(Visits.Told).Needs(right);
}
