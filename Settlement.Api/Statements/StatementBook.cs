using Settlement.Api.Files;
using Settlement.Domain.Ledger;
using Settlement.Domain.Statements;
using Settlement.Projections.Statements;

namespace Settlement.Api.Statements;

/// <summary>The statement as a workbook in the addressee's language; its last sheets are the detail file.</summary>
internal static class StatementBook
{
    public static async Task Write(
        Stream to, StatementDocument document, StatementReading reading, HeldQueries held, CancellationToken stop)
    {
        var (words, statement) = (document.Words, document.Statement);
        using var book = new XlsxBook(to, $"{words[Word.Statement]} {document.Name}");
        var sheets = new BookSheets(book, words);
        sheets.Control(words[Word.SheetControl], Control(document));
        Balance(book, statement, words);
        sheets.Directions(statement.Directions);
        sheets.Places(statement.Places);
        sheets.Taxes(statement.Taxes);
        sheets.Held(statement.Held);
        var filter = new HeldFilter(statement.Month, statement.Position.Tenant, Currency: document.Currency);
        await sheets.Exceptions(held, filter, _ => true, stop);
        sheets.TieOuts(document.TieOuts);
        await StatementFiles.Detail(
            book.Sheet(words[Word.SheetDetail], DetailRows.Columns), statement, document.Currency, reading, null, stop);
        book.Finish();
    }

    private static IEnumerable<(string, Action<IRows>)> Control(StatementDocument document)
    {
        var (words, statement) = (document.Words, document.Statement);
        string Name(Domain.Agreements.PartyId id) => document.Book.Party(id)?.LegalName ?? id.ToString();
        var month = statement.Month;
        yield return (words[Word.StatementNumber], rows => rows.Text(document.Name));
        yield return (words[Word.StatusLabel], rows => rows.Text(
            words[document.Issue is null ? Word.StatusPreliminary : Word.StatusIssued]));
        yield return (words[Word.Addressee], rows => rows.Text($"{Name(statement.To)} ({statement.To})"));
        yield return (words[Word.Counterparty], rows => rows.Text($"{Name(statement.Counterparty)} ({statement.Counterparty})"));
        yield return (words[Word.SheetFirstDay], rows => rows.Day(month.OnDayOfMonth(1)));
        yield return (words[Word.SheetLastDay], rows => rows.Day(month.PlusMonths(1).OnDayOfMonth(1).PlusDays(-1)));
        yield return (words[Word.MonthZone], rows => rows.Text(statement.Zone));
        yield return (words[Word.LogPosition], rows => rows.Whole(statement.Position.Number));
        yield return (words[Word.DetailFile], rows => rows.Text(document.Detail.Name));
        yield return (words[Word.DetailRows], rows => rows.Whole(document.Detail.Rows));
        yield return (words[Word.DetailDigest], rows => rows.Text(document.Detail.Sha256));
        yield return (words[Word.TieOuts], rows => rows.Text(
            words.Fill(Word.TiesPass, document.TieOuts.Count(tie => tie.Holds), document.TieOuts.Count)));
    }

    private static void Balance(XlsxBook book, Statement statement, Language words)
    {
        var rows = book.Sheet(words[Word.Balance],
        [
            new(words[Word.Currency], 10), new(words[Word.OwedToYou], 18), new(words[Word.YouOwe], 18),
            new(words[Word.NetInYourFavour], 20),
        ]);
        foreach (var (code, receivable, payable, net) in statement.Balance)
        {
            var currency = Currency.Of(code);
            rows.Text(code);
            rows.Amount(receivable, currency);
            rows.Amount(payable, currency);
            rows.Amount(net, currency);
            rows.EndRow();
        }

        rows.Finish();
    }
}
