using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Settlement.Domain.Tax;

/// <summary>
/// Local rates of states that publish no Streamlined Sales Tax files, as plain CSV with the header
/// <c>state,area,code,name,rate,from,to</c>. An area is a ZIP, a ZIP+4 or a city; an area with several local
/// taxes has a row for each; an area without any has one row with rate 0. Rates are fractions; an empty day
/// has no bound.
/// </summary>
public static class LocalRatesCsv
{
    public const string Header = "state,area,code,name,rate,from,to";

    /// <summary>The rates of each state in the file, or the first line that cannot be read.</summary>
    public static (IReadOnlyList<LocalRates> States, Refusal? Refusal) Read(string text, string source)
    {
        var rows = new List<Row>();
        foreach (var (number, cells) in CsvLines.Of(text))
        {
            if (number == 1 && string.Join(',', cells) == Header)
            {
                continue;
            }

            if (number == 1 || RowOf(cells) is not { } row)
            {
                return ([], new Refusal("local.malformed", $"{source}, line {number} is not {Header}."));
            }

            rows.Add(row);
        }

        var states = rows.GroupBy(row => row.State, StringComparer.Ordinal)
            .Select(state => Rates(state, source)).ToList();
        return states.Select(LocalRates.Conflict).OfType<Refusal>().FirstOrDefault() is { } conflict
            ? ([], conflict)
            : (states, null);
    }

    private static LocalRates Rates(IGrouping<string, Row> state, string source) => new(
        state.Key, source,
        [.. state.Select(row => row.Rate).Distinct()],
        [.. state.GroupBy(row => row.Area, StringComparer.Ordinal).Select(Area)]);

    /// <summary>Known from the first day of any of its rates to the last.</summary>
    private static LocalArea Area(IGrouping<string, Row> rows)
    {
        var rates = rows.Select(row => row.Rate).ToList();
        return new LocalArea(
            rows.Key, rows.Key,
            rates.Exists(rate => rate.From is null) ? null : rates.Min(rate => rate.From),
            rates.Exists(rate => rate.To is null) ? null : rates.Max(rate => rate.To),
            [.. rates.Select(rate => rate.Code).Distinct(StringComparer.Ordinal)]);
    }

    private static Row? RowOf(string[] cells) =>
        cells is [var state, { Length: > 0 } area, { Length: > 0 } code, var name, var rate, var from, var to]
        && Places.Named(state) is { } place && LocalRates.IsArea(area)
        && decimal.TryParse(rate, NumberStyles.Number, CultureInfo.InvariantCulture, out var fraction)
        && fraction is >= 0m and < 1m
        && Day(from, out var first) && Day(to, out var last)
            ? new Row(place.Code, area.ToUpperInvariant(), new LocalRate(code, name, fraction, first, last))
            : null;

    private static bool Day(string text, out LocalDate? day)
    {
        day = text.Length == 0 ? null
            : LocalDatePattern.Iso.Parse(text) is { Success: true } parsed ? parsed.Value : null;
        return text.Length == 0 || day is not null;
    }

    private sealed record Row(string State, string Area, LocalRate Rate);
}
