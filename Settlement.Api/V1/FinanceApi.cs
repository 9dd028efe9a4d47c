using System.Text.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Npgsql;
using Settlement.Api.People;
using Settlement.Domain;
using Settlement.Projections.EventStore;
using Settlement.Domain.People;

namespace Settlement.Api.V1;

/// <summary>The finance API under /api/v1, its document at /openapi/v1.json and a page to try it at /api.</summary>
internal static partial class FinanceApi
{
    public const string Prefix = "/api/v1";

    private const string Document = "v1";

    public static void Add(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.PropertyNamingPolicy = ApiAnswer.Json.PropertyNamingPolicy;
            options.SerializerOptions.DefaultIgnoreCondition = ApiAnswer.Json.DefaultIgnoreCondition;
        });
        services.AddOpenApi(Document, options =>
        {
            options.ShouldInclude = route => route.RelativePath?.StartsWith("api/v1", StringComparison.Ordinal) == true;
            options.AddDocumentTransformer(Describe);
        });
    }

    /// <summary>Before routing.</summary>
    public static void UseFailures(WebApplication app) => app.UseWhen(
        http => http.Request.Path.StartsWithSegments(Prefix, StringComparison.OrdinalIgnoreCase),
        api =>
        {
            api.Use(Answer);
            api.Use(KeyedWrites.Buffer);
        });

    public static void Map(WebApplication app)
    {
        var api = app.MapGroup(Prefix);
        ReportApi.Map(api);
        CdrApi.Map(api);
        HeldDecisionsApi.Map(api);
        CorrectionsApi.Map(api);
        BookApi.Map(api);
        TaxRulesApi.Map(api);
        PeriodsApi.Map(api);
        DisputesApi.Map(api);
        ReconciliationApi.Map(api);
        InvoiceRecordsApi.Map(api);
        MoneyApi.Map(api);
        FiguresApi.Map(api);
        SystemApi.Map(api);
        app.MapOpenApi("/openapi/{documentName}.json").Needs(Right.ReadSystem);
    }

    /// <summary>After the gate: the page that tries the API. All of it comes from the program itself.</summary>
    public static void UsePage(WebApplication app) => app.UseWhen(
        http => Gate.IsApiPage(http.Request.Path),
        page =>
        {
            page.Use(Allow);
            page.UseSwaggerUI(options =>
            {
                options.RoutePrefix = "api";
                options.DocumentTitle = "Roaming settlement: finance API";
                options.SwaggerEndpoint($"/openapi/{Document}.json", "Finance API v1");
            });
        });

    private static Task Allow(HttpContext http, RequestDelegate next)
    {
        http.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            + "font-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        return next(http);
    }

    private static async Task Answer(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (Exception e) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            await Failure(http, e).ExecuteAsync(http);
            return;
        }

        if (http.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
        {
            await ApiAnswer.No(http.Response.StatusCode, Said(http.Response.StatusCode)).ExecuteAsync(http);
        }
    }

    // what was thrown may quote what was sent: it goes to the log by its kind only where the sender caused it
    private static ApiAnswer Failure(HttpContext http, Exception e)
    {
        switch (e)
        {
            case BadHttpRequestException bad:
                return ApiAnswer.No(bad.StatusCode, Said(bad.StatusCode));
            case JsonException:
                return ApiAnswer.No(StatusCodes.Status400BadRequest, Said(StatusCodes.Status400BadRequest));
            case StoreOutageException away:
                return ApiAnswer.No(StatusCodes.Status503ServiceUnavailable, away.Refusal);
            case NpgsqlException { IsTransient: true }:
                return ApiAnswer.No(StatusCodes.Status503ServiceUnavailable, new Refusal(
                    "database.unreachable", "The database cannot be reached right now. Nothing is lost; try again in a moment."));
            default:
                var logs = http.RequestServices.GetRequiredService<ILoggerFactory>();
                Broke(logs.CreateLogger("Settlement.Api.V1"), http.Request.Path, e);
                return ApiAnswer.No(StatusCodes.Status500InternalServerError, new Refusal(
                    "api.failed", "This could not be answered. The reason is in the program's log."));
        }
    }

    private static Refusal Said(int status) => status switch
    {
        404 => new Refusal("api.unknown", "The API has nothing at this address."),
        405 => new Refusal("api.method", "This address does not take this method."),
        413 => new Refusal("api.too-large", "The body is too large."),
        415 => new Refusal("api.media-type", "Send application/json."),
        _ => new Refusal("request.malformed", "The address or the body holds a value that cannot be understood."),
    };

    private static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken stop)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Roaming settlement: finance API",
            Version = Document,
            Description = "Money is a decimal string in its currency. Lists are paged: give `next` back as `cursor`. "
                + "Answers carry an ETag. A write with an `Idempotency-Key` is done once. "
                + "A refusal is problem+json; its `title` is a stable code.",
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            ["token"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A machine's token: ops/settle users token NAME. People use their session.",
            },
        };
        document.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("token", document)] = [] },
        ];
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The API could not answer {Path}")]
    private static partial void Broke(ILogger log, PathString path, Exception e);
}
