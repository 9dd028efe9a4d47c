using System.CommandLine;
using Settlement.Api;
using Settlement.Api.People;

namespace Settlement.Tests.People;

/// <summary>
/// Every verb of the program's own table, asked by somebody who may only read: a new one cannot forget to ask for
/// rights, for the log is shut to whoever did not.
/// </summary>
public sealed class VerbRightsTests(OfficeFixture office) : IClassFixture<OfficeFixture>
{
    private const string Pair = "CA-FLO~US-CPI";
    private const string File = "FILE"; // an empty list, in a file of its own

    // one call of each verb that would do what it is for; FILE and TERMS are files
    private static readonly IReadOnlyDictionary<string, string[]> Calls = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["rate"] = [File],
        ["lint"] = [File],
        ["tax"] = ["--place", "CA-QC", "--amount", "1", "--currency", "CAD", "--on", "2026-10-01", "--db"],
        ["import"] = [File],
        ["tariffs"] = [File],
        ["locations"] = [File],
        ["fx"] = [File],
        ["report"] = ["2026-10"],
        ["statement"] = ["CA-FLO", "2026-10"],
        ["document"] = ["INV-1"],
        ["tax-report"] = ["CA-FLO", "2026-10"],
        ["export"] = ["gl", "2026-10", "--books", "CA-FLO"],
        ["held list"] = [],
        ["held release"] = ["US-CPI/1", "--amount", "1", "--reason", "r"],
        ["held approve"] = ["US-CPI/1", "--amount", "1"],
        ["held reject"] = ["US-CPI/1", "--reason", "r"],
        ["held choose"] = ["US-CPI/1", "--content", "00", "--reason", "r"],
        ["held look-again"] = ["US-CPI/1", "--reason", "r"],
        ["held another-session"] = ["US-CPI/1", "--reason", "r"],
        ["held bulk"] = ["reject", "--apply", "--because", "r"],
        ["held documents"] = ["--review"],
        ["correct preview"] = [Pair, "--month", "2026-10"],
        ["correct propose"] = [Pair, "--month", "2026-10", "--cause", "c"],
        ["correct approve"] = [Pair, "1"],
        ["correct apply"] = [Pair, "1"],
        ["correct withdraw"] = [Pair, "1"],
        ["correct list"] = [],
        ["agreements list"] = [],
        ["agreements show"] = [Pair],
        ["agreements amend"] = [Pair, "TERMS", "--reason", "r"],
        ["close"] = ["2026-10", "--step", "soft"],
        ["reconcile"] = [Pair, "2026-10", File],
        ["dispute open"] = [Pair, "US-CPI/1", "--reason", "price", "--evidence", "e"],
        ["dispute bulk"] = [Pair, File],
        ["dispute answer"] = [Pair, "US-CPI/1", "--step", "deny"],
        ["dispute expire"] = [Pair],
        ["dispute list"] = [],
        ["dispute accepted"] = [Pair],
        ["payments record"] = [Pair, "W1", "--payer", "US-CPI", "--amount", "1", "--currency", "CAD", "--value-date", "2026-11-20"],
        ["payments import"] = [Pair, File],
        ["payments apply"] = [Pair, "W1"],
        ["payments return"] = [Pair, "W1", "--because", "b"],
        ["payments refund"] = [Pair, "W1"],
        ["payments offset"] = [Pair, "CN-1", "INV-1"],
        ["payments write-off"] = [Pair, "INV-1", "--reason", "r"],
        ["payments list"] = [],
        ["payments items"] = [Pair],
        ["payments ageing"] = [Pair],
        ["opening propose"] = [Pair, "2026", File],
        ["opening approve"] = [Pair, "2026"],
        ["opening list"] = [],
        ["explain"] = ["US-CPI/1"],
        ["verify"] = [],
        ["status"] = [],
        ["workers"] = ["--resume", Pair],
        ["rebuild"] = [],
        ["parties"] = [File],
        ["rules"] = [File],
        ["token"] = ["US-CPI"],
        ["tokens"] = ["--revoke", "0123456789"],
        ["invoice-records"] = [],
        ["partners list"] = [],
        ["partners register"] = ["US-CPI", "https://partner.test/versions", "--token", "t"],
        ["partners rotate"] = ["US-CPI"],
        ["partners unregister"] = ["US-CPI"],
        ["partners set"] = ["US-CPI", "--pull-minutes", "5"],
        ["partners pull"] = ["US-CPI"],
        ["users"] = [],
        ["users add"] = ["eve", "--role", "admin"],
        ["users roles"] = ["auditor", "--role", "admin"],
        ["users password"] = ["admin"],
        ["users token"] = ["erp"],
        ["users deactivate"] = ["admin"],
        ["erase"] = ["somebody"],
        ["rotate-key"] = [],
        ["seed"] = ["--cdrs", "1"],
        ["migrate"] = [],
    };

    // these serve people and partners, each of whom asks for itself: RouteRightsTests
    private static readonly string[] Servers = ["run", "serve"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_verb_of_the_table_is_asked_here() =>
        Leaves().Select(leaf => leaf.Path).Except(Servers).Order(StringComparer.Ordinal)
            .ShouldBe(Calls.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public async Task Who_may_only_read_writes_nothing_by_any_verb()
    {
        var before = await Heads();
        var wrong = new List<string>();
        foreach (var (path, command) in Leaves().Where(leaf => !Servers.Contains(leaf.Path)))
        {
            var writes = command.Options.Any(option => option.Name == "--actor");
            var (exit, _, errors) = await Ask(path, writes ? ["--actor", "auditor"] : []);
            if (exit == ExitCode.Bug || (writes && !errors.Contains("(user.not-allowed)", StringComparison.Ordinal)))
            {
                wrong.Add($"{path}: {exit} {errors}");
            }
        }

        wrong.ShouldBeEmpty();
        (await Heads()).ShouldBe(before);
    }

    // that they tried is on record
    private async Task<List<KeyValuePair<string, long>>> Heads() =>
        [.. (await office.Engine.Store.Heads(Stop)).Where(head => head.Key != Visits.Tenant)];

    [Fact]
    public async Task Where_people_have_accounts_somebody_must_be_named()
    {
        (await Ask("token", [])).Errors.ShouldContain("(actor.missing)");
        (await Ask("import", [])).Errors.ShouldContain("(actor.missing)");
        var (exit, _, errors) = await Ask("fx", ["--actor", "partner-operations"]);
        (exit, errors.Contains("(user.", StringComparison.Ordinal)).ShouldBe((ExitCode.WrongUse, false), errors);
        (await Ask("token", ["--actor", "partner-operations"])).Exit.ShouldBe(ExitCode.Done);
    }

    private async Task<(int Exit, string Output, string Errors)> Ask(string path, string[] more)
    {
        var folder = Directory.CreateTempSubdirectory("verbs-");
        try
        {
            var (list, terms) = (Path.Combine(folder.FullName, "list.json"), Path.Combine(folder.FullName, "terms.json"));
            await System.IO.File.WriteAllTextAsync(list, "[]", Stop);
            await System.IO.File.WriteAllTextAsync(terms, """{"netting": false}""", Stop);
            string[] call = [.. Calls[path].Select(arg => arg switch { File => list, "TERMS" => terms, _ => arg })];
            return await office.Town.Program(
                null, [.. path.Split(' '), .. call, .. more],
                ("SETTLEMENT_MASTER_KEY_NEW", Convert.ToBase64String(new byte[32])));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static List<(string Path, Command Command)> Leaves()
    {
        var leaves = new List<(string, Command)>();
        foreach (var verb in Verbs.All)
        {
            Add("", verb.Create());
        }

        return leaves;

        void Add(string before, Command command)
        {
            var path = $"{before} {command.Name}".Trim();
            if (command.Action is not null)
            {
                leaves.Add((path, command));
            }

            foreach (var below in command.Subcommands)
            {
                Add(path, below);
            }
        }
    }
}
