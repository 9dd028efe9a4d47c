using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Periods;
using Settlement.Domain.Statements;
using Period = NodaTime.Period;

namespace Settlement.Api.Statements;

/// <summary>All that a statement's document tells: the figures, the parties, and the proof that its detail file gives.</summary>
/// <param name="Rolls">How each account of the relationship got from its opening to its closing balance.</param>
public sealed record StatementDocument(
    Statement Statement, ReferenceBook Book, DetailFile Detail, IReadOnlyList<AccountRoll> Rolls)
{
    /// <summary>What it is called; the files of it are named so too.</summary>
    public required string Name { get; init; }

    /// <summary>Null while it is preliminary.</summary>
    public StatementIssue? Issue { get; init; }

    public MonthIssued Issued { get; init; } = MonthIssued.Nothing;

    /// <summary>The month was opened again after this went out.</summary>
    public bool IsReopened { get; init; }

    public IReadOnlyList<Invoice> Invoices => Issued.Documents;

    public Language Words => Language.Of(Book.Party(Statement.To)?.Language);

    /// <summary>Per currency how the addressee stands with the counterparty.</summary>
    public IReadOnlyList<PartnerBalance> Balances
    {
        get
        {
            var dues = new DueRoll(Rolls).Rows.Where(row => !row.IsDisputed).ToList();
            return
            [
                .. Statement.Balance.Select(balance => balance.Currency).Concat(dues.Select(due => due.Currency))
                    .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(currency =>
                    {
                        var (_, receivable, payable, _) =
                            Statement.Balance.FirstOrDefault(balance => balance.Currency == currency);
                        return new PartnerBalance(
                            currency, Net(currency, amounts => amounts[0]), receivable, payable,
                            Net(currency, amounts => amounts[^1]));
                    }),
            ];

            long Net(string currency, Func<IReadOnlyList<long>, long> of) => dues
                .Where(due => due.Currency == currency)
                .Sum(due => due.Creditor == Book.Home(Statement.To).ToString() ? of(due.Amounts) : -of(due.Amounts));
        }
    }

    /// <summary>The statement reached by other ways: its detail file, its own parts.</summary>
    public IReadOnlyList<TieOut> TieOuts
    {
        get
        {
            var words = Words;
            var ties = new List<TieOut>();
            foreach (var (direction, sums) in Statement.Directions)
            {
                var detail = Detail.Sums.GetValueOrDefault((direction.Creditor, direction.Debtor, direction.CurrencyCode));
                var subject = $"{direction.Debtor}{PaperTables.Arrow}{direction.Creditor} {direction.CurrencyCode}";
                ties.Add(new(words[Word.TieDetailNet], subject, sums.Net, detail.Net));
                ties.Add(new(words[Word.TieDetailTax], subject, sums.Tax, detail.Tax));
                ties.Add(new(words[Word.TieDetailDue], subject, sums.Due, detail.Due));
                ties.Add(new(words[Word.TieTaxTable], subject, sums.Tax, Statement.Taxes
                    .Where(tax => tax.Direction == direction && PaperTables.IsCharged(tax)).Sum(tax => tax.Amount)));
            }

            ties.Add(new(words[Word.TieDetailRows], Detail.Name, Statement.Places.Sum(place => place.Sums.Entries), Detail.Entries));

            return ties;
        }
    }
}

/// <summary>What a party is owed and owes, minor units; positive = in its favour.</summary>
/// <param name="Opening">Left from before the month.</param>
/// <param name="Receivable">What the month's CDRs make the counterparty owe it.</param>
/// <param name="Payable">What they make it owe.</param>
/// <param name="Closing">What is left after everything posted to the month.</param>
public sealed record PartnerBalance(string Currency, long Opening, long Receivable, long Payable, long Closing)
{
    /// <summary>Payments, disputes, set-off.</summary>
    public long Others => Closing - Opening - Receivable + Payable;
}

/// <summary>What issuing adds.</summary>
/// <param name="TermsDays">Days from the document date to the due date.</param>
/// <param name="DisputesUntil">Last day of the dispute window.</param>
public sealed record StatementIssue(
    LocalDate On, LocalDate Due, int TermsDays, string MerkleRoot, string? PreviousRoot, LocalDate DisputesUntil)
{
    public static StatementIssue Of(StatementDraft draft, Agreement agreement) => new(
        draft.DocumentDate, draft.DueDate, Period.DaysBetween(draft.DocumentDate, draft.DueDate), draft.MerkleRoot,
        draft.PreviousRoot.Length > 0 ? draft.PreviousRoot : null,
        draft.DocumentDate.PlusDays(agreement.DisputeWindowDays));
}

/// <summary>The detail file that belongs to a statement: same lines, same bytes, same digest.</summary>
/// <param name="Sha256">Of the CSV, in hex.</param>
/// <param name="Sums">Of its rows, by creditor, debtor and currency.</param>
public sealed record DetailFile(
    string Name, long Rows, string Sha256,
    IReadOnlyDictionary<(PartyId Creditor, PartyId Debtor, string Currency), (long Net, long Tax, long Due)> Sums)
{
    /// <summary>Rows that are entries of CDRs; the others stand beside them.</summary>
    public required long Entries { get; init; }
}
