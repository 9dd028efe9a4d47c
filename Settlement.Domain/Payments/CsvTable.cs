using System.Globalization;
using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ledger;

namespace Settlement.Domain.Payments;

/// <summary>
/// A small CSV with a head: comma or semicolon, quotes doubled inside quotes (RFC 4180). Cells are read by name; what
/// cannot be read is told with its line, and no row counts.
/// </summary>
public sealed class CsvTable
{
    private readonly Dictionary<string, int> columns = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(int Line, string[] Cells)> rows = [];

    private CsvTable() { }

    public IEnumerable<Row> Rows => rows.Select(row => new Row(this, row.Line, row.Cells));

    /// <param name="required">Columns it must have.</param>
    public static (CsvTable? Table, Refusal? Refusal) Read(string text, params IReadOnlyList<string> required)
    {
        var lines = text.TrimStart('\ufeff').ReplaceLineEndings("\n").Split('\n');
        var separator = lines[0].Contains(';', StringComparison.Ordinal) ? ';' : ',';
        var table = new CsvTable();
        foreach (var (i, name) in CsvLines.Cells(lines[0], separator).Index())
        {
            table.columns[name] = i;
        }

        if (required.FirstOrDefault(name => !table.columns.ContainsKey(name)) is { } missing)
        {
            return (null, new Refusal("csv.column-missing", $"Line 1 names no column '{missing}'; it needs {string.Join(", ", required)}."));
        }

        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].Trim().Length > 0)
            {
                table.rows.Add((i + 1, CsvLines.Cells(lines[i], separator)));
            }
        }

        return table.rows.Count == 0
            ? (null, new Refusal("csv.empty", "There is no row below the head."))
            : (table, null);
    }

    /// <summary>One row; a cell that is missing is empty.</summary>
    public readonly record struct Row(CsvTable Table, int Line, IReadOnlyList<string> Cells)
    {
        public string Text(string column) =>
            Table.columns.TryGetValue(column, out var at) && at < Cells.Count ? Cells[at] : "";

        public PartyId? Party(string column, out Refusal? refusal)
        {
            var party = PartyId.Parse(Text(column));
            refusal = party is null ? Wrong(column, "is not a party; expected a form like CA-FLO") : null;
            return party;
        }

        public LocalDate? Date(string column, out Refusal? refusal)
        {
            var date = IsoText.Day(Text(column));
            refusal = date is null ? Wrong(column, "is not a date; expected a form like 2026-11-03") : null;
            return date;
        }

        /// <summary>Whole minor units of the currency in another column.</summary>
        public Money? Money(string column, string currencyColumn, out Refusal? refusal)
        {
            if (Currency.Find(Text(currencyColumn).ToUpperInvariant()) is not { } currency)
            {
                refusal = Wrong(currencyColumn, "is no currency of ISO 4217");
                return null;
            }

            const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
            var isNumber = decimal.TryParse(Text(column), Style, CultureInfo.InvariantCulture, out var amount)
                && Math.Abs(amount) < 1_000_000_000_000m;
            refusal = !isNumber ? Wrong(column, "is not an amount; expected a form like 1234.50")
                : amount * currency.Scale != decimal.Truncate(amount * currency.Scale)
                    ? Wrong(column, $"has more decimals than {currency} has")
                    : null;
            return refusal is null ? Ledger.Money.Of(amount, currency) : null;
        }

        private Refusal Wrong(string column, string what) => new(
            "csv.cell", $"line {Line}, {column}: '{Shown(Text(column))}' {what}.");

        private static string Shown(string text) =>
            new([.. text.Where(c => !char.IsControl(c)).Take(40)]);
    }
}
