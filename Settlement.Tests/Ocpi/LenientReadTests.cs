using System.Globalization;
using NodaTime;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;

namespace Settlement.Tests.Ocpi;

/// <summary>
/// Partners write OCPI in many ways; where the meaning is certain it is read, and what was odd is named.
/// </summary>
public sealed class LenientReadTests
{
    private const string Tariff =
        """
        {"country_code":"US","party_id":"CPI","id":"T1","currency":"USD","elements":[{"price_components":
        [{"type":"ENERGY","price":0.35,"step_size":1}]}],"last_updated":"2026-01-01T00:00:00Z"}
        """;

    private const string Cdr =
        $$"""
        {"country_code":"US","party_id":"CPI","id":"C1","start_date_time":"2026-10-05T10:00:00Z",
        "end_date_time":"2026-10-05T11:00:00Z","session_id":"S1","cdr_token":{"country_code":"CA",
        "party_id":"FLO","uid":"UID-4711-XY","type":"RFID","contract_id":"CA-FLO-C00012345"},
        "auth_method":"WHITELIST","authorization_reference":"ref-1",
        "cdr_location":{"id":"L1","name":"Main Street","address":"1 Main St",
        "city":"Albany","postal_code":"12207","state":"NY","country":"USA",
        "coordinates":{"latitude":"42.652580","longitude":"-73.756230"},"evse_uid":"E1",
        "evse_id":"US*CPI*E1","connector_id":"1","connector_standard":"IEC_62196_T1",
        "connector_format":"CABLE",
        "connector_power_type":"AC_1_PHASE"},"currency":"USD","tariffs":[{{Tariff}}],
        "charging_periods":[{"start_date_time":"2026-10-05T10:00:00Z","dimensions":[
        {"type":"ENERGY","volume":10},{"type":"TIME","volume":1}],"tariff_id":"T1"}],
        "total_cost":{"excl_vat":3.5},"total_energy":10,"total_time":1,
        "remark":"cable was stuck","last_updated":"2026-10-05T11:05:00Z"}
        """;

    [Fact]
    public void A_huge_member_that_nobody_reads_is_kept_as_a_digest_and_still_tells_contents_apart()
    {
        CdrReading.Read With(char last) => Vectors.Good(Vectors.Read(Cdr.Replace(
            "\"remark\":", $"\"x\":\"{new string('y', ReadingNotes.MaxKept)}{last}\",\"remark\":", StringComparison.Ordinal)));

        var (one, other) = (With('a'), With('b'));

        one.Findings.Select(finding => finding.Code).ShouldBe(["field.too-large"]);
        one.Findings.ShouldAllBe(finding => !IntakeFindings.Holds(finding));
        one.Personal.Unread!.Length.ShouldBeLessThan(200);
        one.Personal.Unread.ShouldNotBe(other.Personal.Unread);
        one.Personal.Unread.ShouldBe(With('a').Personal.Unread);
    }

    [Fact]
    public void A_plain_CDR_is_read_whole_without_a_finding()
    {
        var reading = Vectors.Good(Vectors.Read(Cdr));
        reading.Findings.ShouldBeEmpty();
        reading.UnknownFields.ShouldBe(0);
        reading.Cdr.Key.ToString().ShouldBe("US-CPI/C1");
        reading.Cdr.TokenOwner.ToString().ShouldBe("CA-FLO");
        reading.Cdr.Location.ShouldBe(new CdrLocation
        {
            Id = "L1", Name = "Main Street", Address = "1 Main St", City = "Albany", PostalCode = "12207",
            State = "NY",
            Country = "USA", EvseUid = "E1", EvseId = "US*CPI*E1", ConnectorId = "1",
            ConnectorStandard = "IEC_62196_T1",
            ConnectorFormat = "CABLE", PowerType = "AC_1_PHASE",
        });
        reading.Cdr.Periods.ShouldBe(
        [
            new ChargingPeriod
            {
                Start = At("2026-10-05T10:00:00"), TariffId = "T1", EnergyKwh = 10m, TimeHours = 1m,
            },
        ]);
        reading.Personal.ShouldBe(new PersonalData
        {
            TokenUid = "UID-4711-XY", ContractId = "CA-FLO-C00012345", Latitude = "42.652580",
            Longitude = "-73.756230",
            Remark = "cable was stuck",
        });
    }

