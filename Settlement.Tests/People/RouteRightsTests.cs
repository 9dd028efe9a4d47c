using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Settlement.Api.People;
using Settlement.Domain.People;

namespace Settlement.Tests.People;

/// <summary>
/// Every route against every role, made from the program's own table of routes: a new one cannot be forgotten
/// (OWASP API 5, function level authorisation).
/// </summary>
public sealed partial class RouteRightsTests(OfficeFixture office) : IClassFixture<OfficeFixture>
{
    // ends the session of whoever asks; SignInTests tell of it
    private static readonly string[] Apart = [SignOut];

    private const string SignOut = "/sign-out";

    [Fact]
    public void Every_route_says_who_may_use_it()
    {
        Routes().Count.ShouldBeGreaterThan(20);
        Routes().Where(route => route.Access is null).Select(route => route.Pattern).ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_changed_with_a_right_to_read() =>
        Routes().Where(route => route.Method is not ("GET" or "HEAD")
                && route.Access is { Right: Right.Read or Right.ReadSystem or Right.ReadPeople })
            .Select(route => route.Pattern).ShouldBeEmpty();

    [Fact]
    public async Task Every_role_gets_through_the_routes_of_its_rights_and_no_others()
    {
        var wrong = new List<string>();
        foreach (var role in Roles.All)
        {
            using var browser = await Browser.SignedIn(office.Site, Roles.Name(role));
            foreach (var route in Routes().Where(route => !Apart.Contains(route.Pattern)))
            {
                var may = route.Access is { Open: true } or { AnyUser: true }
                    || (route.Access?.Right is { } right && Rights.Has(role, right));
                var answer = await Ask(browser, route);
                if ((answer == HttpStatusCode.Forbidden) == may)
                {
                    wrong.Add($"{Roles.Name(role)} {route.Method} {route.Pattern}: {(int)answer}");
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_is_not_signed_in_gets_through_open_routes_only()
    {
        using var browser = new Browser(office.Site);
        var wrong = new List<string>();
        foreach (var route in Routes().Where(route => route.Access is not { Open: true }))
        {
            var answer = await Ask(browser, route);
            var isKept = route.Pattern.StartsWith("/api", StringComparison.Ordinal)
                ? answer == HttpStatusCode.Unauthorized
                : answer == HttpStatusCode.Redirect;
            if (!isKept)
            {
                wrong.Add($"{route.Method} {route.Pattern}: {(int)answer}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    private static async Task<HttpStatusCode> Ask(Browser browser, Route route)
    {
        var path = Parameter().Replace(route.Pattern, match => match.Groups["name"].Value switch
        {
            "month" => "2026-10",
            "format" => "csv",
            _ when match.Value.Contains(":int", StringComparison.Ordinal) => "1",
            _ => "x",
        });
        using HttpContent? content = route.Method is "GET" or "HEAD" ? null
            : path.StartsWith("/api", StringComparison.Ordinal) ? new StringContent("{}", Encoding.UTF8, route.Type)
            : new FormUrlEncodedContent([]);
        var answer = await browser.Send(new HttpMethod(route.Method), path, content, withToken: content is not null);
        return answer.StatusCode;
    }

    private List<Route> Routes() =>
    [
        .. office.Routes
            .Where(route => !route.RoutePattern.RawText!.StartsWith("/ocpi", StringComparison.Ordinal))
            .SelectMany(route => (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                .Where(method => method != "HEAD")
                .Select(method => new Route(
                    method, Slashed(route.RoutePattern.RawText!), route.Metadata.GetMetadata<Access>(),
                    route.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes[0] ?? "application/json"))),
    ];

    private static string Slashed(string pattern) => "/" + pattern.TrimStart('/');

    private sealed record Route(string Method, string Pattern, Access? Access, string Type);

    [GeneratedRegex(@"\{\**(?<name>\w+)[^}]*\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();
}
