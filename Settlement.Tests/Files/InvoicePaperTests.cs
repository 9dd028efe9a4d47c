using System.Text;
using NodaTime;
using Settlement.Api.Demo;
using Settlement.Api.Files;
using Settlement.Api.Statements;
using Settlement.Domain.Agreements;
using Settlement.Domain.Periods;
using Settlement.Domain.Statements;
using Settlement.Domain.Tax;

namespace Settlement.Tests.Files;

/// <summary>Invoices and notes carry what their recipients need for input tax credits (SOR/91-45, SOR/91-44).</summary>
public sealed class InvoicePaperTests
{
    private static readonly ReferenceBook Book = new[] { DemoParties.ChargePoint, DemoParties.Flo }.Index().Aggregate(
        ReferenceBook.Empty, (book, each) => book.With(
            new BookFact.PartyRegistered(new Party
            {
                Id = each.Item.Id,
                LegalName = each.Item.LegalName,
                Address = [each.Item.Address],
                Language = each.Item.Id == DemoParties.Flo.Id ? "fr" : "en",
                Registrations = each.Item.Tax.Registrations,
            }),
            each.Index + 1));

    [Fact]
    public void An_invoice_of_500_dollars_and_more_has_every_fact_of_the_regulation()
    {
        var text = Text(ToFlo());
        foreach (var fact in new[]
        {
            "Facture", "No de facture", "CPI-FLO-CAD-2026-0007", // what it is and its number
            "Fournisseur", "ChargePoint, Inc.", "254 East Hacienda Avenue", // supplier
            "TPS/TVH", "700123456 RT 0001", "TVQ", "1200123456 TQ 0001", // its registrations
            "Acquéreur", "Services FLO inc.", // recipient
            "6 novembre 2026", "6 décembre 2026", "Net 30 jours", // date, due date, terms
            "Recharge de véhicules électriques fournie en itinérance, octobre 2026", // description
            "du 1er au 31 octobre 2026", "Énergie", "1\u00a0234,500\u00a0kWh", "Stationnement",
            "Sous-total avant taxes", "1\u00a0000,00", // amounts
            "TPS", "5\u00a0%", "50,00", "TVQ", "9,975\u00a0%", "99,75", "Total des taxes", "149,75", "1\u00a0149,75",
        })
        {
            text.ShouldContain(fact);
        }

        text.ShouldNotContain("PRÉLIMINAIRE");
    }

    [Fact]
    public void A_credit_note_says_what_it_is_and_which_document_it_changes()
    {
        var text = Text(ToFlo() with
        {
            Kind = DocumentKind.CreditNote,
            Number = "CPI-FLO-CAD-2026-0008",
            Earlier = [new("CPI-FLO-CAD-2026-0003", new LocalDate(2026, 10, 6))],
        });
        text.ShouldContain("Note de crédit");
        text.ShouldContain("Le présent document est une note de crédit");
        text.ShouldContain("CPI-FLO-CAD-2026-0003 du 6 octobre 2026");
        text.ShouldContain("700123456 RT 0001");
        text.ShouldContain("Total crédité");
    }

    [Fact]
    public void Reverse_billing_prints_the_suppliers_registration()
    {
        var text = Text(ToFlo() with { ReverseBilling = true });
        text.ShouldContain("autofacturation");
        text.ShouldContain("700123456 RT 0001");
        text.ShouldNotContain("800654321");
    }

    [Fact]
    public void Without_a_number_it_is_marked_preliminary_on_every_page()
    {
        var text = Text(ToFlo() with { Number = null });
        text.ShouldContain("PRÉLIMINAIRE");
        text.ShouldContain("aucun numéro n’a été attribué");
    }

    [Fact]
    public void The_recipient_decides_the_language()
    {
        var text = Text(ToFlo() with { Supplier = DemoParties.Flo.Id, Customer = DemoParties.ChargePoint.Id });
        text.ShouldContain("Invoice no.");
        text.ShouldContain("1,149.75");
        text.ShouldContain("800654321 RT 0001");
    }

    [Fact]
    public void An_exempt_supply_names_its_certificate()
    {
        var text = Text(ToFlo() with
        {
            Customer = DemoParties.ChargePoint.Id,
            Taxes = [new("SALES", "US-NY", "4%", 100_000, null, 0, Disposition.Exempt, null, "CPI-NY-1")],
        });
        text.ShouldContain("exempt, resale certificate CPI-NY-1");
        text.ShouldContain("Sales tax");
        text.ShouldContain("New York");
    }

    [Fact]
    public void Totals_are_sums_of_what_is_shown()
    {
        var invoice = ToFlo();
        (invoice.Net, invoice.Tax, invoice.Total).ShouldBe((100_000, 14_975, 114_975));
    }

    [Fact]
    public void On_paper_it_is_the_same_as_in_the_text()
    {
        using var pdf = new MemoryStream();
        PdfPaper.Write(pdf, InvoicePaper.Of(ToFlo(), Book));
        var page = Tools.Pages(pdf.ToArray()).ShouldHaveSingleItem();
        page.ShouldContain("1 149,75");
        page.ShouldContain("page 1 de 1");
    }

    private static Invoice ToFlo() => new()
    {
        Kind = DocumentKind.Invoice,
        Number = "CPI-FLO-CAD-2026-0007",
        Supplier = DemoParties.ChargePoint.Id,
        Customer = DemoParties.Flo.Id,
        Month = new YearMonth(2026, 10),
        Currency = "CAD",
        Date = new LocalDate(2026, 11, 6),
        Due = new LocalDate(2026, 12, 6),
        Sessions = 88,
        Lines =
        [
            new(ChargeComponent.ENERGY, 1234.5m, "kWh", 90_000),
            new(ChargeComponent.PARKING_TIME, null, null, 10_000),
        ],
        Taxes =
        [
            new("GST", "CA-QC", "5%", 100_000, null, 5_000, Disposition.Charged, "700123456RT0001", null),
            new("QST", "CA-QC", "9.975%", 100_000, null, 9_975, Disposition.Charged, "1200123456TQ0001", null),
        ],
    };

    private static string Text(Invoice invoice)
    {
        using var html = new MemoryStream();
        HtmlPaper.Write(html, InvoicePaper.Of(invoice, Book));
        return System.Net.WebUtility.HtmlDecode(Encoding.UTF8.GetString(html.ToArray()).Split("</style>")[1]);
    }
}
