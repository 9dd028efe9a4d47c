using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Settlement.Api.Agreements;
using Settlement.Api.Disputes;
using Settlement.Api.Export;
using Settlement.Api.Ocpi;
using Settlement.Api.Partners;
using Settlement.Domain;
using Settlement.Domain.Agreements;
using Settlement.Domain.Fx;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Payments;
using Settlement.Domain.Tax;
using Settlement.Projections.EventStore;
using Settlement.Tests.Ocpi;
using Settlement.Tests.Tax;

namespace Settlement.Tests.Readers;

/// <summary>Whatever bytes come: a reading or a refusal that says something, never an exception.</summary>
public sealed class ReaderLawTests
{
    private static readonly Relationship Pair = Relationship.Parse("CA-FLO~US-CPI")!.Value;

    /// <summary>Every reader with sound documents of its kind; it answers with its refusals.</summary>
    private static readonly Dictionary<string, (IReadOnlyList<(string, byte[])> Sound, Func<byte[], Refusal?> Read)> Readers =
        new(StringComparer.Ordinal)
        {
            ["CDR"] = (Samples.Cdrs, json => (CdrReader.Read(json, Owners) as CdrReading.Unreadable)?.Refusal),
            ["tariff"] = (Samples.Tariffs, json => (TariffReader.Read(json, null) as TariffReading.Unreadable)?.Refusal),
            ["location"] = (Samples.Locations, json => (LocationReader.Read(json) as LocationReading.Unreadable)?.Refusal),
            ["session"] = (Samples.Sessions, json => (SessionReader.Read(json, Owners) as SessionReading.Unreadable)?.Refusal),
            ["invoice record"] = (Samples.InvoiceRecords, json => InvoiceRecordReader.Read(json).Refusal),
            ["credentials"] = (Samples.Credentials, Credentials),
            ["partial location"] = (Samples.Locations, json => Merged(Samples.Locations[0].Json, json)),
            ["partial tariff"] = (Samples.Tariffs, json => Merged(Samples.Tariffs[0].Json, json)),
            ["partial session"] = (Samples.Sessions, json => Merged(Samples.Sessions[0].Json, json)),
            ["exchange rates"] = ([Text("fx",
                """
                {"observations":[{"d":"2026-10-30","FXUSDCAD":{"v":"1.4049"},"FXMEURCAD":{"v":null}}],"seriesDetail":{}}
                """), Text("fx csv", "\"x\"\n\"date\",\"FXUSDCAD\"\n\"2026-10-30\",\"1.4049\"\n")],
                file => ValetFile.Read(file).Refusal),
            ["tax rules"] = ([Text("rules", Rules)], file => TaxRulesFile.Read(Encoding.UTF8.GetString(file)).Refusal),
            ["local rates"] = ([Text("local", $"{LocalRatesCsv.Header}\nUS-NY,10001,c,\"New York, city\",0.045,2020-01-01,\n")],
                file => LocalRatesCsv.Read(Encoding.UTF8.GetString(file), "ny.csv").Refusal),
            ["SST rates"] = ([Text("rates", LocalRatesTests.KansasRates)],
                file => SstFiles.Read(Encoding.UTF8.GetString(file), LocalRatesTests.KansasBoundaries, "KS").Refusal),
            ["SST areas"] = ([Text("areas", LocalRatesTests.KansasBoundaries)],
                file => SstFiles.Read(LocalRatesTests.KansasRates, Encoding.UTF8.GetString(file), "KS").Refusal),
            ["parties"] = ([Text("parties", Parties)], file => PartiesFile.Read(Encoding.UTF8.GetString(file), "p").Refusal),
            ["agreement"] = ([Text("terms", Changes)], Amended),
            ["disputes"] = ([Text("disputes", "cdr,claimed,proposed,reason,currency,evidence\nUS-CPI/A,4.00,3.00,TAX_DIFFERS,CAD,n\n")],
                file => DisputeBatch.Read(Encoding.UTF8.GetString(file)).Refusal),
            ["opening balances"] = ([Text("opening",
                "account,debtor,creditor,currency,amount,date,reference\ndue,CA-FLO,US-CPI,CAD,12.50,2026-09-30,A1\n")],
                file => OpeningFile.Read(Encoding.UTF8.GetString(file), Pair).Refusal),
            ["GL accounts"] = ([Text("accounts", "account,gl_account\nassets:*,1000\n")],
                file => GlAccounts.Read(Encoding.UTF8.GetString(file), "map.csv").Refusal),
        };

