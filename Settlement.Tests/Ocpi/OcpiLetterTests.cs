using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Api.Ocpi;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;

namespace Settlement.Tests.Ocpi;

/// <summary>
/// Whatever was sent, what a partner reads of us in a version is to the letter of that version, and reads as the same
/// again. Documents are made with odd, missing, long and unknown values and shrink by leaving members out.
/// </summary>
public class OcpiLetterTests
{
    private static readonly PartyId Owner = PartyId.Parse("US-CPI")!.Value;
    private static readonly PartyId Payer = PartyId.Parse("CA-FLO")!.Value;
    private static readonly Instant Received = Instant.FromUtc(2026, 11, 1, 8, 0).PlusNanoseconds(123_456_789);

    private static readonly Gen<JsonNode?> Text = Gen.Elements(
        "Elm", "", "café ☕", new string('x', 44) + "\ud83d\ude00", new string('y', 300), "a\tb", "\"q\"").Select(text => (JsonNode?)text);

    private static readonly Gen<JsonNode?> Id = Gen.Elements("1", "A/b", "é", "q\"uote", "#NA", "E-1").Select(text => (JsonNode?)text);

    private static readonly Gen<JsonNode?> Time = Gen.Elements(
        "2026-10-05T10:00:00Z", "2026-10-05T10:00:00.123456789Z", "2026-10-05T10:00:00", "2026-10-05T05:00:00.5-05:00").Select(text => (JsonNode?)text);

    private static readonly Gen<JsonNode?> Number = Gen.Elements("0", "1", "12.5", "0.3333", "-2", "7.00")
        .Select(text => JsonNode.Parse(text));

    private static readonly Gen<JsonNode?> Connector = Gen.Elements(
        "IEC_62196_T1", "IEC_60309_2_single_16", "nema_5_20", "SAE_J3400", "MCS", "GBT_DC", "WALL", "CHADEMO").Select(text => (JsonNode?)text);

    private static readonly Gen<JsonNode?> Power = Gen.Elements(
        "AC_1_PHASE", "AC_2_PHASE_SPLIT", "AC_3_PHASE", "DC", "dc", "STEAM").Select(text => (JsonNode?)text);

    private static readonly Gen<JsonNode?> Format = Gen.Elements("CABLE", "socket", "NONE").Select(text => (JsonNode?)text);

    private static readonly Gen<JsonNode?> Method = Gen.Elements("WHITELIST", "COMMAND", "auth_request", "PHONE").Select(text => (JsonNode?)text);

    private static readonly Gen<JsonNode?> Place = Gen.Elements(
        """{"latitude":"45.500000","longitude":"-73.600000"}""", """{"latitude":"45.5","longitude":"-73.6123456789"}""",
        """{"latitude":"x","longitude":"1.0"}""", "{}", """{"latitude":"-45.1234567","longitude":"173.1234567"}""").Select(text => JsonNode.Parse(text));

    private static readonly Gen<JsonNode?> Component = Of(
        Must("type", Gen.Elements("ENERGY", "TIME", "FLAT", "PARKING_TIME", "MAGIC").Select(text => (JsonNode?)text)), Must("price", Number),
        Maybe("vat", Number), Maybe("step_size", Number));

    private static readonly Gen<JsonNode?> Restrictions = Of(
        Maybe("start_time", Gen.Elements("08:00", "24:00", "07:30:15").Select(text => (JsonNode?)text)),
        Maybe("start_date", Gen.Constant((JsonNode?)"2026-10-01")), Maybe("min_kwh", Number), Maybe("max_current", Number),
        Maybe("max_duration", Gen.Constant(JsonNode.Parse("3600"))), Maybe("min_soc", Gen.Constant(JsonNode.Parse("80"))),
        Maybe("day_of_week", Gen.Constant(JsonNode.Parse("""["MONDAY","sunday"]"""))),
        Maybe("reservation", Gen.Elements("RESERVATION", "RESERVATION_EXPIRES").Select(text => (JsonNode?)text)));

