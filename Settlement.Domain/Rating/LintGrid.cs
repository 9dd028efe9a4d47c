namespace Settlement.Domain.Rating;

/// <summary>
/// All moments a set of elements can tell apart: local time of day, weekday, date, energy so far and session time, each
/// cut at every bound. Inside one cell every element gives one answer, so asking one moment of each asks all.
/// </summary>
/// <remarks>Weekdays and dates are taken as independent, which makes more cells than there are days: safe.</remarks>
internal sealed class LintGrid
{
    private const long MostCells = 60_000;
    private readonly int[] seconds;
    private readonly int[] days;
    private readonly decimal[] kwh;
    private readonly long[] durations;

    public LintGrid(IReadOnlyList<ElementCondition> conditions)
    {
        var local = conditions.Where(condition => condition.IsLocal).ToList();
        seconds = [.. local.SelectMany(condition => condition.Edges).Append(0).Distinct().Order()];
        days = [.. Points(local.SelectMany(c => new[] { c.FirstDay, c.EndDay })
            .Where(day => day is not (int.MinValue or int.MaxValue)))];
        kwh = Points(conditions.SelectMany(c => new[] { c.Restrictions.MinKwh, c.Restrictions.MaxKwh }).OfType<decimal>());
        durations = [.. Points(conditions
            .SelectMany(c => new[] { c.Restrictions.MinDurationSeconds, c.Restrictions.MaxDurationSeconds })
            .OfType<int>().Select(seconds => (decimal)seconds)).Select(seconds => (long)seconds)];
    }

    /// <summary>Null where there are too many cells to ask: then nothing is claimed.</summary>
    public IEnumerable<LintCell>? Cells =>
        (long)seconds.Length * 7 * days.Length * kwh.Length * durations.Length <= MostCells ? All() : null;

    private static decimal[] Points(IEnumerable<decimal> bounds)
    {
        var sorted = bounds.Distinct().Order().ToList();
        return sorted.Count == 0 ? [0m] : [sorted[0] - 1m, .. sorted];
    }

    private static IEnumerable<int> Points(IEnumerable<int> bounds) =>
        Points(bounds.Select(bound => (decimal)bound)).Select(bound => (int)bound);

    private IEnumerable<LintCell> All()
    {
        foreach (var second in seconds)
        {
            for (var weekday = 0; weekday < 7; weekday++)
            {
                foreach (var day in days)
                {
                    foreach (var energy in kwh)
                    {
                        foreach (var duration in durations)
                        {
                            yield return new LintCell(second, weekday, day, energy, duration);
                        }
                    }
                }
            }
        }
    }
}

/// <summary>One moment that stands for all of its cell.</summary>
internal readonly record struct LintCell(int Second, int Weekday, int Day, decimal Kwh, long Duration)
{
    /// <summary>Whether an element applies here, current and power aside.</summary>
    public bool IsIn(ElementCondition condition)
    {
        var r = condition.Restrictions;
        return !(r.MinKwh > Kwh) && !(r.MaxKwh <= Kwh)
            && !(r.MinDurationSeconds > Duration) && !(r.MaxDurationSeconds <= Duration)
            && Day >= condition.FirstDay && Day < condition.EndDay
            && condition.MatchesDaily(Second, Weekday);
    }
}
