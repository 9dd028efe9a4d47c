using System.Globalization;
using NodaTime;

namespace Settlement.Domain.Rating;

/// <summary>Why a line has its price, in one sentence.</summary>
internal static class LineReason
{
    public static string Of(RatedLine line, ActiveComponent component)
    {
        if (line.BilledQuantity == line.Quantity)
        {
            return component.Reason;
        }

        var unit = line.Dimension == Dimension.ENERGY ? "Wh" : "s";
        var added = Exact.Shortest(line.BilledQuantity - line.Quantity);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{component.Reason}; the total goes up to a multiple of {line.StepSize} {unit}: {added} {line.Unit} added here");
    }

    /// <summary>The part that is the same on every line of a component.</summary>
    public static string Why(ActiveComponent component)
    {
        var conditions = Conditions(component.Condition.Restrictions);
        var applies = conditions.Length == 0 ? "applies always" : "applies: " + conditions;
        var once = component.Dimension == Dimension.FLAT ? "; once" : "";
        return string.Create(CultureInfo.InvariantCulture, $"element {component.Element} {applies}{once}");
    }

    /// <summary>The restrictions as short words, joined by commas; empty where there are none.</summary>
    public static string Conditions(TariffRestrictions r)
    {
        var words = new List<string>();
        AddRange(words, "", TimeText(r.StartTime), TimeText(r.EndTime), "local time");
        AddRange(words, "", r.StartDate?.Text(),
            r.EndDate?.Text(), "");
        if (r.DaysOfWeek.Count > 0)
        {
            words.Add(string.Join("/", r.DaysOfWeek.Select(day => day.ToString()[..3])));
        }

        AddRange(words, "energy so far ", Text(r.MinKwh), Text(r.MaxKwh), "kWh");
        AddRange(words, "session time ", Text(r.MinDurationSeconds), Text(r.MaxDurationSeconds), "s");
        AddRange(words, "current ", Text(r.MinCurrentA), Text(r.MaxCurrentA), "A");
        AddRange(words, "power ", Text(r.MinPowerKw), Text(r.MaxPowerKw), "kW");
        AddRange(
            words, "not requesting power ", Text(r.MinNotRequestingPowerSeconds), Text(r.MaxNotRequestingPowerSeconds), "s");
        AddRange(words, "state of charge ", Text(r.MinStateOfCharge), Text(r.MaxStateOfCharge), "%");
        if (r.Reservation is { } reservation)
        {
            words.Add(reservation);
        }

        words.AddRange(r.UnknownKeys.Select(key => $"unknown restriction '{key}'"));
        return string.Join(", ", words);
    }

    private static void AddRange(List<string> words, string what, string? from, string? until, string unit)
    {
        var tail = unit.Length == 0 ? "" : " " + unit;
        if (from is not null || until is not null)
        {
            words.Add(
                from is null ? $"{what}before {until}{tail}"
                : until is null ? $"{what}from {from}{tail}"
                : $"{what}from {from} to before {until}{tail}");
        }
    }

    private static string? TimeText(LocalTime? time) => time?.ToString("HH:mm", CultureInfo.InvariantCulture);

    private static string? Text(decimal? value) => value?.ToString(CultureInfo.InvariantCulture);

    private static string? Text(int? value) => value?.ToString(CultureInfo.InvariantCulture);
}
