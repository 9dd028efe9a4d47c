using FsCheck;
using FsCheck.Fluent;
using Settlement.Domain.Rating;

namespace Settlement.Tests.Rating;

public sealed class ExactAmountTests
{
    private static Config TenThousand => Laws.Config(10_000);

    /// <summary>Amounts of all sizes and scales, over 1, 3600 and what a price limit makes.</summary>
    private static readonly Gen<ExactAmount> Amounts =
        from digits in Gen.OneOf(
            Gen.Choose(-2_000_000, 2_000_000).Select(n => (long)n), ArbMap.Default.GeneratorFor<long>().Where(n => n > long.MinValue))
        from scale in Gen.Choose(0, 18)
        from denominator in Gen.Elements(1L, 3600L, 7L, 360_000_000L)
        select new ExactAmount(Decimal(digits, scale), denominator);

    [Fact]
    public void Minor_units_are_half_away_from_zero_on_the_exact_value() =>
        Prop.ForAll(Amounts.ToArbitrary(), amount =>
        {
            var cents = Ratio.Of(amount) * Ratio.Of(100);
            Ratio.Of(amount.RoundTo(2)).ShouldBe(Ratio.Of(cents.Nearest(), 100));
        }).Check(TenThousand);

    [Fact]
    public void Line_scale_is_within_half_of_a_twelfth_place() =>
        Prop.ForAll(Amounts.ToArbitrary(), amount =>
        {
            var shown = Ratio.Of(amount.LineScale()) * Ratio.Of(1_000_000_000_000m);
            var twice = (shown - Ratio.Of(amount) * Ratio.Of(1_000_000_000_000m)) * Ratio.Of(2);
            shown.Bottom.IsOne.ShouldBeTrue();
            (twice > Ratio.Of(1) || twice < Ratio.Of(-1)).ShouldBeFalse();
            if (twice == Ratio.Of(1) || twice == Ratio.Of(-1))
            {
                shown.Top.IsEven.ShouldBeTrue(); // a tie goes to the even neighbour
            }
        }).Check(TenThousand);

    [Fact]
    public void Sums_and_comparisons_are_those_of_fractions() =>
        Prop.ForAll(Amounts.Two().ToArbitrary(), pair =>
        {
            var (one, two) = pair;
            one.CompareTo(two).ShouldBe(Ratio.Of(one) < Ratio.Of(two) ? -1 : Ratio.Of(one) > Ratio.Of(two) ? 1 : 0);
            try
            {
                Ratio.Of(one + two).ShouldBe(Ratio.Of(one) + Ratio.Of(two));
            }
            catch (OverflowException)
            {
                // refused, never bent: only allowed where the digits are many
                (Digits(one) + Digits(two)).ShouldBeGreaterThan(16);
            }
        }).Check(TenThousand);

    [Fact]
    public void Equal_values_are_equal_and_hash_alike()
    {
        new ExactAmount(3600m, 3600).ShouldBe(ExactAmount.Of(1.00m));
        new ExactAmount(3600m, 3600).GetHashCode().ShouldBe(ExactAmount.Of(1m).GetHashCode());
    }

    private static int Digits(ExactAmount amount) => Math.Abs(amount.Numerator).ToString("0.#", null).Length + amount.Numerator.Scale;

    private static decimal Decimal(long digits, int scale)
    {
        var magnitude = (ulong)Math.Abs(digits);
        return new decimal(unchecked((int)magnitude), unchecked((int)(magnitude >> 32)), 0, digits < 0, (byte)scale);
    }
}
