using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Domain.Fx;
using Settlement.Domain.Ledger;

namespace Settlement.Tests.Fx;

/// <summary>Looking a rate up (rules-money 26): nothing is guessed, nothing is rounded before the end.</summary>
public sealed class FxRatesTests
{
    private static readonly LocalDate Friday = new(2026, 10, 30);

    private static readonly Currency Cad = Currency.Of("CAD");

    private static readonly Currency Usd = Currency.Of("USD");

    private static readonly Currency Jpy = Currency.Of("JPY");

    internal static FxRates Rates(params (string Series, LocalDate Date, string Value)[] values) =>
        values.Select((v, i) => new FxObservation(
                FxSeries.Parse(v.Series)!, "Bank of Canada", v.Date, v.Value, "00", i + 1))
            .Aggregate(FxRates.None, (rates, value) => rates.With(value));

    [Fact]
    public void A_day_without_a_rate_has_the_last_one_before_it()
    {
        var rates = Rates(("FXUSDCAD", Friday, "1.4049"), ("FXUSDCAD", Friday.PlusDays(3), "1.4100"));

        var (rate, _) = rates.Find(Usd, Cad, Friday.PlusDays(2));

        rate!.Shown.ShouldBe(1.4049m);
        rate.Requested.ShouldBe(Friday.PlusDays(2));
        rate.Legs.ShouldBe([new FxLeg("USD/CAD", "1.4049", false, "FXUSDCAD", "Bank of Canada", Friday)]);
    }

    [Fact]
    public void A_rate_that_is_too_old_is_none_and_the_newest_is_named()
    {
        var rates = Rates(("FXUSDCAD", Friday, "1.4049"));

        rates.Find(Usd, Cad, Friday.PlusDays(7)).Rate.ShouldNotBeNull();
        var (rate, refusal) = rates.Find(Usd, Cad, Friday.PlusDays(8));

        rate.ShouldBeNull();
        refusal.ShouldBe(new Domain.Refusal("fx.unavailable",
            "There is no rate of USD/CAD for 2026-11-07 that is at most 7 days old; the newest before it is of "
            + "2026-10-30. Import it with fx FILE."));
    }

    [Fact]
    public void A_later_rate_never_stands_in_for_an_earlier_day() =>
        Rates(("FXUSDCAD", Friday, "1.4049")).Find(Usd, Cad, Friday.PlusDays(-1)).Refusal!.Message
            .ShouldContain("none is recorded up to then");

    [Fact]
    public void A_currency_without_a_series_has_no_rate()
    {
        var (rate, refusal) = Rates(("FXUSDCAD", Friday, "1.4049")).Find(Usd, Currency.Of("KES"), Friday);

        rate.ShouldBeNull();
        refusal!.Code.ShouldBe("fx.unavailable");
        refusal.Message.ShouldContain("KES/CAD");
    }

    [Fact]
    public void Two_foreign_currencies_meet_in_canadian_dollars_without_rounding()
    {
        var rates = Rates(("FXUSDCAD", Friday, "1.4049"), ("FXJPYCAD", Friday, "0.009123"));

        var (rate, _) = rates.Find(Usd, Jpy, Friday);

        rate!.Legs.Select(leg => (leg.Series, leg.IsInverted))
            .ShouldBe([("FXUSDCAD", false), ("FXJPYCAD", true)]);
        // 1.4049 ÷ 0.009123 = 153.9954…; 1,000,000.00 USD of it to the yen
        Conversion.Of(new Money(100_000_000, Usd), rate).To.ShouldBe(new Money(153_995_396, Jpy));
        rate.Shown.ShouldBe(153.995396251233m);
    }

    [Fact]
    public void A_revised_rate_counts_from_its_number_on_and_a_closed_period_keeps_the_old_one()
    {
        var rates = Rates(("FXUSDCAD", Friday, "1.4049"), ("FXUSDCAD", Friday, "1.4050"));

        rates.Find(Usd, Cad, Friday).Rate!.Shown.ShouldBe(1.4050m);
        rates.Find(Usd, Cad, Friday, new FxLookup(AsOf: 1)).Rate!.Shown.ShouldBe(1.4049m);
        rates.Find(Usd, Cad, Friday, new FxLookup(AsOf: 0)).Refusal!.Code.ShouldBe("fx.unavailable");
        rates.Versions("FXUSDCAD", Friday).Count.ShouldBe(2);
    }

