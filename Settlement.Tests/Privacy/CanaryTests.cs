using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Settlement.Api.Demo;
using Settlement.Domain.Agreements;
using Settlement.Tests.Files;
using Settlement.Tests.Intake;
using Settlement.Tests.People;

namespace Settlement.Tests.Privacy;

/// <summary>
/// Plants what identifies a driver in CDRs of every fate and looks for it in everything that comes out: every table,
/// what the program prints and logs, every page, file and API answer, every refusal.
/// </summary>
public sealed partial class CanaryTests
{
    private const string Uid = "CANARY-UID-77Q";
    private const string Contract = "CA-FLO-CANARY-C9";
    private const string Street = "77 Canary Lane";
    private const string Latitude = "45.771234";
    private const string Longitude = "-73.774321";
    private const string Remark = "the canary remarked";
    private const string HomeMeter = "CANARY-METER-5";
    private const string HomeZip = "H2X 9C9";

    private const string BareUid = "CANARYUID77Q";
    private const string BareContract = "CAFLOCANARYC9";

    private static readonly string[] Planted =
        [Uid, BareUid, Contract, BareContract, Street, Latitude, Longitude, Remark, HomeMeter, HomeZip, "SIGNED-CANARY"];

    private static readonly string[] Telling = [.. Planted.SelectMany(Forms).Distinct(StringComparer.OrdinalIgnoreCase)];

    private readonly List<string> found = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_identifies_a_driver_comes_out_nowhere()
    {
        await using var town = await Town.Begin();
        await DemoPeople.Make(town.Engine, Stop);
        var documents = Documents(Town.Month(60));
        await ImportAsFile(town, documents);
        var token = await town.Engine.Tokens.Issue([PartyId.Parse("US-CPI")!.Value], town.Engine.Now, "test", Stop);
        using var program = town.Start("run", "--port", "5400");
        var errors = program.StandardError.ReadToEndAsync(Stop);
        try
        {
            var site = await Site(program);
            await Post(site, token, documents);
            var asked = await Crawl(site);
            asked.ShouldContain(path => path.StartsWith("/cdrs/", StringComparison.Ordinal));
            asked.Count.ShouldBeGreaterThan(100);
            await Api(site);
        }
        finally
        {
            program.Kill(entireProcessTree: true);
        }

        Look("log", await program.StandardOutput.ReadToEndAsync(Stop) + await errors);
        await Tables(town);
        found.ShouldBeEmpty();
        foreach (var verb in new[] { "report 2026-10", "report 2026-10 --format json", "statement CA-FLO 2026-10 --format csv", "parties", "users --csv" })
        {
            var (_, output, said) = await town.Program(verb.Split(' '));
            Look(verb, output + said);
        }

        var erased = await town.Program(Uid, ["erase", "--emsp", "CA-FLO", "--actor", "chloe"]);
        erased.Exit.ShouldBe(0, erased.Errors);
        Look("erase", erased.Output + erased.Errors);
        found.ShouldBeEmpty();
    }

    /// <summary>The test can fail: it finds what is planted in plain sight.</summary>
    [Fact]
    public void What_is_planted_in_plain_sight_is_found()
    {
        Look("plain", $"a page with {Uid.ToLowerInvariant()} in it");
        Look("hex", Convert.ToHexString(Encoding.UTF8.GetBytes(Contract)));
        Look("base64", Convert.ToBase64String(Encoding.UTF8.GetBytes("xx" + Remark)));
        Look("clean", "CANARY-UID-78Q and 77 Other Lane");
        found.Select(line => line.Split(':')[0]).ShouldBe(["plain", "hex", "base64"]);
    }

