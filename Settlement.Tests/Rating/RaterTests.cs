using NodaTime;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;
using static Settlement.Tests.Rating.Sessions;

namespace Settlement.Tests.Rating;

public sealed class RaterTests
{
    /// <summary>Some chargers write each dimension as a period of its own: both are from one start to the next.</summary>
    [Theory]
    [InlineData(200)]
    [InlineData(20_000)]
    public void A_long_session_with_two_periods_for_each_start_has_a_price(int starts)
    {
        var session = Twice(Tariff(Element(Energy(1m), Time(6m))), starts);
        session.Rate().Price().ShouldBe(starts * 1.1m);
    }

    [Fact]
    public void One_start_of_many_whose_order_has_another_price_holds_the_session()
    {
        var dearer = Tariff(Element(Energy(1m)).Only(new() { MaxKwh = 105m }), Element(Energy(2m)));
        var session = Session(dearer, [.. Enumerable.Repeat(Charging(1, 1m), 200)]);
        session.Rate().Price().ShouldBe(105 + 95 * 2);
        var extra = session.Periods[104] with { EnergyKwh = 5m };
        (session with { Periods = [.. session.Periods.Take(105), extra, .. session.Periods.Skip(105)], TotalEnergyKwh = 205m })
            .Rate().Codes().ShouldContain("period.order-decides");
    }

    [Theory]
    [InlineData(100, false)]
    [InlineData(3, true)]
    public void Six_periods_with_one_start_have_a_price_where_no_order_of_them_has_another(int mostKwh, bool isHeld)
    {
        var tariff = Tariff(Element(Energy(1m)).Only(new() { MaxKwh = mostKwh }), Element(Energy(2m)));
        var one = Session(tariff, Charging(1, 1m));
        var session = one with
        {
            Periods = [.. Enumerable.Range(1, 6).Select(kwh => one.Periods[0] with { EnergyKwh = kwh, TimeHours = null })],
            TotalEnergyKwh = 21m,
        };
        session.Rate().Codes().Contains("period.order-decides").ShouldBe(isHeld);
    }

    private static Cdr Twice(Tariff tariff, int starts)
    {
        var session = Session(tariff, [.. Enumerable.Repeat(Charging(1, 1m), starts)]);
        return session with
        {
            Periods =
            [
                .. session.Periods.SelectMany(period => new[] { period with { TimeHours = null }, period with { EnergyKwh = null } }),
            ],
        };
    }

    [Fact]
    public void Ten_minutes_are_600_seconds_although_a_sixth_of_an_hour_has_no_end() =>
        Session(Tariff(Element(Time(6m, 600))), Charging(10)).Rate().Lines.Single()
            .BilledQuantity.ShouldBe(600m);

    [Fact]
    public void A_lower_bound_is_inclusive_and_an_upper_one_exclusive()
    {
        var tariff = Tariff(
            Element(Energy(1m)).Only(new() { MaxDurationSeconds = 600 }),
            Element(Energy(2m)).Only(new() { MinDurationSeconds = 600, MaxDurationSeconds = 601 }));
        Session(tariff, Charging(10, 1m), Charging(1, 1m)).Rate().Price().ShouldBe(3m);
    }

    /// <summary>At 02:00 on 2026-11-01 clocks in Toronto go back to 01:00: the hour comes twice, and is priced twice.</summary>
    [Theory]
    [InlineData(5, 30, 1)] // 01:30 the first time
    [InlineData(6, 30, 1)] // 01:30 the second time
    [InlineData(7, 0, 2)] // 02:00 after it
    public void A_repeated_hour_counts_by_what_the_clock_shows(int hour, int minute, int price)
    {
        var tariff = Tariff(
            Element(Energy(1m)).Only(new() { StartTime = new LocalTime(1, 0), EndTime = new LocalTime(2, 0) }),
            Element(Energy(2m)));
        At(tariff, Instant.FromUtc(2026, 11, 1, hour, minute)).Rate().Price().ShouldBe(price);
    }

    /// <summary>At 02:00 on 2026-03-08 clocks in Toronto go to 03:00: no moment lies between.</summary>
    [Theory]
    [InlineData(6, 59, 2)]
    [InlineData(7, 0, 2)]
    public void A_skipped_hour_never_applies(int hour, int minute, int price)
    {
        var tariff = Tariff(
            Element(Energy(1m)).Only(new() { StartTime = new LocalTime(2, 0), EndTime = new LocalTime(3, 0) }),
            Element(Energy(2m)));
        At(tariff, Instant.FromUtc(2026, 3, 8, hour, minute)).Rate().Price().ShouldBe(price);
    }

    /// <summary>Thursday at 10:00 lies in the window that began on Wednesday at 20:00.</summary>
    [Fact]
    public void The_weekday_a_window_began_is_the_day_before()
    {
        var tariff = Tariff(
            Element(Energy(1m)).Only(new()
            {
                StartTime = new LocalTime(20, 0),
                EndTime = new LocalTime(15, 0),
                DaysOfWeek = [IsoDayOfWeek.Wednesday],
            }),
            Element(Energy(2m)));
        Session(tariff, Charging(10, 1m)).Rate("wrap-weekday=window-start").Price().ShouldBe(1m);
        Session(tariff, Charging(10, 1m)).Rate().Price().ShouldBe(2m);
    }

