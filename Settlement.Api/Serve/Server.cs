using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Settlement.Api.Ocpi;
using Settlement.Api.Pages;
using Settlement.Api.Partners;
using Settlement.Api.People;
using Settlement.Api.Disputes;
using Settlement.Api.Messages;
using Settlement.Api.Reconciliation;
using Settlement.Api.V1;

namespace Settlement.Api.Serve;

/// <summary>HTTP, and what goes on beside it, in one process.</summary>
public static class Server
{
    /// <summary>Builds the web application around an open engine; port 0 = any.</summary>
    /// <param name="isDemo">Anybody may sign in as a demo user, if the database has them.</param>
    /// <param name="keys">Folder for the keys of cookies; null = they end with the process.</param>
    public static WebApplication Build(
        Engine engine, int port, bool isDemo = false, string? keys = null, OcpiOptions? ocpi = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(Server).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // that their files are not encrypted by the system is known: they stand beside the master key
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        var options = ocpi ?? OcpiOptions.FromEnvironment();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Bound(kestrel.Limits, options);
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddSingleton(engine);
        builder.Services.AddSingleton<ReconciliationShelf>();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<OcpiServices>();
        builder.Services.AddSingleton<OcpiFrame>();
        builder.Services.AddHostedService<PartnerService>();
        MessageHost.Add(builder, engine);
        builder.Services.AddHostedService<LogMetrics>();
        builder.Services.AddHostedService<DisputeDays>();
        builder.Services.AddRazorComponents();
        Door.Add(builder.Services, isDemo, keys);
        FinanceApi.Add(builder.Services);
        var app = builder.Build();
        MessageHost.Use(app, engine);
        app.UseForwardedHeaders();
        app.Use(SecurityHeaders);
        PageEndpoints.UseFailures(app);
        FinanceApi.UseFailures(app);
        app.UseRouting();
        Door.Use(app);
        FinanceApi.UsePage(app);
        FinanceApi.Map(app);
        SignInEndpoint.Map(app);
        PeopleEndpoint.Map(app);
        OcpiEndpoints.Map(app, app.Services.GetRequiredService<OcpiFrame>());
        PageEndpoints.Map(app);
        app.MapGet("/health", () => Results.Text("ok")).OpenToAll();
        return app;
    }

    /// <summary>The wanted port, or the next free one.</summary>
    public static int FreePort(int wanted)
    {
        for (var port = wanted; port < wanted + 100; port++)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // taken: try the next
            }
        }

        return 0;
    }

    public static string Address(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>What a connection may cost us before we know whose it is.</summary>
    private static void Bound(KestrelServerLimits limits, OcpiOptions options)
    {
        limits.MaxRequestBodySize = BodyLimits.Stranger; // more is allowed to who may send it
        limits.MaxConcurrentConnections = options.MostConnections;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(75); // longer than proxies keep theirs
        limits.MinRequestBodyDataRate = new MinDataRate(1024, TimeSpan.FromSeconds(5));
    }

    private static Task SecurityHeaders(HttpContext http, RequestDelegate next)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (http.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        }

        headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        return next(http);
    }
}
