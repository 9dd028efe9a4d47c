using Settlement.Domain.Intake;

namespace Settlement.Domain.Rating;

/// <summary>The CDR against itself: its totals must follow from its periods.</summary>
internal static class SelfChecks
{
    /// <summary>Hours are told with four decimals: half a minute over a session is rounding.</summary>
    private const decimal SameHours = 0.01m;
    private const decimal SameKwh = 0.01m;

    public static void Run(Cdr cdr, Slice[] slices, RatingPolicy policy, Findings findings)
    {
        var kwh = 0m;
        var (charging, parking, reserved) = (0L, 0L, 0L);
        foreach (ref readonly var slice in slices.AsSpan())
        {
            kwh = slice.Kwh == 0m ? kwh : Exact.Add(kwh, slice.Kwh);
            charging += slice.ChargingSeconds;
            parking += slice.ParkingSeconds;
            reserved += slice.ReservationSeconds;
        }

        CheckEnergy(cdr, kwh, findings);
        if (policy.TimeMeaning == TimeMeaning.Connected)
        {
            charging -= parking;
        }

        CheckTimes(cdr, charging, parking, reserved, policy, findings);
    }

    private static void CheckEnergy(Cdr cdr, decimal kwh, Findings findings)
    {
        if (Math.Abs(kwh - cdr.TotalEnergyKwh) <= SameKwh)
        {
            return;
        }

        if (Math.Abs(kwh - cdr.TotalEnergyKwh * 1000m) <= SameKwh * 1000m)
        {
            findings.Stop(
                "energy.unit-suspect", "/total_energy",
                $"The periods tell {kwh} kWh and total_energy {cdr.TotalEnergyKwh}: the periods seem to be in Wh.");
            return;
        }

        findings.Add(
            "energy.total-differs", "/total_energy", $"The periods tell {kwh} kWh, total_energy {cdr.TotalEnergyKwh}.");
    }

    private static void CheckTimes(
        Cdr cdr, long charging, long parking, long reserved, RatingPolicy policy, Findings findings)
    {
        var connected = charging + parking + (policy.TotalTime == TotalTime.WithReservation ? reserved : 0L);
        if (connected != 0 && !Same(cdr.TotalTimeHours, connected))
        {
            findings.Add(
                "time.total-differs", "/total_time", $"The periods tell {connected} s, total_time {cdr.TotalTimeHours} h.");
        }

        if (parking != 0 && cdr.TotalParkingHours is { } hours && !Same(hours, parking))
        {
            var detail = $"The periods tell {parking} s, total_parking_time {hours} h.";
            if (policy.ParkingTotal == ParkingTotal.Refuse)
            {
                findings.Stop("parking.total-differs", "/total_parking_time", detail);
            }
            else
            {
                findings.Add("parking.total-differs", "/total_parking_time", detail);
            }
        }
    }

    private static bool Same(decimal hours, long seconds) => Math.Abs(hours * 3600m - seconds) <= SameHours * 3600m;
}
