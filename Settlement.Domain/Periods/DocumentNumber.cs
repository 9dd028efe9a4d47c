using System.Collections.Immutable;
using System.Globalization;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Periods;

/// <summary>
/// Numbers of documents: <c>INV-CA-FLO-US-CPI-000001</c>, a series without gaps per kind, issuer and counterparty
/// (rules-money 19). ASCII, at most 39 characters, so that a CDR's <c>invoice_reference_id</c> can carry one.
/// </summary>
public static class DocumentNumber
{
    /// <summary>The next number of every document, in their order.</summary>
    public static IReadOnlyList<string> Next(IReadOnlyList<DocumentDraft> documents, ImmutableDictionary<string, int> series)
    {
        var numbers = new List<string>(documents.Count);
        foreach (var document in documents)
        {
            var name = SeriesOf(document);
            var number = $"{name}-{(series.GetValueOrDefault(name) + 1).ToString("D6", CultureInfo.InvariantCulture)}";
            series = Count(series, number);
            numbers.Add(number);
        }

        return numbers;
    }

    /// <summary>The series with one more number taken.</summary>
    public static ImmutableDictionary<string, int> Count(ImmutableDictionary<string, int> series, string number)
    {
        var name = number[..number.LastIndexOf('-')];
        return series.SetItem(name, series.GetValueOrDefault(name) + 1);
    }

    private static string SeriesOf(DocumentDraft document)
    {
        PartyId other = document.IssuedBy == document.Supplier ? document.Customer : document.Supplier;
        return $"{Prefix(document.Kind)}-{document.IssuedBy}-{other}";
    }

    private static string Prefix(DocumentKind kind) => kind switch
    {
        DocumentKind.Invoice => "INV",
        DocumentKind.CreditNote => "CN",
        DocumentKind.DebitNote => "DN",
        _ => throw new InvalidOperationException($"{kind} is no kind of document."),
    };
}
