using Settlement.Domain.Disputes;
using Settlement.Domain.Periods;

namespace Settlement.Domain.Statements;

/// <summary>
/// Our own credit note out of an upheld dispute as a document: what SOR/91-44 s. 3 asks of a credit note, the CDR it is
/// about and why (rules-money 24). What it credits of a component has no quantity: the energy was delivered.
/// </summary>
public static class OwnCreditNote
{
    /// <param name="periods">Tells the document it takes back from; none while the CDR's month is not issued.</param>
    public static Invoice Of(DisputeFact.CreditNoteIssued note, PeriodBook periods)
    {
        var cdr = note.Cdr;
        var amended = note.Document ?? periods.DocumentOf(cdr.Month, cdr.Entry, cdr.Creditor, cdr.Currency);
        var (statement, document) = periods.Documents.Where(issued => issued.Number == amended)
            .Select(issued => (issued.Statement, issued.Document)).FirstOrDefault();
        return new Invoice
        {
            Kind = DocumentKind.CreditNote,
            Number = note.Number,
            Supplier = cdr.Creditor,
            Customer = cdr.Debtor,
            Month = cdr.Month,
            Currency = cdr.Currency,
            Date = note.On,
            Due = note.On,
            ReverseBilling = document is not null && document.IssuedBy != document.Supplier,
            Sessions = 0,
            Lines = [.. note.Charges.Select(charge => new InvoiceLine(charge.Component, null, null, charge.Amount))],
            Taxes =
            [
                .. note.Taxes.Select(tax => new InvoiceTax(
                    tax.Tax, tax.Jurisdiction, Invoice.RateText(tax.Rate, tax.PerKwh), -tax.Base,
                    tax.PerKwh is null ? null : -(tax.Kwh ?? 0m), -tax.Amount, tax.Disposition, tax.Registration,
                    tax.Certificate)),
            ],
            Earlier = statement is null ? [] : [new EarlierInvoice(amended!, statement.Draft.DocumentDate)],
            Credited = new CreditedSession(cdr.Key, note.Reason),
        };
    }
}