    [Theory]
    [InlineData("\"total_energy\":10,", "\"total_energy\":\"10.0\",", "number.as-string", "/total_energy")]
    [InlineData("\"total_energy\":10,", "\"total_energy\":\"ten\",", "number.malformed", "/total_energy")]
    [InlineData("\"total_energy\":10,", "\"total_energy\":1e400,", "number.out-of-range", "/total_energy")]
    [InlineData("\"total_energy\":10,", "\"total_energy\":12345678901234567,", "number.out-of-range",
        "/total_energy")]
    [InlineData("\"total_energy\":10,", "\"total_energy\":0.12345678901234567890123456789,",
        "number.out-of-range", "/total_energy")]
    [InlineData("\"total_energy\":10,", "", "cdr.field-missing", "/total_energy")]
    [InlineData(
        "\"id\":\"C1\"", "\"id\":\"c1234567890123456789012345678901234567890\"", "text.too-long", "/id")]
    [InlineData("\"id\":\"C1\"", "\"id\":12345", "text.as-number", "/id")]
    [InlineData("\"country_code\":\"US\",\"party_id\":\"CPI\",\"id\":\"C1\"",
        "\"country_code\":\"us\",\"party_id\":\"CPI\",\"id\":\"C1\"", "text.case", "/country_code")]
    [InlineData(
        "\"currency\":\"USD\",\"tariffs\"", "\"currency\":\"usd\",\"tariffs\"", "text.case", "/currency")]
    [InlineData("\"country\":\"USA\"", "\"country\":\"US\"", "country.form", "/cdr_location/country")]
    [InlineData("\"end_date_time\":\"2026-10-05T11:00:00Z\"", "\"end_date_time\":\"1970-01-01T00:00:00Z\"",
        "time.sentinel", "/end_date_time")]
    [InlineData("T11:05:00Z", " 11:05:00+01:00", "time.form", "/last_updated")]
    [InlineData("T11:05:00Z", "T25:05:00Z", "time.malformed", "/last_updated")]
    [InlineData("\"type\":\"TIME\"", "\"type\":\"ENERGY_IMPORT\"", "dimension.not-of-cdrs",
        "/charging_periods/0/dimensions/1/type")]
    [InlineData("\"type\":\"TIME\"", "\"type\":\"FLAT\"", "dimension.not-of-cdrs", "/charging_periods")]
    [InlineData("\"type\":\"TIME\"", "\"type\":\"ENERGY\"", "dimension.duplicate",
        "/charging_periods/0/dimensions/1/type")]
    [InlineData("{\"excl_vat\":3.5}", "3.5", "price.as-number", "/total_cost")]
    [InlineData("\"price\":0.35", "\"price\":\"0.35\"", "number.as-string",
        "/tariffs/0/elements/0/price_components/0/price")]
    [InlineData("\"elements\":[{", "\"elements\":[{\"restrictions\":{\"dayOfWeek\":[\"MONDAY\"]},",
        "restriction.unknown-key", "/tariffs/0/elements/0/restrictions/dayOfWeek")]
    [InlineData("\"elements\":[{", "\"elements\":[{\"restrictions\":{\"day_of_week\":[\"MON\"]},",
        "restriction.malformed", "/tariffs/0/elements/0/restrictions/day_of_week/0")]
    [InlineData("\"price\":0.35", "\"price\":null", "tariff.unreadable", "/tariffs/0")]
    [InlineData("\"remark\":\"cable was stuck\"", "\"remark\":{\"a\":1}", "field.wrong-kind", "/remark")]
    [InlineData("\"total_time\":1", "\"total_time\":1,\"credit\":\"true\"", "boolean.as-text", "/credit")]
    [InlineData("\"city\":\"Albany\"", "\"city\":\"Al\\u0000bany\"", "text.nul", "/cdr_location/city")]
    public void What_is_odd_is_found_with_its_code_and_place(
        string usual, string odd, string code, string pointer)
    {
        var reading = Vectors.Good(Vectors.Read(Swap(usual, odd)));
        reading.Findings.Select(finding => (finding.Code, finding.Pointer)).ShouldContain((code, pointer));
    }

