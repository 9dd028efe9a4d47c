using NodaTime;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Tests.Rating;

/// <summary>What holds for the price of every session under every tariff. A counterexample shrinks to a few lines.</summary>
public sealed class RatingLawTests
{
    [Fact]
    public void More_energy_in_the_last_period_is_never_cheaper() => AnySession.Law(request =>
    {
        var cdr = request.Cdr;
        if (cdr.Periods.Any(period => period.EnergyKwh < 0m) || !IsInOrder(cdr) || cdr.Periods[^1].EnergyKwh is not > 0m)
        {
            return null;
        }

        var last = cdr.Periods[^1];
        var more = request with
        {
            Cdr = cdr with { Periods = [.. cdr.Periods.SkipLast(1), last with { EnergyKwh = last.EnergyKwh + 7.5m }] },
        };
        var (before, after) = (Rater.Rate(request), Rater.Rate(more));
        return before.IsRateable && after.IsRateable ? Price(before) <= Price(after) : null;
    });

    [Fact]
    public void A_period_split_where_no_price_changes_costs_the_same() => AnySession.Law(request =>
    {
        var plain = request with { Tariffs = [.. request.Tariffs.Select(WithOneStep)] };
        var rated = Rater.Rate(plain);
        if (!rated.IsRateable || !IsInOrder(plain.Cdr) || plain.Cdr.Periods.Any(period => period.EnergyKwh < 0m)
            || rated.Findings.Any(finding => finding.Code == "period.straddles"))
        {
            return null;
        }

        var places = Enumerable.Range(0, plain.Cdr.Periods.Count).Where(place => IsWhole(plain.Cdr, place)).ToList();
        return places.Count == 0
            ? null
            : places.ConvertAll(place => Rater.Rate(plain with { Cdr = Split(plain.Cdr, place) }))
                .TrueForAll(split => Same(rated, split) || IsInMoreBands(split, rated));
    });

    [Fact]
    public void A_session_some_weeks_later_costs_the_same() => AnySession.Law(request =>
    {
        var always = request with
        {
            Tariffs = [.. request.Tariffs.Select(WithoutDates)],
            Zone = DateTimeZoneProviders.Tzdb[request.Zone is null ? "UTC" : "Asia/Kathmandu"], // clocks never change there
        };
        return Same(Rater.Rate(always), Rater.Rate(always with { Cdr = Later(always.Cdr, Duration.FromDays(21)) }));
    });

    [Fact]
    public void Prices_times_three_make_a_total_times_three() => AnySession.Law(request =>
    {
        var (once, thrice) = (Rater.Rate(request), Rater.Rate(request with { Tariffs = [.. request.Tariffs.Select(Thrice)] }));
        return once.IsRateable == thrice.IsRateable && thrice.BeforeTaxes == Three(once.BeforeTaxes)
            && thrice.AfterTaxes == Three(once.AfterTaxes);
    });

    [Fact]
    public void The_order_of_periods_in_the_document_changes_nothing() => AnySession.Law(request =>
    {
        var rated = Rater.Rate(request);
        var periods = request.Cdr.Periods;
        return new[]
        {
            [.. periods.Reverse()], [.. periods.Skip(1), periods[0]],
            periods.OrderBy(period => period.EnergyKwh).ThenBy(period => period.ParkingHours).ToArray(),
        }.All(order => Same(rated, Rater.Rate(request with { Cdr = request.Cdr with { Periods = order } })));
    });

    [Fact]
    public void An_empty_last_period_changes_nothing() => AnySession.Law(request =>
    {
        var rated = Rater.Rate(request);
        return new[]
        {
            new ChargingPeriod { Start = request.Cdr.End },
            new ChargingPeriod { Start = request.Cdr.End, TimeHours = 0m, EnergyKwh = 0m, TariffId = "B" },
            new ChargingPeriod { Start = request.Cdr.End, ParkingHours = 0m, TariffId = "nobody's" },
        }.All(empty => Same(rated, Rater.Rate(
            request with { Cdr = request.Cdr with { Periods = [.. request.Cdr.Periods, empty] } })));
    });

