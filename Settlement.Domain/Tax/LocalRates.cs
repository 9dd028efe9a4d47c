using System.Collections.Frozen;
using NodaTime;

namespace Settlement.Domain.Tax;

/// <summary>A rate of a county, city or district, as a fraction, from its first to its last day.</summary>
/// <param name="Code">Unique in the state: <c>county-033</c>, <c>city-63000</c>, <c>district-14</c>.</param>
public sealed record LocalRate(string Code, string Name, decimal Rate, LocalDate? From, LocalDate? To)
{
    public bool InForceOn(LocalDate date) => (From is null || From <= date) && (To is null || date <= To);
}

/// <summary>Which localities tax in an area on some days.</summary>
/// <param name="Low">First key: a ZIP (<c>98101</c>), a ZIP+4 (<c>98101-0001</c>), or a city in
/// capitals.</param>
/// <param name="High">Last key of the same kind.</param>
public sealed record LocalArea(
    string Low, string High, LocalDate? From, LocalDate? To, IReadOnlyList<string> Codes)
{
    public bool InForceOn(LocalDate date) => (From is null || From <= date) && (To is null || date <= To);

    public bool Holds(string key) => key.Length == Low.Length
        && string.CompareOrdinal(Low, key) <= 0 && string.CompareOrdinal(key, High) <= 0;
}

/// <summary>
/// The local sales tax rates of one state: rates by locality, and which localities tax where.
/// </summary>
public sealed class LocalRates
{
    private readonly FrozenDictionary<string, LocalArea[]> byZip;
    private readonly FrozenDictionary<string, LocalArea[]> byName;
    private readonly ILookup<string, LocalRate> rates;

    public LocalRates(
        string jurisdiction, string source, IReadOnlyList<LocalRate> rates, IReadOnlyList<LocalArea> areas)
    {
        Jurisdiction = jurisdiction;
        Source = source;
        Rates = rates;
        Areas = areas;
        this.rates = rates.ToLookup(rate => rate.Code, StringComparer.OrdinalIgnoreCase);
        byZip = Index(areas.Where(area => char.IsAsciiDigit(area.Low[0])), ZipsOf);
        byName = Index(areas.Where(area => !char.IsAsciiDigit(area.Low[0])), area => [area.Low]);
    }

    /// <summary>US-WA, …</summary>
    public string Jurisdiction { get; }

    /// <summary>File and date the rates come from.</summary>
    public string Source { get; }

    public IReadOnlyList<LocalRate> Rates { get; }

    public IReadOnlyList<LocalArea> Areas { get; }

    /// <summary>Two rates of one locality on one day: the file contradicts itself.</summary>
    public static Refusal? Conflict(LocalRates local)
    {
        foreach (var code in local.rates)
        {
            var sorted = code.OrderBy(rate => rate.From ?? LocalDate.MinIsoValue).ToList();
            for (var i = 1; i < sorted.Count; i++)
            {
                if (sorted[i - 1].To is null || sorted[i].From is null || sorted[i - 1].To >= sorted[i].From)
                {
                    return new Refusal("local.conflict",
                        $"{local.Source}: {code.Key} of {local.Jurisdiction} has two rates "
                        + $"on {sorted[i].From?.Text()}.");
                }
            }
        }

        return null;
    }

    /// <summary>
    /// The local rates in force at a place on a day: by the locality asked for, else ZIP+4, else ZIP, else
    /// city. Null where the place is in none of the areas, or where they contradict each other.
    /// </summary>
    public IReadOnlyList<LocalRate>? At(Place place, LocalDate date) =>
        place.Locality is { } asked ? ByKey(asked, date)
        : (place.PostalCode is { } zip ? ByKey(zip, date) : null)
            ?? (place.City is { } city ? ByKey(city, date) : null);

    private List<LocalRate>? ByKey(string key, LocalDate date)
    {
        if (rates.Contains(key))
        {
            return InForce([key], date);
        }

        var areas = key.Length is 5 or 10 && char.IsAsciiDigit(key[0]) ? ByZip(key, date) : Named(key, date);
        var codes = areas.Select(area => area.Codes)
            .DistinctBy(each => string.Join('+', each), StringComparer.Ordinal).ToList();
        return codes.Count == 1 ? InForce(codes[0], date) : null;
    }

    private List<LocalArea> ByZip(string zip, LocalDate date)
    {
        var areas = byZip.GetValueOrDefault(zip[..5], []).Where(area => area.InForceOn(date)).ToList();
        var exact = areas.Where(area => area.Holds(zip)).ToList();
        var whole = areas.Where(area => area.Holds(zip[..5])).ToList();
        // A ZIP without a record of its own is its ZIP+4 areas, if these agree.
        return exact.Count > 0 ? exact : whole.Count > 0 ? whole : zip.Length == 5 ? areas : [];
    }

    private IEnumerable<LocalArea> Named(string name, LocalDate date) =>
        byName.GetValueOrDefault(name.Trim().ToUpperInvariant(), []).Where(area => area.InForceOn(date));

    private List<LocalRate> InForce(IReadOnlyList<string> codes, LocalDate date) =>
        [.. codes.SelectMany(code => rates[code]).Where(rate => rate.InForceOn(date) && rate.Rate != 0m)];

    private static FrozenDictionary<string, LocalArea[]> Index(
        IEnumerable<LocalArea> areas, Func<LocalArea, IEnumerable<string>> keys) =>
        areas.SelectMany(area => keys(area).Select(key => (key, area)))
            .GroupBy(pair => pair.key, pair => pair.area, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);

    /// <summary>A name, a ZIP or a ZIP+4: what begins with a digit must be one of the latter.</summary>
    public static bool IsArea(string area) => !char.IsAsciiDigit(area[0]) || IsZip(area);

    /// <summary>12207 or 12207-0001.</summary>
    public static bool IsZip(string text) =>
        text.Length is 5 or 10 && text.AsSpan(0, 5).ContainsAnyExceptInRange('0', '9') is false
        && (text.Length == 5 || (text[5] == '-' && !text.AsSpan(6).ContainsAnyExceptInRange('0', '9')));

    private static IEnumerable<string> ZipsOf(LocalArea area)
    {
        var low = int.Parse(area.Low[..5], System.Globalization.CultureInfo.InvariantCulture);
        var high = int.Parse(area.High[..5], System.Globalization.CultureInfo.InvariantCulture);
        return Enumerable.Range(low, high - low + 1)
            .Select(zip => zip.ToString("D5", System.Globalization.CultureInfo.InvariantCulture));
    }
}
