using Settlement.Domain.Agreements;

namespace Settlement.Domain.Statements;

/// <summary>
/// A line of the memo that stands where an accrual would: what belongs to the month and is not in its totals, at the
/// value it can be expected to have, before tax. Nothing is posted by it.
/// </summary>
/// <param name="Basis">held-cdr, session-without-cdr or late-cdr.</param>
/// <param name="Reason">Why it is held; the month a late one is settled in.</param>
/// <param name="Method">re-rated, claim, own-cost, posted; none where nothing tells a value.</param>
/// <param name="Amount">In the currency's units, not in minor ones; null where nothing tells it. Late ones: due, with tax.</param>
public sealed record MemoLine(
    string Basis, Relationship Relationship, PartyId Creditor, PartyId Debtor, string Currency, string Reason, long Count,
    string Method, decimal? Amount);

/// <summary>What a month can be expected to come to beside its totals.</summary>
public static class ExpectedValue
{
    public static IReadOnlyList<MemoLine> Of(MonthlyReport report) =>
    [
        .. report.Held.SelectMany(Held),
        .. report.SettledLater.Select(late => new MemoLine(
            "late-cdr", late.Direction.Relationship, late.Direction.Creditor, late.Direction.Debtor,
            late.Direction.CurrencyCode, late.ChargePeriod.Text(), late.Sessions, "posted",
            new Ledger.Money(late.Due, late.Direction.Currency).Amount)),
    ];

    // priced and unpriced apart: a sum of a re-rated price and a claim would say neither
    private static IEnumerable<MemoLine> Held(HeldTotal total)
    {
        var isSession = total.State == "unbilled";
        var line = new MemoLine(
            isSession ? "session-without-cdr" : "held-cdr", total.Relationship, total.Creditor, total.Debtor,
            total.Currency, total.Reason, total.Count - total.Unpriced, isSession ? "own-cost" : "re-rated", total.Expected);
        if (line.Count > 0)
        {
            yield return line;
        }

        if (total.Unpriced > 0)
        {
            yield return line with
            {
                Count = total.Unpriced,
                Method = isSession ? "none" : "claim",
                Amount = isSession ? null : total.UnpricedClaimed,
            };
        }
    }
}
