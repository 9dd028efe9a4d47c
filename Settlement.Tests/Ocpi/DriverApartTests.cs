using System.Text.Json;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;

namespace Settlement.Tests.Ocpi;

/// <summary>
/// A driver's identifiers reach PersonalData and nothing else, wherever a partner wrote them.
/// </summary>
public sealed class DriverApartTests
{
    private const string Uid = "UID-4711-XY";
    private const string Contract = "CA-FLO-C00012345";

    [Theory]
    [InlineData("ref-1", "ref-1")]
    [InlineData(Uid, null)]
    [InlineData("uid-4711-xy", null)]
    [InlineData("S/CA-FLO-C00012345/9", null)]
    public void An_authorization_reference_stays_unless_it_names_the_driver(string reference, string? kept)
    {
        var reading = Vectors.Good(Vectors.Read(LenientReadTests.Swap("\"ref-1\"", $"\"{reference}\"")));
        reading.Cdr.AuthorizationReference.ShouldBe(kept);
        reading.Personal.AuthorizationReference.ShouldBe(kept is null ? reference : null);
        reading.Findings.Select(finding => finding.Code)
            .ShouldBe(kept is null ? [IntakeFindings.IdentifierInField] : []);
    }

    [Theory]
    [InlineData("S1", "S1")]
    [InlineData("uid4711xy", null)]
    [InlineData("s.UID:4711:XY.9", null)]
    [InlineData("20261001-CAFLOC00012345", null)]
    [InlineData("caflo c0001 2345", null)]
    [InlineData("UID-4711-X", "UID-4711-X")]
    [InlineData("CA-FLO-C0001234", "CA-FLO-C0001234")]
    public void A_session_id_stays_unless_it_names_the_driver_with_or_without_separators(string session, string? kept)
    {
        var reading = Vectors.Good(Vectors.Read(LenientReadTests.Swap("\"session_id\":\"S1\"", $"\"session_id\":\"{session}\"")));
        reading.Cdr.SessionId.ShouldBe(kept);
    }

    [Theory]
    [InlineData("04A1", "04a1", false)] // all of a text
    [InlineData("04A1", "-04 A1-", false)]
    [InlineData("04A1", "S-04A1", true)] // four characters inside another text are chance
    [InlineData("12", "12", true)]
    [InlineData("04A1B2C3", "S-04:a1:b2:c3", false)]
    [InlineData("04:A1:B2:C3", "S04A1B2C3x", false)]
    public void A_short_identifier_is_told_from_chance(string uid, string session, bool stays)
    {
        var json = LenientReadTests.Swap("\"session_id\":\"S1\"", $"\"session_id\":\"{session}\"").Replace(Uid, uid, StringComparison.Ordinal);
        (Vectors.Good(Vectors.Read(json)).Cdr.SessionId is not null).ShouldBe(stays);
    }

    [Fact]
    public void A_contract_without_its_check_digit_is_the_contract()
    {
        var json = LenientReadTests.Swap("\"session_id\":\"S1\"", "\"session_id\":\"DE8AACA2B3C4D5\"")
            .Replace(Contract, "DE-8AA-CA2B3C4D5-9", StringComparison.Ordinal);
        Vectors.Good(Vectors.Read(json)).Cdr.SessionId.ShouldBeNull();
    }

