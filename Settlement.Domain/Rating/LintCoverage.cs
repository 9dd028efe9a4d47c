using NodaTime;

namespace Settlement.Domain.Rating;

/// <summary>Which components can be reached, where a dimension is free by accident, where two elements compete.</summary>
internal static class LintCoverage
{
    private static readonly Dimension[] Dimensions = Enum.GetValues<Dimension>();

    /// <summary>A component with its condition; <see cref="Element"/> and <see cref="Component"/> point into the tariff.</summary>
    private readonly record struct Placed(
        int Element, int Component, PriceComponent Price, ElementCondition Condition)
    {
        public bool HasKeys => Condition.Restrictions.UnknownKeys.Count > 0;
    }

    public static void Check(Tariff tariff, RatingPolicy policy, List<Lint> found)
    {
        foreach (var (element, component) in Dead(tariff, policy).Order())
        {
            var type = tariff.Elements[element].Components[component].Type;
            found.Add(new(
                LintSeverity.Warning, "lint.dead", $"/elements/{element}/price_components/{component}",
                $"No session can be priced by this {type}: earlier elements always come first, or it never applies."));
        }

        var conditions = Conditions(tariff, policy);
        foreach (var dimension in Dimensions)
        {
            var charging = PlacedFor(tariff, conditions, dimension, null).ToList();
            if (charging.Count > 0 && new LintGrid([.. charging.Select(p => p.Condition)]).Cells is { } cells)
            {
                CheckGaps(dimension, charging, cells, found);
                CheckOverlaps(dimension, charging, cells, found);
            }
        }
    }

    public static HashSet<(int Element, int Component)> Dead(Tariff tariff, RatingPolicy policy)
    {
        var conditions = Conditions(tariff, policy);
        var dead = new HashSet<(int, int)>();
        for (var element = 0; element < tariff.Elements.Count; element++)
        {
            var kind = tariff.Elements[element].Restrictions?.Reservation;
            var components = tariff.Elements[element].Components;
            for (var component = 0; component < components.Count; component++)
            {
                var type = components[component].Type;
                var repeated = components.Take(component).Any(other => other.Type == type);
                var unpriced = kind is not null && type is not (Dimension.FLAT or Dimension.TIME);
                if (repeated || unpriced || kind is not (null or "RESERVATION" or "RESERVATION_EXPIRES"))
                {
                    dead.Add((element, component));
                }
            }
        }

        foreach (var dimension in Dimensions)
        {
            foreach (var kind in new[] { null, "RESERVATION", "RESERVATION_EXPIRES" })
            {
                AddUnreached([.. PlacedFor(tariff, conditions, dimension, kind)], dead);
            }
        }

        return dead;
    }

    private static ElementCondition[] Conditions(Tariff tariff, RatingPolicy policy) =>
        [.. tariff.Elements.Select(element => new ElementCondition(element.Restrictions, policy))];

    /// <summary>The first component of a dimension in each element of a phase: the only ones the rater looks at.</summary>
    private static IEnumerable<Placed> PlacedFor(
        Tariff tariff, ElementCondition[] conditions, Dimension dimension, string? kind)
    {
        for (var element = 0; element < tariff.Elements.Count; element++)
        {
            var components = tariff.Elements[element].Components;
            for (var component = 0; component < components.Count; component++)
            {
                if (components[component].Type == dimension && conditions[element].Restrictions.Reservation == kind)
                {
                    yield return new Placed(element, component, components[component], conditions[element]);
                    break;
                }
            }
        }
    }

    private static void AddUnreached(List<Placed> placed, HashSet<(int, int)> dead)
    {
        if (placed.Count == 0 || new LintGrid([.. placed.Select(p => p.Condition)]).Cells is not { } cells)
        {
            return;
        }

        var reached = new bool[placed.Count];
        foreach (var cell in cells)
        {
            for (var i = 0; i < placed.Count; i++)
            {
                // A window that runs from one date and time to another is not made of cells: it is left alone.
                reached[i] |= !placed[i].Condition.IsDaily
                    || (cell.IsIn(placed[i].Condition) && !IsTaken(placed, i, cell));
            }
        }

        for (var i = 0; i < placed.Count; i++)
        {
            if (!reached[i])
            {
                dead.Add((placed[i].Element, placed[i].Component));
            }
        }
    }