    [Theory]
    [InlineData("\"end_date_time\":\"2026-10-05T11:00:00Z\",", "", "cdr.field-missing")]
    [InlineData("\"id\":\"C1\",", "", "cdr.field-missing")]
    [InlineData("\"id\":\"C1\",", "\"id\":\"C1\",\"id\":\"C2\",", "json.duplicate-member")]
    [InlineData("\"type\":\"RFID\",", "\"type\":\"RFID\",\"x\":{\"y\":1,\"y\":2},", "json.duplicate-member")]
    [InlineData("\"step_size\":1", "\"step_size\":1,\"step_size\":2", "json.duplicate-member")]
    [InlineData("\"total_energy\":10,", "\"total_energy\":NaN,", "json.malformed")]
    [InlineData("\"total_energy\":10,", "\"total_energy\":10,,", "json.malformed")]
    [InlineData(
        "\"party_id\":\"CPI\",\"id\":\"C1\"", "\"party_id\":\"CPIX\",\"id\":\"C1\"", "party.malformed")]
    [InlineData("\"session_id\":\"S1\"", "\"session_id\":\"\\ud800\"", "json.not-utf8")]
    public void What_cannot_be_used_is_refused_with_what_could_be_told(string usual, string odd, string code)
    {
        var reading = Vectors.Read(Swap(usual, odd)).ShouldBeOfType<CdrReading.Unreadable>();
        reading.Refusal.Code.ShouldBe(code);
        if (reading.Id is not null)
        {
            reading.Id.ShouldBeOneOf("C1", "C2");
        }
    }

    [Fact]
    public void Deeper_than_64_is_refused() =>
        Vectors.Read(Swap("\"cable was stuck\"", new string('[', 65) + new string(']', 65)))
            .ShouldBeOfType<CdrReading.Unreadable>().Refusal.Code.ShouldBe("json.malformed");

    [Fact]
    public void Where_it_is_malformed_line_and_byte_are_told_even_behind_a_known_tariff()
    {
        var cache = new TariffCache();
        Vectors.Good(Vectors.Read(Cdr, cache));
        var broken = Swap("\"total_energy\":10,", "\"total_energy\":1O,").ReplaceLineEndings("\n");
        var reading = Vectors.Read(broken, cache).ShouldBeOfType<CdrReading.Unreadable>();
        var before = broken[..broken.IndexOf("1O", StringComparison.Ordinal)].Split('\n');
        reading.Refusal.ShouldBe(new Refusal(
            "json.malformed",
            $"stops being JSON of at most 64 levels at line {before.Length}, byte {before[^1].Length + 2}"));
        (reading.Owner, reading.TokenOwner, reading.Id).ShouldBe(
            (PartyId.Parse("US-CPI"), PartyId.Parse("CA-FLO"), "C1"));
    }

    [Fact]
    public void Null_absent_and_empty_lists_are_one()
    {
        var one = Swap(
            "\"remark\":\"cable was stuck\"", "\"remark\":null,\"total_fixed_cost\":null,\"credit\":null");
        var reading = Vectors.Good(Vectors.Read(one));
        reading.Findings.ShouldBeEmpty();
        (reading.Cdr.TotalFixedCost, reading.Cdr.Credit, reading.Personal.Remark).ShouldBe(
            (null, false, null));
        Vectors.Good(
            Vectors.Read(Swap($"\"tariffs\":[{Tariff}]", "\"tariffs\":null"))).Cdr.Tariffs.ShouldBeEmpty();
        Vectors.Good(
            Vectors.Read(Swap($"\"tariffs\":[{Tariff}]", "\"tariffs\":[null]"))).Cdr.Tariffs.ShouldBeEmpty();
    }

