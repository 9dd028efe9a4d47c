using System.Text.Encodings.Web;
using System.Text.Json;
using NodaTime;
using Settlement.Api.Files;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;
using Settlement.Domain.Periods;
using Settlement.Domain.Statements;
using Settlement.Projections.Statements;

namespace Settlement.Api.Statements;

/// <summary>Issued invoices and notes, each as a document of its own.</summary>
public static class InvoiceFiles
{
    public static readonly IReadOnlyList<string> Formats = ["pdf", "html", "json"];

    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The issued document of a number; null where there is none.</summary>
    public static async Task<(Invoice Invoice, Relationship Relationship)?> Find(
        Engine engine, string number, CancellationToken stop)
    {
        if (await new DocumentQueries(engine.Database).RelationshipOf(number, stop) is not { } relationship)
        {
            return null;
        }

        var periods = await engine.Closing.Book(relationship, stop);
        foreach (var (statement, document, itsNumber) in periods.Documents)
        {
            if (itsNumber == number)
            {
                return (Invoice.Of(statement.Draft, document, number, periods), relationship);
            }
        }

        return await engine.Disputes.Note(relationship, number, stop) is { } note
            ? (OwnCreditNote.Of(note, periods), relationship)
            : null;
    }

    /// <summary>
    /// A document of a month that is not issued, as it would be now: it has no number and says so on every page.
    /// </summary>
    /// <param name="place">1 is the first of its draft.</param>
    public static async Task<(Invoice? Invoice, Refusal? Refusal)> Preliminary(
        Engine engine, Relationship relationship, YearMonth month, int place, CancellationToken stop)
    {
        var (period, draft, refusal) = await engine.Closing.Shown(relationship, month, engine.Now, stop);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        if (draft is null || place < 1 || place > draft.Documents.Count)
        {
            return (null, new Refusal(
                "document.unknown",
                $"{relationship} has {draft?.Documents.Count ?? 0} documents in {month.Text()}; there is no {place}."));
        }

        return period.IsIssued
            ? (null, new Refusal(
                "document.issued", $"It is issued, as {period.Issued[^1].Numbers[place - 1]}: ask for that number."))
            : (Invoice.Of(draft, draft.Documents[place - 1], null, await engine.Closing.Book(relationship, stop)), null);
    }

    /// <summary>Why there is no document of that number, and where to look.</summary>
    public static Refusal Unknown(string number) => new(
        "document.unknown",
        $"No document {number} was issued. One that is only prepared has no number yet: ask for it by its month, "
        + "relationship and place, as in 2026-10/CA-FLO~US-CPI/1.");

    public static void Write(Stream to, string format, Invoice invoice, ReferenceBook book)
    {
        switch (format)
        {
            case "pdf":
                PdfPaper.Write(to, InvoicePaper.Of(invoice, book));
                break;
            case "html":
                HtmlPaper.Write(to, InvoicePaper.Of(invoice, book));
                break;
            case "json":
                Json(to, invoice, book);
                break;
            default:
                throw new InvalidOperationException($"No document is written as {format}.");
        }
    }

    // money as decimal strings; amounts of a credit note are positive, its kind says what they do
    private static void Json(Stream to, Invoice invoice, ReferenceBook book)
    {
        var currency = Currency.Of(invoice.Currency);
        using var json = new Utf8JsonWriter(to, Indented);
        json.WriteStartObject();
        json.WriteString("kind", Kind(invoice.Kind));
        json.WriteString("number", invoice.Number);
        json.WriteBoolean("preliminary", invoice.Number is null);
        json.WriteString("document_date", Figures.Day(invoice.Date));
        json.WriteString("due_date", Figures.Day(invoice.Due));
        json.WriteNumber("terms_days", invoice.TermsDays);
        json.WriteString("month", Projections.Tables.Ids.Text(invoice.Month));
        json.WriteString("currency", invoice.Currency);
        json.WriteBoolean("reverse_billing", invoice.ReverseBilling);
        Party(json, "supplier", invoice.Supplier, book);
        Party(json, "customer", invoice.Customer, book);
        json.WriteNumber("sessions", invoice.Sessions);
        json.WriteStartArray("lines");
        foreach (var line in invoice.Lines)
        {
            json.WriteStartObject();
            json.WriteString("component", line.Component.ToString());
            if (line is { Quantity: { } quantity, Unit: { } unit })
            {
                json.WriteNumber("quantity", quantity);
                json.WriteString("unit", unit);
            }

            json.WriteString("amount", new Money(line.Amount, currency).Text());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Taxes(json, invoice, currency);
        json.WriteStartArray("amends");
        foreach (var earlier in invoice.Earlier)
        {
            json.WriteStartObject();
            json.WriteString("number", earlier.Number);
            json.WriteString("document_date", Figures.Day(earlier.Date));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (invoice.Credited is { } credited)
        {
            json.WriteString("cdr", credited.Cdr.ToString());
            json.WriteString("reason", credited.Reason);
        }

        json.WriteString("net", new Money(invoice.Net, currency).Text());
        json.WriteString("tax", new Money(invoice.Tax, currency).Text());
        json.WriteString("total", new Money(invoice.Total, currency).Text());
        json.WriteEndObject();
    }

    private static void Taxes(Utf8JsonWriter json, Invoice invoice, Currency currency)
    {
        json.WriteStartArray("taxes");
        foreach (var tax in invoice.Taxes)
        {
            json.WriteStartObject();
            json.WriteString("tax", tax.Tax);
            json.WriteString("jurisdiction", tax.Jurisdiction);
            json.WriteString("rate", tax.Rate);
            json.WriteString("disposition", tax.Disposition.ToString());
            json.WriteString("base", new Money(tax.Base, currency).Text());
            if (tax.Kwh is { } kwh)
            {
                json.WriteNumber("kwh", kwh);
            }

            json.WriteString("amount", new Money(tax.Amount, currency).Text());
            json.WriteString("registration", tax.Registration);
            json.WriteString("certificate", tax.Certificate);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Party(Utf8JsonWriter json, string name, PartyId id, ReferenceBook book)
    {
        var party = book.Party(id);
        json.WriteStartObject(name);
        json.WriteString("party", id.ToString());
        json.WriteString("legal_name", party?.LegalName);
        json.WriteStrings("address", party?.Address ?? []);
        json.WriteEndObject();
    }

    /// <summary>As JSON names it.</summary>
    public static string Kind(DocumentKind kind) => kind switch
    {
        DocumentKind.Invoice => "invoice",
        DocumentKind.CreditNote => "credit_note",
        DocumentKind.DebitNote => "debit_note",
        _ => throw new InvalidOperationException($"{kind} has no name."),
    };
}
