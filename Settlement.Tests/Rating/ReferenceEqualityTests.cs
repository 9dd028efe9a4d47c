using FsCheck;
using FsCheck.Fluent;
using Settlement.Domain.Rating;

namespace Settlement.Tests.Rating;

/// <summary>The compiled rater and the obvious one give the same fractions, before anything is rounded.</summary>
public sealed class ReferenceEqualityTests
{
    private static Config TenThousand => Laws.Config(10_000);

    [Fact]
    [Trait("Size", "default")]
    public void The_compiled_rater_equals_the_reference_on_any_session() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => Compare(seed)).Check(TenThousand);

    /// <summary>On which the two differed once.</summary>
    [Theory]
    [InlineData(364989726)] // no zone, and a fee from 00:00 on each of the seven days
    [InlineData(94944220)] // the order decides which fee is charged, and a price limit makes the same total of both
    public void They_are_equal_on(int seed) => Compare(seed);

    [Fact]
    public void The_random_sessions_reach_every_kind_of_answer()
    {
        var requests = Enumerable.Range(0, 5_000).Select(seed => new RandomSessions(seed).Request()).ToList();
        var rated = requests.ConvertAll(Rater.Rate);
        rated.Count(session => session.IsRateable).ShouldBeInRange(2_500, 4_875);
        rated.SelectMany(session => session.Findings).Select(finding => finding.Code).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal).ShouldBe(FindingCodes.Order(StringComparer.Ordinal));
        rated.SelectMany(session => session.Lines).Select(line => (line.Dimension, line.IsReservation)).Distinct().Order()
            .ShouldBe(EveryLine);
        requests.SelectMany(request => request.Policy.Values()).Distinct().Count()
            .ShouldBe(RatingPolicies.All.Sum(entry => entry.Name == "straddle" ? 1 : entry.Values.Count) + 1);
        rated.Count(session => session.Lines.Any(line => line.BilledQuantity != line.Quantity)).ShouldBeGreaterThan(300);
        rated.Count(session => session.Lines.Any(line => line.IsAdjustment)).ShouldBeGreaterThan(100);
        rated.Count(session => session.Lines.Any(line => line.IsReservation)).ShouldBeGreaterThan(20);
        rated.Count(session => session.AfterTaxes is not null).ShouldBeGreaterThan(100);
    }

    private static readonly (Dimension, bool)[] EveryLine =
    [
        .. Enum.GetValues<Dimension>().Select(dimension => (dimension, false)).Append((Dimension.FLAT, true))
            .Append((Dimension.TIME, true)).Order(),
    ];

    private static readonly string[] FindingCodes =
    [
        "zone.missing", "signal.missing", "restriction.unknown", "restriction.unknown-decides", "component.duplicate",
        "tariff.missing", "tariff.not-found", "tariff.not-valid", "tariff.ambiguous", "tariff.tax-included-mixed",
        "price-limit.pending", "price-limit.several-tariffs", "price-limit.tax-not-told", "periods.out-of-order",
        "period.time-differs", "period.straddles", "energy.negative", "period.gap", "parking.total-differs",
        "time.total-differs", "period.order-decides", "period.outside-session",
    ];

    private static void Compare(int seed)
    {
        var request = new RandomSessions(seed).Request();
        var reference = ReferenceRater.Rate(request);
        var rated = Rater.Rate(request);
        rated.IsRateable.ShouldBe(reference is not null, $"seed {seed}: {string.Join("; ", rated.Findings)}");
        if (reference is null)
        {
            return;
        }

        Lines(rated).Order().ShouldBe(Lines(reference).Order(), $"seed {seed}");
        Fraction(rated.BeforeTaxes).ShouldBe(reference.Before, $"seed {seed} before");
        if (!rated.Findings.Any(finding => finding.Code == "price-limit.tax-not-told"))
        {
            Fraction(rated.AfterTaxes).ShouldBe(reference.After, $"seed {seed} after");
        }
    }

    private static Ratio? Fraction(ExactAmount? amount) => amount is { } value ? Ratio.Of(value) : null;

    private static IEnumerable<string> Lines(RatedSession rated) => rated.Lines.Where(line => !line.IsAdjustment)
        .Select(line => $"{line.Phase} {line.Dimension} {line.Period} {line.Element}/{line.Component}"
            + $" {Ratio.Of(line.Quantity)} {Ratio.Of(line.BilledQuantity)} {Ratio.Of(line.Amount)}");

    private static IEnumerable<string> Lines(ReferenceRating rating) => rating.Lines
        .Select(line => $"{(line.Reserves ? "RESERVATION" : "CHARGING")} {line.Dimension} {line.Period}"
            + $" {line.Element}/{line.Component} {line.Quantity} {line.Billed} {line.Amount}");
}
