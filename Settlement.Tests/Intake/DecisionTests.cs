using System.Text.Json;
using Settlement.Api.Agreements;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Tax;

namespace Settlement.Tests.Intake;

/// <summary>A finance decision, by two people, releases all that waited for it.</summary>
public sealed class DecisionTests
{
    private const string Washington =
        """
        {"rules": [
          {"id": "US-WA:SALES:DECIDED", "jurisdiction": "US-WA", "tax": "SALES", "treatment": "Exempt", "rate": 0,
           "reason": "decided by finance", "name_en": "Sales tax", "name_fr": "Taxe de vente", "source": "letter of 3 November",
           "confidence": "partial"}]}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_resale_certificate_that_arrives_releases_what_waited_for_it()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(400));
        const string Waiting = "select count(*) from cdrs where reason = 'tax.undetermined'";
        var before = await town.Count(Waiting);
        before.ShouldBeGreaterThan(5);
        var (_, listed, _) = await town.Program("parties");
        var file = Path.Combine(Path.GetTempPath(), $"parties-{Environment.ProcessId}.json");
        await File.WriteAllTextAsync(file, WithCertificate(listed, "US-WA"), Stop);

        var (exit, output, errors) = await town.Program("parties", file);
        File.Delete(file);

        exit.ShouldBe(0, errors);
        output.ShouldContain("held CDRs settled");
        (await town.Count(Waiting)).ShouldBeLessThan(before);
        (await town.Count("select count(*) from ledger_entries where place = 'US-WA'")).ShouldBeGreaterThan(0);
        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);
    }

    [Fact]
    public async Task A_registration_number_that_cannot_be_one_is_refused()
    {
        await using var town = await Town.Begin();
        var (_, listed, _) = await town.Program("parties");
        var file = Path.Combine(Path.GetTempPath(), $"misshapen-{Environment.ProcessId}.json");
        await File.WriteAllTextAsync(file, listed.Replace("700123456 RT0001", "12-RT", StringComparison.Ordinal), Stop);

        var (exit, _, errors) = await town.Program("parties", file);
        File.Delete(file);

        exit.ShouldBe(2);
        errors.ShouldContain("US-CPI");
        errors.ShouldContain("(registration.format)");
    }

    [Fact]
    public async Task A_rule_needs_two_people_and_then_counts()
    {
        await using var town = await Town.Begin();
        var file = Path.Combine(Path.GetTempPath(), $"rules-{Environment.ProcessId}.json");
        await File.WriteAllTextAsync(file, Washington.Replace("DECIDED", "2030", StringComparison.Ordinal)
            .Replace("\"rate\": 0,", "\"rate\": 0, \"from\": \"2030-01-01\",", StringComparison.Ordinal)
            .Replace("\"tax\": \"SALES\"", "\"tax\": \"EV_EXCISE\"", StringComparison.Ordinal), Stop);

        var nobody = await town.Program("rules", file);
        var ann = await town.Program("rules", file, "--actor", "ann");
        var same = await town.Program("rules", "--approve", "US-WA:SALES:2030", "--actor", "Ann");
        var bob = await town.Program("rules", "--approve", "US-WA:SALES:2030", "--actor", "bob");
        File.Delete(file);

        nobody.Exit.ShouldBe(2);
        nobody.Errors.ShouldContain("(actor.missing)");
        ann.Exit.ShouldBe(0, ann.Errors);
        same.Errors.ShouldContain("(rule.same-person)");
        bob.Exit.ShouldBe(0, bob.Errors);
        var book = await town.Engine.Books.Current(Stop);
        book.Proposals.ShouldBeEmpty();
        var rule = book.Taxes.Named("US-WA:SALES:2030")!;
        (rule.ProposedBy, rule.ApprovedBy).ShouldBe(("ann", "bob"));
    }

    [Fact]
    public async Task Local_rates_that_two_people_decided_on_are_asked_by_the_tax_verb()
    {
        await using var town = await Town.Begin();
        var file = Path.Combine(Path.GetTempPath(), $"local-{Environment.ProcessId}.csv");
        await File.WriteAllTextAsync(
            file, "state,area,code,name,rate,from,to\nUS-NY,ALBANY,ALB,Albany County,0.04,2020-01-01,\n", Stop);

        (await town.Program("rules", file, "--actor", "ann")).Exit.ShouldBe(0);
        (await town.Program("rules", "--approve", "all", "--actor", "bob")).Exit.ShouldBe(0);
        File.Delete(file);
        var (exit, output, errors) = await town.Program(
            "tax", "--db", "--place", "US-NY", "--locality", "Albany", "--amount", "100.00", "--currency", "USD",
            "--on", "2026-10-01");

        exit.ShouldBe(0, errors);
        output.ShouldContain("tax 8.00", customMessage: "4 % of the state and 4 % of the county");
    }

    [Fact]
    public async Task A_party_may_go_back_to_what_it_was()
    {
        await using var town = await Town.Begin();
        var book = await town.Engine.Books.Current(Stop);
        var flo = book.Party(PartyId.Parse("CA-FLO")!.Value)!;
        await Register(town, flo with { LegalName = "FLO Two" });
        await Register(town, flo);
        await Register(town, flo);

        (await town.Engine.Books.Current(Stop)).Party(flo.Id)!.LegalName.ShouldBe(flo.LegalName);
        (await town.Count("select count(*) from log.mt_events where type = 'party_registered' and stream_id = 'party/ca-flo'"))
            .ShouldBe(3, "the third registration said nothing new");
    }

    [Fact]
    public void An_approval_that_contradicts_the_book_is_refused()
    {
        var rules = TaxRulesFile.Parse(Washington).Rules;
        var proposed = (Decision<BookFact>.Accepted)TaxDecisions.Propose(rules, "ann", default);
        var book = ReferenceBook.Empty.With(proposed.Facts[0], 1);

        var answer = TaxDecisions.Approve("US-WA:SALES:DECIDED", "bob", book, default);

        answer.ShouldBeOfType<Decision<BookFact>.Refused>().Refusal.Code.ShouldBe("rule.overlaps");
    }

    private static async Task Register(Town town, Party party)
    {
        var fact = new BookFact.PartyRegistered(party);
        await town.Engine.Books.Record([(ReferenceFiles.Stream(fact), fact)], "test", Stop);
    }

    private static string WithCertificate(string parties, string state)
    {
        var list = JsonSerializer.Deserialize<List<Party>>(parties, Projections.Tables.RowJson.Options)!;
        return JsonSerializer.Serialize(
            list.Select(party => party with
            {
                Certificates = [.. party.Certificates, new ResaleCertificate(state, $"WA-{party.Id}", null, null)],
            }),
            Projections.Tables.RowJson.Options);
    }
}