    [Fact]
    public void Unknown_members_are_counted_and_named_and_never_reject()
    {
        var reading = Vectors.Good(
            Vectors.Read(Swap("\"total_time\":1", "\"total_time\":1,\"x_vendor\":{\"a\":[1,{}]},\"Zzz\":1")));
        (reading.UnknownFields, string.Join(' ', reading.UnknownFieldNames)).ShouldBe((2, "x_vendor Zzz"));
        reading.Findings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2026-10-05T10:00:00Z", 0)]
    [InlineData("2026-10-05T10:00:00", 0)]
    [InlineData("2026-10-05T10:00:00.5Z", 500_000_000)]
    [InlineData("2026-10-05T10:00:00.123456789123", 123_456_789)]
    public void Times_keep_their_instant_with_or_without_Z_and_fractions(string text, int nanoseconds)
    {
        var reading = Vectors.Good(Vectors.Read(
            Swap("\"start_date_time\":\"2026-10-05T10:00:00Z\"", $"\"start_date_time\":\"{text}\"")));
        reading.Cdr.Start.ShouldBe(At("2026-10-05T10:00:00").PlusNanoseconds(nanoseconds));
        reading.Findings.ShouldBeEmpty();
    }

    [Fact]
    public void A_restriction_that_is_not_understood_is_named_in_the_tariff()
    {
        var json = Tariff.Replace(
            "\"elements\":[{",
            "\"elements\":[{\"restrictions\":{\"startTime\":\"08:00\",\"end_time\":\"25:00\","
                + "\"min_kwh\":\"5.0\"},",
            StringComparison.Ordinal);
        var reading = TariffReader.Read(
            System.Text.Encoding.UTF8.GetBytes(json), null).ShouldBeOfType<TariffReading.Read>();
        var restrictions = reading.Tariff.Elements[0].Restrictions!;
        restrictions.UnknownKeys.ShouldBe(["end_time", "startTime"]);
        (restrictions.EndTime, restrictions.MinKwh).ShouldBe((null, 5m));
        reading.Findings.Select(finding => finding.Code).ShouldBe(
            [IntakeFindings.RestrictionMalformed, IntakeFindings.NumberAsString,
                IntakeFindings.RestrictionUnknown]);
    }

    [Fact]
    public void The_same_tariff_in_another_CDR_is_the_same_object_and_keeps_its_findings()
    {
        var cache = new TariffCache();
        var odd = Swap("\"price\":0.35", "\"price\":\"0.35\"");
        var first = Vectors.Good(Vectors.Read(odd, cache));
        var second = Vectors.Good(
            Vectors.Read(odd.Replace("\"C1\"", "\"C2\"", StringComparison.Ordinal), cache));
        second.Cdr.Tariffs[0].ShouldBeSameAs(first.Cdr.Tariffs[0]);
        second.Findings.ShouldBe(first.Findings);
        (second.Cdr.Key.Id, second.Cdr.TotalEnergyKwh).ShouldBe(("C2", 10m));
        cache.Count.ShouldBe(1);
    }

    /// <summary>A tariff is stored in the clear: no digest of what nobody has read.</summary>
    [Fact]
    public void Of_an_unknown_member_that_is_too_large_a_tariff_keeps_the_length_and_a_CDR_a_sealed_digest()
    {
        var large = $"\"x_blob\":\"{new string('x', 300_000)}\"";
        var tariff = TariffReader.Read(System.Text.Encoding.UTF8.GetBytes(Tariff.Replace("\"currency\"", large + ",\"currency\"",
            StringComparison.Ordinal)), null).ShouldBeOfType<TariffReading.Read>();
        tariff.Tariff.Unread.ShouldBe("""{"/x_blob":{"bytes":300002}}""");
        tariff.Findings.ShouldHaveSingleItem().Detail.ShouldEndWith("its length is kept");

        var reading = Vectors.Good(Vectors.Read(Swap("\"total_energy\"", large + ",\"total_energy\"")));
        reading.Personal.Unread!.ShouldStartWith("""{"/x_blob":{"bytes":300002,"sha256":""");
        reading.Findings.ShouldHaveSingleItem().Detail.ShouldEndWith("its SHA-256 is kept");
    }

    [Fact]
    public void Two_tariffs_in_one_CDR_are_both_taken_from_memory()
    {
        var cache = new TariffCache();
        var other = Tariff.Replace(
            "T1", "T2", StringComparison.Ordinal).Replace("0.35", "0.40", StringComparison.Ordinal);
        var json = Swap($"[{Tariff}]", $"[ {Tariff} ,\n {other} ]");
        var read = Enumerable.Range(0, 3).Select(_ => Vectors.Good(Vectors.Read(json, cache)).Cdr).ToList();
        read.ShouldAllBe(cdr => cdr.Tariffs.Count == 2 && cdr.TotalEnergyKwh == 10m);
        read[2].Tariffs.Select(tariff => tariff.Id).ShouldBe(["T1", "T2"]);
        read[2].Tariffs[1].ShouldBeSameAs(read[0].Tariffs[1]);
    }

    [Fact]
    public void A_document_over_10_MB_is_refused()
    {
        var json = Swap("cable was stuck", new string('x', JsonText.MaxBytes));
        Vectors.Read(json).ShouldBeOfType<CdrReading.Unreadable>().Refusal.Code.ShouldBe("cdr.too-large");
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0.00", "0")]
    [InlineData("1.50", "1.5")]
    [InlineData("15e-1", "1.5")]
    [InlineData("100", "100")]
    [InlineData("1.3333333333333333", "1.3333333333333333")]
    [InlineData("0.012345678901234568", "0.012345678901234568")]
    [InlineData("999999999999", "999999999999")]
    [InlineData("1E+11", "100000000000")]
    [InlineData("-12345.6789", "-12345.6789")]
    [InlineData("1.000000000000000000000000000000000000000", "1")]
    public void Numbers_are_kept_exactly(string written, string value)
    {
        var cdr = Vectors.Good(
            Vectors.Read(Swap("\"total_energy\":10,", $"\"total_energy\":{written},"))).Cdr;
        cdr.TotalEnergyKwh.ToString(CultureInfo.InvariantCulture).ShouldBe(value);
    }

    [Theory]
    [InlineData("0.30000000000000004", "0.3")]
    [InlineData("0.34499999999999997", "0.345")]
    [InlineData("-5.0286000000000004", "-5.0286")]
    [InlineData("99.99999999999999", "100")]
    [InlineData("1.0999999999999999e-3", "0.0011")]
    public void The_error_of_a_binary_fraction_is_taken_off_and_said(string written, string value)
    {
        var read = Vectors.Good(Vectors.Read(Swap("\"total_energy\":10,", $"\"total_energy\":{written},")));
        read.Cdr.TotalEnergyKwh.ToString(CultureInfo.InvariantCulture).ShouldBe(value);
        read.Findings.ShouldContain(finding => finding.Code == "number.binary-noise" && finding.Pointer == "/total_energy");
    }

    [Theory]
    [InlineData("1000000000000")]
    [InlineData("1.333333333333333333")]
    [InlineData("1e-25")]
    public void A_number_beyond_the_bounds_holds_the_CDR_by_its_field(string written)
    {
        var read = Vectors.Good(Vectors.Read(Swap("\"total_energy\":10,", $"\"total_energy\":{written},")));
        read.Findings.ShouldContain(finding => finding.Code == "number.out-of-range" && finding.Pointer == "/total_energy"
            && IntakeFindings.Holds(finding));
    }

    internal static string Swap(string usual, string odd)
    {
        var text = Cdr.ReplaceLineEndings("\n");
        text.ShouldContain(usual);
        var at = text.IndexOf(usual, StringComparison.Ordinal);
        return text[..at] + odd + text[(at + usual.Length)..];
    }

    private static Instant At(string text) => NodaTime.Text.InstantPattern.General.Parse(text + "Z").Value;
}
