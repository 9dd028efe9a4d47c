using System.Text;
using System.Text.Json.Nodes;
using Settlement.Api.Demo;

namespace Settlement.Tests.Intake;

/// <summary>A file with everything wrong in it: each fault gets its own answer, and the good CDRs get in.</summary>
public sealed class FaultyFileTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_fault_has_its_own_answer_and_the_rest_is_imported()
    {
        await using var town = await Town.Begin();
        var good = Town.Month(200).Where(document => document.Story == DemoStory.Ordinary && document.Emsp.ToString() == "CA-FLO")
            .Where(document => Text(document).Contains("\"state\":\"ON\"", StringComparison.Ordinal)).Take(6)
            .Select(Text).ToList();
        var lines = new[]
        {
            good[0],
            "{\"country_code\":\"US\", oops",
            With(good[1], cdr => cdr["party_id"] = "TOOLONG"),
            With(good[2], cdr => cdr["currency"] = "XYZ"),
            With(good[3], cdr => Energy(cdr, -1m)),
            With(good[4], cdr => cdr["remark"] = new string('x', 10 * 1024 * 1024)),
            good[5],
        };
        var file = Path.Combine(Path.GetTempPath(), $"faulty-{Environment.ProcessId}.jsonl");
        await File.WriteAllTextAsync(file, string.Join('\n', lines) + "\n", Stop);
        var (exit, output, errors) = await town.Program("import", file);
        File.Delete(file);

        exit.ShouldBe(1, "done, and something was found");
        output.ShouldContain("2 posted, 2 held");
        output.ShouldContain("2 unreadable (kept), 1 no JSON object");
        errors.ShouldContain("line 2:");
        errors.ShouldContain("(json.malformed)");
        errors.ShouldContain("line 6:");
        errors.ShouldContain("(cdr.too-large)");
        errors.ShouldContain("(party.malformed)");
        errors.ShouldContain("(currency.unknown)");
        errors.ShouldContain("(volume.negative)");
        (await town.Count("select count(*) from cdrs where state = 'held'")).ShouldBe(2);
        (await town.Count("select count(*) from log.mt_events where tenant_id = '@intake' and type = 'document_held'"))
            .ShouldBe(2, "what could not be read is kept whole, also what could not be cut into an object");
    }

    [Fact]
    public async Task What_was_kept_unread_can_be_opened_again_byte_for_byte()
    {
        await using var town = await Town.Begin();
        var text = "{\"country_code\":\"US\",\"party_id\":\"CPI\",\"cdr_token\":{\"uid\":\"SECRET-UID-77\"}}";
        var answer = (await town.Engine.Intake.Receive(
            [new(Encoding.UTF8.GetBytes(text), "test", town.Engine.Now)], new(), Stop))[0];

        answer.Outcome.ShouldBe(Api.Intake.IntakeOutcome.Unreadable);
        answer.Reason!.Message.ShouldNotContain("SECRET-UID-77");
        (await town.Database.Value<string>("select data::text from log.mt_events where tenant_id = '@intake'"))
            .ShouldNotContain("SECRET-UID-77");
        var sealedText = await town.Database.Value<string>("select data->>'Sealed' from log.mt_events where tenant_id = '@intake'");
        var name = await town.Database.Value<string>("select stream_id from log.mt_events where tenant_id = '@intake'");
        var opened = await town.Engine.Vault.OpenFor("@intake", name, name, sealedText, Stop);
        Encoding.UTF8.GetString(opened!).ShouldBe(text);
    }

    [Fact]
    public async Task No_drivers_identifier_stands_in_any_table()
    {
        await using var town = await Town.Begin();
        var documents = Town.Month(200);
        await town.Import(documents);
        var secrets = documents.Select(document => JsonNode.Parse(document.Json.Span)!["cdr_token"]!)
            .SelectMany(token => new[] { (string)token["uid"]!, (string)token["contract_id"]! })
            .Distinct(StringComparer.Ordinal).ToList();
        var dump = await town.Database.Value<string>(
            """
            select coalesce(string_agg(x, ' '), '') from (
              select data::text || coalesce(headers::text, '') || stream_id x from log.mt_events
              union all select command_id from commands
              union all select t::text from cdrs t
              union all select t::text from ledger_entries t
              union all select t::text from driver_keys t) all_rows
            """);

        secrets.Count.ShouldBeGreaterThan(20);
        secrets.ShouldAllBe(secret => !dump.Contains(secret, StringComparison.OrdinalIgnoreCase));
    }

    private static string Text(DemoDocument document) => Encoding.UTF8.GetString(document.Json.Span);

    private static string With(string json, Action<JsonNode> change)
    {
        var node = JsonNode.Parse(json)!;
        change(node);
        return node.ToJsonString();
    }

    private static void Energy(JsonNode cdr, decimal kwh)
    {
        cdr["total_energy"] = kwh;
        foreach (var period in cdr["charging_periods"]!.AsArray())
        {
            var energy = period!["dimensions"]!.AsArray().FirstOrDefault(d => (string)d!["type"]! == "ENERGY");
            if (energy is not null)
            {
                energy["volume"] = kwh;
                kwh = 0m;
            }
        }
    }
}
