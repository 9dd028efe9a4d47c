using Settlement.Domain.Tax;
using static Settlement.Tests.Tax.TaxCase;

namespace Settlement.Tests.Tax;

/// <summary>State sales tax and charging excises, each figure with its source.</summary>
public class AmericanTaxesTests
{
    [Theory]
    [InlineData("US-CT", "2026-10-01", "SALES 6.35 = 106.35", "Sovos summary; ChargePoint collects")]
    [InlineData("US-DC", "2013-10-01", "SALES 5.75 = 105.75", "OTR notice, avalara.com 2013-09-19")]
    [InlineData("US-DC", "2018-09-30", "SALES 5.75 = 105.75", "OTR notice, avalara.com 2013-09-19")]
    [InlineData("US-DC", "2018-10-01", "SALES 6.00 = 106.00", "otr.cfo.dc.gov")]
    [InlineData("US-DC", "2026-09-30", "SALES 6.00 = 106.00", "otr.cfo.dc.gov")]
    [InlineData("US-NC", "2014-07-01", "SALES 7.00 = 107.00", "17 NCAC 07B .2101(b): no local rates on electricity")]
    [InlineData("US-NC", "2014-06-30", "tax.no-rule", "before the combined general rate: nothing found")]
    [InlineData("US-DC", "2026-10-01", "SALES 7.00 = 107.00", "otr.cfo.dc.gov, the 6.5 % step was cancelled")]
    [InlineData("US-IN", "2026-10-01", "SALES 7.00 = 107.00", "Revenue Ruling 2019-03ST")]
    [InlineData("US-MA", "2026-10-01", "SALES 6.25 = 106.25", "Sovos summary; ChargePoint collects")]
    [InlineData("US-MD", "2026-10-01", "SALES 6.00 = 106.00", "Sovos summary; ChargePoint collects")]
    [InlineData("US-ME", "2026-10-01", "SALES 5.50 = 105.50", "Sovos summary; ChargePoint collects")]
    [InlineData("US-MI", "2026-10-01", "SALES 6.00 = 106.00", "Sovos summary; ChargePoint collects")]
    [InlineData("US-NJ", "2026-10-01", "SALES 6.63 = 106.63", "Division of Taxation FAQ, 6.625 %")]
    [InlineData("US-OR", "2026-10-01", "SALES exempt = 100.00", "no state tax")]
    [InlineData("US-NH", "2026-10-01", "SALES exempt = 100.00", "no state tax")]
    [InlineData("US-DE", "2026-10-01", "SALES exempt = 100.00", "no state tax")]
    [InlineData("US-MT", "2026-10-01", "SALES exempt = 100.00", "no state tax")]
    [InlineData("US-CA", "2026-10-01", "SALES exempt = 100.00", "R&TC 6353(a)")]
    [InlineData("US-ID", "2026-10-01", "SALES exempt = 100.00", "Idaho Code 63-3622F")]
    [InlineData("US-VA", "2026-10-01", "SALES exempt = 100.00", "23VAC10-210-660")]
    public void State_sales_tax_where_there_are_no_local_rates(
        string place, string day, string expected, string source) =>
        Driver(place, day).Told().ShouldBe(expected, source);

    [Theory]
    [InlineData(ChargeComponent.TIME)]
    [InlineData(ChargeComponent.PARKING_TIME)]
    [InlineData(ChargeComponent.FLAT)]
    public void North_Carolinas_rate_on_electricity_says_nothing_of_other_fees(ChargeComponent component)
    {
        Driver("US-NC", "2026-10-01", of: component).Told().ShouldBe("tax.undetermined", "17 NCAC 07B .2101");
        (Reseller("US-NC", "2026-10-01") with { Amounts = Driver("US-NC", "2026-10-01", of: component).Amounts })
            .Told().ShouldBe("SALES exempt = 100.00");
    }

