using System.Collections.Frozen;
using System.Globalization;
using NodaTime;

namespace Settlement.Domain.Ledger;

/// <summary>An ISO 4217 currency. Minor units come from the list beside this file, never from culture data.</summary>
/// <param name="WithdrawnOn">From this day on the code is refused; older amounts stay readable.</param>
public sealed record Currency(string Code, int MinorUnits, string Name, LocalDate? WithdrawnOn, string? Successor)
{
    private static readonly FrozenDictionary<string, Currency> All = Load();

    public static IEnumerable<Currency> Known => All.Values;

    /// <summary>Minor units in one unit: 100 for CAD.</summary>
    public long Scale
    {
        get
        {
            var scale = 1L;
            for (var i = 0; i < MinorUnits; i++)
            {
                scale *= 10;
            }

            return scale;
        }
    }

    public static Currency? Find(string code) => All.GetValueOrDefault(code);

    /// <summary>For literals and stored codes.</summary>
    /// <exception cref="KeyNotFoundException">The code is not in the list.</exception>
    public static Currency Of(string code) => All[code];

    public override string ToString() => Code;

    private static FrozenDictionary<string, Currency> Load()
    {
        var rows = EmbeddedText.Read("Ledger.iso4217.csv").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return rows.Skip(1).Select(Row).ToFrozenDictionary(currency => currency.Code, StringComparer.Ordinal);
    }

    private static Currency Row(string row)
    {
        // code,numeric,minor_units,name,withdrawn_on,successor,source — only source is quoted
        var cells = row.Split(',');
        var withdrawn = cells[4].Length == 0
            ? (LocalDate?)null
            : LocalDate.FromDateTime(DateTime.Parse(cells[4], CultureInfo.InvariantCulture));
        return new Currency(
            cells[0], int.Parse(cells[2], CultureInfo.InvariantCulture), cells[3], withdrawn,
            cells[5].Length == 0 ? null : cells[5]);
    }
}