    private static readonly Gen<JsonNode?> Tariff = Of(
        Must("country_code", Gen.Constant((JsonNode?)"US")), Must("party_id", Gen.Constant((JsonNode?)"CPI")), Must("id", Id),
        Must("currency", Gen.Constant((JsonNode?)"CAD")), Maybe("type", Gen.Elements("REGULAR", "profile_green", "GOLD").Select(text => (JsonNode?)text)),
        Maybe("tariff_alt_text", Gen.Elements("""[{"language":"en","text":"0.45 a kWh"},{"language":"french","text":"x"}]""", "[]", "5").Select(text => JsonNode.Parse(text))),
        Maybe("tariff_alt_url", Gen.Constant((JsonNode?)"https://cpo.example/prices")),
        Maybe("min_price", Gen.Constant(JsonNode.Parse("""{"excl_vat":1.00,"incl_vat":1.15}"""))),
        Maybe("tax_included", Gen.Elements("YES", "N/A", "?").Select(text => (JsonNode?)text)),
        Must("elements", Some(Of(Maybe("price_components", Some(Component)), Maybe("restrictions", Restrictions)))),
        Maybe("start_date_time", Time), Maybe("last_updated", Time));

    private static readonly Gen<JsonNode?> Dimension = Of(
        Must("type", Gen.Elements("ENERGY", "TIME", "RESERVATION_TIME", "STATE_OF_CHARGE", "MAX_POWER", "CURRENT", "ODD").Select(text => (JsonNode?)text)),
        Must("volume", Number));

    private static readonly Gen<JsonNode?> Period = Of(
        Must("start_date_time", Time), Must("dimensions", Some(Dimension)), Maybe("tariff_id", Id),
        Maybe("vehicle_requesting_power", Gen.Constant(JsonNode.Parse("false"))));

    private static readonly Gen<JsonNode?> Price = Of(Must("excl_vat", Number), Maybe("incl_vat", Number));

    private static readonly Gen<JsonNode?> Token = Of(
        Must("country_code", Gen.Constant((JsonNode?)"CA")), Must("party_id", Gen.Constant((JsonNode?)"FLO")),
        Maybe("uid", Gen.Constant((JsonNode?)"04AABBCCDD")), Maybe("type", Gen.Elements("RFID", "EMAID", "app_user", "GHOST").Select(text => (JsonNode?)text)),
        Maybe("contract_id", Gen.Constant((JsonNode?)"CA-FLO-C00012345")));

    private static readonly Gen<JsonNode?> Cdr = Of(
        Must("country_code", Gen.Constant((JsonNode?)"US")), Must("party_id", Gen.Constant((JsonNode?)"CPI")), Must("id", Id),
        Must("start_date_time", Time), Must("end_date_time", Gen.Constant((JsonNode?)"2026-10-05T11:00:00.000001Z")), Maybe("session_id", Id),
        Must("cdr_token", Token), Maybe("auth_method", Method), Maybe("authorization_reference", Id),
        Maybe("cdr_location", Of(
            Must("id", Id), Maybe("name", Text), Maybe("address", Text), Maybe("city", Text), Maybe("postal_code", Text), Maybe("state", Text),
            Maybe("country", Gen.Elements("USA", "CA", "Absurdistan").Select(text => (JsonNode?)text)), Maybe("coordinates", Place),
            Maybe("evse_uid", Id), Maybe("evse_id", Id), Maybe("connector_id", Id), Maybe("connector_standard", Connector),
            Maybe("connector_format", Format), Maybe("connector_power_type", Power))),
        Maybe("meter_id", Text), Must("currency", Gen.Constant((JsonNode?)"CAD")), Maybe("tariffs", Some(Tariff)),
        Maybe("charging_periods", Some(Period)), Maybe("signed_data", Gen.Elements("5", """{"encoding_method":"x","signed_values":[]}""").Select(text => JsonNode.Parse(text))),
        Must("total_cost", Price), Maybe("total_energy_cost", Price), Maybe("total_energy", Number), Maybe("total_time", Number),
        Maybe("total_parking_time", Number), Maybe("remark", Text), Maybe("invoice_reference_id", Id),
        Maybe("home_charging_compensation", Gen.Constant(JsonNode.Parse("true"))), Maybe("last_updated", Time));