    [Theory]
    [InlineData("\"session_id\":\"S1\"", "\"session_id\":\"CA-FLO-C00012345-1\"")]
    [InlineData("\"total_time\":1", "\"total_time\":1,\"UID-4711-XY\":1,\"x\":{\"CA-FLO-C00012345\":1}")]
    [InlineData("\"total_time\":1", "\"total_time\":1,\"UID-4711-XY\":1,\"UID-4711-XY\":2")]
    [InlineData("\"total_time\":1", "\"total_time\":\"UID-4711-XY\"")]
    [InlineData("\"total_time\":1", "\"total_time\":{\"UID-4711-XY\":[1]}")]
    [InlineData("\"total_time\":1", "\"total_time\":1,\"x\":[\"UID-4711-XY\"]")]
    [InlineData("\"total_energy\":10", "\"total_energy\":[\"UID-4711-XY\"]")]
    [InlineData("\"volume\":10", "\"volume\":\"UID-4711-XY\"")]
    [InlineData("\"excl_vat\":3.5", "\"excl_vat\":\"UID-4711-XY\"")]
    [InlineData("\"session_id\":\"S1\"", "\"session_id\":{\"id\":\"UID-4711-XY\"}")]
    [InlineData("\"country\":\"USA\"", "\"country\":[\"UID-4711-XY\"]")]
    [InlineData("\"price\":0.35", "\"price\":\"UID-4711-XY\"")]
    [InlineData("\"price\":0.35", "\"price\":0.35,\"x\":\"UID-4711-XY\"")]
    [InlineData("\"step_size\":1", "\"step_size\":\"CA-FLO-C00012345\"")]
    [InlineData("\"elements\":[{", "\"valid\":\"u\\u0049d-4711-xy\",\"elements\":[{")]
    [InlineData("\"type\":\"TIME\"", "\"type\":\"CA-FLO-C00012345\"")]
    [InlineData("\"type\":\"RFID\"", "\"type\":\"RFID\",\"uid\":\"again\"")]
    [InlineData(
        "\"elements\":[{", "\"elements\":[{\"restrictions\":{\"UID-4711-XY\":true,\"-73.756230\":1},")]
    [InlineData("\"currency\":\"USD\",\"tariffs\"", "\"currency\":UID-4711-XY,\"tariffs\"")]
    public void Nothing_that_is_said_about_a_document_names_the_driver(string usual, string odd)
    {
        var reading = Vectors.Read(LenientReadTests.Swap(usual, odd));
        var said = JsonSerializer.Serialize(new
        {
            reading.Findings,
            reading.UnknownFieldNames,
            Refusal = (reading as CdrReading.Unreadable)?.Refusal,
            Cdr = (reading as CdrReading.Read)?.Cdr is { } cdr
                ? cdr.ToString() + cdr.Location + cdr.SessionId : "",
        });
        foreach (var secret in new[] { Uid, Contract, "42.652580", "-73.756230", "cable was stuck" })
        {
            said.ShouldNotContain(secret, Case.Insensitive);
        }

        reading.ToString().ShouldNotContain(Uid);
        (reading.Findings.Count + reading.UnknownFields + (reading is CdrReading.Unreadable ? 1
            : 0)).ShouldBePositive();
    }

    [Theory]
    [InlineData("UID-4711-XY", "\"x\":\"UID-4711-XY\"")]
    [InlineData("UID-4711-XY", "\"x\":\"u\\u0049d-4711-xy\"")]
    [InlineData("UID-4711-XY", "\"uid4711xy\":1")]
    [InlineData("UID-4711-XY", "\"min_price\":\"UID-4711-XY\"")]
    [InlineData("04A1", "\"x\":{\"y\":[\"04A1\"]}")]
    [InlineData("04A1", "\"04a1\":0")]
    [InlineData("4711", "\"x\":4711")]
    public void What_nobody_reads_of_a_tariff_and_names_the_driver_is_stored_sealed_alone(string uid, string odd)
    {
        var reading = Vectors.Good(Vectors.Read(LenientReadTests.Swap("\"elements\":[{", odd + ",\"elements\":[{")
            .Replace("\"uid\":\"UID-4711-XY\"", $"\"uid\":\"{uid}\"", StringComparison.Ordinal)));

        reading.Cdr.Tariffs.ShouldHaveSingleItem().Unread.ShouldBeNull();
        reading.Personal.Unread.ShouldNotBeNull();
    }

    [Fact]
    public void What_is_too_large_to_keep_does_not_name_the_driver_either()
    {
        var huge = $"\"total_time\":\"UID-4711-XY{new string('y', ReadingNotes.MaxKept)}\",\"x\":\"UID-4711-XY"
            + $"{new string('y', ReadingNotes.MaxKept)}\"";
        var reading = Vectors.Good(Vectors.Read(LenientReadTests.Swap("\"total_time\":1", huge)));

        (reading + JsonSerializer.Serialize(reading.Personal with { TokenUid = null })).ShouldNotContain(Uid, Case.Insensitive);
        (reading + string.Join(' ', reading.Findings)).ShouldNotContain(Uid, Case.Insensitive);
    }

    [Fact]
    public void What_OCPI_knows_and_could_not_be_read_is_stored_sealed_and_as_a_keyed_digest_alone()
    {
        var reading = Vectors.Good(Vectors.Read(LenientReadTests.Swap("\"total_time\":1", $"\"total_time\":\"{Uid}\"")));

        reading.Personal.Misread.ShouldNotBeNull().ShouldContain(Uid);
        reading.Personal.Unread.ShouldNotBeNull().ShouldContain(Uid);
        JsonSerializer.Serialize(reading.Personal).ShouldNotContain("Misread");
        CanonicalContent.Unread(reading, new byte[32]).ShouldNotBeNull().Length.ShouldBe(32);
    }