    [Fact]
    public void A_misspelt_restriction_is_loud_and_leaves_no_price_that_depends_on_it()
    {
        var rated = Session(Tariff(Element(Energy(1m)).Only(new() { UnknownKeys = ["dayOfWeek"] })), Charging(10, 1m)).Rate();
        rated.IsRateable.ShouldBeFalse();
        rated.Findings.ShouldContain(finding => finding.Code == "restriction.unknown"
            && finding.Pointer == "/tariffs/0/elements/0/restrictions/dayOfWeek");
    }

    [Fact]
    public void A_period_that_spans_a_change_of_price_is_told()
    {
        var tariff = Tariff(
            Element(Energy(1m)).Only(new() { EndTime = new LocalTime(10, 5) }),
            Element(Energy(2m)));
        var rated = Session(tariff, Charging(10, 1m)).Rate();
        rated.Price().ShouldBe(1m);
        rated.Findings.Single().ShouldBe(new Domain.Finding(
            "period.straddles", "/charging_periods/0",
            "The price of ENERGY changes within this period; it is rated in full at the price of its start."));
    }

    [Fact]
    public void A_window_inside_a_period_is_a_change_although_both_ends_price_alike()
    {
        var tariff = Tariff(
            Element(Energy(1m)).Only(new() { StartTime = new LocalTime(10, 10), EndTime = new LocalTime(10, 20) }),
            Element(Energy(2m)));
        Session(tariff, Charging(60, 1m)).Rate().Codes().ShouldBe(["period.straddles"]);
    }

