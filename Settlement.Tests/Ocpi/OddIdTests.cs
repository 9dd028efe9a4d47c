using System.Net;
using Settlement.Tests.Export;
using static Settlement.Tests.Ocpi.OcpiSite;

namespace Settlement.Tests.Ocpi;

/// <summary>Ids as partners have them (ocpi/ocpi#382): each is read back at its Location, or refused with the reason.</summary>
public class OddIdTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly string[] Ids =
    [
        "2026/10/00017", "A%2FB 50%?x=1#y", "%2f", "a%252Fb", "H3+plus&q", "q\"uote", "semi;colon", "com,ma tag:x", "pipe|bar",
        "tab\tid", "new\nline", "=1+1", "-5", "@cmd", "\\back\\slash", "é-Ünï", "{curly}", "a'b", "#hash", "  lead", "trail  ",
        new string('x', 39), new string('w', 255), "NULL", "0", "1e5", "...", "a..b", "~", "%", "%41", "a//b", "/",
    ];

    [Fact]
    public async Task Every_id_is_read_back_at_its_location()
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        var cdr = Ordinary("US-CPI", 1)[0];
        foreach (var id in Ids)
        {
            var posted = await site.Post(token, "/ocpi/2.2.1/cdrs", With(cdr, node => (node["id"], node["session_id"]) = (id, null)));
            posted.Http.ShouldBe(HttpStatusCode.Created, $"{id}: {posted.Message}");
            var read = await site.Get(token, posted.Header("Location")!);
            ((string?)read.Data?["id"]).ShouldBe(id.Trim(' '), posted.Header("Location")); // blanks around an id are not of it
        }
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("a/../b")]
    public async Task An_id_that_every_URL_leaves_out_is_refused_and_kept_unread(string id)
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        var posted = await site.Post(token, "/ocpi/2.2.1/cdrs", With(Ordinary("US-CPI", 1)[0], node => node["id"] = id));
        (posted.Http, posted.Status).ShouldBe((HttpStatusCode.OK, 2001));
        posted.Message!.ShouldContain("/id: has a part of dots alone");
        (await site.Town.Count("select count(*) from log.mt_events where type = 'document_held'")).ShouldBe(1);
        (await site.Town.Count("select count(*) from log.mt_events where type = 'cdr_received'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_hub_replaces_nothing_that_a_party_sent_itself()
    {
        await using var site = await Begin();
        var (own, hub) = (await site.Token(Cpi), await site.HubToken("NL-HUB", Cpi));
        var cdr = Ordinary("US-CPI", 1)[0];
        var record = """{"country_code":"US","party_id":"CPI","id":"R1","invoice_id":"I1","cdrs":["1"],"last_updated":"2026-11-01T21:59:59Z"}""";
        await Both(HttpMethod.Put, "/ocpi/2.2.1/tariffs/US/CPI/T-1", PartnerStoryTests.Tariff("2.2.1", "T-1", 0.45m), PartnerStoryTests.Tariff("2.2.1", "T-1", 0.01m));
        await Both(HttpMethod.Put, "/ocpi/2.2.1/locations/US/CPI/LOC-1", PartnerStoryTests.Location("2.2.1"), PartnerStoryTests.Location("2.2.1").Replace("TX", "OR", StringComparison.Ordinal));
        await Both(HttpMethod.Put, "/ocpi/2.2.1/sessions/US/CPI/S-1", PartnerStoryTests.Session("2.2.1", "S-1", "ACTIVE"), PartnerStoryTests.Session("2.2.1", "S-1", "INVALID"));
        await Both(HttpMethod.Put, "/ocpi/2.3.0/invoicereconciliation/US/CPI/R1", record, record.Replace("\"1\"", "\"2\"", StringComparison.Ordinal));
        await Both(HttpMethod.Post, "/ocpi/2.2.1/cdrs", cdr, With(cdr, node => node["total_cost"]!["excl_vat"] = 0.01m));
        (await site.Town.Count("select count(*) from log.mt_events where type = 'cdr_conflicted'")).ShouldBe(0);

        async Task Both(HttpMethod method, string path, string first, string second)
        {
            (await site.Send(method, own, path, first)).Http.ShouldBe(HttpStatusCode.Created, path);
            var before = await site.Town.Count("select count(*) from log.mt_events");
            var answer = await site.Send(method, hub, path, second);
            answer.Status.ShouldBe(2001, path);
            answer.Message!.ShouldContain("(hub.not-its-own)");
            (await site.Town.Count("select count(*) from log.mt_events")).ShouldBe(before, path);
        }
    }

    [Fact]
    public async Task Every_export_of_a_month_with_such_ids_is_valid()
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        foreach (var (cdr, id) in Ordinary("US-CPI", Ids.Length).Zip(Ids))
        {
            (await site.Post(token, "/ocpi/2.2.1/cdrs", With(cdr, node => node["id"] = id))).Http.ShouldBe(HttpStatusCode.Created, id);
        }

        var folder = Directory.CreateTempSubdirectory("settlement-ids-").FullName;
        try
        {
            var csv = Path.Combine(folder, "detail.csv");
            (await site.Town.Program("statement", "CA-FLO", "2026-10", "--format", "csv", "--out", csv)).Exit.ShouldBe(0);
            var rows = new CsvHelper.CsvParser(new StringReader(await File.ReadAllTextAsync(csv, Stop)), System.Globalization.CultureInfo.InvariantCulture);
            rows.Read().ShouldBeTrue();
            var (width, at) = (rows.Count, Array.IndexOf(rows.Record!, "cdr_id"));
            var read = new List<string>();
            while (rows.Read())
            {
                rows.Count.ShouldBe(width);
                read.Add(rows[at] is ['\'', .. var rest] ? rest : rows[at]);
            }

            read.Count.ShouldBeGreaterThan(Ids.Length / 2);
            read.ShouldAllBe(id => Ids.Any(known => known.Trim(' ') == id));
            foreach (var (format, tool) in new[] { ("hledger", "hledger"), ("beancount", "bean-check") })
            {
                var file = Path.Combine(folder, "month." + (format == "hledger" ? "journal" : format));
                var made = await site.Town.Program("export", format, "2026-10", "--out", file);
                made.Exit.ShouldBe(0, made.Errors);
                string[] arguments = format == "hledger" ? ["-f", file, "check", "-s", "ordereddates", "payees"] : [file];
                (await Tool.Run(tool, arguments)).ShouldBe((0, "", ""));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
