using Settlement.Api.Files;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Periods;
using Settlement.Domain.Statements;
using Settlement.Domain.Tax;

namespace Settlement.Api.Statements;

/// <summary>An invoice or a note as a document in the recipient's language.</summary>
public static class InvoicePaper
{
    public static Paper Of(Invoice invoice, ReferenceBook book)
    {
        var words = Language.Of(book.Party(invoice.Customer)?.Language);
        return new Paper(
            words[KindWord(invoice.Kind)], words.Month(invoice.Month), Facts(invoice, words),
            [.. Blocks(invoice, book, words)])
        {
            Language = words.Tag,
            Mark = invoice.Number is null ? words[Word.Preliminary] : null,
            Foot = $"{words[KindWord(invoice.Kind)]} {invoice.Number ?? words[Word.Preliminary]}",
            PageOf = words[Word.PageOf],
            Continued = words[Word.Continued],
        };
    }

    public static Word KindWord(DocumentKind kind) => kind switch
    {
        DocumentKind.Invoice => Word.Invoice,
        DocumentKind.CreditNote => Word.CreditNote,
        DocumentKind.DebitNote => Word.DebitNote,
        _ => throw new InvalidOperationException($"{kind} has no name."),
    };

    private static List<PaperFact> Facts(Invoice invoice, Language words)
    {
        var number = invoice.Kind switch
        {
            DocumentKind.CreditNote => Word.CreditNoteNumber,
            DocumentKind.DebitNote => Word.DebitNoteNumber,
            _ => Word.InvoiceNumber,
        };
        var month = invoice.Month;
        List<PaperFact> facts =
        [
            new(words[number], invoice.Number ?? words[Word.StatusPreliminary]),
            new(words[Word.DocumentDate], words.Day(invoice.Date)),
            new(words[Word.Period], words.Days(month)),
        ];
        if (invoice.Credited is { } credited)
        {
            facts.Add(new(words[Word.CreditedReason], words.DisputeReason(credited.Reason)));
        }
        else
        {
            facts.Add(new(words[Word.Terms], words.Fill(Word.NetDays, invoice.TermsDays)));
            facts.Add(new(words[Word.DateDue], words.Day(invoice.Due)));
            facts.Add(new(words[Word.ColumnSessions], words.Whole(invoice.Sessions)));
        }

        facts.Add(new(
            words[Word.TotalWithTax], $"{words.Amount(invoice.Total, Currency.Of(invoice.Currency))} {invoice.Currency}"));
        return facts;
    }

    private static IEnumerable<PaperBlock> Blocks(Invoice invoice, ReferenceBook book, Language words)
    {
        yield return new PaperBlock.Parties(
        [
            PaperParties.Of(book.Party(invoice.Supplier), invoice.Supplier, words[Word.Supplier], words,
                registration => registration.Number is not null && IsNeeded(invoice, registration)),
            PaperParties.Of(book.Party(invoice.Customer), invoice.Customer, words[Word.Recipient], words, _ => false),
        ]);
        if (invoice.Number is null)
        {
            yield return new PaperBlock.Notice(words[Word.PreliminaryInvoiceNotice]);
        }

        if (invoice.Kind != DocumentKind.Invoice)
        {
            yield return new PaperBlock.Paragraph(
                words[invoice.Kind == DocumentKind.DebitNote ? Word.DebitNoteNotice
                    : invoice.Credited is null ? Word.CreditNoteNotice : Word.OwnCreditNoteNotice]);
            yield return new PaperBlock.Facts(Concerns(invoice, words));
        }

        if (invoice.ReverseBilling)
        {
            yield return new PaperBlock.Paragraph(words[Word.ReverseBillingNotice]);
        }

        yield return new PaperBlock.Heading(words.Fill(Word.SupplyDescription, words.Month(invoice.Month)));
        yield return Lines(invoice, words);
        yield return new PaperBlock.Heading(words[Word.TaxesOnDocument]);
        if (invoice.Taxes.Count == 0)
        {
            yield return new PaperBlock.Paragraph(words[Word.NoTaxCharged]);
        }
        else
        {
            yield return Taxes(invoice, words);
        }

        yield return new PaperBlock.Cards([Total(invoice, words)]) { AtRight = true };
    }

