using System.Globalization;
using System.Text;
using NodaTime;
using Settlement.Api.Agreements;
using Settlement.Api.Demo;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Periods;
using Settlement.Domain.Tax;
using Settlement.Tests.Intake;
using static Settlement.Tests.Payments.MoneyTown;

namespace Settlement.Tests.Periods;

/// <summary>
/// Sessions in Nova Scotia in March 2025, where HST fell from 15 % to 14 % on 1 April: a document of April charges 14 %,
/// while the CDR's own entry was posted at 15 %. One kWh costs one dollar, so that kWh are dollars.
/// </summary>
internal static class NovaScotia
{
    public static readonly YearMonth March = new(2025, 3);
    public static readonly YearMonth April = new(2025, 4);
    public static readonly LocalDate ThirdOfApril = new(2025, 4, 3);
    public static readonly PartyId Cpo = PartyId.Parse("US-CPI")!.Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A session of March 15th; received on the next day.</summary>
    public static DemoDocument Session(string id, decimal dollars, int day = 15) =>
        Document(id, dollars, day, null, new(2025, 3, day + 1), 1m);

    public static DemoDocument FreeSession(string id, decimal kwh, int day = 15) =>
        Document(id, kwh, day, null, new(2025, 3, day + 1), 0m);

    /// <summary>The credit CDR of it.</summary>
    public static DemoDocument Credit(string id, string of, decimal dollars, LocalDate received, int day = 15) =>
        Document(id, dollars, day, of, received, 1m);

    public static CdrKey Key(string id) => new(Cpo, id);

    /// <summary>A town whose supplier rounds a tax once per document.</summary>
    public static async Task RoundOncePerDocument(Town town)
    {
        var book = await town.Engine.Books.Current(Stop);
        var election = new DatedElection("GST", "CA", null, null, new RoundingElection { PerDocument = true });
        foreach (var party in book.AllParties)
        {
            BookFact fact = new BookFact.PartyRegistered(party with { Elections = [election] });
            await town.Engine.Books.Record([(ReferenceFiles.Stream(fact), fact)], "test", Stop);
        }
    }

    /// <summary>The last statement of a month, issued.</summary>
    public static async Task<IssuedStatement> Statement(Town town, YearMonth month) =>
        (await town.Engine.Closing.Book(Pair, Stop)).Month(month).Issued[^1];

    private static DemoDocument Document(
        string id, decimal kwhs, int day, string? creditOf, LocalDate received, decimal price)
    {
        var kwh = kwhs.ToString(CultureInfo.InvariantCulture);
        var cost = (kwhs * price).ToString(CultureInfo.InvariantCulture);
        var date = new LocalDate(2025, 3, day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var credit = creditOf is null ? "" : $"\"credit\": true, \"credit_reference_id\": \"{creditOf}\", ";
        var sign = creditOf is null ? "" : "-";
        var json =
            $$"""
            {"country_code": "US", "party_id": "CPI", "id": "{{id}}", "start_date_time": "{{date}}T15:00:00Z",
             "end_date_time": "{{date}}T18:00:00Z", "session_id": "S-{{id}}", {{credit}}
             "cdr_token": {"country_code": "CA", "party_id": "FLO", "uid": "U-{{id}}", "type": "RFID", "contract_id": "CA-FLO-C1"},
             "auth_method": "WHITELIST",
             "cdr_location": {"id": "NS-1", "address": "1 Barrington St", "city": "Halifax", "postal_code": "B3J 1Z1",
               "state": "NS", "country": "CAN", "coordinates": {"latitude": "44.648600", "longitude": "-63.585900"},
               "evse_uid": "NS-1-{{id}}", "evse_id": "US*CPI*ENS1*{{id.Length}}", "connector_id": "1",
               "connector_standard": "IEC_62196_T1_COMBO", "connector_format": "CABLE", "connector_power_type": "DC"},
             "currency": "CAD",
             "tariffs": [{"country_code": "US", "party_id": "CPI", "id": "NS-KWH", "currency": "CAD", "type": "REGULAR",
               "elements": [{"price_components": [{"type": "ENERGY", "price": {{price}}, "step_size": 1}]}],
               "last_updated": "2025-01-01T00:00:00Z"}],
             "charging_periods": [{"start_date_time": "{{date}}T15:00:00Z", "tariff_id": "NS-KWH",
               "dimensions": [{"type": "ENERGY", "volume": {{kwh}}}, {"type": "TIME", "volume": 3.0}]}],
             "total_cost": {"excl_vat": {{sign}}{{cost}}}, "total_energy": {{kwh}}, "total_time": 3.0, "total_parking_time": 0.0,
             "last_updated": "{{date}}T18:01:00Z"}
            """;
        return new DemoDocument(
            Cpo, PartyId.Parse("CA-FLO")!.Value, creditOf is null ? DemoStory.Ordinary : DemoStory.Credit,
            received.AtMidnight().InUtc().ToInstant(), IsOcpi230: false,
            Encoding.UTF8.GetBytes(json.ReplaceLineEndings(" ")));
    }
}
