using System.Globalization;
using System.Text;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>
/// How values look in OCPI; what is null is left out, what a version demands and nobody said reads <c>#NA</c> (OCPI
/// 2.2.1 §1.4), and free text is cut to the length its version has. Ids are never cut.
/// </summary>
public static class OcpiWriting
{
    public const string NotAvailable = "#NA";

    private static readonly InstantPattern Whole = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss'Z'");
    private static readonly InstantPattern Fractions =
        InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss.FFFF'Z'");

    /// <summary>
    /// RFC 3339 in UTC, at most 25 characters (OCPI DateTime); fractions of a second only from 2.2 on, which allows them.
    /// </summary>
    public static string Time(Instant time, OcpiVersion version) =>
        (version == OcpiVersion.V211 ? Whole : Fractions).Format(time);

    /// <summary>Null where it is not a time, or stands for none.</summary>
    public static Instant? ReadTime(string text) =>
        OcpiTime.Parse(Encoding.UTF8.GetBytes(text), out var time) is TimeOutcome.Ok or TimeOutcome.OddForm ? time : null;

    public static string Name(this OcpiVersion version) => version switch
    {
        OcpiVersion.V211 => "2.1.1",
        OcpiVersion.V221 => "2.2.1",
        OcpiVersion.V230 => "2.3.0",
        _ => throw new ArgumentOutOfRangeException(nameof(version)),
    };

    internal static void Text(this Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    /// <summary>Free text, at most so long.</summary>
    internal static void Text(this Utf8JsonWriter json, string name, string? text, int limit) =>
        json.Text(name, string.IsNullOrEmpty(text) ? null : Cut(text, limit));

    /// <summary>A text that the version demands.</summary>
    public static void Required(this Utf8JsonWriter json, string name, string? text, int limit = int.MaxValue) =>
        json.WriteString(name, string.IsNullOrEmpty(text) ? NotAvailable : Cut(text, limit));

    /// <summary>
    /// Coordinates in the form of GeoLocation, six decimals where they came in another. The classes that demand them have
    /// no form for unknown ones: 0, 0 is in the sea.
    /// </summary>
    internal static void Coordinates(this Utf8JsonWriter json, string? latitude, string? longitude)
    {
        var known = IsDegrees(latitude, 90m) && IsDegrees(longitude, 180m);
        json.WriteStartObject("coordinates");
        json.WriteString("latitude", Degrees(known ? latitude! : "0"));
        json.WriteString("longitude", Degrees(known ? longitude! : "0"));
        json.WriteEndObject();
    }

    private static bool IsDegrees(string? text, decimal most) => Parsed(text) is { } degrees && Math.Abs(degrees) <= most;

    private static string Degrees(string text) =>
        decimal.Round(Parsed(text)!.Value, 6, MidpointRounding.ToZero).ToString("0.000000", CultureInfo.InvariantCulture);

    private static decimal? Parsed(string? text) => decimal.TryParse(
        text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var degrees)
        ? degrees
        : null;

    private static string Cut(string text, int limit) => text.Length <= limit ? text
        : text[..(char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit)].TrimEnd();

    internal static void Number(this Utf8JsonWriter json, string name, decimal? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
    }

    internal static void Time(this Utf8JsonWriter json, string name, Instant? time, OcpiVersion version)
    {
        if (time is { } at)
        {
            json.WriteString(name, Time(at, version));
        }
    }

    /// <summary>For what is read again here, not for a partner.</summary>
    internal static void Exact(this Utf8JsonWriter json, string name, Instant? time) =>
        json.Text(name, time is { } at ? InstantPattern.ExtendedIso.Format(at) : null);

    internal static void Party(this Utf8JsonWriter json, PartyId party)
    {
        json.WriteString("country_code", party.CountryCode);
        json.WriteString("party_id", party.Code);
    }
}