    [Theory]
    [InlineData("0.0000000000000000000000000001", "1.0000000000000000000000000001")] // digits that do not fit
    [InlineData("1000000000", "1001")] // a total that nobody charges
    [InlineData("79228162514264337593543950335", "2")] // a value that does not fit
    public void What_cannot_be_kept_exactly_is_told_and_not_bent(string price, string kwh)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var rated = Session(Tariff(Element(Energy(decimal.Parse(price, culture)))), Charging(10, decimal.Parse(kwh, culture))).Rate();
        rated.IsRateable.ShouldBeFalse();
        rated.Codes().ShouldContain("amount.overflow");
    }

    [Fact]
    public void Ten_thousand_periods_are_rated()
    {
        var rated = Session(Tariff(Element(Energy(1m, 1000))), [.. Enumerable.Repeat(Charging(1, 0.1m), 10_000)]).Rate();
        rated.Price().ShouldBe(1000m);
        rated.Lines.Count.ShouldBe(10_000);
    }

    [Fact]
    public void A_session_without_usable_time_is_not_rated() =>
        (Session(Tariff(Element(Energy(1m))), Charging(10)) with { Start = default, End = default }).Rate()
            .Codes().ShouldBe(["session.no-time"]);

    [Fact]
    public void A_session_that_ends_before_it_starts_is_not_rated() =>
        (Session(Tariff(Element(Energy(1m))), Charging(10)) with { End = Morning - Duration.FromSeconds(1) }).Rate()
            .Codes().ShouldBe(["session.ends-before-start"]);

    [Fact]
    public void Without_periods_or_tariffs_there_is_no_price()
    {
        var cdr = Session(Tariff(Element(Energy(1m))), Charging(10, 1m));
        (cdr with { Periods = [] }).Rate().Codes().ShouldBe(["periods.missing"]);
        (cdr with { Tariffs = [] }).Rate().Codes().ShouldBe(["tariff.missing"]);
        (cdr with { Currency = "USD" }).Rate().Codes().ShouldBe(["tariff.currency"]);
    }

    [Fact]
    public void Energy_told_in_watt_hours_is_caught() =>
        (Session(Tariff(Element(Energy(1m))), Charging(10, 41_120m)) with { TotalEnergyKwh = 41.12m }).Rate()
            .Codes().ShouldBe(["energy.unit-suspect"]);

    [Fact]
    public void Energy_that_only_the_total_tells_is_not_free()
    {
        var cdr = Session(Tariff(Element(Energy(0.5m), Time(1m))), Charging(60).With(period => period with { EnergyKwh = null }));
        (cdr with { TotalEnergyKwh = 40.5m }).Rate().Codes().ShouldContain("energy.not-told");
        (cdr with { TotalEnergyKwh = 0m }).Rate().Price().ShouldBe(1m);
        (Session(Tariff(Element(Time(1m))), Charging(60).With(period => period with { EnergyKwh = null })) with { TotalEnergyKwh = 40.5m })
            .Rate().Price().ShouldBe(1m);
    }

    [Fact]
    public void Totals_that_do_not_follow_from_the_periods_are_told()
    {
        var cdr = Session(Tariff(Element(Energy(1m))), Charging(10, 1m), Parked(10));
        var rated = (cdr with { TotalEnergyKwh = 2m, TotalTimeHours = 1m, TotalParkingHours = 1m }).Rate();
        rated.Price().ShouldBe(1m);
        rated.Codes().ShouldBe(["energy.total-differs", "time.total-differs", "parking.total-differs"]);
    }

    [Fact]
    public void Periods_out_of_order_are_put_in_order_and_keep_their_index()
    {
        var cdr = Session(Tariff(Element(Energy(1m)).Only(new() { MaxKwh = 1m }), Element(Energy(2m))),
            Charging(10, 1m), Charging(10, 3m));
        var rated = (cdr with { Periods = [.. cdr.Periods.Reverse()] }).Rate();
        rated.Price().ShouldBe(7m);
        rated.Lines.Select(line => line.Period).ShouldBe([1, 0]);
        rated.Codes().ShouldBe(["periods.out-of-order"]);
    }

    [Fact]
    public void Times_that_tell_different_things_are_told()
    {
        var cdr = Session(Tariff(Element(Time(3600m))), Charging(10).With(p => p with { TimeHours = 0.1m }));
        cdr.Rate().Price().ShouldBe(360m);
        cdr.Rate().Codes().ShouldBe(["period.time-differs"]);
        (cdr with { Start = Morning - Duration.FromMinutes(5) }).Rate().Codes().ShouldContain("period.gap");
        (cdr with { Start = Morning + Duration.FromMinutes(5) }).Rate().Codes().ShouldContain("period.outside-session");
        Session(Tariff(Element(Time(1m))), Charging(10).With(p => p with { TimeHours = -1m })).Rate()
            .Codes().ShouldContain("period.negative-time");
    }

    [Fact]
    public void A_tariff_of_the_same_name_and_other_content_is_told()
    {
        var cdr = Session(Tariff(Element(Energy(1m))), Charging(10, 1m));
        var known = Tariff(Element(Energy(3m))) with { ContentHash = "other" };
        var rated = Rater.Rate(new RatingRequest(cdr, [.. cdr.Tariffs, known], RatingPolicy.Default, Toronto));
        rated.Price().ShouldBe(1m);
        rated.Codes().ShouldBe(["tariff.differs"]);
    }

    [Fact]
    public void Limits_wait_for_the_tax_where_the_tariff_does_not_tell_it()
    {
        var cdr = Session(Tariff(Element(Energy(1m))) with { MaxPrice = new PriceLimit(5m, 5.5m) }, Charging(10, 8m));
        var rated = cdr.Rate();
        (rated.Price(), rated.AfterTaxes, rated.PendingMax).ShouldBe((5m, null, cdr.Tariffs[0].MaxPrice));
        rated.Codes().ShouldBe(["price-limit.pending"]);
    }

    [Fact]
    public void A_limit_that_is_stated_with_its_tax_only_holds_before_tax_too()
    {
        var capped = Session(Tariff(Element(Energy(5m, vat: 20m))) with { MaxPrice = new PriceLimit(null, 24m) }, Charging(10, 10m));
        var rated = capped.Rate();
        (rated.Price(), rated.AfterTaxes!.Value.LineScale(), rated.PendingMax).ShouldBe((20m, 24m, null));
        var untold = Session(Tariff(Element(Energy(5m))) with { MaxPrice = new PriceLimit(null, 24m) }, Charging(10, 10m)).Rate();
        untold.PendingMax.ShouldNotBeNull("the tax that the limit contains is not known: it is held");
        var mixed = Session(
            Tariff(Element(Energy(5m, vat: 20m), Fee(1m, vat: 5m))) with { MaxPrice = new PriceLimit(null, 24m) }, Charging(10, 10m));
        mixed.Rate().PendingMax.ShouldNotBeNull("one limit over two rates is no price before tax");
        var below = mixed with { Periods = [mixed.Periods[0] with { EnergyKwh = 1m }] };
        below.Rate().PendingMax.ShouldBeNull("a limit that is not reached decides nothing");
    }

    [Fact]
    public void Prices_that_include_tax_have_an_after_tax_total_only()
    {
        var rated = Session(Tariff(Element(Energy(1m))) with { TaxIncluded = TaxIncluded.YES }, Charging(10, 8m)).Rate();
        (rated.BeforeTaxes, rated.AfterTaxes, rated.AmountsIncludeTax).ShouldBe((null, ExactAmount.Of(8m), true));
    }

    /// <summary>A copy with other content is compiled anew: the compiled form never outlives its tariff.</summary>
    [Fact]
    public void A_changed_tariff_is_compiled_again()
    {
        var cdr = Session(Tariff(Element(Energy(1m))), Charging(10, 1m));
        cdr.Rate().Price().ShouldBe(1m);
        var dearer = cdr.Tariffs[0] with { Elements = [Element(Energy(2m))] };
        (cdr with { Tariffs = [dearer] }).Rate().Price().ShouldBe(2m);
        cdr.Rate().Price().ShouldBe(1m);
    }

    private static Cdr At(Tariff tariff, Instant start)
    {
        var cdr = Session(tariff, Charging(10, 1m));
        return cdr with
        {
            Start = start,
            End = start + Duration.FromMinutes(10),
            Periods = [cdr.Periods[0] with { Start = start }],
        };
    }
}
