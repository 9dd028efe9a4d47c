using NodaTime;

namespace Settlement.Domain.Tax;

/// <summary>
/// Which day decides a rule: delivery, or the document date, provisionally the delivery date.
/// </summary>
internal static class TaxDates
{
    public static LocalDate Of(TaxRule rule, TaxQuestion question) => rule.TaxPoint switch
    {
        TaxPoint.Delivery => question.Delivery,
        TaxPoint.EarlierOfPaidOrDue => question.Invoiced ?? question.Delivery,
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule.TaxPoint, "not a tax point"),
    };
}
