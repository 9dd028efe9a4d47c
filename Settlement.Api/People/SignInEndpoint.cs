using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using Settlement.Api.Pages;
using Settlement.Domain;
using Settlement.Domain.People;

namespace Settlement.Api.People;

/// <summary>In, out, and the own password.</summary>
internal static class SignInEndpoint
{
    public const string StampClaim = "stamp";

    public const string SinceClaim = "since";

    private static readonly Refusal Wrong = new("sign-in.wrong", "The name or the password is wrong.");

    public static void Map(WebApplication app)
    {
        var door = app.MapGroup("").AddEndpointFilter(PageEndpoints.KeepNothing);
        door.MapMethods(SignInPaths.SignIn, ["GET", "HEAD"], Ask).OpenToAll();
        door.MapPost(SignInPaths.SignIn, Enter).DisableAntiforgery().OpenToAll();
        door.MapPost(SignInPaths.SignOut, (Delegate)Leave).DisableAntiforgery().ForAnyUser();
        door.MapMethods(SignInPaths.Password, ["GET", "HEAD"], AskPassword).ForAnyUser();
        door.MapPost(SignInPaths.Password, ChangePassword).DisableAntiforgery().ForAnyUser();
    }

    private static async Task<IResult> Ask(HttpContext http, Engine engine, CancellationToken stop) =>
        await Page(http, engine, null, null, stop);

    private static async Task<IResult> Enter(
        HttpContext http, [FromForm] SignInForm form, Engine engine, SignInThrottle throttle, CancellationToken stop)
    {
        var people = await engine.People.Current(stop);
        var user = people.Find(form.Name ?? "");
        if (http.Visitor().IsDemo && user is { Kind: UserKind.Demo, IsActive: true })
        {
            return await Admit(http, engine, user, form.Return, stop);
        }

        var address = http.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        if (throttle.WaitUntil(form.Name ?? "", address, user, engine.Now) is { } until)
        {
            var seconds = (until - engine.Now).BclCompatibleTicks / NodaConstants.TicksPerSecond + 1;
            http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            return await Page(http, engine, form, new Refusal(
                "sign-in.wait", $"Too many wrong tries. Wait {Wait(seconds)} and try again."), stop);
        }

        // an unknown name costs the same time, and gets the same answer
        if (!Passwords.Fits(user, form.Password ?? "") || user is not { IsActive: true } || user.IsPasswordOver(engine.Now))
        {
            throttle.Failed(form.Name ?? "", address, engine.Now);
            if (user is not null)
            {
                await engine.People.Tell(new UserFact.SignInFailed(user.Name, address, engine.Now), stop);
            }

            return await Page(http, engine, form, Wrong, stop);
        }

        throttle.Succeeded(user.Name);
        return await Admit(http, engine, user, form.Return, stop);
    }

    private static async Task<IResult> Admit(
        HttpContext http, Engine engine, User user, string? back, CancellationToken stop)
    {
        var address = http.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        await engine.People.Tell(new UserFact.SignedIn(user.Name, address, engine.Now), stop);
        await GiveCookie(http, user, engine.Now);
        return Results.LocalRedirect(user.MustChangePassword ? SignInPaths.Password : Home(user, SignInPaths.Back(back)));
    }

    private static async Task<IResult> Leave(HttpContext http)
    {
        await http.SignOutAsync();
        return Results.LocalRedirect(SignInPaths.SignIn);
    }

    private static IResult AskPassword(HttpContext http) =>
        PageAnswer.Page<PasswordPage>(new { MustChange = http.Visitor().User!.MustChangePassword });