    private static readonly Gen<JsonNode?> LocationObject = Of(
        Must("id", Id), Maybe("country_code", Gen.Constant((JsonNode?)"US")), Maybe("party_id", Gen.Constant((JsonNode?)"CPI")),
        Maybe("publish", Gen.Elements("true", "false").Select(text => JsonNode.Parse(text))), Maybe("name", Text), Maybe("address", Text),
        Maybe("city", Text), Maybe("postal_code", Text), Maybe("state", Text), Must("country", Gen.Constant((JsonNode?)"USA")),
        Maybe("coordinates", Place), Maybe("time_zone", Gen.Constant((JsonNode?)"America/Chicago")), Maybe("last_updated", Time),
        Maybe("evses", Some(Of(
            Maybe("uid", Id), Maybe("evse_id", Id), Maybe("connectors", Some(Of(
                Maybe("id", Id), Maybe("standard", Connector), Maybe("format", Format), Maybe("power_type", Power), Maybe("max_voltage", Number),
                Maybe("amperage", Number), Maybe("tariff_ids", Some(Id)))))))));

    private static readonly Gen<JsonNode?> SessionObject = Of(
        Must("country_code", Gen.Constant((JsonNode?)"US")), Must("party_id", Gen.Constant((JsonNode?)"CPI")), Must("id", Id),
        Must("start_date_time", Time), Maybe("end_date_time", Time), Maybe("kwh", Number), Must("cdr_token", Token),
        Maybe("auth_method", Method), Maybe("location_id", Id), Maybe("location", LocationObject), Maybe("evse_uid", Id),
        Maybe("connector_id", Id), Maybe("meter_id", Text), Maybe("currency", Gen.Constant((JsonNode?)"CAD")),
        Maybe("charging_periods", Some(Period)), Maybe("total_cost", Price),
        Must("status", Gen.Elements("ACTIVE", "RESERVATION", "done", "COMPLETED").Select(text => (JsonNode?)text)), Maybe("last_updated", Time));

    [Fact]
    public void A_CDR_is_to_the_letter_in_every_version_and_reads_as_the_same_again() => Holds(Cdr, "CDR", (json, version, written) =>
        CdrReader.Read(json, new CdrReadOptions { Version = version, Owner = Owner, TokenOwner = Payer }) is CdrReading.Read read && SaysNet(read.Cdr)
            ? writer => CdrJson.Write(writer, new CdrFact.CdrReceived(
                read.Cdr, "", "", "", Received, new YearMonth(2026, 10), "", 0, [], []), read.Personal, written)
            : null);

    [Fact]
    public void A_CDR_of_an_erased_driver_is_to_the_letter_too() => Holds(Cdr, "CDR", (json, version, written) =>
        CdrReader.Read(json, new CdrReadOptions { Version = version, Owner = Owner, TokenOwner = Payer }) is CdrReading.Read read && SaysNet(read.Cdr)
            ? writer => CdrJson.Write(writer, new CdrFact.CdrReceived(
                read.Cdr, "", "", "", Received, new YearMonth(2026, 10), "", 0, [], []), null, written)
            : null, _ => false);

    [Fact]
    public void A_tariff_is_to_the_letter_in_every_version_and_reads_as_the_same_again() => Holds(Tariff, "Tariff", (json, version, written) =>
        TariffReader.Read(json, version) is TariffReading.Read read
            ? writer => TariffJson.Write(writer, read.Tariff, Owner, Received, written)
            : null);

