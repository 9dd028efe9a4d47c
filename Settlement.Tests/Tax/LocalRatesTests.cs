using NodaTime;
using Settlement.Domain.Tax;
using static Settlement.Tests.Tax.TaxCase;

namespace Settlement.Tests.Tax;

/// <summary>
/// Local rates: Streamlined Sales Tax files with their traps, plain CSV, and the lines they make.
/// </summary>
public class LocalRatesTests
{
    private static readonly Instant Loaded = Instant.FromUtc(2026, 1, 5, 8, 0);

    // Kansas in the layout of the file: state, type, code, general intra/inter, food intra/inter, days.
    internal const string KansasRates = """
        20,45,20,0.065,0.065,0.02,0.02,20150701,29991231
        20,00,091,0.01475,0.01475,0.01475,0.01475,20170401,99991231
        20,01,53775,0.01125,0.01125,0.01125,0.01125,20170401,20251231
        20,01,53775,0.01375,0.01375,0.01375,0.01375,20260101,29991231
        20,63,014,0.01,0.01,0.01,0.01,20200101,29991231
        """;

    internal static readonly string KansasBoundaries = string.Join('\n',
        Boundary("Z", "66210", "", "66213", "", "091", "53775"),
        Boundary("4", "66210", "1", "66210", "99", "091", "53775", ",014,63"),
        Boundary("Z", "66999", "", "66999", "", "", "00000"),
        Boundary("A", "", "", "", "", "091", "53775"));

    [Theory]
    // 6.5 + 1.475 + 1.375 %
    [InlineData("66212", "2026-10-01", "SALES 6.50 + SALES 1.48 + SALES 1.38 = 109.36")]
    [InlineData("66212", "2025-12-31", "SALES 6.50 + SALES 1.48 + SALES 1.13 = 109.11")] // the rate before
    // district
    [InlineData("66210-0042", "2026-10-01", "SALES 6.50 + SALES 1.48 + SALES 1.38 + SALES 1.00 = 110.36")]
    // beyond the ZIP+4 range
    [InlineData("66210-0100", "2026-10-01", "SALES 6.50 + SALES 1.48 + SALES 1.38 = 109.36")]
    // an area without local tax is known to have none
    [InlineData("66999", "2026-10-01", "SALES 6.50 = 106.50")]
    [InlineData("66001", "2026-10-01", "local.not-loaded")] // not in the file
    [InlineData(null, "2026-10-01", "local.not-loaded")]
    public void Counties_cities_and_districts_tax_what_the_state_taxes(
        string? zip, string day, string expected) =>
        At("US-KS", zip, day).Told(Kansas()).ShouldBe(expected);

    [Fact]
    public void A_local_line_names_its_locality_its_rule_and_the_file() =>
        At("US-KS", "66212", "2026-10-01").Determined(Kansas()).Lines
            .Select(line => (line.Jurisdiction, line.Rule, line.Rate, line.Registration)).ShouldBe(
            [
                ("US-KS", "US-KS:SALES:unknown", 0.065m, "SALES-1"),
                ("US-KS:county-091", "US-KS:SALES:county-091:2017-04-01", 0.01475m, "SALES-1"),
                ("US-KS:city-53775", "US-KS:SALES:city-53775:2026-01-01", 0.01375m, "SALES-1"),
            ]);

    [Fact]
    public void The_rates_of_the_state_itself_and_address_records_are_told_apart()
    {
        var import = SstFiles.Read(KansasRates, KansasBoundaries, "KSR2026Q1");
        import.StateRates.Single().Rate.ShouldBe(0.065m);
        import.AddressRecords.ShouldBe(1);
        import.Rates!.Rates.Count.ShouldBe(4);
        import.Rates.Areas.Count.ShouldBe(3);
    }

    [Fact] // traps: byte order mark (VT), unpadded ZIP+4 and the state as a district of type 45 (WA)
    public void The_traps_of_the_files_are_known()
    {
        var import = SstFiles.Read(
            "\uFEFF53,45,53,0.065,0.065,0,0,20080401,29991231\r\n"
            + "53,01,63000,0.0385,0.0385,0,0,20240101,29991231\r\n",
            Boundary("4", "98101", "1", "98101", "9999", "", "63000", ",53,45", state: "53"), "WA");
        import.Refusal.ShouldBeNull();
        import.Rates!.Areas.Single().ShouldSatisfyAllConditions(
            area => area.Low.ShouldBe("98101-0001"),
            area => area.Codes.ShouldBe(["city-63000"]));
    }

