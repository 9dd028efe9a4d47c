using System.Globalization;
using System.Text;

namespace Settlement.Bench.Rating;

/// <summary>One thousand CDRs of one shape, each with its own id, times and volumes, as JSON lines.</summary>
internal sealed record Input(string Name, string Zone, IReadOnlyList<byte[]> Cdrs)
{
    private const int Count = 1000;

    public int MeanBytes => (int)Cdrs.Average(cdr => cdr.Length);

    public static IReadOnlyList<Input> All =>
    [
        new("A", "UTC", Make(Tiny)),
        new("B", "Europe/Amsterdam", Make(i => Hourly(i, 2, 5400))),
        new("C", "Europe/Amsterdam", Make(i => Hourly(i, 48, 900))),
    ];

    private static byte[][] Make(Func<int, string> cdr) =>
        [.. Enumerable.Range(0, Count).Select(i => Encoding.UTF8.GetBytes(cdr(i)))];

    /// <summary>Charging, then parking, under two elements: the mean of small CDRs as partners send them.</summary>
    private static string Tiny(int i)
    {
        var start = new DateTime(2026, 10, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(i * 37 % 40_000);
        var (charge, park) = (20 + i % 71, 3 + i % 17);
        var tariff = """
            {"country_code":"CA","party_id":"FLO","id":"T1","currency":"CAD","type":"REGULAR","elements":[
            {"price_components":[{"type":"FLAT","price":0.50,"vat":5.0,"step_size":1},
            {"type":"ENERGY","price":0.3125,"vat":5.0,"step_size":1},{"type":"TIME","price":1.00,"vat":5.0,"step_size":60}]},
            {"price_components":[{"type":"PARKING_TIME","price":6.00,"vat":5.0,"step_size":300}],
            "restrictions":{"start_time":"07:00","end_time":"22:00"}}],"last_updated":"2026-01-01T00:00:00Z"}
            """.ReplaceLineEndings("");
        var periods = Period(start, $"{{\"type\":\"ENERGY\",\"volume\":{5 + i % 41}.{i % 1000:000}}},"
                + $"{{\"type\":\"TIME\",\"volume\":{Hours(charge * 60)}}}")
            + "," + Period(start.AddMinutes(charge), $"{{\"type\":\"PARKING_TIME\",\"volume\":{Hours(park * 60)}}}");
        return Cdr($"A{i:00000}", start, start.AddMinutes(charge + park), tariff, periods,
            $"{5 + i % 41}.{i % 1000:000}", (charge + park) * 60, park * 60);
    }

    /// <summary>Energy under a tariff with one element for each hour of the day.</summary>
    private static string Hourly(int i, int count, int seconds)
    {
        var start = new DateTime(2026, 10, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(i % 690 * 60);
        var elements = string.Join(",", Enumerable.Range(0, 24).Select(hour =>
            $"{{\"price_components\":[{{\"type\":\"ENERGY\",\"price\":0.{2000 + hour * 37 % 24 * 50},\"vat\":21.0,"
            + "\"step_size\":1},{\"type\":\"PARKING_TIME\",\"price\":" + $"{hour % 3}.25,\"vat\":21.0,\"step_size\":60}}],"
            + $"\"restrictions\":{{\"start_time\":\"{hour:00}:00\",\"end_time\":\"{(hour + 1) % 24:00}:00\",\"day_of_week\":"
            + "[\"MONDAY\",\"TUESDAY\",\"WEDNESDAY\",\"THURSDAY\",\"FRIDAY\",\"SATURDAY\",\"SUNDAY\"]}}"));
        var tariff = "{\"country_code\":\"CA\",\"party_id\":\"FLO\",\"id\":\"H24\",\"currency\":\"CAD\",\"type\":\"REGULAR\","
            + $"\"elements\":[{elements}],\"last_updated\":\"2026-01-01T00:00:00Z\"}}";
        var kwh = Enumerable.Range(0, count).Select(p => 1000 + (i * 31 + p * 577) % 9000).ToList();
        var periods = string.Join(",", kwh.Select((wh, p) => Period(
            start.AddSeconds(p * seconds),
            $"{{\"type\":\"ENERGY\",\"volume\":{wh / 1000}.{wh % 1000:000}}},{{\"type\":\"TIME\",\"volume\":{Hours(seconds)}}}")));
        var total = kwh.Sum();
        return Cdr($"H{count}-{i:00000}", start, start.AddSeconds(count * seconds), tariff, periods,
            $"{total / 1000}.{total % 1000:000}", count * seconds, 0);
    }

    private static string Period(DateTime start, string dimensions) =>
        $"{{\"start_date_time\":\"{Time(start)}\",\"dimensions\":[{dimensions}]}}";

    private static string Cdr(
        string id, DateTime start, DateTime end, string tariff, string periods, string kwh, int seconds, int parked) =>
        $"{{\"country_code\":\"CA\",\"party_id\":\"FLO\",\"id\":\"{id}\",\"start_date_time\":\"{Time(start)}\","
        + $"\"end_date_time\":\"{Time(end)}\",\"session_id\":\"S-{id}\",\"cdr_token\":{{\"country_code\":\"US\",\"party_id\":"
        + $"\"CPI\",\"uid\":\"04{id}\",\"type\":\"RFID\",\"contract_id\":\"USCPIC{id}\"}},\"auth_method\":\"WHITELIST\","
        + "\"cdr_location\":{\"id\":\"L1\",\"address\":\"1 rue Test\",\"city\":\"Laval\",\"country\":\"CAN\",\"coordinates\":"
        + "{\"latitude\":\"45.5000\",\"longitude\":\"-73.6000\"},\"evse_uid\":\"E1\",\"evse_id\":\"CA*FLO*E1\",\"connector_id\":"
        + "\"1\",\"connector_standard\":\"IEC_62196_T1\",\"connector_format\":\"CABLE\",\"connector_power_type\":\"AC_1_PHASE\"},"
        + $"\"currency\":\"CAD\",\"tariffs\":[{tariff}],\"charging_periods\":[{periods}],\"total_cost\":{{\"excl_vat\":10.00}},"
        + $"\"total_energy\":{kwh},\"total_time\":{Hours(seconds)},\"total_parking_time\":{Hours(parked)},"
        + $"\"last_updated\":\"{Time(end.AddMinutes(1))}\"}}";

    private static string Time(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Hours(int seconds) =>
        Math.Round(seconds / 3600m, 4).ToString("0.####", CultureInfo.InvariantCulture);
}
