using System.Text;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;

namespace Settlement.Domain.Ocpi;

/// <summary>How values look in OCPI; what is null is left out.</summary>
public static class OcpiWriting
{
    private static readonly InstantPattern Whole = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss'Z'");

    /// <summary>RFC 3339 in UTC; fractions of a second only from 2.2 on, which allows them.</summary>
    public static string Time(Instant time, OcpiVersion version) =>
        version == OcpiVersion.V211 ? Whole.Format(time) : InstantPattern.ExtendedIso.Format(time);

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

    internal static void Party(this Utf8JsonWriter json, PartyId party)
    {
        json.WriteString("country_code", party.CountryCode);
        json.WriteString("party_id", party.Code);
    }
}
