using System.Text.Json;
using System.Text.Unicode;
using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Domain.Ocpi;

/// <summary>The outcome of reading one location.</summary>
public abstract record LocationReading
{
    private LocationReading() { }

    public IReadOnlyList<Finding> Findings { get; init; } = [];

    public int UnknownFields { get; init; }

    public sealed record Read(Location Location) : LocationReading;

    public sealed record Unreadable(Refusal Refusal) : LocationReading;
}

/// <summary>Reads OCPI 2.1.1, 2.2.1 and 2.3.0 locations leniently.</summary>
public static class LocationReader
{
    private static readonly NameTable<LocationField> Names = new(
        "type", "publish_allowed_to", "related_locations", "parking_type",
        "directions", "operator", "suboperator", "owner", "facilities", "opening_times",
        "charging_when_closed", "images", "energy_mix", "parking_places", "help_phone");

    private enum LocationField
    {
        country_code, party_id, id, name, city, postal_code, state, country, time_zone, publish, evses,
        last_updated, address, coordinates,
    }

    private enum GeoField { latitude, longitude }

    private static readonly NameTable<GeoField> GeoNames = new("name");

    public static LocationReading Read(ReadOnlyMemory<byte> json)
    {
        var notes = new ReadingNotes();
        var text = JsonText.Trim(json.Span);
        Location? location = null;
        try
        {
            var cursor = new JsonCursor(text, notes);
            if (text.Length > JsonText.MaxBytes || !Utf8.IsValid(text) || !cursor.StartObject())
            {
                notes.RefuseWhole(
                    "json.malformed", $"is no JSON object in UTF-8 of at most {JsonText.MaxBytes} bytes");
            }
            else
            {
                location = Fields(ref cursor);
                cursor.Finish();
            }
        }
        catch (JsonException)
        {
            notes.RefuseWhole("json.malformed", JsonText.WhereMalformed(text));
        }

        return notes.Refusal is { } refusal || location is null
            ? new LocationReading.Unreadable(
                notes.Refusal ?? throw new InvalidOperationException("no location, no reason"))
            {
                Findings = notes.Findings,
                UnknownFields = notes.UnknownFields,
            }
            : new LocationReading.Read(location)
            {
                Findings = notes.Findings,
                UnknownFields = notes.UnknownFields,
            };
    }

    private static Location? Fields(ref JsonCursor json)
    {
        string? countryCode = null, partyId = null, id = null, name = null, city = null, postalCode = null;
        string? state = null, country = null, zone = null, address = null;
        var (latitude, longitude) = ((string?)null, (string?)null);
        bool? publish = null;
        Instant? updated = null;
        IReadOnlyList<Evse> evses = [];
        var seen = default(SeenMembers);
        while (json.NextMember(Names, ref seen, out var field))
        {
            switch (field)
            {
                case LocationField.country_code: countryCode = json.Code("country_code", 2); break;
                case LocationField.party_id: partyId = json.Code("party_id", 3); break;
                case LocationField.id: id = json.Word("id", 39); break;
                case LocationField.name: name = json.Text("name", 255); break;
                case LocationField.city: city = json.Word("city", 45); break;
                case LocationField.postal_code: postalCode = json.Word("postal_code", 10); break;
                case LocationField.state: state = json.Word("state", 45); break;
                case LocationField.country: country = Countries.Alpha3(ref json); break;
                case LocationField.time_zone: zone = json.Word("time_zone", 255); break;
                case LocationField.publish: publish = json.Flag("publish"); break;
                case LocationField.evses: evses = EvseReader.Read(ref json); break;
                case LocationField.address: address = json.Text("address", 255); break;
                case LocationField.coordinates: (latitude, longitude) = Coordinates(ref json); break;
                case LocationField.last_updated: updated = json.Time("last_updated"); break;
            }
        }

        if (id is null || country is null)
        {
            json.Notes.RefuseMissing(
                "location.field-missing", id is null ? "id" : "country",
                "a location is not usable without it");
            return null;
        }

        return new Location
        {
            Owner = TextPool.Party(countryCode, partyId),
            Id = id,
            Name = publish is false ? null : name, // at somebody's home it is a person's
            Address = publish is true ? address : null,
            Latitude = publish is true ? latitude : null,
            Longitude = publish is true ? longitude : null,
            City = city,
            PostalCode = publish is false ? Area(postalCode, country) : postalCode,
            State = state,
            Country = country,
            TimeZone = zone,
            Publish = publish,
            Evses = evses,
            LastUpdated = updated,
        };
    }

    /// <summary>The forward sortation area, or the ZIP code without its last four: some thousand homes.</summary>
    internal static string? Area(string? postalCode, string? country) =>
        country == "CAN" ? First(postalCode, 3) : First(postalCode, 5);

    private static string? First(string? text, int characters) =>
        text is null || text.Length <= characters ? text : text[..characters].TrimEnd();

    private static (string?, string?) Coordinates(ref JsonCursor json)
    {
        string? latitude = null, longitude = null;
        if (!json.EnterObject("coordinates"))
        {
            return default;
        }

        var seen = default(SeenMembers);
        while (json.NextMember(GeoNames, ref seen, out var field))
        {
            if (field == GeoField.latitude)
            {
                latitude = json.Text("latitude", 12);
            }
            else
            {
                longitude = json.Text("longitude", 12);
            }
        }

        json.Notes.Leave();
        return (latitude, longitude);
    }
}
