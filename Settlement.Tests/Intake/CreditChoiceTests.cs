using System.Text;
using System.Text.Json.Nodes;
using FsCheck.Fluent;
using Settlement.Api.Demo;
using Settlement.Api.Intake;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;

namespace Settlement.Tests.Intake;

/// <summary>A credit among the contents under one id, chosen or not (rules-money 13, 14, 15).</summary>
public sealed class CreditChoiceTests
{
    private const string Tenant = "CA-FLO~US-CPI";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData('C')]
    [InlineData('A')]
    public async Task Every_order_of_arrival_and_the_choice_end_in_the_same_ledger(char choice)
    {
        await using var town = await Town.Begin();
        var orders = Gen.Shuffle("OACXT".ToCharArray()).Examples(12).Select(order => new string(order))
            .Concat(["OACXT", "OCAXT", "ACOXT", "CAOXT", "COAXT", "XCAOT", "OTCAX"]).Distinct(StringComparer.Ordinal).ToList();
        for (var n = 0; n < orders.Count; n++)
        {
            foreach (var document in orders[n])
            {
                (await town.Engine.Intake.Receive([Incoming(document, n)], new CdrReadOptions(), Stop))
                    .ShouldAllBe(answer => answer.Outcome != IntakeOutcome.Unreadable);
                await town.Engine.AfterCredits(Stop);
            }
        }

        // in conflict: the id itself owes nothing and takes nothing back
        var before = await Ledgers(town, orders);
        before.Distinct(StringComparer.Ordinal).ShouldHaveSingleItem().ShouldBe("", "the second credit took the original back");

        for (var n = 0; n < orders.Count; n++)
        {
            var answer = await Choose(town, n, choice);
            answer.Refusal.ShouldBeNull(orders[n]);
        }

        await town.Engine.AfterCredits(Stop);
        foreach (var (ledger, order) in (await Ledgers(town, orders)).Zip(orders))
        {
            // C: twice, so held; the original stays credited by the other. A: owed, and credited by its own credit
            ledger.ShouldBe("", order);
        }

        (await town.Count("select count(*) from cdrs where cdr_id like 'k-%' and state = "
            + (choice == 'C' ? "'held' and reason = 'credit.twice'" : "'credited'"))).ShouldBe(orders.Count);
        (await town.Count("select count(*) from cdrs where cdr_id like 'x-%' and state = "
            + (choice == 'C' ? "'held' and reason = 'credit.of-credit'" : "'credit'"))).ShouldBe(orders.Count);
        await Sound(town);
    }

    [Theory]
    [InlineData('C')]
    [InlineData('A')]
    public async Task A_chosen_credit_acts_as_if_it_had_come_alone(char choice)
    {
        await using var town = await Town.Begin();
        string[] orders = ["OAC", "OCA", "AOC", "ACO", "COA", "CAO", choice == 'C' ? "OC" : "OA"];
        for (var n = 0; n < orders.Length; n++)
        {
            foreach (var document in orders[n])
            {
                await town.Engine.Intake.Receive([Incoming(document, n)], new CdrReadOptions(), Stop);
            }
        }

        await town.Engine.AfterCredits(Stop);
        var before = await Ledgers(town, orders[..^1]);
        before.Distinct(StringComparer.Ordinal).ShouldHaveSingleItem().ShouldContain("due:", customMessage: "the original is owed");
        for (var n = 0; n < orders.Length - 1; n++)
        {
            (await Choose(town, n, choice)).Refusal.ShouldBeNull(orders[n]);
        }

        await town.Engine.AfterCredits(Stop);
        var ledgers = await Ledgers(town, orders);
        var alone = ledgers[^1];
        ledgers.ShouldAllBe(ledger => ledger == alone);
        (alone == "").ShouldBe(choice == 'C');
        (await town.Count($"select count(*) from cdrs where cdr_id like 'k-%' and state = '{(choice == 'C' ? "credit" : "posted")}'"))
            .ShouldBe(orders.Length);
        (await town.Count("select sum(credits)::bigint from period_totals")).ShouldBe(choice == 'C' ? orders.Length : 0);
        await Sound(town);
    }

    [Fact]
    public async Task A_chosen_credit_waits_for_an_original_that_is_not_there_and_is_held_where_it_differs()
    {
        await using var town = await Town.Begin();
        await town.Engine.Intake.Receive([Incoming('A', 1), Incoming('C', 1)], new CdrReadOptions(), Stop);
        (await Choose(town, 1, 'C')).Fact.ShouldBeOfType<CdrFact.CdrHeld>().Reasons[0].Code.ShouldBe("credit.waits-for-original");
        await town.Engine.Intake.Receive([Incoming('O', 1)], new CdrReadOptions(), Stop);
        await town.Engine.Intake.Receive([Incoming('O', 2), Incoming('A', 2), Incoming('C', 2, dearer: true)], new CdrReadOptions(), Stop);
        (await Choose(town, 2, 'C')).Fact.ShouldBeOfType<CdrFact.CdrHeld>().Reasons[0].Code.ShouldBe("credit.differs");
        await town.Engine.Intake.Receive([Incoming('A', 3), Itself(3)], new CdrReadOptions(), Stop);
        (await Choose(town, 3, 'C')).Fact.ShouldBeOfType<CdrFact.CdrHeld>().Reasons[0].Code.ShouldBe("credit.without-original");

        var ledgers = await Ledgers(town, ["", "", "", ""]);
        (ledgers[1], ledgers[3]).ShouldBe(("", ""));
        ledgers[2].ShouldContain("due:");
        await Sound(town);
    }

    [Fact]
    public async Task A_session_is_never_owed_twice_when_the_credit_of_its_first_CDR_is_put_in_question()
    {
        await using var town = await Town.Begin();
        var replacement = Text('O', 1, json => json["id"] = "r-1");
        await town.Engine.Intake.Receive([Incoming('O', 1), Incoming('C', 1)], new CdrReadOptions(), Stop);
        await town.Engine.Intake.Receive([replacement], new CdrReadOptions(), Stop);
        await town.Engine.AfterCredits(Stop);
        var owed = await town.Ledger();

        await town.Engine.Intake.Receive([Incoming('A', 1)], new CdrReadOptions(), Stop);
        await town.Engine.AfterCredits(Stop);

        (await town.Database.Value<string>("select reason from cdrs where cdr_id = 'o-1'")).ShouldBe("session.second-cdr");
        (await Choose(town, 1, 'C')).Fact.ShouldBeOfType<CdrFact.CreditPosted>();
        await town.Engine.AfterCredits(Stop);
        (await town.Ledger()).ShouldBe(owed);
        await Sound(town);
    }

    private static async Task Sound(Town town)
    {
        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);
        (await town.Rebuild()).ShouldAllBe(tenant => tenant.IsEqual);
        (await new Projections.Statements.PeriodQueries(town.Engine.Database).Completeness(
            Relationship.Parse(Tenant)!.Value, new NodaTime.YearMonth(2026, 10), Stop)).ShouldAllBe(tie => tie.Holds);
    }

    private static async Task<CdrAnswered> Choose(Town town, int n, char choice)
    {
        var key = new CdrKey(PartyId.Of("US", "CPI")!.Value, $"k-{n}");
        var one = (await town.Engine.Cases.Load(Tenant, key, null, Stop))!;
        var chosen = DecideHeldCdr.Contents(one.State).First(content => content.Cdr.Credit == (choice == 'C'));
        return await town.Engine.Decisions.Choose(Tenant, key, chosen.Digest[..12], "the CPO says so", "ana", null, Stop);
    }

    /// <summary>Balance per month and account of each order's CDRs.</summary>
    private static async Task<List<string>> Ledgers(Town town, IReadOnlyList<string> orders)
    {
        var ledgers = orders.Select(_ => "").ToList();
        await using var command = town.Engine.Database.CreateCommand(
            """
            select split_part(e.cdr_id, '-', 2)::int, e.period || ' ' || p.account || ' ' || sum(p.debit - p.credit)::text
            from ledger_entries e cross join unnest(e.accounts, e.debits, e.credits) p (account, debit, credit)
            group by 1, e.period, p.account having sum(p.debit) <> sum(p.credit) order by 1, 2
            """);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        while (await reader.ReadAsync(Stop))
        {
            if (reader.GetInt32(0) < ledgers.Count)
            {
                ledgers[reader.GetInt32(0)] += reader.GetString(1) + "\n";
            }
        }

        return ledgers;
    }

    // O the original, C its credit under the id k, A a charge under the same id, X the credit of k, T a second credit of O
    private static IncomingCdr Incoming(char document, int n, bool dearer = false) => Text(document, n, json =>
    {
        if (dearer)
        {
            json["total_cost"] = new JsonObject { ["excl_vat"] = -999m };
        }
    });

    private static IncomingCdr Itself(int n) => Text('C', n, json => json["credit_reference_id"] = $"k-{n}");

    private static IncomingCdr Text(char document, int n, Action<JsonNode> change)
    {
        var month = Town.Month(200).Where(each => each.Story == DemoStory.Ordinary
            && JsonNode.Parse(each.Json.Span)! is var cdr && cdr["party_id"]!.GetValue<string>() == "CPI"
            && cdr["cdr_location"]!["state"]?.GetValue<string>() == "QC").Take(2).ToList();
        var source = month[document is 'A' or 'X' ? 1 : 0];
        var json = JsonNode.Parse(source.Json.Span)!;
        json["id"] = document switch { 'O' => $"o-{n}", 'A' or 'C' => $"k-{n}", 'X' => $"x-{n}", _ => $"t-{n}" };
        json["session_id"] = $"{(document is 'A' or 'X' ? "s" : "r")}-{n}";
        json["cdr_token"]!["uid"] = $"CHOICE{n:0000}"; // each order's own driver: nobody charges twice at a time
        if (document is 'C' or 'X' or 'T')
        {
            json["credit"] = true;
            json["credit_reference_id"] = document == 'X' ? $"k-{n}" : $"o-{n}";
            var total = json["total_cost"]!;
            foreach (var part in total.AsObject().ToList())
            {
                total[part.Key] = -decimal.Parse(part.Value!.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        change(json);
        return new IncomingCdr(Encoding.UTF8.GetBytes(json.ToJsonString()), $"town {document}{n}", source.ReceivedAt);
    }
}