    public static TheoryData<string> Kinds => [.. Readers.Keys];

    private static CdrReadOptions Owners => new() { Owner = OcpiSite.Cpi, TokenOwner = OcpiSite.Flo };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_sound_document_is_read(string kind)
    {
        var (sound, read) = Readers[kind];
        foreach (var (name, bytes) in sound)
        {
            read(bytes).ShouldBeNull(name);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_damaged_document_is_read_or_refused(string kind)
    {
        var (sound, read) = Readers[kind];
        Prop.ForAll(Mutant.Of_(sound), mutant =>
            read(mutant.Bytes) is not { } refusal || (refusal.Code.Contains('.', StringComparison.Ordinal) && refusal.Message.Length > 0))
            .Check(Laws.Config(1500));
    }

    [Fact]
    public void A_damaged_CDR_is_unreadable_held_or_settled_and_what_is_recorded_can_be_read_again() =>
        Prop.ForAll(Mutant.Of_(Samples.Cdrs), mutant =>
        {
            var json = mutant.Bytes;
            if (CdrReader.Read(json, Owners) is not CdrReading.Read read)
            {
                return;
            }

            var received = Samples.Received(read);
            CdrFact[] facts = [received, CdrSettlement.Settle(received, Samples.Terms)];
            foreach (var fact in facts)
            {
                Again(fact).ShouldBe(Written(fact));
            }
        }).Check(Laws.Config(4000));

    private static Refusal? Credentials(byte[] json)
    {
        var (body, refusal) = OcpiMerge.Read(json);
        using (body)
        {
            return refusal ?? (Handshake.Read(body!.RootElement) is null ? new Refusal("credentials.field-missing", "no") : null);
        }
    }

    private static Refusal? Merged(byte[] before, byte[] patch)
    {
        var (known, _) = OcpiMerge.Read(before);
        var (sent, refusal) = OcpiMerge.Read(patch);
        using (known)
        using (sent)
        {
            if (sent is null)
            {
                return refusal;
            }

            var merged = OcpiMerge.Merge(known!.RootElement, sent.RootElement, "charging_periods");
            _ = LocationReader.Read(merged);
            _ = TariffReader.Read(merged, null);
            _ = SessionReader.Read(merged, Owners);
            return null;
        }
    }

    private static Refusal? Amended(byte[] file)
    {
        var (changes, refusal) = AgreementTerms.Parse(Encoding.UTF8.GetString(file));
        if (changes is null)
        {
            return refusal;
        }

        var before = Samples.Terms.Agreements;
        var (terms, wrong) = AgreementTerms.Apply(Pair, before.Versions[^1], changes);
        return terms is null
            ? wrong
            : AmendAgreement.Decide(before, terms, "letter", new LocalDate(2026, 11, 1)).Refusals is [var fault, ..] ? fault : null;
    }

    private static string Again(CdrFact fact) =>
        Written(EventNames.Standard.Read(EventNames.Standard.Of(fact).Name, Encoding.UTF8.GetBytes(Written(fact))));

    private static string Written(Fact fact)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            EventNames.Standard.Of(fact).Write(json, fact);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static (string, byte[]) Text(string name, string text) => (name, Encoding.UTF8.GetBytes(text));

    private const string Rules =
        """
        {"rules":[{"id":"X","jurisdiction":"US-WA","tax":"SALES","name_en":"a","name_fr":"b","source":"s","confidence":"law",
        "treatment":"Taxable","rate":0.065,"from":"2020-01-01","to":"2026-12-31","components":["ENERGY"],"recoverable":false,
        "stations":[{"kw_min":20,"levels":[3],"installed_from":"2022-01-01","public":true}]}],
        "rows":[{"row":"1","outcome":"loaded","rules":["X"],"reason":"r"}]}
        """;

    private const string Parties =
        """
        [{"Id":"CA-FLO","LegalName":"FLO","Address":["1 Main"],"Language":"fr","Registrations":[{"Tax":"GST","Jurisdiction":"CA",
        "Number":"800654321 RT0001","From":"2020-01-01","To":null}],"Certificates":[],"Aliases":[]}]
        """;

    private const string Changes =
        """
        {"valid_from":"2026-11-01","payment_terms_days":15,"maximum_age_days":null,"currencies":["CAD"],
        "directions":{"CA-FLO":{"supply":"Agency","tolerance_minor":2}}}
        """;
}