    private static async Task<IResult> ChangePassword(
        HttpContext http, [FromForm] PasswordForm form, Engine engine, SignInThrottle throttle, CancellationToken stop)
    {
        var user = (await engine.People.Current(stop)).Find(http.Actor())!;
        var address = http.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        var refusal = await Change(user, address, form, engine, throttle, stop);
        if (refusal is not null)
        {
            return PageAnswer.Page<PasswordPage>(
                new { MustChange = user.MustChangePassword, Refusal = refusal }, StatusCodes.Status400BadRequest);
        }

        // a new password ends the sessions of the old one; this one goes on
        await GiveCookie(http, (await engine.People.Current(stop)).Find(user.Name)!, engine.Now);
        return Results.LocalRedirect(Home(user, "/"));
    }

    // who may not read figures starts where there is something to do
    private static string Home(User user, string back) =>
        back == "/" && !user.May(Right.Read) ? SignInPaths.People : back;

    private static async Task<Refusal?> Change(
        User user, string address, PasswordForm form, Engine engine, SignInThrottle throttle, CancellationToken stop)
    {
        if (user.Kind == UserKind.Demo)
        {
            return new Refusal("user.demo", "The people of the demo have no password.");
        }

        if (throttle.WaitUntil(user.Name, address, user, engine.Now) is not null)
        {
            return new Refusal("sign-in.wait", "Too many wrong tries. Wait a quarter of an hour.");
        }

        var (old, wanted) = (form.Old ?? "", form.Wanted ?? "");
        if (!Passwords.Fits(user, old))
        {
            throttle.Failed(user.Name, address, engine.Now);
            await engine.People.Tell(new UserFact.SignInFailed(user.Name, address, engine.Now), stop);
            return new Refusal("password.wrong", "The password you have now is another one.");
        }

        var fault = wanted != (form.Again ?? "") ? new Refusal("password.differs", "The two new passwords differ.")
            : wanted == old ? new Refusal("password.same", "The new password is the old one.")
            : Passwords.Fault(wanted, user);
        if (fault is not null)
        {
            return fault;
        }

        var hash = Passwords.Hash(wanted);
        return await engine.People.Record(
            people => UserDecisions.SetPassword(user.Name, hash, oneTime: false, people, engine.Now), user.Name, stop);
    }

    private static Task GiveCookie(HttpContext http, User user, Instant now)
    {
        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.Name, user.Name),
                new Claim(StampClaim, user.Stamp.ToString(CultureInfo.InvariantCulture)),
                new Claim(SinceClaim, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            ],
            CookieAuthenticationDefaults.AuthenticationScheme);
        return http.SignInAsync(new ClaimsPrincipal(identity));
    }

    private static async Task<IResult> Page(
        HttpContext http, Engine engine, SignInForm? form, Refusal? refusal, CancellationToken stop)
    {
        var people = await engine.People.Current(stop);
        IReadOnlyList<User> demo = http.Visitor().IsDemo
            ? [.. people.Users.Where(user => user is { Kind: UserKind.Demo, IsActive: true })]
            : [];
        var back = SignInPaths.Back(form?.Return ?? http.Request.Query["return"]);
        var status = refusal?.Code switch
        {
            null => StatusCodes.Status200OK,
            "sign-in.wait" => StatusCodes.Status429TooManyRequests,
            _ => StatusCodes.Status401Unauthorized,
        };
        return PageAnswer.Page<SignInPage>(
            new { Demo = demo, Return = back, Name = form?.Name ?? "", Refusal = refusal }, status);
    }

    private static string Wait(long seconds) => seconds < 120 ? $"{seconds} seconds" : $"{(seconds + 59) / 60} minutes";
}

/// <summary>What is typed at the door. Whatever is missing is null.</summary>
public sealed record SignInForm
{
    public string? Name { get; init; }

    public string? Password { get; init; }

    public string? Return { get; init; }

    /// <summary>Passwords do not go through text formatting.</summary>
    public override string ToString() => "[password]";
}

/// <summary>A change of the own password.</summary>
public sealed record PasswordForm
{
    public string? Old { get; init; }

    public string? Wanted { get; init; }

    public string? Again { get; init; }

    /// <summary>Passwords do not go through text formatting.</summary>
    public override string ToString() => "[passwords]";
}
