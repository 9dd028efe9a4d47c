using NodaTime;
using Settlement.Api.Files;
using Settlement.Domain.Ledger;
using Settlement.Domain.Statements;

namespace Settlement.Api.Statements;

/// <summary>Rows as a table of a document, in its language.</summary>
internal sealed class PaperRows(string caption, IReadOnlyList<PaperColumn> columns, Language words) : IRows
{
    private const string Nothing = "–";

    private readonly List<PaperRow> rows = [];
    private List<PaperCell> row = [];

    /// <summary>Without columns in which no row has anything: paper is narrow.</summary>
    public PaperBlock.Table Table
    {
        get
        {
            var told = Enumerable.Range(0, columns.Count).Where(i => rows.Any(each => each.Cells[i].Text != Nothing)).ToList();
            return new(
                caption, [.. told.Select(i => columns[i])],
                [new PaperGroup(null, [.. rows.Select(each => PaperRow.Of(told.Select(i => each.Cells[i])))])]);
        }
    }

    public bool IsEmpty => rows.Count == 0;

    public void Text(string? text) => row.Add(text ?? Nothing);

    public void Flag(bool value) => row.Add(words[value ? Word.Yes : Word.No]);

    public void Whole(long number) => row.Add(words.Whole(number));

    public void Number(decimal number) => row.Add(words.Number(number, number.Scale));

    public void Amount(long minor, Currency currency) => row.Add(words.Amount(minor, currency));

    public void Day(LocalDate day) => row.Add(words.Day(day));

    public void Moment(Instant moment) => throw new NotSupportedException("No table of a document tells moments.");

    public void EndRow()
    {
        rows.Add(PaperRow.Of(row));
        row = [];
    }

    public void Finish()
    {
        // a document's table is complete when it is asked for
    }
}
