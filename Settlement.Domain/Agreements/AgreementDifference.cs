using System.Globalization;
using NodaTime.Text;

namespace Settlement.Domain.Agreements;

/// <summary>What a version of an agreement changed of the one before, term by term.</summary>
public sealed record AgreementDifference(string Term, string Before, string After)
{
    public static IReadOnlyList<AgreementDifference> Of(Agreement before, Agreement after)
    {
        var names = Terms(before).Select(term => term.Name).Union(Terms(after).Select(term => term.Name), StringComparer.Ordinal);
        var (one, other) = (Values(before), Values(after));
        return [.. names
            .Select(name => new AgreementDifference(name, one.GetValueOrDefault(name, "–"), other.GetValueOrDefault(name, "–")))
            .Where(difference => difference.Before != difference.After)];
    }

    /// <summary>Every term with its name in files and its value in words.</summary>
    public static IReadOnlyList<(string Name, string Value)> Terms(Agreement terms) =>
    [
        ("valid_from", LocalDatePattern.Iso.Format(terms.ValidFrom)),
        ("provisional", Text(terms.Provisional)),
        ("currencies", Text(terms.Currencies)),
        ("supply", terms.Supply.ToString()),
        ("zone", terms.Zone),
        ("tolerance_minor", Text(terms.ToleranceMinor)),
        ("settle_not_comparable", Text(terms.SettleNotComparable)),
        ("maximum_age_days", terms.MaximumAgeDays is { } age ? Text(age) : "no limit"),
        ("clock_difference_minutes", Text(terms.ClockDifferenceMinutes)),
        ("time_tolerance_seconds", Text(terms.TimeToleranceSeconds)),
        ("power_tolerance_percent", Text(terms.PowerTolerancePercent)),
        ("session_kwh", Text(terms.SessionKwh)),
        ("session_minor", Text(terms.SessionMinor)),
        ("policies", Text(terms.Policies)),
        ("export_clause", Text(terms.ExportClause)),
        ("excise_absorbed", Text(terms.ExciseAbsorbed)),
        ("debtor_remits_sales_tax_in", Text(terms.DebtorRemitsSalesTaxIn)),
        ("reverse_billing", Text(terms.ReverseBilling)),
        ("submission_window_days", Text(terms.SubmissionWindowDays)),
        ("dispute_window_days", Text(terms.DisputeWindowDays)),
        ("dispute_default", terms.DisputeDefault?.ToString() ?? "escalate"),
        ("dispute_answer_days", Text(terms.DisputeAnswerDays)),
        ("issues_zero_documents", Text(terms.IssuesZeroDocuments)),
        ("netting", Text(terms.Netting)),
        ("netting_threshold_minor", Text(terms.NettingThresholdMinor)),
        ("settlement_currency", terms.SettlementCurrency ?? "each for itself"),
        ("fx_source", terms.FxSource),
        ("fx_maximum_age_days", Text(terms.FxMaximumAgeDays)),
        ("payment_terms_days", Text(terms.PaymentTermsDays)),
        ("write_off_limit_minor", Text(terms.WriteOffLimitMinor)),
        ("reconcile_minor", terms.ReconcileMinor is { } money ? Text(money) : "as tolerance_minor"),
        ("reconcile_cap_minor", terms.ReconcileCapMinor is { } cap ? Text(cap) : "no limit"),
        ("reconcile_kwh", Text(terms.ReconcileKwh)),
        ("reconcile_seconds", Text(terms.ReconcileSeconds)),
        .. terms.Directions.OrderBy(own => own.Cpo).SelectMany(Direction),
    ];

    private static IEnumerable<(string, string)> Direction(DirectionTerms own) =>
        new (string Name, string? Value)[]
        {
            ("currencies", own.Currencies is null ? null : Text(own.Currencies)),
            ("supply", own.Supply?.ToString()),
            ("tolerance_minor", own.ToleranceMinor is { } tolerance ? Text(tolerance) : null),
            ("maximum_age_days", own.MaximumAgeDays is { } age ? Text(age) : null),
            ("policies", own.Policies is null ? null : Text(own.Policies)),
            ("excise_absorbed", own.ExciseAbsorbed is { } absorbed ? Text(absorbed) : null),
            ("debtor_remits_sales_tax_in", own.DebtorRemitsSalesTaxIn is null ? null : Text(own.DebtorRemitsSalesTaxIn)),
            ("reverse_billing", own.ReverseBilling is { } reverse ? Text(reverse) : null),
            ("payment_terms_days", own.PaymentTermsDays is { } days ? Text(days) : null),
            ("reconcile_minor", own.ReconcileMinor is { } money ? Text(money) : null),
            ("reconcile_cap_minor", own.ReconcileCapMinor is { } cap ? Text(cap) : null),
            ("reconcile_kwh", own.ReconcileKwh is { } kwh ? Text(kwh) : null),
            ("reconcile_seconds", own.ReconcileSeconds is { } seconds ? Text(seconds) : null),
        }
        .Where(term => term.Value is not null)
        .Select(term => ($"{own.Cpo} {term.Name}", term.Value!));

    private static Dictionary<string, string> Values(Agreement terms) =>
        Terms(terms).ToDictionary(term => term.Name, term => term.Value, StringComparer.Ordinal);

    private static string Text(bool value) => value ? "yes" : "no";

    private static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(IReadOnlyList<string> values) => values.Count == 0 ? "none" : string.Join(", ", values);
}
