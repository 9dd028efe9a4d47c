using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Statements;

namespace Settlement.Api.Statements;

/// <summary>All that a statement's document tells: the figures, the parties, and the proof that its detail file gives.</summary>
public sealed record StatementDocument(Statement Statement, ReferenceBook Book, DetailFile Detail)
{
    /// <summary>Only this currency where one was asked for.</summary>
    public string? Currency { get; init; }

    /// <summary>Null while it is preliminary.</summary>
    public StatementIssue? Issue { get; init; }

    public IReadOnlyList<Invoice> Invoices { get; init; } = [];

    public Language Words => Language.Of(Book.Party(Statement.To)?.Language);

    /// <summary>Its number, or for a preliminary one what identifies it: month, addressee, counterparty.</summary>
    public string Name => Issue?.Number ?? NameOf(Statement, Currency);

    public static string NameOf(Statement statement, string? currency) =>
        $"{Projections.Tables.Ids.Text(statement.Month)}-{statement.To}-{statement.Counterparty}"
        + (currency is null ? "" : $"-{currency}");

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

            ties.Add(new(words[Word.TieDetailRows], Detail.Name, Statement.Places.Sum(place => place.Sums.Entries), Detail.Rows));

            return ties;
        }
    }
}

/// <summary>What issuing adds.</summary>
/// <param name="DisputesUntil">Last day of the dispute window.</param>
public sealed record StatementIssue(
    string Number, LocalDate On, LocalDate Due, string Terms, string MerkleRoot, string? PreviousRoot,
    LocalDate? DisputesUntil);

/// <summary>The detail file that belongs to a statement: same lines, same bytes, same digest.</summary>
/// <param name="Sha256">Of the CSV, in hex.</param>
/// <param name="Sums">Of its rows, by creditor, debtor and currency.</param>
public sealed record DetailFile(
    string Name, long Rows, string Sha256,
    IReadOnlyDictionary<(PartyId Creditor, PartyId Debtor, string Currency), (long Net, long Tax, long Due)> Sums);