    [Fact]
    public void An_average_is_that_of_the_month_and_no_other()
    {
        var rates = Rates(("FXMUSDCAD", new LocalDate(2026, 9, 1), "1.3900"));
        var monthly = new FxLookup(FxFrequency.MonthlyAverage);

        rates.Find(Usd, Cad, new LocalDate(2026, 9, 30), monthly).Rate!.Shown.ShouldBe(1.39m);
        rates.Find(Usd, Cad, new LocalDate(2026, 10, 1), monthly).Refusal!.Message
            .ShouldBe("There is no average of USD/CAD for 2026-10; the newest before it is of 2026-09-01. Import it "
                + "with fx FILE.");
        rates.Find(Usd, Cad, new LocalDate(2026, 9, 1)).Refusal!.Code.ShouldBe("fx.unavailable");
    }

    [Theory]
    [InlineData("FXUSDCAD", "USD/CAD", FxFrequency.Daily)]
    [InlineData("FXMUSDCAD", "USD/CAD", FxFrequency.MonthlyAverage)]
    [InlineData("FXMXNCAD", "MXN/CAD", FxFrequency.Daily)]
    [InlineData("FXMYRCAD", "MYR/CAD", FxFrequency.Daily)]
    [InlineData("FXMMXNCAD", "MXN/CAD", FxFrequency.MonthlyAverage)]
    public void The_length_of_a_name_tells_how_often_it_is_published(string name, string pair, FxFrequency frequency)
    {
        var series = FxSeries.Parse(name)!;
        (series.Pair, series.Frequency).ShouldBe((pair, frequency));
        FxSeries.NameOf(series.Base, series.Quote, frequency).ShouldBe(name);
    }

    [Theory]
    [InlineData("V39079")]
    [InlineData("FXAUSDCAD")]
    [InlineData("FXUSDUSD")]
    [InlineData("fxusdcad")]
    [InlineData("")]
    public void What_is_no_rate_of_two_currencies_is_no_series(string name) => FxSeries.Parse(name).ShouldBeNull();

    [Fact]
    public void A_withdrawn_currency_goes_over_its_successor_from_the_day_that_replaced_it()
    {
        var rates = Rates(("FXEURCAD", Friday, "1.6000"), ("FXEURCAD", new LocalDate(2025, 12, 31), "1.6000"));
        var bgn = Currency.Of("BGN");

        Conversion.Of(new Money(195_583, bgn), rates.Find(bgn, Cad, Friday).Rate!).To
            .ShouldBe(new Money(160_000, Cad));
        rates.Find(bgn, Cad, new LocalDate(2025, 12, 31)).Refusal!.Message.ShouldContain("BGN/CAD");
        // to its successor no rate of the day is needed, but CAD is on the way: both steps cancel
        rates.Find(bgn, Currency.Of("EUR"), Friday).Rate!.Legs.Count.ShouldBe(1);
    }

    [Fact]
    public void Every_currency_of_the_list_is_converted_where_a_rate_is_recorded()
    {
        foreach (var currency in Currency.Known.Where(c => c is { Code: not "CAD", WithdrawnOn: null }))
        {
            var rates = Rates(($"FX{currency.Code}CAD", Friday, "0.5"));
            Conversion.Of(new Money(10 * currency.Scale, currency), rates.Find(currency, Cad, Friday).Rate!).To
                .ShouldBe(new Money(500, Cad), currency.Code);
        }
    }

    private static Arbitrary<(long Minor, decimal One, decimal Other, int From, int To)> Cases() => Arb.From(
        from minor in Gen.Choose(-200_000_000, 200_000_000)
        from one in Gen.Choose(1, 9_999_999)
        from other in Gen.Choose(1, 9_999_999)
        from scales in Gen.Elements((4, 4), (6, 4), (4, 6), (6, 6), (5, 4))
        from codes in Gen.Elements(("USD", "EUR"), ("USD", "JPY"), ("JPY", "USD"), ("KWD", "USD"), ("EUR", "KWD"))
        select ((long)minor, one / Power(scales.Item1), other / Power(scales.Item2),
            Index(codes.Item1), Index(codes.Item2)));

