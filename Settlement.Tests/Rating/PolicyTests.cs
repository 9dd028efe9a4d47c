using NodaTime;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;
using static Settlement.Tests.Rating.Sessions;

namespace Settlement.Tests.Rating;

/// <summary>Both sides of every contested reading: the default, and the other one, with a price that tells them apart.</summary>
public sealed class PolicyTests
{
    private static readonly Dictionary<string, (Cdr Cdr, decimal? Default, (string Value, decimal? Price)[] Others)> Cases =
        new(StringComparer.Ordinal)
        {
            // 10 min at 6/h and 7 min parking at 6/h, steps of 600 s and 300 s
            ["time-step"] = (Session(Tariff(Element(Time(6m, 600), Parking(6m, 300))), Parked(7), Charging(13)),
                2.3m, [("last", 2.7m), ("together", 2m), ("each", 3m)]),
            ["step-scope"] = (Session(Tariff(Element(Energy(1m, 1000)).Only(new() { MaxKwh = 2m }), Element(Energy(2m, 1000))),
                Charging(30, 2.5m), Charging(30, 1.2m)), 5.5m, [("band", 7m)]),
            ["step-multiple"] = (Session(Tariff(Element(Time(6m, 600))), Charging(10)), 1m, [("exceeds", 2m)]),
            ["step-size"] = (Session(Tariff(Element(Energy(1m, 1000))), Charging(10, 1.5m)), 2m, [("ignored", 1.5m)]),
            ["reservation-step"] = (Session(Tariff(Element(Time(6m, 600)).Only(new() { Reservation = "RESERVATION" }),
                Element(Time(6m))), Reserved(5), Charging(10)), 2m, [("shared", 1.5m)]),
            ["negative-energy-step"] = (Session(Tariff(Element(Energy(1m, 1000))), Charging(10, -1.5m)),
                -1.5m, [("rounded", -1m)]),
            ["flat"] = (Session(Tariff(Element(Fee(1m)).Only(new() { MaxKwh = 1m }), Element(Fee(2m))),
                Charging(10, 1m), Charging(10, 1m)), 1m, [("each", 3m)]),
            ["duplicate-component"] = (Session(Tariff(Element(Energy(1m), Energy(2m))), Charging(10, 1m)),
                1m, [("refuse", null)]),
            ["straddle"] = (Session(Tariff(Element(Energy(1m)).Only(new() { MaxKwh = 1m }), Element(Energy(2m))),
                Charging(10, 3m)), 3m, [("refuse", null)]),
            ["missing-signal"] = (Session(Tariff(Element(Energy(1m)).Only(new() { MaxPowerKw = 11m }), Element(Energy(2m))),
                Charging(10, 1m)), null, [("match", 1m), ("no-match", 2m)]),
            ["signal-reading"] = (Session(Tariff(Element(Energy(1m)).Only(new() { MaxPowerKw = 11m }), Element(Energy(2m))),
                Charging(10, 1m).With(p => p with { MinPowerKw = 7m })), null, [("other", 1m)]),
            ["unknown-restriction"] = (Session(Tariff(Element(Energy(1m)).Only(new() { UnknownKeys = ["dayOfWeek"] }),
                Element(Energy(2m))), Charging(10, 1m)), null, [("ignore", 1m), ("no-match", 2m)]),
            ["duration-start"] = (Session(Tariff(Element(Energy(1m)).Only(new() { MaxDurationSeconds = 900 }),
                Element(Energy(2m))), Reserved(20), Charging(10, 1m)), 1m, [("reservation", 2m)]),
            ["parking-duration"] = (Session(Tariff(Element(Parking(6m)).Only(new() { MinDurationSeconds = 900 })),
                Charging(20), Parked(10)), 1m, [("parking", 0m)]),
            // ten minutes idle, ten at the charger's pace again, ten idle: 20 min in all, but only 10 at a time
            ["idle-duration"] = (Session(Tariff(Element(Parking(6m)).Only(new() { MinNotRequestingPowerSeconds = 600 })),
                Parked(10).Idle(), Parked(10).Requesting(), Parked(10).Idle()), 0m, [("total", 1m)]),
            ["equal-times"] = (Session(Tariff(Element(Energy(1m)).Only(Window(9, 9)), Element(Energy(2m))),
                Charging(10, 1m)), 1m, [("never", 2m)]),
            ["end-midnight"] = (Session(Tariff(Element(Energy(1m)).Only(new() { EndTime = LocalTime.Midnight }),
                Element(Energy(2m))), Charging(10, 1m)), 1m, [("literal", 2m)]),
            // Thursday 10:00 lies in the window that began on Wednesday at 20:00
            ["wrap-weekday"] = (Session(Tariff(Element(Energy(1m)).Only(Window(20, 15) with
            {
                DaysOfWeek = [IsoDayOfWeek.Thursday],
            }), Element(Energy(2m))), Charging(10, 1m)), 1m, [("window-start", 2m)]),
            // ten in the morning lies between the first day's start and the last day's end, but in no daily window
            ["date-window"] = (Session(Tariff(Element(Energy(1m)).Only(Window(17, 20) with
            {
                StartDate = new LocalDate(2026, 9, 1),
                EndDate = new LocalDate(2026, 11, 1),
            }), Element(Energy(2m))), Charging(10, 1m)), 2m, [("continuous", 1m)]),
            ["time-meaning"] = (Session(Tariff(Element(Time(6m))), Charging(10), Parked(10)), 1m, [("connected", 2m)]),
            // 10 min are 0.1667 h, which would be 600.12 s
            ["time-source"] = (Session(Tariff(Element(Time(3600m))), Charging(10), Charging(1).With(p => p with
            {
                TimeHours = 0.0163m,
            })), 660m, [("volumes", 659m)]),
            ["limit-scope"] = (Session(Tariff(Element(Fee(4m)).Only(new() { Reservation = "RESERVATION" }), Element(Fee(4m)))
                with { MaxPrice = new PriceLimit(5m, null) }, Reserved(5), Charging(10)), 5m, [("charging", 8m)]),
            ["min-price-unused"] = (Session(Tariff(Element(Energy(1m))) with { MinPrice = new PriceLimit(2m, null) },
                Charging(10)), 2m, [("skipped", 0m)]),
            ["parking-total"] = (Session(Tariff(Element(Parking(6m))), Parked(10)) with { TotalParkingHours = 1m },
                1m, [("refuse", null)]),
            ["tariff-validity"] = (Session(Tariff(Element(Fee(1m))) with { ValidFrom = Morning + Duration.FromDays(1) },
                Charging(10)), 1m, [("refuse", null)]),
            ["unknown-tariff"] = (Session(Tariff(Element(Fee(1m))), Charging(10).With(p => p with { TariffId = "X" })),
                null, [("start", 1m)]),
        };

