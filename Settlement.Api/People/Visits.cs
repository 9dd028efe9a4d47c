using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.People;
using Settlement.Projections.EventStore;
using EventStore = Settlement.Projections.EventStore.EventStore;

namespace Settlement.Api.People;

/// <summary>The record of what people and machines read and of what they were refused.</summary>
public sealed class Visits(EventStore store)
{
    /// <summary>The reserved tenant of it.</summary>
    public const string Tenant = "@access";

    private static readonly object CodeKey = new();

    // what tells of money or of drivers' charging: pages, files and the finance API alike
    private static readonly string[] Recorded =
    [
        "/reports/{", "/statements/{party}", "/lines", "/cdrs/", "/documents/", "/tax/report/", "/tax/reports/", "/exports/",
        "/periods/{month}/{relationship}/documents/", "/periods/{month}/{tenant}/draft", "/reconciliations/{id}/rows",
    ];

    // of a query only what cannot be anything else
    private static readonly string[] Shown = ["month", "tenant", "party", "partner"];

    public Task Record(VisitFact fact, CancellationToken stop)
    {
        var stream = $"{(fact is VisitFact.DocumentRead ? "read" : "refused")}/{fact.Name}";
        var id = $"{stream}/{Guid.CreateVersion7():N}";
        return store.Append(
            Tenant,
            new StoreCommand(
                id, SHA256.HashData(Encoding.UTF8.GetBytes(id)), [new(stream, "visit", null, [fact])], fact.Name),
            stop);
    }

    /// <summary>Those before a number, the newest first.</summary>
    /// <param name="before">Null = from the newest on.</param>
    public Task<IReadOnlyList<Recorded>> Page(long? before, int most, CancellationToken stop) =>
        store.NewestBefore(Tenant, before, most, stop);

    /// <summary>In the order they came.</summary>
    public IAsyncEnumerable<Recorded> All(long after, long? upTo, CancellationToken stop) =>
        store.ReadLog(Tenant, after, upTo, stop: stop);

    /// <summary>Reads that are recorded: every file, and what tells of money or of drivers' charging.</summary>
    public static bool IsRecorded(RouteEndpoint route)
    {
        var pattern = "/" + route.RoutePattern.RawText!.TrimStart('/');
        var path = pattern.StartsWith(V1.FinanceApi.Prefix, StringComparison.Ordinal)
            ? pattern[V1.FinanceApi.Prefix.Length..]
            : pattern;
        return path.Contains("{format}", StringComparison.Ordinal) || path.EndsWith(".csv", StringComparison.Ordinal)
            || Array.Exists(Recorded, start => path.StartsWith(start, StringComparison.Ordinal));
    }

    /// <summary>Records what a request was, once its answer is known.</summary>
    internal async Task After(HttpContext http, RouteEndpoint route, User user, Instant now)
    {
        var status = http.Response.StatusCode;
        VisitFact? fact = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)
            ? status is >= 200 and < 300 && IsRecorded(route)
                ? new VisitFact.DocumentRead(user.Name, What(http, route, isFound: true), Address(http), now)
                : null
            : status >= 400
                ? new VisitFact.AttemptRefused(user.Name, What(http, route, isFound: false), CodeOf(http), Address(http), now)
                : null;
        if (fact is not null)
        {
            await Record(fact, CancellationToken.None); // it was given out, whether or not they waited for the end
        }
    }

    /// <summary>Records that the gate sent somebody away.</summary>
    internal Task Refused(HttpContext http, RouteEndpoint? route, User user, string code, Instant now) => Record(
        new VisitFact.AttemptRefused(
            user.Name, route is null ? $"{http.Request.Method} /api" : What(http, route, isFound: false), code,
            Address(http), now),
        http.RequestAborted);

    private static string? Address(HttpContext http) => http.Connection.RemoteIpAddress?.ToString();

    /// <summary>Remembers why a form was refused, for the record of it.</summary>
    internal static async ValueTask<object?> Told(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var answer = await next(context);
        var refusal = answer switch
        {
            Microsoft.AspNetCore.Http.HttpResults.RazorComponentResult page =>
                page.Parameters.Values.OfType<Domain.Refusal>().FirstOrDefault(),
            V1.ApiAnswer api => api.Refusal,
            _ => null,
        };
        context.HttpContext.Items[CodeKey] = refusal?.Code;
        return answer;
    }

    /// <summary>The code of the refusal that a request got.</summary>
    private static string CodeOf(HttpContext http) =>
        http.Items.TryGetValue(CodeKey, out var code) && code is string said ? said : $"http.{http.Response.StatusCode}";

    /// <summary>
    /// What was asked for. What was found is named as it is; of what was refused only months and parties are, since
    /// anything may have been typed in the place of an id.
    /// </summary>
    private static string What(HttpContext http, RouteEndpoint route, bool isFound)
    {
        var request = http.Request;
        var asked = request.Query.Where(pair => Shown.Contains(pair.Key) && IsPlain(pair.Value.ToString()))
            .Select(pair => $"{pair.Key}={pair.Value}").ToList();
        var path = isFound ? request.Path.Value! : Masked(http, route);
        return $"{request.Method} {path}{(asked.Count > 0 ? "?" : "")}{string.Join('&', asked)}";
    }

    private static string Masked(HttpContext http, RouteEndpoint route)
    {
        var path = "/" + route.RoutePattern.RawText!.TrimStart('/');
        foreach (var (name, value) in http.Request.RouteValues)
        {
            if (value is string text && IsPlain(text))
            {
                path = path.Replace($"{{{name}}}", text, StringComparison.Ordinal);
            }
        }

        return path;
    }

    private static bool IsPlain(string text) => Output.Month(text, out _) is not null
        || Relationship.Parse(text) is not null || PartyId.Parse(text) is not null;
}
