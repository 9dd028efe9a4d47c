using System.Text;
using System.Text.Json.Nodes;
using Settlement.Api.Demo;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ocpi;

namespace Settlement.Tests.Intake;

/// <summary>What is held becomes owed once the question is answered, and only then.</summary>
public sealed class ReleaseTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_CDR_without_its_tariff_is_settled_when_the_tariff_is_published()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(200).Where(document => document.Story == DemoStory.MissingTariff));
        var held = await town.Count("select count(*) from cdrs where state = 'held' and reason = 'tariff.missing'");
        held.ShouldBeGreaterThan(0);
        var known = Town.Month(200).Where(document => document.Story == DemoStory.MissingTariff)
            .Select(document => JsonNode.Parse(document.Json.Span)!).ToList();
        foreach (var cdr in known)
        {
            var id = (string)cdr["charging_periods"]![0]!["tariff_id"]!;
            var owner = PartyId.Of((string)cdr["country_code"]!, (string)cdr["party_id"]!)!.Value;
            await town.Engine.Books.Record([("tariff/late", Tariff(owner, id, (string)cdr["currency"]!))], "test", Stop);
        }

        await town.Engine.Held.Review(null, Stop);

        (await town.Count("select count(*) from cdrs where reason = 'tariff.missing'"))
            .ShouldBe(0, "it is priced now, whatever the claim says about it");
    }

    [Fact]
    public async Task The_second_CDR_of_a_session_waits_until_the_first_is_credited()
    {
        await using var town = await Town.Begin();
        var story = Town.Month(200).Where(document => document.Story == DemoStory.Credit).ToList();
        var (original, credit, replacement) = (story[0], story[1], story[2]);

        await town.Import([original]);
        await town.Import([replacement]);
        (await town.Database.Value<string>("select reason from cdrs where state = 'held'")).ShouldBe("session.second-cdr");
        await town.Import([credit]);

        (await town.Count("select count(*) from cdrs where state = 'held'")).ShouldBe(0);
        (await town.Count("select count(*) from cdrs where state = 'posted'")).ShouldBe(1);
        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);
    }

    [Fact]
    public async Task A_credit_and_its_original_leave_nothing_on_any_account()
    {
        await using var town = await Town.Begin();
        var story = Town.Month(200).Where(document => document.Story is DemoStory.CreditFirst).ToList();
        await town.Import(story.Take(2));

        (await town.Ledger()).ShouldBe("");
        (await town.Count("select count(*) from ledger_entries")).ShouldBe(2);
    }

    [Fact]
    public async Task Conflicting_contents_are_both_kept_and_nothing_is_owed()
    {
        await using var town = await Town.Begin();
        var story = Town.Month(200).Where(document => document.Story is DemoStory.Conflict).Take(2).ToList();
        await town.Import(story);
        await town.Import(story);

        (await town.Ledger()).ShouldBe("");
        (await town.Count("select count(*) from cdrs where state = 'conflict'")).ShouldBe(1);
        (await town.Count("select count(*) from log.mt_events where type = 'cdr_conflicted'")).ShouldBe(1);
    }

    internal static BookFact Tariff(PartyId owner, string id, string currency)
    {
        var json = $$"""
            {"country_code":"{{owner.CountryCode}}","party_id":"{{owner.Code}}","id":"{{id}}","currency":"{{currency}}",
             "elements":[{"price_components":[{"type":"ENERGY","price":0.5,"step_size":1}]}],"last_updated":"2026-01-01T00:00:00Z"}
            """;
        var tariff = TariffReader.Read(Encoding.UTF8.GetBytes(json), null).ShouldBeOfType<TariffReading.Read>().Tariff;
        return new BookFact.TariffPublished(owner, tariff, true, NodaTime.Instant.FromUtc(2026, 1, 1, 0, 0));
    }
}
