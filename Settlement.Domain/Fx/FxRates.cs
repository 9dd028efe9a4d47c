using System.Collections.Immutable;
using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Fx;

/// <summary>How a rate is looked up.</summary>
/// <param name="MaximumAgeDays">
/// Days between the day asked for and the day observed: weekends and holidays have no rate of their own. Not for
/// averages, where the month must be the one asked for.
/// </param>
/// <param name="AsOf">Only what stood at this number of @book: a closed period keeps its rates. Null = all.</param>
public sealed record FxLookup(
    FxFrequency Frequency = FxFrequency.Daily, int MaximumAgeDays = FxLookup.Week, long? AsOf = null)
{
    public const int Week = 7;

    public static readonly FxLookup Default = new();
}

/// <summary>All published rates, every version of each. Immutable; part of the fold of <c>@book</c>.</summary>
public sealed record FxRates
{
    public static readonly FxRates None = new();

    private const string Pivot = "CAD";

    private ImmutableDictionary<(string Series, LocalDate Date), ImmutableList<FxObservation>> Values { get; init; } =
        ImmutableDictionary<(string, LocalDate), ImmutableList<FxObservation>>.Empty;

    private ImmutableSortedDictionary<string, LocalDate> Latest { get; init; } =
        ImmutableSortedDictionary.Create<string, LocalDate>(StringComparer.Ordinal);

    public int Count => Values.Count;

    /// <summary>The latest observation of each series, by name.</summary>
    public IEnumerable<FxObservation> Newest => Latest.Select(each => Values[(each.Key, each.Value)][^1]);

    public FxRates With(FxObservation observation)
    {
        var key = (observation.Series.Name, observation.Date);
        var newest = Latest.GetValueOrDefault(observation.Series.Name, LocalDate.MinIsoValue);
        return this with
        {
            Values = Values.SetItem(key, Values.GetValueOrDefault(key, []).Add(observation)),
            Latest = Latest.SetItem(observation.Series.Name, LocalDate.Max(newest, observation.Date)),
        };
    }

    /// <summary>What stands for a day; null where nothing was published for it.</summary>
    public FxObservation? On(string series, LocalDate date, long? asOf = null) =>
        Values.GetValueOrDefault((series, date))?.FindLast(value => asOf is null || value.Number <= asOf);

    /// <summary>All versions of a day's value, the first one first.</summary>
    public IReadOnlyList<FxObservation> Versions(string series, LocalDate date) =>
        Values.GetValueOrDefault((series, date), []);

    /// <summary>Observations of a series between two days, the latest first, as they stand now.</summary>
    public IReadOnlyList<FxObservation> Between(string series, LocalDate first, LocalDate last) =>
        [.. Values.Where(each => each.Key.Series == series && each.Key.Date >= first && each.Key.Date <= last)
            .Select(each => each.Value[^1]).OrderByDescending(value => value.Date)];

    /// <summary>
    /// The rate of the last observation not after a day; across two currencies by way of CAD, unrounded. A withdrawn
    /// currency goes over its successor. Without a rate: <c>fx.unavailable</c>, never a guess.
    /// </summary>
    public (FxRate? Rate, Refusal? Refusal) Find(Currency from, Currency to, LocalDate on, FxLookup? lookup = null)
    {
        if (from == to)
        {
            return (new FxRate(from, to, on, []), null);
        }

        var (outward, missing) = ToPivot(from.Code, on, lookup ?? FxLookup.Default);
        if (outward is null)
        {
            return (null, missing);
        }

        var (back, alsoMissing) = ToPivot(to.Code, on, lookup ?? FxLookup.Default);
        if (back is null)
        {
            return (null, alsoMissing);
        }

        var toPivot = new FxRate(from, Currency.Of(Pivot), on, outward);
        var fromPivot = new FxRate(to, Currency.Of(Pivot), on, back).Inverse;
        return (new FxRate(from, to, on, Shortened([.. toPivot.Legs, .. fromPivot.Legs])), null);
    }

    /// <summary>A step and the same step back (two successors of one currency) cancel.</summary>
    private static List<FxLeg> Shortened(List<FxLeg> legs)
    {
        for (var i = 0; i + 1 < legs.Count; i++)
        {
            if (legs[i] == legs[i + 1] with { IsInverted = !legs[i + 1].IsInverted })
            {
                legs.RemoveRange(i, 2);
                i = Math.Max(-1, i - 2);
            }
        }

        return legs;
    }

    private (IReadOnlyList<FxLeg>? Legs, Refusal? Refusal) ToPivot(string code, LocalDate on, FxLookup lookup)
    {
        if (code == Pivot)
        {
            return ([], null);
        }

        if (Published(code, on, lookup) is { } leg)
        {
            return ([leg], null);
        }

        if (FixedConversions.Of(code, on) is not { } successor)
        {
            return (null, Unavailable(code, on, lookup));
        }

        var (further, refusal) = ToPivot(successor.Successor, on, lookup);
        return further is null ? (null, refusal) : ([successor.Leg, .. further], null);
    }

    private FxLeg? Published(string code, LocalDate on, FxLookup lookup)
    {
        // the series that quotes the currency in CAD goes first: the opposite one is its rounded inverse
        foreach (var (first, second, inverted) in new[] { (code, Pivot, false), (Pivot, code, true) })
        {
            var series = FxSeries.NameOf(first, second, lookup.Frequency);
            if (Latest.ContainsKey(series) && Observed(series, on, lookup) is { } value)
            {
                return new FxLeg(
                    value.Series.Pair, value.Text, inverted, value.Series.Name, value.Source, value.Date);
            }
        }

        return null;
    }

    private FxObservation? Observed(string series, LocalDate on, FxLookup lookup)
    {
        if (lookup.Frequency == FxFrequency.MonthlyAverage)
        {
            return On(series, on.ToYearMonth().OnDayOfMonth(1), lookup.AsOf);
        }

        for (var age = 0; age <= lookup.MaximumAgeDays; age++)
        {
            if (On(series, on.PlusDays(-age), lookup.AsOf) is { } value)
            {
                return value;
            }
        }

        return null;
    }

    private Refusal Unavailable(string code, LocalDate on, FxLookup lookup)
    {
        var names = new[]
        {
            FxSeries.NameOf(code, Pivot, lookup.Frequency), FxSeries.NameOf(Pivot, code, lookup.Frequency),
        };
        var newest = Values.Keys.Where(key => names.Contains(key.Series, StringComparer.Ordinal) && key.Date <= on
                && On(key.Series, key.Date, lookup.AsOf) is not null)
            .OrderByDescending(key => key.Date).Select(key => (LocalDate?)key.Date).FirstOrDefault();
        var wanted = lookup.Frequency == FxFrequency.MonthlyAverage
            ? $"average of {code}/{Pivot} for {on.ToYearMonth().Text()}"
            : $"rate of {code}/{Pivot} for {on.Text()} that is at most {lookup.MaximumAgeDays} days old";
        var known = newest is { } day
            ? $"the newest before it is of {day.Text()}"
            : "none is recorded up to then";
        return new Refusal("fx.unavailable", $"There is no {wanted}; {known}. Import it with fx FILE.");
    }
}