    [Theory] // trap of the Wisconsin file of 2026: both rows name the day 2020-03-31
    [InlineData("2020-03-30", 0)]
    [InlineData("2020-03-31", 1)]
    public void A_rate_that_ends_on_the_day_the_next_begins_leaves_that_day_to_it(string day, int rates)
    {
        var import = SstFiles.Read(
            "55,00,078,0.0,0.0,0.0,0.0,19800101,20200331\n"
            + "55,00,078,0.005,0.005,0.005,0.005,20200331,99991231",
            Boundary("Z", "54135", "", "54135", "", "078", "", state: "55"), "WI");
        import.Rates!.At(new Place("US-WI", "54135", "state"), Day(day))!.Count.ShouldBe(rates);
    }

    [Theory]
    [InlineData("20,00,091,0.01,0.01,0,0,20170401", "rate line 1")]
    [InlineData("20,00,091,x,0.01,0,0,20170401,29991231", "rate line 1")]
    [InlineData("20,00,091,0.01,0.01,0,0,20170401,29991231\n19,00,001,0.01,0.01,0,0,20170401,29991231",
        "rate line 2")]
    [InlineData("06,00,001,0.01,0.01,0,0,20170401,29991231", "state 06")]
    public void A_file_that_is_not_one_is_refused_with_its_line(string rates, string where) =>
        SstFiles.Read(rates, "", "file").Refusal!.ShouldSatisfyAllConditions(
            refusal => refusal.Code.ShouldBe("local.malformed"),
            refusal => refusal.Message.ShouldContain(where));

    [Fact]
    public void Two_rates_of_one_locality_on_one_day_are_refused() =>
        SstFiles.Read(
            KansasRates + "\n20,63,014,0.02,0.02,0,0,20250101,29991231", KansasBoundaries, "KS").Refusal!.Code
            .ShouldBe("local.conflict");

