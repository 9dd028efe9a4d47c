using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using static Settlement.Tests.Ocpi.OcpiSite;

namespace Settlement.Tests.Ocpi;

/// <summary>GET /cdrs as each version of the specification has it: by last_updated, page by page.</summary>
public sealed partial class CdrListTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Versions { get; } = ["2.1.1", "2.2.1", "2.3.0"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Dates_go_by_last_updated_from_inclusive_to_exclusive_whenever_a_CDR_came_in(string version)
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        var cdrs = Ordinary("US-CPI", 3);
        string[] updated = ["2026-10-20T00:00:00Z", "2026-10-05T00:00:00Z", "2026-10-10T00:00:00Z"];
        foreach (var (json, i) in cdrs.Select((json, i) => (json, i)))
        {
            (await site.Post(token, "/ocpi/2.2.1/cdrs", With(json, cdr => cdr["last_updated"] = updated[i]))).Status.ShouldBe(1000);
        }

        (await Ask("")).ShouldBe(updated); // the order they came in
        (await Ask("date_from=2026-10-10T00:00:00Z")).ShouldBe([updated[0], updated[2]]);
        (await Ask("date_to=2026-10-10T00:00:00Z")).ShouldBe([updated[1]]);
        (await Ask("date_from=2026-10-05T00:00:00Z&date_to=2026-10-20T00:00:00Z")).ShouldBe([updated[1], updated[2]]);

        async Task<IEnumerable<string>> Ask(string filter)
        {
            var page = await site.Get(token, $"/ocpi/{version}/cdrs?{filter}");
            page.Header("X-Total-Count").ShouldBe($"{page.Data!.AsArray().Count}");
            return page.Data!.AsArray().Select(cdr => $"{(string)cdr!["last_updated"]!}"[..19] + "Z");
        }
    }

    [Fact]
    public async Task Pages_lose_and_repeat_nothing_while_CDRs_come_and_other_contents_of_those_that_were_read()
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        var cdrs = Ordinary("US-CPI", 24);
        foreach (var json in cdrs.Take(12))
        {
            await site.Post(token, "/ocpi/2.2.1/cdrs", json);
        }

        var read = new List<string>();
        var next = "/ocpi/2.2.1/cdrs?limit=3";
        for (var page = 0; next.Length > 0; page++)
        {
            var answer = await site.Get(token, next);
            read.AddRange(answer.Data!.AsArray().Select(cdr => (string)cdr!["id"]!));
            next = NextLink().Match(answer.Header("Link") ?? "").Groups["path"].Value;
            if (page < 4)
            {
                // new ones, and another content of the first: its row changes and stays where it is
                await site.Post(token, "/ocpi/2.2.1/cdrs", cdrs[12 + (2 * page)]);
                await site.Post(token, "/ocpi/2.2.1/cdrs", cdrs[13 + (2 * page)]);
                (await site.Post(token, "/ocpi/2.2.1/cdrs", With(cdrs[page], cdr => cdr["total_energy"] = 99.5m))).Status.ShouldBe(2001);
            }
        }

        read.ShouldBe(cdrs.Take(20).Select(json => (string)JsonNode.Parse(json)!["id"]!));
    }

    [GeneratedRegex(@"<https?://[^/]+(?<path>/[^>]+)>; rel=""next""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NextLink();
}
