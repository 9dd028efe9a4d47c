using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using NodaTime;
using Settlement.Api.People;
using Settlement.Api.Statements;
using Settlement.Domain.People;
using Settlement.Projections.Statements;
using Settlement.Tests.People;

namespace Settlement.Tests.V1;

/// <summary>The finance API as a machine sees it.</summary>
public sealed partial class FinanceApiTests(OfficeFixture office) : IClassFixture<OfficeFixture>, IAsyncLifetime
{
    private const string Tenant = "CA-FLO~US-CPI";

    private static int machines;

    private HttpClient http = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => http = await Machine(Role.Auditor);

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_document_lists_exactly_the_routes()
    {
        var document = await Json("/openapi/v1.json");
        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"));
        var routes = office.Routes
            .Where(route => route.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal))
            .SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(method => $"{method} {CatchAll().Replace(route.RoutePattern.RawText!, "{")}"));

        described.Order(StringComparer.Ordinal).ShouldBe(routes.Order(StringComparer.Ordinal));
        foreach (var operation in document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()))
        {
            operation.Value.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty();
            operation.Value.GetProperty("description").GetString()!.ShouldStartWith("Takes the right ");
        }
    }

    [Fact]
    public async Task A_report_is_the_command_lines_and_costs_nothing_while_it_is_unchanged()
    {
        var first = await http.GetAsync("/api/v1/reports/2026-10", Stop);
        var report = await office.Engine.Report(new YearMonth(2026, 10), null, null, Stop);
        using var expected = new MemoryStream();
        ReportJson.Write(expected, report);
        (await first.Content.ReadAsByteArrayAsync(Stop)).ShouldBe(expected.ToArray());

        using var again = new HttpRequestMessage(HttpMethod.Get, "/api/v1/reports/2026-10");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        var second = await http.SendAsync(again, Stop);
        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await second.Content.ReadAsByteArrayAsync(Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Turning_the_pages_of_a_statement_gives_each_line_once()
    {
        var numbers = new List<long>();
        var next = "/api/v1/statements/CA-FLO/US-CPI/2026-10/lines?limit=7";
        while (next is not null)
        {
            var answer = await http.GetAsync(next, Stop);
            using var page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop));
            numbers.AddRange(page.RootElement.GetProperty("items").EnumerateArray().Select(line => line.GetProperty("line").GetInt64()));
            next = answer.Headers.TryGetValues("Link", out var link) ? NextLink().Match(link.Single()).Groups["path"].Value : null;
            page.RootElement.TryGetProperty("next", out _).ShouldBe(next is not null);
        }

        var lines = await office.Engine.Reports.Lines(new LineFilter(Tenant, new YearMonth(2026, 10)), stop: Stop).ToListAsync(Stop);
        numbers.Count.ShouldBeGreaterThan(20);
        numbers.ShouldBe(lines.Select(line => line.Number));
        var head = await Json("/api/v1/statements/CA-FLO/US-CPI/2026-10");
        head.GetProperty("statement_to").GetString().ShouldBe("CA-FLO");
        head.TryGetProperty("lines", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_CDR_explains_its_cents()
    {
        var line = await office.Engine.Reports.Lines(new LineFilter(Tenant, new YearMonth(2026, 10)), stop: Stop)
            .FirstAsync(item => item is { Kind: "cdr", Due: > 0 }, Stop);
        var cdr = await Json($"/api/v1/cdrs/{Tenant}/{line.Direction.Creditor}/{Uri.EscapeDataString(line.CdrId)}");
        cdr.GetProperty("state").GetString().ShouldBe("posted");
        var settled = cdr.GetProperty("settled");
        var postings = settled.GetProperty("postings").EnumerateArray().ToList();
        Sum("debit").ShouldBe(Sum("credit"));
        decimal.Parse(settled.GetProperty("due").GetString()!, null).ShouldBe(Sum("debit"));
        settled.GetProperty("lines").GetArrayLength().ShouldBeGreaterThan(0);

        decimal Sum(string side) => postings.Sum(posting => decimal.Parse(posting.GetProperty(side).GetString()!, null));
    }

    [Theory]
    [InlineData("/api/v1/held", "items")]
    [InlineData("/api/v1/held/documents", "items")]
    [InlineData("/api/v1/parties", null)]
    [InlineData("/api/v1/relationships/CA-FLO~US-CPI/agreements", null)]
    [InlineData("/api/v1/tax/reports/CA-FLO/2026-10", null)]
    [InlineData("/api/v1/tax/proposals", null)]
    [InlineData("/api/v1/status", null)]
    [InlineData("/api/v1/me", "rights")]
    [InlineData("/api/v1/people", null)]
    [InlineData("/api/v1/reports", null)]
    public async Task Each_list_answers(string path, string? part)
    {
        var json = await Json(path);
        (part is null ? json : json.GetProperty(part)).ValueKind.ShouldNotBe(JsonValueKind.Undefined);
    }

    [Theory]
    [InlineData("/api/v1/nothing", 404, "api.unknown")]
    [InlineData("/api/v1/reports/October", 400, "month.malformed")]
    [InlineData("/api/v1/reports/2026-10?relationship=CA-XXX~US-YYY", 404, "relationship.unknown")]
    [InlineData("/api/v1/reports/2026-10?books=DE-XXX", 404, "party.unknown")]
    [InlineData("/api/v1/statements/CA-FLO/CA-FLO/2026-10", 404, "statement.unknown")]
    [InlineData("/api/v1/statements/CA-FLO/US-CPI/2026-10/lines?limit=0", 400, "limit.out-of-range")]
    [InlineData("/api/v1/statements/CA-FLO/US-CPI/2026-10/lines?limit=1e999", 400, "request.malformed")]
    [InlineData("/api/v1/statements/CA-FLO/US-CPI/2026-10/lines?cursor=bm9uc2Vuc2U", 400, "cursor.malformed")]
    [InlineData("/api/v1/held?cursor=%00", 400, "cursor.malformed")]
    [InlineData("/api/v1/cdrs/CA-FLO~US-CPI/US-CPI/nobody", 404, "cdr.unknown")]
    [InlineData("/api/v1/cdrs/@admin/US-CPI/nobody", 404, "cdr.unknown")]
    [InlineData("/api/v1/relationships/@book/agreements", 404, "relationship.unknown")]
    [InlineData("/api/v1/parties/US-ZZZ", 404, "party.unknown")]
    public async Task A_no_is_problem_json_with_a_stable_code(string path, int status, string code)
    {
        var answer = await http.GetAsync(path, Stop);
        var body = await answer.Content.ReadAsStringAsync(Stop);
        ((int)answer.StatusCode).ShouldBe(status, body);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        using var problem = JsonDocument.Parse(body);
        problem.RootElement.GetProperty("title").GetString().ShouldBe(code);
        problem.RootElement.GetProperty("type").GetString().ShouldBe($"urn:settlement:{code}");
        body.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_token_that_is_wrong_of_a_person_or_for_pages_opens_nothing()
    {
        foreach (var token in new[] { "", "00", new string('f', 64), "admin" })
        {
            using var client = Client(token);
            var answer = await client.GetAsync("/api/v1/reports", Stop);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            answer.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("Bearer");
        }

        (await http.GetAsync("/held", Stop)).StatusCode.ShouldBe(HttpStatusCode.Redirect); // pages are for people
        (await http.PostAsync("/people", null, Stop)).StatusCode.ShouldNotBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_write_with_a_key_is_done_once_and_another_under_the_key_is_refused()
    {
        using var analyst = await Machine(Role.Analyst);
        var (one, two) = (Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString("N"));
        var first = await Propose(analyst, one, "US-WA:SALES:KEYED");
        var body = await first.Content.ReadAsStringAsync(Stop);
        first.StatusCode.ShouldBe(HttpStatusCode.Created, body);
        var events = await Events();

        var again = await Propose(analyst, one, "US-WA:SALES:KEYED");
        again.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await again.Content.ReadAsStringAsync(Stop)).ShouldBe(body);
        (await Events()).ShouldBe(events);

        var other = await Propose(analyst, one, "US-WA:SALES:OTHER");
        other.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await other.Content.ReadAsStringAsync(Stop)).ShouldContain("command.reused");
        (await Propose(analyst, new string('x', 101), "US-WA:SALES:OTHER")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await Propose(analyst, two, "US-WA:SALES:OTHER")).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await Events()).ShouldBe(events + 1);
    }

    [Fact]
    public async Task Of_many_at_once_under_one_key_one_is_done_and_a_refusal_is_an_answer_too()
    {
        using var analyst = await Machine(Role.Analyst);
        var key = Guid.NewGuid().ToString("N");
        var events = await Events();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Propose(analyst, key, "US-WA:SALES:MANY")));

        (await Events()).ShouldBe(events + 1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBePositive();
        foreach (var running in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            running.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            running.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
            (await running.Content.ReadAsStringAsync(Stop)).ShouldContain("command.running");
        }

        var other = Guid.NewGuid().ToString("N");
        var refused = await Propose(analyst, other, "");
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var again = await Propose(analyst, other, "");
        (again.StatusCode, await again.Content.ReadAsStringAsync(Stop))
            .ShouldBe((refused.StatusCode, await refused.Content.ReadAsStringAsync(Stop)));
        (await (await Propose(analyst, other, "US-WA:SALES:LATER")).Content.ReadAsStringAsync(Stop)).ShouldContain("command.reused");
    }

    /// <summary>From the table of routes: a new write cannot forget it.</summary>
    [Fact]
    public async Task Every_write_takes_an_idempotency_key_and_refuses_another_request_under_it()
    {
        var writes = office.Routes
            .Where(route => route.RoutePattern.RawText!.StartsWith("/api/v1/", StringComparison.Ordinal)
                && route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Any(method => method is not ("GET" or "HEAD")))
            .ToList();
        writes.Count.ShouldBeGreaterThan(30);
        var wrong = new List<string>();
        foreach (var group in writes.GroupBy(route => Rights.RolesWith(route.Metadata.GetMetadata<Access>()!.Right!.Value)[0]))
        {
            using var browser = await Browser.SignedIn(office.Site, Roles.Name(group.Key));
            foreach (var route in group)
            {
                var path = Placeholder().Replace(route.RoutePattern.RawText!, match => match.Value switch
                {
                    "{month}" => "2031-01",
                    "{relationship}" => "CA-FLO~US-CPI",
                    _ => "x",
                });
                var key = Guid.NewGuid().ToString("N");
                var first = await Ask("{}", key);
                if (await Ask("{}", key) != first || !(await Ask("""{"reason": "other"}""", key)).Contains("command.reused", StringComparison.Ordinal)
                    || !(await Ask("{}", "two words")).Contains("idempotency-key.malformed", StringComparison.Ordinal))
                {
                    wrong.Add($"{path}: {first}");
                }

                async Task<string> Ask(string body, string keyed)
                {
                    using var content = new StringContent(
                        body, Encoding.UTF8,
                        route.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes[0] ?? "application/json");
                    using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
                    request.Headers.TryAddWithoutValidation("Idempotency-Key", keyed);
                    request.Headers.Add("X-Form-Token", await browser.Token());
                    var answer = await browser.Send(request);
                    return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Stop)}";
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_rule_proposed_by_a_machine_is_approved_by_a_person_and_by_no_machine()
    {
        using var analyst = await Machine(Role.Analyst);
        (await Propose(analyst, null, "US-WA:SALES:MADE")).StatusCode.ShouldBe(HttpStatusCode.Created);
        const string Path = "/api/v1/tax/proposals/US-WA:SALES:MADE/approve";
        (await analyst.PostAsync(Path, null, Stop)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        using var tax = await Browser.SignedIn(office.Site, "tax");
        (await tax.Send(HttpMethod.Post, Path, null, withToken: false)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var approved = await tax.Send(HttpMethod.Post, Path, null);
        approved.StatusCode.ShouldBe(HttpStatusCode.OK, await approved.Content.ReadAsStringAsync(Stop));
        (await office.Engine.Books.Current(Stop)).Taxes.Named("US-WA:SALES:MADE")!.ApprovedBy.ShouldBe("tax");
        (await tax.Send(HttpMethod.Post, Path, null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_page_that_tries_the_API_is_all_our_own_and_takes_an_account()
    {
        using var stranger = new Browser(office.Site);
        (await stranger.Get("/api/index.html")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await stranger.Get("/openapi/v1.json")).StatusCode.ShouldBe(HttpStatusCode.Redirect);

        using var auditor = await Browser.SignedIn(office.Site, "auditor");
        var page = await auditor.Get("/api/index.html");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("script-src 'self';");
        policy.ShouldContain("connect-src 'self'");
        var html = await page.Content.ReadAsStringAsync(Stop);
        var files = Sources().Matches(html).Select(match => match.Groups["path"].Value).ToList();
        files.Count.ShouldBeGreaterThan(3);
        files.Where(file => file.Contains("//", StringComparison.Ordinal)).ShouldBeEmpty();
        foreach (var file in files)
        {
            (await auditor.Get("/api/" + file)).StatusCode.ShouldBe(HttpStatusCode.OK, file);
        }
    }

    private static Task<HttpResponseMessage> Propose(HttpClient client, string? key, string id)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/tax/proposals")
        {
            Content = new StringContent(
                """
                {"rules": [{"id": "RULE", "jurisdiction": "US-WA", "tax": "EV_EXCISE", "treatment": "Exempt", "rate": 0,
                 "from": "2030-01-01", "reason": "decided", "name_en": "Excise", "name_fr": "Taxe", "source": "a letter",
                 "confidence": "partial"}]}
                """.Replace("RULE", id, StringComparison.Ordinal), Encoding.UTF8, "application/json"),
        };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return client.SendAsync(request, Stop);
    }

    private async Task<long> Events() => (await office.Engine.Store.Status(Stop)).Single(tenant => tenant.Tenant == "@book").Events;

    private async Task<HttpClient> Machine(Role role) =>
        Client(await office.Machine($"machine-{Interlocked.Increment(ref machines)}", role));

    private HttpClient Client(string token)
    {
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = office.Site };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private async Task<JsonElement> Json(string path)
    {
        var answer = await http.GetAsync(path, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonElement.Parse(text);
    }

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, 1000)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\{\*+", RegexOptions.None, 1000)]
    private static partial Regex CatchAll();

    [GeneratedRegex("<(?<path>[^>]+)>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NextLink();

    [GeneratedRegex("""(?:href|src)="(?<path>[^"]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sources();
}