    private static IReadOnlyList<PaperFact> Concerns(Invoice invoice, Language words) =>
    [
        .. invoice.Earlier.Select(earlier => new PaperFact(
            words[Word.EarlierDocuments], words.Fill(Word.EarlierDocument, earlier.Number, words.Day(earlier.Date)))),
        .. invoice is { Credited: not null, Earlier: [] }
            ? [new PaperFact(words[Word.EarlierDocuments], words.Fill(Word.EarlierMonth, words.Month(invoice.Month)))]
            : Array.Empty<PaperFact>(),
        .. invoice.Credited is { } credited
            ? [new PaperFact(words[Word.CreditedCdr], credited.Cdr.ToString())]
            : Array.Empty<PaperFact>(),
    ];

    // GST/HST and QST always: a Canadian recipient looks for them; others where their tax is on the document
    private static bool IsNeeded(Invoice invoice, TaxRegistration registration) => registration.Tax is "GST" or "QST"
        || invoice.Taxes.Any(tax => tax.Tax == registration.Tax && tax.Jurisdiction == registration.Jurisdiction);

    private static PaperBlock.Table Lines(Invoice invoice, Language words)
    {
        var currency = Currency.Of(invoice.Currency);
        return new(
            words[Word.ColumnDescription],
            [
                new(words[Word.ColumnDescription]),
                new(words[Word.ColumnQuantity], Figures: true), new(words[Word.ColumnAmount], Figures: true),
            ],
            [
                new(null,
                    [.. invoice.Lines.Select(line => PaperRow.Of(
                        words[ComponentWord(line.Component)],
                        line.Quantity is { } quantity ? $"{words.Number(quantity, 3)}\u00a0{line.Unit}" : "",
                        words.Amount(line.Amount, currency)))],
                    PaperRow.Of(words[Word.SubtotalBeforeTax], "", words.Amount(invoice.Net, currency))),
            ]);
    }

    private static PaperBlock.Table Taxes(Invoice invoice, Language words)
    {
        var currency = Currency.Of(invoice.Currency);
        return new(
            words[Word.TaxesOnDocument],
            [
                new(words[Word.ColumnTaxName]), new(words[Word.ColumnJurisdiction]),
                new(words[Word.ColumnRate], Figures: true), new(words[Word.ColumnTaxableAmount], Figures: true),
                new(words[Word.ColumnRegistration]), new(words[Word.ColumnAmount], Figures: true),
            ],
            [
                new(null,
                    [.. invoice.Taxes.Select(tax => PaperRow.Of(
                        words.Tax(tax.Tax), words.Place(tax.Jurisdiction), words.Rate(tax.Rate),
                        tax.Kwh is { } kwh ? words.Kwh(kwh) + "\u00a0kWh" : words.Amount(tax.Base, currency),
                        Evidence(tax, words), words.Amount(IsCharged(tax) ? tax.Amount : 0, currency)))],
                    PaperRow.Of(words[Word.TotalTax], "", "", "", "", words.Amount(invoice.Tax, currency))),
            ]);
    }

    private static bool IsCharged(InvoiceTax tax) => tax.Disposition == Disposition.Charged;

    /// <summary>By which number it is charged, or why it is not.</summary>
    private static string Evidence(InvoiceTax tax, Language words) => tax switch
    {
        { Disposition: Disposition.Charged, Registration: { } number } => PaperParties.Written(tax.Tax, number),
        { Disposition: Disposition.Charged } => "–",
        { Disposition: Disposition.Exempt, Certificate: { } certificate } => words.Fill(Word.TaxExempt, certificate),
        _ => new PaperTables(words).Treatment(tax.Disposition.ToString()),
    };

    private static PaperCard Total(Invoice invoice, Language words)
    {
        var currency = Currency.Of(invoice.Currency);
        var total = invoice.Kind == DocumentKind.CreditNote ? Word.TotalCredit : Word.TotalWithTax;
        return new PaperCard(
            invoice.Currency,
            [
                new(words[Word.SubtotalBeforeTax], words.Amount(invoice.Net, currency)),
                .. invoice.Taxes.Where(tax => IsCharged(tax) && tax.Amount != 0)
                    .GroupBy(tax => tax.Tax).Select(group => new PaperFact(
                        words.Tax(group.Key), words.Amount(group.Sum(tax => tax.Amount), currency))),
            ],
            new(words[total], words.Amount(invoice.Total, currency)));
    }

    public static Word ComponentWord(ChargeComponent component) => component switch
    {
        ChargeComponent.ENERGY => Word.ComponentEnergy,
        ChargeComponent.TIME => Word.ComponentTime,
        ChargeComponent.PARKING_TIME => Word.ComponentParking,
        ChargeComponent.FLAT => Word.ComponentFlat,
        ChargeComponent.RESERVATION => Word.ComponentReservation,
        _ => throw new InvalidOperationException($"{component} has no name."),
    };
}
