using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Tax;

namespace Settlement.Api.Demo;

/// <summary>A legal entity of the demo. Real names, made-up numbers.</summary>
public sealed record DemoParty(PartyId Id, string LegalName, string Address, TaxParty Tax);

/// <summary>What the two agreed on for the demo; everything else stays at its default.</summary>
/// <param name="Zone">Whose calendar decides the month a session belongs to.</param>
/// <param name="MaximumAgeDays">From session end to receipt.</param>
/// <param name="Currencies">Charger's country (ISO 3166-1 alpha-3) to the currency of its CDRs.</param>
public sealed record DemoAgreement(
    Relationship Relationship,
    LocalDate ValidFrom,
    string Zone,
    int MaximumAgeDays,
    IReadOnlyDictionary<string, string> Currencies);

/// <summary>The two networks and the agreement between them.</summary>
public static class DemoParties
{
    private static readonly LocalDate Since = new(2020, 1, 1);

    private static readonly string[] SalesTaxStates = ["US-NY", "US-CA", "US-TX", "US-KY", "US-IA", "US-WA"];

    private static readonly string[] ExciseStates = ["US-KY", "US-IA"];

    // None for WA and IA: whether charging is taxed there nobody could say, so those sessions are held.
    private static readonly string[] ResaleStates =
    [
        "CA-BC", "CA-SK", "CA-MB", "US-NY", "US-CA", "US-TX", "US-KY",
    ];

    public static DemoParty ChargePoint { get; } = new(
        PartyId.Parse("US-CPI")!.Value,
        "ChargePoint, Inc.",
        "254 East Hacienda Avenue, Campbell, CA 95008, USA",
        Tax("US-CPI", "700123456 RT0001", "1200123456 TQ0001", "PST-1001-2001", "CPI", 10_000_100));

    public static DemoParty Flo { get; } = new(
        PartyId.Parse("CA-FLO")!.Value,
        "Services FLO inc.",
        "2800, rue Louis-Lumière, bureau 100, Québec QC  G1P 0A4, Canada",
        Tax("CA-FLO", "800654321 RT0001", "1200654321 TQ0001", "PST-1003-4005", "FLO", 20_000_200));

    public static DemoAgreement Agreement { get; } = new(
        Relationship.Between(ChargePoint.Id, Flo.Id),
        Since,
        "America/Toronto",
        90,
        new Dictionary<string, string>(StringComparer.Ordinal) { ["CAN"] = "CAD", ["USA"] = "USD" });

    /// <summary>Registered wherever the demo has sites; a reseller where it has said so on paper.</summary>
    private static TaxParty Tax(
        string id, string gst, string qst, string bcPst, string prefix, int permit) => new()
    {
        Id = PartyId.Parse(id)!.Value,
        Registrations =
        [
            new("GST", "CA", gst, Since, null),
            new("QST", "CA-QC", qst, Since, null),
            new("PST", "CA-BC", bcPst, Since, null),
            new("PST", "CA-SK", $"{permit % 10_000_000:0000000}", Since, null),
            new("RST", "CA-MB", $"{gst[..9]} MT0001", Since, null),
            .. SalesTaxStates.Select((state, n) =>
                new TaxRegistration("SALES", state, $"{state[3..]}-{permit + n}", Since, null)),
            .. ExciseStates.Select((state, n) =>
                new TaxRegistration("EV_EXCISE", state, $"{state[3..]}-EV-{permit + n}", Since, null)),
        ],
        Certificates =
        [
            .. ResaleStates.Select((state, n) =>
                new ResaleCertificate(state, $"{prefix}-RC-{permit + n}", Since, null)),
        ],
    };
}