    private static List<byte[]> Documents(IReadOnlyList<DemoDocument> month)
    {
        var plain = JsonNode.Parse(month.First(one => one.Cpo.ToString() == "US-CPI" && one.Story == DemoStory.Ordinary).Json.Span)!;
        var number = 0;
        return
        [
            .. new Action<JsonNode>[]
            {
                _ => { }, // settled
                cdr => cdr["total_cost"]!["excl_vat"] = 9999, // held: the claim differs
                cdr => cdr["home_charging_compensation"] = true,
                cdr =>
                {
                    cdr["authorization_reference"] = $"auth {Uid}";
                    cdr["session_id"] = $"{Contract}/1";
                    cdr["meter_id"] = Uid;
                    cdr["invoice_reference_id"] = Contract;
                    cdr["cdr_location"]!["name"] = $"Box of {Contract}";
                    cdr["cdr_location"]!["evse_uid"] = Uid;
                },
                cdr => cdr["id"] = $"{Uid}-4711", // its own name tells: kept sealed
                cdr => (cdr["credit"], cdr["credit_reference_id"]) = (true, $"{Contract}-1"),
                cdr => cdr["cdr_token"]!["party_id"] = "CPI", // its CPO's own driver
                cdr => cdr[Uid] = Contract, // a field nobody knows
                cdr => cdr["total_energy"] = Contract,
                cdr => cdr["charging_periods"]![0]!["dimensions"]![0]!["type"] = Uid,
                cdr => cdr["currency"] = Uid,
                cdr => cdr["start_date_time"] = $"{Contract}T00:00:00Z",
                cdr => cdr["auth_method"] = Uid,
                cdr => cdr["total_energy"] = 4.5m, // same id as the first, other content: in conflict
                cdr =>
                {
                    // the same without separators, as many write it
                    cdr["session_id"] = $"S-{BareUid}";
                    cdr["authorization_reference"] = $"{BareContract}.1";
                    cdr["invoice_reference_id"] = $"R{BareUid}";
                    cdr["cdr_location"]!["id"] = $"L{BareUid}";
                    cdr["cdr_location"]!["city"] = $"{BareContract} City";
                    cdr["cdr_location"]!["evse_id"] = $"CA*{BareContract}*1";
                    cdr["cdr_location"]!["directions"] = new JsonArray(new JsonObject { ["language"] = "en", ["text"] = Remark });
                    cdr["tariffs"]![0]!["tariff_alt_text"] = new JsonArray(new JsonObject { ["language"] = "en", ["text"] = $"for {Uid}" });
                },
                cdr => cdr["id"] = $"{BareContract}/4712",
            }.Select(change => Changed(plain, change, number++)),
            Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Changed(plain, _ => { }, 90)).Replace("}]", $"{Uid}", StringComparison.Ordinal)),
            Encoding.UTF8.GetBytes($$"""{"id":"twice","{{Uid}}":1,"{{Uid}}":2,"cdr_token":{"uid":"{{Uid}}" } }"""),
            Encoding.UTF8.GetBytes($"{Uid} {Contract} {Remark}"),
        ];
    }

    private static byte[] Changed(JsonNode plain, Action<JsonNode> change, int number)
    {
        var cdr = plain.DeepClone();
        cdr["id"] = number == 13 ? "canary-0" : $"canary-{number}";
        cdr["session_id"] = $"canary-session-{number}";
        cdr["cdr_token"]!["uid"] = Uid;
        cdr["cdr_token"]!["contract_id"] = Contract;
        cdr["remark"] = Remark;
        cdr["meter_id"] = number == 2 ? HomeMeter : "M-1";
        cdr["signed_data"] = JsonNode.Parse("""{"encoding_method":"OCMF","signed_values":[{"nature":"End","plain_data":"SIGNED-CANARY","signed_data":"SIGNED-CANARY"}]}""");
        cdr["cdr_location"]!["coordinates"] = new JsonObject { ["latitude"] = Latitude, ["longitude"] = Longitude };
        if (number == 2)
        {
            cdr["cdr_location"]!["address"] = Street;
            cdr["cdr_location"]!["name"] = Street;
            cdr["cdr_location"]!["country"] = "CAN";
            cdr["cdr_location"]!["state"] = "QC";
            cdr["cdr_location"]!["postal_code"] = HomeZip;
        }

        change(cdr);
        return Encoding.UTF8.GetBytes(cdr.ToJsonString());
    }

    private async Task ImportAsFile(Town town, List<byte[]> documents)
    {
        var file = Path.Combine(Path.GetTempPath(), $"imported-{Environment.ProcessId}.jsonl");
        await File.WriteAllBytesAsync(file, [.. documents.Take(documents.Count / 2 + 4).SelectMany(json => json.Append((byte)'\n'))], Stop);
        try
        {
            var (_, output, said) = await town.Program("import", file);
            Look("import", output + said);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<Uri> Site(System.Diagnostics.Process program)
    {
        while (await program.StandardOutput.ReadLineAsync(Stop) is { } line)
        {
            if (Address().Match(line) is { Success: true } address)
            {
                return new Uri(address.Value);
            }
        }

        throw new InvalidOperationException("The program ended before it served.");
    }

    private async Task Post(Uri site, string token, List<byte[]> documents)
    {
        using var http = new HttpClient { BaseAddress = site };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Token", token);
        foreach (var version in new[] { "2.2.1", "2.3.0" })
        {
            for (var i = 0; i < documents.Count; i++)
            {
                using var body = new ByteArrayContent(documents[i]);
                body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                var answer = await http.PostAsync($"/ocpi/{version}/cdrs", body, Stop);
                Look($"POST {version} #{i}", await answer.Content.ReadAsStringAsync(Stop) + answer.Headers);
            }
        }

        await PutSessions(http);
        await PutHome(http);
    }

    private async Task PutSessions(HttpClient http)
    {
        foreach (var (id, evse, version) in new[]
        {
            ("canary-s", "E1", "2.2.1"), ("canary-t", Uid, "2.2.1"), ("canary-u", $"x{BareUid}", "2.3.0"),
            ($"{BareContract}-1", "E1", "2.2.1"), (Uid, "E1", "2.1.1"), ("canary-v", Contract, "2.1.1"),
        })
        {
            var session = $$"""
                {"country_code":"US","party_id":"CPI","id":"{{id}}","start_date_time":"2026-10-01T10:00:00Z","kwh":1.0,
                 "start_datetime":"2026-10-01T10:00:00Z","auth_id":"{{Uid}}",
                 "cdr_token":{"country_code":"CA","party_id":"FLO","uid":"{{Uid}}","type":"RFID","contract_id":"{{Contract}}"},
                 "auth_method":"WHITELIST","authorization_reference":"{{Contract}}","location_id":"L1","evse_uid":"{{evse}}",
                 "location":{"id":"L1","name":"{{Street}}","address":"{{Street}}","coordinates":{"latitude":"{{Latitude}}","longitude":"{{Longitude}}"} },
                 "connector_id":"1","meter_id":"{{HomeMeter}}","currency":"USD","status":"ACTIVE","last_updated":"2026-10-01T10:00:00Z"}
                """;
            using var content = new StringContent(session, Encoding.UTF8, "application/json");
            var put = await http.PutAsync($"/ocpi/{version}/sessions/US/CPI/{Uri.EscapeDataString(id)}", content, Stop);
            Look("PUT session", await put.Content.ReadAsStringAsync(Stop));
        }

        using var patch = new StringContent($$"""{"evse_uid":"{{BareContract}}","last_updated":"2026-10-01T11:00:00Z"}""", Encoding.UTF8, "application/json");
        var patched = await http.PatchAsync("/ocpi/2.2.1/sessions/US/CPI/canary-s", patch, Stop);
        Look("PATCH session", await patched.Content.ReadAsStringAsync(Stop));
    }

    /// <summary>A station that is not published is at somebody's home.</summary>
    private async Task PutHome(HttpClient http)
    {
        var home = $$"""
            {"country_code":"US","party_id":"CPI","id":"HOME","publish":false,"name":"{{Street}}","address":"{{Street}}","city":"Albany",
             "postal_code":"12207-1234","state":"NY","country":"USA","coordinates":{"latitude":"{{Latitude}}","longitude":"{{Longitude}}"},
             "time_zone":"America/New_York","directions":[{"language":"en","text":"{{Remark}}"}],"last_updated":"2026-10-01T10:00:00Z",
             "evses":[{"uid":"H1","status":"AVAILABLE","last_updated":"2026-10-01T10:00:00Z","connectors":[{"id":"1","standard":"IEC_62196_T2",
              "format":"CABLE","power_type":"AC_1_PHASE","max_voltage":240,"max_amperage":32,"last_updated":"2026-10-01T10:00:00Z"}]}]}
            """;
        using var content = new StringContent(home, Encoding.UTF8, "application/json");
        var put = await http.PutAsync("/ocpi/2.2.1/locations/US/CPI/HOME", content, Stop);
        Look("PUT location", await put.Content.ReadAsStringAsync(Stop) + put.StatusCode);
    }

    /// <summary>Every link from the front page, as one of the demo's people, until nothing new comes.</summary>
    private async Task<HashSet<string>> Crawl(Uri site)
    {
        const int MostPages = 700;
        using var browser = new Browser(site);
        (await browser.Post("/sign-in", ("Name", "chloe"))).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var seen = new HashSet<string>(StringComparer.Ordinal) { "/", "/held/documents", "/status", "/held" };
        var open = new Queue<string>(seen);
        for (var fetched = 0; fetched < MostPages && open.TryDequeue(out var path); fetched++)
        {
            var answer = await browser.Get(path);
            var bytes = await answer.Content.ReadAsByteArrayAsync(Stop);
            var type = answer.Content.Headers.ContentType?.MediaType ?? "";
            Look(path, Readable(type, bytes));
            if (answer.Headers.Location is { } elsewhere)
            {
                Follow(elsewhere.OriginalString);
            }

            foreach (Match link in type == "text/html" ? Hrefs().Matches(Encoding.UTF8.GetString(bytes)) : Hrefs().Matches(""))
            {
                Follow(WebUtility.HtmlDecode(link.Groups["path"].Value));
            }
        }

        return seen;

        void Follow(string path)
        {
            if (path.StartsWith('/') && !path.StartsWith("/sign-", StringComparison.Ordinal) && seen.Add(path))
            {
                open.Enqueue(path);
            }
        }
    }

    private async Task Api(Uri site)
    {
        using var browser = new Browser(site);
        await browser.Post("/sign-in", ("Name", "ana"));
        string[] paths =
        [
            "reports", "reports/2026-10", "statements/CA-FLO/US-CPI/2026-10", "statements/CA-FLO/US-CPI/2026-10/lines?limit=500",
            "held?limit=500", "held/documents", "parties", "relationships", "status", "me", "tax/proposals",
            "tax/reports/CA-FLO/2026-10", "reports/none", "held?cursor=x",
            .. Enumerable.Range(0, 16).Select(i => $"cdrs/CA-FLO~US-CPI/US-CPI/canary-{i}"),
        ];
        foreach (var path in paths)
        {
            Look("API " + path, await (await browser.Get("/api/v1/" + path)).Content.ReadAsStringAsync(Stop));
        }
    }

    private async Task Tables(Town town)
    {
        var tables = await town.Database.Value<string[]>(
            """
            select array_agg(oid::regclass::text order by 1) from pg_class
            where relkind in ('r', 'p', 'm') and relnamespace::regnamespace::text in ('public', 'log', 'wolverine')
            """);
        tables.ShouldContain("log.mt_events");
        tables.ShouldContain("wolverine.wolverine_dead_letters");
        foreach (var table in tables)
        {
            Look($"table {table}", await town.Database.Value<string>($"select coalesce(string_agg(t::text, E'\\n'), '') from {table} t"));
        }

        foreach (var messages in tables.Where(table => table.EndsWith("_envelopes", StringComparison.Ordinal)
            || table.EndsWith("dead_letters", StringComparison.Ordinal)))
        {
            Look($"messages in {messages}", await town.Database.Value<string>(
                $"select coalesce(string_agg(encode(body, 'escape'), ' '), '') from {messages}"));
        }

        (await town.Count("select count(*) from log.mt_events where data::text like '%canary-0%'")).ShouldBePositive();
        (await town.Count("select count(*) from log.mt_events where type = 'document_held'")).ShouldBeGreaterThan(3);
        (await town.Count("select count(*) from cdrs where state in ('held', 'conflict')")).ShouldBeGreaterThan(3);
    }

    private void Look(string where, string text) =>
        found.AddRange(Telling.Where(secret => text.Contains(secret, StringComparison.OrdinalIgnoreCase))
            .Take(1).Select(secret => $"{where}: {secret}"));

    private static string Readable(string type, byte[] bytes)
    {
        switch (type)
        {
            case "application/pdf":
                return string.Join('\n', Tools.Pages(bytes));
            case "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
                using (var zip = new ZipArchive(new MemoryStream(bytes)))
                {
                    return string.Join('\n', zip.Entries.Select(entry =>
                    {
                        using var reader = new StreamReader(entry.Open());
                        return reader.ReadToEnd();
                    }));
                }

            default:
                return WebUtility.HtmlDecode(Encoding.UTF8.GetString(bytes));
        }
    }

    /// <summary>As text, as hex, and as the middle of base64 at each of its three offsets.</summary>
    private static IEnumerable<string> Forms(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        yield return secret;
        yield return Convert.ToHexString(bytes);
        const int Shortest = 10; // a shorter piece of base64 stands anywhere by chance
        for (var offset = 0; offset < 3; offset++)
        {
            var text = Convert.ToBase64String([.. new byte[offset], .. bytes])[4..^4];
            if (text.Length >= Shortest)
            {
                yield return text;
            }
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+", RegexOptions.None, 1000)]
    private static partial Regex Address();

    [GeneratedRegex("""(?:href|src)="(?<path>[^"]+)"[ >]""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Hrefs();
}
