using System.Globalization;
using System.Text.Json.Nodes;
using NodaTime.Text;
using Settlement.Domain;
using Settlement.Domain.Agreements;

namespace Settlement.Api.Pages;

/// <summary>How a term is asked for.</summary>
public enum TermKind
{
    Text,
    Number,
    Decimal,
    Date,
    List,
    YesNo,
    Choice,
}

/// <summary>One term of an agreement as a field of a form.</summary>
/// <param name="Name">As in files: <c>payment_terms_days</c>.</param>
/// <param name="Empty">What an empty field means; null = it cannot be empty.</param>
public sealed record TermField(
    string Name, string Label, TermKind Kind, Func<Agreement, string> Value, string? Empty = null, params string[] Choices);

/// <summary>The terms of an agreement as a form, and what of it changed as an amendment.</summary>
public static class TermForm
{
    public static readonly IReadOnlyList<(string Legend, IReadOnlyList<TermField> Fields)> Groups =
    [
        ("Scope", [
            new("valid_from", "Sessions from", TermKind.Date,
                terms => LocalDatePattern.Iso.Format(terms.ValidFrom)),
            new("zone", "Time zone of months", TermKind.Text, terms => terms.Zone),
            new("currencies", "Currencies", TermKind.List, terms => List(terms.Currencies)),
            new("supply", "Supply", TermKind.Choice,
                terms => terms.Supply.ToString(), null, "Resale", "Agency"),
            new("export_clause", "Energy may flow back", TermKind.YesNo, terms => YesNo(terms.ExportClause)),
        ]),
        ("Price and tax", [
            new("tolerance_minor", "Tolerance, minor units", TermKind.Number,
                terms => Text(terms.ToleranceMinor)),
            new("settle_not_comparable", "Settle where the own-network price cannot be compared", TermKind.YesNo,
                terms => YesNo(terms.SettleNotComparable)),
            new("policies", "Readings of OCPI, name=value", TermKind.List,
                terms => List(terms.Policies), "the defaults"),
            new("excise_absorbed", "Excise is in the price", TermKind.YesNo,
                terms => YesNo(terms.ExciseAbsorbed)),
            new("debtor_remits_sales_tax_in", "eMSP remits sales tax in", TermKind.List,
                terms => List(terms.DebtorRemitsSalesTaxIn), "no state"),
        ]),
        ("A session is plausible within", [
            new("clock_difference_minutes", "End after receipt, minutes", TermKind.Number,
                terms => Text(terms.ClockDifferenceMinutes)),
            new("time_tolerance_seconds", "Time beyond the timestamps, seconds", TermKind.Number,
                terms => Text(terms.TimeToleranceSeconds)),
            new("power_tolerance_percent", "Above the connector's power, percent", TermKind.Number,
                terms => Text(terms.PowerTolerancePercent)),
            new("session_kwh", "CDR and session object differ by, kWh", TermKind.Number,
                terms => Text(terms.SessionKwh)),
            new("session_minor", "CDR and session object differ by, minor units", TermKind.Number,
                terms => Text(terms.SessionMinor)),
        ]),
        ("Time limits, days", [
            new("submission_window_days", "To send a CDR", TermKind.Number,
                terms => Text(terms.SubmissionWindowDays)),
            new("maximum_age_days", "Oldest CDR taken", TermKind.Number,
                terms => Text(terms.MaximumAgeDays), "no limit"),
            new("dispute_window_days", "To dispute", TermKind.Number, terms => Text(terms.DisputeWindowDays)),
            new("dispute_answer_days", "To answer a dispute", TermKind.Number,
                terms => Text(terms.DisputeAnswerDays)),
            new("dispute_default", "A dispute not answered", TermKind.Choice,
                terms => terms.DisputeDefault?.ToString() ?? "", "escalates", "Upheld", "Denied"),
        ]),
        ("Documents and money", [
            new("reverse_billing", "eMSP writes the invoices", TermKind.YesNo,
                terms => YesNo(terms.ReverseBilling)),
            new("payment_terms_days", "Payment, days", TermKind.Number,
                terms => Text(terms.PaymentTermsDays)),
            new("issues_zero_documents", "Documents of zero are issued", TermKind.YesNo,
                terms => YesNo(terms.IssuesZeroDocuments)),
            new("netting", "Dues are set off", TermKind.YesNo, terms => YesNo(terms.Netting)),
            new("netting_threshold_minor", "Set off from, minor units", TermKind.Number,
                terms => Text(terms.NettingThresholdMinor)),
            new("write_off_limit_minor", "Largest rest to write off, minor units", TermKind.Number,
                terms => Text(terms.WriteOffLimitMinor)),
            new("settlement_currency", "One settlement currency", TermKind.Text,
                terms => terms.SettlementCurrency ?? "", "each for itself"),
            new("fx_source", "Source of rates", TermKind.Text, terms => terms.FxSource),
            new("fx_maximum_age_days", "Oldest rate, days", TermKind.Number,
                terms => Text(terms.FxMaximumAgeDays)),
        ]),
        ("Comparing lists: a line agrees within", [
            new("reconcile_minor", "Money, minor units", TermKind.Number,
                terms => Text(terms.ReconcileMinor), "as the tolerance of prices"),
            new("reconcile_cap_minor", "All together at most, minor units", TermKind.Number,
                terms => Text(terms.ReconcileCapMinor), "no limit"),
            new("reconcile_kwh", "Energy, kWh", TermKind.Decimal, terms => Text(terms.ReconcileKwh)),
            new("reconcile_seconds", "Start and end, seconds", TermKind.Number,
                terms => Text(terms.ReconcileSeconds)),
        ]),
    ];

