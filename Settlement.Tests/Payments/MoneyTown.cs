using System.Globalization;
using System.Text.Json;
using NodaTime;
using Settlement.Api;
using Settlement.Api.Demo;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Payments;
using Settlement.Tests.Intake;

namespace Settlement.Tests.Payments;

/// <summary>A town with a month to close, and what tests of money ask of it.</summary>
internal static class MoneyTown
{
    public static readonly YearMonth October = new(2026, 10);
    public static readonly LocalDate Third = new(2026, 11, 3);
    public static readonly Relationship Pair = Relationship.Parse("CA-FLO~US-CPI")!.Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A town whose October was issued with these documents in it.</summary>
    public static async Task<Town> Issued(IEnumerable<DemoDocument> documents)
    {
        var town = await Town.Begin();
        await town.Import(documents);
        await Close(town.Engine, October, Third);
        return town;
    }

    public static Task Close(Town town, YearMonth month, LocalDate date) => Close(town.Engine, month, date);

    /// <summary>Three people, from the soft close to the issue.</summary>
    public static async Task Close(Engine engine, YearMonth month, LocalDate date)
    {
        var closing = engine.Closing;
        var over = date.AtMidnight().InUtc().ToInstant();
        Refusal?[] answers =
        [
            await closing.SoftClose(Pair, month, over, "ana", Stop),
            (await closing.Prepare(Pair, month, date, "ana", Stop)).Refusal,
            await closing.Approve(Pair, month, "bruno", Stop),
            await closing.Issue(Pair, month, "chloe", Stop),
        ];
        answers.ShouldAllBe(refusal => refusal == null);
    }

    /// <summary>One asks and two approve.</summary>
    public static async Task Reopen(Town town, YearMonth month)
    {
        var closing = town.Engine.Closing;
        Refusal?[] answers =
        [
            await closing.ProposeReopen(Pair, month, "a lost file", "ana", Stop),
            await closing.ApproveReopen(Pair, month, "bruno", Stop),
            await closing.ApproveReopen(Pair, month, "chloe", Stop),
        ];
        answers.ShouldAllBe(refusal => refusal == null);
    }

    /// <summary>A CDR and its credit, each as it is sent.</summary>
    public static (DemoDocument Original, DemoDocument Credit, CdrKey Key) CreditStory(IEnumerable<DemoDocument> documents)
    {
        var story = documents.Where(document => document.Story == DemoStory.Credit).ToList();
        return (story[0], story[1], Key(story[0]));
    }

    public static CdrKey Key(DemoDocument document)
    {
        using var json = JsonDocument.Parse(document.Json);
        var root = json.RootElement;
        return new CdrKey(
            PartyId.Of(root.GetProperty("country_code").GetString(), root.GetProperty("party_id").GetString())!.Value,
            root.GetProperty("id").GetString()!);
    }

    /// <summary>Everything posted under a CDR's id, its credit and what stands beside it: account and balance.</summary>
    public static async Task<Dictionary<string, long>> Balances(Town town, CdrKey cdr, string creditId)
    {
        await using var command = town.Engine.Database.CreateCommand(
            """
            select account, sum(debit - credit)::bigint from (
              select p.account, p.debit, p.credit from ledger_postings p
              join ledger_entries e using (tenant_id, generation, seq_id) where lower(e.cdr_id) in (lower($1), lower($2))
              union all
              select account, debit, credit from journal_lines where lower(cdr_id) = lower($1)) x
            group by 1 having sum(debit - credit) <> 0
            """);
        command.Parameters.Add(new() { Value = cdr.Id });
        command.Parameters.Add(new() { Value = creditId });
        var balances = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        while (await reader.ReadAsync(Stop))
        {
            balances.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return balances;
    }

    public static Payment Payment(string id, OpenItem item, long amount, string reference = "") =>
        new(id, item.Debtor, item.Creditor, item.Currency, amount, new LocalDate(2026, 11, 20), reference);

    /// <summary>The ledger against itself, and open items against the ledger.</summary>
    public static async Task TiesOut(Town town)
    {
        (await town.Engine.Payments.TieOuts(Pair, Stop)).Where(tie => !tie.Holds).ShouldBeEmpty();
        (await town.Engine.LedgerChecks.Run(Stop)).Where(tie => !tie.Holds).ShouldBeEmpty();
    }

    public static string Text(long minor, string currency) =>
        new Money(minor, Currency.Of(currency)).Amount.ToString(CultureInfo.InvariantCulture);
}
