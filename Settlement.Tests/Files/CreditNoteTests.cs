using System.Text;
using System.Text.Json;
using NodaTime;
using Settlement.Api.Disputes;
using Settlement.Api.Statements;
using Settlement.Domain.Agreements;
using Settlement.Domain.Disputes;
using Settlement.Domain.Periods;
using Settlement.Domain.Statements;
using Settlement.Tests.Intake;
using static Settlement.Tests.Payments.MoneyTown;

namespace Settlement.Tests.Files;

/// <summary>
/// Our own credit note as a document and on the statement of its month (rules-money 19, 24; SOR/91-44 s. 3), and what a
/// reopened month prints (rules-money 21).
/// </summary>
public sealed class CreditNoteTests
{
    private static readonly LocalDate Day = new(2026, 11, 22);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_printed_with_the_facts_of_the_regulation_and_listed_on_the_statement_of_its_month()
    {
        var documents = Town.Month(400);
        var (original, _, cdr) = CreditStory(documents);
        await using var town = await Issued(
            documents.Where(document => document.Story != Api.Demo.DemoStory.Credit).Append(original));
        var note = await Credited(town, cdr);

        var (invoice, _) = (await InvoiceFiles.Find(town.Engine, note.Number, Stop))!.Value;
        var invoiced = (await town.Engine.Closing.Book(Pair, Stop)).DocumentOf(
            October, note.Cdr.Entry, note.Cdr.Creditor, note.Cdr.Currency);
        (invoice.Kind, invoice.Total, invoice.Tax).ShouldBe((DocumentKind.CreditNote, 300L, -note.Taxes.Sum(tax => tax.Amount)));
        invoice.Earlier.ShouldBe([new EarlierInvoice(invoiced!, Third)]);
        var book = await town.Engine.Books.Current(Stop);
        foreach (var format in InvoiceFiles.Formats)
        {
            var bytes = Cultures.Three.Select(culture => Cultures.In(culture, () => Written(format, invoice, book))).ToList();
            bytes.ShouldAllBe(file => file.SequenceEqual(bytes[0]));
        }

        var text = Encoding.UTF8.GetString(Written("html", invoice, book));
        foreach (var fact in new[]
        {
            note.Number, invoiced!, cdr.ToString(), "3", book.Party(note.Cdr.Creditor)!.LegalName, book.Party(note.Cdr.Debtor)!.LegalName,
        })
        {
            text.ShouldContain(fact);
        }

        using var json = JsonDocument.Parse(Written("json", invoice, book));
        (json.RootElement.GetProperty("total").GetString(), json.RootElement.GetProperty("reason").GetString())
            .ShouldBe(("3.00", "AMOUNT_DIFFERS"));
        (await MonthIssued.Of(town.Engine, Pair, October, Stop)).Documents.ShouldNotContain(document => document.Number == note.Number);
        var month = note.On.ToYearMonth(); // it is credited today
        (await MonthIssued.Of(town.Engine, Pair, month, Stop)).Documents.Select(document => document.Number).ShouldBe([note.Number]);
        var statement = Encoding.UTF8.GetString(await Statement(town, month, "html"));
        statement.ShouldContain(note.Number);
        statement.ShouldContain("withheld in dispute");
        (await Statement(town, October, "json")).AsSpan().IndexOf(Encoding.UTF8.GetBytes(note.Number)).ShouldBe(-1);
    }

    [Fact]
    public async Task Prepared_it_has_no_number_and_is_asked_for_by_its_place_issued_it_has_one()
    {
        await using var town = await Town.Begin();
        await town.Import(Town.Month(120));
        var (invoice, refusal) = await InvoiceFiles.Preliminary(town.Engine, Pair, October, 1, Stop);
        refusal.ShouldBeNull();
        invoice!.Number.ShouldBeNull();
        Encoding.UTF8.GetString(Written("html", invoice, await town.Engine.Books.Current(Stop))).ShouldContain(invoice.Customer == Pair.A ? "PRÉLIMINAIRE" : "PRELIMINARY");
        (await InvoiceFiles.Preliminary(town.Engine, Pair, October, 9, Stop)).Refusal!.Code.ShouldBe("document.unknown");

        await Close(town, October, Third);

        (await InvoiceFiles.Preliminary(town.Engine, Pair, October, 1, Stop)).Refusal!.Code.ShouldBe("document.issued");
        (await InvoiceFiles.Find(town.Engine, "INV-CA-FLO-US-CPI-000009", Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task Reopened_it_is_preliminary_again_and_every_version_keeps_its_root()
    {
        var documents = Town.Month(120);
        await using var town = await Issued(documents.Take(100));
        await Reopen(town, October);
        await town.Import(documents.Skip(100));

        var open = Encoding.UTF8.GetString(await Statement(town, October, "html"));
        open.ShouldContain("PRELIMINARY");
        await Close(town, October, Third);

        var versions = (await MonthIssued.Of(town.Engine, Pair, October, Stop)).Versions;
        versions.Count.ShouldBe(2);
        versions[1].Draft.PreviousRoot.ShouldBe(versions[0].Draft.MerkleRoot);
        var text = Encoding.UTF8.GetString(await Statement(town, October, "html"));
        versions.ShouldAllBe(version => text.Contains(version.Draft.MerkleRoot));
        text.ShouldNotContain("PRELIMINARY");
        using var json = JsonDocument.Parse(await Statement(town, October, "json"));
        json.RootElement.GetProperty("versions").EnumerateArray().Select(each => each.GetProperty("merkle_root").GetString())
            .ShouldBe(versions.Select(version => version.Draft.MerkleRoot));
    }

    private static async Task<DisputeFact.CreditNoteIssued> Credited(Town town, Domain.Intake.CdrKey cdr)
    {
        var desk = town.Engine.Disputes;
        (await desk.Open(Pair, new DisputeAsked(cdr, "AMOUNT_DIFFERS", 500, null, "the display said less"), Day, "ana", Stop)).ShouldBeNull();
        (await DisputeSteps.Take(town.Engine, Pair, cdr, new DisputeStep("uphold", "3.00", "as agreed", ""), "ana", Stop)).ShouldBeNull();
        (await DisputeSteps.Take(town.Engine, Pair, cdr, new DisputeStep("credit", null, "as agreed", ""), "bruno", Stop)).ShouldBeNull();
        return (await desk.Note(Pair, (await desk.Find(Pair, cdr, Stop)).Dispute.Notes[0], Stop))!;
    }

    private static byte[] Written(string format, Invoice invoice, ReferenceBook book)
    {
        using var file = new MemoryStream();
        InvoiceFiles.Write(file, format, invoice, book);
        return file.ToArray();
    }

    private static async Task<byte[]> Statement(Town town, YearMonth month, string format)
    {
        var agreement = (await town.Engine.Books.Agreements(Pair.ToString(), Stop)).Versions[^1];
        await using var reading = await town.Engine.Reports.Reading(Pair.B, Pair.A, month, agreement, Stop);
        using var file = new MemoryStream();
        await StatementFiles.Write(file, format, reading, town.Engine, null, Stop);
        return file.ToArray();
    }
}
