namespace Settlement.Domain.Statements;

/// <summary>
/// How the rows of reports and statements stand: by their codes, as computers count them. The order of the database
/// they came from would be that of its collation, and the same month would give other bytes elsewhere.
/// </summary>
public static class ReportOrder
{
    public static IReadOnlyList<PlaceTotal> InOrder(this IEnumerable<PlaceTotal> places) =>
        [.. places.OrderBy(place => place.Direction).ThenBy(place => place.Place, StringComparer.Ordinal)];

    public static IReadOnlyList<TaxTotal> InOrder(this IEnumerable<TaxTotal> taxes) =>
    [
        .. taxes.OrderBy(tax => tax.Direction).ThenBy(tax => tax.Place, StringComparer.Ordinal)
            .ThenBy(tax => tax.Tax, StringComparer.Ordinal).ThenBy(tax => tax.Rate, StringComparer.Ordinal)
            .ThenBy(tax => tax.Disposition, StringComparer.Ordinal)
            .ThenBy(tax => tax.Jurisdiction, StringComparer.Ordinal)
            .ThenBy(tax => tax.Remitter, StringComparer.Ordinal).ThenBy(tax => tax.Recoverable),
    ];

    public static IReadOnlyList<HeldTotal> InOrder(this IEnumerable<HeldTotal> held) =>
    [
        .. held
            .OrderBy(total => new Direction(total.Relationship, total.Creditor, total.Debtor, total.Currency))
            .ThenBy(total => total.State, StringComparer.Ordinal)
            .ThenBy(total => total.Reason, StringComparer.Ordinal),
    ];

    public static IReadOnlyList<LateTotal> InOrder(this IEnumerable<LateTotal> late) =>
        [.. late.OrderBy(total => total.Direction).ThenBy(total => total.ChargePeriod)];

    public static IReadOnlyList<TieOut> InOrder(this IEnumerable<TieOut> ties) =>
    [
        .. ties.OrderBy(tie => tie.Name, StringComparer.Ordinal).ThenBy(tie => tie.Subject, StringComparer.Ordinal),
    ];
}
