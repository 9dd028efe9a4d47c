using NodaTime;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Rating;

public enum LintSeverity
{
    /// <summary>Good to know.</summary>
    Note,

    /// <summary>Probably not meant.</summary>
    Warning,

    /// <summary>Cannot be right.</summary>
    Error,
}

/// <summary>One thing a tariff's owner should look at.</summary>
/// <param name="Code">Stable, <c>lint.reason</c>.</param>
/// <param name="Pointer">JSON pointer into the tariff.</param>
public sealed record Lint(LintSeverity Severity, string Code, string Pointer, string Detail);

/// <summary>
/// Finds what is wrong, dead or risky in a tariff. Sound: a component called dead is never selected by the rater
/// under the same policy, whatever the session.
/// </summary>
public static class TariffLint
{
    /// <param name="now">To tell whether it has expired; null = not asked.</param>
    public static IReadOnlyList<Lint> Check(Tariff tariff, RatingPolicy policy, Instant? now)
    {
        var found = new List<Lint>();
        CheckHead(tariff, now, found);
        LintRestrictions.Check(tariff, policy, found);
        LintPrices.Check(tariff, found);
        LintCoverage.Check(tariff, policy, found);
        return found;
    }

    /// <summary>Components that no session can select, by element and place.</summary>
    public static IReadOnlySet<(int Element, int Component)> Dead(Tariff tariff, RatingPolicy policy) =>
        LintCoverage.Dead(tariff, policy);

    private static void CheckHead(Tariff tariff, Instant? now, List<Lint> found)
    {
        if (tariff.Elements.Count == 0)
        {
            found.Add(new(LintSeverity.Error, "lint.no-elements", "/elements", "Without elements everything is free."));
        }

        if (tariff.ValidFrom >= tariff.ValidTo)
        {
            found.Add(new(
                LintSeverity.Error, "lint.validity-inverted", "/end_date_time", "It ends before it starts: never valid."));
        }

        if (now is { } today && tariff.ValidTo <= today)
        {
            found.Add(new(LintSeverity.Warning, "lint.expired", "/end_date_time", $"It expired on {tariff.ValidTo}."));
        }

        CheckCurrency(tariff, found);
        CheckLimits(tariff.MinPrice, tariff.MaxPrice, found);
    }

    private static void CheckCurrency(Tariff tariff, List<Lint> found)
    {
        if (Currency.Find(tariff.Currency) is not { } currency)
        {
            found.Add(new(
                LintSeverity.Error, "lint.currency-unknown", "/currency", $"{tariff.Currency} is no ISO 4217 currency."));
        }
        else if (currency.WithdrawnOn is { } day && (tariff.ValidFrom ?? tariff.LastUpdated)?.InUtc().Date >= day)
        {
            found.Add(new(
                LintSeverity.Error, "lint.currency-withdrawn", "/currency", $"{currency} was withdrawn on {day}."));
        }
    }

    private static void CheckLimits(PriceLimit? min, PriceLimit? max, List<Lint> found)
    {
        if (min?.BeforeTaxes > max?.BeforeTaxes || min?.AfterTaxes > max?.AfterTaxes)
        {
            found.Add(new(
                LintSeverity.Error, "lint.limits-crossed", "/min_price", "min_price is more than max_price; the maximum holds."));
        }

        foreach (var (limit, name) in new[] { (min, "min_price"), (max, "max_price") })
        {
            if (limit is { AfterTaxes: { } after } && after < limit.BeforeTaxes)
            {
                found.Add(new(
                    LintSeverity.Warning, "lint.limit-tax", "/" + name, $"After tax {after} is less than before tax."));
            }
        }
    }
}
