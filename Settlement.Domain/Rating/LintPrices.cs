namespace Settlement.Domain.Rating;

/// <summary>Components and steps: prices that cannot be meant, and where step_size surprises.</summary>
internal static class LintPrices
{
    public static void Check(Tariff tariff, List<Lint> found)
    {
        for (var i = 0; i < tariff.Elements.Count; i++)
        {
            var components = tariff.Elements[i].Components;
            if (components.Count == 0)
            {
                found.Add(new(
                    LintSeverity.Error, "lint.no-components", $"/elements/{i}", "An element without components prices nothing."));
            }

            for (var j = 0; j < components.Count; j++)
            {
                CheckComponent(components, j, $"/elements/{i}/price_components/{j}", found);
            }
        }

        CheckSteps(tariff, found);
        CheckVat(tariff, found);
        CheckFlat(tariff, found);
    }

    private static void CheckComponent(IReadOnlyList<PriceComponent> all, int index, string pointer, List<Lint> found)
    {
        var component = all[index];
        if (component.Price < 0m)
        {
            found.Add(new(LintSeverity.Warning, "lint.price-negative", pointer + "/price", $"A price of {component.Price}."));
        }

        if (component.StepSize < 0)
        {
            found.Add(new(LintSeverity.Error, "lint.step-negative", pointer + "/step_size", "A step cannot be negative."));
        }

        var (most, unit) = component.Type == Dimension.ENERGY ? (1000, "Wh") : (900, "s");
        if (component.Type != Dimension.FLAT && component.StepSize > most)
        {
            found.Add(new(
                LintSeverity.Warning, "lint.step-large", pointer + "/step_size",
                $"Up to {component.StepSize - 1} {unit} that nobody used can be billed."));
        }

        if (all.Take(index).Any(other => other.Type == component.Type))
        {
            found.Add(new(
                LintSeverity.Error, "lint.component-duplicate", pointer, $"{component.Type} stands here already; this one is never used."));
        }
    }

    private static void CheckSteps(Tariff tariff, List<Lint> found)
    {
        var all = tariff.Elements.Where(element => element.Restrictions?.Reservation is null)
            .SelectMany(element => element.Components).ToList();
        foreach (var group in all.Where(component => component.Type != Dimension.FLAT).GroupBy(component => component.Type))
        {
            var steps = group.Select(component => component.StepSize).Distinct().Order().ToList();
            if (steps.Count > 1)
            {
                found.Add(new(
                    LintSeverity.Note, "lint.step-differs", "/elements",
                    $"{group.Key} has steps {string.Join(", ", steps)}; only that of the last period counts."));
            }
        }

        if (all.Exists(component => component.Type == Dimension.PARKING_TIME)
            && all.Exists(component => component is { Type: Dimension.TIME, StepSize: > 1 }))
        {
            found.Add(new(
                LintSeverity.Note, "lint.step-time-idle", "/elements",
                "Where parking is billed, the step of TIME is not applied: only the parking total is rounded."));
        }
    }

    private static void CheckVat(Tariff tariff, List<Lint> found)
    {
        var stated = tariff.Elements.SelectMany(element => element.Components)
            .Select(component => component.VatPercent is not null).Distinct().Count();
        if (stated > 1)
        {
            found.Add(new(
                LintSeverity.Warning, "lint.vat-partial", "/elements",
                "Some components tell a VAT and some do not: a total after tax cannot be told for all sessions."));
        }
    }

    private static void CheckFlat(Tariff tariff, List<Lint> found)
    {
        var fees = tariff.Elements.Count(element => element.Restrictions?.Reservation is null
            && element.Components.Any(component => component.Type == Dimension.FLAT));
        if (fees > 1)
        {
            found.Add(new(
                LintSeverity.Note, "lint.flat-several", "/elements",
                $"{fees} elements have a FLAT fee; only the first that becomes active is billed in a session."));
        }
    }
}