    [Fact]
    public void An_element_that_never_applies_changes_nothing() => AnySession.Law(request =>
    {
        var rated = Rater.Rate(request);
        return Enumerable.Range(0, request.Tariffs[0].Elements.Count + 1).All(place => Same(rated, Rater.Rate(
            request with { Tariffs = [WithUnreachable(request.Tariffs[0], place), .. request.Tariffs.Skip(1)] })));
    });

    [Fact]
    public void A_tariff_that_no_period_uses_changes_nothing() => AnySession.Law(request =>
    {
        if (request.Policy.TariffChoice == TariffChoice.Start
            || !request.Cdr.Periods.All(period => request.Tariffs.Any(tariff => tariff.Id == period.TariffId)))
        {
            return null;
        }

        var unused = new RandomSessions(request.Cdr.Periods.Count).Tariff(1) with { Id = "unused" };
        var rated = Rater.Rate(request);
        return Same(rated, Rater.Rate(request with { Tariffs = [.. request.Tariffs, unused] }))
            && Same(rated, Rater.Rate(request with { Tariffs = [unused, .. request.Tariffs] }));
    });

    [Fact]
    public void A_total_lies_between_the_limits_of_its_tariff() => AnySession.Law(request =>
    {
        var tariff = request.Tariffs[0];
        var rated = Rater.Rate(request with
        {
            Tariffs = [tariff],
            Policy = RatingPolicy.Default,
            Cdr = request.Cdr with { Periods = [.. request.Cdr.Periods.Select(period => period with { TariffId = null })] },
        });
        if (!rated.IsRateable || (tariff.MinPrice is null && tariff.MaxPrice is null))
        {
            return null;
        }

        // limits can contradict each other, one before tax and one after it: then the maximum holds
        var isCapped = Is(rated.BeforeTaxes, tariff.MaxPrice?.BeforeTaxes) || Is(rated.AfterTaxes, tariff.MaxPrice?.AfterTaxes);
        return IsAtMost(rated.BeforeTaxes, tariff.MaxPrice?.BeforeTaxes)
            && IsAtMost(rated.AfterTaxes, tariff.MaxPrice?.AfterTaxes)
            && (isCapped || (IsAtLeast(rated.BeforeTaxes, tariff.MinPrice?.BeforeTaxes)
                && IsAtLeast(rated.AfterTaxes, tariff.MinPrice?.AfterTaxes)));
    });

    private static bool Is(ExactAmount? total, decimal? limit) =>
        total is { } amount && limit is { } known && amount == ExactAmount.Of(known);

    private static bool IsAtMost(ExactAmount? total, decimal? most) =>
        total is not { } amount || most is not { } limit || amount <= ExactAmount.Of(limit);

    private static bool IsAtLeast(ExactAmount? total, decimal? least) =>
        total is not { } amount || least is not { } limit || amount >= ExactAmount.Of(limit);

    private static ExactAmount? Price(RatedSession rated) => rated.BeforeTaxes ?? rated.AfterTaxes;

    private static bool Same(RatedSession one, RatedSession other) => one.IsRateable == other.IsRateable
        && one.BeforeTaxes == other.BeforeTaxes && one.AfterTaxes == other.AfterTaxes;

    /// <summary>Where each band is rounded by itself, another element at the same price is another band.</summary>
    private static bool IsInMoreBands(RatedSession split, RatedSession whole) => whole.Policy.StepScope == StepScope.Band
        && split.Lines.Select(line => (line.TariffId, line.Element, line.Component))
            .Except(whole.Lines.Select(line => (line.TariffId, line.Element, line.Component))).Any();

    private static ExactAmount? Three(ExactAmount? once) => once is { } amount ? amount + amount + amount : null;