    /// <summary>Terms that may differ for the supplies of one CPO; an empty field = as above.</summary>
    public static IReadOnlyList<TermField> Direction(PartyId cpo)
    {
        DirectionTerms Own(Agreement terms) =>
            terms.Directions.FirstOrDefault(own => own.Cpo == cpo) ?? new DirectionTerms(cpo);
        return
        [
            new("currencies", "Currencies", TermKind.List, terms => List(Own(terms).Currencies ?? []), Same),
            new("supply", "Supply", TermKind.Choice,
                terms => Own(terms).Supply?.ToString() ?? "", Same, "Resale", "Agency"),
            new("tolerance_minor", "Tolerance, minor units", TermKind.Number,
                terms => Text(Own(terms).ToleranceMinor), Same),
            new("maximum_age_days", "Oldest CDR taken, days", TermKind.Number,
                terms => Text(Own(terms).MaximumAgeDays), Same),
            new("policies", "Readings of OCPI", TermKind.List,
                terms => List(Own(terms).Policies ?? []), Same),
            new("excise_absorbed", "Excise is in the price", TermKind.YesNo,
                terms => Maybe(Own(terms).ExciseAbsorbed), Same),
            new("debtor_remits_sales_tax_in", "eMSP remits sales tax in", TermKind.List,
                terms => List(Own(terms).DebtorRemitsSalesTaxIn ?? []), Same),
            new("reverse_billing", "eMSP writes the invoices", TermKind.YesNo,
                terms => Maybe(Own(terms).ReverseBilling), Same),
            new("payment_terms_days", "Payment, days", TermKind.Number,
                terms => Text(Own(terms).PaymentTermsDays), Same),
            new("reconcile_minor", "Lists agree within, minor units", TermKind.Number,
                terms => Text(Own(terms).ReconcileMinor), Same),
            new("reconcile_cap_minor", "All together at most", TermKind.Number,
                terms => Text(Own(terms).ReconcileCapMinor), Same),
            new("reconcile_kwh", "Within, kWh", TermKind.Decimal,
                terms => Text(Own(terms).ReconcileKwh), Same),
            new("reconcile_seconds", "Within, seconds", TermKind.Number,
                terms => Text(Own(terms).ReconcileSeconds), Same),
        ];
    }

    private const string Same = "as above";

    public static string Id(PartyId cpo, TermField field) => $"{cpo}.{field.Name}";

    /// <summary>Only what differs from the terms that the form showed; the first day always.</summary>
    public static (JsonObject? Changes, Refusal? Refusal) Changes(Agreement before, IReadOnlyDictionary<string, string> sent)
    {
        var changes = new JsonObject { ["valid_from"] = sent.GetValueOrDefault("valid_from", "").Trim() };
        foreach (var field in Groups.SelectMany(group => group.Fields).Where(field => field.Name != "valid_from"))
        {
            if (Set(changes, field, field.Name, before, sent) is { } wrong)
            {
                return (null, wrong);
            }
        }

        var directions = new JsonObject();
        foreach (var cpo in new[] { before.Relationship.A, before.Relationship.B })
        {
            var own = new JsonObject();
            foreach (var field in Direction(cpo))
            {
                if (Set(own, field, Id(cpo, field), before, sent) is { } wrong)
                {
                    return (null, wrong);
                }
            }

            if (own.Count > 0)
            {
                directions[cpo.ToString()] = own;
            }
        }

        if (directions.Count > 0)
        {
            changes["directions"] = directions;
        }

        return (changes, null);
    }

    private static Refusal? Set(
        JsonObject changes, TermField field, string id, Agreement before, IReadOnlyDictionary<string, string> sent)
    {
        if (!sent.TryGetValue(id, out var text) || text.Trim() == field.Value(before))
        {
            return null;
        }

        text = text.Trim();
        if (text.Length == 0 && field.Kind != TermKind.List)
        {
            changes[field.Name] = null;
            return null;
        }

        switch (field.Kind)
        {
            case TermKind.Number when long.TryParse(
                text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole):
                changes[field.Name] = whole;
                return null;
            case TermKind.Number:
                return new("agreement.number", $"{field.Label}: '{text}' is no whole number.");
            case TermKind.Decimal when decimal.TryParse(
                text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number):
                changes[field.Name] = number;
                return null;
            case TermKind.Decimal:
                return new("agreement.number", $"{field.Label}: '{text}' is not a number.");
            case TermKind.YesNo:
                changes[field.Name] = text == "yes";
                return null;
            case TermKind.List:
                var items = text.Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries);
                changes[field.Name] = items.Length == 0 && field.Empty == Same
                    ? null
                    : new JsonArray([.. items.Select(item => JsonValue.Create(item))]);
                return null;
            default:
                changes[field.Name] = text;
                return null;
        }
    }

    private static string YesNo(bool value) => value ? "yes" : "no";

    private static string Maybe(bool? value) => value is { } known ? YesNo(known) : "";

    private static string List(IReadOnlyList<string> items) => string.Join(", ", items);

    private static string Text(decimal? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
