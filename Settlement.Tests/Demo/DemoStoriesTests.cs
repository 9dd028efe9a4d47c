using NodaTime;
using Settlement.Api.Demo;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Rating;

namespace Settlement.Tests.Demo;

/// <summary>Each odd CDR is odd in the way its story says, and in no other.</summary>
public sealed class DemoStoriesTests
{
    private static readonly Instant MonthStart = Instant.FromUtc(2026, 10, 1, 0, 0);

    private static readonly ILookup<DemoStory, DemoDocument> Told =
        DemoMonth.Generate(new YearMonth(2026, 10), 3_000, 7).Documents.ToLookup(document => document.Story);

    [Fact]
    public void A_late_session_ended_in_the_month_before() => Each(DemoStory.Late, (document, cdr) =>
    {
        (cdr.End < MonthStart).ShouldBeTrue();
        (document.ReceivedAt > MonthStart).ShouldBeTrue();
        (document.ReceivedAt - cdr.End).Days.ShouldBeLessThan(DemoParties.Agreement.MaximumAgeDays);
    });

    [Fact]
    public void A_session_that_is_too_old_is_older_than_agreed_when_it_arrives() =>
        Each(DemoStory.TooOld, (document, cdr) =>
            (document.ReceivedAt - cdr.End).Days
                .ShouldBeGreaterThanOrEqualTo(DemoParties.Agreement.MaximumAgeDays));

    [Fact]
    public void A_duplicate_says_the_same_again_but_for_last_updated()
    {
        foreach (var (first, second) in Pairs(DemoStory.Duplicate))
        {
            WithoutLastUpdated(first).ShouldBe(WithoutLastUpdated(second));
        }

        static string WithoutLastUpdated(DemoDocument document)
        {
            var text = DemoMonthTests.Text(document);
            return text[..text.LastIndexOf("\"last_updated\"", StringComparison.Ordinal)];
        }
    }

    [Fact]
    public void A_conflict_says_something_else_under_the_same_id()
    {
        foreach (var (first, second) in Pairs(DemoStory.Conflict))
        {
            var (one, other) = (DemoMonthTests.Read(first), DemoMonthTests.Read(second));
            one.TotalEnergyKwh.ShouldNotBe(other.TotalEnergyKwh);
            one.SessionId.ShouldBe(other.SessionId);
        }
    }

    [Fact]
    public void A_wrong_claim_is_not_what_the_tariff_gives() => Each(DemoStory.WrongClaim, (document, cdr) =>
        DemoMonthTests.Claim(cdr).ShouldNotBe(DemoMonthTests.Rated(document)));

    [Fact]
    public void A_surcharge_is_right_by_its_own_tariff_and_dearer_than_the_networks()
    {
        Each(DemoStory.Surcharge, (document, cdr) =>
        {
            DemoMonthTests.Claim(cdr).ShouldBe(DemoMonthTests.Rated(document));
            var own = DemoTariffs.Of(cdr.Tariffs[0].Id);
            own.Elements.Zip(cdr.Tariffs[0].Elements).ShouldAllBe(pair =>
                pair.First.Energy == null
                || pair.Second.Components.First(c => c.Type == Dimension.ENERGY).Price > pair.First.Energy);
        });
    }

    [Fact]
    public void A_credit_takes_back_the_whole_claim_and_a_replacement_follows() =>
        Corrections(DemoStory.Credit, (original, credit, replacement) => (original, credit, replacement));

    [Fact]
    public void A_credit_can_arrive_before_what_it_takes_back() =>
        Corrections(DemoStory.CreditFirst, (credit, original, third) => (original, credit, third));

    [Fact]
    public void A_missing_tariff_is_neither_in_the_CDR_nor_known() =>
        Each(DemoStory.MissingTariff, (_, cdr) =>
        {
            cdr.Tariffs.ShouldBeEmpty();
            DemoTariffs.All.Select(tariff => tariff.Id).ShouldNotContain(cdr.Periods[0].TariffId);
        });

    [Fact]
    public void An_unknown_place_has_no_state_no_postal_code_and_no_location() =>
        Each(DemoStory.UnknownPlace, (_, cdr) =>
        {
            (cdr.Location.State, cdr.Location.PostalCode).ShouldBe((null, null));
            DemoSite.All.Select(site => site.Id).ShouldNotContain(cdr.Location.Id);
        });

    [Fact]
    public void Negative_energy_is_no_credit() => Each(DemoStory.NegativeEnergy, (_, cdr) =>
    {
        cdr.TotalEnergyKwh.ShouldBeLessThan(0m);
        cdr.Credit.ShouldBeFalse();
    });

    [Fact]
    public void An_unknown_currency_is_in_no_list() => Each(DemoStory.UnknownCurrency, (_, cdr) =>
        Currency.Find(cdr.Currency).ShouldBeNull());

    [Fact]
    public void Only_duplicates_and_conflicts_repeat_an_id()
    {
        var once = Told.SelectMany(story => story)
            .Where(document => document.Story is not (DemoStory.Duplicate or DemoStory.Conflict))
            .Select(document => DemoMonthTests.Read(document).Key).ToList();
        once.Distinct().Count().ShouldBe(once.Count);
    }

    [Fact]
    public void There_is_no_resale_certificate_for_Washington_and_Iowa()
    {
        foreach (var party in new[] { DemoParties.ChargePoint, DemoParties.Flo })
        {
            party.Tax.Certificates.Select(certificate => certificate.Jurisdiction)
                .ShouldBe(["CA-BC", "CA-SK", "CA-MB", "US-NY", "US-CA", "US-TX", "US-KY"], ignoreOrder: true);
        }
    }

    private static void Each(DemoStory story, Action<DemoDocument, Cdr> holds)
    {
        Told[story].ShouldNotBeEmpty();
        foreach (var document in Told[story])
        {
            holds(document, DemoMonthTests.Read(document));
        }
    }

    private static IEnumerable<(DemoDocument First, DemoDocument Second)> Pairs(DemoStory story)
    {
        var pairs = Told[story].GroupBy(document => DemoMonthTests.Read(document).Key).ToList();
        pairs.ShouldNotBeEmpty();
        return pairs.Select(pair => pair.ToList() switch
        {
            [var first, var second] => (first, second),
            var other => throw new InvalidOperationException($"{other.Count} documents of one id"),
        });
    }

    private static void Corrections(DemoStory story, Func<Cdr, Cdr, Cdr, (Cdr, Cdr, Cdr)> byRole)
    {
        var told = Told[story].Select(DemoMonthTests.Read).GroupBy(cdr => cdr.SessionId).ToList();
        told.ShouldNotBeEmpty();
        foreach (var cdrs in told.Select(group => group.ToList()))
        {
            cdrs.Count.ShouldBe(3);
            var (original, credit, replacement) = byRole(cdrs[0], cdrs[1], cdrs[2]);
            credit.Credit.ShouldBeTrue();
            credit.CreditReferenceId.ShouldBe(original.Key.Id);
            DemoMonthTests.Claim(credit).ShouldBe(-DemoMonthTests.Claim(original));
            credit.TotalEnergyKwh.ShouldBe(original.TotalEnergyKwh);
            replacement.Credit.ShouldBeFalse();
            replacement.Key.ShouldNotBe(original.Key);
            replacement.TotalEnergyKwh.ShouldBeLessThan(original.TotalEnergyKwh);
        }
    }
}