    [Fact] // Utah Code 59-30-102(1): upon the retail sale
    public void Utahs_charging_tax_is_charged_to_a_reseller_without_a_certificate_only()
    {
        Reseller("US-UT", "2024-01-01").Told().ShouldBe("EV_EXCISE exempt + SALES exempt = 100.00");
        Reseller("US-UT", "2023-12-31").Told().ShouldBe("SALES exempt = 100.00");
        Reseller("US-UT", "2024-01-01").WithoutCertificate().StateOnly().Told()
            .ShouldBe("EV_EXCISE 12.50 + SALES 4.85 = 117.35");
    }

    [Theory]
    [InlineData("US-NY", "SALES 4.00 = 104.00", "TSB-A-13(18)S")]
    [InlineData("US-TX", "SALES 6.25 = 106.25", "Sovos summary; ChargePoint collects")]
    [InlineData("US-SC", "SALES 6.00 = 106.00", "PLR 20-5")]
    [InlineData("US-UT", "EV_EXCISE 12.50 + SALES 4.85 = 117.35",
        "Utah Code 59-30-102: 12.5 % of the charge")]
    public void Where_local_rates_exist_a_driver_is_held_until_they_are_loaded(
        string place, string expected, string source)
    {
        // rules-money 31; the state's tax alone is only told where that is asked for
        Driver(place, "2026-10-01").Told().ShouldBe("local.not-loaded");
        Driver(place, "2026-10-01").StateOnly().Told().ShouldBe(expected, source);
        Driver(place, "2026-10-01").StateOnly().Determined().Notes.ShouldBe(["local.not-loaded"]);
    }

    [Theory]
    [InlineData("US-AL")]
    [InlineData("US-AZ")]
    [InlineData("US-IL")]
    [InlineData("US-NV")]
    [InlineData("US-ND")]
    [InlineData("US-OH")]
    [InlineData("US-RI")]
    [InlineData("US-WA")]
    [InlineData("US-WV")]
    [InlineData("US-GA")]
    [InlineData("US-FL")] // TAA 22A-019: sales and gross receipts tax, rates on electricity of their own
    public void Where_no_source_was_found_or_sources_conflict_a_driver_is_held_and_a_reseller_is_not(
        string place)
    {
        Driver(place, "2026-10-01").StateOnly().Told().ShouldBe("tax.undetermined");
        Reseller(place, "2026-10-01").Told().ShouldBe("SALES exempt = 100.00"); // rules-money 5
        Reseller(place, "2026-10-01").WithoutCertificate().StateOnly().Told().ShouldBe("tax.undetermined");
    }

