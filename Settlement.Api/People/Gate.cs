using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Metadata;
using Settlement.Api.Ocpi;
using Settlement.Api.Pages;
using Settlement.Api.Serve;
using Settlement.Domain;
using Settlement.Domain.People;

namespace Settlement.Api.People;

/// <summary>Every request of a person or a machine goes through here: who is it, and may they?</summary>
public sealed class Gate(Engine engine, GateOptions options, OcpiOptions limits, IAntiforgery antiforgery)
{
    private const string Bearer = "Bearer ";

    // machines' tokens are bounded as partners' are
    private readonly RateLimits rates = new(limits.RequestsPerSecond, limits.FailuresPerMinute, engine.Clock);

    public async Task Pass(HttpContext http, RequestDelegate next)
    {
        // what is no route of ours says no by itself: a wrong method, a wrong content type
        BodyLimits.Allow(http, BodyLimits.Stranger);
        var route = http.GetEndpoint() as RouteEndpoint;
        var access = route?.Metadata.GetMetadata<Access>();
        if (IsPartners(http.Request.Path) || access is { Open: true } && !IsPage(http))
        {
            await next(http); // OCPI has its own tokens; a style sheet needs nobody
            return;
        }

        var visitor = await Recognize(http);
        http.Remember(visitor);
        if (visitor.ByToken && Wait(http, visitor) is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await Problems.Of(StatusCodes.Status429TooManyRequests, Problems.TooOften).ExecuteAsync(http);
            return;
        }

        if (route is null && IsApiPage(http.Request.Path))
        {
            access = new Access(Right.ReadSystem); // files of the page that tries the API: no routes of their own
        }
        else if (route is null)
        {
            await next(http); // says no by itself, and reads nothing
            return;
        }
        else if (access is { Open: true })
        {
            await Unless(IsChange(http) ? await FormFault(http) : null, http, next);
            return;
        }

        var refusal = await May(http, access, visitor);
        if (refusal is null)
        {
            // only now: nobody makes us read a body for whom nothing is done
            BodyLimits.Allow(http, MostBytes(http, route));
            refusal = IsChange(http) && !visitor.ByToken ? await FormFault(http) : null;
        }

        if (refusal is not null)
        {
            if (visitor.User is { } sentAway && refusal != Problems.ChangePassword)
            {
                await engine.Visits.Refused(http, route, sentAway, refusal.Code, engine.Now);
            }

            await Refuse(http, visitor, refusal);
        }
        else if (route is not null && visitor.User is { } user)
        {
            try
            {
                await next(http);
            }
            finally
            {
                await engine.Visits.After(http, route, user, engine.Now);
            }
        }
        else
        {
            await next(http);
        }
    }

    /// <summary>From the cookie, or from a machine's token on the API.</summary>
    private async Task<Visitor> Recognize(HttpContext http)
    {
        var people = await engine.People.Recent(http.RequestAborted);
        var isDemo = options.IsDemo && people.HasDemoUsers;
        var header = http.Request.Headers.Authorization.ToString();
        if (TakesTokens(http.Request.Path) && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            var machine = people.OfToken(PeopleStore.TokenHash(header[Bearer.Length..].Trim()), engine.Now);
            return new Visitor(machine, false, ByToken: true);
        }

        var cookie = await http.AuthenticateAsync();
        var user = cookie.Succeeded ? people.Find(cookie.Principal.Identity!.Name!) : null;
        return new Visitor(user, isDemo);
    }

    /// <summary>Null: go on; else the seconds to wait, of an address that guesses or a token that calls too often.</summary>
    private int? Wait(HttpContext http, Visitor visitor)
    {
        var address = http.Connection.RemoteIpAddress?.ToString() ?? "";
        if (rates.MayGuess(address) is { } pause)
        {
            return pause;
        }

        if (visitor.User is not { } machine)
        {
            rates.Failed(address);
            return null;
        }

        return rates.Take(machine.Name);
    }

    private async Task<Refusal?> May(HttpContext http, Access? access, Visitor visitor)
    {
        if (access is null)
        {
            return Problems.NoRight;
        }

        if (access.AnyUser)
        {
            return visitor.User is null ? Problems.SignIn : null;
        }

        var right = access.Right!.Value;
        if (IsChange(http) && IsReading(right))
        {
            return Problems.NoRight; // forgotten: nothing is changed with the right to read
        }

        return visitor switch
        {
            { User: null } => !IsChange(http) && visitor.May(right) ? null : Problems.SignIn,
            { User.MustChangePassword: true } => Problems.ChangePassword,
            { User: var user } => await engine.People.Refuse(user.Name, right, http.RequestAborted),
        };
    }

    private static long MostBytes(HttpContext http, RouteEndpoint? route) =>
        route?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize
        ?? (IsApi(http.Request.Path) ? BodyLimits.Document : BodyLimits.Form);

    /// <summary>Reads a form within its limit: null, or what is wrong with it.</summary>
    private async Task<Refusal?> FormFault(HttpContext http)
    {
        if (BodyLimits.IsTooLong(http))
        {
            return Problems.TooLarge;
        }

        try
        {
            await antiforgery.ValidateRequestAsync(http);
            return null;
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Problems.TooLarge;
        }
        catch (Exception e) when (e is AntiforgeryValidationException or InvalidDataException or BadHttpRequestException)
        {
            // how it is wrapped is the framework's matter
            return e.InnerException is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }
                ? Problems.TooLarge
                : Problems.Forged;
        }
    }

    private static Task Refuse(HttpContext http, Visitor visitor, Refusal refusal)
    {
        if (IsApi(http.Request.Path))
        {
            http.Response.Headers.WWWAuthenticate = visitor.User is null ? "Bearer" : default;
            return Problems.Api(refusal, visitor.User is null).ExecuteAsync(http);
        }

        http.Response.Headers.CacheControl = "no-cache, no-store, private";
        if (refusal == Problems.ChangePassword)
        {
            http.Response.Redirect(SignInPaths.Password);
            return Task.CompletedTask;
        }

        if (refusal == Problems.SignIn)
        {
            http.Response.Redirect(SignInPaths.To(http.Request));
            return Task.CompletedTask;
        }

        return PageAnswer.Problem(Problems.Status(refusal), refusal).ExecuteAsync(http);
    }

    private static Task Unless(Refusal? refusal, HttpContext http, RequestDelegate next) => refusal is null
        ? next(http)
        : PageAnswer.Problem(Problems.Status(refusal), refusal).ExecuteAsync(http);

    internal static bool IsReading(Right right) => right is Right.Read or Right.ReadSystem or Right.ReadPeople;

    internal static bool IsApi(PathString path) =>
        path.StartsWithSegments("/api/v1", StringComparison.OrdinalIgnoreCase);

    private static bool TakesTokens(PathString path) =>
        IsApi(path) || path.StartsWithSegments("/openapi", StringComparison.OrdinalIgnoreCase);

    internal static bool IsApiPage(PathString path) =>
        path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) && !IsApi(path);

    internal static bool IsPartners(PathString path) =>
        path.StartsWithSegments("/ocpi", StringComparison.OrdinalIgnoreCase);

    // an open route that shows who is signed in
    private static bool IsPage(HttpContext http) =>
        http.Request.Path.StartsWithSegments(SignInPaths.SignIn, StringComparison.OrdinalIgnoreCase);

    private static bool IsChange(HttpContext http) =>
        !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);
}

/// <param name="IsDemo">Only <c>run</c> says yes.</param>
public sealed record GateOptions(bool IsDemo);
