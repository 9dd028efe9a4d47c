using NodaTime;

namespace Settlement.Domain.Tax;

/// <summary>
/// The possible values of station facts that are not known and that some rule asks for. One value stands for
/// all values between two thresholds of the rules, so trying them all is trying every station there could be.
/// </summary>
internal static class UnknownStationFacts
{
    private static readonly LocalDate LongAgo = new(1990, 1, 1);

    /// <summary>Empty where every fact that matters is known.</summary>
    public static IReadOnlyList<string> Named(IEnumerable<TaxRule> rules, StationFacts station, bool paid)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        var filters = rules.SelectMany(rule => rule.Stations).Where(each => each.MayCover(station, paid));
        foreach (var filter in filters)
        {
            if (filter.NeedsPower && station.PowerKw is null)
            {
                names.Add("power in kW");
            }

            if (filter.Levels.Count > 0 && station.LevelOrDerived is null)
            {
                names.Add("level");
            }

            if (filter.NeedsInstalled && station.InstalledOn is null)
            {
                names.Add("install date");
            }
        }

        return [.. names];
    }

    public static List<StationFacts> Completions(
        IEnumerable<TaxRule> rules, StationFacts station, IReadOnlyList<string> unknown)
    {
        var filters = rules.SelectMany(rule => rule.Stations).ToList();
        List<StationFacts> all = [station];
        foreach (var fact in unknown)
        {
            all = fact switch
            {
                "power in kW" =>
                    [.. all.SelectMany(each => Powers(filters), (each, kw) => each with { PowerKw = kw })],
                "level" =>
                    [.. all.SelectMany(_ => (int[])[1, 2, 3], (each, level) => each with { Level = level })],
                "install date" =>
                    [.. all.SelectMany(each => Days(filters), (each, on) => each with { InstalledOn = on })],
                _ => throw new ArgumentOutOfRangeException(nameof(unknown), fact, "not a station fact"),
            };
        }

        return all;
    }

    /// <summary>
    /// The same station without one fact: two of these equal = they differ in that fact alone.
    /// </summary>
    public static StationFacts Without(StationFacts station, string fact) => fact switch
    {
        "power in kW" => station with { PowerKw = null },
        "level" => station with { Level = null },
        "install date" => station with { InstalledOn = null },
        _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "not a station fact"),
    };

    private static IEnumerable<decimal> Powers(List<StationFilter> filters)
    {
        var thresholds = filters.SelectMany(each => new[] { each.KwMin, each.KwAbove, each.KwBelow })
            .OfType<decimal>().Distinct();
        return thresholds.SelectMany(kw => new[] { kw - 0.001m, kw, kw + 0.001m }).Append(0.001m).Distinct();
    }

    private static IEnumerable<LocalDate> Days(List<StationFilter> filters) =>
        filters.SelectMany(each => new[] { each.InstalledFrom, each.InstalledBefore }).OfType<LocalDate>()
            .SelectMany(day => new[] { day.PlusDays(-1), day }).Append(LongAgo).Distinct();
}
