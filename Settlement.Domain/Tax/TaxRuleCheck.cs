namespace Settlement.Domain.Tax;

/// <summary>
/// Whether a rule may be recorded in a book: complete, sourced, approved by a second person, no overlap.
/// </summary>
public static class TaxRuleCheck
{
    private static readonly string[] Confidences =
        ["confirmed", "confirmed-secondary", "partial", "unverified"];

    /// <summary>What stands against recording it; null = nothing.</summary>
    public static Refusal? Against(TaxRule rule, TaxBook book) =>
        Incomplete(rule) ?? WrongVersion(rule, book) ?? NotApproved(rule) ?? Overlap(rule, book);

    /// <summary>What a rule lacks whatever else is in the book.</summary>
    public static Refusal? Incomplete(TaxRule rule) => rule switch
    {
        { Id: "" } or { Tax: "" } => No("rule.nameless", rule, "has no id or no tax"),
        _ when !PlaceNames.Codes.Contains(rule.Jurisdiction) => No(
            "rule.place-unknown", rule, $"names {rule.Jurisdiction}, which is no state or province"),
        _ when string.IsNullOrWhiteSpace(rule.Source) => No("rule.no-source", rule, "names no source"),
        _ when !Confidences.Contains(rule.Confidence) => No(
            "rule.confidence", rule,
            $"has confidence {rule.Confidence}, not one of {string.Join(", ", Confidences)}"),
        { Rate: not null, PerKwh: not null } => No("rule.amount", rule, "has a rate and an amount per kWh"),
        { Rate: null, PerKwh: null, Treatment: not Treatment.Open } => No(
            "rule.amount", rule, "has neither a rate nor an amount per kWh"),
        { Rate: < 0m or > 1m } or { PerKwh: < 0m or > 1m } =>
            No("rule.amount", rule, "is not between 0 and 1"),
        { Treatment: Treatment.Exempt or Treatment.SupplierCost, Reason: null } => No(
            "rule.no-reason", rule, "exempts without a reason"),
        { Treatment: Treatment.Open, Question: null } =>
            No("rule.no-question", rule, "is open and asks nothing"),
        _ when rule.To < rule.From => No("rule.dates", rule, "ends before it begins"),
        _ when rule.FederalPart > rule.Rate => No("rule.amount", rule, "has a federal part above its rate"),
        _ when rule.BasePlus.Contains(rule.Tax) => No("rule.base", rule, "is in its own base"),
        _ => null,
    };

    /// <summary>Rules of the book that cover a supply which this rule covers too.</summary>
    public static IReadOnlyList<TaxRule> Overlapping(TaxRule rule, TaxBook book) =>
        [.. book.Of(rule.Jurisdiction, null).Where(other => other.Id != rule.Id && Overlap(rule, other))];

    /// <summary>Same place, tax, component, station and day.</summary>
    public static bool Overlap(TaxRule one, TaxRule other) =>
        one.Jurisdiction == other.Jurisdiction && one.Locality == other.Locality && one.Tax == other.Tax
        && (one.From is null || other.To is null || one.From <= other.To)
        && (other.From is null || one.To is null || other.From <= one.To)
        && (one.Components.Count == 0 || other.Components.Count == 0
            || one.Components.Intersect(other.Components).Any())
        && (one.Stations.Count == 0 || other.Stations.Count == 0
            || one.Stations.Any(filter => other.Stations.Any(each => !filter.ExcludesAll(each))));

    private static Refusal? WrongVersion(TaxRule rule, TaxBook book)
    {
        var newest = book.All.Where(each => each.Rule.Id == rule.Id).Select(each => each.Rule.Version)
            .DefaultIfEmpty(0).Max();
        return rule.Version == newest + 1
            ? null
            : No("rule.version", rule, $"has version {rule.Version}; the next one is {newest + 1}");
    }

    private static Refusal? NotApproved(TaxRule rule) =>
        string.IsNullOrWhiteSpace(rule.ProposedBy) || string.IsNullOrWhiteSpace(rule.ApprovedBy)
            ? No("rule.not-approved", rule, "needs a proposer and an approver")
            : string.Equals(rule.ProposedBy, rule.ApprovedBy, StringComparison.OrdinalIgnoreCase)
                ? No("rule.same-person", rule,
                    $"was proposed and approved by {rule.ProposedBy}; another person must approve")
                : null;

    private static Refusal? Overlap(TaxRule rule, TaxBook book) => Overlapping(rule, book) is [var other, ..]
        ? No("rule.overlaps", rule,
            $"covers supplies that {other.Name} covers; end that one first by its next version")
        : null;

    private static Refusal No(string code, TaxRule rule, string why) => new(code, $"Rule {rule.Id} {why}.");
}
