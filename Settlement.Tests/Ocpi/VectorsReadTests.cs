using System.Text;
using System.Text.Json;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Rating;

using Settlement.Tests.Intake;

namespace Settlement.Tests.Ocpi;

/// <summary>Everything the specification prints, and 1,500 real sessions, can be read.</summary>
public sealed class VectorsReadTests
{
    [Fact]
    public void Every_CDR_of_the_specification_reads_as_its_own_version()
    {
        var count = 0;
        foreach (var (name, version, json) in Vectors.All("Spec", "cdr"))
        {
            var reading = Vectors.Good(Vectors.Read(Encoding.UTF8.GetString(json)));
            reading.Cdr.Version.ShouldBe(Vectors.Version(version), name);
            reading.UnknownFields.ShouldBe(0, name + ": " + string.Join(", ", reading.UnknownFieldNames));
            // T08 states no total on purpose: its taxes must be split out first.
            reading.Findings.Where(IntakeFindings.Holds).Select(finding => finding.Code)
                .ShouldBe(name.StartsWith(
                    "T08", StringComparison.Ordinal) ? [IntakeFindings.TotalMissing] : [], name);
            reading.Cdr.Periods.ShouldNotBeEmpty(name);
            reading.Cdr.Tariffs.ShouldNotBeEmpty(name);
            count++;
        }

        count.ShouldBeGreaterThan(60);
    }

    [Fact]
    public void Every_tariff_of_the_specification_reads_those_it_calls_unmodelable_too()
    {
        foreach (var (name, version, json) in Vectors.All("Spec", "tariff"))
        {
            var reading = TariffReader.Read(json, null);
            if (version == "patch_body")
            {
                reading.ShouldBeOfType<TariffReading.Unreadable>(
                    name).Refusal.Code.ShouldBe("tariff.field-missing");
                continue;
            }

            var tariff = reading.ShouldBeOfType<TariffReading.Read>(name).Tariff;
            tariff.Version.ShouldBe(
                version.StartsWith('2') ? Vectors.Version(version) : OcpiVersion.V211, name);
            tariff.Elements.ShouldNotBeEmpty(name);
            reading.Findings.ShouldBeEmpty(name);
        }
    }

    [Fact]
    public void The_specifications_2_1_1_example_reads_with_its_known_defects_named()
    {
        var json = Vectors.All("Spec", "cdr").Single(vector => vector.Version == "2.1.1").Json;
        var reading = Vectors.Good(Vectors.Read(Encoding.UTF8.GetString(json)));
        reading.Findings.Select(finding => (finding.Code, finding.Pointer)).ShouldBe(
        [
            (IntakeFindings.CountryForm, "/location/country"),
            (IntakeFindings.NumberAsString, "/tariffs/0/elements/0/price_components/0/price"),
        ]);
        reading.Cdr.Location.Country.ShouldBe("BEL");
        reading.Cdr.Location.EvseId.ShouldBe("BE-BEC-E041503003");
        reading.Cdr.Location.ConnectorStandard.ShouldBe("IEC_62196_T2");
        reading.Cdr.TotalCost.ShouldBe(new Price(4m, null, []));
        reading.Cdr.Tariffs[0].Elements[0].Components.ShouldBe(
            [new PriceComponent(Dimension.TIME, 2m, 300, null)]);
        reading.Personal.TokenUid.ShouldBe("DE8ACC12E46L89");
    }

    [Fact]
    public void The_2_3_0_example_without_tax_included_is_read_as_NO_and_says_so()
    {
        var json = Vectors.All(
            "Spec", "cdr").Single(vector => vector.Name.StartsWith("X1", StringComparison.Ordinal));
        var reading = Vectors.Good(Vectors.Read(Encoding.UTF8.GetString(json.Json)));
        reading.Findings.Select(finding => (finding.Code, finding.Pointer))
            .ShouldBe([(IntakeFindings.TaxIncludedMissing, "/tariffs/0/tax_included")]);
        reading.Cdr.Tariffs[0].TaxIncluded.ShouldBe(TaxIncluded.NO);
        reading.Cdr.TotalCost.AfterTaxes.ShouldBe(4.4m);
        reading.Cdr.TotalCost.Taxes.ShouldBe([new StatedTax("VAT", null, null, 0.4m)]);
    }

    [Fact]
    public void Credit_CDRs_keep_their_sign_and_name_what_they_credit()
    {
        foreach (var file in new[] { "N5-credit-cdr-2.3.0.json", "N6-credit-cdr-2.2.1.json" })
        {
            using var document = JsonDocument.Parse(
                File.ReadAllBytes(Checkout.Vectors("Protocol", file)));
            var credit = document.RootElement.GetProperty("credit_cdr").GetRawText();
            var cdr = Vectors.Good(Vectors.Read(credit)).Cdr;
            (cdr.Credit, cdr.CreditReferenceId, cdr.TotalCost.BeforeTaxes).ShouldBe((true, "12345", -4m));
        }
    }

    [Fact]
    public void All_sessions_of_a_summer_read_without_a_finding_and_their_tariff_is_read_once()
    {
        var cache = new TariffCache();
        var lines = GarageSummer.Lines();
        var readings = lines.Select(line => Vectors.Good(Vectors.Read(line, cache))).ToList();
        readings.Count.ShouldBe(1500);
        readings.SelectMany(reading => reading.Findings).ShouldBeEmpty();
        readings.Sum(reading => reading.UnknownFields).ShouldBe(0);
        readings.Select(
            reading => reading.Cdr.Tariffs[0]).Distinct(ReferenceEqualityComparer.Instance).Count()
            .ShouldBe(cache.Count);
    }
}
