using System.Text;
using System.Text.Json;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Domain.Rating;
using static Settlement.Tests.Rating.Sessions;

namespace Settlement.Tests.Rating;

/// <summary>
/// Loitering fees with grace periods and prices by state of charge (OCPI extension EVRF-001): the two tariffs are the
/// examples of the proposal.
/// </summary>
public sealed class LoiteringTests
{
    /// <summary>0.50 per kWh; 10.00 per hour once the vehicle has not requested power for an hour.</summary>
    private static readonly Tariff Grace = Tariff(
        Element(Energy(0.5m)), Element(Parking(10m)).Only(new() { MinNotRequestingPowerSeconds = 3600 }));

    /// <summary>40.00 per hour from 80 %, 18.00 below.</summary>
    private static readonly Tariff ByCharge = Tariff(
        Element(Time(40m)).Only(new() { MinStateOfCharge = 80 }), Element(Time(18m)));

    [Fact]
    public void The_fee_begins_when_the_grace_period_is_over() =>
        Session(Grace, Charging(60, 20m).Requesting(), Parked(60).Idle(), Parked(30).Idle()).Rate().Price().ShouldBe(15m);

    [Fact]
    public void Who_leaves_within_the_grace_period_pays_the_energy() =>
        Session(Grace, Charging(60, 20m).Requesting(), Parked(30).Idle()).Rate().Price().ShouldBe(10m);

    [Fact]
    public void A_vehicle_that_waits_for_the_charger_is_not_loitering() =>
        Session(Grace, Charging(60, 20m).Requesting(), Parked(120).Requesting()).Rate().Price().ShouldBe(10m);

    [Fact]
    public void A_platform_that_states_it_once_means_requesting_where_it_is_silent() =>
        Session(Grace, Charging(60, 20m), Parked(120), Parked(5).Idle()).Rate().Price().ShouldBe(10m);

    [Fact]
    public void The_grace_period_begins_anew_when_the_vehicle_has_requested_power_again()
    {
        var stops = Session(
            Grace, Charging(60, 20m), Parked(60).Idle(), Charging(10, 2m).Requesting(), Parked(60).Idle(), Parked(6).Idle());
        stops.Rate().Price().ShouldBe(12m);
        stops.Rate("idle-duration=total").Price().ShouldBe(22m);
    }

    [Fact]
    public void Parking_that_may_be_loitering_is_held_where_the_cdr_does_not_state_it()
    {
        var rated = Session(Grace, Charging(60, 20m), Parked(60), Parked(30)).Rate();
        rated.Price().ShouldBeNull();
        rated.Findings.ShouldContain(finding => finding.Code == "signal.missing"
            && finding.Pointer == "/charging_periods/1" && finding.Detail.Contains("vehicle_requesting_power"));
    }

    [Fact]
    public void No_vehicle_was_idle_for_longer_than_the_session_lasted() =>
        Session(Grace, Charging(20, 20m), Parked(30)).Rate().Price().ShouldBe(10m);

    [Fact]
    public void A_period_in_which_the_grace_ends_is_priced_at_its_start_and_reported()
    {
        var rated = Session(Grace, Charging(60, 20m).Requesting(), Parked(90).Idle()).Rate();
        rated.Price().ShouldBe(10m);
        rated.Codes().ShouldBe(["period.straddles"]);
    }

    [Fact]
    public void The_state_of_charge_of_a_period_chooses_its_price() =>
        Session(ByCharge, Charging(40).At(55m), Charging(20).At(80m)).Rate().Price().ShouldBe(25.333333333333m);

    [Fact]
    public void A_state_of_charge_that_passes_the_bound_within_a_period_is_reported()
    {
        var rated = Session(ByCharge, Charging(40).At(55m), Charging(20).At(90m)).Rate();
        rated.Codes().ShouldBe(["period.straddles"]);
        Session(ByCharge, Charging(40).At(85m), Charging(20).At(90m)).Rate().Codes().ShouldBeEmpty();
    }

    [Fact]
    public void A_price_by_state_of_charge_is_held_where_the_period_does_not_state_it()
    {
        var rated = Session(ByCharge, Charging(40).At(55m), Charging(20)).Rate();
        rated.Price().ShouldBeNull();
        rated.Findings.ShouldContain(finding =>
            finding.Code == "signal.missing" && finding.Detail.Contains("state of charge"));
    }

