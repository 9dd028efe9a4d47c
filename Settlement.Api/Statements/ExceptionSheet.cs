using Settlement.Api.Files;
using Settlement.Api.Intake;
using Settlement.Domain.Statements;
using Settlement.Projections.Statements;

namespace Settlement.Api.Statements;

/// <summary>Every CDR that is received and not included, with why.</summary>
internal static class ExceptionSheet
{
    private const int AtATime = 5_000;

    public static async Task Exceptions(
        this BookSheets sheets, HeldQueries queries, HeldFilter filter, Func<HeldCdr, bool> shown, CancellationToken stop)
    {
        var words = sheets.Words;
        var rows = sheets.Book.Sheet(words[Word.SheetExceptions],
        [
            .. sheets.DirectionHeads(), new("CDR", 38), new(words[Word.ColumnState], 12), new(words[Word.SheetCode], 26),
            new(words[Word.ColumnReason], 40), new(words[Word.SheetDetail], 70), new(words[Word.SheetStart], 19),
            new(words[Word.SheetEnd], 19), new(words[Word.ColumnEnergyKwh], 12), new(words[Word.ColumnClaimed], 12),
            new(words[Word.ColumnReRated], 18), new(words[Word.SheetCity], 18),
        ]);
        var tables = new PaperTables(words);
        HeldKey? after = null;
        IReadOnlyList<HeldCdr> page;
        do
        {
            page = await queries.Page(filter, after, AtATime, stop);
            foreach (var cdr in page.Where(shown))
            {
                Write(rows, cdr, tables, words);
            }

            after = page.Count > 0 ? page[^1].Key : null;
        }
        while (page.Count == AtATime);
        rows.Finish();
    }

    private static void Write(IRows rows, HeldCdr cdr, PaperTables tables, Language words)
    {
        var first = cdr.Reasons.Count > 0 ? cdr.Reasons[0].Code : "";
        BookSheets.Head(rows, cdr.Tenant, cdr.Emsp, cdr.Cpo, cdr.Currency);
        rows.Text(cdr.CdrId);
        rows.Text(tables.State(cdr.State));
        rows.Text(first);
        rows.Text(HeldReason.Of(first).TitleIn(words));
        rows.Text(string.Join("; ", cdr.Reasons.Select(reason => reason.Detail)));
        rows.Moment(cdr.Start);
        rows.Moment(cdr.End);
        rows.Number(cdr.EnergyKwh);
        rows.Exact(cdr.Claimed);
        rows.Exact(cdr.Expected);
        rows.Text(cdr.City);
        rows.EndRow();
    }
}
