using System.Globalization;
using NodaTime;
using NodaTime.Text;
using Settlement.Api.Demo;

namespace Settlement.Tests.Intake;

/// <summary>
/// The charging sessions of a workplace garage in Pasadena from May to August 2021, as its operator's CDRs: people
/// come in the morning, charge for hours, some stay plugged in. Drawn from fixed numbers; the claim is calculated
/// here in whole minor units, apart from the rater. 0.30 a kWh, 2.00 an hour of idling in steps of five minutes, at
/// most 40.00.
/// </summary>
internal static class GarageSummer
{
    private static readonly Instant May = Instant.FromUtc(2021, 5, 1, 12, 0);

    public static IReadOnlyList<string> Lines(int count = 1500)
    {
        var random = new SplitMix64(2021);
        return [.. Enumerable.Range(0, count).Select(i => Line(i, random))];
    }

    private static string Line(int number, SplitMix64 random)
    {
        var start = May + Duration.FromSeconds((number % 122 * 86_400L) + random.Below(11 * 3600));
        var charging = 1200 + random.Below(6 * 3600);
        var idle = random.Below(3) == 0 ? random.Below(5 * 3600) : 0;
        var watts = 3000 + random.Below(3600);
        var wh = (long)charging * watts / 3600;
        var steps = (idle + 299) / 300;
        var energyCost = wh * 30 / 1000m; // cents
        var idleCost = steps * 200 / 12m;
        var total = Cents(Math.Min(energyCost + idleCost, 4000m));
        var idleSince = start + Duration.FromSeconds(charging);
        var end = idleSince + Duration.FromSeconds(idle);
        var parking = idle == 0 ? "" :
            $$""",{"start_date_time":"{{Time(idleSince)}}","dimensions":[{"type":"PARKING_TIME","volume":{{Hours(idle)}}}],"tariff_id":"ACN-L2"}""";
        var place = random.Below(54);
        return
            $$"""
            {"country_code":"US","party_id":"ACN","id":"garage-{{number}}","start_date_time":"{{Time(start)}}","end_date_time":"{{Time(end)}}",
            "session_id":"session-{{number}}","cdr_token":{"country_code":"CA","party_id":"FLO","uid":"{{100_000_000 + random.Below(300)}}","type":"APP_USER","contract_id":"CA-FLO-C{{100_000_000 + random.Below(300)}}"},
            "auth_method":"AUTH_REQUEST","cdr_location":{"id":"GARAGE-{{place}}","name":"California Garage","address":"1200 E California Blvd","city":"Pasadena","postal_code":"91125","state":"CA","country":"USA",
            "coordinates":{"latitude":"34.137700","longitude":"-118.125300"},"evse_uid":"{{number}}","evse_id":"US*ACN*E{{number}}","connector_id":"1","connector_standard":"IEC_62196_T1","connector_format":"CABLE","connector_power_type":"AC_1_PHASE"},
            "currency":"USD","tariffs":[{"country_code":"US","party_id":"ACN","id":"ACN-L2","currency":"USD","type":"REGULAR","max_price":{"excl_vat":40.0},
            "elements":[{"price_components":[{"type":"ENERGY","price":0.3,"step_size":1},{"type":"PARKING_TIME","price":2.0,"step_size":300}]}],"last_updated":"2021-01-01T00:00:00Z"}],
            "charging_periods":[{"start_date_time":"{{Time(start)}}","dimensions":[{"type":"ENERGY","volume":{{wh / 1000}}.{{wh % 1000:000}}},{"type":"TIME","volume":{{Hours(charging)}}}],"tariff_id":"ACN-L2"}{{parking}}],
            "total_cost":{"excl_vat":{{total}}},"total_energy":{{wh / 1000}}.{{wh % 1000:000}},"total_time":{{Hours(charging + idle)}},"total_parking_time":{{Hours(idle)}},"last_updated":"{{Time(end + Duration.FromMinutes(1))}}"}
            """.ReplaceLineEndings("");
    }

    private static string Cents(decimal cents) =>
        (Math.Round(cents, MidpointRounding.AwayFromZero) / 100).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Hours(int seconds) => (seconds / 3600m).ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Time(Instant time) => InstantPattern.General.Format(time);
}