    [Theory]
    [InlineData("10001", null, "2026-10-01", "SALES 4.00 + SALES 4.50 + SALES 0.38 = 108.88")]
    [InlineData(null, "Albany", "2026-10-01", "SALES 4.00 + SALES 4.00 = 108.00")]
    // ZIP unknown, city known
    [InlineData("12207", "ALBANY", "2026-10-01", "SALES 4.00 + SALES 4.00 = 108.00")]
    [InlineData(null, "Albany", "2019-12-31", "local.not-loaded")] // before the first day the file knows
    [InlineData("12345", null, "2026-10-01", "local.not-loaded")]
    public void Other_states_come_as_plain_CSV_by_ZIP_or_city(
        string? zip, string? city, string day, string expected)
    {
        var (states, refusal) = LocalRatesCsv.Read(
            LocalRatesCsv.Header + "\n"
            + "US-NY,10001,city-nyc,New York City,0.045,,\n"
            + "US-NY,10001,district-mctd,\"Metropolitan, commuter\",0.00375,,\n"
            + "US-NY,Albany,county-albany,Albany County,0.04,2020-01-01,\n", "ny.csv");
        refusal.ShouldBeNull();
        var question = At("US-NY", zip, day);
        (question with { Place = question.Place with { City = city } })
            .Told(TaxBook.Shipped.Record(states.Single(), Loaded)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("state,area,rate\n", "line 1")]
    [InlineData(LocalRatesCsv.Header + "\nUS-ZZ,10001,c,n,0.01,,", "line 2")]
    [InlineData(LocalRatesCsv.Header + "\nUS-NY,10001,c,n,4.5,,", "line 2")] // a percentage is not a fraction
    [InlineData(LocalRatesCsv.Header + "\nUS-NY,10001,c,n,0.01,yesterday,", "line 2")]
    public void A_CSV_that_is_not_one_is_refused_with_its_line(string csv, string where) =>
        LocalRatesCsv.Read(csv, "x.csv").Refusal!.Message.ShouldContain(where);

    [Fact]
    public void A_resale_with_certificate_bears_no_local_tax_either() =>
        (Reseller("US-KS", "2026-10-01") with { Place = new Place("US-KS", "66212", "state") })
            .Told(Kansas()).ShouldBe("SALES exempt = 100.00");

    [Fact] // Colorado taxes nothing, its home-rule cities may
    public void Where_cities_have_their_own_treatment_they_tax_what_the_state_does_not()
    {
        At("US-CO", "80202", "2026-10-01").Told().ShouldBe("local.not-loaded");
        const string Denver = LocalRatesCsv.Header + "\nUS-CO,80202,city-denver,Denver,0.0515,,";
        var denver = LocalRatesCsv.Read(Denver, "co.csv").States.Single();
        At("US-CO", "80202", "2026-10-01").Told(TaxBook.Shipped.Record(denver, Loaded))
            .ShouldBe("SALES exempt + SALES 5.15 = 105.15");
    }

    [Fact]
    public void Rates_loaded_later_do_not_change_what_was_known_before() =>
        (At("US-KS", "66212", "2026-10-01") with { KnownAt = Loaded - Duration.FromSeconds(1) })
            .Told(Kansas()).ShouldBe("local.not-loaded");

    [Fact]
    public void A_price_that_includes_tax_is_backed_out_with_local_rates_too() => // 109.35 ÷ 1.0935 = 100.00
        (At("US-KS", "66212", "2026-10-01", "109.35") with { AmountsIncludeTax = true }).Determined(Kansas())
            .ShouldSatisfyAllConditions(
                // 6.50 + 1.48 + 1.38: the residual cent is on the net
                answer => answer.Net.Text().ShouldBe("99.99"),
                answer => (answer.Net + answer.Tax).Text().ShouldBe("109.35"));

    [Fact]
    // 60.00 and 40.00 exactly, and the net is 99.99
    public void A_cent_too_many_is_taken_from_the_last_of_equal_shares()
    {
        var question = At("US-KS", "66212", "2026-10-01")
            .Parts((ChargeComponent.ENERGY, "65.61"), (ChargeComponent.TIME, "43.74"));
        (question with { AmountsIncludeTax = true }).Determined(Kansas()).NetAmounts
            .Select(each => each.Amount.Text()).ShouldBe(["60.00", "39.99"]);
    }

    [Fact]
    public void A_supplier_that_is_not_registered_charges_no_local_tax_and_none_is_asked_for()
    {
        var supplier = new TaxParty { Id = Cpo, Registrations = [new("SALES", "US-KS", null, null, null)] };
        (At("US-KS", null, "2026-10-01") with { Supplier = supplier }).Told()
            .ShouldBe("SALES exempt = 100.00");
    }

    [Fact] // SSUTA 324: a seller may round state and local together
    public void State_and_local_tax_are_rounded_together_where_that_is_elected()
    {
        var question = At("US-KS", "66212", "2026-10-01") with
        {
            Rounding = new RoundingElection { StateAndLocalTogether = true },
        };
        question.Told(Kansas()).ShouldBe("SALES 6.50 + SALES 1.48 + SALES 1.37 = 109.35"); // 9.35 % once
    }

    internal static TaxBook Kansas() =>
        TaxBook.Shipped.Record(SstFiles.Read(KansasRates, KansasBoundaries, "KSR2026Q1").Rates!, Loaded);

    private static TaxQuestion At(string state, string? zip, string day, string amount = "100.00")
    {
        var question = Driver(state, day, amount);
        return question with { Place = question.Place with { PostalCode = zip } };
    }

    /// <summary>A record of 89 columns with the ones that matter filled in.</summary>
    private static string Boundary(
        string type, string low, string lowPlus4, string high, string highPlus4, string county, string place,
        string district = "", string state = "20")
    {
        var cells = Enumerable.Repeat("", 89).ToArray();
        (cells[0], cells[1], cells[2]) = (type, "20150101", "29991231");
        (cells[17], cells[18], cells[19], cells[20]) = (low, lowPlus4, high, highPlus4);
        (cells[22], cells[24], cells[25]) = (state, county, place);
        if (district.Split(',') is [var source, var code, var kind])
        {
            (cells[29], cells[30], cells[31]) = (source, code, kind);
        }

        return string.Join(',', cells);
    }
}
