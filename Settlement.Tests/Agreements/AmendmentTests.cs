using System.Text.Json;
using System.Text.Json.Nodes;
using NodaTime;
using Settlement.Api.Agreements;
using Settlement.Api.Demo;
using Settlement.Api.Pages;
using Settlement.Domain.Agreements;
using Settlement.Tests.Intake;

namespace Settlement.Tests.Agreements;

/// <summary>Agreements made and amended, each term checked (rules-money 29).</summary>
public sealed class AmendmentTests
{
    private static readonly Relationship Pair = Relationship.Parse("CA-FLO~US-CPI")!.Value;
    private static readonly Instant Now = Instant.FromUtc(2026, 11, 1, 0, 0);
    private static readonly LocalDate Today = new(2026, 11, 1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"zone": "America/Nowhere"}""", "agreement.zone")]
    [InlineData("""{"currencies": ["CAD", "XYZ"]}""", "agreement.currency")]
    [InlineData("""{"currencies": []}""", "agreement.currency")]
    [InlineData("""{"currencies": ["CAD", "CAD"]}""", "agreement.currency")]
    [InlineData("""{"currencies": ["HRK"]}""", "agreement.currency")]
    [InlineData("""{"settlement_currency": "DEM"}""", "agreement.currency")]
    [InlineData("""{"payment_terms_days": -1}""", "agreement.number")]
    [InlineData("""{"dispute_window_days": -1}""", "agreement.number")]
    [InlineData("""{"netting_threshold_minor": -5}""", "agreement.number")]
    [InlineData("""{"write_off_limit_minor": -1}""", "agreement.number")]
    [InlineData("""{"clock_difference_minutes": 1441}""", "agreement.number")]
    [InlineData("""{"time_tolerance_seconds": -1}""", "agreement.number")]
    [InlineData("""{"power_tolerance_percent": null}""", "agreement.malformed")]
    [InlineData("""{"reconcile_kwh": 1000.5}""", "agreement.number")]
    [InlineData("""{"directions": {"CA-FLO": {"reconcile_cap_minor": 1000000000001}}}""", "agreement.number")]
    [InlineData("""{"policies": ["straddle=sideways"]}""", "agreement.policy")]
    [InlineData("""{"policies": ["no-such-policy=x"]}""", "agreement.policy")]
    [InlineData("""{"debtor_remits_sales_tax_in": ["CA-QC"]}""", "agreement.state")]
    [InlineData("""{"fx_source": " "}""", "agreement.fx-source")]
    [InlineData("""{"directions": {"DE-ABC": {"tolerance_minor": 1}}}""", "agreement.party")]
    [InlineData("""{"directions": {"CA-FLO": {"tolerance_minor": -1}}}""", "agreement.number")]
    [InlineData("""{"directions": {"CA-FLO": {"currencies": ["XXQ"]}}}""", "agreement.currency")]
    [InlineData("""{"directions": {"CA-FLO": {"zone": "UTC"}}}""", "agreement.unknown-term")]
    [InlineData("""{"directions": []}""", "agreement.malformed")]
    [InlineData("""{"no_such_term": 1}""", "agreement.unknown-term")]
    [InlineData("""{"version": 7}""", "agreement.unknown-term")]
    [InlineData("""{"provisional": true}""", "agreement.unknown-term")]
    [InlineData("""{"netting": null}""", "agreement.malformed")]
    [InlineData("""{"payment_terms_days": "ten"}""", "agreement.malformed")]
    [InlineData("""{"supply": "Barter"}""", "agreement.malformed")]
    [InlineData("""{"valid_from": "soon"}""", "agreement.malformed")]
    [InlineData("""{}""", "agreement.unchanged")]
    public void A_term_that_cannot_hold_is_refused(string changes, string code)
    {
        var before = Agreement.ProvisionalFor(Pair) with { Provisional = false };
        var wanted = JsonNode.Parse(changes)!.AsObject();
        wanted.TryAdd("valid_from", "2010-01-01");

        var (terms, refusal) = AgreementTerms.Apply(Pair, before, wanted);
        var refusals = terms is null
            ? [refusal!]
            : AmendAgreement.Decide(new AgreementHistory([before]), terms, "letter", Today).Refusals;

        refusals.ShouldContain(each => each.Code == code, string.Join("; ", refusals));
    }

    [Fact]
    public void Every_term_is_told_of_each_version_and_stands_in_the_form()
    {
        var terms = Named<Agreement>(
            nameof(Agreement.Relationship), nameof(Agreement.Version), nameof(Agreement.Directions));
        AgreementDifference.Terms(Agreement.ProvisionalFor(Pair)).Select(term => term.Name)
            .ShouldBe(terms, ignoreOrder: true);
        TermForm.Groups.SelectMany(group => group.Fields).Select(field => field.Name)
            .ShouldBe(terms.Except(["provisional"]), ignoreOrder: true);
        TermForm.Direction(Pair.A).Select(field => field.Name)
            .ShouldBe(Named<DirectionTerms>(nameof(DirectionTerms.Cpo)), ignoreOrder: true);

        static IEnumerable<string> Named<T>(params string[] but) => typeof(T).GetProperties()
            .Where(property => property.CanWrite && !but.Contains(property.Name))
            .Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
    }

    [Fact]
    public void Only_what_is_written_changes_and_a_direction_can_differ()
    {
        var before = Agreement.ProvisionalFor(Pair) with
        {
            Provisional = false, MaximumAgeDays = 90, Directions = [new DirectionTerms(Pair.A, ToleranceMinor: 3, PaymentTermsDays: 10)],
        };
        var changes = JsonNode.Parse(
            """
            {"valid_from": "2026-11-01", "maximumAgeDays": null, "policies": ["flat=per-element"],
             "directions": {"CA-FLO": {"tolerance_minor": null, "supply": "Agency"}, "US-CPI": {"reverse_billing": true}}}
            """)!.AsObject();

        var (terms, refusal) = AgreementTerms.Apply(Pair, before, changes);

        refusal.ShouldBeNull();
        terms!.MaximumAgeDays.ShouldBeNull();
        terms.PaymentTermsDays.ShouldBe(before.PaymentTermsDays);
        terms.For(Pair.A).ToleranceMinor.ShouldBe(0);
        terms.For(Pair.A).PaymentTermsDays.ShouldBe(10);
        terms.For(Pair.A).Supply.ShouldBe(SupplyModel.Agency);
        terms.For(Pair.B).ReverseBilling.ShouldBeTrue();
        AgreementDifference.Of(before, terms).Select(change => change.Term).ShouldBe(
            ["valid_from", "maximum_age_days", "policies", "CA-FLO tolerance_minor", "CA-FLO supply", "US-CPI reverse_billing"],
            ignoreOrder: true);
    }

    [Fact]
    public async Task An_amendment_of_another_process_counts_and_a_CDR_binds_to_the_version_at_session_start()
    {
        await using var town = await Town.Begin();
        var tenant = Pair.ToString();
        (await town.Engine.Books.Agreements(tenant, Stop)).Versions.Count.ShouldBe(1);
        await DemoPeople.Make(town.Engine, Stop);
        var file = Path.Combine(Path.GetTempPath(), $"amendment-{Environment.ProcessId}.json");
        await File.WriteAllTextAsync(file, """{"valid_from": "2026-10-15", "tolerance_minor": 2}""", Stop);

        var bruno = await town.Program("agreements", "amend", tenant, file, "--reason", "letter 7", "--actor", "bruno");
        var chloe = await town.Program("agreements", "amend", tenant, file, "--reason", "letter 7", "--actor", "chloe");
        var (_, shown, _) = await town.Program("agreements", "show", tenant);
        File.Delete(file);

        bruno.Errors.ShouldContain("(user.not-allowed)");
        chloe.Exit.ShouldBe(0, chloe.Errors);
        chloe.Output.ShouldContain("tolerance_minor: 0 → 2");
        shown.ShouldContain("by chloe: letter 7");
        var history = await town.Engine.Books.Agreements(tenant, Stop);
        history.At(Instant.FromUtc(2026, 10, 15, 3, 59))!.Version.ShouldBe(1, "14 October in Toronto");
        history.At(Instant.FromUtc(2026, 10, 15, 4, 0))!.Version.ShouldBe(2);
        await town.Import(Town.Month(300));
        (await town.Count("select count(*) from log.mt_events where type = 'cdr_rated' and data -> 'Settled' ->> 'Agreement' = '2'"))
            .ShouldBeGreaterThan(0);
        (await town.Count("select count(*) from log.mt_events where type = 'cdr_rated' and (data -> 'Settled' ->> 'Agreement')::int "
            + "<> case when (data -> 'Settled' -> 'Cdr' ->> 'Start')::timestamptz >= '2026-10-15 04:00Z' then 2 else 1 end")).ShouldBe(0);
    }

    [Fact]
    public async Task A_provisional_agreement_becomes_final_and_what_waited_for_its_currency_is_settled()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(60));
        var waiting = await Amend(town, """{"valid_from": "2010-01-01", "currencies": ["USD"]}""");
        waiting.Refusals.ShouldBeEmpty();
        await town.Import(Town.Month(260).Skip(60));
        (await town.Count("select count(*) from cdrs where reason = 'currency.not-agreed'")).ShouldBeGreaterThan(0);

        (await Amend(town, """{"valid_from": "2010-01-01", "currencies": ["CAD", "USD"]}""")).Refusals.ShouldBeEmpty();
        await town.Engine.Held.Review(null, Stop, Pair.ToString());

        (await town.Count("select count(*) from cdrs where reason = 'currency.not-agreed'")).ShouldBe(0);
        var other = Relationship.Parse("CA-FLO~US-XYZ")!.Value;
        await town.Engine.Books.Make(Agreement.ProvisionalFor(other), "intake", Stop);
        var final = await town.Engine.Amendments.Amend(
            other, new JsonObject { ["netting"] = false }, "contract 9", 1, "chloe", Now, Stop);
        final.Terms!.Provisional.ShouldBeFalse();
        (await town.Engine.Amendments.Amend(other, new JsonObject { ["valid_from"] = "2026-12-01" }, "late", 1, "ana", Now, Stop))
            .Refusals.ShouldHaveSingleItem().Code.ShouldBe("agreement.changed");
    }

    private static Task<Amended> Amend(Town town, string changes) => town.Engine.Amendments.Amend(
        Pair, JsonNode.Parse(changes)!.AsObject(), "test", null, "chloe", Now, Stop);
}
