using NodaTime;
using Settlement.Domain.Agreements;
using Settlement.Domain.Intake;
using Settlement.Domain.Rating;

namespace Settlement.Tests.Rating;

/// <summary>Tariffs and sessions of all shapes; values come from small sets, so that bounds are hit exactly.</summary>
internal sealed class RandomSessions(int seed)
{
    private static readonly string[] Zones =
    [
        "UTC", "America/Toronto", "America/St_Johns", "Europe/Amsterdam", "Australia/Lord_Howe", "Asia/Kathmandu",
    ];

    /// <summary>Around clock changes in both directions, a leap day, and quiet days.</summary>
    private static readonly Instant[] Days =
    [
        Instant.FromUtc(2026, 3, 8, 3, 0), Instant.FromUtc(2026, 11, 1, 2, 0), Instant.FromUtc(2026, 3, 29, 0, 0),
        Instant.FromUtc(2026, 10, 25, 0, 0), Instant.FromUtc(2028, 2, 29, 22, 0), Instant.FromUtc(2026, 7, 15, 15, 0),
        Instant.FromUtc(2026, 10, 3, 14, 0),
    ];

    private readonly Random random = new(seed);

    public RatingRequest Request()
    {
        var tariffs = Enumerable.Range(0, Chance(70) ? 1 : 2).Select(Tariff).ToList();
        if (tariffs.Count == 2 && tariffs[0].TaxIncluded != tariffs[1].TaxIncluded && Chance(70))
        {
            tariffs[1] = tariffs[1] with { TaxIncluded = tariffs[0].TaxIncluded };
        }

        var zone = Chance(92) ? DateTimeZoneProviders.Tzdb[Pick(Zones)] : null;
        return new RatingRequest(Cdr(tariffs), tariffs, Policy(), zone, Chance(15));
    }

