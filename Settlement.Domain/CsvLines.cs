using System.Text;

namespace Settlement.Domain;

/// <summary>
/// Reads lines of comma-separated text with quoted cells (RFC 4180, no line breaks inside cells).
/// </summary>
internal static class CsvLines
{
    /// <summary>
    /// Line number from 1, and its cells; a byte order mark and empty lines are passed over.
    /// </summary>
    public static IEnumerable<(int Number, string[] Cells)> Of(string text)
    {
        var number = 0;
        foreach (var line in text.TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return (number, Cells(line.TrimEnd('\r'), ','));
            }
        }
    }

    /// <summary>The cells of a line, without blanks around them; a quote in a quoted cell is doubled.</summary>
    public static string[] Cells(string line, char separator)
    {
        if (!line.Contains('"', StringComparison.Ordinal))
        {
            return line.Split(separator, StringSplitOptions.TrimEntries);
        }

        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                cell.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == separator && !quoted)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }

        cells.Add(cell.ToString().Trim());
        return [.. cells];
    }
}