    private static bool IsTaken(List<Placed> placed, int index, in LintCell cell)
    {
        for (var i = 0; i < index; i++)
        {
            var earlier = placed[i];
            if (earlier.Condition.IsDaily && !earlier.HasKeys && cell.IsIn(earlier.Condition)
                && IsWider(earlier.Condition.Restrictions, placed[index].Condition.Restrictions))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whenever the narrow one's current, power and vehicle match, the wide one's do.</summary>
    private static bool IsWider(TariffRestrictions wide, TariffRestrictions narrow) =>
        (wide.MinCurrentA is null || narrow.MinCurrentA >= wide.MinCurrentA)
        && (wide.MaxCurrentA is null || narrow.MaxCurrentA <= wide.MaxCurrentA)
        && (wide.MinPowerKw is null || narrow.MinPowerKw >= wide.MinPowerKw)
        && (wide.MaxPowerKw is null || narrow.MaxPowerKw <= wide.MaxPowerKw)
        && (wide.MinNotRequestingPowerSeconds is not { } idle || narrow.MinNotRequestingPowerSeconds >= idle)
        && (wide.MaxNotRequestingPowerSeconds is not { } grace || narrow.MaxNotRequestingPowerSeconds <= grace)
        && (wide.MinStateOfCharge is not { } least || narrow.MinStateOfCharge >= least)
        && (wide.MaxStateOfCharge is not { } most || narrow.MaxStateOfCharge <= most);

    private static void CheckGaps(
        Dimension dimension, List<Placed> placed, IEnumerable<LintCell> cells, List<Lint> found)
    {
        foreach (var cell in cells)
        {
            if (cell.Kwh < 0m || cell.Duration < 0
                || placed.Exists(p => !p.Condition.IsDaily || (IsSureOrGrace(p.Condition) && cell.IsIn(p.Condition))))
            {
                continue;
            }

            var signals = placed.Exists(p => cell.IsIn(p.Condition)) ? " unless current, power or vehicle match" : "";
            found.Add(new(
                LintSeverity.Warning, "lint.gap", "/elements",
                $"{dimension} is free{signals}, for example {Words(cell)}: no element prices it then."));
            return;
        }
    }

    /// <summary>It applies in all of its cells; or it is a fee after a grace period, which is free on purpose.</summary>
    private static bool IsSureOrGrace(ElementCondition condition) => !condition.HasSignals
        && (!condition.HasVehicle || condition.Restrictions is
        {
            MinNotRequestingPowerSeconds: not null, MinStateOfCharge: null, MaxStateOfCharge: null,
        });

    private static void CheckOverlaps(
        Dimension dimension, List<Placed> placed, IEnumerable<LintCell> cells, List<Lint> found)
    {
        var pairs = new HashSet<(int, int)>();
        foreach (var cell in cells)
        {
            var here = placed.Where(p => p.Condition.IsDaily && cell.IsIn(p.Condition)).Take(2).ToList();
            if (here.Count == 2 && IsRestricted(here[1]) && here[0].Price.Price != here[1].Price.Price
                && !here[0].Condition.HasSignals && !here[0].Condition.HasVehicle && pairs.Add((here[0].Element, here[1].Element)))
            {
                found.Add(new(
                    LintSeverity.Note, "lint.overlap", $"/elements/{here[1].Element}",
                    $"{dimension}: elements {here[0].Element} and {here[1].Element} both apply, for example {Words(cell)};"
                    + " the first in the list prices it."));
            }
        }
    }

    private static bool IsRestricted(Placed placed) =>
        placed.Condition.IsLocal || placed.Condition.HasQuantities || placed.Condition.HasSignals
        || placed.Condition.HasVehicle;

    private static string Words(in LintCell cell)
    {
        var day = (IsoDayOfWeek)(cell.Weekday + 1);
        var time = LocalTime.FromSecondsSinceMidnight(cell.Second);
        return $"on a {day} at {time:HH:mm} after {Math.Max(0m, cell.Kwh)} kWh and {Math.Max(0, cell.Duration)} s";
    }
}
