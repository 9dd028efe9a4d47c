using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodaTime;
using static Settlement.Tests.Ocpi.OcpiSite;

namespace Settlement.Tests.Ocpi;

/// <summary>A partner of each version connects, pushes all it has, reads it back, and is pulled from.</summary>
public sealed class PartnerStoryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Versions => ["2.1.1", "2.2.1", "2.3.0"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_CDR_that_was_pushed_reads_back_as_it_was_sent(string version)
    {
        await using var site = await Begin();
        await using var partner = await Connected(site, version);
        var cdr = Cdr(version);

        var posted = await partner.Call(HttpMethod.Post, partner.Endpoint("cdrs", "RECEIVER"), cdr);

        posted.Http.ShouldBe(HttpStatusCode.Created, posted.Message);
        var read = await partner.Call(HttpMethod.Get, posted.Response.Headers.Location!.ToString());
        read.Status.ShouldBe(1000);
        Missing(JsonNode.Parse(cdr)!, read.Data!, "").ShouldBeEmpty();
        var again = await partner.Call(HttpMethod.Post, partner.Endpoint("cdrs", "RECEIVER"), read.Data!.ToJsonString());
        again.Status.ShouldBe(1000, again.Message); // a repeat
        var listed = await partner.Call(HttpMethod.Get, partner.Endpoint("cdrs", "SENDER"));
        listed.Data!.AsArray().Select(item => (string?)item!["id"]).ShouldBe([(string?)JsonNode.Parse(cdr)!["id"]]);
    }

    [Fact]
    public async Task A_credit_and_a_CDR_in_conflict_read_back_too()
    {
        await using var site = await Begin();
        await using var partner = await Connected(site, "2.2.1");
        var cdr = Ordinary("US-CPI", 1)[0];
        var credit = With(cdr, node =>
        {
            node["id"] = $"{node["id"]}-C";
            node["credit"] = true;
            node["credit_reference_id"] = JsonNode.Parse(cdr)!["id"]!.DeepClone();
            foreach (var amount in node["total_cost"]!.AsObject().ToList())
            {
                node["total_cost"]![amount.Key] = -(decimal)amount.Value!;
            }
        });
        var first = await partner.Call(HttpMethod.Post, partner.Endpoint("cdrs", "RECEIVER"), credit); // before its original
        var second = await partner.Call(HttpMethod.Post, partner.Endpoint("cdrs", "RECEIVER"), cdr);
        var conflict = await partner.Call(
            HttpMethod.Post, partner.Endpoint("cdrs", "RECEIVER"), With(cdr, node => node["total_energy"] = 999.0));

        (await partner.Call(HttpMethod.Get, first.Header("Location")!)).Data!["credit"]!.GetValue<bool>().ShouldBeTrue();
        conflict.Status.ShouldBe(2001);
        conflict.Header("Location").ShouldBe(second.Header("Location"));
        (await partner.Call(HttpMethod.Get, second.Header("Location")!)).Data!["total_energy"]!.ToString()
            .ShouldBe(JsonNode.Parse(cdr)!["total_energy"]!.ToString());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Tariffs_are_put_read_patched_listed_and_withdrawn(string version)
    {
        await using var site = await Begin();
        await using var partner = await Connected(site, version);
        var tariff = Tariff(version, "T-1", 0.45m);
        var url = partner.Owned("tariffs", "T-1");

        (await partner.Call(HttpMethod.Put, url, tariff)).Http.ShouldBe(HttpStatusCode.Created);
        (await partner.Call(HttpMethod.Put, url, tariff)).Http.ShouldBe(HttpStatusCode.OK);
        Missing(JsonNode.Parse(tariff)!, (await partner.Call(HttpMethod.Get, url)).Data!, "").ShouldBeEmpty();
        (await partner.Call(HttpMethod.Put, url, Tariff(version, "T-2", 1m))).Message!.ShouldContain("(tariff.other-id)");
        var patched = await partner.Call(HttpMethod.Patch, url, """{"currency":"USD"}""");
        if (version == "2.1.1")
        {
            patched.Status.ShouldBe(1000);
            ((string?)(await partner.Call(HttpMethod.Get, url)).Data!["currency"]).ShouldBe("USD");
        }
        else
        {
            patched.Http.ShouldBe(HttpStatusCode.MethodNotAllowed); // PATCH went with 2.2
        }

        (await partner.Call(HttpMethod.Get, partner.Endpoint("tariffs", "SENDER"))).Data!.AsArray()
            .Count(item => (string?)item!["id"] == "T-1").ShouldBe(1);
        (await partner.Call(HttpMethod.Delete, url)).Status.ShouldBe(1000);
        (await partner.Call(HttpMethod.Get, url)).Http.ShouldBe(HttpStatusCode.NotFound);
        (await partner.Call(HttpMethod.Delete, url)).Http.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_session_is_rated_with_the_tariff_that_was_in_force_when_it_began()
    {
        await using var site = await Begin();
        await using var partner = await Connected(site, "2.2.1");
        var url = partner.Owned("tariffs", "T-1");
        var before = SystemClock.Instance.GetCurrentInstant();
        await partner.Call(HttpMethod.Put, url, Tariff("2.2.1", "T-1", 0.40m));
        var between = SystemClock.Instance.GetCurrentInstant();
        await partner.Call(HttpMethod.Put, url, Tariff("2.2.1", "T-1", 0.50m));
        var after = SystemClock.Instance.GetCurrentInstant();
        await partner.Call(HttpMethod.Delete, url);
        var withdrawn = SystemClock.Instance.GetCurrentInstant();

        var book = await site.Town.Engine.Books.Current(Stop);
        decimal? Price(Instant at) => book.Tariff(Cpi, "t-1", at)?.Elements[0].Components[0].Price;
        Price(between).ShouldBe(0.40m);
        Price(after).ShouldBe(0.50m);
        Price(withdrawn).ShouldBeNull();
        Price(before - Duration.FromDays(1)).ShouldBe(0.50m); // nothing was known then: the last that does not exclude it
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Locations_EVSEs_and_connectors_are_put_patched_and_read(string version)
    {
        await using var site = await Begin();
        await using var partner = await Connected(site, version);
        var location = Location(version);
        var url = partner.Owned("locations", "LOC-1");

        (await partner.Call(HttpMethod.Put, url, location)).Http.ShouldBe(HttpStatusCode.Created);
        var evse = """{"uid":"E-2","evse_id":"US*CPI*E2","status":"AVAILABLE","connectors":[],"last_updated":"2026-09-02T00:00:00Z"}""";
        (await partner.Call(HttpMethod.Put, $"{url}/E-2", evse)).Http.ShouldBe(HttpStatusCode.Created);
        var connector = """{"id":"9","standard":"IEC_62196_T2_COMBO","format":"CABLE","power_type":"DC","max_voltage":400,"max_amperage":250,"last_updated":"2026-09-03T00:00:00Z"}""";
        (await partner.Call(HttpMethod.Put, $"{url}/E-2/9", connector)).Http.ShouldBe(HttpStatusCode.Created);
        (await partner.Call(HttpMethod.Patch, $"{url}/E-2/9", """{"max_amperage":125,"voltage":400,"amperage":125,"last_updated":"2026-09-04T00:00:00Z"}""")).Status.ShouldBe(1000);
        (await partner.Call(HttpMethod.Patch, url, """{"name":"New name","last_updated":"2026-09-05T00:00:00Z"}""")).Status.ShouldBe(1000);

        var read = (await partner.Call(HttpMethod.Get, url)).Data!;
        ((string?)read["name"]).ShouldBe("New name");
        ((string?)read["time_zone"]).ShouldBe("America/Chicago");
        ((string?)read["last_updated"]).ShouldBe("2026-09-05T00:00:00Z"); // the parents' time moves with the part's
        var amperes = (await partner.Call(HttpMethod.Get, $"{url}/e-2/9")).Data!; // CiString: compared without case
        ((int?)(amperes["max_amperage"] ?? amperes["amperage"])).ShouldBe(125);
        ((string?)(await partner.Call(HttpMethod.Get, $"{url}/E-1")).Data!["evse_id"]).ShouldBe("US*CPI*E1");
        (await partner.Call(HttpMethod.Get, $"{url}/E-9")).Status.ShouldBe(2003);
        (await partner.Call(HttpMethod.Put, $"{partner.Owned("locations", "LOC-9")}/E-1", evse)).Status.ShouldBe(2003);
    }

    [Fact]
    public async Task A_status_update_is_no_new_version_of_a_location()
    {
        await using var site = await Begin();
        await using var partner = await Connected(site, "2.2.1");
        var url = partner.Owned("locations", "LOC-1");
        await partner.Call(HttpMethod.Put, url, Location("2.2.1"));
        var before = await Versions("location/us-cpi/loc-1");
        (await partner.Call(HttpMethod.Patch, $"{url}/E-1", """{"status":"CHARGING","last_updated":"2026-10-02T00:00:00Z"}""")).Status.ShouldBe(1000);
        (await Versions("location/us-cpi/loc-1")).ShouldBe(before);

        Task<long> Versions(string stream) => site.Town.Count($"select count(*) from log.mt_events where stream_id = '{stream}'");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Sessions_are_put_patched_and_read_and_say_nothing_of_the_driver_in_clear(string version)
    {
        await using var site = await Begin();
        await using var partner = await Connected(site, version);
        var url = partner.Owned("sessions", "S-1");
        (await partner.Call(HttpMethod.Put, url, Session(version, "S-1", "ACTIVE"))).Http.ShouldBe(HttpStatusCode.Created);
        (await partner.Call(HttpMethod.Put, url, Session(version, "S-1", "ACTIVE"))).Http.ShouldBe(HttpStatusCode.OK);
        var period = """{"start_date_time":"2026-10-05T10:30:00Z","dimensions":[{"type":"ENERGY","volume":2}]}""";
        (await partner.Call(HttpMethod.Patch, url, $$"""{"kwh":7.5,"status":"COMPLETED","charging_periods":[{{period}}],"last_updated":"2026-10-05T11:00:00Z"}""")).Status.ShouldBe(1000);

        var read = (await partner.Call(HttpMethod.Get, url)).Data!;
        ((string?)read["status"]).ShouldBe("COMPLETED");
        ((decimal?)read["kwh"]).ShouldBe(7.5m);
        read["charging_periods"]!.AsArray().Count.ShouldBe(2); // PATCH adds periods (2.2.1 §9.2.2.3)
        read.ToJsonString().ShouldContain("CANARY-UID");
        var stored = await site.Town.Database.Value<string>("select string_agg(data::text, ' ') from log.mt_events where type = 'session_reported'");
        stored.ShouldNotContain("CANARY");
        (await site.Town.Count("select count(*) from log.mt_events where type = 'session_reported'")).ShouldBe(2);
        (await partner.Call(HttpMethod.Patch, partner.Owned("sessions", "S-9"), "{}")).Http.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Sessions_without_CDR_and_CDRs_without_session_are_told()
    {
        await using var site = await Begin();
        await using var partner = await Connected(site, "2.2.1");
        var cdrs = Ordinary("US-CPI", 2).Select((cdr, i) => With(cdr, node =>
        {
            node["session_id"] = $"billed-{i}";
            node["start_date_time"]!.ToString().ShouldStartWith("2026-10");
        })).ToList();
        foreach (var cdr in cdrs)
        {
            (await partner.Call(HttpMethod.Post, partner.Endpoint("cdrs", "RECEIVER"), cdr)).Http.ShouldBe(HttpStatusCode.Created);
        }

        await partner.Call(HttpMethod.Put, partner.Owned("sessions", "BILLED-0"), Session("2.2.1", "BILLED-0", "COMPLETED", "2026-10-01T00:00:00Z"));
        await partner.Call(HttpMethod.Put, partner.Owned("sessions", "lost"), Session("2.2.1", "lost", "COMPLETED"));
        await partner.Call(HttpMethod.Put, partner.Owned("sessions", "running"), Session("2.2.1", "running", "ACTIVE"));

        var answer = (await partner.Call(HttpMethod.Get, $"{site.Address}/ocpi/settlement/completeness/2026-10")).Data!;
        ((long?)answer["completed_sessions"]).ShouldBe(2);
        answer["sessions_without_cdr"]!.AsArray().Select(row => (string?)row!["session_id"]).ShouldBe(["lost"]);
        answer["cdrs_without_session"]!.AsArray().Select(row => (string?)row!["session_id"]).ShouldBe(["billed-1"]);
    }

    [Fact]
    public async Task An_invoice_record_takes_strings_and_objects_and_is_corrected_and_withdrawn()
    {
        await using var site = await Begin();
        await using var partner = await Connected(site, "2.3.0");
        var url = partner.Owned("invoicereconciliation", "3");
        string Record(string cdrs) => $$"""{"country_code":"US","party_id":"CPI","id":"3","invoice_id":"INV202303","cdrs":{{cdrs}},"last_updated":"2026-11-01T21:59:59Z","x":1}""";

        var posted = await partner.Call(HttpMethod.Post, partner.Endpoint("invoicereconciliation", "RECEIVER"), Record("""["1","2"]"""));
        posted.Http.ShouldBe(HttpStatusCode.Created, posted.Message);
        posted.Header("Location").ShouldBe(url);
        (await partner.Call(HttpMethod.Post, partner.Endpoint("invoicereconciliation", "RECEIVER"), Record("""[{"id":"1"},{"id":"2"}]"""))).Http.ShouldBe(HttpStatusCode.OK);
        (await partner.Call(HttpMethod.Post, partner.Endpoint("invoicereconciliation", "RECEIVER"), Record("""["9"]"""))).Message!.ShouldContain("(invoice-record.exists)");
        (await partner.Call(HttpMethod.Put, url, Record("""["1","2","3"]"""))).Status.ShouldBe(1901); // kept, and its CDRs never came
        (await partner.Call(HttpMethod.Get, url)).Data!["cdrs"]!.ToJsonString().ShouldBe("""["1","2","3"]""");
        (await partner.Call(HttpMethod.Delete, url)).Status.ShouldBe(1000);
        (await partner.Call(HttpMethod.Get, url)).Http.ShouldBe(HttpStatusCode.NotFound);
        (await partner.Call(HttpMethod.Get, partner.Endpoint("invoicereconciliation", "SENDER"))).Data!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_partner_is_pulled_page_by_page_and_then_only_since_the_last_time(string version)
    {
        await using var site = await Begin();
        await using var partner = await Connected(site, version);
        var cdrs = Enumerable.Range(0, 5).Select(i => With(Cdr(version), node => (node["id"], node["session_id"]) = ($"pulled-{i}", $"s-{i}")));
        partner.Offers["cdrs"].AddRange(cdrs);
        partner.Offers["cdrs"].Insert(2, """{"id":"bad"}"""); // a bad one does not spoil its page
        partner.Offers["tariffs"].Add(Tariff(version, "PULLED", 0.30m));
        partner.Offers["locations"].Add(Location(version));

        var known = (await site.Town.Engine.Tokens.Fresh(Stop)).Partner("US-CPI")!;
        var first = await site.Services.Pulls.Pull(known, anyway: true, Stop);
        var second = await site.Services.Pulls.Pull(known, anyway: true, Stop);

        first.Select(p => (p.Module, p.Objects, p.Refused, p.Error)).ShouldBe(
            [("tariffs", 1, 0, null), ("locations", 1, 0, null), ("cdrs", 6, 1, null)]);
        second.Select(p => p.Error).ShouldAllBe(error => error == null);
        partner.Calls.Count(call => call.StartsWith($"GET /{version}/cdrs?", StringComparison.Ordinal)
            && call.Contains("date_from=", StringComparison.Ordinal)).ShouldBe(1); // later pages are the partner's links
        (await site.Town.Count("select count(*) from cdrs where cdr_id like 'pulled-%'")).ShouldBe(5);
        (await site.Town.Count("select count(*) from log.mt_events where type = 'cdr_received'")).ShouldBe(5);
        (await site.Town.Engine.Books.Current(Stop)).LatestTariff(Cpi, "PULLED").ShouldNotBeNull();
        (await site.Services.Pulls.Progress.All(Stop)).Single(p => p.Module == "cdrs").Objects.ShouldBe(12);
    }

    [Theory]
    [InlineData("circle", "in a circle")]
    [InlineData("foreign", "another server")]
    [InlineData("broken", "cannot be had")]
    [InlineData("redirect", "redirects")]
    public async Task Astray_links_redirects_and_outages_end_a_pull_and_it_goes_on_where_it_was(string fault, string said)
    {
        await using var site = await Begin();
        await using var partner = await Connected(site, "2.2.1");
        partner.Offers["cdrs"].Add(Ordinary("US-CPI", 1)[0]);
        partner.Instead = async http =>
        {
            if (http.Request.Path != "/2.2.1/cdrs")
            {
                return false;
            }

            switch (fault)
            {
                case "broken": http.Response.StatusCode = 500; break;
                case "redirect": http.Response.Redirect($"{partner.Address}/elsewhere"); break;
                default:
                    http.Response.Headers.Link = fault == "circle"
                        ? $"<{partner.Address}/2.2.1/cdrs?offset=0&limit=500>; rel=\"next\""
                        : "<http://elsewhere.example/cdrs?offset=2>; rel=\"next\"";
                    await http.Response.WriteAsync($$"""{"data":[{{partner.Offers["cdrs"][0]}}],"status_code":1000}""", Stop);
                    break;
            }

            return true;
        };
        var known = (await site.Town.Engine.Tokens.Fresh(Stop)).Partner("US-CPI")!;

        var failed = (await site.Services.Pulls.Pull(known, anyway: true, Stop)).Single(p => p.Module == "cdrs");

        failed.Error!.ShouldContain(said);
        partner.Calls.ShouldNotContain(call => call.Contains("elsewhere", StringComparison.Ordinal));
        partner.Calls.Count(call => call.StartsWith("GET /2.2.1/cdrs", StringComparison.Ordinal)).ShouldBe(fault == "broken" ? 4 : 1);
        var state = (await site.Services.Pulls.Progress.All(Stop)).Single(p => p.Module == "cdrs");
        (state.PulledTo, state.Attempt, state.LastError is null).ShouldBe((null, 1, false));
        partner.Instead = null;
        (await site.Services.Pulls.Pull(known, anyway: true, Stop)).Single(p => p.Module == "cdrs").Error.ShouldBeNull();
    }

    private static async Task<ScriptedPartner> Connected(OcpiSite site, string version)
    {
        var partner = await ScriptedPartner.Start(version, "US", "CPI");
        (await partner.Register($"{site.Address}/ocpi/versions", await site.TokenA(Cpi))).Status.ShouldBe(1000);
        partner.Calls.Clear();
        return partner;
    }

    /// <summary>Members that were sent and are not in the answer with the same value; times and numbers by value.</summary>
    private static List<string> Missing(JsonNode sent, JsonNode read, string at) => sent switch
    {
        JsonObject o => [.. o.Where(member => member.Value is not null && !IsNotKept(member.Key))
            .SelectMany(member => read is JsonObject other && other[member.Key] is { } value
                ? Missing(member.Value!, value, $"{at}/{member.Key}")
                : [$"{at}/{member.Key}"])],
        JsonArray list => read is JsonArray others && others.Count == list.Count
            ? [.. list.Zip(others).SelectMany((pair, i) => Missing(pair.First!, pair.Second!, $"{at}/{i}"))]
            : [at],
        _ => Same(sent, read) ? [] : [$"{at}: {sent} is {read}"],
    };

    // the reader keeps what settlement needs of them
    private static bool IsNotKept(string name) =>
        name is "energy_mix" or "max_voltage" or "voltage" or "amperage" or "status" or "type";

    private static bool Same(JsonNode one, JsonNode other) =>
        one.ToJsonString() == other.ToJsonString()
        || (decimal.TryParse(one.ToString(), out var a) && decimal.TryParse(other.ToString(), out var b) && a == b)
        || (DateTime.TryParse(one.ToString(), out var t) && DateTime.TryParse(other.ToString(), out var u) && t == u);

    internal static string Cdr(string version) => version switch
    {
        "2.3.0" => Ordinary("US-CPI", 1, is230: true)[0],
        "2.2.1" => Ordinary("US-CPI", 1)[0],
        _ => """
            {"id":"old-1","start_date_time":"2026-10-05T10:00:00Z","stop_date_time":"2026-10-05T11:00:00Z","auth_id":"OLD-DRIVER-1",
            "auth_method":"WHITELIST","location":{"id":"LOC1","type":"ON_STREET","name":"Elm","address":"1 Elm St","city":"Austin",
            "postal_code":"78701","country":"USA","coordinates":{"latitude":"30.267","longitude":"-97.743"},"time_zone":"America/Chicago",
            "evses":[{"uid":"3256","evse_id":"US*CPI*1","status":"AVAILABLE","connectors":[{"id":"1","standard":"IEC_62196_T2","format":"SOCKET",
            "power_type":"AC_1_PHASE"}]}]},"currency":"USD","tariffs":[{"id":"12","currency":"USD","elements":[{"price_components":[
            {"type":"TIME","price":2.00,"step_size":300}]}],"last_updated":"2026-09-01T00:00:00Z"}],"charging_periods":[
            {"start_date_time":"2026-10-05T10:00:00Z","dimensions":[{"type":"ENERGY","volume":11.5},{"type":"TIME","volume":1.0}]}],
            "total_cost":2.00,"total_energy":11.5,"total_time":1.0,"last_updated":"2026-10-05T11:01:00Z"}
            """,
    };

    internal static string Tariff(string version, string id, decimal price)
    {
        var owner = version == "2.1.1" ? "" : "\"country_code\":\"US\",\"party_id\":\"CPI\",\"type\":\"REGULAR\",";
        var tax = version == "2.3.0" ? "\"tax_included\":\"NO\"," : "";
        return $$"""
            {{{owner}}"id":"{{id}}","currency":"CAD",{{tax}}"elements":[{"price_components":[{"type":"ENERGY","price":{{price}},"step_size":1}],
            "restrictions":{"start_time":"08:00","end_time":"20:00","day_of_week":["MONDAY","FRIDAY"],"max_kwh":50} }],"last_updated":"2026-09-01T00:00:00Z"}
            """;
    }

    internal static string Location(string version)
    {
        var own = version == "2.1.1" ? "\"type\":\"ON_STREET\"," : "\"country_code\":\"US\",\"party_id\":\"CPI\",\"publish\":true,";
        return $$"""
            {{{own}}"id":"LOC-1","name":"Main","address":"1 Main St","city":"Austin","postal_code":"78701","state":"TX","country":"USA",
            "coordinates":{"latitude":"30.2","longitude":"-97.7"},"time_zone":"America/Chicago","last_updated":"2026-09-01T00:00:00Z",
            "evses":[{"uid":"E-1","evse_id":"US*CPI*E1","status":"AVAILABLE","last_updated":"2026-09-01T00:00:00Z","connectors":[
            {"id":"1","standard":"IEC_62196_T1","format":"CABLE","power_type":"AC_1_PHASE","max_voltage":240,"voltage":240,"max_amperage":30,"amperage":30,
            "last_updated":"2026-09-01T00:00:00Z"}]}]}
            """;
    }

    internal static string Session(string version, string id, string status, string start = "2026-10-05T10:00:00Z")
    {
        var own = version == "2.1.1"
            ? $"\"start_datetime\":\"{start}\",\"auth_id\":\"CANARY-UID\",\"location\":{{\"id\":\"LOC-1\",\"country\":\"USA\",\"evses\":[]}},\"total_cost\":1.5,"
            : $"\"country_code\":\"US\",\"party_id\":\"CPI\",\"start_date_time\":\"{start}\",\"location_id\":\"LOC-1\",\"evse_uid\":\"E-1\",\"connector_id\":\"1\","
              + "\"cdr_token\":{\"country_code\":\"CA\",\"party_id\":\"FLO\",\"uid\":\"CANARY-UID\",\"type\":\"RFID\",\"contract_id\":\"CANARY-CONTRACT\"},";
        return $$"""
            {{{own}}"id":"{{id}}","kwh":3.5,"auth_method":"WHITELIST","currency":"USD","status":"{{status}}","charging_periods":[
            {"start_date_time":"2026-10-05T10:00:00Z","dimensions":[{"type":"ENERGY","volume":3.5}]}],"last_updated":"2026-10-05T10:30:00Z"}
            """;
    }
}