    [Fact]
    public void A_location_is_to_the_letter_in_every_version_and_reads_as_the_same_again() => Holds(LocationObject, "Location", (json, _, written) =>
        LocationReader.Read(json) is LocationReading.Read read
            ? writer => LocationJson.Write(writer, read.Location, Owner, Received, written)
            : null, version => version != OcpiVersion.V211); // a place that is not said to be public is kept without its address

    [Fact]
    public void A_session_is_to_the_letter_in_every_version_and_reads_as_the_same_again() => Holds(SessionObject, "Session", (json, version, written) =>
        SessionReader.Read(json, new CdrReadOptions { Version = version, Owner = Owner, TokenOwner = Payer }) is SessionReading.Read read
            ? writer =>
            {
                using var sent = JsonDocument.Parse(json);
                SessionJson.Write(writer, read.Session, sent.RootElement, Received, written);
            }
            : null, version => version != OcpiVersion.V211);

    [Fact]
    public void An_invoice_record_is_to_the_letter_and_reads_as_the_same_again() => Prop.ForAll(
        Gen.Choose(0, 999_999_999).ToArbitrary(), nanoseconds =>
        {
            var record = new InvoiceRecord(
                Owner, "INV-US-CPI-CA-FLO-000001", "INV-US-CPI-CA-FLO-000001", ["a", "B/c"],
                Instant.FromUtc(2026, 11, 3, 0, 0).PlusNanoseconds(nanoseconds));
            var written = OcpiMerge.Bytes(json => InvoiceRecordsEndpoint.Write(json, record));
            OcpiObjects.Faults("InvoiceReconciliationRecord", "2.3.0", JsonNode.Parse(written)).ShouldBeEmpty();
            OcpiMerge.Bytes(json => InvoiceRecordsEndpoint.Write(json, InvoiceRecordReader.Read(written).Record!)).ShouldBe(written);
        }).Check(Laws.Config(100));

    [Theory]
    [InlineData("2.1.1")]
    [InlineData("2.2.1")]
    [InlineData("2.3.0")]
    public void What_drivers_are_shown_of_a_tariff_is_kept(string version)
    {
        var sent = Encoding.UTF8.GetBytes(PartnerStoryTests.Tariff(version, "T-1", 0.45m).Replace(
            "\"currency\"", """
            "tariff_alt_text":[{"language":"en","text":"0.45 a kWh"},{"language":"fr","text":"0,45 le kWh"}],
            "tariff_alt_url":"https://cpo.example/prices","currency"
            """, StringComparison.Ordinal));
        var name = Enum.GetValues<OcpiVersion>().Single(each => each.Name() == version);
        var tariff = ((TariffReading.Read)TariffReader.Read(sent, name)).Tariff;
        var written = JsonNode.Parse(OcpiMerge.Bytes(json => TariffJson.Write(json, tariff, Owner, Received, name)))!;
        written["tariff_alt_text"]!.ToJsonString().ShouldBe("""[{"language":"en","text":"0.45 a kWh"},{"language":"fr","text":"0,45 le kWh"}]""");
        ((string?)written["tariff_alt_url"]).ShouldBe("https://cpo.example/prices");
    }

    /// <summary>An amount after tax is never written where its version has one before tax.</summary>
    [Fact]
    public void A_total_of_which_only_the_amount_after_tax_is_known_has_none_before_tax()
    {
        var json = Encoding.UTF8.GetBytes(OcpiSite.With(
            OcpiSite.Ordinary("US-CPI", 1)[0], node => node["total_cost"] = JsonNode.Parse("""{"incl_vat":4.60}""")));
        var read = (CdrReading.Read)CdrReader.Read(json, new CdrReadOptions());
        var received = new CdrFact.CdrReceived(read.Cdr, "", "", "", Received, new YearMonth(2026, 10), "", 0, [], []);
        JsonNode? Total(OcpiVersion version) =>
            JsonNode.Parse(OcpiMerge.Bytes(writer => CdrJson.Write(writer, received, read.Personal, version)))!["total_cost"];
        Total(OcpiVersion.V211).ShouldBeNull();
        Total(OcpiVersion.V221)!.ToJsonString().ShouldBe("""{"incl_vat":4.6}""");
    }

