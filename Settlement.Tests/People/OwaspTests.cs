using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using NodaTime;
using Settlement.Api.Demo;
using Settlement.Api.Ocpi;
using Settlement.Api.People;
using Settlement.Api.Serve;
using Settlement.Domain.Agreements;
using Settlement.Domain.People;
using Settlement.Tests.Intake;

namespace Settlement.Tests.People;

/// <summary>
/// The OWASP API Security Top 10 (2023): what the tests that docs/security.md names for each row do not ask.
/// </summary>
public sealed partial class OwaspTests(OfficeFixture office) : IClassFixture<OfficeFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task API2_tokens_of_other_kinds_expired_and_signed_with_nothing_open_nothing()
    {
        // {"alg":"none"}.{"sub":"admin"}.
        const string Unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.";
        var machine = await office.Machine("owasp-ended", Role.Auditor);
        var ended = (await office.Engine.People.Current(Stop)).OfToken(PeopleStore.TokenHash(machine), office.Engine.Now + Duration.FromDays(2));
        ended.ShouldBeNull();
        var partner = await office.Engine.Tokens.Issue([PartyId.Parse("US-CPI")!.Value], office.Engine.Now, "test", Stop);
        foreach (var header in new[]
        {
            $"Bearer {Unsigned}", "Bearer ", "Bearer admin", $"Bearer {partner}", $"Token {machine}", $"Basic {machine}", "Negotiate x",
        })
        {
            (await Ask("/api/v1/reports", header)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, header);
        }

        (await Ask("/ocpi/2.2.1/cdrs", $"Token {machine}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized); // a person's world
        (await Ask("/ocpi/2.2.1/cdrs", $"Token {Unsigned}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task API4_a_compressed_body_is_not_unpacked()
    {
        var cdr = Town.Month(60).First(one => one is { Story: DemoStory.Ordinary, IsOcpi230: false } && one.Cpo.ToString() == "US-CPI");
        using var packed = new MemoryStream();
        await using (var zip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await zip.WriteAsync(cdr.Json, Stop); // unpacked it would be taken, and so would a thousand times as much
        }

        var token = await office.Engine.Tokens.Issue([PartyId.Parse("US-CPI")!.Value], office.Engine.Now, "test", Stop);
        using var http = Client($"Token {token}");
        using var body = new ByteArrayContent(packed.ToArray());
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        body.Headers.ContentEncoding.Add("gzip");
        (await http.PostAsync("/ocpi/2.2.1/cdrs", body, Stop)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task API4_a_machine_that_calls_too_often_and_an_address_that_guesses_wait_as_long_as_they_are_told()
    {
        await using var app = Server.Build(office.Engine, 0, ocpi: new OcpiOptions { RequestsPerSecond = 3, FailuresPerMinute = 2 });
        await app.StartAsync(Stop);
        var machine = await office.Machine("owasp-busy", Role.Auditor);
        using var busy = Client($"Bearer {machine}", Server.Address(app));
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 12; i++)
        {
            answers.Add(await busy.GetAsync("/api/v1/me", Stop));
        }

        answers[0].StatusCode.ShouldBe(HttpStatusCode.OK);
        var told = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        told.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 2);
        (await told.Content.ReadAsStringAsync(Stop)).ShouldContain("request.too-often");

        using var guess = Client("Bearer 0123456789", Server.Address(app));
        (await guess.GetAsync("/api/v1/me", Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await guess.GetAsync("/api/v1/me", Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await guess.GetAsync("/api/v1/me", Stop)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        await app.StopAsync(Stop);
    }

    [Fact]
    public void API8_no_route_is_for_debugging() =>
        office.Routes.Select(route => route.RoutePattern.RawText!)
            .Where(pattern => Debugging().IsMatch(pattern)).ShouldBeEmpty();

    [Fact]
    public async Task API9_the_versions_that_partners_are_told_of_are_those_that_answer()
    {
        var token = await office.Engine.Tokens.Issue([PartyId.Parse("US-CPI")!.Value], office.Engine.Now, "test", Stop);
        using var http = Client($"Token {token}");
        var told = await http.GetStringAsync("/ocpi/versions", Stop);
        foreach (var version in new[] { "2.0", "2.1.1", "2.2", "2.2.1", "2.3.0", "3.0" })
        {
            var answers = (await http.GetAsync($"/ocpi/{version}", Stop)).StatusCode == HttpStatusCode.OK;
            told.Contains($"\"{version}\"", StringComparison.Ordinal).ShouldBe(answers, version);
        }
    }

    /// <summary>docs/security.md names for each row of the list tests that exist.</summary>
    [Fact]
    public void The_documentation_names_tests_that_exist_for_every_row()
    {
        var rows = File.ReadAllLines(Path.Combine(Checkout.Root, "docs/security.md"))
            .Where(line => Row().IsMatch(line)).ToList();
        rows.Select(line => line.Split('|')[1].Trim().Split(' ')[0]).ShouldBe(Enumerable.Range(1, 10).Select(row => $"{row}"));
        var classes = typeof(OwaspTests).Assembly.GetTypes().Select(type => type.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var named = TestClass().Matches(row).Select(match => match.Value).ToList();
            named.ShouldNotBeEmpty(row);
            named.Where(name => !classes.Contains(name)).ShouldBeEmpty(row);
        }
    }

    private async Task<HttpResponseMessage> Ask(string path, string authorization)
    {
        using var http = Client(authorization);
        return await http.GetAsync(path, Stop);
    }

    private HttpClient Client(string authorization, string? site = null)
    {
        var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = site is null ? office.Site : new Uri(site) };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        return http;
    }

    [GeneratedRegex("debug|trace|env|actuator|swagger.json|pprof|console", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Debugging();

    [GeneratedRegex(@"^\| \d+ ", RegexOptions.None, 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"\b[A-Z]\w+Tests\b", RegexOptions.None, 1000)]
    private static partial Regex TestClass();
}
