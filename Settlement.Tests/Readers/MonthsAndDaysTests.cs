using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Settlement.Domain;
using Settlement.Domain.People;
using Settlement.Tests.People;

namespace Settlement.Tests.Readers;

/// <summary>Months and days of another age, and numbers without end, are refused wherever they are given.</summary>
public sealed partial class MonthsAndDaysTests(OfficeFixture office) : IClassFixture<OfficeFixture>
{
    private const string Tenant = "CA-FLO~US-CPI";

    private static readonly string[] Odd =
        ["9999-12", "0001-01", "2026-13", "-0001-05", "2026-10-05T", "9999-12-31", "9223372036854775807", "-1", "%00", "é", "1e999"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("2026-10", true)]
    [InlineData("2199-12", true)]
    [InlineData("1900-01", true)]
    [InlineData("9999-12", false)]
    [InlineData("0001-01", false)]
    [InlineData("2200-01", false)]
    [InlineData("2026-00", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_month_is_of_our_age(string? text, bool isMonth)
    {
        (IsoText.Month(text) is not null).ShouldBe(isMonth);
        (IsoText.Day(text is null ? null : text + "-01") is not null).ShouldBe(isMonth);
    }

    [Fact]
    public async Task No_address_fails_on_an_odd_value()
    {
        using var admin = await Browser.SignedIn(office.Site, "controller");
        using var machine = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = office.Site };
        machine.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", await office.Machine($"odd-{Guid.NewGuid():N}"[..20], Role.Auditor));
        var failures = new List<string>();
        foreach (var route in office.Routes.Where(route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true
            && route.RoutePattern.RawText is { } pattern && !pattern.StartsWith("/ocpi", StringComparison.Ordinal)))
        {
            foreach (var odd in Odd)
            {
                var value = Uri.EscapeDataString(Uri.UnescapeDataString(odd));
                var path = Placeholder().Replace(
                    route.RoutePattern.RawText!,
                    match => match.Groups["name"].Value is "tenant" or "relationship" ? Tenant : value);
                path += $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}month={value}&page={value}&cursor={value}"
                    + $"&limit={value}&offset={value}&on={value}&asOf={value}&as_of={value}&period={value}&after={value}&from=USD&to=CAD";
                using var answer = path.StartsWith("/api/", StringComparison.Ordinal)
                    ? await machine.GetAsync(path, Stop)
                    : await admin.Get(path);
                if ((int)answer.StatusCode >= 500)
                {
                    failures.Add($"{(int)answer.StatusCode} {path}");
                }
            }
        }

        failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task No_write_fails_on_an_odd_body()
    {
        byte[][] bodies =
        [
            [], [.. "null"u8], [.. "[null]"u8], [.. "{\"x\":\"\\ud800\"}"u8], [(byte)'"', 0xFF, (byte)'"'],
            .. Odd.Select(odd => Encoding.UTF8.GetBytes(
                $$"""
                {"amount":"{{odd}}","date":"{{odd}}","currency":"CAD","payer":"US-CPI","id":"x","value_date":"{{odd}}","reason":"{{odd}}",
                "month":"{{odd}}","cdr":"US-CPI/{{odd}}","proposed":"{{odd}}","rules":[null],"terms":{"valid_from":"{{odd}}"},"lines":[null]}
                """)),
            Encoding.UTF8.GetBytes("{\"amount\":1e400,\"version\":99999999999999999999,\"terms\":null,\"ids\":[null]}"),
        ];
        var people = new List<(Browser Browser, string Token)>();
        foreach (var role in Roles.All)
        {
            var browser = await Browser.SignedIn(office.Site, Roles.Name(role));
            people.Add((browser, await browser.Token()));
        }

        var failures = new List<string>();
        foreach (var route in office.Routes.Where(route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("POST") == true
            && route.RoutePattern.RawText is { } pattern && pattern.StartsWith("/api/", StringComparison.Ordinal)))
        {
            var path = Placeholder().Replace(
                route.RoutePattern.RawText!, match => match.Groups["name"].Value is "tenant" or "relationship" ? Tenant : "2026-10");
            foreach (var body in bodies)
            {
                foreach (var person in people)
                {
                    var status = await Post(person, path, body);
                    if (status >= HttpStatusCode.InternalServerError)
                    {
                        failures.Add($"{status} {path} {Encoding.UTF8.GetString(body)}");
                    }

                    if (status != HttpStatusCode.Forbidden)
                    {
                        break; // one who may is enough
                    }
                }
            }
        }

        people.ForEach(person => person.Browser.Dispose());
        failures.ShouldBeEmpty();
    }

    private static async Task<HttpStatusCode> Post((Browser Browser, string Token) person, string path, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-Form-Token", person.Token);
        using var answer = await person.Browser.Send(request);
        return answer.StatusCode;
    }

    [Theory]
    [InlineData("")]
    [InlineData("31.10.2026")]
    [InlineData("9999-12-31")]
    [InlineData("0001-01-01")]
    public async Task A_form_without_a_readable_document_date_prepares_nothing(string date)
    {
        using var ana = await Browser.SignedIn(office.Site, "analyst");
        var answer = await ana.Post($"/close/2026-10/{Tenant}/prepare", ("date", date));

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain(date.Length == 0 ? "document date" : "is not a date");
    }

    [Theory]
    [InlineData("report", "9999-12")]
    [InlineData("report", "0001-01")]
    [InlineData("statement", "CA-FLO", "9999-12")]
    [InlineData("tax-report", "CA-FLO", "9999-12")]
    [InlineData("payments", "ageing", Tenant, "--as-of", "9999-12-31")]
    public async Task The_command_line_refuses_a_month_of_another_age(params string[] args)
    {
        var (exit, _, errors) = await office.Town.Program(args);

        exit.ShouldBe(2, errors);
        errors.ShouldContain(".malformed)");
        errors.ShouldNotContain("   at ");
    }

    [GeneratedRegex(@"\{\*{0,2}(?<name>[a-zA-Z_]+)[^}]*\}", RegexOptions.None, 1000)]
    private static partial Regex Placeholder();
}