    [Fact]
    public void Each_line_states_which_restriction_applied()
    {
        Session(Grace, Charging(60, 20m), Parked(60).Idle(), Parked(30).Idle()).Rate().Lines[^1].Because
            .ShouldBe("element 1 applies: not requesting power from 3600 s");
        Session(ByCharge, Charging(20).At(80m)).Rate().Lines[^1].Because
            .ShouldBe("element 0 applies: state of charge from 80 %");
    }

    [Fact]
    public void The_tariffs_read_as_sentences_in_both_languages()
    {
        TariffWords.English(Grace)[1].ShouldBe(
            "After 60 min without the vehicle requesting power, parking without charging costs 10.00 CAD per hour.");
        TariffWords.French(Grace)[1].ShouldBe(
            "Après 60 min sans demande de puissance du véhicule, le stationnement sans recharge coûte 10,00 CAD l'heure.");
        TariffWords.English(ByCharge)[0].ShouldBe("At a state of charge of at least 80 %, charging time costs 40.00 CAD per hour.");
        TariffWords.French(ByCharge)[0].ShouldBe(
            "À un état de charge d'au moins 80 %, le temps de recharge coûte 40,00 CAD l'heure.");
    }

    [Fact]
    public void A_grace_period_is_not_called_a_gap() =>
        TariffLint.Check(Grace, RatingPolicy.Default, null).Select(lint => lint.Code).ShouldBe(["lint.vehicle-needed"]);

    [Fact]
    public void A_fee_behind_one_with_a_shorter_grace_period_is_dead() =>
        TariffLint.Dead(
            Tariff(
                Element(Parking(5m)).Only(new() { MinNotRequestingPowerSeconds = 600 }),
                Element(Parking(9m)).Only(new() { MinNotRequestingPowerSeconds = 1200 })),
            RatingPolicy.Default).ShouldBe([(1, 0)]);

    [Theory]
    [InlineData("min_duration_not_requesting_power", "3600")]
    [InlineData("max_duration_not_requesting_power", "600")]
    [InlineData("min_soc", "20")]
    [InlineData("max_soc", "80")]
    public void A_restriction_is_read_and_written_again(string name, string bound)
    {
        var json = $$"""
            {"id":"T","currency":"CAD","last_updated":"2026-10-01T00:00:00Z","elements":[{"price_components":[
            {"type":"PARKING_TIME","price":1,"step_size":1}],"restrictions":{"{{name}}":{{bound}} } }]}
            """;
        var tariff = TariffReader.Read(Encoding.UTF8.GetBytes(json), OcpiVersion.V230)
            .ShouldBeOfType<TariffReading.Read>().Tariff;
        tariff.Elements[0].Restrictions.ShouldNotBeNull().UnknownKeys.ShouldBeEmpty();
        Written(tariff).ShouldContain($"\"{name}\":{bound}");
    }

    [Fact]
    public void A_CDR_that_states_the_vehicle_is_given_out_as_it_came()
    {
        var file = Path.Combine(Checkout.Root, "Settlement.Tests", "Vectors", "Reports", "extensions");
        foreach (var name in (string[])["grace90.json", "soc.json"])
        {
            var cdr = Read(File.ReadAllBytes(Path.Combine(file, name)));
            using var stream = new MemoryStream();
            using (var writer = new Utf8JsonWriter(stream))
            {
                CdrJson.Write(
                    writer, new CdrFact.CdrReceived(cdr, "00", "driver", "", Morning, new(2026, 10), "test", 0, [], []), null,
                    OcpiVersion.V230);
            }

            Read(stream.ToArray()).Periods.ShouldBe(cdr.Periods, name);
        }
    }

    private static Cdr Read(byte[] json) =>
        CdrReader.Read(json, new CdrReadOptions()).ShouldBeOfType<CdrReading.Read>().Cdr;

    private static string Written(Tariff tariff)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            TariffJson.Write(
                writer, tariff, Domain.Agreements.PartyId.Parse("CA-SWT")!.Value, Morning, OcpiVersion.V230);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