    /// <summary>Tested by name below, because a price before tax does not show them or because they need more.</summary>
    private static readonly string[] Elsewhere =
        ["missing-zone", "tariff-choice", "absent-vat", "limit-tax", "total-time"];

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Fact]
    public void Every_policy_has_a_test_for_both_sides() =>
        Cases.Keys.Concat(Elsewhere).Order().ShouldBe(RatingPolicies.All.Select(entry => entry.Name).Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_value_of_a_policy_has_its_own_price(string name)
    {
        var (cdr, byDefault, others) = Cases[name];
        cdr.Rate().Price().ShouldBe(byDefault);
        cdr.Rate($"{name}={RatingPolicies.All.Single(entry => entry.Name == name).Values[0]}").Price().ShouldBe(byDefault);
        others.Select(other => other.Value).Order()
            .ShouldBe(RatingPolicies.All.Single(entry => entry.Name == name).Values.Skip(1).Order());
        foreach (var (value, price) in others)
        {
            cdr.Rate($"{name}={value}").Price().ShouldBe(price, $"{name}={value}");
        }
    }

    [Fact]
    public void A_missing_zone_is_told_and_only_guessed_by_policy()
    {
        var cdr = Session(Tariff(Element(Energy(1m)).Only(Window(9, 12)), Element(Energy(2m))), Charging(10, 1m));
        var unknown = Rater.Rate(new RatingRequest(cdr, cdr.Tariffs, RatingPolicy.Default, null));
        unknown.IsRateable.ShouldBeFalse();
        unknown.Codes().ShouldBe(["zone.missing"]);
        // 10:00 in Toronto is 14:00 UTC
        Rater.Rate(new RatingRequest(cdr, cdr.Tariffs, Policy("missing-zone=utc"), null)).Price().ShouldBe(2m);
    }

    [Fact]
    public void A_missing_zone_does_not_matter_where_every_answer_prices_alike()
    {
        var cdr = Session(Tariff(Element(Energy(2m)).Only(Window(9, 12)), Element(Energy(2m))), Charging(10, 1m));
        Rater.Rate(new RatingRequest(cdr, cdr.Tariffs, RatingPolicy.Default, null)).Price().ShouldBe(2m);
    }

    [Fact]
    public void Each_period_has_the_tariff_it_names_unless_one_holds_for_the_session()
    {
        var dear = Tariff(Element(Energy(5m))) with { Id = "DEAR", ContentHash = "DEAR" };
        var cdr = Session(Tariff(Element(Energy(1m))), Charging(10, 1m), Charging(10, 1m).With(p => p with { TariffId = "dear" }));
        cdr = cdr with { Tariffs = [cdr.Tariffs[0], dear] };
        cdr.Rate().Price().ShouldBe(6m);
        cdr.Rate("tariff-choice=start").Price().ShouldBe(2m);
    }

    [Fact]
    public void An_absent_vat_is_unknown_unless_it_means_none()
    {
        var cdr = Session(Tariff(Element(Energy(1m))), Charging(10, 1m));
        cdr.Rate().AfterTaxes.ShouldBeNull();
        cdr.Rate("absent-vat=none").AfterTaxes.ShouldBe(ExactAmount.Of(1m));
    }

    [Fact]
    public void The_tax_of_a_limit_is_in_proportion_or_stays()
    {
        var cdr = Session(Tariff(Element(Energy(1m, vat: 10m), Fee(1m, vat: 20m))) with { MaxPrice = new PriceLimit(1m, null) },
            Charging(10, 1m));
        cdr.Rate().AfterTaxes.ShouldBe(ExactAmount.Of(1.15m));
        cdr.Rate("limit-tax=none").AfterTaxes.ShouldBe(ExactAmount.Of(1.3m));
    }

    [Fact]
    public void Total_time_leaves_the_reservation_out_unless_told_otherwise()
    {
        var cdr = Session(Tariff(Element(Time(1m))), Reserved(30), Charging(30));
        cdr.Rate().Codes().ShouldNotContain("time.total-differs");
        cdr.Rate("total-time=with-reservation").Codes().ShouldContain("time.total-differs");
    }

    [Theory]
    [InlineData("no-such=1")]
    [InlineData("flat=twice")]
    [InlineData("flat")]
    [InlineData("tolerance=-1")]
    public void An_unknown_name_or_value_is_refused(string setting) =>
        RatingPolicy.Default.With(setting).Refusal!.Code.ShouldBe("policy.unknown");

    [Fact]
    public void What_departs_from_the_defaults_is_told() =>
        Policy("flat=each", "tolerance=2").Departures().ShouldBe(["flat=each", "tolerance=2"]);

    private static TariffRestrictions Window(int from, int until) =>
        new() { StartTime = new LocalTime(from, 0), EndTime = new LocalTime(until, 0) };
}
