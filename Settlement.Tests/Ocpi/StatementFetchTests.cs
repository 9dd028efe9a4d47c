using System.Net;
using System.Text.Json.Nodes;
using Settlement.Domain.Agreements;
using Settlement.Tests.Export;
using Settlement.Tests.Intake;
using static Settlement.Tests.Ocpi.OcpiSite;
using static Settlement.Tests.Payments.MoneyTown;

namespace Settlement.Tests.Ocpi;

/// <summary>A partner is told of its statement, fetches it with its detail, and gets a record for each invoice.</summary>
public sealed class StatementFetchTests
{

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>All that a partner does, in one go, in each version of OCPI.</summary>
    [Theory]
    [MemberData(nameof(PartnerStoryTests.Versions), MemberType = typeof(PartnerStoryTests))]
    public async Task A_partner_registers_pushes_is_pulled_from_and_is_told_of_its_statement(string version)
    {
        await using var site = await Begin();
        await using var partner = await ScriptedPartner.Start(version, "US", "CPI");
        (await partner.Register($"{site.Address}/ocpi/versions", await site.TokenA(Cpi))).Status.ShouldBe(1000);
        foreach (var (module, id, body) in new[]
        {
            ("tariffs", "T-1", PartnerStoryTests.Tariff(version, "T-1", 0.45m)),
            ("locations", "LOC-1", PartnerStoryTests.Location(version)),
            ("sessions", "S-1", PartnerStoryTests.Session(version, "S-1", "COMPLETED")),
        })
        {
            (await partner.Call(HttpMethod.Put, partner.Owned(module, id), body)).Http.ShouldBe(HttpStatusCode.Created, module);
        }

        (await partner.Call(HttpMethod.Post, partner.Endpoint("cdrs", "RECEIVER"), PartnerStoryTests.Cdr(version)))
            .Http.ShouldBe(HttpStatusCode.Created);
        partner.Offers["cdrs"].Add(With(PartnerStoryTests.Cdr(version), cdr => (cdr["id"], cdr["session_id"]) = ("pulled", "pulled")));
        var known = (await site.Town.Engine.Tokens.Fresh(Stop)).Partner("US-CPI")!;
        (await site.Services.Pulls.Pull(known, anyway: true, Stop)).ShouldAllBe(pull => pull.Error == null && pull.Refused == 0);
        var settlement = $"{site.Address}/ocpi/settlement";
        (await partner.Call(HttpMethod.Put, $"{settlement}/webhook", $$"""{"url":"{{partner.Address}}/hook"}""")).Status.ShouldBe(1000);
        await site.Town.Import(Town.Month(200));
        (await partner.Call(HttpMethod.Get, $"{settlement}/statements")).Data!.AsArray().ShouldBeEmpty();
        (await Fetch(partner.Token, "CA/FLO")).Status.ShouldBe(HttpStatusCode.NotFound); // not issued: nothing to see

        await Issue(site);

        while (await site.Services.Webhooks.DeliverDue(Stop) > 0)
        {
        }

        var notice = JsonNode.Parse(partner.Told.ShouldHaveSingleItem().Body)!;
        ((string?)notice["type"]).ShouldBe("statement.issued");
        var listed = (await partner.Call(HttpMethod.Get, $"{settlement}/statements")).Data!.AsArray().ShouldHaveSingleItem()!;
        ((string?)listed["digest"]).ShouldBe((string?)notice["data"]!["digest"]);
        ((string?)listed["merkle_root"]).ShouldBe((string?)notice["data"]!["merkle_root"]);

        var (status, detail) = await Fetch(partner.Token, "CA/FLO");
        status.ShouldBe(HttpStatusCode.OK);
        detail.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe((int)listed["lines"]! + 1);
        foreach (var (token, path) in new[]
        {
            (await site.HubToken("NL-HUB", Cpi), "CA/FLO"), // rules-money 28: never statements
            (await site.Town.Engine.Tokens.Issue([PartyId.Parse("MX-EVX")!.Value], site.Town.Engine.Now, "test", Stop), "CA/FLO"),
            (partner.Token, "US/CPI"),
        })
        {
            (await Fetch(token, path)).Status.ShouldBe(HttpStatusCode.NotFound, path);
        }

        if (version != "2.3.0")
        {
            return;
        }

        // every posted CDR of the month is on exactly one record (rules-money 19; 2.3.0 invoicereconciliation)
        var records = (await partner.Call(HttpMethod.Get, partner.Endpoint("invoicereconciliation", "SENDER"))).Data!.AsArray();
        records.Select(r => (string)r!["invoice_id"]!).Order(StringComparer.Ordinal)
            .ShouldBe(listed["documents"]!.AsArray().Select(d => (string)d!["number"]!).Order(StringComparer.Ordinal));
        var cdrs = records.SelectMany(r => r!["cdrs"]!.AsArray().Select(id => $"{r["country_code"]}-{r["party_id"]}/{id}")).ToList();
        cdrs.ShouldBeUnique();
        ((long)cdrs.Count).ShouldBe(await site.Town.Count(
            "select count(distinct cpo || '/' || cdr_id) from ledger_entries where period = '2026-10'"));

        async Task<(HttpStatusCode Status, string Text)> Fetch(string token, string other)
        {
            using var client = new HttpClient();
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Token {token}");
            using var response = await client.GetAsync($"{settlement}/statements/{other}/2026-10/csv", Stop);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(Stop));
        }
    }

    [Fact]
    public async Task Each_line_is_proved_with_the_script_of_the_documentation_and_to_its_parties_only()
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        await site.Town.Import(Town.Month(200));
        await Issue(site);
        var (_, detail, _) = await File(site, token, "jsonl");
        var lines = detail.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        var root = (string?)(await site.Get(token, "/ocpi/settlement/statements")).Data![0]!["merkle_root"];
        var script = Documentation.Fenced("docs/ocpi.md", "python");

        foreach (var line in new[] { lines[0], lines[77], lines[^1] })
        {
            var path = $"/ocpi/settlement/statements/CA/FLO/2026-10/proofs/{line["log_number"]}";
            var answer = await site.Get(token, path);
            answer.Data!["leaf"]!.GetValue<string>().ShouldStartWith($"{line["log_number"]}|{line["kind"]}|");
            ((string?)answer.Data["leaf_index"]?.ToString()).ShouldBe(line["leaf_index"]!.ToString());
            ((string?)answer.Data["merkle_root"]).ShouldBe(root);
            (await Python(script, answer.Body!.ToJsonString())).ShouldBe((0, true));
            answer.Data["leaf"] = answer.Data["leaf"]!.GetValue<string>() + "0"; // ten times the amount
            (await Python(script, answer.Body!.ToJsonString())).ShouldBe((1, true));
        }

        foreach (var (other, path) in new[]
        {
            (await site.HubToken("NL-HUB", Cpi), "CA/FLO/2026-10/proofs/{0}"),
            (await site.Token(PartyId.Parse("MX-EVX")!.Value), "CA/FLO/2026-10/proofs/{0}"),
            (token, "US/CPI/2026-10/proofs/{0}"), (token, "CA/FLO/2026-09/proofs/{0}"), (token, "CA/FLO/2026-10/proofs/1"),
            (token, "CA/FLO/2026-10/proofs/99999999"), (token, "CA/FLO/2026-10/proofs/x"),
        })
        {
            var asked = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, lines[0]["log_number"]);
            (await site.Get(other, $"/ocpi/settlement/statements/{asked}")).Http.ShouldBe(HttpStatusCode.NotFound, path);
        }
    }

    [Fact]
    public async Task Of_a_month_that_was_opened_again_the_issued_version_stays()
    {
        await using var site = await Begin();
        var token = await site.Token(Cpi);
        var month = Town.Month(240);
        await site.Town.Import(month.Take(200));
        await Issue(site);
        var before = await File(site, token, "csv");
        before.State.ShouldBe("issued");

        await Reopen(site.Town, October);
        await site.Town.Import(month.Skip(200));
        (await site.Town.Count("select count(*) from ledger_entries where period = '2026-10'"))
            .ShouldBeGreaterThan(before.Text.Split('\n').Length - 1);

        (await File(site, token, "csv")).ShouldBe(before with { State = "reopened" });
        ((string?)(await site.Get(token, "/ocpi/settlement/statements")).Data!.AsArray().ShouldHaveSingleItem()!["state"])
            .ShouldBe("reopened");
        var html = await File(site, token, "html");
        html.Text.ShouldContain("opened again");
        html.Text.ShouldNotContain("PRELIMINARY");
        foreach (var format in (string[])["json", "jsonl", "xlsx", "pdf"])
        {
            (await File(site, token, format)).ShouldSatisfyAllConditions(
                file => file.Status.ShouldBe(HttpStatusCode.OK, format), file => file.State.ShouldBe("reopened"));
        }

        // its totals are those of its lines, as the tables had them when it went out
        var json = JsonNode.Parse((await File(site, token, "json")).Text)!;
        json["lines"]!.AsArray().Count.ShouldBe(before.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length - 1);
    }

    /// <summary>Two ways to the same totals: the tables add up as entries come, the issued version from its lines.</summary>
    [Fact]
    public async Task Totals_of_all_lines_are_the_totals_of_the_tables()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(600));
        var reports = town.Engine.Reports;
        var terms = (await town.Engine.Books.Agreements(Pair.ToString(), Stop)).Versions[^1];
        await using var all = await reports.Reading(Pair.A, Pair.B, October, terms, Stop);
        await using var bounded = await reports.Reading(
            Pair.A, Pair.B, October, terms, Stop, all.Statement.Position.Number);

        bounded.Statement.Places.ShouldBe(all.Statement.Places);
        bounded.Statement.Taxes.ShouldBe(all.Statement.Taxes);
    }

    private sealed record Fetched(HttpStatusCode Status, string Text, string? State);

    private static async Task<Fetched> File(OcpiSite site, string token, string format)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Token {token}");
        using var answer = await client.GetAsync($"{site.Address}/ocpi/settlement/statements/CA/FLO/2026-10/{format}", Stop);
        return new Fetched(
            answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop),
            answer.Headers.TryGetValues("Statement-State", out var state) ? state.Single() : null);
    }

    private static async Task<(int Exit, bool HasSpoken)> Python(string script, string input)
    {
        var (exit, output, errors) = await Tool.RunWith(input, "python3", "-c", script);
        return (exit, output.Length + errors.Length > 0);
    }

    private static Task Issue(OcpiSite site) => Close(site.Town, October, Third);
}
