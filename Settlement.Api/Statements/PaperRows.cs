using NodaTime;
using Settlement.Api.Files;
using Settlement.Domain.Ledger;
using Settlement.Domain.Statements;

namespace Settlement.Api.Statements;

/// <summary>Rows as a table of a document, in its language.</summary>
internal sealed class PaperRows(string caption, IReadOnlyList<PaperColumn> columns, Language words) : IRows
{
    private readonly List<PaperRow> rows = [];
    private List<PaperCell> row = [];

    public PaperBlock.Table Table => new(caption, columns, [new PaperGroup(null, rows)]);

    public bool IsEmpty => rows.Count == 0;

    public void Text(string? text) => row.Add(text ?? "–");

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
