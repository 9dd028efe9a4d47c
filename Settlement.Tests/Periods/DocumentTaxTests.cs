using NodaTime;
using Settlement.Api.Agreements;
using Settlement.Api.Demo;
using Settlement.Domain.Agreements;
using Settlement.Domain.Periods;
using Settlement.Domain.Tax;
using Settlement.Tests.Intake;

namespace Settlement.Tests.Periods;

/// <summary>What issuing changes: tax rounded once per document, another tax point, one settlement currency.</summary>
public sealed class DocumentTaxTests
{
    private static readonly YearMonth October = new(2026, 10);
    private static readonly LocalDate Third = new(2026, 11, 3);
    private static readonly Relationship Pair = Relationship.Parse("CA-FLO~US-CPI")!.Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // Excise Tax Act s.165.2: the tax of a document may be computed on its total (rules-money 18).
    [Fact]
    public async Task Tax_rounded_once_per_document_is_shared_over_CDRs_and_posted_at_issue()
    {
        await using var town = await Town.Begin();
        await Elect(town);
        await town.Import(Town.Month(400));
        var draft = await Prepare(town, October, Third);
        draft.TaxChanges.ShouldNotBeEmpty();
        draft.TaxChanges.ShouldAllBe(change => change.Cause == TaxChangeCause.DocumentRounding);
        foreach (var document in draft.Documents)
        {
            foreach (var tax in document.Taxes.Where(tax => tax is { Tax: "GST" or "HST", Rate: not null }))
            {
                // an accountant's check: rate × base, rounded once; credits inside the month cancel exactly
                ((decimal)tax.Amount).ShouldBe(decimal.Round(tax.Base * tax.Rate!.Value, 0, MidpointRounding.AwayFromZero));
            }
        }

        await Finish(town, October);
        (await town.Count("select count(*) from journal_lines where kind = 'rounding'")).ShouldBe(2 * draft.TaxChanges.Count);
        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);
        (await town.Engine.Closing.TieOuts(draft, Stop)).Where(tie => tie.Name.StartsWith("T6", StringComparison.Ordinal))
            .ShouldAllBe(tie => tie.Holds);
    }

    // Rule 14: a credit takes back its CDR's share of document rounding too, to the cent.
    [Fact]
    public async Task A_credit_takes_back_the_share_of_document_rounding()
    {
        await using var town = await Town.Begin();
        await Elect(town);
        var documents = Town.Month(600);
        var credits = documents.Where(document => document.Story == DemoStory.CreditFirst || document.Story == DemoStory.Credit)
            .GroupBy(document => Key(document.Json, "session_id"), StringComparer.Ordinal).Select(group => group.ToList()).ToList();
        var originals = credits.Select(group => group.First(document => !IsCredit(document))).ToList();
        await town.Import(documents.Where(document => !credits.SelectMany(group => group).Contains(document)).Concat(originals));
        var draft = await Prepare(town, October, Third);
        var shared = draft.TaxChanges.Select(change => change.CdrId).ToHashSet(StringComparer.Ordinal);
        await Finish(town, October);

        await town.Import(credits.Select(group => group.First(IsCredit)));

        var taken = originals.Select(document => Key(document.Json, "id")).Where(shared.Contains).ToList();
        (await town.Count("select count(distinct cdr_id) from journal_lines where kind = 'taken-back'")).ShouldBe(taken.Count);
        // everything under a credited id is gone: its own entry, its credit, its share
        (await town.Count(
            """
            select count(*) from (
              select c.stream from cdrs c
              join journal_lines j on j.stream = c.stream and c.state = 'credited'
              group by c.stream having sum(j.debit) filter (where j.account like 'due:%') <> sum(j.credit) filter (where j.account like 'due:%')) left_over
            """)).ShouldBe(0);
        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);
    }

    // Rule 26: two linked entries through fx, one rounding at the end; the rate is printed with its source.
    [Fact]
    public async Task One_settlement_currency_converts_every_due_at_the_rate_of_the_document_date()
    {
        await using var town = await Town.Begin(terms => terms with { SettlementCurrency = "CAD" });
        await town.Import(Town.Month(200));
        (await town.Engine.Closing.SoftClose(Pair, October, Instant.FromUtc(2026, 11, 3, 15, 0), "ana", Stop)).ShouldBeNull();
        var (_, missing) = await town.Engine.Closing.Prepare(Pair, October, Third, "ana", Stop);
        missing!.Code.ShouldBe("fx.unavailable");

        await Rate(town, new LocalDate(2026, 11, 2), "1.4049");
        var draft = await Prepare(town, October, Third);

        draft.Conversions.ShouldNotBeEmpty();
        foreach (var due in draft.Conversions)
        {
            due.Shown.ShouldBe(1.4049m);
            due.Converted.ShouldBe((long)decimal.Round(due.Amount * 1.4049m, 0, MidpointRounding.AwayFromZero));
            due.Because.ShouldContain("FXUSDCAD");
        }

        draft.Netting.ShouldHaveSingleItem().Currency.ShouldBe("CAD");
        await Finish(town, October);
        (await town.Count("select sum(debit - credit)::bigint from balances where account like 'due:%' and currency = 'USD'")).ShouldBe(0);
        (await town.Engine.LedgerChecks.Run(Stop)).ShouldAllBe(tie => tie.Holds);
    }

    private static async Task Elect(Town town)
    {
        var book = await town.Engine.Books.Current(Stop);
        var election = new DatedElection("GST", "CA", null, null, new RoundingElection { PerDocument = true });
        foreach (var party in book.AllParties)
        {
            BookFact fact = new BookFact.PartyRegistered(party with { Elections = [election] });
            await town.Engine.Books.Record([(ReferenceFiles.Stream(fact), fact)], "test", Stop);
        }
    }

    private static async Task Rate(Town town, LocalDate day, string value)
    {
        BookFact fact = new BookFact.FxObserved("USD/CAD", "FXUSDCAD", "Bank of Canada", day, value, "00", Instant.FromUtc(2026, 11, 3, 0, 0));
        await town.Engine.Books.Record([(ReferenceFiles.Stream(fact), fact)], "test", Stop);
    }

    private static async Task<StatementDraft> Prepare(Town town, YearMonth month, LocalDate date)
    {
        var closing = town.Engine.Closing;
        await closing.SoftClose(Pair, month, Instant.FromUtc(2026, 11, 3, 15, 0), "ana", Stop); // or it was before
        var (draft, refusal) = await closing.Prepare(Pair, month, date, "ana", Stop);
        refusal.ShouldBeNull();
        return draft!;
    }

    private static async Task Finish(Town town, YearMonth month)
    {
        var closing = town.Engine.Closing;
        (await closing.Approve(Pair, month, "bruno", Stop)).ShouldBeNull();
        (await closing.Issue(Pair, month, "chloe", Stop)).ShouldBeNull();
    }

    private static bool IsCredit(DemoDocument document)
    {
        using var cdr = System.Text.Json.JsonDocument.Parse(document.Json);
        return cdr.RootElement.TryGetProperty("credit", out var credit) && credit.GetBoolean();
    }

    private static string Key(ReadOnlyMemory<byte> json, string name)
    {
        using var cdr = System.Text.Json.JsonDocument.Parse(json);
        return cdr.RootElement.GetProperty(name).GetString()!;
    }
}