    private static readonly string[] Codes = ["USD", "EUR", "JPY", "KWD"];

    private static int Index(string code) => Array.IndexOf(Codes, code);

    private static decimal Power(int exponent) => exponent == 0 ? 1m : 10m * Power(exponent - 1);

    [Fact]
    public void There_and_back_differs_by_at_most_half_a_unit_of_each_side()
    {
        Prop.ForAll(Cases(), c =>
        {
            var (from, to) = (Currency.Of(Codes[c.From]), Currency.Of(Codes[c.To]));
            var rates = Rates(
                ($"FX{from.Code}CAD", Friday, Plain(c.One)), ($"FX{to.Code}CAD", Friday, Plain(c.Other)));
            var there = rates.Find(from, to, Friday).Rate!;
            var back = rates.Find(to, from, Friday).Rate!;
            (there.Numerator * back.Numerator).ShouldBe(there.Denominator * back.Denominator);
            there.Inverse.Legs.ShouldBe(back.Legs);

            var once = Conversion.Of(new Money(c.Minor, from), there).To;
            var twice = Conversion.Of(once, back).To;

            // ½ unit of the other currency, in units of this one, and ½ unit of this one
            var unit = (decimal)back.Numerator / (decimal)back.Denominator * from.Scale / to.Scale;
            ((decimal)Math.Abs(twice.Minor - c.Minor)).ShouldBeLessThanOrEqualTo(unit / 2m + 0.5m);
            if (unit <= 1m)
            {
                Math.Abs(twice.Minor - c.Minor).ShouldBeLessThanOrEqualTo(1);
            }
        }).Check(Laws.Config(500));
    }

    [Fact]
    public void Parts_and_residue_are_the_sum_and_the_residue_is_bounded()
    {
        var parts = Gen.Choose(-5_000_000, 5_000_000).Select(n => new Money(n, Usd)).ListOf()
            .Where(list => list.Count > 0);
        Prop.ForAll(Arb.From(parts), Arb.From(Gen.Choose(1, 99_999)), (amounts, rate) =>
        {
            var rates = Rates(("FXUSDCAD", Friday, Plain(rate / 10_000m)));
            var conversion = Conversion.Of([.. amounts], rates.Find(Usd, Cad, Friday).Rate!);

            conversion.Parts.Aggregate(conversion.Residue, (sum, part) => sum + part).ShouldBe(conversion.To);
            Math.Abs(conversion.Residue.Minor).ShouldBeLessThanOrEqualTo(conversion.Bound);
            Math.Abs(conversion.Dropped).ShouldBeLessThanOrEqualTo(0.5m);
            conversion.From.Minor.ShouldBe(amounts.Sum(part => part.Minor));
        }).Check(Laws.Config(300));
    }

    [Theory]
    [InlineData(1, "1.5", 2)] // 1.5 cents: away from zero
    [InlineData(-1, "1.5", -2)]
    [InlineData(1, "1.4999", 1)]
    [InlineData(3, "0.5", 2)]
    [InlineData(0, "1.4049", 0)]
    public void Half_a_unit_goes_away_from_zero(long minor, string value, long expected) =>
        Conversion.Of(new Money(minor, Usd), Rates(("FXUSDCAD", Friday, value)).Find(Usd, Cad, Friday).Rate!)
            .To.Minor.ShouldBe(expected);

    [Fact]
    public void Dollars_billed_in_october_as_the_bank_would_have_them()
    {
        // 1,000.00 USD at 1.3987 = 1,398.70 CAD; 8.25 USD = 11.539275 CAD → 11.54, 0.0725 of a cent added
        var rate = Rates(("FXUSDCAD", Friday, "1.3987")).Find(Usd, Cad, Friday).Rate!;

        Conversion.Of(new Money(100_000, Usd), rate).ShouldSatisfyAllConditions(
            c => c.To.ShouldBe(new Money(139_870, Cad)), c => c.Dropped.ShouldBe(0m), c => c.Residue.Minor.ShouldBe(0));
        var small = Conversion.Of(new Money(825, Usd), rate);
        (small.To.Minor, small.Dropped).ShouldBe((1154, 0.0725m));
    }

    private static string Plain(decimal value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
