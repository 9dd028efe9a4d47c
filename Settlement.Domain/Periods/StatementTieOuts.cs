using Settlement.Domain.Statements;

namespace Settlement.Domain.Periods;

/// <summary>Tie-outs that need no more than the draft and numbers reached another way.</summary>
public static class StatementTieOuts
{
    /// <summary>T1: opening and movements make the closing balance of each account.</summary>
    public static IEnumerable<TieOut> Rolls(StatementDraft draft) => draft.Accounts.Select(roll => new TieOut(
        "T1 Opening + movements = closing", $"{roll.Account} {roll.Currency}",
        roll.Opening + roll.Moves.Sum(move => move.Amount), roll.Closing));

    /// <summary>T2: the statement's closing balances are the ledger's, with what issuing will post.</summary>
    /// <param name="ledger">As the ledger has them before issuing.</param>
    public static IEnumerable<TieOut> Ledger(StatementDraft draft, IReadOnlyList<AccountRoll> ledger)
    {
        var posted = StatementEntries.Of(draft)
            .SelectMany(entry => entry.Lines.Select(line => (entry.Currency, line.Posting)))
            .ToLookup(
                each => (each.Posting.Account.Name, each.Currency), each => each.Posting.Debit - each.Posting.Credit);
        return draft.Accounts.Where(roll => roll.Account.StartsWith("due:", StringComparison.Ordinal))
            .Select(roll => new TieOut(
                "T2 Statement's closing balance = ledger", $"{roll.Account} {roll.Currency}", roll.Closing,
                (ledger.FirstOrDefault(own => own.Account == roll.Account && own.Currency == roll.Currency)?.Closing ?? 0)
                + posted[(roll.Account, roll.Currency)].Sum()));
    }

    /// <summary>T3: the documents are their detail lines; what the document date changes comes on top.</summary>
    /// <param name="direction">creditor debtor currency.</param>
    /// <param name="sums">Sessions, kWh, net, tax and due of the detail lines.</param>
    public static IEnumerable<TieOut> Detail(StatementDraft draft, string direction, IReadOnlyList<decimal> sums)
    {
        var own = draft.Documents.Select((document, i) => (document, i)).Concat(draft.WithoutAmount.Select(document => (document, i: -1)))
            .Where(each => $"{each.document.Supplier} {each.document.Customer} {each.document.Currency}" == direction).ToList();
        var changed = draft.TaxChanges.Where(change => own.Exists(each => each.i == change.Document))
            .Sum(change => change.Tax.Amount);
        return
        [
            Tie("sessions", own.Sum(each => each.document.Sessions), sums[0]),
            Tie("kWh", own.Sum(each => each.document.EnergyKwh), sums[1]),
            Tie("net", own.Sum(each => each.document.Net), sums[2]),
            Tie("tax", own.Sum(each => each.document.Tax) - changed, sums[3]),
            Tie("due", own.Sum(each => each.document.Due) - changed, sums[4]),
        ];

        TieOut Tie(string what, decimal documents, decimal lines) =>
            new($"T3 Documents = detail lines: {what}", direction, documents, lines);
    }

    /// <summary>T10: this month opens with what the month issued before it closed with.</summary>
    public static IEnumerable<TieOut> Openings(StatementDraft draft, PeriodBook book)
    {
        var before = book.Months.Values.LastOrDefault(month => month.Month < draft.Month && !month.Issued.IsEmpty);
        return before is null
            ? []
            : before.Issued[^1].Draft.Accounts.Where(roll => roll.Account.StartsWith("due:", StringComparison.Ordinal))
                .Select(roll => new TieOut(
                    $"T10 Closing of {before.Month.Text()} = opening of {draft.Month.Text()}",
                    $"{roll.Account} {roll.Currency}", roll.Closing + Since(book, before, roll),
                    draft.Accounts.FirstOrDefault(own => own.Account == roll.Account && own.Currency == roll.Currency)
                        ?.Opening ?? 0));
    }

    // An older month that was issued, or issued again, after that one moved the balance without it.
    private static long Since(PeriodBook book, Period before, AccountRoll roll)
    {
        var issuedAt = before.IssuedUpTo;
        return book.Months.Values.Where(month => month.Month < before.Month && month.IssuedUpTo > issuedAt)
            .Sum(month => Move(month.Issued[^1]) - Move(month.Issued.FindLast(own => own.Draft.CutOff <= issuedAt)));

        long Move(IssuedStatement? issued) => issued is null ? 0 : issued.Draft.Accounts
            .Where(own => own.Account == roll.Account && own.Currency == roll.Currency)
            .Sum(own => own.Closing - own.Opening);
    }
}
