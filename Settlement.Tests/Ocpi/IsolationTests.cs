using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Npgsql;
using Settlement.Api.Ocpi;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ocpi;
using Settlement.Projections.Partners;
using static Settlement.Tests.Ocpi.OcpiSite;

namespace Settlement.Tests.Ocpi;

/// <summary>
/// Partners kept apart (rules-money 28 and 29, rules-store 18, OWASP API 1 and 5): every endpoint of the table × every
/// role × its own, another partner's and an unknown object. A new endpoint is in here by being in the table.
/// </summary>
public sealed partial class IsolationTests
{
    private static readonly string[] Roles = ["cpo", "emsp", "hub", "foreign", "none", "dead"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_endpoint_answers_each_role_its_own_objects_only()
    {
        await using var site = await Begin();
        var tokens = await Tokens(site);
        await Plant(site, tokens["cpo"]!);
        var wrong = new List<string>();
        // what deletes comes last, so that there is something to find until then
        foreach (var route in OcpiEndpoints.All.OrderBy(route => route.Method == "DELETE").ThenBy(route => route.Module == "credentials"))
        {
            foreach (var role in Roles)
            {
                foreach (var (which, owner, id) in Objects(route))
                {
                    if (route.Method == "DELETE" && route.Module != "credentials")
                    {
                        await Plant(site, tokens["cpo"]!); // each has something to delete
                    }

                    var reply = await site.Send(
                        new HttpMethod(route.Method), tokens[role], Path(route, owner, id), Body(route, owner, id));
                    var expected = Expected(route, role, which);
                    if (!expected.Contains(reply.Http))
                    {
                        wrong.Add($"{route.Method} {route.Path} as {role}, {which}: {(int)reply.Http} {reply.Message}");
                    }

                    var isItsOwn = which == "own" || (role == "foreign" && which == "other");
                    if (!isItsOwn && reply.Body?.ToJsonString().Contains("PLANTED", StringComparison.Ordinal) is true
                        && Body(route, owner, id) is null)
                    {
                        wrong.Add($"{route.Method} {route.Path} as {role}, {which}: shows another's object");
                    }
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task Anothers_object_and_an_unknown_one_get_the_same_answer_to_the_letter()
    {
        await using var site = await Begin();
        var tokens = await Tokens(site);
        await Plant(site, tokens["cpo"]!);
        foreach (var route in OcpiEndpoints.All.Where(route => route.Path.Contains("{id}", StringComparison.Ordinal)
            && route.Method == "GET" && !route.Path.Contains("evse", StringComparison.Ordinal)))
        {
            var others = await site.Get(tokens["foreign"]!, Path(route, "US-CPI", "PLANTED-1"));
            var unknown = await site.Get(tokens["foreign"]!, Path(route, "US-CPI", "NO-SUCH"));
            var nobodys = await site.Get(tokens["foreign"]!, Path(route, "XX-XXX", "PLANTED-1"));
            others.Http.ShouldBe(HttpStatusCode.NotFound, route.Path);
            Words(others).ShouldBe(Words(unknown), route.Path);
            Words(others).ShouldBe(Words(nobodys), route.Path);
        }

        static string Words(OcpiReply reply) => $"{reply.Http} {reply.Status} {reply.Message} {reply.Data} "
            + string.Join(' ', reply.Response.Headers.Select(header => header.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_list_shows_each_partner_its_own_relationships_and_a_hub_what_it_submitted()
    {
        await using var site = await Begin();
        var tokens = await Tokens(site);
        await Plant(site, tokens["cpo"]!);
        await site.Post(tokens["hub"]!, "/ocpi/2.2.1/cdrs", Cdr("US-CPI", "BY-HUB"));

        (await Ids("cpo")).ShouldBe(["PLANTED-1", "BY-HUB"]);
        (await Ids("emsp")).ShouldBe(["PLANTED-1", "BY-HUB"]);
        (await Ids("hub")).ShouldBe(["BY-HUB"]); // rules-money 28
        (await Ids("foreign")).ShouldBeEmpty();
        (await site.Get(tokens["hub"]!, "/ocpi/2.2.1/cdrs/US/CPI/BY-HUB")).Status.ShouldBe(1000);
        (await site.Get(tokens["hub"]!, "/ocpi/2.2.1/cdrs/US/CPI/PLANTED-1")).Http.ShouldBe(HttpStatusCode.NotFound);
        (await site.Get(tokens["hub"]!, "/ocpi/2.2.1/tariffs/US/CPI/PLANTED-1")).Http.ShouldBe(HttpStatusCode.NotFound);

        async Task<IEnumerable<string?>> Ids(string role) =>
            (await site.Get(tokens[role]!, "/ocpi/2.2.1/cdrs")).Data!.AsArray().Select(cdr => (string?)cdr!["id"]);
    }

    [Fact]
    public async Task A_partner_sees_of_others_tariffs_only_own_network_prices()
    {
        await using var site = await Begin();
        var tokens = await Tokens(site);
        await Plant(site, tokens["cpo"]!); // pushed without being marked as the reference
        var own = (await site.Get(tokens["cpo"]!, "/ocpi/2.2.1/tariffs")).Data!.AsArray().Select(t => (string?)t!["id"]).ToList();
        var others = (await site.Get(tokens["emsp"]!, "/ocpi/2.2.1/tariffs")).Data!.AsArray().Select(t => (string?)t!["id"]).ToList();
        own.ShouldContain("PLANTED-1");
        others.ShouldNotContain("PLANTED-1");
        others.Where(id => id!.StartsWith("CPI-", StringComparison.Ordinal)).ShouldNotBeEmpty(); // published for everybody
        (await site.Get(tokens["foreign"]!, "/ocpi/2.2.1/tariffs")).Data!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task PostgreSQL_shows_a_partner_nothing_that_the_code_forgot_to_filter()
    {
        await using var site = await Begin();
        var tokens = await Tokens(site);
        await Plant(site, tokens["cpo"]!);
        var reads = new PartnerReads(site.Town.Engine.Database);
        foreach (var table in (string[])["cdrs", "reported_sessions", "invoice_records", "tenant_heads"])
        {
            (await Count(table, "CA-FLO~US-CPI")).ShouldBe(1, table);
            (await Count(table, "AA-AAA~BB-BBB")).ShouldBe(0, table);
        }

        // tables that are not for partners, and the log, are not readable at all
        foreach (var table in (string[])["log.mt_events", "ledger_postings", "balances", "driver_keys", "commands"])
        {
            (await Should.ThrowAsync<PostgresException>(Count(table, "CA-FLO~US-CPI"))).SqlState.ShouldBe("42501");
        }

        async Task<long> Count(string table, string tenant) => (await reads.Read(
            [tenant], $"select count(distinct tenant_id) from {table} where $1::varchar[] is not null", [],
            row => row.GetInt64(0), Stop))[0];
    }

    [Fact]
    public async Task Every_table_that_partners_read_is_under_row_security()
    {
        await using var site = await Begin();
        (await site.Town.Count("""
            select count(*) from information_schema.role_table_grants g join pg_class c on c.relname = g.table_name
            where g.grantee = 'settlement_partner'
              and (not c.relrowsecurity or g.privilege_type <> 'SELECT'
                or not exists (select from pg_policy p where p.polrelid = c.oid))
            """)).ShouldBe(0);
        (await site.Town.Count("select count(*) from information_schema.role_table_grants where grantee = 'settlement_partner'")).ShouldBe(8);
        (await site.Town.Database.Value<string>("""
            select string_agg(column_name, ', ' order by column_name) from information_schema.role_column_grants
            where grantee = 'settlement_partner' and table_name = 'tenant_heads'
            """)).ShouldBe("generation, tenant_id");
    }

    private static async Task<Dictionary<string, string?>> Tokens(OcpiSite site)
    {
        var foreign = PartyId.Parse("MX-EVX")!.Value;
        await site.Town.Engine.Books.Record(
            [("party/mx-evx", new BookFact.PartyRegistered(new Party { Id = foreign, LegalName = "Elsewhere" }))], "test", Stop);
        await using var partner = await ScriptedPartner.Start("2.2.1", "US", "CPI");
        var dead = await site.TokenA(Cpi);
        await partner.Register($"{site.Address}/ocpi/versions", dead);
        return new(StringComparer.Ordinal)
        {
            ["cpo"] = await site.Token(Cpi),
            ["emsp"] = await site.Token(Flo),
            ["hub"] = await site.HubToken("NL-HUB", Cpi),
            ["foreign"] = await site.Token(foreign),
            ["none"] = null,
            ["dead"] = dead,
        };
    }

    /// <summary>One object of each module, of US-CPI.</summary>
    private static async Task Plant(OcpiSite site, string token)
    {
        foreach (var route in OcpiEndpoints.All.Where(route => route.Version is { } v && v.Name() == "2.3.0"
            && (route.Method == "PUT" || (route is { Method: "POST" })) && route.Module != "credentials"))
        {
            var reply = await site.Send(
                new HttpMethod(route.Method), token, Path(route, "US-CPI", "PLANTED-1"), Body(route, "US-CPI", "PLANTED-1"));
            ((int)reply.Http).ShouldBeInRange(200, 201, $"{route.Method} {route.Path}: {reply.Message}");
            // an invoice record is kept and differs: its CDR never came
            reply.Status.ShouldBe(route.Module == "invoicereconciliation" ? 1901 : 1000, $"{route.Method} {route.Path}: {reply.Message}");
        }
    }

    private static IEnumerable<(string Which, string Owner, string Id)> Objects(OcpiRoute route) =>
        route.Path.Contains("{id}", StringComparison.Ordinal) || (route.Method == "POST" && route.Module != "credentials")
            ? [("own", "US-CPI", "PLANTED-1"), ("other", "MX-EVX", "PLANTED-1"), ("unknown", "US-CPI", "NO-SUCH")]
            : [("own", "US-CPI", "")];

    /// <summary>What a role may get. The planted object is the CPO's; the foreign partner's "own" is the CPO's to it.</summary>
    private static HttpStatusCode[] Expected(OcpiRoute route, string role, string which)
    {
        if (role is "none" or "dead")
        {
            return [HttpStatusCode.Unauthorized];
        }

        if (route.Module == "credentials")
        {
            return [HttpStatusCode.OK, HttpStatusCode.MethodNotAllowed];
        }

        if (route.Module == "statements" && route.Path.Contains("{month}", StringComparison.Ordinal))
        {
            return [HttpStatusCode.NotFound]; // nothing is issued here; who may see what is, StatementFetchTests tell
        }

        if (route.Module == "webhook")
        {
            return role == "hub" ? [HttpStatusCode.NotFound] : [HttpStatusCode.OK, HttpStatusCode.NotFound];
        }

        if (route.Method == "POST" || !route.Path.Contains("{id}", StringComparison.Ordinal))
        {
            return [HttpStatusCode.OK, HttpStatusCode.Created]; // whose is said in the body: the OCPI status tells
        }

        var isOwners = (role is "cpo" && which != "other") || (role == "foreign" && which == "other");
        var mayWrite = isOwners || (role == "hub" && which != "other");
        return route.Method switch
        {
            "PUT" when mayWrite => route.Path.Contains("evse", StringComparison.Ordinal)
                ? [HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.NotFound]
                : [HttpStatusCode.OK, HttpStatusCode.Created],
            _ when isOwners && which == "own" => [HttpStatusCode.OK, HttpStatusCode.Created],
            // by now earlier lines of the matrix may have put an object there
            _ when mayWrite => [HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.NotFound],
            _ => [HttpStatusCode.NotFound],
        };
    }

    private static string Path(OcpiRoute route, string owner, string id) => Placeholder().Replace(
        route.Pattern, match => match.Value switch
        {
            "{country_code}" => owner[..2],
            "{party_id}" => owner[3..],
            "{id}" => id,
            "{month}" => "2026-10",
            "{format}" => "csv",
            _ => "1",
        });

    private static string? Body(OcpiRoute route, string owner, string id) => !route.TakesBody ? null : route.Module switch
    {
        "cdrs" => Cdr(owner, id),
        "tariffs" when route.Method == "PUT" => Owned(owner, id, """
            "currency":"USD","type":"REGULAR","elements":[{"price_components":[{"type":"ENERGY","price":0.5,"step_size":1}]}],"last_updated":"2026-09-01T00:00:00Z"
            """),
        "locations" when route.Path.EndsWith("{connector_id}", StringComparison.Ordinal) =>
            """{"id":"1","standard":"IEC_62196_T1","format":"CABLE","power_type":"DC","last_updated":"2026-09-01T00:00:00Z"}""",
        "locations" when route.Path.EndsWith("{evse_uid}", StringComparison.Ordinal) =>
            """{"uid":"1","status":"AVAILABLE","connectors":[{"id":"1","format":"CABLE"}],"last_updated":"2026-09-01T00:00:00Z"}""",
        "locations" when route.Method == "PUT" => Owned(owner, id, """
            "publish":true,"name":"x","city":"Austin","country":"USA","time_zone":"America/Chicago","last_updated":"2026-09-01T00:00:00Z",
            "evses":[{"uid":"1","connectors":[{"id":"1"}]}]
            """),
        "sessions" when route.Method == "PUT" => Owned(owner, id, """
            "start_date_time":"2026-10-05T10:00:00Z","kwh":1,"cdr_token":{"country_code":"CA","party_id":"FLO","uid":"u","type":"RFID","contract_id":"c"},
            "auth_method":"WHITELIST","location_id":"l","evse_uid":"1","connector_id":"1","currency":"USD","status":"ACTIVE","last_updated":"2026-10-05T10:30:00Z"
            """),
        "invoicereconciliation" => Owned(owner, id, """
            "invoice_id":"I-1","cdrs":["1"],"last_updated":"2026-11-01T00:00:00Z"
            """),
        "webhook" => """{"url":"https://partner.example/hook"}""",
        _ => """{"last_updated":"2026-10-05T10:31:00Z"}""",
    };

    private static string Owned(string owner, string id, string rest) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"country_code":"{{owner[..2]}}","party_id":"{{owner[3..]}}","id":"{{id}}",{{rest}}}""");

    private static string Cdr(string owner, string id) => With(Ordinary("US-CPI", 1)[0], node =>
    {
        (node["country_code"], node["party_id"], node["id"]) = (owner[..2], owner[3..], id);
        node["session_id"] = $"session of {id}";
    });

    [GeneratedRegex(@"\{\w+\}", RegexOptions.None, 1000)]
    private static partial Regex Placeholder();
}
