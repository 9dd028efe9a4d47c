using System.Globalization;
using NodaTime;
using Settlement.Domain.Ledger;
using Settlement.Domain.Rating;

namespace Settlement.Domain.Agreements;

/// <summary>Makes the next version of an agreement, each term checked. Pure.</summary>
public static class AmendAgreement
{
    /// <summary>
    /// The version that people agreed is final, whatever the one before was (rules-money 29). A CDR binds to the version
    /// valid at its session's start; what is posted already changes only by a correction.
    /// </summary>
    /// <param name="terms">All terms; the version's number is given here.</param>
    /// <param name="today">In UTC: currencies withdrawn by then are refused.</param>
    public static (AgreementFact.AgreementMade? Made, IReadOnlyList<Refusal> Refusals) Decide(
        AgreementHistory history, Agreement terms, string reason, LocalDate today)
    {
        var next = terms with { Version = history.Versions.Count + 1, Provisional = false };
        List<Refusal> faults = [.. Check(next, today)];
        if (reason.Trim().Length == 0)
        {
            faults.Add(new("reason.missing", "Say what was agreed, and by which letter or contract."));
        }

        if (faults.Count == 0 && history.Versions is [.., var latest] && AgreementDifference.Of(latest, next).Count == 0)
        {
            faults.Add(new("agreement.unchanged", $"Nothing differs from version {latest.Version}."));
        }

        return faults.Count > 0 ? (null, faults) : (new AgreementFact.AgreementMade(next) { Reason = reason.Trim() }, []);
    }

    /// <summary>What is wrong with the terms; none = they can be agreed.</summary>
    public static IEnumerable<Refusal> Check(Agreement terms, LocalDate today)
    {
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(terms.Zone) is null)
        {
            yield return new("agreement.zone", $"zone: '{terms.Zone}' is no IANA time zone, as America/Toronto is one.");
        }

        foreach (var fault in Currencies("currencies", terms.Currencies, today)
            .Concat(Policies("policies", terms.Policies))
            .Concat(States("debtor_remits_sales_tax_in", terms.DebtorRemitsSalesTaxIn)))
        {
            yield return fault;
        }

        if (terms.SettlementCurrency is { } settlement)
        {
            foreach (var fault in Currencies("settlement_currency", [settlement], today))
            {
                yield return fault;
            }
        }

        foreach (var fault in Outside("", Numbers(terms)))
        {
            yield return fault;
        }

        if (terms.FxSource.Trim().Length == 0)
        {
            yield return new("agreement.fx-source", "fx_source: say who publishes the rates.");
        }

        foreach (var fault in terms.Directions.SelectMany(own => Direction(terms, own, today)))
        {
            yield return fault;
        }

