using NodaTime;

namespace Settlement.Domain.Intake;

/// <summary>A charging period: it ends when the next begins; the last ends with the session.</summary>
/// <remarks>
/// Volumes are null where the period does not carry the dimension (OCPI 2.2.1 §10.4.2). A session has many periods
/// and most carry energy and time alone: the rest stands apart, so that a month of periods stays small.
/// </remarks>
public sealed record ChargingPeriod
{
    private readonly decimal energyKwh;
    private readonly decimal timeHours;
    private readonly decimal parkingHours;
    private readonly Carried carried;
    private readonly RareVolumes? rare;

    [Flags]
    private enum Carried : byte
    {
        Nothing = 0,
        Energy = 1,
        Time = 2,
        Parking = 4,
    }

    public required Instant Start { get; init; }

    public string? TariffId { get; init; }

    public decimal? EnergyKwh
    {
        get => (carried & Carried.Energy) != Carried.Nothing ? energyKwh : null;
        init
        {
            energyKwh = value.GetValueOrDefault();
            carried = value is null ? carried & ~Carried.Energy : carried | Carried.Energy;
        }
    }

    public decimal? TimeHours
    {
        get => (carried & Carried.Time) != Carried.Nothing ? timeHours : null;
        init
        {
            timeHours = value.GetValueOrDefault();
            carried = value is null ? carried & ~Carried.Time : carried | Carried.Time;
        }
    }

    public decimal? ParkingHours
    {
        get => (carried & Carried.Parking) != Carried.Nothing ? parkingHours : null;
        init
        {
            parkingHours = value.GetValueOrDefault();
            carried = value is null ? carried & ~Carried.Parking : carried | Carried.Parking;
        }
    }

    public decimal? ReservationHours
    {
        get => rare?.ReservationHours;
        init => rare = value is null && rare is null ? null : Kept((rare ?? RareVolumes.None) with { ReservationHours = value });
    }

    /// <summary>2.1.1 only: flat fees were a dimension there.</summary>
    public decimal? Flat
    {
        get => rare?.Flat;
        init => rare = value is null && rare is null ? null : Kept((rare ?? RareVolumes.None) with { Flat = value });
    }

    public decimal? MinCurrentA
    {
        get => rare?.MinCurrentA;
        init => rare = value is null && rare is null ? null : Kept((rare ?? RareVolumes.None) with { MinCurrentA = value });
    }

    public decimal? MaxCurrentA
    {
        get => rare?.MaxCurrentA;
        init => rare = value is null && rare is null ? null : Kept((rare ?? RareVolumes.None) with { MaxCurrentA = value });
    }

    public decimal? MinPowerKw
    {
        get => rare?.MinPowerKw;
        init => rare = value is null && rare is null ? null : Kept((rare ?? RareVolumes.None) with { MinPowerKw = value });
    }

    public decimal? MaxPowerKw
    {
        get => rare?.MaxPowerKw;
        init => rare = value is null && rare is null ? null : Kept((rare ?? RareVolumes.None) with { MaxPowerKw = value });
    }

    /// <summary>Extension EVRF-001: false where the vehicle does not request the power it could have.</summary>
    public bool? VehicleRequestingPower
    {
        get => rare?.VehicleRequestingPower;
        init => rare = value is null && rare is null
            ? null
            : Kept((rare ?? RareVolumes.None) with { VehicleRequestingPower = value });
    }

    /// <summary>State of charge of the vehicle at the start of the period, percent.</summary>
    public decimal? StateOfCharge
    {
        get => rare?.StateOfCharge;
        init => rare = value is null && rare is null ? null : Kept((rare ?? RareVolumes.None) with { StateOfCharge = value });
    }

    /// <summary>It measures nothing that a tariff prices.</summary>
    public bool IsEmpty => energyKwh == 0m && timeHours == 0m && parkingHours == 0m && ReservationHours is null or 0m;

    /// <summary>Nothing told and nothing kept are the same.</summary>
    private static RareVolumes? Kept(RareVolumes volumes) => volumes == RareVolumes.None ? null : volumes;

    private sealed record RareVolumes(
        decimal? ReservationHours, decimal? Flat, decimal? MinCurrentA, decimal? MaxCurrentA, decimal? MinPowerKw,
        decimal? MaxPowerKw, bool? VehicleRequestingPower, decimal? StateOfCharge)
    {
        public static readonly RareVolumes None = new(null, null, null, null, null, null, null, null);
    }
}
