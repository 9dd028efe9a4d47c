using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.HttpOverrides;
using NodaTime;

namespace Settlement.Api.People;

/// <summary>Cookies, forms' tokens and the gate, as the web application is put together.</summary>
internal static class Door
{
    /// <summary>A session ends after an hour without a click, and after half a day in any case.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromHours(1);

    private static readonly Duration Longest = Duration.FromHours(12);

    /// <param name="keys">Folder of the keys; null = keys that end with the process, for tests.</param>
    public static void Add(IServiceCollection services, bool isDemo, string? keys)
    {
        services.AddSingleton(new GateOptions(isDemo));
        services.AddSingleton<Gate>();
        services.AddSingleton<SignInThrottle>();
        var protection = services.AddDataProtection().SetApplicationName("settlement");
        if (keys is null)
        {
            protection.UseEphemeralDataProtectionProvider();
        }
        else
        {
            services.Configure<KeyManagementOptions>(options => options.XmlRepository = new KeyFiles(keys));
        }

        services.AddAntiforgery(forms =>
        {
            forms.Cookie.Name = "settlement-form";
            forms.Cookie.HttpOnly = true;
            forms.Cookie.SameSite = SameSiteMode.Strict;
            forms.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            forms.HeaderName = "X-Form-Token";
            forms.SuppressXFrameOptionsHeader = true; // set for every answer
        });
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            cookie.Cookie.Name = "settlement";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Strict;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.ExpireTimeSpan = Idle;
            cookie.SlidingExpiration = true;
            cookie.Events.OnValidatePrincipal = Validate;
        });
        // a proxy on this machine ends TLS and tells where a request came from; others are not believed
        services.Configure<ForwardedHeadersOptions>(options =>
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto);
    }

    /// <summary>After routing, before any route.</summary>
    public static void Use(WebApplication app)
    {
        var gate = app.Services.GetRequiredService<Gate>();
        app.Use(gate.Pass);
    }

    // A cookie is good while its account is as it was when it was given.
    private static async Task Validate(CookieValidatePrincipalContext context)
    {
        var engine = context.HttpContext.RequestServices.GetRequiredService<Engine>();
        var people = await engine.People.Recent(context.HttpContext.RequestAborted);
        var user = people.Find(context.Principal?.Identity?.Name ?? "");
        if (user is not { IsActive: true }
            || Number(context, SignInEndpoint.StampClaim) != user.Stamp
            || Instant.FromUnixTimeSeconds(Number(context, SignInEndpoint.SinceClaim)) + Longest < engine.Now)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync();
        }
    }

    private static long Number(CookieValidatePrincipalContext context, string claim) =>
        long.TryParse(context.Principal?.FindFirst(claim)?.Value, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;
}