        if (terms.Directions.GroupBy(own => own.Cpo).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            yield return new("agreement.direction-twice", $"directions: {twice.Key} is named twice.");
        }
    }

    private static IEnumerable<Refusal> Direction(Agreement terms, DirectionTerms own, LocalDate today)
    {
        var at = $"directions {own.Cpo}";
        if (!terms.Relationship.Has(own.Cpo))
        {
            yield return new("agreement.party", $"{at}: {own.Cpo} is not one of {terms.Relationship}.");
        }

        foreach (var fault in Currencies($"{at}: currencies", own.Currencies ?? ["CAD"], today)
            .Concat(Policies($"{at}: policies", own.Policies ?? []))
            .Concat(States($"{at}: debtor_remits_sales_tax_in", own.DebtorRemitsSalesTaxIn ?? [])))
        {
            yield return fault;
        }

        foreach (var fault in Outside($"{at}: ", OfBoth(
            own.ToleranceMinor, own.MaximumAgeDays, own.PaymentTermsDays,
            own.ReconcileMinor, own.ReconcileCapMinor, own.ReconcileKwh, own.ReconcileSeconds)))
        {
            yield return fault;
        }
    }

    private static IEnumerable<Refusal> Currencies(string term, IReadOnlyList<string> codes, LocalDate today)
    {
        if (codes.Count == 0)
        {
            yield return new("agreement.currency", $"{term}: name at least one.");
        }

        foreach (var code in codes)
        {
            var currency = Currency.Find(code);
            if (currency is null)
            {
                yield return new("agreement.currency", $"{term}: '{code}' is no currency of ISO 4217 that is known here.");
            }
            else if (currency.WithdrawnOn <= today)
            {
                yield return new("agreement.currency",
                    $"{term}: {code} was withdrawn on {currency.WithdrawnOn.Value.Text()}"
                    + (currency.Successor is { } successor ? $"; {successor} came after it." : "."));
            }
        }

        if (codes.Distinct(StringComparer.Ordinal).Count() != codes.Count)
        {
            yield return new("agreement.currency", $"{term}: one is named twice.");
        }
    }

    private static IEnumerable<Refusal> Policies(string term, IReadOnlyList<string> settings)
    {
        foreach (var setting in settings)
        {
            if (RatingPolicy.Default.With(setting).Item2 is { } unknown)
            {
                yield return new("agreement.policy", $"{term}: '{setting}': {unknown.Message}");
            }
            else if (setting.StartsWith("tolerance=", StringComparison.Ordinal))
            {
                yield return new("agreement.policy", $"{term}: the tolerance is a term of its own, tolerance_minor.");
            }
        }
    }

    private static IEnumerable<Refusal> States(string term, IReadOnlyList<string> states) => states
        .Where(state => state is not { Length: 5 } || !state.StartsWith("US-", StringComparison.Ordinal)
            || !state[3..].All(char.IsAsciiLetterUpper))
        .Select(state => new Refusal("agreement.state", $"{term}: '{state}' is no state of the United States, as US-CA is one."));

    private static IEnumerable<Term> Numbers(Agreement terms) =>
    [
        .. OfBoth(
            terms.ToleranceMinor, terms.MaximumAgeDays, terms.PaymentTermsDays,
            terms.ReconcileMinor, terms.ReconcileCapMinor, terms.ReconcileKwh, terms.ReconcileSeconds),
        new("clock_difference_minutes", terms.ClockDifferenceMinutes, 1440),
        new("time_tolerance_seconds", terms.TimeToleranceSeconds, 3600),
        new("power_tolerance_percent", terms.PowerTolerancePercent, 1000),
        new("session_kwh", terms.SessionKwh, 1000),
        new("session_minor", terms.SessionMinor, 1_000_000),
        new("submission_window_days", terms.SubmissionWindowDays, 3650),
        new("dispute_window_days", terms.DisputeWindowDays, 3650),
        new("dispute_answer_days", terms.DisputeAnswerDays, 3650),
        new("netting_threshold_minor", terms.NettingThresholdMinor, 1_000_000_000_000),
        new("fx_maximum_age_days", terms.FxMaximumAgeDays, 366),
        new("write_off_limit_minor", terms.WriteOffLimitMinor, 1_000_000_000_000),
    ];

    // of the agreement, and of a direction that differs from it
    private static IEnumerable<Term> OfBoth(
        int? tolerance, int? age, int? payment, int? minor, long? cap, decimal? kwh, int? seconds) =>
    [
        new("tolerance_minor", tolerance, 1_000_000),
        new("maximum_age_days", age, 3650),
        new("payment_terms_days", payment, 365),
        new("reconcile_minor", minor, 1_000_000),
        new("reconcile_cap_minor", cap, 1_000_000_000_000),
        new("reconcile_kwh", kwh, 1000),
        new("reconcile_seconds", seconds, 86_400),
    ];

    private static IEnumerable<Refusal> Outside(string at, IEnumerable<Term> terms) => terms
        .Where(term => term.Number < 0m || term.Number > term.Most)
        .Select(term => new Refusal(
            "agreement.number", string.Create(CultureInfo.InvariantCulture,
                $"{at}{term.Name}: {term.Number} is not between 0 and {term.Most}.")));

    /// <summary>A number that an agreement names, from 0 to the most it can be; null = it names none.</summary>
    private readonly record struct Term(string Name, decimal? Number, long Most);
}
