using System.Text.Json;
using NodaTime;
using Settlement.Api.Agreements;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Ocpi;

namespace Settlement.Api.Ocpi;

/// <summary>
/// Locations, receiver (OCPI 2.2.1 §8.2.2), on the levels of location, EVSE and connector. Kept are zone, jurisdiction,
/// power and what a published station shows everybody; an update that changes nothing of that is no new version.
/// </summary>
public static class LocationsEndpoint
{
    private static readonly OcpiAnswer Unknown = OcpiAnswer.NotFound with { Status = 2003 };

    public static async Task<OcpiAnswer> Get(OcpiCall call)
    {
        if (await Find(call) is not { } known)
        {
            return Unknown;
        }

        return Writer(call, known) is { } write ? OcpiAnswer.Of(write) : Unknown;
    }

    public static async Task<OcpiAnswer> Put(OcpiCall call)
    {
        if (call.Owner is not { } owner)
        {
            return Unknown;
        }

        var (body, refusal) = OcpiMerge.Read(call.Body);
        if (body is null)
        {
            return OcpiAnswer.Refused(refusal!);
        }

        using (body)
        {
            if (!call.HasPart("evse_uid"))
            {
                return await Publish(call, owner, call.Body);
            }

            return await Find(call) is { } known ? await PutPart(call, known, call.Body, body.RootElement) : Unknown;
        }
    }

    public static async Task<OcpiAnswer> Patch(OcpiCall call)
    {
        if (await Find(call) is not { } known || Writer(call, known, kept: true) is not { } write)
        {
            return Unknown;
        }

        var (patch, refusal) = OcpiMerge.Read(call.Body);
        if (patch is null)
        {
            return OcpiAnswer.Refused(refusal!);
        }

        using (patch)
        {
            var (before, _) = OcpiMerge.Read(OcpiMerge.Bytes(write));
            using (before)
            {
                var merged = OcpiMerge.Merge(before!.RootElement, patch.RootElement);
                return call.HasPart("evse_uid")
                    ? await PutPart(call, known, merged, patch.RootElement)
                    : await Publish(call, known.Owner, merged);
            }
        }
    }

    /// <summary>Reads a location of an owner, as it is sent or pulled.</summary>
    public static (BookFact.LocationPublished? Fact, Refusal? Refusal) Read(
        ReadOnlyMemory<byte> json, PartyId owner, Instant now) => LocationReader.Read(json) switch
        {
            LocationReading.Read { Location: var location } when (location.Owner ?? owner) == owner =>
                (new BookFact.LocationPublished(owner, location, now), null),
            LocationReading.Read { Location: var location } =>
                (null, new Refusal("location.foreign-owner", $"The location belongs to {location.Owner}, the request to {owner}.")),
            LocationReading.Unreadable unreadable => (null, unreadable.Refusal),
            _ => throw new InvalidOperationException("A reading is read or unreadable."),
        };

    private static async Task<OcpiAnswer> Publish(OcpiCall call, PartyId owner, ReadOnlyMemory<byte> json)
    {
        var (fact, refusal) = Read(json, owner, call.Engine.Now);
        if (fact is null)
        {
            return OcpiAnswer.Refused(refusal!);
        }

        if (!Same(fact.Location.Id, call.Value("id")))
        {
            return OcpiAnswer.Refused(new Refusal("location.other-id", "The id in the body is not the one in the URL."));
        }

        if (await call.WouldReplaceOthers(Books.Tenant, ReferenceFiles.Stream(fact)))
        {
            return OcpiAnswer.Refused(OcpiCall.NotTheHubs);
        }

        var before = (await call.Engine.Books.Current(call.Stop)).Location(owner, fact.Location.Id);
        await Record(call, fact);
        return before is null ? OcpiAnswer.Created : OcpiAnswer.Done;
    }