    public Tariff Tariff(int number) => new()
    {
        Version = OcpiVersion.V221,
        Id = number == 0 ? "A" : "B",
        Currency = "CAD",
        Elements = [.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => Element())],
        MinPrice = Chance(15) ? Limit(Pick(0m, 0.5m, 5m), Pick(0.55m, 5.75m)) : null,
        MaxPrice = Chance(15) ? Limit(Pick(1m, 3.33m, 10m), Pick(1.1m, 4m)) : null,
        TaxIncluded = Chance(80) ? TaxIncluded.NO : Pick(TaxIncluded.YES, TaxIncluded.NOT_APPLICABLE),
        ValidFrom = Chance(10) ? Pick(Days) : null,
        ValidTo = Chance(10) ? Pick(Days) : null,
        ContentHash = $"{seed}-{number}",
    };

    private PriceLimit Limit(decimal before, decimal after) => random.Next(4) switch
    {
        0 => new(null, after),
        1 => new(before, after),
        _ => new(before, null),
    };

    public TariffElement Element()
    {
        var reservation = Chance(15) ? Pick("RESERVATION", "RESERVATION_EXPIRES") : null;
        var components = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Component()).ToList();
        if (Chance(85))
        {
            components = [.. components.DistinctBy(component => component.Type)];
        }

        var restrictions = reservation is not null || Chance(70) ? Restrictions(reservation) : null;
        return new TariffElement(components, restrictions);
    }

    private PriceComponent Component() => new(
        Pick(Dimension.ENERGY, Dimension.TIME, Dimension.PARKING_TIME, Dimension.FLAT),
        Pick(0m, 0.25m, 0.333m, 1.2m, 2m, 5.0001m), Pick(0, 1, 60, 300, 500, 900, 1000), Pick<decimal?>(null, 0m, 5m, 14.975m));

    private TariffRestrictions Restrictions(string? reservation) => new()
    {
        Reservation = reservation,
        StartTime = Chance(35) ? Time() : null,
        EndTime = Chance(35) ? Time() : null,
        StartDate = Chance(8) ? Day() : null,
        EndDate = Chance(8) ? Day() : null,
        MinKwh = Chance(12) ? Pick(0m, 1m, 5m, 7.5m) : null,
        MaxKwh = Chance(12) ? Pick(1m, 5m, 7.5m, 20m) : null,
        MinCurrentA = Chance(5) ? Pick(10m, 16m, 32m) : null,
        MaxCurrentA = Chance(5) ? Pick(10m, 16m, 32m) : null,
        MinPowerKw = Chance(7) ? Pick(11m, 22m) : null,
        MaxPowerKw = Chance(7) ? Pick(11m, 22m, 50m) : null,
        MinDurationSeconds = Chance(12) ? Pick(0, 600, 1800, 3600) : null,
        MaxDurationSeconds = Chance(12) ? Pick(600, 1800, 3600) : null,
        DaysOfWeek = Chance(35) ? [.. Enum.GetValues<IsoDayOfWeek>().Where(d => d != IsoDayOfWeek.None && Chance(50))] : [],
        MinNotRequestingPowerSeconds = Chance(6) ? Pick(0, 600, 900, 3600) : null,
        MaxNotRequestingPowerSeconds = Chance(3) ? Pick(600, 900, 3600) : null,
        MinStateOfCharge = Chance(4) ? Pick(20, 80) : null,
        MaxStateOfCharge = Chance(3) ? Pick(80, 100) : null,
        UnknownKeys = Chance(3) ? ["dayOfWeek"] : [],
    };

    private LocalTime Time() => Pick(
        new LocalTime(0, 0), new LocalTime(1, 30), new LocalTime(2, 0), new LocalTime(9, 0), new LocalTime(12, 0),
        new LocalTime(17, 0), new LocalTime(22, 0), new LocalTime(23, 59));

    private LocalDate Day() => Pick(Days).InUtc().Date.PlusDays(random.Next(-1, 2));

    private Cdr Cdr(List<Tariff> tariffs)
    {
        var start = Pick(Days) + Duration.FromMinutes(random.Next(0, 97) * 15) + Duration.FromSeconds(Chance(20) ? 7 : 0);
        var periods = new List<ChargingPeriod>();
        var at = start;
        var count = random.Next(1, 9);
        var tellsVehicle = Chance(70);
        for (var i = 0; i < count; i++)
        {
            var seconds = Pick(300, 600, 613, 900, 1800, 3600, 7200, 14400);
            periods.Add(Period(at, seconds, i == 0 && Chance(25), tariffs) with
            {
                VehicleRequestingPower = tellsVehicle && Chance(80) ? Chance(40) : null,
                StateOfCharge = Chance(80) ? Pick(19.5m, 20m, 79m, 80m, 100m) : null,
            });
            at += Duration.FromSeconds(seconds);
        }

        if (Chance(20))
        {
            Double(periods);
        }

        if (Chance(10))
        {
            periods.Add(new ChargingPeriod { Start = at, TimeHours = Chance(50) ? 0m : null });
        }

        if (Chance(5))
        {
            periods.Reverse();
        }

        return new Cdr
        {
            Version = OcpiVersion.V221,
            Key = new CdrKey(PartyId.Parse("CA-FLO")!.Value, $"CDR{seed}"),
            TokenOwner = PartyId.Parse("US-CPI")!.Value,
            Start = Chance(95) ? start : start + Duration.FromSeconds(Pick(-300, 1)),
            End = at,
            Location = new CdrLocation { Id = "L", Country = "CAN" },
            Currency = "CAD",
            Tariffs = tariffs,
            Periods = periods,
            TotalCost = new Price(1m, null, []),
            TotalEnergyKwh = periods.Sum(period => period.EnergyKwh ?? 0m),
            TotalTimeHours = periods.Sum(period => (period.TimeHours ?? 0m) + (period.ParkingHours ?? 0m)),
            TotalParkingHours = Chance(95) ? periods.Sum(period => period.ParkingHours ?? 0m) : 0.5m,
        };
    }

    /// <summary>A period as two that start together, each with a part of its volumes.</summary>
    private void Double(List<ChargingPeriod> periods)
    {
        var place = random.Next(periods.Count);
        var whole = periods[place];
        periods.Insert(place, Chance(50)
            ? whole with { EnergyKwh = null }
            : whole with { EnergyKwh = Pick(1m, 5m), TimeHours = null, ParkingHours = null });
        periods[place + 1] = whole with { TimeHours = null, ParkingHours = null, ReservationHours = null };
    }

    private ChargingPeriod Period(Instant start, int seconds, bool reserves, List<Tariff> tariffs)
    {
        var hours = Math.Round(seconds / 3600m, 4);
        var parks = Chance(30);
        var mixed = Chance(10);
        var told = Chance(80);
        return new ChargingPeriod
        {
            Start = start,
            TariffId = tariffs.Count == 2 || Chance(10) ? Pick("A", "A", "B", null, Chance(5) ? "Z" : "A") : null,
            ReservationHours = reserves ? hours : null,
            TimeHours = (!reserves && !parks) || mixed ? Chance(10) ? Pick(hours / 2m, hours * 3m) : hours : null,
            ParkingHours = !reserves && parks ? hours : null,
            EnergyKwh = (!reserves && !parks) || mixed ? Pick(0m, 0.4999m, 1m, 2.5m, 5m, 12.345m, Chance(20) ? -3.2m : 1m) : null,
            MinCurrentA = told ? Pick(6m, 10m, 16m) : null,
            MaxCurrentA = told || Chance(50) ? Pick(16m, 32m, 48m) : null,
            MinPowerKw = told || Chance(50) ? Pick(3.7m, 11m, 22m) : null,
            MaxPowerKw = told ? Pick(22m, 50m) : null,
        };
    }

    /// <summary>Half the cases with the defaults, half with a few other readings.</summary>
    private RatingPolicy Policy()
    {
        var policy = RatingPolicy.Default;
        foreach (var entry in RatingPolicies.All.Where(entry => entry.Name is not "straddle"))
        {
            if (seed % 2 == 1 && Chance(30))
            {
                policy = entry.Set(policy, random.Next(entry.Values.Count));
            }
        }

        return policy;
    }

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Pick<T>(params T[] values) => values[random.Next(values.Length)];
}