    [Theory]
    // place, day, kWh, kW, level, installed, the rest → what a reseller with certificate owes on 100.00
    [InlineData("US-IA", "2023-06-30", "30", null, null, "", "SALES exempt = 100.00", "Iowa Code 452A.41")]
    [InlineData("US-IA", "2023-07-01", "30", null, null, "", "EV_EXCISE 0.78 + SALES exempt = 100.78",
        "Iowa Code 452A.41: 0.026")]
    [InlineData("US-IA", "2026-10-01", "30", null, null, "residence", "SALES exempt = 100.00",
        "Iowa Code 452A.41")]
    [InlineData("US-KY", "2024-06-01", "30", "19.999", null, "", "SALES exempt = 100.00",
        "KRS 138.477 (HB 122)")]
    [InlineData("US-KY", "2024-06-01", "30", "20", null, "", "EV_EXCISE 0.90 + SALES exempt = 100.90",
        "KRS 138.477: 20 kW or more")]
    [InlineData("US-KY", "2025-06-01", "30", "50", null, "", "EV_EXCISE 0.96 + SALES exempt = 100.96",
        "revenue.ky.gov, 0.032 (partial)")]
    [InlineData("US-KY", "2025-06-01", "30", "50", null, "state",
        "EV_EXCISE 0.96 + EV_SURTAX 0.96 + SALES exempt = 101.92", "KRS 138.477 surtax")]
    [InlineData("US-KY", "2025-06-01", "30", "50", null, "private", "SALES exempt = 100.00",
        "KRS 138.477: public")]
    [InlineData("US-KY", "2026-06-01", "30", "50", null, "", "tax.undetermined", "2026 amount not found")]
    [InlineData("US-KY", "2026-06-01", "30", "7.2", null, "", "SALES exempt = 100.00",
        "below 20 kW the amount does not matter")]
    [InlineData("US-KY", "2026-06-01", "0", null, null, "", "SALES exempt = 100.00",
        "0 kWh at any amount is 0")]
    [InlineData("US-OK", "2023-12-31", "30", "50", null, "", "SALES exempt = 100.00", "68 O.S. 6504")]
    [InlineData("US-OK", "2024-01-01", "30", "50", null, "", "EV_EXCISE 0.90 + SALES exempt = 100.90",
        "68 O.S. 6504")]
    [InlineData("US-OK", "2024-01-01", "30", "49.9", null, "", "SALES exempt = 100.00", "68 O.S. 6504(D)")]
    [InlineData("US-OK", "2024-01-01", "30", null, null, "", "station.fact-missing", "power decides")]
    [InlineData("US-MT", "2026-10-01", "30", "150", null, "", "SALES exempt = 100.00",
        "MCA 15-70-801: a cost of the CPO, never a line")]
    [InlineData("US-WI", "2024-12-31", "30", null, 3, "", "SALES exempt = 100.00", "2023 Wis. Act 121")]
    [InlineData("US-WI", "2025-01-01", "30", null, 3, "", "EV_EXCISE 0.90 + SALES exempt = 100.90",
        "2023 Wis. Act 121")]
    [InlineData("US-WI", "2025-01-01", "30", null, 2, "2024-03-21", "SALES exempt = 100.00",
        "2023 Wis. Act 121")]
    [InlineData("US-WI", "2025-01-01", "30", null, 2, "2024-03-22", "EV_EXCISE 0.90 + SALES exempt = 100.90",
        "2023 Wis. Act 121")]
    [InlineData("US-WI", "2025-01-01", "30", null, 2, "", "station.fact-missing", "install date decides")]
    [InlineData("US-WI", "2025-01-01", "30", null, 3, "residence", "SALES exempt = 100.00", "not residences")]
    [InlineData("US-PA", "2024-12-31", "30", null, null, "", "SALES exempt = 100.00", "no row before 2025")]
    [InlineData("US-PA", "2025-12-31", "30", null, null, "", "EV_EXCISE 0.52 + SALES exempt = 100.52",
        "Pa. Bulletin 2024-12-14: 0.0172")]
    [InlineData("US-PA", "2026-01-01", "30", null, null, "", "tax.undetermined", "2026 amount not found")]
    [InlineData("US-WY", "2025-09-30", "30", null, 2, "", "SALES exempt = 100.00", "ytcleancities.org")]
    [InlineData("US-WY", "2025-10-01", "30", null, 2, "", "EV_EXCISE 0.21 + SALES exempt = 100.21",
        "ytcleancities.org: 0.24 / 33.56")]
    [InlineData("US-WY", "2026-06-30", "30", null, 1, "", "SALES exempt = 100.00", "Level 2 and DC fast")]
    [InlineData("US-WY", "2026-07-01", "30", null, 3, "", "EV_EXCISE 1.05 + SALES exempt = 101.05",
        "W.S. 39-17-304: 0.035")]
    [InlineData("US-WY", "2026-07-01", "30", null, 2, "", "tax.undetermined", "scope of Level 2 conflicts")]
    [InlineData("US-MN", "2027-06-30", "30", null, null, "", "SALES exempt = 100.00", "Minn. Stat. 296A.075")]
    [InlineData("US-MN", "2027-07-01", "30", null, null, "", "EV_EXCISE 1.50 + SALES exempt = 101.50",
        "Minn. Stat. 296A.075")]
    [InlineData("US-GA", "2026-12-31", "30", null, null, "", "SALES exempt = 100.00", "HB 652")]
    [InlineData("US-GA", "2027-01-01", "30", null, null, "", "EV_EXCISE 0.71 + SALES exempt = 100.71",
        "HB 652, 26 cents per 11 kWh (partial)")]
    [InlineData("US-TN", "2027-01-01", "30", "150", null, "", "SALES exempt = 100.00",
        "SB 1481 only proposed")]
    public void Excises_follow_the_station_even_in_a_resale(
        string place, string day, string kwh, string? kw, int? level, string station, string expected,
        string source) =>
        Reseller(place, day).Kwh(decimal.Parse(kwh, System.Globalization.CultureInfo.InvariantCulture))
            .At(facts => facts with
            {
                PowerKw = kw is null
                    ? null
                    : decimal.Parse(kw, System.Globalization.CultureInfo.InvariantCulture),
                Level = level,
                InstalledOn = station.StartsWith("20", StringComparison.Ordinal) ? Day(station) : null,
                IsPublic = station != "private",
                OnStateProperty = station == "state",
                IsResidence = station == "residence",
            }).Told().ShouldBe(expected, source);

