using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using NodaTime;
using Settlement.Domain.Agreements;

namespace Settlement.Api.Demo;

/// <summary>A CDR of the demo on its way from one network to the other.</summary>
/// <param name="Json">One OCPI CDR object, UTF-8, without line breaks.</param>
/// <param name="IsOcpi230">Else 2.2.1.</param>
public sealed record DemoDocument(
    PartyId Cpo,
    PartyId Emsp,
    DemoStory Story,
    Instant ReceivedAt,
    bool IsOcpi230,
    ReadOnlyMemory<byte> Json);

/// <summary>Everything that is loaded for a demo month.</summary>
/// <param name="Parties">Both networks with their registrations and certificates.</param>
/// <param name="Tariffs">
/// JSON array of OCPI 2.2.1 Tariff objects: each network's own prices, the reference for surcharges.
/// </param>
/// <param name="Locations">JSON array of OCPI 2.2.1 Location objects.</param>
/// <param name="Documents">
/// In order of arrival, both directions mixed; written one at a time, the same on every pass.
/// </param>
public sealed record DemoData(
    IReadOnlyList<DemoParty> Parties,
    DemoAgreement Agreement,
    ReadOnlyMemory<byte> Tariffs,
    ReadOnlyMemory<byte> Locations,
    IEnumerable<DemoDocument> Documents);

/// <summary>A month of roaming, made up from a seed: the same bytes on any machine.</summary>
public static class DemoMonth
{
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Exactly <paramref name="cdrs"/> CDRs: of sessions of the month, and late ones.</summary>
    public static DemoData Generate(YearMonth month, int cdrs, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cdrs);
        return new DemoData(
            [DemoParties.ChargePoint, DemoParties.Flo],
            DemoParties.Agreement,
            Array(DemoTariffs.All, (json, tariff) => DemoTariffJson.Write(json, tariff, isOcpi230: false)),
            Array(DemoSite.All, DemoLocationJson.Write),
            Documents(month, cdrs, seed));
    }

    // The plan holds a few numbers per CDR; the session itself is made again when its CDR is written.
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Planned(Instant ReceivedAt, int Session, int Part, DemoStory Story, int DriverAfter);

    private static IEnumerable<DemoDocument> Documents(YearMonth month, int cdrs, ulong seed)
    {
        var sessions = new DemoSessions(month, drivers: 40 + cdrs / 6);
        var plan = Plan(sessions, cdrs, seed);
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer, Readable);
        foreach (var planned in plan)
        {
            var made = sessions.Make(SplitMix64.Derive(seed, (ulong)planned.Session), planned.Story);
            var session = made with { Driver = made.Driver + planned.DriverAfter };
            DemoCdrJson.Write(json, DemoCdr.Of(planned.Story, planned.Part, session));
            json.Flush();
            yield return new DemoDocument(
                session.Site.Owner, session.Site.Guest, planned.Story, planned.ReceivedAt, session.IsOcpi230,
                buffer.WrittenSpan.ToArray());
            buffer.ResetWrittenCount();
            json.Reset();
        }
    }

    private static List<Planned> Plan(DemoSessions sessions, int cdrs, ulong seed)
    {
        var plan = new List<Planned>(cdrs);
        var stays = new DemoStays();
        var number = 0;
        foreach (var story in DemoStories.For(cdrs))
        {
            var session = sessions.Make(SplitMix64.Derive(seed, (ulong)number), story);
            var (first, driverAfter) = (session.ReceivedAt, stays.Add(session));
            for (var part = 0; part < DemoStories.Parts(story); part++)
            {
                var later = Duration.FromHours(part * (7 + number % 41));
                plan.Add(new Planned(first + later, number, part, story, driverAfter));
            }

            number++;
        }

        plan.Sort((a, b) => (a.ReceivedAt, a.Session, a.Part).CompareTo((b.ReceivedAt, b.Session, b.Part)));
        return plan;
    }

    private static byte[] Array<T>(IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>(65536);
        using (var json = new Utf8JsonWriter(buffer, Readable with { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartArray();
            foreach (var item in items)
            {
                write(json, item);
            }

            json.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
