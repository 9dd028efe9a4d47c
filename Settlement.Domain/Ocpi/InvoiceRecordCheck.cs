using Settlement.Domain.Ledger;

namespace Settlement.Domain.Ocpi;

/// <summary>A document of ours and how much of it an invoice record lists. Amounts in minor units, gross.</summary>
public sealed record RecordedDocument(string Number, string Currency, long Cdrs, long Due, long ListedCdrs, long ListedDue);

/// <summary>What is known here of the CDRs that an invoice record lists; ids folded.</summary>
/// <param name="Here">In the relationship of the record.</param>
/// <param name="Elsewhere">In another relationship of its owner, and which.</param>
/// <param name="Again">On another invoice of its owner, and which.</param>
public sealed record RecordedCdrs(
    IReadOnlySet<string> Here, IReadOnlyDictionary<string, string> Elsewhere, IReadOnlyDictionary<string, string> Again,
    IReadOnlyList<RecordedDocument> Documents);

/// <summary>
/// A received invoice record against our own documents. The record itself has no amount (OCPI 2.3.0): what it lists is
/// added up from our ledger. Pure.
/// </summary>
public static class InvoiceRecordCheck
{
    /// <summary>What differs, most severe first; empty where it agrees with what is known here.</summary>
    public static IReadOnlyList<Refusal> Compare(InvoiceRecord record, RecordedCdrs known)
    {
        var ids = record.Cdrs.Select(id => id.ToLowerInvariant()).ToList();
        var elsewhere = ids.Where(known.Elsewhere.ContainsKey).Except(known.Here).ToList();
        var unknown = ids.Except(known.Here).Except(elsewhere).ToList();
        var twice = ids.GroupBy(id => id, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key).ToList();
        var again = ids.Where(known.Again.ContainsKey).Distinct(StringComparer.Ordinal).ToList();
        return
        [
            .. Found(again, "record.cdr-invoiced-twice", id => $"{id} is on invoice {known.Again[id]} too"),
            .. Found(twice, "record.cdr-listed-twice", id => $"{id} is listed twice"),
            .. Found(elsewhere, "record.cdr-other-relationship", id => $"{id} is a CDR of {known.Elsewhere[id]}"),
            .. Found(unknown, "record.cdr-unknown", id => $"{id} was never received"),
            .. known.Documents.Where(document => document.ListedCdrs < document.Cdrs).Select(document => new Refusal(
                "record.totals-differ",
                $"our {document.Number} has {document.Cdrs} CDRs with {Text(document, document.Due)}; of them the record lists "
                + $"{document.ListedCdrs} with {Text(document, document.ListedDue)}.")),
        ];
    }

    // one finding with the first as the example: a record may list a month
    private static IEnumerable<Refusal> Found(List<string> ids, string code, Func<string, string> example) => ids.Count == 0
        ? []
        : [new Refusal(code, $"{ids.Count} of the CDRs: {example(ids[0])}.")];

    private static string Text(RecordedDocument document, long minor) =>
        new Money(minor, Currency.Of(document.Currency)).ToString();
}
