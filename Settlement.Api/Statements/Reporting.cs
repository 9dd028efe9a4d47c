using NodaTime;
using Settlement.Api.Export;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Fx;
using Settlement.Domain.Ledger;
using Settlement.Domain.Payments;
using Settlement.Domain.Statements;

namespace Settlement.Api.Statements;

/// <summary>The monthly report as every format shows it: the totals, and what stands beside them.</summary>
public static class Reporting
{
    /// <summary>The relationships that a report is of, and the home id of whose books it shows.</summary>
    /// <param name="relationship">Only this one; null = all of those parties.</param>
    /// <param name="books">In whose books; null = both sides.</param>
    public static async Task<(IReadOnlyList<string> Tenants, PartyId? Side, Refusal? Refusal)> Reported(
        this Engine engine, string? relationship, PartyId? books, PartyId? partner, CancellationToken stop)
    {
        var (known, side) = await ExportVerb.Tenants(engine, books, partner, stop);
        if (books is not null && known.Count == 0)
        {
            return ([], side, new Refusal("party.unknown", $"{books} has no relationship with anything to settle."));
        }

        return relationship is null ? (known, side, null)
            : known.Contains(relationship, StringComparer.Ordinal) ? ([relationship], side, null)
            : ([], side, new Refusal(
                "relationship.unknown",
                $"No relationship '{relationship}'{(books is null ? "" : $" of {books}")} has anything to settle."));
    }

    /// <param name="tenants">Null = all.</param>
    /// <param name="books">Whose books; null = both sides.</param>
    public static async Task<MonthlyReport> Report(
        this Engine engine, YearMonth month, IReadOnlyList<string>? tenants, PartyId? books, CancellationToken stop)
    {
        var report = await engine.Reports.Report(month, tenants, stop);
        var book = await engine.Books.Current(stop);
        var chosen = report.Positions.Select(position => position.Tenant).ToList();
        var complete = report with
        {
            Ageing = await Aged(engine, report, chosen, stop),
            Conversions = await Conversions(engine, month, chosen, stop),
            Rates = Rates(report, book.Fx),
        };
        if (books is not { } party)
        {
            return complete;
        }

        var (side, ties) = await Side(engine, month, party, chosen, stop);
        return complete with { Side = side, TieOuts = [.. complete.TieOuts, .. ties] };
    }

    private static async Task<IReadOnlyList<AgedDue>> Aged(
        Engine engine, MonthlyReport report, IReadOnlyList<string> tenants, CancellationToken stop) =>
    [
        .. (await engine.Money.Moves(tenants, stop)).SelectMany(moves =>
            Ageing.Of(moves.Moves, report.LastDay).Select(row => new AgedDue(Relationship.Parse(moves.Tenant)!.Value, row))),
    ];

    // only relationships that posted one in the month: the others' statements need not be read
    private static async Task<IReadOnlyList<RelationshipConversion>> Conversions(
        Engine engine, YearMonth month, IReadOnlyList<string> tenants, CancellationToken stop)
    {
        var conversions = new List<RelationshipConversion>();
        foreach (var tenant in await engine.Money.Converting(tenants, month, stop))
        {
            var relationship = Relationship.Parse(tenant)!.Value;
            conversions.AddRange((await engine.Closing.Book(relationship, stop)).Month(month).Issued
                .SelectMany(issued => issued.Draft.Conversions).Select(due => new RelationshipConversion(relationship, due)));
        }

        return conversions;
    }

    private static IReadOnlyList<ReportRate> Rates(MonthlyReport report, FxRates rates)
    {
        const string Base = "CAD";
        return
        [
            .. report.Directions.Select(total => total.Direction.CurrencyCode).Where(code => code != Base)
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(code =>
                {
                    var (rate, refusal) = rates.Find(Currency.Of(code), Currency.Of(Base), report.LastDay);
                    return new ReportRate(code, Base, rate, refusal?.Code);
                }),
        ];
    }

    /// <summary>A party's accounts, and that its postings one by one lead from their opening to their closing balances.</summary>
    private static async Task<(PartySide Side, IReadOnlyList<TieOut> Ties)> Side(
        Engine engine, YearMonth month, PartyId party, IReadOnlyList<string> tenants, CancellationToken stop)
    {
        await using var journal = await JournalExport.Open(engine, month, party, tenants, stop);
        var opening = journal.Opening.ToDictionary(each => (each.Account.Name, each.Currency), each => each.Minor);
        var posted = new Dictionary<(string, string), long>();
        await foreach (var transaction in journal.Transactions(stop))
        {
            foreach (var (account, debit, credit) in transaction.Postings)
            {
                var key = (account.Name, transaction.Currency);
                posted[key] = posted.GetValueOrDefault(key) + debit - credit;
            }
        }

        var accounts = journal.Closing
            .Select(each => new PartyAccount(
                each.Account.Name, each.Currency, opening.GetValueOrDefault((each.Account.Name, each.Currency)), each.Minor))
            .Where(account => account.Opening != 0 || account.Closing != 0 || posted.ContainsKey((account.Account, account.Currency)))
            .ToList();
        return (new PartySide(party, accounts),
        [
            .. accounts.Select(account => new TieOut(
                "Opening balance and postings lead to the closing balance", $"{account.Account} {account.Currency}",
                account.Opening + posted.GetValueOrDefault((account.Account, account.Currency)), account.Closing)),
            .. accounts.GroupBy(account => account.Currency, StringComparer.Ordinal).Select(group => new TieOut(
                $"The books of {party} balance", $"{party} {group.Key}", group.Sum(account => account.Closing), 0)),
        ]);
    }
}