    [Theory]
    [InlineData("\"currency\":\"USD\",\"tariffs\"", "\"currency\":\"CA-FLO-C00012345\",\"tariffs\"")]
    [InlineData("\"session_id\":\"S1\"", "\"session_id\":\"S1\",\"credit_reference_id\":\"x-UID-4711-XY\"")]
    public void What_a_CDR_cannot_do_without_and_names_the_driver_keeps_the_whole_sealed(string usual, string odd)
    {
        var reading = Vectors.Read(LenientReadTests.Swap(usual, odd)).ShouldBeOfType<CdrReading.Unreadable>();
        reading.Refusal.Code.ShouldBe(IntakeFindings.IdentifierInId);
        reading.Refusal.Message.ShouldNotContain("4711");
        reading.Refusal.Message.ShouldNotContain("C00012345");
    }

    [Fact]
    public void The_address_of_a_home_charger_is_the_drivers()
    {
        var reading = Vectors.Good(Vectors.Read(
            LenientReadTests.Swap(
                "\"total_time\":1", "\"total_time\":1,\"home_charging_compensation\":true")));
        (reading.Cdr.Location.Address, reading.Cdr.Location.Name).ShouldBe((null, null));
        (reading.Cdr.Location.City, reading.Cdr.Location.State).ShouldBe(("Albany", "NY"));
        reading.Personal.HomeAddress.ShouldBe("1 Main St");
        reading.Cdr.HomeChargingCompensation.ShouldBeTrue();
    }

    [Fact]
    public void Signed_meter_data_is_kept_verbatim_apart_and_the_CDR_has_its_digest()
    {
        const string Signed =
            """{ "encoding_method":"OCMF", "signed_values":[ {"nature":"End","plain_data":"é"} ] }""";
        var reading = Vectors.Good(Vectors.Read(
            LenientReadTests.Swap("\"total_time\":1", $"\"total_time\":1,\"signed_data\":{Signed}")));
        reading.Personal.SignedData.ShouldBe(Signed);
        reading.Cdr.SignedDataSha256.ShouldBe(
            Convert.ToHexStringLower(
                System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Signed))));
        reading.Findings.ShouldBeEmpty();
    }

    [Fact]
    public void In_2_1_1_the_auth_id_is_the_token()
    {
        var json = """
            {"id":"1","start_date_time":"2026-01-01T00:00:00","stop_date_time":"2026-01-01T01:00:00",
            "auth_id":"SECRET-1",
            "auth_method":"WHITELIST","location":{"id":"L","address":"A","city":"Gent",
            "postal_code":"9000","country":"BEL",
            "time_zone":"Europe/Brussels","coordinates":{"latitude":"51.04","longitude":"3.72"},
            "operator":{"name":"X"},
            "evses":[{"uid":"E","evse_id":"BE*BEC*E1","status":"AVAILABLE","connectors":[{"id":"1",
            "standard":"CHADEMO",
            "format":"CABLE","power_type":"DC","voltage":400,"amperage":100},{"id":"2"}]},{"uid":"F"}]},
            "currency":"EUR",
            "charging_periods":[{"start_date_time":"2026-01-01T00:00:00","dimensions":[{"type":"FLAT",
            "volume":1},
            {"type":"ENERGY","volume":2}]}],"total_cost":4.00,"total_energy":2,"total_time":1,
            "last_updated":"2026-01-01T01:00:00"}
            """;
        var reading = Vectors.Good(Vectors.Read(json));
        reading.Cdr.Version.ShouldBe(OcpiVersion.V211);
        (reading.Cdr.Key.Owner, reading.Cdr.TokenOwner).ShouldBe((Vectors.Cpo, Vectors.Emsp));
        (reading.Cdr.Periods[0].Flat, reading.Cdr.Periods[0].EnergyKwh).ShouldBe((1m, 2m));
        (reading.Cdr.Location.TimeZone, reading.Cdr.Location.ConnectorId, reading.Cdr.Location.EvseUid)
            .ShouldBe(("Europe/Brussels", "1", "E"));
        reading.Personal.TokenUid.ShouldBe("SECRET-1");
        reading.Findings.Select(finding => (finding.Code, finding.Pointer)).ShouldBe(
        [
            (IntakeFindings.LocationMany, "/location/evses/0/connectors/1"),
            (IntakeFindings.LocationMany, "/location/evses/1"),
        ]);
        reading.UnknownFields.ShouldBe(0);
    }

    [Fact]
    public void Without_its_parties_a_2_1_1_CDR_is_kept_with_its_id_alone() =>
        CdrReader.Read("""{"id":"1","auth_id":"S"}"""u8.ToArray(), new CdrReadOptions())
            .ShouldBeOfType<CdrReading.Unreadable>()
            .ShouldSatisfyAllConditions(
                reading => reading.Refusal.Code.ShouldBe(IntakeFindings.FieldMissing),
                reading => reading.Id.ShouldBe("1"),
                reading => reading.Owner.ShouldBeNull());
}
