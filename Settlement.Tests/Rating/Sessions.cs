using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Tests.Rating;

/// <summary>Small sessions and tariffs, said in one line each: what a test does not name is plain.</summary>
internal static class Sessions
{
    /// <summary>A Thursday, 10:00 in Toronto.</summary>
    public static readonly Instant Morning = Instant.FromUtc(2026, 10, 1, 14, 0);

    public static readonly DateTimeZone Toronto = DateTimeZoneProviders.Tzdb["America/Toronto"];

    public static Tariff Tariff(params TariffElement[] elements) => new()
    {
        Version = OcpiVersion.V221,
        Id = "T",
        Currency = "CAD",
        Elements = elements,
        ContentHash = "T",
    };

    public static TariffElement Element(params PriceComponent[] components) => new(components, null);

    public static TariffElement Only(this TariffElement element, TariffRestrictions restrictions) =>
        element with { Restrictions = restrictions };

    public static PriceComponent Energy(decimal price, int step = 1, decimal? vat = null) =>
        new(Dimension.ENERGY, price, step, vat);

    public static PriceComponent Time(decimal price, int step = 1, decimal? vat = null) => new(Dimension.TIME, price, step, vat);

    public static PriceComponent Parking(decimal price, int step = 1, decimal? vat = null) =>
        new(Dimension.PARKING_TIME, price, step, vat);

    public static PriceComponent Fee(decimal price, decimal? vat = null) => new(Dimension.FLAT, price, 1, vat);

    /// <summary>Periods one after the other, each with its minutes.</summary>
    public static Cdr Session(Tariff tariff, params (int Minutes, ChargingPeriod Period)[] periods)
    {
        var at = Morning;
        var placed = new List<ChargingPeriod>();
        foreach (var (minutes, period) in periods)
        {
            placed.Add(period with { Start = at });
            at += Duration.FromMinutes(minutes);
        }

        return new Cdr
        {
            Version = OcpiVersion.V221,
            Key = new CdrKey(PartyId.Parse("CA-FLO")!.Value, "C1"),
            TokenOwner = PartyId.Parse("US-CPI")!.Value,
            Start = Morning,
            End = at,
            Location = new CdrLocation { Id = "L", Country = "CAN" },
            Currency = "CAD",
            Tariffs = [tariff],
            Periods = placed,
            TotalCost = new Price(0m, null, []),
            TotalEnergyKwh = placed.Sum(period => period.EnergyKwh ?? 0m),
            TotalTimeHours = placed.Sum(period => (period.TimeHours ?? 0m) + (period.ParkingHours ?? 0m)),
            TotalParkingHours = placed.Sum(period => period.ParkingHours ?? 0m),
        };
    }

    public static (int Minutes, ChargingPeriod Period) Charging(int minutes, decimal kwh = 0m) =>
        (minutes, Blank with { TimeHours = Hours(minutes), EnergyKwh = kwh });

    public static (int Minutes, ChargingPeriod Period) Parked(int minutes) =>
        (minutes, Blank with { ParkingHours = Hours(minutes) });

    public static (int Minutes, ChargingPeriod Period) Reserved(int minutes) =>
        (minutes, Blank with { ReservationHours = Hours(minutes) });

    public static (int Minutes, ChargingPeriod Period) With(
        this (int Minutes, ChargingPeriod Period) period, Func<ChargingPeriod, ChargingPeriod> change) =>
        (period.Minutes, change(period.Period));

    /// <summary>The vehicle does not request the power it could have (EVRF-001).</summary>
    public static (int Minutes, ChargingPeriod Period) Idle(this (int Minutes, ChargingPeriod Period) period) =>
        period.With(p => p with { VehicleRequestingPower = false });

    public static (int Minutes, ChargingPeriod Period) Requesting(this (int Minutes, ChargingPeriod Period) period) =>
        period.With(p => p with { VehicleRequestingPower = true });

    /// <summary>With a state of charge at its start, percent.</summary>
    public static (int Minutes, ChargingPeriod Period) At(
        this (int Minutes, ChargingPeriod Period) period, decimal stateOfCharge) =>
        period.With(p => p with { StateOfCharge = stateOfCharge });

    public static RatedSession Rate(this Cdr cdr, params string[] policies) =>
        Rater.Rate(new RatingRequest(cdr, cdr.Tariffs, Policy(policies), Toronto));

    public static RatingPolicy Policy(params string[] settings) =>
        settings.Aggregate(RatingPolicy.Default, (policy, setting) =>
        {
            var (changed, refusal) = policy.With(setting);
            refusal.ShouldBeNull();
            return changed;
        });

    public static decimal? Price(this RatedSession rated) => rated.BeforeTaxes?.LineScale();

    public static string[] Codes(this RatedSession rated) => [.. rated.Findings.Select(finding => finding.Code).Distinct()];

    private static ChargingPeriod Blank => new() { Start = Morning };

    private static decimal Hours(int minutes) => Math.Round(minutes / 60m, 4);
}
