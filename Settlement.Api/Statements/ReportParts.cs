using Settlement.Api.Files;
using Settlement.Api.Intake;
using Settlement.Domain.Ledger;
using Settlement.Domain.Statements;

namespace Settlement.Api.Statements;

/// <param name="Name">As programs read it.</param>
/// <param name="Head">As people do.</param>
public sealed record PartColumn(string Name, Word Head, int Width = 14, bool Figures = false);

/// <summary>
/// A table of the monthly report, told once: the same rows in the workbook, in CSV, JSON, PDF, HTML and on the page.
/// </summary>
/// <param name="Name">As JSON and <c>--part</c> name it.</param>
/// <param name="Note">Stands above it in a document.</param>
public sealed record ReportPart(
    string Name, Word Sheet, Word Heading, Word Note, IReadOnlyList<PartColumn> Columns,
    Action<IRows, MonthlyReport, Language?> Fill)
{
    /// <summary>With codes, for programs.</summary>
    public void Write(Func<IReadOnlyList<Column>, IRows> open, MonthlyReport report)
    {
        var rows = open([.. Columns.Select(column => new Column(column.Name, column.Width))]);
        Fill(rows, report, null);
        rows.Finish();
    }

    /// <summary>With words, as a sheet.</summary>
    internal void Write(XlsxBook book, MonthlyReport report, Language words)
    {
        var rows = book.Sheet(words[Sheet], [.. Columns.Select(column => new Column(words[column.Head], column.Width))]);
        Fill(rows, report, words);
        rows.Finish();
    }

    /// <summary>As a table of a document; null where it has no row.</summary>
    public PaperBlock.Table? Table(MonthlyReport report, Language words)
    {
        var rows = new PaperRows(
            words[Heading], [.. Columns.Select(column => new PaperColumn(words[column.Head], column.Figures))], words);
        Fill(rows, report, words);
        return rows.IsEmpty ? null : rows.Table;
    }
}

/// <summary>The parts of a report beside its totals.</summary>
public static class ReportParts
{
    /// <summary>The totals by jurisdiction, which every format shows without it being a part.</summary>
    public const string Places = "places";

    /// <summary>Which a CSV can be of; the totals by jurisdiction first.</summary>
    public static IReadOnlyList<string> Names { get; } = [Places, .. Of(withSide: true).Select(part => part.Name)];

    /// <param name="withSide">The report is seen in one party's books.</param>
    public static IReadOnlyList<ReportPart> Of(bool withSide) =>
        withSide ? [Side, Memo, Ageing, Fx] : [Memo, Ageing, Fx];

    private static PartColumn[] Direction =>
    [
        new("relationship", Word.Relationship, 18), new("debtor", Word.ColumnDebtor, 10),
        new("creditor", Word.ColumnCreditor, 10), new("currency", Word.Currency, 9),
    ];

    private static ReportPart Memo => new(
        "memo", Word.SheetAccruals, Word.Memo, Word.MemoNote,
        [
            new("basis", Word.ColumnBasis, 24), .. Direction, new("reason", Word.ColumnReason, 36),
            new("count", Word.ColumnCdrs, 9, true), new("method", Word.ColumnMethod, 20), new("amount", Word.ColumnAmount, 14, true),
        ],
        (rows, report, words) =>
        {
            foreach (var line in ExpectedValue.Of(report))
            {
                rows.Text(words is null ? line.Basis : words[Basis(line.Basis)]);
                BookSheets.Head(rows, line.Relationship.ToString(), line.Debtor, line.Creditor, line.Currency);
                rows.Text(words is null || line.Basis == "late-cdr" ? line.Reason : HeldReason.Of(line.Reason).TitleIn(words));
                rows.Whole(line.Count);
                rows.Text(words is null ? line.Method : words[Method(line.Method)]);
                Expected(rows, line);
                rows.EndRow();
            }
        });

    private static ReportPart Ageing => new(
        "ageing", Word.SheetAgeing, Word.Ageing, Word.AgeingNote,
        [
            new("as_of", Word.ColumnAsOf, 12), .. Direction, new("not_due", Word.AgeNotDue, 14, true),
            new("days_1_30", Word.AgeTo30, 14, true), new("days_31_60", Word.AgeTo60, 14, true),
            new("days_61_90", Word.AgeTo90, 14, true), new("days_91_120", Word.AgeTo120, 14, true),
            new("days_over_120", Word.AgeOver120, 14, true), new("open", Word.ColumnOpen, 14, true),
            new("disputed", Word.MoveDisputes, 14, true), new("unapplied", Word.ColumnUnapplied, 14, true),
        ],
        (rows, report, _) =>
        {
            foreach (var (relationship, row) in report.Ageing)
            {
                var currency = Currency.Of(row.Currency);
                rows.Day(report.LastDay);
                BookSheets.Head(rows, relationship.ToString(), row.Debtor, row.Creditor, row.Currency);
                foreach (var amount in new[]
                {
                    row.NotDue, row.To30, row.To60, row.To90, row.To120, row.Over120, row.Open, row.Disputed, row.Unapplied,
                })
                {
                    rows.Amount(amount, currency);
                }

                rows.EndRow();
            }
        });

