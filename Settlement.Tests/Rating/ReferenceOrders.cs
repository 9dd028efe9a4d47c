using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Tests.Rating;

/// <summary>
/// The orders that periods with one start can have, all of them, each as the document it would be; and which periods
/// count at all.
/// </summary>
internal static class ReferenceOrders
{
    public static IEnumerable<RatingRequest> Of(RatingRequest request) =>
        Documents(request.Cdr.Periods.GroupBy(period => period.Start).Select(group => group.ToList()).ToList())
            .Select(periods => periods.SequenceEqual(request.Cdr.Periods)
                ? request
                : request with { Cdr = request.Cdr with { Periods = periods } });

    /// <summary>In order of time; without those that measure nothing and take no time of their own.</summary>
    public static List<(ChargingPeriod period, int index)> Counting(Cdr cdr)
    {
        var ordered = cdr.Periods.Select((period, index) => (period, index))
            .OrderBy(pair => pair.period.Start.ToUnixTimeSeconds()).ThenBy(pair => pair.index).ToList();
        var nothing = ordered.TrueForAll(pair => IsEmpty(pair.period));
        return [.. ordered.Where((pair, place) => !IsEmpty(pair.period) || (nothing && place == 0)
            || (pair.period.Start < cdr.End && ordered.Count(other => other.period.Start == pair.period.Start) == 1))];
    }

    public static bool SamePrice(ReferenceRating? one, ReferenceRating? other) =>
        one is not null && other is not null && one.Before == other.Before && one.After == other.After
        && Enum.GetValues<Dimension>().All(dimension =>
            Sum(one, dimension, false) == Sum(other, dimension, false) && Sum(one, dimension, true) == Sum(other, dimension, true));

    private static Ratio Sum(ReferenceRating rating, Dimension dimension, bool reserves) => rating.Lines
        .Where(line => line.Dimension == dimension && line.Reserves == reserves).Aggregate(Ratio.Zero, (sum, line) => sum + line.Amount);

    private static bool IsEmpty(ChargingPeriod period) =>
        new[] { period.EnergyKwh, period.TimeHours, period.ParkingHours, period.ReservationHours }
            .All(volume => volume is null or 0m);

    private static IEnumerable<IReadOnlyList<ChargingPeriod>> Documents(List<List<ChargingPeriod>> groups) =>
        groups.Aggregate(
            (IEnumerable<IReadOnlyList<ChargingPeriod>>)[[]],
            (documents, group) => documents.SelectMany(before =>
                Orders(group).Select(order => (IReadOnlyList<ChargingPeriod>)[.. before, .. order])));

    private static IEnumerable<IEnumerable<ChargingPeriod>> Orders(List<ChargingPeriod> group) => group.Count < 2
        ? [group]
        : group.SelectMany((first, index) =>
            Orders([.. group.Where((_, other) => other != index)]).Select(rest => rest.Prepend(first)));
}
