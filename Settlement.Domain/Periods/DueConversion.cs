using Settlement.Domain.Agreements;
using Settlement.Domain.Fx;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Periods;

/// <summary>
/// Carries every due over into the agreement's settlement currency (rules-money 26): the rate of the document date,
/// except that a credit of a converted document goes at that document's rate (rules-money 14). One rounding each.
/// </summary>
internal static class DueConversion
{
    public static (IReadOnlyList<ConvertedDue> Conversions, Refusal? Refusal) Of(
        StatementDraft draft, IReadOnlyList<AccountRoll> rolls, StatementTerms terms)
    {
        if (terms.Agreement.SettlementCurrency is not { } to)
        {
            return ([], null);
        }

        var (a, b) = (draft.Relationship.A, draft.Relationship.B);
        var conversions = new List<ConvertedDue>();
        foreach (var from in rolls.Select(roll => roll.Currency).Distinct(StringComparer.Ordinal)
            .Where(currency => currency != to).Order(StringComparer.Ordinal))
        {
            foreach (var (debtor, creditor) in new[] { (a, b), (b, a) })
            {
                var left = StatementBalances.Closing(rolls, Account.Due(debtor, creditor), from);
                foreach (var (amended, earlier) in Earlier(draft, terms.Periods, debtor, creditor, from, to))
                {
                    left -= amended.Due;
                    conversions.Add(Converted(
                        debtor, creditor, amended.Due, earlier.Rate, $"rate of {amended.Number}, which this takes back"));
                }

                if (left == 0)
                {
                    continue;
                }

                var (rate, refusal) = terms.Book.Fx.Find(
                    Currency.Of(from), Currency.Of(to), terms.DocumentDate,
                    new FxLookup(MaximumAgeDays: terms.Agreement.FxMaximumAgeDays, AsOf: terms.Book.Number));
                if (rate is null)
                {
                    return ([], refusal);
                }

                conversions.Add(Converted(debtor, creditor, left, rate, rate.Path));
            }
        }

        return (conversions, null);
    }

    private static IEnumerable<(AmendedDocument Amended, ConvertedDue Earlier)> Earlier(
        StatementDraft draft, PeriodBook periods, PartyId debtor, PartyId creditor, string currency, string to)
    {
        var notes = draft.Documents.Where(document =>
            document.Supplier == creditor && document.Customer == debtor && document.Currency == currency);
        foreach (var amended in notes.SelectMany(document => document.Amends))
        {
            var statement = periods.Documents.First(each => each.Number == amended.Number).Statement;
            if (statement.Draft.Conversions.FirstOrDefault(due =>
                due.Debtor == debtor && due.Creditor == creditor && due.From == currency && due.To == to) is { } earlier)
            {
                yield return (amended, earlier);
            }
        }
    }

    private static ConvertedDue Converted(PartyId debtor, PartyId creditor, long amount, FxRate rate, string because)
    {
        var conversion = Conversion.Of(new Money(amount, rate.From), rate);
        return new ConvertedDue(
            debtor, creditor, rate.From.Code, amount, rate.To.Code, conversion.To.Minor, rate.Shown, rate.Requested,
            rate.Legs, conversion.Dropped, because);
    }
}
