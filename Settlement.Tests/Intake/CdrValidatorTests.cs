using NodaTime;
using Settlement.Api.Intake;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Ocpi;
using Settlement.Tests.Ocpi;

namespace Settlement.Tests.Intake;

public sealed class CdrValidatorTests
{
    private static readonly Instant Ten = Instant.FromUtc(2026, 10, 5, 10, 0);
    private static readonly Cdr Good = new()
    {
        Version = OcpiVersion.V221,
        Key = new CdrKey(PartyId.Parse("US-CPI")!.Value, "C1"),
        TokenOwner = PartyId.Parse("CA-FLO")!.Value,
        Start = Ten,
        End = Ten + Duration.FromHours(2),
        Location = new CdrLocation { Id = "L1", Country = "USA" },
        Currency = "USD",
        Periods =
        [
            new ChargingPeriod { Start = Ten, EnergyKwh = 12.4m, TimeHours = 1.5m },
            new ChargingPeriod { Start = Ten + Duration.FromMinutes(90), ParkingHours = 0.5m },
        ],
        TotalCost = new Price(5m, null, []),
        TotalEnergyKwh = 12.4m,
        TotalTimeHours = 2m,
        TotalParkingHours = 0.5m,
    };

    private readonly CdrValidator validator = new();

    [Fact]
    public void A_CDR_that_agrees_with_itself_has_no_finding() => validator.Check(Good).ShouldBeEmpty();

