using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Settlement.Domain.Tax;

/// <summary>What was read, and what had to be passed over.</summary>
/// <param name="Rates">Null where the file could not be read.</param>
/// <param name="StateRates">General rates of the state itself, to compare with the rule book.</param>
/// <param name="AddressRecords">Boundary records by street address, which are not used: places are known by
/// ZIP.</param>
public sealed record LocalRatesImport(
    LocalRates? Rates, Refusal? Refusal, IReadOnlyList<LocalRate> StateRates, int AddressRecords);

/// <summary>
/// Streamlined Sales Tax rate and boundary files (24 member states): headerless CSV, names such as
/// <c>WAR2026Q2FEB18.csv</c> and <c>WAB2026Q2FEB18.csv</c>. The rate of a locality is its general intrastate
/// rate.
/// </summary>
public static class SstFiles
{
    private const string State = "45";
    private static readonly LocalDatePattern Day = LocalDatePattern.CreateWithInvariantCulture("uuuuMMdd");

    // FIPS numbers of the states that publish these files.
    private static readonly Dictionary<string, string> States = new(StringComparer.Ordinal)
    {
        ["05"] = "US-AR", ["13"] = "US-GA", ["18"] = "US-IN", ["19"] = "US-IA", ["20"] = "US-KS",
        ["21"] = "US-KY", ["26"] = "US-MI", ["27"] = "US-MN", ["31"] = "US-NE", ["32"] = "US-NV",
        ["34"] = "US-NJ", ["37"] = "US-NC", ["38"] = "US-ND", ["39"] = "US-OH", ["40"] = "US-OK",
        ["44"] = "US-RI", ["46"] = "US-SD", ["47"] = "US-TN", ["49"] = "US-UT", ["50"] = "US-VT",
        ["53"] = "US-WA", ["54"] = "US-WV", ["55"] = "US-WI", ["56"] = "US-WY",
    };

    /// <param name="rateFile">Nine columns: state, type, code, general intra- and interstate, food intra- and
    /// interstate, first day, last day.</param>
    /// <param name="boundaryFile">89 or 90 columns: record type, days, ZIP range in 18–21, state 23, county
    /// 25,
    /// place 26, districts in threes from 30.</param>
    public static LocalRatesImport Read(string rateFile, string boundaryFile, string source)
    {
        var rates = new List<LocalRate>();
        var stateRates = new List<LocalRate>();
        string? fips = null;
        foreach (var (number, cells) in CsvLines.Of(rateFile))
        {
            if (RateOf(cells) is not { } rate || (fips is not null && fips != Padded(cells[0], 2)))
            {
                return Refused($"{source}, rate line {number} is not a rate of one state in nine columns.");
            }

            fips = Padded(cells[0], 2);
            (Padded(cells[1], 2) == State ? stateRates : rates).Add(rate);
        }

        if (fips is null || !States.TryGetValue(fips, out var jurisdiction))
        {
            return Refused($"{source} is of state {fips}, which publishes no such files.");
        }

        return WithAreas(jurisdiction, fips, rates, stateRates, boundaryFile, source);
    }

    private static LocalRatesImport WithAreas(
        string jurisdiction, string fips, List<LocalRate> rates, List<LocalRate> stateRates,
        string boundaryFile,
        string source)
    {
        var areas = new List<LocalArea>();
        var addresses = 0;
        foreach (var (number, cells) in CsvLines.Of(boundaryFile))
        {
            if (cells.Length < 29 || Padded(cells[22], 2) != fips)
            {
                return Refused(
                    $"{source}, boundary line {number} is not of state {fips} with 29 columns or more.");
            }

            switch (cells[0].ToUpperInvariant())
            {
                case "Z" or "4" when AreaOf(cells) is { } area:
                    areas.Add(area);
                    break;
                case "A":
                    addresses++;
                    break;
                default:
                    return Refused(
                        $"{source}, boundary line {number}: type {cells[0]}, or a malformed ZIP or day.");
            }
        }

        var local = new LocalRates(jurisdiction, source, LastDaysApart(rates), areas);
        return LocalRates.Conflict(local) is { } conflict
            ? new LocalRatesImport(null, conflict, [], 0)
            : new LocalRatesImport(local, null, stateRates, addresses);
    }

    /// <summary>
    /// Wisconsin ends a rate on the very day the next one begins (county 078, 2020-03-31): that day is the
    /// next one's.
    /// </summary>
    private static List<LocalRate> LastDaysApart(List<LocalRate> rates)
    {
        var starts = rates.Select(rate => (rate.Code, rate.From)).ToHashSet();
        return rates.ConvertAll(
            rate => rate.To is { } last && rate.From < last && starts.Contains((rate.Code, last))
            ? rate with { To = last.PlusDays(-1) }
            : rate);
    }

    private static LocalRate? RateOf(string[] cells) =>
        cells.Length >= 9
        && decimal.TryParse(cells[3], NumberStyles.Number, CultureInfo.InvariantCulture, out var rate)
        && rate is >= 0m and < 1m && CodeOf(Padded(cells[1], 2), cells[2]) is { } code
        && Days(cells[7], cells[8]) is { } days
            ? new LocalRate(code, code, rate, days.From, days.To)
            : null;

    private static LocalArea? AreaOf(string[] cells)
    {
        if (Days(cells[1], cells[2]) is not { } days
            || cells[17].Length is 0 or > 5 || cells[19].Length is 0 or > 5)
        {
            return null;
        }

        // Washington leaves zeros out of ZIP+4 extensions: 98101-1 is 98101-0001.
        var isPlus4 = cells[0] == "4";
        var low = Padded(cells[17], 5) + (isPlus4 ? "-" + Padded(cells[18], 4) : "");
        var high = Padded(cells[19], 5) + (isPlus4 ? "-" + Padded(cells[20], 4) : "");
        return LocalRates.IsZip(low) && LocalRates.IsZip(high) && string.CompareOrdinal(low, high) <= 0
            ? new LocalArea(low, high, days.From, days.To, CodesOf(cells))
            : null;
    }

    private static List<string> CodesOf(string[] cells)
    {
        var codes = new List<string?> { CodeOf("00", cells[24]), CodeOf("01", cells[25]) };
        for (var i = 29; i + 2 < cells.Length; i += 3)
        {
            // Each district is source, code, type. Washington lists the state itself here (type 45): no
            // district.
            if (cells[i + 1].Length > 0 && Padded(cells[i + 2], 2) != State)
            {
                codes.Add(CodeOf(cells[i + 2].Length == 0 ? "63" : Padded(cells[i + 2], 2), cells[i + 1]));
            }
        }

        return [.. codes.OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Null for an empty code and for the FIPS code of "no place".</summary>
    private static string? CodeOf(string type, string code) => (type, code.Trim().TrimStart('0')) switch
    {
        (State, _) => "state",
        (_, "") => null,
        ("00", _) => $"county-{Padded(code, 3)}",
        ("01", _) => $"city-{Padded(code, 5)}",
        _ => $"district-{type}-{code.Trim()}",
    };

    private static (LocalDate? From, LocalDate? To)? Days(string from, string to) =>
        Day.Parse(from).TryGetValue(default, out var first)
            && Day.Parse(to).TryGetValue(default, out var last)
            ? (first, last.Year >= 2999 ? null : last)
            : null;

    private static string Padded(string text, int length) => text.Trim().PadLeft(length, '0');

    private static LocalRatesImport Refused(string why) =>
        new(null, new Refusal("local.malformed", why), [], 0);
}
