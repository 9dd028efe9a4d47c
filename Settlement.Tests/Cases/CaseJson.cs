using System.Globalization;
using System.Text.Json;

namespace Settlement.Tests.Cases;

/// <summary>The OCPI documents that a case file stands for.</summary>
internal static class CaseJson
{
    public static string Cdr(Story story)
    {
        var is230 = story.Given["included"].Any() || story.Given["tax"].Any();
        var (cpo, emsp) = (story.Value("cpo", "US-CPI"), story.Value("emsp", "CA-FLO"));
        var periods = story.Given["period"].Select(Period).ToList();
        var hours = periods.Zip(Ends(story), (p, end) => (p, Hours: (decimal)(end - p.Start).Ticks / TimeSpan.TicksPerHour)).ToList();
        var claim = decimal.Parse(story.Value("claim", "0"), CultureInfo.InvariantCulture);
        return JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["country_code"] = cpo[..2],
            ["party_id"] = cpo[3..],
            ["id"] = "CASE",
            ["start_date_time"] = periods[0].Start.ToString("s", CultureInfo.InvariantCulture) + "Z",
            ["end_date_time"] = End(story).ToString("s", CultureInfo.InvariantCulture) + "Z",
            ["session_id"] = "S",
            ["cdr_token"] = new { country_code = emsp[..2], party_id = emsp[3..], uid = "U", type = "RFID", contract_id = "C" },
            ["auth_method"] = "WHITELIST",
            ["cdr_location"] = new Dictionary<string, object?>
            {
                ["id"] = "LOC1",
                ["address"] = "1 Main",
                ["city"] = "Here",
                ["postal_code"] = story.Given["zip"].LastOrDefault(),
                ["state"] = story.Given["state"].LastOrDefault(),
                ["country"] = story.Value("country", "CAN"),
                ["coordinates"] = new { latitude = "45.000000", longitude = "-73.000000" },
                ["evse_uid"] = "1",
                ["evse_id"] = "US*CPI*E1",
                ["connector_id"] = "1",
                ["connector_standard"] = "IEC_62196_T1_COMBO",
                ["connector_format"] = "CABLE",
                ["connector_power_type"] = story.Value("power", "DC"),
            },
            ["currency"] = story.Value("currency", "CAD"),
            ["tariffs"] = story.Given["tariff"].Any() ? [JsonSerializer.Deserialize<JsonElement>(Tariff(story, "tariff"))] : Array.Empty<JsonElement>(),
            ["charging_periods"] = hours.Select(h => new
            {
                start_date_time = h.p.Start.ToString("s", CultureInfo.InvariantCulture) + "Z",
                dimensions = Dimensions(h.p, h.Hours),
                tariff_id = "T1",
            }),
            ["total_cost"] = Price(story, claim, is230),
            ["total_energy"] = periods.Sum(p => p.Kwh),
            ["total_time"] = Four(hours.Sum(h => h.Hours)),
            ["total_parking_time"] = Four(hours.Where(h => h.p.Parks).Sum(h => h.Hours)),
            ["last_updated"] = End(story).ToString("s", CultureInfo.InvariantCulture) + "Z",
        });
    }

    /// <summary>Lines such as <c>ENERGY 0.35 step 1 from 07:00 to 22:00</c>, each an element of its own.</summary>
    public static string Tariff(Story story, string name)
    {
        var is230 = story.Given["included"].Any() || story.Given["tax"].Any();
        var tariff = new Dictionary<string, object?>
        {
            ["country_code"] = story.Value("cpo", "US-CPI")[..2],
            ["party_id"] = story.Value("cpo", "US-CPI")[3..],
            ["id"] = "T1",
            ["currency"] = story.Value("currency", "CAD"),
            ["elements"] = story.Given[name].Select(Element),
            ["last_updated"] = "2020-01-01T00:00:00Z",
        };
        if (is230)
        {
            tariff["tax_included"] = story.Value("included", "NO");
        }

        foreach (var limit in new[] { "min", "max" }.Where(limit => story.Given[limit].Any()))
        {
            var amount = decimal.Parse(story.Value(limit, "0"), CultureInfo.InvariantCulture);
            tariff[limit + "_price"] = is230 ? new { before_taxes = amount } : new { excl_vat = amount };
        }

        return JsonSerializer.Serialize(tariff);
    }

    private static object Element(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string? After(string word) => Array.IndexOf(words, word) is >= 0 and var i ? words[i + 1] : null;
        var component = new
        {
            type = words[0],
            price = decimal.Parse(words[1], CultureInfo.InvariantCulture),
            step_size = int.Parse(After("step") ?? "1", CultureInfo.InvariantCulture),
        };
        return After("from") is { } from
            ? new { price_components = new[] { component }, restrictions = new { start_time = from, end_time = After("to") } }
            : new { price_components = new[] { component } };
    }

    private static object Price(Story story, decimal claim, bool is230)
    {
        var taxes = story.Given["tax"].Select(tax => tax.Split(' '))
            .Select(tax => new { name = tax[0], amount = decimal.Parse(tax[1], CultureInfo.InvariantCulture) }).ToList();
        return is230 ? new { before_taxes = claim, taxes } : new { excl_vat = claim };
    }

    private static IEnumerable<object> Dimensions((DateTime Start, decimal Kwh, bool Parks) period, decimal hours)
    {
        if (period.Kwh != 0m)
        {
            yield return new { type = "ENERGY", volume = period.Kwh };
        }

        yield return new { type = period.Parks ? "PARKING_TIME" : "TIME", volume = Four(hours) };
    }

    /// <summary><c>2026-10-05T14:00:00 charging 20.000</c> or <c>… parking</c>.</summary>
    private static (DateTime Start, decimal Kwh, bool Parks) Period(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (DateTime.ParseExact(words[0], "s", CultureInfo.InvariantCulture),
            words.Length > 2 ? decimal.Parse(words[2], CultureInfo.InvariantCulture) : 0m, words[1] == "parking");
    }

    private static IEnumerable<DateTime> Ends(Story story) =>
        story.Given["period"].Select(line => Period(line).Start).Skip(1).Append(End(story));

    private static DateTime End(Story story) =>
        DateTime.ParseExact(story.Value("end", ""), "s", CultureInfo.InvariantCulture);

    private static decimal Four(decimal hours) => decimal.Round(hours, 4);
}