    private static bool IsInOrder(Cdr cdr) =>
        cdr.Periods.Zip(cdr.Periods.Skip(1), (one, next) => one.Start < next.Start).All(isBefore => isBefore)
        && cdr.Periods[0].Start >= cdr.Start && cdr.Periods[^1].Start < cdr.End;

    private static Duration Span(Cdr cdr, int place) =>
        (place + 1 < cdr.Periods.Count ? cdr.Periods[place + 1].Start : cdr.End) - cdr.Periods[place].Start;

    /// <summary>One dimension of time that fills it, as its timestamps say.</summary>
    private static bool IsWhole(Cdr cdr, int place)
    {
        var period = cdr.Periods[place];
        var hours = new[] { period.TimeHours, period.ParkingHours }.OfType<decimal>().Where(each => each != 0m).ToList();
        return period.ReservationHours is null && hours.Count == 1
            && Math.Abs(hours[0] * 3600m - (long)Span(cdr, place).TotalSeconds) <= 1m;
    }

    private static Cdr Split(Cdr cdr, int place)
    {
        var whole = cdr.Periods[place];
        var (seconds, first) = ((long)Span(cdr, place).TotalSeconds, (long)Span(cdr, place).TotalSeconds / 3);
        ChargingPeriod Part(long share, Instant start, decimal? kwh) => whole with
        {
            Start = start,
            EnergyKwh = kwh,
            TimeHours = whole.TimeHours is > 0m ? Math.Round(share / 3600m, 4) : whole.TimeHours,
            ParkingHours = whole.ParkingHours is > 0m ? Math.Round(share / 3600m, 4) : whole.ParkingHours,
        };
        return cdr with
        {
            Periods =
            [
                .. cdr.Periods.Take(place), Part(first, whole.Start, whole.EnergyKwh / 2m),
                Part(seconds - first, whole.Start + Duration.FromSeconds(first), whole.EnergyKwh / 2m),
                .. cdr.Periods.Skip(place + 1),
            ],
        };
    }

    private static Cdr Later(Cdr cdr, Duration by) => cdr with
    {
        Start = cdr.Start + by,
        End = cdr.End + by,
        Periods = [.. cdr.Periods.Select(period => period with { Start = period.Start + by })],
    };

    /// <summary>No fee that begins in the middle, and one step_size: neither is a price that changes.</summary>
    private static Tariff WithOneStep(Tariff tariff) => tariff with
    {
        Elements = [.. tariff.Elements.Select(element => element with
        {
            Components = [.. element.Components.Select(component => component with { StepSize = 60 })
                .Where(component => element.Restrictions is null || component.Type != Dimension.FLAT)],
        })],
    };

    private static Tariff WithoutDates(Tariff tariff) => tariff with
    {
        ValidFrom = null,
        ValidTo = null,
        Elements = [.. tariff.Elements.Select(element => element with
        {
            Restrictions = element.Restrictions is { } given ? given with { StartDate = null, EndDate = null } : null,
        })],
    };

    private static Tariff Thrice(Tariff tariff) => tariff with
    {
        MinPrice = Thrice(tariff.MinPrice),
        MaxPrice = Thrice(tariff.MaxPrice),
        Elements = [.. tariff.Elements.Select(element => element with
        {
            Components = [.. element.Components.Select(component => component with { Price = component.Price * 3m })],
        })],
    };

    private static PriceLimit? Thrice(PriceLimit? limit) =>
        limit is null ? null : new PriceLimit(limit.BeforeTaxes * 3m, limit.AfterTaxes * 3m);

    private static Tariff WithUnreachable(Tariff tariff, int place) => tariff with
    {
        Elements =
        [
            .. tariff.Elements.Take(place),
            new TariffElement(
                [.. Enum.GetValues<Dimension>().Select(dimension => new PriceComponent(dimension, 99m, 1, null))],
                new TariffRestrictions { MinDurationSeconds = int.MaxValue }),
            .. tariff.Elements.Skip(place),
        ],
    };
}
