using System.Globalization;
using NodaTime;
using Settlement.Domain.Rating;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// Restrictions. What cannot be understood is named in UnknownKeys: leaving it out would widen the element.
/// </summary>
internal static class RestrictionReader
{
    private static readonly NameTable<RestrictionField> Names = new();

    private enum RestrictionField
    {
        start_time, end_time, start_date, end_date, min_kwh, max_kwh, min_current, max_current,
        min_power, max_power, min_duration, max_duration, day_of_week, reservation,
        min_duration_not_requesting_power, max_duration_not_requesting_power, min_soc, max_soc,
    }

    public static TariffRestrictions? Read(ref JsonCursor json)
    {
        if (!json.EnterObject("restrictions"))
        {
            return new TariffRestrictions { UnknownKeys = ["restrictions"] };
        }

        var unknown = json.Strangers = [];
        var strange = new List<string>();
        var read = new TariffRestrictions();
        var seen = default(SeenMembers);
        while (json.NextMember(Names, ref seen, out var field))
        {
            read = Field(ref json, field, read, strange);
        }

        json.Strangers = null;
        foreach (var key in unknown)
        {
            json.Notes.Find(
                IntakeFindings.RestrictionUnknown, key,
                "is no restriction of OCPI; without it the element is wider");
        }

        json.Notes.Leave();
        strange.AddRange(unknown);
        read = strange.Count == 0 ? read : read with { UnknownKeys = strange };
        return read == new TariffRestrictions() ? null : read;
    }

    private static TariffRestrictions Field(
        ref JsonCursor json, RestrictionField field, TariffRestrictions read, List<string> strange)
    {
        var name = field.ToString();
        switch (field)
        {
            case RestrictionField.start_time:
                return read with { StartTime = Time(ref json, name, strange) };
            case RestrictionField.end_time:
                return read with { EndTime = Time(ref json, name, strange) };
            case RestrictionField.start_date:
                return read with { StartDate = Date(ref json, name, strange) };
            case RestrictionField.end_date:
                return read with { EndDate = Date(ref json, name, strange) };
            case RestrictionField.min_kwh:
                return read with { MinKwh = Number(ref json, name, strange) };
            case RestrictionField.max_kwh:
                return read with { MaxKwh = Number(ref json, name, strange) };
            case RestrictionField.min_current:
                return read with { MinCurrentA = Number(ref json, name, strange) };
            case RestrictionField.max_current:
                return read with { MaxCurrentA = Number(ref json, name, strange) };
            case RestrictionField.min_power:
                return read with { MinPowerKw = Number(ref json, name, strange) };
            case RestrictionField.max_power:
                return read with { MaxPowerKw = Number(ref json, name, strange) };
            case RestrictionField.min_duration:
                return read with { MinDurationSeconds = Known(json.Whole(name), name, strange) };
            case RestrictionField.max_duration:
                return read with { MaxDurationSeconds = Known(json.Whole(name), name, strange) };
            case RestrictionField.min_duration_not_requesting_power:
                return read with { MinNotRequestingPowerSeconds = Known(json.Whole(name), name, strange) };
            case RestrictionField.max_duration_not_requesting_power:
                return read with { MaxNotRequestingPowerSeconds = Known(json.Whole(name), name, strange) };
            case RestrictionField.min_soc:
                return read with { MinStateOfCharge = Known(json.Whole(name), name, strange) };
            case RestrictionField.max_soc:
                return read with { MaxStateOfCharge = Known(json.Whole(name), name, strange) };
            case RestrictionField.day_of_week:
                return read with { DaysOfWeek = Days(ref json, strange) };
            default:
                return read with { Reservation = Reservation(ref json, name, strange) };
        }
    }

    private static decimal? Number(ref JsonCursor json, string name, List<string> strange) =>
        Known(json.Number(name), name, strange);

    private static T? Known<T>(T? value, string name, List<string> strange) where T : struct
    {
        if (value is null)
        {
            strange.Add(name);
        }

        return value;
    }

    private static string? Reservation(ref JsonCursor json, string name, List<string> strange)
    {
        var text = json.Code(name, 36);
        if (text is "RESERVATION" or "RESERVATION_EXPIRES")
        {
            return text;
        }

        json.Notes.Find(
            IntakeFindings.RestrictionMalformed, name, "is neither RESERVATION nor RESERVATION_EXPIRES");
        strange.Add(name);
        return null;
    }

    /// <summary>"HH:MM"; seconds and 24:00 are understood.</summary>
    private static LocalTime? Time(ref JsonCursor json, string name, List<string> strange)
    {
        var text = json.Word(name, 8);
        if (text is "24:00" or "24:00:00")
        {
            json.Notes.Find(IntakeFindings.TimeForm, name, "24:00 is read as 00:00");
            return LocalTime.Midnight;
        }

        if (TimeOnly.TryParseExact(
            text, ["HH:mm", "H:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None,
            out var time))
        {
            return new LocalTime(time.Hour, time.Minute, time.Second);
        }

        json.Notes.Find(IntakeFindings.RestrictionMalformed, name, "is not a time of day (HH:MM)");
        strange.Add(name);
        return null;
    }

    private static LocalDate? Date(ref JsonCursor json, string name, List<string> strange)
    {
        if (DateOnly.TryParseExact(
            json.Word(name, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None,
            out var date))
        {
            return new LocalDate(date.Year, date.Month, date.Day);
        }

        json.Notes.Find(IntakeFindings.RestrictionMalformed, name, "is not a date (YYYY-MM-DD)");
        strange.Add(name);
        return null;
    }

    private static List<IsoDayOfWeek> Days(ref JsonCursor json, List<string> strange)
    {
        var days = new List<IsoDayOfWeek>();
        if (!json.EnterArray("day_of_week"))
        {
            strange.Add("day_of_week");
            return days;
        }

        while (json.NextElement())
        {
            var day = json.Code("", 9) switch
            {
                "MONDAY" => IsoDayOfWeek.Monday,
                "TUESDAY" => IsoDayOfWeek.Tuesday,
                "WEDNESDAY" => IsoDayOfWeek.Wednesday,
                "THURSDAY" => IsoDayOfWeek.Thursday,
                "FRIDAY" => IsoDayOfWeek.Friday,
                "SATURDAY" => IsoDayOfWeek.Saturday,
                "SUNDAY" => IsoDayOfWeek.Sunday,
                _ => IsoDayOfWeek.None,
            };
            if (day != IsoDayOfWeek.None)
            {
                days.Add(day);
                continue;
            }

            json.Notes.Find(IntakeFindings.RestrictionMalformed, "", "is no day of the week");
            if (!strange.Contains("day_of_week"))
            {
                strange.Add("day_of_week");
            }
        }

        return days;
    }
}