    public static TheoryData<string, FindingSeverity, string, string> Faults() => new()
    {
        {
            "end", FindingSeverity.Hold, IntakeFindings.EndBeforeStart,
            "the session ends 2026-10-05T09:00:00Z, before it starts 2026-10-05T10:00:00Z"
        },
        { "no periods", FindingSeverity.Hold, IntakeFindings.PeriodsEmpty, "there are none" },
        {
            "order", FindingSeverity.Hold, IntakeFindings.PeriodsOrder,
            "period 1 starts 2026-10-05T10:00:00Z, before period 0 at 2026-10-05T11:30:00Z"
        },
        {
            "outside", FindingSeverity.Hold, IntakeFindings.PeriodOutside,
            "a period starts 2026-10-05T09:59:57Z, outside the session 2026-10-05T10:00:00Z"
        },
        { "nothing", FindingSeverity.Note, IntakeFindings.PeriodEmpty, "a period has no dimension" },
        {
            "negative", FindingSeverity.Hold, IntakeFindings.VolumeNegative,
            "a period has -12.4 kWh; below 0 only export may be"
        },
        {
            "negative time", FindingSeverity.Hold, IntakeFindings.TimeNegative,
            "the period that starts 2026-10-05T10:00:00Z has a time or fee below 0"
        },
        {
            "Wh", FindingSeverity.Hold, IntakeFindings.EnergyDiffers,
            "the periods sum to 12400 kWh, total_energy is 12.4 kWh; ask the CPO to send it again"
        },
        {
            "time", FindingSeverity.Note, IntakeFindings.TimeDiffers,
            "total_time 1.5 h is 5400.0 s, the session took 7200 s"
        },
        {
            "parking", FindingSeverity.Note, IntakeFindings.ParkingDiffers,
            "the periods sum to 0.5 h of parking, total_parking_time is 0.25 h"
        },
        {
            "long parking", FindingSeverity.Note, IntakeFindings.ParkingExceedsTime,
            "total_parking_time 3 h exceeds total_time 2 h"
        },
        {
            "parts", FindingSeverity.Note, IntakeFindings.PartsDiffer,
            "the stated parts sum to 6, total_cost is 5"
        },
        {
            "no reference", FindingSeverity.Hold, IntakeFindings.CreditReference,
            "a credit names the CDR that it credits"
        },
        {
            "no flag", FindingSeverity.Hold, IntakeFindings.CreditFlagMissing,
            "there is a credit_reference_id, but the CDR does not say that it is a credit"
        },
        {
            "positive credit", FindingSeverity.Hold, IntakeFindings.CreditPositive,
            "a credit claims 5; it must not be above 0"
        },
        {
            "negative total", FindingSeverity.Hold, IntakeFindings.TotalNegative,
            "-5 is claimed; below 0 only a credit may"
        },
        { "self", FindingSeverity.Hold, IntakeFindings.OwnerIsTokenOwner, "CPO and eMSP are both US-CPI" },
        { "currency", FindingSeverity.Hold, IntakeFindings.CurrencyUnknown, "is no ISO 4217 code" },
        { "withdrawn", FindingSeverity.Hold, IntakeFindings.CurrencyWithdrawn, "HRK was withdrawn on" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Each_fault_has_its_code_severity_and_both_numbers(
        string fault, FindingSeverity severity, string code, string detail)
    {
        var finding = validator.Check(With(fault)).Where(found => found.Code == code).ShouldHaveSingleItem();
        finding.Detail.ShouldStartWith(detail);
        finding.Pointer.ShouldStartWith("/");
        IntakeFindings.SeverityOf(code).ShouldBe(severity);
    }

    [Fact]
    public void A_credit_CDR_keeps_positive_quantities_and_parts()
    {
        var credit = Good with
        {
            Credit = true,
            CreditReferenceId = "C0",
            TotalCost = new Price(-5m, null, []),
            TotalEnergyCost = new Price(5m, null, []),
        };
        validator.Check(credit).ShouldBeEmpty();
    }

    [Fact]
    public void Rounded_figures_agree_within_what_rounding_can_do()
    {
        validator.Check(Good with { TotalEnergyKwh = 12.403m, TotalTimeHours = 1.9995m }).ShouldBeEmpty();
        validator.Check(Good with { TotalEnergyKwh = 12.404m }).ShouldHaveSingleItem();
    }

    [Fact]
    public void All_sessions_of_a_summer_and_all_examples_of_the_specification_hold_nothing()
    {
        var summer = GarageSummer.Lines();
        var cache = new TariffCache();
        summer.SelectMany(line => validator.Check(Vectors.Good(Vectors.Read(line, cache)).Cdr)).ShouldBeEmpty();
        foreach (var (name, _, json) in Vectors.All("Spec", "cdr"))
        {
            var cdr = Vectors.Good(CdrReader.Read(
                json, new CdrReadOptions { Owner = Vectors.Cpo, TokenOwner = Vectors.Emsp })).Cdr;
            validator.Check(cdr).Where(IntakeFindings.Holds).ShouldBeEmpty(name);
        }
    }

    private static Cdr With(string fault) => fault switch
    {
        "end" => Good with { End = Ten - Duration.FromHours(1) },
        "no periods" => Good with { Periods = [] },
        "order" => Good with { Periods = [Good.Periods[1], Good.Periods[0]] },
        "outside" => Good with { Periods = [Good.Periods[0] with { Start = Ten - Duration.FromSeconds(3) }] },
        "nothing" => Good with
        {
            Periods = [.. Good.Periods, new ChargingPeriod { Start = Good.End, MaxPowerKw = 7m }],
        },
        "negative" => Good with { Periods = [Good.Periods[0] with { EnergyKwh = -12.4m }] },
        "negative time" => Good with { Periods = [Good.Periods[0] with { TimeHours = -0.00015m }] },
        "Wh" => Good with { Periods = [Good.Periods[0] with { EnergyKwh = 12400m }] },
        "time" => Good with { TotalTimeHours = 1.5m },
        "parking" => Good with { TotalParkingHours = 0.25m },
        "long parking" => Good with { TotalParkingHours = 3m },
        "parts" => Good with { TotalEnergyCost = new Price(6m, null, []) },
        "no reference" => Good with { Credit = true },
        "no flag" => Good with { CreditReferenceId = "C0" },
        "positive credit" => Good with { Credit = true, CreditReferenceId = "C0" },
        "negative total" => Good with { TotalCost = new Price(-5m, null, []) },
        "self" => Good with { TokenOwner = Good.Key.Owner },
        "currency" => Good with { Currency = "ZZZ" },
        "withdrawn" => Good with { Currency = "HRK" },
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };
}
