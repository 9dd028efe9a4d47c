using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Domain.Rating;
using static Settlement.Tests.Rating.Sessions;

namespace Settlement.Tests.Rating;

public sealed class LintTests
{
    [Fact]
    [Trait("Size", "default")]
    public void A_component_called_dead_is_never_selected() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var request = new RandomSessions(seed).Request();
            var dead = request.Tariffs.ToDictionary(t => t.Id, t => TariffLint.Dead(t, request.Policy));
            for (var other = 0; other < 4; other++)
            {
                // the same tariffs, other sessions
                var cdr = new RandomSessions(seed ^ (other * 7919)).Request().Cdr;
                var rated = Rater.Rate(request with { Cdr = cdr, ReservationExpired = other % 2 == 1 });
                rated.Lines.Where(line => !line.IsAdjustment && dead[line.TariffId].Contains((line.Element, line.Component)))
                    .ShouldBeEmpty($"seed {seed} session {other}");
            }
        }).Check(Laws.Config(10_000));

    [Fact]
    public void Random_tariffs_have_dead_components_to_be_wrong_about() =>
        Enumerable.Range(0, 500).Count(seed => TariffLint.Dead(new RandomSessions(seed).Tariff(0), RatingPolicy.Default).Count > 0)
            .ShouldBeInRange(100, 450);

    [Fact]
    public void Elements_behind_an_unrestricted_one_are_dead() =>
        Dead(Tariff(Element(Energy(1m)), Element(Energy(2m), Time(1m)))).ShouldBe([(1, 0)]);

    [Fact]
    public void Windows_that_cover_the_day_together_leave_nothing_to_the_last() =>
        Dead(Tariff(
            Element(Energy(1m)).Only(new() { EndTime = new LocalTime(12, 0) }),
            Element(Energy(2m)).Only(new() { StartTime = new LocalTime(12, 0) }),
            Element(Energy(3m)))).ShouldBe([(2, 0)]);

    [Fact]
    public void No_element_of_the_specifications_power_example_is_dead() =>
        Dead(Tariff(
            Element(Energy(0.2m)).Only(new() { MaxPowerKw = 16m }),
            Element(Energy(0.35m)).Only(new() { MaxPowerKw = 32m }),
            Element(Energy(0.5m)))).ShouldBeEmpty();

    [Fact]
    public void A_narrower_power_band_behind_a_wider_one_is_dead() =>
        Dead(Tariff(
            Element(Energy(0.2m)).Only(new() { MaxPowerKw = 32m }),
            Element(Energy(0.1m)).Only(new() { MaxPowerKw = 16m }))).ShouldBe([(1, 0)]);

    public static TheoryData<string, Tariff> Faults => new()
    {
        { "lint.no-elements", Tariff() },
        { "lint.no-components", Tariff(new TariffElement([], null)) },
        { "lint.validity-inverted", Plain with { ValidFrom = Morning, ValidTo = Morning } },
        { "lint.expired", Plain with { ValidTo = Morning } },
        { "lint.currency-unknown", Plain with { Currency = "XQX" } },
        { "lint.currency-withdrawn", Plain with { Currency = "HRK", LastUpdated = Morning } },
        { "lint.limits-crossed", Plain with { MinPrice = new(2m, null), MaxPrice = new(1m, null) } },
        { "lint.limit-tax", Plain with { MinPrice = new(2m, 1m) } },
        { "lint.restriction-unknown", Restricted(new() { UnknownKeys = ["dayOfWeek"] }) },
        { "lint.reservation-unknown", Restricted(new() { Reservation = "BOOKING" }) },
        { "lint.times-equal", Restricted(new() { StartTime = new(9, 0), EndTime = new(9, 0) }) },
        { "lint.last-minute", Restricted(new() { EndTime = new(23, 59) }) },
        { "lint.weekday-all", Restricted(new() { DaysOfWeek = [.. Enum.GetValues<IsoDayOfWeek>().Skip(1)] }) },
        { "lint.wrap-weekday", Restricted(new() { StartTime = new(20, 0), EndTime = new(6, 0), DaysOfWeek = [IsoDayOfWeek.Monday] }) },
        { "lint.range-empty", Restricted(new() { MinKwh = 5m, MaxKwh = 5m }) },
        { "lint.signal-needed", Restricted(new() { MaxPowerKw = 5m }) },
        { "lint.power-unverifiable", Restricted(new() { MaxPowerKw = 5m }) with { Version = Domain.Intake.OcpiVersion.V211 } },
        { "lint.vehicle-needed", Restricted(new() { MinNotRequestingPowerSeconds = 600 }) },
        { "lint.soc-full", Restricted(new() { MinStateOfCharge = 80, MaxStateOfCharge = 100 }) },
        { "lint.soc-range", Restricted(new() { MinStateOfCharge = 800 }) },
        { "lint.price-negative", Tariff(Element(Energy(-1m))) },
        { "lint.step-negative", Tariff(Element(Energy(1m, -1))) },
        { "lint.step-large", Tariff(Element(Energy(1m, 5000))) },
        { "lint.step-differs", Tariff(Element(Energy(1m, 1)).Only(new() { MaxKwh = 1m }), Element(Energy(1m, 100))) },
        { "lint.step-time-idle", Tariff(Element(Time(1m, 60), Parking(1m))) },
        { "lint.component-duplicate", Tariff(Element(Energy(1m), Energy(2m))) },
        { "lint.vat-partial", Tariff(Element(Energy(1m, vat: 5m), Time(1m))) },
        { "lint.flat-several", Tariff(Element(Fee(1m)).Only(new() { MaxKwh = 1m }), Element(Fee(2m))) },
        { "lint.dead", Tariff(Element(Energy(1m)), Element(Energy(2m))) },
        { "lint.gap", Restricted(new() { EndTime = new(22, 0) }) },
        {
            "lint.overlap",
            Tariff(Element(Energy(1m)).Only(new() { EndTime = new(12, 0) }), Element(Energy(2m)).Only(new() { EndTime = new(13, 0) }))
        },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Each_fault_is_told_with_its_code(string code, Tariff tariff) =>
        TariffLint.Check(tariff, RatingPolicy.Default, Morning + Duration.FromDays(1))
            .Select(lint => lint.Code).ShouldContain(code);

    [Fact]
    public void A_plain_tariff_has_nothing_to_tell() =>
        TariffLint.Check(Plain, RatingPolicy.Default, Morning).ShouldBeEmpty();

    [Fact]
    public void A_tariff_reads_as_sentences_in_both_languages()
    {
        var tariff = Tariff(
            Element(Energy(0.35m, 100, 5m)).Only(new()
            {
                StartTime = new(9, 0),
                EndTime = new(18, 0),
                DaysOfWeek = [IsoDayOfWeek.Monday, IsoDayOfWeek.Tuesday, IsoDayOfWeek.Wednesday],
            }),
            Element(Parking(6m, 300))) with { MaxPrice = new(40m, null) };
        TariffWords.English(tariff).ShouldBe(
        [
            "From Monday to Wednesday, from 09:00 to 18:00 local time, energy costs 0.35 CAD per kWh, billed in steps of 100 Wh, plus 5% VAT.",
            "Parking without charging costs 6.00 CAD per hour, billed in steps of 5 min.",
            "A session costs at most 40.00 CAD before tax.",
            "Taxes are added to these prices.",
            "Where several of these apply to the same thing, the first one holds.",
        ]);
        TariffWords.French(tariff).ShouldBe(
        [
            "Du lundi au mercredi, de 09:00 à 18:00, heure locale, l'énergie coûte 0,35 CAD le kWh, facturée par tranches de 100 Wh, plus 5 % de TVA.",
            "Le stationnement sans recharge coûte 6,00 CAD l'heure, facturé par tranches de 5 min.",
            "Une session coûte au plus 40,00 CAD avant taxes.",
            "Les taxes s'ajoutent à ces prix.",
            "Lorsque plusieurs de ces règles visent la même chose, la première s'applique.",
        ]);
    }

    private static Tariff Plain => Tariff(Element(Energy(1m), Fee(1m)));

    private static Tariff Restricted(TariffRestrictions restrictions) => Tariff(Element(Energy(1m)).Only(restrictions));

    private static IEnumerable<(int, int)> Dead(Tariff tariff) => TariffLint.Dead(tariff, RatingPolicy.Default).Order();
}