    // An EVSE or a connector is read as part of a location, by the same reader; the body was checked to be one object.
    private static async Task<OcpiAnswer> PutPart(
        OcpiCall call, BookFact.LocationPublished known, ReadOnlyMemory<byte> part, JsonElement sent)
    {
        var isConnector = call.HasPart("connector_id");
        byte[] whole =
        [
            .. isConnector ? """{"id":"x","country":"USA","evses":[{"uid":"x","connectors":["""u8 : """{"id":"x","country":"USA","evses":["""u8,
            .. part.Span,
            .. isConnector ? "]}]}"u8 : "]}"u8,
        ];
        if (LocationReader.Read(whole) is not LocationReading.Read { Location.Evses: [var evse] })
        {
            return OcpiAnswer.Refused(new Refusal("location.part-unreadable", "The body is not readable as an EVSE or a connector."));
        }

        var (before, connector) = Parts(call, known.Location);
        Evse changed;
        if (isConnector)
        {
            if (before is null)
            {
                return Unknown;
            }

            var sentConnector = evse.Connectors[0] with { Id = call.Value("connector_id") };
            changed = before with { Connectors = [.. Replace(before.Connectors, connector, sentConnector)] };
        }
        else
        {
            changed = evse with { Uid = call.Value("evse_uid") };
        }

        var updated = sent.TryGetProperty("last_updated", out var time) && time.ValueKind == JsonValueKind.String
            ? OcpiWriting.ReadTime(time.GetString()!)
            : null;
        var last = isConnector ? connector?.LastUpdated : before?.LastUpdated;
        if (updated < last)
        {
            return OcpiAnswer.Done; // older than what is known: it never replaces that
        }

        var location = known.Location with
        {
            Evses = [.. Replace(known.Location.Evses, before, changed)],
            LastUpdated = Later(known.Location.LastUpdated, updated ?? call.Engine.Now),
        };
        await Record(call, new BookFact.LocationPublished(known.Owner, location, call.Engine.Now));
        return (isConnector ? connector is null : before is null) ? OcpiAnswer.Created : OcpiAnswer.Done;
    }

    private static async Task Record(OcpiCall call, BookFact.LocationPublished fact)
    {
        await call.Engine.Books.RecordNewer([(ReferenceFiles.Stream(fact), fact)], call.Actor, call.Stop);
    }

    private static async Task<BookFact.LocationPublished?> Find(OcpiCall call) =>
        call.Owner is { } owner
        && (await call.Engine.Books.Current(call.Stop)).PublishedLocation(owner, call.Value("id")) is { } known
        && await call.HasSubmitted(ReferenceFiles.Stream(known))
            ? known
            : null;

    /// <summary>Writes what the URL names: the location, an EVSE or a connector; null: there is no such part.</summary>
    /// <param name="kept">What is kept alone, to lay a PATCH over it; else all that its version demands.</param>
    private static Action<Utf8JsonWriter>? Writer(OcpiCall call, BookFact.LocationPublished known, bool kept = false)
    {
        var updated = known.Location.LastUpdated ?? known.ReceivedAt;
        var (evse, connector) = Parts(call, known.Location);
        return (call.HasPart("evse_uid"), call.HasPart("connector_id")) switch
        {
            (false, _) when kept => json => LocationJson.WriteKept(json, known.Location, known.Owner, call.Version),
            (true, false) when kept && evse is not null => json => LocationJson.WriteKept(json, evse, call.Version),
            (true, true) when kept && connector is not null => json => LocationJson.WriteKept(json, connector, call.Version),
            (false, _) => json => LocationJson.Write(json, known.Location, known.Owner, known.ReceivedAt, call.Version),
            (true, false) when evse is not null => json => LocationJson.Write(json, evse, updated, call.Version),
            (true, true) when connector is not null => json => LocationJson.Write(json, connector, updated, call.Version),
            _ => null,
        };
    }

    private static (Evse? Evse, Connector? Connector) Parts(OcpiCall call, Location location)
    {
        var evse = location.Evses.FirstOrDefault(e => Same(e.Uid, call.Value("evse_uid")));
        return (evse, evse?.Connectors.FirstOrDefault(c => Same(c.Id, call.Value("connector_id"))));
    }

    private static IEnumerable<T> Replace<T>(IReadOnlyList<T> items, T? before, T now)
        where T : class =>
        before is null ? items.Append(now) : items.Select(item => ReferenceEquals(item, before) ? now : item);

    private static Instant Later(Instant? one, Instant other) => one > other ? one.Value : other;

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
