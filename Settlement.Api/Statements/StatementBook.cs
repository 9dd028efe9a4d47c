using Settlement.Api.Files;
using Settlement.Domain.Ledger;
using Settlement.Domain.Statements;
using Settlement.Projections.Statements;

namespace Settlement.Api.Statements;

/// <summary>The statement as a workbook in the addressee's language; its last sheets are the detail file.</summary>
internal static class StatementBook
{
    public static async Task Write(
        Stream to, StatementDocument document, StatementSource source, HeldQueries held, CancellationToken stop)
    {
        var (words, statement) = (document.Words, document.Statement);
        using var book = new XlsxBook(to, $"{words[Word.Statement]} {document.Name}");
        var sheets = new BookSheets(book, words);
        sheets.Control(words[Word.SheetControl], Control(document));
        Balance(book, document, words);
        Rolls(book, document, words);
        Documents(book, document, words);
        sheets.Directions(statement.Directions);
        sheets.Places(statement.Places);
        sheets.Taxes(statement.Taxes);
        sheets.Held(statement.Held);
        var filter = new HeldFilter(statement.Month, statement.Position.Tenant, Currency: source.Currency);
        await sheets.Exceptions(held, filter, _ => true, stop);
        sheets.TieOuts(document.TieOuts);
        await StatementFiles.Detail(
            book.Sheet(words[Word.SheetDetail], DetailRows.Columns), source, null, stop);
        book.Finish();
    }

    private static IEnumerable<(string, Action<IRows>)> Control(StatementDocument document)
    {
        var (words, statement) = (document.Words, document.Statement);
        var month = statement.Month;
        yield return (words[Word.StatementNumber], rows => rows.Text(document.Name));
        yield return (words[Word.StatusLabel], rows => rows.Text(
            words[document.Issue is null ? Word.StatusPreliminary : Word.StatusIssued]));
        yield return (words[Word.Addressee], rows => rows.Text($"{document.Book.NameOf(statement.To)} ({statement.To})"));
        yield return (words[Word.Counterparty], rows => rows.Text($"{document.Book.NameOf(statement.Counterparty)} ({statement.Counterparty})"));
        yield return (words[Word.SheetFirstDay], rows => rows.Day(month.OnDayOfMonth(1)));
        yield return (words[Word.SheetLastDay], rows => rows.Day(month.PlusMonths(1).OnDayOfMonth(1).PlusDays(-1)));
        yield return (words[Word.MonthZone], rows => rows.Text(statement.Zone));
        yield return (words[Word.LogPosition], rows => rows.Whole(statement.Position.Number));
        yield return (words[Word.DetailFile], rows => rows.Text(document.Detail.Name));
        yield return (words[Word.DetailRows], rows => rows.Whole(document.Detail.Rows));
        yield return (words[Word.DetailDigest], rows => rows.Text(document.Detail.Sha256));
        foreach (var (draft, _, _, _) in document.Issued.Versions)
        {
            yield return (
                $"{words[Word.MerkleRoot]}, {words[Word.ColumnVersion].ToLowerInvariant()} {words.Whole(draft.Version)}",
                rows => rows.Text(draft.MerkleRoot));
        }

        yield return (words[Word.TieOuts], rows => rows.Text(
            words.Fill(Word.TiesPass, document.TieOuts.Count(tie => tie.Holds), document.TieOuts.Count)));
    }

    private static void Balance(XlsxBook book, StatementDocument document, Language words)
    {
        var rows = book.Sheet(words[Word.Balance],
        [
            new(words[Word.Currency], 10), new(words[Word.OpeningBalance], 18), new(words[Word.OwedToYou], 18),
            new(words[Word.YouOwe], 18), new(words[Word.MoveOthers], 18), new(words[Word.ClosingBalance], 18),
        ]);
        foreach (var balance in document.Balances)
        {
            var currency = Currency.Of(balance.Currency);
            rows.Text(balance.Currency);
            rows.Amount(balance.Opening, currency);
            rows.Amount(balance.Receivable, currency);
            rows.Amount(-balance.Payable, currency);
            rows.Amount(balance.Others, currency);
            rows.Amount(balance.Closing, currency);
            rows.EndRow();
        }

        rows.Finish();
    }

    private static void Rolls(XlsxBook book, StatementDocument document, Language words)
    {
        var roll = new DueRoll(document.Rolls);
        var rows = book.Sheet(words[Word.SheetRollForward],
        [
            new(words[Word.ColumnDebtor], 10), new(words[Word.ColumnCreditor], 10), new(words[Word.SheetAccount], 20),
            new(words[Word.Currency], 9), new(words[Word.OpeningBalance], 16), .. DueRoll.Heads.Select(head => new Column(words[head], 15)),
            new(words[Word.ClosingBalance], 16),
        ]);
        foreach (var row in roll.Rows)
        {
            var currency = Currency.Of(row.Currency);
            rows.Text(row.Debtor);
            rows.Text(row.Creditor);
            rows.Text(words[row.Account]);
            rows.Text(row.Currency);
            foreach (var amount in row.Amounts)
            {
                rows.Amount(amount, currency);
            }

            rows.EndRow();
        }

        rows.Finish();
    }

    private static void Documents(XlsxBook book, StatementDocument document, Language words)
    {
        var rows = book.Sheet(words[Word.Documents],
        [
            new(words[Word.ColumnDocument], 16), new(words[Word.ColumnNumber], 32), new(words[Word.ColumnDate], 12),
            new(words[Word.DateDue], 12), new(words[Word.Supplier], 10), new(words[Word.Recipient], 10),
            new(words[Word.Currency], 9), new(words[Word.ColumnNet], 15), new(words[Word.ColumnTax], 15),
            new(words[Word.TotalWithTax], 15),
        ]);
        foreach (var invoice in document.Invoices)
        {
            var (currency, sign) = (Currency.Of(invoice.Currency), invoice.Sign);
            rows.Text(words[InvoicePaper.KindWord(invoice.Kind)]);
            rows.Text(invoice.Number);
            rows.Day(invoice.Date);
            rows.Day(invoice.Due);
            rows.Text(invoice.Supplier.ToString());
            rows.Text(invoice.Customer.ToString());
            rows.Text(invoice.Currency);
            rows.Amount(sign * invoice.Net, currency);
            rows.Amount(sign * invoice.Tax, currency);
            rows.Amount(sign * invoice.Total, currency);
            rows.EndRow();
        }

        rows.Finish();
    }
}
