using NodaTime;
using Settlement.Api.Agreements;
using Settlement.Domain.Agreements;
using Settlement.Domain.Corrections;
using Settlement.Domain.Periods;
using Settlement.Tests.Intake;
using static Settlement.Tests.Payments.MoneyTown;
using static Settlement.Tests.Periods.NovaScotia;

namespace Settlement.Tests.Periods;

/// <summary>A credit note reverses exactly what its invoice charged, tax by tax (rules-money 14 and 20).</summary>
public sealed class CreditNoteLawTests
{
    private static readonly LocalDate FifthOfMay = new(2025, 5, 5);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_invoice_of_April_charges_14_percent_of_57_dollars_and_its_credit_note_the_same()
    {
        await using var town = await Town.Begin();
        await town.Import([Session("A", 57.00m)]);
        await Close(town, March, ThirdOfApril);
        var invoice = (await Statement(town, March)).Draft.Documents.ShouldHaveSingleItem();

        (invoice.Net, invoice.Tax, invoice.Due).ShouldBe((5700, 798, 6498));
        var tax = invoice.Taxes.ShouldHaveSingleItem();
        (tax.Tax, tax.Rate, tax.Base, tax.Amount).ShouldBe(("HST", 0.14m, 5700, 798));

        await town.Import([Credit("A-C", "A", 57.00m, new LocalDate(2025, 4, 20))]);
        await Close(town, April, FifthOfMay);

        var note = (await Statement(town, April)).Draft.Documents.ShouldHaveSingleItem();
        note.Kind.ShouldBe(DocumentKind.CreditNote);
        (note.Net, note.Tax, note.Due).ShouldBe((-5700, -798, -6498));
        var back = note.Taxes.ShouldHaveSingleItem();
        (back.Tax, back.Rate, back.Base, back.Amount).ShouldBe(("HST", 0.14m, -5700, -798));
        await NothingIsLeft(town);
    }

    [Fact]
    public async Task Five_sessions_rounded_once_per_document_come_to_36_73_both_ways()
    {
        await using var town = await Town.Begin();
        await RoundOncePerDocument(town);
        decimal[] dollars = [6.44m, 6.44m, 6.44m, 6.45m, 6.45m];
        await town.Import(dollars.Select((amount, i) => Session($"R{i}", amount, day: 10 + i)));
        await Close(town, March, ThirdOfApril);
        (await Statement(town, March)).Draft.Documents.ShouldHaveSingleItem().Due.ShouldBe(3673); // 32.22 and 14 % of it

        await town.Import(dollars.Select((amount, i) =>
            Credit($"R{i}-C", $"R{i}", amount, new LocalDate(2025, 4, 20), day: 10 + i)));
        await Close(town, April, FifthOfMay);

        (await Statement(town, April)).Draft.Documents.ShouldHaveSingleItem().Due.ShouldBe(-3673);
        await NothingIsLeft(town);
    }

    [Fact]
    public async Task A_credit_that_comes_between_cut_off_and_issue_leaves_nothing_either()
    {
        await using var town = await Town.Begin();
        await town.Import([Session("B", 57.00m)]);
        var closing = town.Engine.Closing;
        await closing.SoftClose(Pair, March, ThirdOfApril.AtMidnight().InUtc().ToInstant(), "ana", Stop);
        (await closing.Prepare(Pair, March, ThirdOfApril, "ana", Stop)).Refusal.ShouldBeNull();
        (await closing.Approve(Pair, March, "bruno", Stop)).ShouldBeNull();
        await town.Import([Credit("B-C", "B", 57.00m, new LocalDate(2025, 4, 4))]);
        (await closing.Issue(Pair, March, "chloe", Stop)).ShouldBeNull();
        await Close(town, April, FifthOfMay);

        (await Statement(town, March)).Draft.Documents.ShouldHaveSingleItem().Due.ShouldBe(6498);
        (await Statement(town, April)).Draft.Documents.ShouldHaveSingleItem().Due.ShouldBe(-6498);
        await NothingIsLeft(town);
        (await town.Rebuild()).ShouldAllBe(tenant => tenant.IsEqual);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task A_document_of_nothing_is_issued_only_where_the_agreement_says_so(bool issues, int documents)
    {
        await using var town = await Town.Begin(terms => terms with { IssuesZeroDocuments = issues });
        await town.Import([FreeSession("F", 20m)]);
        await Close(town, March, ThirdOfApril);

        var statement = await Statement(town, March);
        statement.Numbers.Count.ShouldBe(documents);
        statement.Draft.Lines.ShouldBe(1);
        await TiesOut(town);
    }

    [Fact]
    public async Task The_preview_of_a_correction_is_what_is_posted_with_what_stands_beside_the_entry()
    {
        await using var town = await Town.Begin();
        await town.Import([Session("A", 57.00m)]);
        await Close(town, March, ThirdOfApril);
        var supplier = (await town.Engine.Books.Current(Stop)).Party(Cpo)!;
        BookFact fact = new BookFact.PartyRegistered(supplier with
        {
            Registrations = [.. supplier.Registrations.Select(one => one with { Number = null })],
        });
        await town.Engine.Books.Record([(ReferenceFiles.Stream(fact), fact)], "test", Stop);
        var corrections = town.Engine.Corrections;

        var (correction, refusal) = await corrections.Propose(
            Pair, new CorrectionSelection(Month: March), "US-CPI was not registered", null, "ana", Stop);

        refusal.ShouldBeNull();
        var effect = correction!.Proposed.Effect.ShouldHaveSingleItem();
        (effect.Net, effect.Tax, effect.Due).ShouldBe((0, -798, -798));
        await corrections.Approve(Pair, correction.Proposed.Id, "bruno", Stop);
        await corrections.Approve(Pair, correction.Proposed.Id, "chloe", Stop);
        (await corrections.Apply(Pair, correction.Proposed.Id, "ana", Stop)).Applied!.Corrected.ShouldBe(1);
        await TiesOut(town);
        (await town.Count("select sum(debit - credit)::bigint from balances where account like 'due:%' and period <> '2025-03'"))
            .ShouldBe(-798);
    }

    // no account of what was charged has a balance, and no document is open
    private static async Task NothingIsLeft(Town town)
    {
        await TiesOut(town);
        (await town.Count(
            """
            select count(*) from (
              select account from balances where account like 'due:%' or account like 'tax:%' or account like 'charge:%'
              group by 1 having sum(debit) <> sum(credit)) left_over
            """)).ShouldBe(0);
        (await town.Engine.Payments.Open(Pair, null, Stop)).All.ShouldAllBe(item => item.Open == 0);
    }
}