    private static ReportPart Fx => new(
        "fx", Word.SheetFx, Word.Fx, Word.FxNote,
        [
            new("use", Word.ColumnUse, 26), .. Direction, new("amount", Word.ColumnAmount, 14, true),
            new("to", Word.ColumnIntoCurrency, 9), new("converted", Word.ColumnConverted, 14, true),
            new("residue", Word.ColumnResidue, 12, true), new("rate", Word.ColumnRate, 16, true),
            new("observed", Word.ColumnObserved, 12), new("source", Word.ColumnSource, 60),
        ],
        FxRows);

    private static ReportPart Side => new(
        "books", Word.SheetBooks, Word.Books, Word.BooksNote,
        [
            new("party", Word.OcpiParty, 9), new("account", Word.SheetAccount, 44), new("currency", Word.Currency, 9),
            new("opening", Word.OpeningBalance, 16, true), new("movement", Word.ColumnMovement, 16, true),
            new("closing", Word.ClosingBalance, 16, true),
        ],
        (rows, report, _) =>
        {
            foreach (var account in report.Side?.Accounts ?? [])
            {
                var currency = Currency.Of(account.Currency);
                rows.Text(report.Side!.Party.ToString());
                rows.Text(account.Account);
                rows.Text(account.Currency);
                rows.Amount(account.Opening, currency);
                rows.Amount(account.Movement, currency);
                rows.Amount(account.Closing, currency);
                rows.EndRow();
            }
        });

    private static void FxRows(IRows rows, MonthlyReport report, Language? words)
    {
        foreach (var (relationship, due) in report.Conversions)
        {
            rows.Text(words is null ? "conversion" : words[Word.UseConversion]);
            rows.Text(relationship.ToString());
            rows.Text(due.Debtor.ToString());
            rows.Text(due.Creditor.ToString());
            rows.Text(due.From);
            rows.Amount(due.Amount, Currency.Of(due.From));
            rows.Text(due.To);
            rows.Amount(due.Converted, Currency.Of(due.To));
            rows.Exact(due.Dropped);
            rows.Number(due.Shown);
            rows.Day(due.Legs is [var leg, ..] ? leg.Date : (NodaTime.LocalDate?)null);
            rows.Text(due.Because);
            rows.EndRow();
        }

        foreach (var rate in report.Rates)
        {
            rows.Text(words is null ? "rate" : words[Word.UseRate]);
            rows.Empty();
            rows.Empty();
            rows.Empty();
            rows.Text(rate.From);
            rows.Empty();
            rows.Text(rate.To);
            rows.Empty();
            rows.Empty();
            rows.Number(rate.Rate?.Shown);
            rows.Day(rate.Rate?.Legs is [var leg, ..] ? leg.Date : (NodaTime.LocalDate?)null);
            rows.Text(rate.Rate?.Path ?? rate.Missing);
            rows.EndRow();
        }
    }

    // in the currency's decimals; of one that is unknown the number as it came
    private static void Expected(IRows rows, MemoLine line)
    {
        if (line.Amount is { } amount && Currency.Find(line.Currency) is { } currency)
        {
            rows.Amount((long)decimal.Round(amount * currency.Scale, MidpointRounding.AwayFromZero), currency);
        }
        else
        {
            rows.Exact(line.Amount);
        }
    }

    private static Word Basis(string code) => code switch
    {
        "held-cdr" => Word.BasisHeld,
        "session-without-cdr" => Word.BasisSession,
        "late-cdr" => Word.BasisLate,
        _ => throw new InvalidOperationException($"{code} is no basis."),
    };

    private static Word Method(string code) => code switch
    {
        "re-rated" => Word.MethodReRated,
        "claim" => Word.MethodClaim,
        "own-cost" => Word.MethodOwnCost,
        "posted" => Word.MethodPosted,
        "none" => Word.MethodNone,
        _ => throw new InvalidOperationException($"{code} is no method."),
    };
}
