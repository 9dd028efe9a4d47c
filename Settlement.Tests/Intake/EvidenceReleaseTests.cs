using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Settlement.Api.Demo;
using Settlement.Api.Intake;
using Settlement.Api.Ledger;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Rating;
using Settlement.Domain.Tax;
using Settlement.Projections.Statements;
using static Settlement.Tests.Intake.Counter;
using static Settlement.Tests.Rating.Sessions;

namespace Settlement.Tests.Intake;

/// <summary>
/// An amount that no tariff proves: above the re-rated price up to the claim, or where no reading gives a price. It takes
/// evidence and two people, and is marked as not provable (rules-money 9).
/// </summary>
public sealed class EvidenceReleaseTests
{
    private static readonly ReleaseEvidence Letter = new("letter of 3 November", null);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_claim_that_no_reading_can_price_is_settled_by_two_people_on_evidence()
    {
        await using var town = await Town.Begin();
        var cdr = await Held(town, DemoStory.MissingTariff, "tariff.missing");
        var (decisions, key) = (town.Engine.Decisions, new CdrKey(cdr.Cpo, cdr.CdrId));

        var proposed = await decisions.Propose(cdr.Tenant, key, Asked(cdr.Claimed, "ana"), null, Stop);
        (await town.Count("select count(*) from cdrs where state = 'held' and reasons::text like '%release.proposed%'")).ShouldBe(1);
        var alone = await decisions.Approve(cdr.Tenant, key, cdr.Claimed, "ana", null, Stop);
        var approved = await decisions.Approve(cdr.Tenant, key, cdr.Claimed, "bruno", null, Stop);
        (await decisions.Approve(cdr.Tenant, key, cdr.Claimed, "bruno", null, Stop)).ShouldBe(
            new CdrAnswered(cdr.Tenant, key, null, null), "approved already");

        proposed.Fact.ShouldBeOfType<CdrFact.ReleaseProposed>().Release.Evidence.ShouldBe(Letter);
        alone.Refusal!.Code.ShouldBe("user.same-person");
        var settled = approved.Fact.ShouldBeOfType<CdrFact.CdrRated>().Settled;
        (settled.ReRated, settled.SurchargeReference, settled.Lines.Count).ShouldBe((null, null, 0));
        settled.Net.ShouldBe((long)(cdr.Claimed * 100m));
        settled.Release.ShouldBe(Asked(cdr.Claimed, "ana") with { ApprovedBy = "bruno" });
        (await town.Count(
            "select count(*) from ledger_entries where not surcharge_provable and rerated is null and cause like "
            + "'price not provable, released on evidence letter of 3 November: %'")).ShouldBe(1);
        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);
        (await town.Rebuild()).ShouldAllBe(tenant => tenant.IsEqual);
        var explained = (await Explanation.Find(town.Engine, key.ToString(), Stop)).ShouldHaveSingleItem();
        var text = string.Join('\n', ExplanationText.Lines(explained));
        text.ShouldContain("price not provable: released at");
        text.ShouldContain("proposed by ana, approved by bruno");
        text.ShouldContain("Roaming surcharge: not provable, the amount rests on evidence");
    }

    /// <summary>10 kWh at 0.40; the CPO claims 5.00.</summary>
    [Theory]
    [InlineData("5.00", "net 5.00 due 5.75")]
    [InlineData("4.01", "net 4.01 due 4.61")]
    [InlineData("4.00", "release.evidence-not-needed")]
    [InlineData("5.01", "release.above-claim")]
    [InlineData("4.505", "release.precision")]
    public void Above_the_re_rated_price_evidence_releases_up_to_the_claim(string amount, string answer) =>
        OnEvidence(Charged(Forty, Before(5m)), decimal.Parse(amount, CultureInfo.InvariantCulture)).ShouldBe(answer);

    /// <summary>A driver of the CPO's own network pays 0.42.</summary>
    [Theory]
    [InlineData("4.20", "net 4.20 due 4.83")]
    [InlineData("4.21", "release.above-own-network")]
    public void No_evidence_releases_more_than_the_own_network_pays(string amount, string answer) =>
        OnEvidence(Charged(Forty, Before(5m)), decimal.Parse(amount, CultureInfo.InvariantCulture), Publishes(Own(0.42m))).ShouldBe(answer);

    /// <summary>The price depends on a power that the charger did not report; the own network pays 0.45 whatever it was.</summary>
    [Theory]
    [InlineData("4.50", "net 4.50 due 5.18")]
    [InlineData("4.51", "release.above-own-network")]
    public void The_own_networks_price_bounds_a_claim_that_its_own_tariff_cannot_price(string amount, string answer) =>
        OnEvidence(Charged(ByPower, Before(5m)), decimal.Parse(amount, CultureInfo.InvariantCulture), Publishes(Own(0.45m))).ShouldBe(answer);

    [Fact]
    public void A_claim_that_states_only_the_total_with_taxes_is_released_with_taxes() =>
        OnEvidence(Charged(ByPower, After(4.60m)), 4.60m).ShouldBe("net 4.00 due 4.60");

    [Fact]
    public void A_price_limit_whose_tax_nobody_knows_leaves_no_price_but_evidence()
    {
        var cdr = Charged(Tariff(Element(Energy(0.5m))) with { MaxPrice = new PriceLimit(null, 4.60m) }, Before(4m));

        Words(Settle(cdr)).ShouldBe("held price-limit.needs-tax claim.differs");
        OnEvidence(cdr, 4m).ShouldBe("net 4.00 due 4.60");
    }

    [Fact]
    public void Without_a_price_the_net_is_split_by_the_CPOs_own_parts()
    {
        var cdr = Charged(ByPower, Before(5m)) with { TotalEnergyCost = Before(4m), TotalFixedCost = Before(1m) };

        var settled = Approved(cdr, 4m, Book()).ShouldBeOfType<Decision<CdrFact>.Accepted>().Facts[0]
            .ShouldBeOfType<CdrFact.CdrRated>().Settled;

        settled.Charges.ShouldBe([new(ChargeComponent.ENERGY, 320), new(ChargeComponent.FLAT, 80)]);
        settled.ReRated.ShouldBeNull();
    }

    [Fact]
    public async Task No_evidence_releases_more_than_the_price_on_the_CPOs_own_network()
    {
        await using var town = await Town.Begin();
        var cdr = await Held(town, DemoStory.Surcharge, "surcharge");
        var key = new CdrKey(cdr.Cpo, cdr.CdrId);

        var answer = await town.Engine.Decisions.Propose(cdr.Tenant, key, Asked(cdr.Claimed, "ana"), null, Stop);

        answer.Refusal!.Code.ShouldBe("release.above-own-network");
    }

    [Theory]
    [InlineData(DemoStory.UnknownPlace, "place.unknown", "release.fact-missing")]
    [InlineData(DemoStory.NegativeEnergy, "volume.negative", "release.needs-amendment")]
    [InlineData(DemoStory.UnknownCurrency, "currency.unknown", "release.not-allowed")]
    public async Task Evidence_of_a_price_is_none_of_the_place_or_of_the_agreement(DemoStory story, string reason, string code)
    {
        await using var town = await Town.Begin();
        var cdr = await Held(town, story, reason);

        var answer = await town.Engine.Decisions.Propose(
            cdr.Tenant, new CdrKey(cdr.Cpo, cdr.CdrId), Asked(1m, "ana"), null, Stop);

        answer.Refusal!.Code.ShouldBe(code);
    }

    // Ana proposes 4.50, Bruno reads it, Ana proposes 5.00: his approval of 4.50 settles nothing.
    [Theory]
    [InlineData("4.50", "release.other-amount: ana proposes 5.00 CAD; the approval names 4.50 CAD. Read the proposal again before you approve it.")]
    [InlineData("5.00", "posted")]
    [InlineData("5", "posted")]
    public void Only_the_amount_that_the_second_person_read_is_settled(string read, string answer)
    {
        var (received, terms) = (Received(Charged(Forty, Before(5m))), Terms(Book()));
        var state = CdrState.Of([received, CdrSettlement.Settle(received, terms).ShouldBeOfType<CdrFact.CdrHeld>()]);
        foreach (var amount in new[] { 4.50m, 5.00m })
        {
            state = CdrState.Evolve(state, DecideHeldCdr.Propose(state, terms, Asked(amount, "ana"))
                .ShouldBeOfType<Decision<CdrFact>.Accepted>().Facts.ShouldHaveSingleItem());
        }

        (DecideHeldCdr.Approve(state, terms, decimal.Parse(read, CultureInfo.InvariantCulture), "bruno", isOfVersion: false) switch
        {
            Decision<CdrFact>.Refused { Refusal: var no } => $"{no.Code}: {no.Message}",
            _ => "posted",
        }).ShouldBe(answer);
    }

    [Fact]
    public async Task An_approval_names_the_amount_or_the_version_that_was_read()
    {
        await using var town = await Town.Begin();
        var cdr = await Held(town, DemoStory.MissingTariff, "tariff.missing");
        var (decisions, key) = (town.Engine.Decisions, new CdrKey(cdr.Cpo, cdr.CdrId));
        await decisions.Propose(cdr.Tenant, key, Asked(cdr.Claimed, "ana"), null, Stop);

        (await decisions.Approve(cdr.Tenant, key, null, "bruno", null, Stop)).Refusal!.Code.ShouldBe("amount.missing");
        (await decisions.Approve(cdr.Tenant, key, null, "bruno", 1, Stop)).Refusal!.Code.ShouldBe("cdr.changed");
        (await decisions.Approve(cdr.Tenant, key, cdr.Claimed - 0.01m, "bruno", null, Stop)).Refusal!.Code
            .ShouldBe("release.other-amount");
    }

    /// <summary>Bruno read the letter; Ana replaces it by an annex at the same amount.</summary>
    [Fact]
    public async Task Evidence_that_was_replaced_is_approved_by_the_version_that_was_read_only()
    {
        await using var town = await Town.Begin();
        var cdr = await Held(town, DemoStory.MissingTariff, "tariff.missing");
        var (decisions, key) = (town.Engine.Decisions, new CdrKey(cdr.Cpo, cdr.CdrId));
        await decisions.Propose(cdr.Tenant, key, Asked(cdr.Claimed, "ana"), null, Stop);
        var annex = new ReleaseEvidence("contract, annex 2", null);
        await decisions.Propose(cdr.Tenant, key, Asked(cdr.Claimed, "ana") with { Evidence = annex }, null, Stop);
        var version = (await town.Engine.Cases.Load(cdr.Tenant, key, null, Stop))!.State.Version;

        var byAmount = await decisions.Approve(cdr.Tenant, key, cdr.Claimed, "bruno", null, Stop);
        var ofAnother = await decisions.Approve(cdr.Tenant, key, cdr.Claimed, "bruno", version - 1, Stop);
        await town.Program("users", "add", "bruno", "--role", "controller");
        var (exit, output, errors) = await town.Program(
            "held", "approve", key.ToString(), "--version", $"{version}", "--actor", "bruno");

        byAmount.Refusal.ShouldBe(new Refusal("release.evidence-replaced",
            "It was proposed on other evidence before; ana now proposes it on contract, annex 2. Read the proposal again and "
            + $"approve version {version} of the CDR."));
        ofAnother.Refusal!.Code.ShouldBe("cdr.changed");
        (exit, errors).ShouldBe((0, ""), output);
        (await town.Engine.Cases.Load(cdr.Tenant, key, null, Stop))!.State.Standing!.Release!.Evidence.ShouldBe(annex);
    }

    [Fact]
    public async Task Any_other_decision_ends_a_proposal()
    {
        await using var town = await Town.Begin();
        var cdr = await Held(town, DemoStory.MissingTariff, "tariff.missing");
        var (decisions, key) = (town.Engine.Decisions, new CdrKey(cdr.Cpo, cdr.CdrId));

        (await decisions.Propose(cdr.Tenant, key, Asked(cdr.Claimed, "ana"), null, Stop)).Refusal.ShouldBeNull();
        (await decisions.Propose(cdr.Tenant, key, Asked(cdr.Claimed, "ana"), null, Stop)).Fact.ShouldBeNull("it was so already");
        await decisions.Reject(cdr.Tenant, key, "the CPO withdrew it", "ana", null, Stop);
        (await decisions.Approve(cdr.Tenant, key, cdr.Claimed, "bruno", null, Stop)).Refusal!.Code.ShouldBe("cdr.rejected");
        await decisions.LookAgain(cdr.Tenant, key, "it did not", "ana", Stop);

        (await decisions.Approve(cdr.Tenant, key, cdr.Claimed, "bruno", null, Stop)).Refusal!.Code.ShouldBe("release.not-proposed");
    }

    [Fact]
    public void No_evidence_makes_more_owed_than_the_claim_or_than_the_own_networks_price() =>
        Prop.ForAll(
            Gen.Choose(-500, 2000).Four().ToArbitrary(),
            minor =>
            {
                var (claimed, provable, own, amount) = minor;
                var bounds = new EvidenceBounds(
                    Currency.Of("CAD"), claimed / 100m, provable % 3 == 0 ? null : provable / 100m, own % 3 == 0 ? null : own / 100m);
                var isAllowed = bounds.Fault(amount / 100m) is null;
                isAllowed.ShouldBe(
                    amount >= 0 && amount / 100m <= bounds.Highest && !(amount / 100m <= bounds.Provable));
            }).Check(Laws.Config(100));

    [Theory]
    [InlineData(" ", null, "evidence.missing")]
    [InlineData(null, "abc", "evidence.digest")]
    [InlineData("letter", null, null)]
    [InlineData(null, "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08", null)]
    public void Evidence_is_a_reference_or_the_digest_of_a_file(string? reference, string? sha256, string? refusal) =>
        ReleaseEvidence.Of(reference, sha256).Refusal?.Code.ShouldBe(refusal);

    private static readonly Tariff Forty = Tariff(Element(Energy(0.4m)));

    private static readonly Tariff ByPower =
        Tariff(Element(Energy(0.4m)).Only(new() { MaxPowerKw = 50m }), Element(Energy(0.5m)));

    private static Tariff Own(decimal price) => Tariff(Element(Energy(price))) with { ContentHash = "own" };

    private static string OnEvidence(Cdr cdr, decimal amount, params BookFact[] known) => Approved(cdr, amount, Book(known)) switch
    {
        Decision<CdrFact>.Refused refused => refused.Refusal.Code,
        Decision<CdrFact>.Accepted accepted => Words(accepted.Facts[0]),
        _ => "neither",
    };

    /// <summary>Proposed by ana, approved by bruno.</summary>
    private static Decision<CdrFact> Approved(Cdr cdr, decimal amount, ReferenceBook book)
    {
        var (received, terms) = (Received(cdr), Terms(book));
        var held = CdrState.Of([received, CdrSettlement.Settle(received, terms).ShouldBeOfType<CdrFact.CdrHeld>()]);
        return DecideHeldCdr.Propose(held, terms, Asked(amount, "ana")) switch
        {
            Decision<CdrFact>.Accepted { Facts: [var proposed] } =>
                DecideHeldCdr.Approve(CdrState.Evolve(held, proposed), terms, amount, "bruno", isOfVersion: false),
            var refused => refused,
        };
    }

    private static CdrRelease Asked(decimal amount, string by) =>
        new(amount, "agreed with the CPO", by) { Evidence = Letter };

    private static async Task<HeldCdr> Held(
        Town town, DemoStory story, string reason)
    {
        await town.Import(Town.Month(200).Where(document => document.Story == story));
        var held = await new HeldQueries(town.Engine.Database).Page(new HeldFilter(Reason: reason), null, 100, Stop);
        return held[0];
    }
}
