using System.Text;
using System.Text.Json;
using NodaTime;
using Settlement.Api.Agreements;
using Settlement.Api.Demo;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Tests.Ocpi;

namespace Settlement.Tests.Readers;

/// <summary>Sound documents of every kind that somebody sends us, and the facts they are settled with.</summary>
internal static class Samples
{
    private static readonly DemoData Demo = DemoMonth.Generate(new YearMonth(2026, 10), 300, 7);

    /// <summary>Ordinary CDRs of 2.2.1 and 2.3.0 with every kind of tariff, and one of 2.1.1.</summary>
    public static IReadOnlyList<(string Name, byte[] Json)> Cdrs { get; } =
    [
        .. Demo.Documents.Take(60).Select((document, i) => ($"CDR {i}", document.Json.ToArray())),
        ("CDR of 2.1.1", Encoding.UTF8.GetBytes(
            """
            {"id":"1","start_date_time":"2026-10-05T10:00:00Z","stop_date_time":"2026-10-05T11:00:00Z","auth_id":"UID-1234",
            "auth_method":"WHITELIST","location":{"id":"L1","country":"CAN","city":"Toronto","postal_code":"M5J 2J2",
            "coordinates":{"latitude":"43.6","longitude":"-79.3"},"evses":[{"uid":"E1","connectors":[{"id":"1"}]}]},
            "currency":"CAD","tariffs":[{"id":"T1","currency":"CAD","elements":[{"price_components":[{"type":"ENERGY",
            "price":0.4,"step_size":1}],"restrictions":{"start_time":"08:00","end_time":"20:00","min_kwh":0,"max_duration":7200,
            "day_of_week":["MONDAY"],"start_date":"2026-01-01"}}]}],"charging_periods":[{"start_date_time":
            "2026-10-05T10:00:00Z","dimensions":[{"type":"ENERGY","volume":10},{"type":"FLAT","volume":1}]}],
            "total_cost":4.0,"total_energy":10,"total_time":1,"last_updated":"2026-10-05T11:00:00Z"}
            """)),
    ];

    public static IReadOnlyList<(string Name, byte[] Json)> Tariffs { get; } = Items("tariff", Demo.Tariffs);

    public static IReadOnlyList<(string Name, byte[] Json)> Locations { get; } = Items("location", Demo.Locations);

    public static IReadOnlyList<(string Name, byte[] Json)> Sessions { get; } =
    [
        ("session", Encoding.UTF8.GetBytes(PartnerStoryTests.Session("2.2.1", "S1", "ACTIVE"))),
        ("session of 2.1.1", Encoding.UTF8.GetBytes(PartnerStoryTests.Session("2.1.1", "S1", "ACTIVE"))),
    ];

    public static IReadOnlyList<(string Name, byte[] Json)> InvoiceRecords { get; } =
    [
        ("invoice record",
        [
            .. """
            {"country_code":"US","party_id":"CPI","id":"R1","invoice_id":"I1","cdrs":["A",{"id":"B"}],
            "last_updated":"2026-11-02T00:00:00Z"}
            """u8,
        ]),
    ];

    public static IReadOnlyList<(string Name, byte[] Json)> Credentials { get; } =
    [
        ("credentials",
        [
            .. """
            {"token":"the-token-B","url":"http://127.0.0.1:9000/versions","roles":[{"role":"CPO","country_code":"US",
            "party_id":"CPI","business_details":{"name":"ChargePoint"}}]}
            """u8,
        ]),
    ];

    /// <summary>The parties, tariffs and locations of the demo and its agreement.</summary>
    public static Terms Terms { get; } = new(
        new AgreementHistory([new Agreement
        {
            Relationship = Demo.Agreement.Relationship,
            Version = 1,
            ValidFrom = new LocalDate(1900, 1, 1),
            Zone = Demo.Agreement.Zone,
            MaximumAgeDays = Demo.Agreement.MaximumAgeDays,
        }]),
        Book());

    /// <summary>A document as intake holds it when it was read.</summary>
    public static CdrFact.CdrReceived Received(CdrReading.Read read)
    {
        var findings = read.Findings.Concat(new Api.Intake.CdrValidator().Check(read.Cdr)).ToList();
        return new CdrFact.CdrReceived(
            read.Cdr, Convert.ToHexStringLower(CanonicalContent.Digest(read, [7])), "driver", "", Noon,
            Terms.Agreements.Versions[^1].ChargePeriod(read.Cdr.End), "file line 1", read.UnknownFields,
            [.. findings.Where(IntakeFindings.Holds)], [.. findings.Where(finding => !IntakeFindings.Holds(finding))]);
    }

    public static readonly Instant Noon = Instant.FromUtc(2026, 11, 1, 12, 0);

    private static ReferenceBook Book()
    {
        var facts = Demo.Parties.Select(party => (BookFact)new BookFact.PartyRegistered(new Party
            {
                Id = party.Id,
                LegalName = party.LegalName,
                Registrations = party.Tax.Registrations,
                Certificates = party.Tax.Certificates,
            }))
            .Concat(Tariffs.Select(tariff => ReferenceFiles.Tariff(tariff.Json, null, true, Instant.MinValue).Item1!))
            .Concat(Locations.Select(location => ReferenceFiles.Location(location.Json, null, Instant.MinValue).Item1!));
        return facts.Select((fact, i) => (fact, i))
            .Aggregate(ReferenceBook.Empty, (book, each) => book.With(each.fact, each.i + 1));
    }

    private static List<(string, byte[])> Items(string name, ReadOnlyMemory<byte> array)
    {
        using var document = JsonDocument.Parse(array);
        return [.. document.RootElement.EnumerateArray()
            .Select((item, i) => ($"{name} {i}", Encoding.UTF8.GetBytes(item.GetRawText())))];
    }
}