    // what has only an amount after tax is the test above
    private static bool SaysNet(Cdr cdr) =>
        cdr.TotalCost.BeforeTaxes is not null && cdr.TotalEnergyCost is null or { BeforeTaxes: not null };

    private static void Holds(
        Gen<JsonNode?> objects, string name, Func<ReadOnlyMemory<byte>, OcpiVersion, OcpiVersion, Action<Utf8JsonWriter>?> reader,
        Func<OcpiVersion, bool>? keepsAll = null) =>
        Prop.ForAll(Arb.From(objects.Select(node => node!.ToJsonString()), Smaller), sent =>
        {
            foreach (var version in Enum.GetValues<OcpiVersion>())
            {
                if (reader(Encoding.UTF8.GetBytes(sent), OcpiVersion.V221, version) is not { } write)
                {
                    continue; // refused: nobody reads it
                }

                var first = OcpiMerge.Bytes(write);
                OcpiObjects.Faults(name, version.Name(), JsonNode.Parse(first)).ShouldBeEmpty();
                var again = reader(first, version, version).ShouldNotBeNull($"{version} is not read again");
                if (keepsAll?.Invoke(version) != false)
                {
                    JsonElement.DeepEquals(Element(OcpiMerge.Bytes(again)), Element(first)).ShouldBeTrue( // 25.0 is 25
                        $"{Encoding.UTF8.GetString(first)} reads as {Encoding.UTF8.GetString(OcpiMerge.Bytes(again))}");
                }
            }
        }).Check(Laws.Config(100));

    private static JsonElement Element(byte[] json) => JsonSerializer.Deserialize<JsonElement>(json);

    /// <summary>Each with one member or one item less.</summary>
    private static IEnumerable<string> Smaller(string json)
    {
        var count = Places(JsonNode.Parse(json)!).Count();
        for (var i = 0; i < count; i++)
        {
            var copy = JsonNode.Parse(json)!;
            var (parent, key) = Places(copy).ElementAt(i);
            switch (parent)
            {
                case JsonObject o: o.Remove((string)key); break;
                case JsonArray list: list.RemoveAt((int)key); break;
            }

            yield return copy.ToJsonString();
        }
    }

    private static IEnumerable<(JsonNode Parent, object Key)> Places(JsonNode node) => node switch
    {
        JsonObject o => o.SelectMany(member => (member.Value is null ? [] : Places(member.Value)).Prepend((o, member.Key))),
        JsonArray list => list.SelectMany((item, i) => (item is null ? [] : Places(item)).Prepend((list, i))),
        _ => [],
    };

    private static (string Name, Gen<JsonNode?> Value, bool Must) Must(string name, Gen<JsonNode?> value) => (name, value, true);

    private static (string Name, Gen<JsonNode?> Value, bool Must) Maybe(string name, Gen<JsonNode?> value) => (name, value, false);

    private static Gen<JsonNode?> Of(params (string Name, Gen<JsonNode?> Value, bool Must)[] members) => members.Aggregate(
        Gen.Constant("{}"), (all, member) =>
            from so in all
            from has in Gen.Choose(0, 3)
            from value in member.Value
            select member.Must || has > 0 ? With(so, member.Name, value) : so)
        .Select(text => JsonNode.Parse(text));

    private static string With(string json, string name, JsonNode? value)
    {
        var node = JsonNode.Parse(json)!;
        node[name] = value?.DeepClone();
        return node.ToJsonString();
    }

    private static Gen<JsonNode?> Some(Gen<JsonNode?> item) =>
        from count in Gen.Choose(0, 2)
        from items in item.ListOf(count)
        select (JsonNode?)new JsonArray([.. items.Select(each => each?.DeepClone())]);
}