    [Theory]
    [InlineData(2, "2024-03-21", "SALES 5.00 = 105.00")]
    [InlineData(2, "2024-03-22", "EV_EXCISE 0.90 + SALES exempt = 100.90")]
    [InlineData(3, "2020-01-01", "EV_EXCISE 0.90 + SALES exempt = 100.90")]
    public void Wisconsin_exempts_from_sales_tax_exactly_what_bears_the_excise(
        int level, string installed, string expected) =>
        Driver("US-WI", "2025-01-01").Kwh(30m).StateOnly()
            .At(facts => facts with { Level = level, InstalledOn = Day(installed) }).Told()
                .ShouldBe(expected);

    [Theory]
    [InlineData("2026-06-30", 3, "EV_EXCISE 0.21 + SALES 4.00 = 104.21")]
    [InlineData("2026-07-01", 3, "EV_EXCISE 1.05 + SALES exempt = 101.05")]
    public void Wyoming_exempts_fast_charging_from_sales_tax_when_its_new_excise_starts(
        string day, int level, string expected) =>
        Driver("US-WY", day).Kwh(30m).StateOnly().At(facts => facts with { Level = level }).Told()
            .ShouldBe(expected);

    [Fact] // KRS 139.010(17)(c)3
    public void The_base_of_Kentucky_sales_tax_is_the_price_without_the_excise()
    {
        var lines = Driver("US-KY", "2025-06-01").Kwh(1000m).At(facts => facts with { PowerKw = 50m })
            .Determined().Lines;
        lines.Select(line => (line.Tax, line.Base.Text(), line.Amount.Text()))
            .ShouldBe([("EV_EXCISE", "0.00", "32.00"), ("SALES", "100.00", "6.00")]);
    }

    [Fact] // rules-money 11
    public void An_excise_that_covers_free_charging_is_due_on_it() =>
        Reseller("US-IA", "2026-10-01", "0.00").Kwh(30m).Told()
            .ShouldBe("EV_EXCISE 0.78 + SALES exempt = 0.78");

    [Fact]
    public void Oklahoma_leaves_free_charging_alone_whatever_the_power() =>
        Reseller("US-OK", "2026-10-01", "0.00").Kwh(30m).Told().ShouldBe("SALES exempt = 0.00");

    [Fact]
    public void A_missing_fact_is_asked_for_by_its_name() =>
        Reseller("US-WI", "2025-01-01").Kwh(30m).At(facts => facts with { Level = 2 }).Undetermined().Question
            .ShouldBe("Tell the install date of the station in US-WI: tax depends on it.");

    [Theory] // 19.2 kW is the end of AC charging (SAE J1772)
    [InlineData("19.2", "station.fact-missing")]
    [InlineData("19.3", "EV_EXCISE 0.90 + SALES exempt = 100.90")]
    public void Power_tells_the_level_where_it_is_not_stated(string kw, string expected) =>
        Reseller("US-WI", "2025-01-01").Kwh(30m).At(facts => facts with
        {
            PowerKw = decimal.Parse(kw, System.Globalization.CultureInfo.InvariantCulture),
        }).Told().ShouldBe(expected);
}
