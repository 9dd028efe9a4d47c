using Settlement.Domain.Tax;

namespace Settlement.Api.Tax;

/// <summary>A tax rule in the words of a person who must judge it.</summary>
public static class RuleWording
{
    /// <summary>What an adviser has to do with every rule.</summary>
    public const string Caution =
        "This is not tax advice: an adviser must confirm each rule before it bills money.";

    public static string Rate(TaxRule rule) => rule switch
    {
        { PerKwh: { } perKwh } => $"{Figures.Number(perKwh)}/kWh",
        { Rate: { } rate } => $"{Figures.Number(rate * 100m)}%",
        { IsPerKwh: true } => "per kWh, not known",
        _ => "not known",
    };

    public static string Treatment(TaxRule rule) => rule.Treatment switch
    {
        Domain.Tax.Treatment.Taxable => "taxed",
        Domain.Tax.Treatment.Exempt => "exempt",
        Domain.Tax.Treatment.Open => "open question",
        Domain.Tax.Treatment.SupplierCost => "cost of the supplier",
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule.Treatment, "not a treatment"),
    };

    /// <summary>What of a charging price it covers.</summary>
    public static string Components(TaxRule rule) =>
        rule.Components.Count == 0 ? "everything" : string.Join(", ", rule.Components.Select(Component));

    /// <summary>A component as it stands in a rule, in words.</summary>
    public static string Component(string component) => component switch
    {
        nameof(ChargeComponent.ENERGY) => "energy",
        nameof(ChargeComponent.TIME) => "time",
        nameof(ChargeComponent.PARKING_TIME) => "parking",
        nameof(ChargeComponent.FLAT) => "session fee",
        nameof(ChargeComponent.RESERVATION) => "reservation",
        _ => component,
    };

    /// <summary>The stations it covers.</summary>
    public static string Stations(TaxRule rule) =>
        rule.Stations.Count == 0 ? "all" : string.Join("; or ", rule.Stations.Select(Stations));

    public static string Stations(StationFilter filter) => string.Join(", ", new[]
    {
        filter.Levels.Count > 0 ? $"level {string.Join(" or ", filter.Levels)}" : null,
        filter.KwMin is { } min ? $"{Figures.Number(min)} kW or more" : null,
        filter.KwAbove is { } above ? $"more than {Figures.Number(above)} kW" : null,
        filter.KwBelow is { } below ? $"less than {Figures.Number(below)} kW" : null,
        filter.InstalledFrom is { } from ? $"installed on {Figures.Day(from)} or later" : null,
        filter.InstalledBefore is { } before ? $"installed before {Figures.Day(before)}" : null,
        Either(filter.Public, "open to the public", "not open to the public"),
        Either(filter.StateProperty, "on state property", "not on state property"),
        Either(filter.Residence, "at a residence", "not at a residence"),
        Either(filter.Paid, "session is charged for", "session is free"),
    }.OfType<string>());

    public static string Confidence(string confidence) => confidence switch
    {
        "confirmed" => "confirmed",
        "confirmed-secondary" => "confirmed by a secondary source",
        "partial" => "partly confirmed",
        "unverified" => "not verified",
        _ => confidence,
    };

    /// <summary>Who asked for it and who let it in.</summary>
    public static string People(TaxRule rule) => (rule.ProposedBy, rule.ApprovedBy) switch
    {
        (null, null) => "came with the program",
        (var proposer, null) => $"proposed by {proposer}, not approved",
        (null, var approver) => $"approved by {approver}",
        var (proposer, approver) => $"proposed by {proposer}, approved by {approver}",
    };

    /// <summary>Which day decides, who remits, and what else a reader must know.</summary>
    public static string Terms(TaxRule rule) => string.Join("; ", new[]
    {
        rule.TaxPoint == TaxPoint.EarlierOfPaidOrDue ? "the document date decides" : "the day of delivery decides",
        $"remitted by {rule.Remitter}",
        rule.Recoverable ? "recoverable" : null,
        rule.ResaleExempt ? "not charged to a reseller with a certificate" : null,
        rule.Local switch
        {
            LocalTax.Follows => "local rates come on top",
            LocalTax.Own => "localities have rules of their own",
            _ => null,
        },
        rule.BasePlus.Count > 0 ? $"on the price plus {string.Join(" and ", rule.BasePlus)}" : null,
    }.OfType<string>());

    private static string? Either(bool? value, string yes, string no) => value switch
    {
        true => yes,
        false => no,
        null => null,
    };
}
